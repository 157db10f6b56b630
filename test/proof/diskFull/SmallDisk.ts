/** A small file system of its own, to be filled up: ext4 on a loop device, where this machine lets us have one. */
import { Effect, Result, type Scope } from "effect"
import { execFileSync } from "node:child_process"
import * as fs from "node:fs"
import * as os from "node:os"

/** What can be used up. */
export type Room = "blocks" | "inodes"

/** A small file system that is mounted. */
export interface SmallDisk {
  /** An empty folder on it. */
  readonly root: string
  /** Uses up everything but exactly so many blocks of 4 KB, or inodes. */
  readonly leave: (room: Room, count: number) => void
  /** Gives back what was used up. */
  readonly giveBack: () => void
  /** The files on it that this process has open. */
  readonly openFiles: () => ReadonlyArray<string>
}

/** The programs that make one. */
export interface DiskPrograms {
  readonly makeFileSystem: string
  readonly mount: string
}

const blockBytes = 4096
const bytes = 16 * 1024 * 1024
/** How much is free at most: what is used up, again and again, should be little. */
const plenty = { blocks: 400, inodes: 100 }

const oneLine = (error: unknown): string =>
  String(error instanceof Error ? error.message : error).replaceAll(/\s+/g, " ")

const run = (program: string, ...args: ReadonlyArray<string>): void => {
  execFileSync(program, args, { stdio: ["ignore", "ignore", "pipe"] })
}

/** Why this process need not even try, in words. */
const hindrance = (): string | undefined => {
  if (process.platform !== "linux") return `a small file system needs Linux, and this is ${process.platform}`
  if (process.getuid?.() !== 0) return "only root may mount a small file system, and this process is not root's"
  return undefined
}

interface Mounted {
  readonly home: string
  readonly root: string
}

/** What is flushed ends in memory if it can: this is about room, and not about power. */
const place = fs.existsSync("/dev/shm") ? "/dev/shm" : os.tmpdir()

const mountOne = (programs: DiskPrograms): Mounted => {
  const home = fs.realpathSync(fs.mkdtempSync(`${place}/prometeu-packer-disk-`))
  try {
    const image = `${home}/image`
    fs.writeFileSync(image, "")
    fs.truncateSync(image, bytes)
    // Few inodes, so that they can be used up too; nothing is kept for root, who this is.
    run(programs.makeFileSystem, "-q", "-F", "-b", String(blockBytes), "-m", "0", "-N", "192", image)
    fs.mkdirSync(`${home}/mounted`)
    // The device that this takes is given back by the system when the file system is unmounted.
    run(programs.mount, "-t", "ext4", "-o", "loop", image, `${home}/mounted`)
    return { home, root: `${home}/mounted` }
  } catch (error) {
    fs.rmSync(home, { recursive: true, force: true })
    throw error
  }
}

const unmount = ({ home, root }: Mounted): void => {
  try {
    run("umount", root)
  } catch {
    // Something on it is open still. It goes away as soon as that is closed, and nobody finds it any more.
    run("umount", "-l", root)
  }
  fs.rmSync(home, { recursive: true, force: true })
}

const isFull = (error: unknown): boolean => error instanceof Error && "code" in error && error.code === "ENOSPC"

/** Writes zeros behind the end of a file, as many as there is room for. */
const fill = (fd: number, from: number, length: number): void => {
  const zeros = new Uint8Array(length)
  try {
    for (let done = 0; done < length;) done += fs.writeSync(fd, zeros, done, length - done, from + done)
  } catch (error) {
    if (!isFull(error)) throw error
  }
}

/** Things without use that take up room. */
class Ballast {
  readonly #root: string
  readonly #path: string
  readonly #fd: number
  #inodes = 0

