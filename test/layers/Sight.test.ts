import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { lookAgain, recognizable, seeFile } from "../../src/layers/Sight.ts"
import { faultyDisk } from "../../src/testing/FaultyDisk.ts"
import { contentHash as hash } from "../../src/testing/ProjectTree.ts"
import { recordingDisk } from "../../src/testing/RecordingDisk.ts"
import { SimulatedDisk } from "../../src/testing/SimulatedDisk.ts"

const path = "/game/assets/ui/atlas/asset.json"

/** A file, what was seen of it, and all that is asked of the disk from then on. */
const seen = Effect.gen(function*() {
  const memory = SimulatedDisk.of({ [path]: "abc" })
  const recording = recordingDisk(memory.disk)
  const first = yield* seeFile(recording.disk, path, 10, hash)
  if (first._tag !== "File") return yield* Effect.die(new Error("There is a file."))
  recording.clear()
  return { memory, recording, fingerprint: first.fingerprint, terms: { disk: recording.disk, hash } }
})

describe("looking at a file again", () => {
  it.effect("does not read one that is known", () =>
    Effect.gen(function*() {
      const { fingerprint, recording, terms } = yield* seen
      assert.deepStrictEqual(yield* lookAgain(terms, path, fingerprint, 10), { _tag: "File", fingerprint })
      assert.deepStrictEqual(recording.calls.map(({ call }) => call), ["stat"])
    }))

  it.effect("knows one that was old when it was read; of another, a later write may have the same time", () =>
    Effect.gen(function*() {
      const { fingerprint } = yield* seen
      const file = { _tag: "File", fingerprint } as const
      const { mtimeMs } = fingerprint
      assert.strictEqual(recognizable(file, mtimeMs + 2001), fingerprint)
      assert.isUndefined(recognizable(file, mtimeMs + 2000))
      assert.isUndefined(recognizable(file, mtimeMs - 1))
      assert.isUndefined(recognizable(file, undefined))
      assert.isUndefined(recognizable({ _tag: "Absent" }, mtimeMs + 2001))
    }))

  it.effect("reads one that has another size, time or inode, and one that was not seen before", () =>
    Effect.gen(function*() {
      const { fingerprint, recording, terms } = yield* seen
      for (const other of [{ size: 4 }, { mtimeMs: fingerprint.mtimeMs - 1 }, { inode: "7" }]) {
        recording.clear()
        yield* lookAgain(terms, path, { ...fingerprint, ...other }, 10)
        assert.include(recording.calls.map(({ call }) => call), "readFile", JSON.stringify(other))
      }
      recording.clear()
      yield* lookAgain(terms, path, undefined, 10)
      assert.deepStrictEqual(recording.calls.map(({ call }) => call), ["readFile"])
    }))

  it.effect("sees what is there by now", () =>
    Effect.gen(function*() {
      const { fingerprint, memory, terms } = yield* seen
      memory.put(path, "xyz")
      const changed = yield* lookAgain(terms, path, fingerprint, 10)
      assert.notStrictEqual(changed._tag === "File" ? changed.fingerprint.hash : undefined, fingerprint.hash)
      memory.remove(path)
      assert.deepStrictEqual(yield* lookAgain(terms, path, fingerprint, 10), { _tag: "Absent" })
    }))

  it.effect("fails with what the disk says of one that cannot be read", () =>
    Effect.gen(function*() {
      const { memory } = yield* seen
      const faulty = faultyDisk(memory.disk)
      faulty.failWhere(({ call }) => call === "readFile" ? "EACCES" : undefined)
      const error = yield* Effect.flip(lookAgain({ disk: faulty.disk, hash }, path, undefined, 10))
      assert.deepStrictEqual([error.call, error.path, error.errno], ["readFile", path, "EACCES"])
    }))
})
