import { assert, describe, it } from "@effect/vitest"
import { Effect, Result } from "effect"
import type { CommitterSettings, Terms } from "../../src/layers/commit/Terms.ts"
import { frameHead, type JournalContent, readJournal } from "../../src/layers/journal/Frames.ts"
import { openJournal } from "../../src/layers/journal/Journal.ts"
import { defaultCommitterSettings } from "../../src/layers/JournaledCommitter.ts"
import { sha256 } from "../../src/layers/Sha256.ts"
import type { Disk } from "../../src/services/Disk.ts"
import { HostInfo } from "../../src/services/HostInfo.ts"
import { ProjectFolder } from "../../src/services/ProjectFolder.ts"
import { faultyDisk } from "../../src/testing/FaultyDisk.ts"
import { SimulatedDisk } from "../../src/testing/SimulatedDisk.ts"
import { testHost } from "../../src/testing/TestHost.ts"

const folder = ProjectFolder.at("/game")
const newDisk = (tearBytes = 8): SimulatedDisk => {
  const disk = SimulatedDisk.of({}, { tearBytes })
  disk.putFolder(folder.runtime)
  return disk
}
const body = (text: string): Uint8Array => new TextEncoder().encode(text)
const contentOf = (disk: SimulatedDisk): JournalContent =>
  Result.getOrThrow(readJournal(disk.bytes(folder.journal) ?? new Uint8Array()))
const textsIn = (disk: SimulatedDisk) => contentOf(disk).frames.map(({ body }) => body.toString())
/** The journal with a bit flipped in the body of its first record. */
const damaged = (disk: SimulatedDisk): Uint8Array => {
  const [first] = contentOf(disk).frames
  const at = (first?.offset ?? 0) + frameHead + 1
  return (disk.bytes(folder.journal) ?? new Uint8Array()).map((byte, index) => index === at ? byte ^ 1 : byte)
}
const termsFor = (disk: Disk["Service"], prefix: string, settings: Partial<CommitterSettings> = {}) =>
  Effect.map(HostInfo, (host): Terms => ({
    disk,
    host,
    folder,
    hash: sha256,
    settings: { ...defaultCommitterSettings, journalBytes: 512, ...settings }
  })).pipe(Effect.provide(testHost({ boot: "boot-1" }, undefined, prefix)))

describe("a header whose write failed by halves but is whole", () => {
  it.effect("does not lose what the next attempt carries", () =>
    Effect.gen(function*() {
      const disk = newDisk()
      const faulty = faultyDisk(disk.disk, { halfWrites: true })
      const journal = yield* openJournal(yield* termsFor(faulty.disk, "j"), undefined)
      // so that both slots hold headers that are alike
      yield* journal.rotate([], 0)
      yield* journal.rotate([], 0)
      yield* journal.append([body("kept")])
      assert.deepStrictEqual(textsIn(disk), ["kept"])
      let writes = 0
      faulty.failWhere(({ bytes = 0, call, path }) =>
        call === "write" && path.startsWith(folder.journal) && bytes > 64 && bytes < 300 && writes++ === 0
          ? "EIO"
          : undefined
      )
      const failed = yield* Effect.result(journal.rotate([body("kept")], 0))
      assert.isTrue(Result.isFailure(failed))
      faulty.heal()
      // Now the next attempt; the machine goes down at every call of it, with everything written surviving or nothing.
      const bad: Array<string> = []
      disk.onCall(({ call }) => {
        for (const all of [true, false]) {
          const after = disk.fork().crash(() => all)
          const texts = textsIn(after)
          if (!texts.includes("kept")) bad.push(`${call} ${all}: ${JSON.stringify(texts)}`)
        }
      })
      yield* journal.rotate([body("kept")], 0)
      disk.onCall(undefined)
      assert.deepStrictEqual(bad, [])
    }))
})

describe("a journal whose size is no multiple of 16", () => {
  it.effect("tells damage in its second region", () =>
    Effect.gen(function*() {
      for (const journalBytes of [512, 500, 1000]) {
        const disk = newDisk()
        const journal = yield* openJournal(yield* termsFor(disk.disk, "j", { journalBytes }), undefined)
        yield* journal.rotate([], 0)
        yield* journal.append([body("one")])
        yield* journal.append([body("two")])
        assert.strictEqual(contentOf(disk).frames.length, 2)
        const read = readJournal(damaged(disk))
        assert.isTrue(
          Result.isFailure(read),
          `journalBytes ${journalBytes}: damage in acknowledged record 1 is read as an empty journal`
        )
      }
    }))
  it.effect("never tries an epoch twice", () =>
    Effect.gen(function*() {
      for (const journalBytes of [512, 500]) {
        const disk = newDisk()
        const journal = yield* openJournal(yield* termsFor(disk.disk, "j", { journalBytes }), undefined)
        yield* journal.append([body("one")])
        // crash in the rotation: carried frame durable, header not
        let left: SimulatedDisk | undefined
        let flushes = 0
        disk.onCall(({ call }) => {
          if (call === "flushData" && ++flushes === 2) left = disk.fork().crash(() => false)
        })
        yield* journal.rotate([body("one")], 0)
        disk.onCall(undefined)
        assert(left !== undefined)
        const after = left
        assert.deepStrictEqual(textsIn(after), ["one"])
        const again = yield* openJournal(yield* termsFor(after.disk, "k", { journalBytes }), contentOf(after))
        yield* again.rotate([], 0) // recovery is done: forget all
        assert.deepStrictEqual(textsIn(after), [], `journalBytes ${journalBytes}: a forgotten record counts again`)
      }
    }))
})

describe("damage of a carried record", () => {
  it.effect("whose header was flushed behind it is damage, not a torn end", () =>
    Effect.gen(function*() {
      const disk = newDisk()
      const journal = yield* openJournal(yield* termsFor(disk.disk, "j"), undefined)
      yield* journal.append([body("one")])
      yield* journal.rotate([body("one")], 0)
      assert.isTrue(Result.isFailure(readJournal(damaged(disk))))
    }))
})
