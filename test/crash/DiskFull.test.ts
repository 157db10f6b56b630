/** Commits on a real disk that is full: a part of the sweep of `npm run test:crash`. */
import { assert, describe, it } from "@effect/vitest"
import { Effect, Exit, Fiber, Result } from "effect"
import * as fs from "node:fs"
import { dirname } from "node:path"
import { diskFull, diskFullPieces, type Sweep, sweepFullDisk } from "../proof/DiskFull.ts"
import { commitShapes } from "../proof/diskFull/CommitShapes.ts"
import { type Room, smallDisk } from "../proof/diskFull/SmallDisk.ts"

/** Enough, hardly enough for some, and nothing. */
const amounts = (): ReadonlyArray<readonly [Room, number]> => [
  ["blocks", 96],
  ["blocks", 9],
  ["blocks", 4],
  ["blocks", 2],
  ["blocks", 0],
  ["inodes", 3],
  ["inodes", 0]
]

const sweep = (options: Omit<Sweep, "amounts">) => Effect.scoped(sweepFullDisk({ ...options, amounts }))

/** What is mounted, and what lies below devices, as far as this machine tells. */
const inUse = (): string => {
  if (process.platform !== "linux") return ""
  const devices = fs.readdirSync("/sys/block").map((name) => `/sys/block/${name}/loop/backing_file`)
  const files = [...devices.filter((path) => fs.existsSync(path)), "/proc/mounts"]
  return files.map((path) => fs.readFileSync(path, "utf8")).join("\n")
}

const answers = [
  /^a small file system needs Linux, and this is \w+$/,
  /^only root may mount a small file system, and this process is not root's$/,
  /^this machine gives us no small file system: .+$/
]

/** Where the machine does not allow it, that is said, and is all that is known. */
const isSkipped = (skipped: string | undefined): boolean => {
  if (skipped === undefined) return false
  process.stdout.write(`nothing is known of a full disk here: ${skipped}\n`)
  assert.isTrue(answers.some((answer) => answer.test(skipped)), skipped)
  return true
}

describe("a real disk that is full", () => {
  for (const [first, whenFull] of [[0, "goes on"], [1, "closes"]] as const) {
    it.live(`loses nothing and does nothing by halves, when the project ${whenFull}`, () =>
      Effect.gen(function*() {
        const shapes = commitShapes.filter((_, at) => at % 2 === first)
        const { counts, distinct, skipped, violations } = yield* sweep({ shapes, whenFull })
        if (isSkipped(skipped)) return
        assert.deepStrictEqual(violations, [])
        assert.strictEqual(counts["diskFullSteps"], shapes.length * amounts().length)
        assert.isAtLeast(counts["diskFullSucceeded"] ?? 0, shapes.length)
        assert.isAtLeast(counts["diskFullRefused"] ?? 0, shapes.length)
        assert.isAtLeast(counts["diskFullLate"] ?? 0, 2)
        assert.isAtLeast(counts["diskFullReadOnly"] ?? 0, 3)
        const ends = [...distinct?.["diskFullEnds"] ?? []]
        for (const { name } of shapes) assert.isTrue(ends.some((end) => end.startsWith(name)), name)
        assert.includeMembers(ends, ["flush: done", "flush: PublishPending"])
      }))
  }

  it.live("is swept one shape at a time", () =>
    Effect.gen(function*() {
      const { counts, skipped, violations } = yield* Effect.scoped(diskFull(diskFullPieces / 2 + 2))
      if (isSkipped(skipped)) return
      assert.deepStrictEqual(violations, [])
      assert.isAtLeast(counts["diskFullSteps"] ?? 0, 20)
    }))
})

describe("a small file system", () => {
  for (
    const programs of [
      { makeFileSystem: "mkfs.nowhere", mount: "mount" },
      { makeFileSystem: "mkfs.ext4", mount: "mount.nowhere" },
      { makeFileSystem: "mkfs.ext4", mount: "false" }
    ]
  ) {
    it.live(`says why there is none, and leaves nothing, with ${programs.makeFileSystem} and ${programs.mount}`, () =>
      Effect.gen(function*() {
        const before = inUse()
        const { counts, skipped, violations } = yield* sweep({ shapes: commitShapes, whenFull: "closes", programs })
        assert.isTrue(isSkipped(skipped))
        assert.deepStrictEqual({ counts, violations }, { counts: {}, violations: [] })
        assert.strictEqual(inUse(), before)
      }))
  }

  it.live("is gone with its device and its image, whatever comes", () =>
    Effect.gen(function*() {
      for (const end of ["done", "dead", "interrupted"]) {
        let home = ""
        const use = Effect.gen(function*() {
          const made = yield* smallDisk()
          if (Result.isFailure(made)) {
            isSkipped(made.failure)
            return
          }
          home = dirname(dirname(made.success.root))
          assert.include(inUse(), home)
          made.success.leave("blocks", 1)
          fs.writeFileSync(`${made.success.root}/one`, "x")
          assert.throws(() => fs.writeFileSync(`${made.success.root}/two`, "x"), /ENOSPC/)
          if (end === "dead") throw new Error("dead")
          if (end === "interrupted") return yield* Effect.never
        })
        const fiber = yield* Effect.forkChild(Effect.scoped(use), { startImmediately: true })
        const exit = yield* Effect.andThen(
          end === "interrupted" ? Fiber.interrupt(fiber) : Effect.void,
          Fiber.await(fiber)
        )
        if (home === "") return
        assert.strictEqual(Exit.isSuccess(exit), end === "done")
        assert.isFalse(fs.existsSync(home))
        assert.notInclude(inUse(), home)
      }
    }))
})
