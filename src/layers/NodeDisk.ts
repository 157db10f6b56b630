/**
 * The disk of this machine, on `node:fs`.
 *
 * What the operating system answers from memory is asked synchronously: a trip to the thread pool costs ten to fifty
 * times the call itself, and nothing here does more at once than to look along a way, at a small folder, or to write one
 * file. Where there are thousands of folders, threads make the same calls: `NodeFolderReader.ts`.
 *
 * What always waits for the device is asynchronous: flushes. While one of them is under way, whatever changes something
 * may wait for it too, as file systems with a journal make it, and the host's UI would wait with it: see decision 8. So
 * changes are asynchronous for as long, all but renames, which come right after the last look at what they replace.
 *
 * Neither can be interrupted, because whoever interrupts one closes its file next, and the number of a closed file may be
 * that of another one by the time the device looks at it.
 */
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as fs from "node:fs"

import { Disk, DiskError, type DiskFile, type DiskKind, type DiskStat, type OpenMode } from "../services/Disk.ts"
import { FolderReader } from "../services/FolderReader.ts"
import { completeDisk } from "./CompleteDisk.ts"
import { nodeFolderReader } from "./NodeFolderReader.ts"
import {
  errnoOf,
  expectFolder,
  fill,
  flag,
  listFolder,
  lookAt,
  lookAtOpen,
  openNoFollow,
  readWhole,
  Refused
} from "./NodeReading.ts"

const onWindows = process.platform === "win32"

const folderOnly = flag(fs.constants.O_DIRECTORY)

const modes: Readonly<Record<OpenMode, number>> = {
  read: fs.constants.O_RDONLY,
  update: fs.constants.O_RDWR,
  create: fs.constants.O_RDWR | fs.constants.O_CREAT | fs.constants.O_EXCL
}

const attempt = <A>(call: string, path: string, run: () => A): Effect.Effect<A, DiskError> =>
  Effect.try({ try: run, catch: (error) => errorOf(call, path, error) })

const errorOf = (call: string, path: string, error: unknown): DiskError =>
  new DiskError({ call, path, errno: errnoOf(error) })

const failed = (call: string, path: string, error: unknown): Effect.Effect<never, DiskError> =>
  Effect.fail(errorOf(call, path, error))

/** Why a thing is no plain file, in the words of the contract. */
const refusal = (kind: DiskKind): Refused | undefined => {
  if (kind === "file") return undefined
  if (kind === "folder") return new Refused("EISDIR")
  return new Refused(kind === "link" ? "ELOOP" : "EINVAL")
}

/** Systems differ in what they say of links and folders, and all of them say less of a file that is to be new. */
const notOpened = <E>(path: string, error: E): E | Refused => {
  try {
    return refusal(lookAt(path)?.kind ?? "file") ?? error
  } catch {
    return error
  }
}

const openThere = (path: string, mode: Exclude<OpenMode, "create">): number => {
  let fd: number
  try {
    fd = openNoFollow(path, modes[mode])
  } catch (error) {
    throw notOpened(path, error)
  }
  try {
    const refused = refusal(lookAtOpen(fd).kind)
    if (refused === undefined) return fd
    throw refused
  } catch (error) {
    fs.closeSync(fd)
    throw error
  }
}

const isWritable = (path: string): boolean => {
  expectFolder(path)
  try {
    fs.accessSync(path, fs.constants.W_OK | fs.constants.X_OK)
    return true
  } catch (error) {
    if (["EACCES", "EPERM", "EROFS"].includes(errnoOf(error))) return false
    throw error
  }
}

/** Some systems give the second name to what a link points to, others to the link itself: neither is wanted. */
const refuseLink = (path: string): void => {
  if (lookAt(path)?.kind === "link") throw new Refused("ELOOP")
}

type Done<A> = (error: Error | null, value: A) => void

