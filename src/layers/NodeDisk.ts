/**
 * The disk of this machine, on `node:fs`.
 *
 * What the operating system answers from memory is asked synchronously: a trip to the thread pool costs ten to fifty
 * times the call itself, and nothing here waits longer than for one look at a folder. Where there are thousands of
 * folders, threads make the same calls: `NodeFolderReader.ts`. What always waits for the device is asynchronous: flushes.
 * Those cannot be interrupted, because whoever interrupts one closes its file next, and the number of a closed file may be
 * that of another one by the time the device looks at it.
 */
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as fs from "node:fs"

import { Disk, DiskError, type DiskFile, type DiskKind, type OpenMode } from "../services/Disk.ts"
import { FolderReader } from "../services/FolderReader.ts"
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
  Effect.try({ try: run, catch: (error) => new DiskError({ call, path, errno: errnoOf(error) }) })

/** Why a thing is no plain file, in the words of the contract. */
const refusal = (kind: DiskKind): Refused | undefined => {
  if (kind === "file") return undefined
  if (kind === "folder") return new Refused("EISDIR")
  return new Refused(kind === "link" ? "ELOOP" : "EINVAL")
}

const openPlain = (path: string, mode: OpenMode): number => {
  let fd: number
  try {
    fd = openNoFollow(path, modes[mode])
  } catch (error) {
    // Systems differ in what they say of links and folders, and all of them say less of a file that is to be new.
    throw refusal(lookAt(path)?.kind ?? "file") ?? error
  }
  // What was made just now is a file.
  if (mode === "create") return fd
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

const link = (from: string, to: string): void => {
  // Some systems give the second name to what a link points to, others to the link itself: neither is wanted.
  if (lookAt(from)?.kind === "link") throw new Refused("ELOOP")
  fs.linkSync(from, to)
}

type Flush = (fd: number, done: (error: Error | null) => void) => void

const flushing = (call: string, path: string, fd: number, flush: Flush): Effect.Effect<void, DiskError> =>
  Effect.uninterruptible(
    Effect.callback((resume) =>
      flush(
        fd,
        (error) =>
          resume(error === null ? Effect.void : Effect.fail(new DiskError({ call, path, errno: errnoOf(error) })))
      )
    )
  )

/** On Windows names are durable without being asked for, and a folder cannot be asked. Elsewhere these are failures. */
const isNoFlushOnWindows = ({ errno }: DiskError): boolean =>
  onWindows && ["EPERM", "EISDIR", "EINVAL", "EACCES"].includes(errno)

const flushFolder = (path: string): Effect.Effect<void, DiskError> =>
  Effect.acquireUseRelease(
    attempt("flushFolder", path, () => openNoFollow(path, modes.read | folderOnly)),
    (fd) => flushing("flushFolder", path, fd, fs.fsync),
    (fd) => attempt("flushFolder", path, () => fs.closeSync(fd))
  ).pipe(Effect.catchIf(isNoFlushOnWindows, () => Effect.void))

const fileOf = (path: string, opened: number): DiskFile => {
  // Numbers of closed files are given away again: a call that comes late must not reach somebody else's file.
  let current: number | undefined = opened
  const fd = (): number => {
    if (current === undefined) throw new Refused("EBADF")
    return current
  }
  const flushFile = (call: string, flush: Flush) =>
    Effect.flatMap(attempt(call, path, fd), (fd) => flushing(call, path, fd, flush))
  return {
    path,
    stat: attempt("stat", path, () => lookAtOpen(fd())),
    read: (position, length) =>
      attempt("read", path, () => {
        const bytes = new Uint8Array(length)
        return bytes.subarray(0, fill(fd(), bytes, position))
      }),
    write: (position, bytes) => attempt("write", path, () => fs.writeSync(fd(), bytes, 0, bytes.length, position)),
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

const calls = Layer.succeed(
  Disk,
  Disk.of({
    stat: (path) => attempt("stat", path, () => lookAt(path)),
    list: (path) => attempt("list", path, () => listFolder(path)),
    realPath: (path) =>
      attempt("realPath", path, () => {
        const real = fs.realpathSync.native(path)
        return onWindows ? real.replaceAll("\\", "/") : real
      }),
    isWritable: (path) => attempt("isWritable", path, () => isWritable(path)),
    readFile: (path, limit) => attempt("readFile", path, () => readWhole(path, limit)),
    open: (path, mode) => attempt("open", path, () => fileOf(path, openPlain(path, mode))),
    makeFolder: (path) => attempt("makeFolder", path, () => fs.mkdirSync(path)),
    rename: (from, to) => attempt("rename", from, () => fs.renameSync(from, to)),
    link: (from, to) => attempt("link", from, () => link(from, to)),
    removeFile: (path) => attempt("removeFile", path, () => fs.unlinkSync(path)),
    removeFolder: (path) => attempt("removeFolder", path, () => fs.rmdirSync(path)),
    flushFolder
  })
)

/** Whoever gets this disk gets with it what reads many of its folders at once. */
const reader = Layer.effect(FolderReader, Effect.map(Disk, (disk) => nodeFolderReader(disk)))

/** The disk of this machine. Needs nothing, and keeps nothing open but what its user opens. */
export const nodeDisk: Layer.Layer<Disk> = Layer.provideMerge(reader, calls)
