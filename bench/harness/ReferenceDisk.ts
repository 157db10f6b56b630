/**
 * The disk that is measured: ext4 with its journal, on a loop device where the machine's own disk is something else.
 *
 * The image is written to its last byte and read past the page cache, so that below the loop device there is nothing but
 * blocks: no place on the disk has to be found when the file system writes, and nothing is kept in memory twice.
 */
import { Effect, Result, type Scope } from "effect"
import { execFileSync } from "node:child_process"
import * as fs from "node:fs"
import * as os from "node:os"

import { type FileSystem, fileSystemOf } from "./Machine.ts"
import type { Scale } from "./Suite.ts"

/** A folder to measure in, and what it is on. */
export interface MeasuredDisk {
  readonly dir: string
  readonly fileSystem: FileSystem
}

const slice = 4 * 1024 * 1024

/** How large an image is, and how many files it holds. */
const sizes: Readonly<Record<Scale, { readonly bytes: number; readonly files: number }>> = {
  whole: { bytes: 5 * 1024 ** 3, files: 2_000_000 },
  quick: { bytes: 1024 ** 3, files: 300_000 },
  smallest: { bytes: 128 * 1024 ** 2, files: 30_000 }
}

const run = (program: string, ...args: ReadonlyArray<string>): string =>
  execFileSync(program, args, { encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] }).trim()

const temporary = (place: string): Effect.Effect<string, never, Scope.Scope> =>
  Effect.acquireRelease(
    Effect.sync(() => fs.realpathSync(fs.mkdtempSync(`${place}/prometeu-packer-bench-`))),
    (folder) => Effect.sync(() => fs.rmSync(folder, { recursive: true, force: true }))
  )

/** Why there is no use in trying to make one. */
const hindrance = (bytes: number): string | undefined => {
  if (process.platform !== "linux") return "a file system of our own needs Linux"
  if (process.getuid?.() !== 0) return "a file system of our own needs root"
  const { bavail, bsize } = fs.statfsSync(os.tmpdir())
  return bavail * bsize < 1.2 * bytes ? "there is no room for a file system of our own" : undefined
}

const writeImage = (image: string, bytes: number): void => {
  const fd = fs.openSync(image, "w")
  try {
    const zeros = new Uint8Array(slice)
    for (let at = 0; at < bytes; at += slice) fs.writeSync(fd, zeros)
    fs.fsyncSync(fd)
  } finally {
    fs.closeSync(fd)
  }
}

/** Whoever was ended with the run may take a moment to let go of what he had open. */
const unmount = Effect.fnUntraced(function*(place: string) {
  for (let attempt = 0; attempt < 50; attempt++) {
    try {
      return void run("umount", place)
    } catch {
      yield* Effect.sleep(200)
    }
  }
  run("umount", "-l", place)
})

const mounted = Effect.fnUntraced(function*(home: string, { bytes, files }: typeof sizes[Scale]) {
  const image = `${home}/image`
  const place = `${home}/mounted`
  yield* Effect.sync(() => {
    writeImage(image, bytes)
    fs.mkdirSync(place)
  })
  const device = yield* Effect.acquireRelease(
    Effect.sync(() => run("losetup", "--find", "--show", "--direct-io=on", image)),
    (device) => Effect.sync(() => run("losetup", "--detach", device))
  )
  // What is discarded would have to be found again: nothing is.
  const options = "nodiscard,lazy_itable_init=0,lazy_journal_init=0"
  yield* Effect.sync(() => run("mkfs.ext4", "-q", "-F", "-m", "0", "-N", String(files), "-E", options, device))
  yield* Effect.acquireRelease(
    Effect.sync(() => run("mount", "-t", "ext4", "-o", "data=ordered", device, place)),
    () => unmount(place)
  )
  return place
})

/** A folder on the disk that is measured, which is gone with all in it when the scope ends, however that comes. */
export const measuredDisk = Effect.fnUntraced(function*(
  scale: Scale,
  given: string | undefined
): Effect.fn.Return<MeasuredDisk, never, Scope.Scope> {
  if (given !== undefined) {
    const dir = yield* temporary(given)
    return { dir, fileSystem: fileSystemOf(dir) }
  }
  const home = yield* temporary(os.tmpdir())
  const own = fileSystemOf(home)
  if (own.isReference) return { dir: home, fileSystem: own }
  const told = (why: string): MeasuredDisk => ({
    dir: home,
    fileSystem: { ...own, note: [own.note, why].filter((text) => text !== "").join("; ") }
  })
  const reason = hindrance(sizes[scale].bytes)
  if (reason !== undefined) return told(reason)
  const tried = yield* Effect.result(
    Effect.catchDefect(mounted(home, sizes[scale]), (error) => Effect.fail(String(error).replaceAll(/\s+/g, " ")))
  )
  if (Result.isFailure(tried)) return told(`no file system of our own: ${tried.failure}`)
  const fileSystem = fileSystemOf(tried.success)
  const note = `${fileSystem.note}, on a loop device with direct I/O, over ${own.type}`
  return { dir: tried.success, fileSystem: { ...fileSystem, note } }
})