  constructor(root: string, fd: number) {
    this.#root = root
    this.#path = `${root}/ballast`
    this.#fd = fd
    fs.mkdirSync(this.#path)
  }

  leave(room: Room, count: number): void {
    if (room === "blocks") this.#leaveBlocks(count)
    else this.#leaveInodes(count)
  }

  /** What is freed can be used as soon as the file system has made that durable: until then it may say no all the same. */
  #leaveBlocks(count: number): void {
    for (const name of fs.readdirSync(this.#path).filter((name) => name.startsWith("crumb"))) {
      fs.unlinkSync(`${this.#path}/${name}`)
    }
    for (let attempt = 0; attempt < 30; attempt++) {
      fs.fsyncSync(this.#fd)
      const excess = fs.statfsSync(this.#root).bavail - count
      if (excess === 0) return
      const size = fs.fstatSync(this.#fd).size
      if (excess < 0) fs.ftruncateSync(this.#fd, Math.max(0, Math.ceil(size / blockBytes) + excess) * blockBytes)
      else if (attempt < 10) fill(this.#fd, size, excess * blockBytes)
      else this.#dropCrumb(attempt)
    }
    throw new Error(`${count} free blocks were wanted, and ${fs.statfsSync(this.#root).bavail} are there`)
  }

  /** A file in many pieces needs another block to know of the last one; a new one does not. */
  #dropCrumb(number: number): void {
    const fd = fs.openSync(`${this.#path}/crumb-${number}`, "w")
    try {
      fill(fd, 0, blockBytes)
      fs.fsyncSync(fd)
    } finally {
      fs.closeSync(fd)
    }
  }

  #leaveInodes(count: number): void {
    while (fs.statfsSync(this.#root).ffree > count) fs.writeFileSync(`${this.#path}/${++this.#inodes}`, "")
    while (fs.statfsSync(this.#root).ffree < count && this.#inodes > 0) fs.unlinkSync(`${this.#path}/${this.#inodes--}`)
    const found = fs.statfsSync(this.#root).ffree
    if (found !== count) throw new Error(`${count} free inodes were wanted, and ${found} are there`)
  }
}

const openFilesBelow = (root: string): ReadonlyArray<string> =>
  fs.readdirSync("/proc/self/fd").flatMap((fd) => {
    try {
      const path = fs.readlinkSync(`/proc/self/fd/${fd}`)
      return path.startsWith(`${root}/`) ? [path] : []
    } catch {
      // The number that this very look has used is closed by now.
      return []
    }
  })

const fillable = ({ root }: Mounted): Effect.Effect<SmallDisk, never, Scope.Scope> =>
  Effect.gen(function*() {
    const fd = yield* Effect.acquireRelease(
      Effect.sync(() => fs.openSync(`${root}/filled`, "w+")),
      (fd) => Effect.sync(() => fs.closeSync(fd))
    )
    const ballast = new Ballast(root, fd)
    const project = `${root}/project`
    fs.mkdirSync(project)
    const giveBack = (): void => {
      ballast.leave("blocks", plenty.blocks)
      ballast.leave("inodes", plenty.inodes)
    }
    giveBack()
    return {
      root: project,
      leave: (room, count) => ballast.leave(room, count),
      giveBack,
      openFiles: () => openFilesBelow(project)
    }
  })

/**
 * A small file system, or why this machine gives us none. It is gone when the scope ends, with its device and its image,
 * however that comes.
 */
export const smallDisk = Effect.fnUntraced(function*(
  programs: DiskPrograms = { makeFileSystem: "mkfs.ext4", mount: "mount" }
): Effect.fn.Return<Result.Result<SmallDisk, string>, never, Scope.Scope> {
  const reason = hindrance()
  if (reason !== undefined) return Result.fail(reason)
  const mounted = yield* Effect.acquireRelease(
    Effect.sync(() =>
      Result.try({
        try: () => mountOne(programs),
        catch: (error) => `this machine gives us no small file system: ${oneLine(error)}`
      })
    ),
    (mounted) => Effect.sync(() => Result.isSuccess(mounted) && unmount(mounted.success))
  )
  return Result.isFailure(mounted) ? Result.fail(mounted.failure) : Result.succeed(yield* fillable(mounted.success))
})