/** Makes a call in the thread pool, to its end. */
const elsewhere = <A>(call: string, path: string, run: (done: Done<A>) => void): Effect.Effect<A, DiskError> =>
  Effect.uninterruptible(Effect.callback((resume) => {
    try {
      run((error, value) => resume(error === null ? Effect.succeed(value) : failed(call, path, error)))
    } catch (error) {
      // What cannot be a path at all is refused before anything is asked.
      resume(failed(call, path, error))
    }
  }))

/** How many flushes of this process are under way. */
interface Flushes {
  running: number
}

type Flush = (fd: number, done: Done<void>) => void

const flushing = (
  flushes: Flushes,
  call: string,
  path: string,
  fd: number,
  flush: Flush
): Effect.Effect<void, DiskError> =>
  elsewhere(call, path, (done) => {
    flush(fd, (error) => {
      flushes.running--
      done(error)
    })
    flushes.running++
  })

/** A call that changes something: at once, or in the thread pool while a flush is under way. */
const changing = <A>(
  flushes: Flushes,
  call: string,
  path: string,
  atOnce: () => A,
  aside: (done: Done<A>) => void
): Effect.Effect<A, DiskError> =>
  Effect.suspend(() => flushes.running === 0 ? attempt(call, path, atOnce) : elsewhere(call, path, aside))

/** On Windows names are durable without being asked for, and a folder cannot be asked. Elsewhere these are failures. */
const isNoFlushOnWindows = ({ errno }: DiskError): boolean =>
  onWindows && ["EPERM", "EISDIR", "EINVAL", "EACCES"].includes(errno)

const flushFolder = (flushes: Flushes, path: string): Effect.Effect<void, DiskError> =>
  Effect.acquireUseRelease(
    attempt("flushFolder", path, () => openNoFollow(path, modes.read | folderOnly)),
    (fd) => flushing(flushes, "flushFolder", path, fd, fs.fsync),
    (fd) => attempt("flushFolder", path, () => fs.closeSync(fd))
  ).pipe(Effect.catchIf(isNoFlushOnWindows, () => Effect.void))

const fileOf = (flushes: Flushes, path: string, opened: number): DiskFile => {
  // Numbers of closed files are given away again: a call that comes late must not reach somebody else's file.
  let current: number | undefined = opened
  const fd = (): number => {
    if (current === undefined) throw new Refused("EBADF")
    return current
  }
  const flushFile = (call: string, flush: Flush) =>
    Effect.flatMap(attempt(call, path, fd), (fd) => flushing(flushes, call, path, fd, flush))
  return {
    path,
    stat: attempt("stat", path, () => lookAtOpen(fd())),
    read: (position, length) =>
      attempt("read", path, () => {
        const bytes = new Uint8Array(length)
        return bytes.subarray(0, fill(fd(), bytes, position))
      }),
    write: (position, bytes) =>
      changing(
        flushes,
        "write",
        path,
        () => fs.writeSync(fd(), bytes, 0, bytes.length, position),
        (done) => fs.write(fd(), bytes, 0, bytes.length, position, done)
      ),
    flush: flushFile("flush", fs.fsync),
    flushData: flushFile("flushData", fs.fdatasync),
    close: attempt("close", path, () => {
      const last = fd()
      // Also after a failure the number is not ours any more.
      current = undefined
      fs.closeSync(last)
    })
  }
}

/** The first path at which there is no folder ends the way. */
const way = (paths: ReadonlyArray<string>): Effect.Effect<ReadonlyArray<DiskStat | undefined>, DiskError> =>
  Effect.suspend(() => {
    const found: Array<DiskStat | undefined> = []
    for (const path of paths) {
      try {
        const stat = lookAt(path)
        found.push(stat)
        if (stat?.kind !== "folder") break
      } catch (error) {
        return failed("stat", path, error)
      }
    }
    return Effect.succeed(found)
  })

/** Makes a file of these bytes at once. A disk that takes none of those that are left is full. */
const writeNew = (path: string, bytes: Uint8Array): Effect.Effect<DiskStat, DiskError> => {
  let call = "open"
  let fd: number | undefined
  try {
    fd = createThere(path)
    call = "write"
    for (let written = 0; written < bytes.length;) {
      const taken = fs.writeSync(fd, bytes, written, bytes.length - written, written)
      if (taken === 0) throw new Refused("ENOSPC")
      written += taken
    }
    call = "stat"
    const stat = lookAtOpen(fd)
    call = "close"
    const last = fd
    // Also after a failure the number is not ours any more.
    fd = undefined
    fs.closeSync(last)
    return Effect.succeed(stat)
  } catch (error) {
    if (fd !== undefined) closeQuietly(fd)
    return failed(call, path, error)
  }
}

const closeQuietly = (fd: number): void => {
  try {
    fs.closeSync(fd)
  } catch {
    // It is closed all the same, and what failed before says more.
  }
}

const createThere = (path: string): number => {
  try {
    return fs.openSync(path, modes.create, 0o666)
  } catch (error) {
    throw notOpened(path, error)
  }
}

/** Makes a file: what is opened by that cannot be anything else. */
const create = (flushes: Flushes, path: string): Effect.Effect<number, DiskError> =>
  changing(
    flushes,
    "open",
    path,
    () => createThere(path),
    (done) =>
      fs.open(path, modes.create, 0o666, (error, fd) => done(error === null ? null : notOpened(path, error), fd))
  )

/** The calls to the disk of this machine. */
export const nodeCalls = (flushes: Flushes = { running: 0 }): Disk["Service"] => {
  const change = <A>(call: string, path: string, atOnce: () => A, aside: (done: Done<A>) => void) =>
    changing(flushes, call, path, atOnce, aside)
  const disk = completeDisk({
    stat: (path) => attempt("stat", path, () => lookAt(path)),
    list: (path) => attempt("list", path, () => listFolder(path)),
    realPath: (path) =>
      attempt("realPath", path, () => {
        const real = fs.realpathSync.native(path)
        return onWindows ? real.replaceAll("\\", "/") : real
      }),
    isWritable: (path) => attempt("isWritable", path, () => isWritable(path)),
    readFile: (path, limit) => attempt("readFile", path, () => readWhole(path, limit)),
    open: (path, mode) =>
      Effect.map(
        mode === "create" ? create(flushes, path) : attempt("open", path, () => openThere(path, mode)),
        (fd) => fileOf(flushes, path, fd)
      ),
    makeFolder: (path) => change("makeFolder", path, () => fs.mkdirSync(path), (done) => fs.mkdir(path, done)),
    // Whatever was seen in its place right before must be what it replaces: so nothing of the host's may come between.
    rename: (from, to) => attempt("rename", from, () => fs.renameSync(from, to)),
    link: (from, to) =>
      Effect.andThen(
        attempt("link", from, () => refuseLink(from)),
        change("link", from, () => fs.linkSync(from, to), (done) => fs.link(from, to, done))
      ),
    removeFile: (path) => change("removeFile", path, () => fs.unlinkSync(path), (done) => fs.unlink(path, done)),
    removeFolder: (path) => change("removeFolder", path, () => fs.rmdirSync(path), (done) => fs.rmdir(path, done)),
    flushFolder: (path) => flushFolder(flushes, path)
  })
  return {
    ...disk,
    way,
    writeNew: (path, bytes) =>
      Effect.suspend(() => flushes.running === 0 ? writeNew(path, bytes) : disk.writeNew(path, bytes))
  }
}

const calls = Layer.succeed(Disk, Disk.of(nodeCalls()))

/** Whoever gets this disk gets with it what reads many of its folders at once. */
const reader = Layer.effect(FolderReader, Effect.map(Disk, (disk) => nodeFolderReader(disk)))

/** The disk of this machine. Needs nothing, and keeps nothing open but what its user opens. */
export const nodeDisk: Layer.Layer<Disk> = Layer.provideMerge(reader, calls)
