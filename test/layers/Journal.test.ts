import { assert, describe, it } from "@effect/vitest"
import { Effect, Result } from "effect"
import type { CommitterSettings, Terms } from "../../src/layers/commit/Terms.ts"
import { firstRegion, framedLength, type JournalContent, readJournal, slots } from "../../src/layers/journal/Frames.ts"
import { type Journal, openJournal } from "../../src/layers/journal/Journal.ts"
import { defaultCommitterSettings } from "../../src/layers/JournaledCommitter.ts"
import { sha256 } from "../../src/layers/Sha256.ts"
import type { Disk } from "../../src/services/Disk.ts"
import { HostInfo } from "../../src/services/HostInfo.ts"
import { ProjectFolder } from "../../src/services/ProjectFolder.ts"
import { crashStates } from "../../src/testing/CrashStates.ts"
import { faultyDisk } from "../../src/testing/FaultyDisk.ts"
import { recordingDisk } from "../../src/testing/RecordingDisk.ts"
import { seeded } from "../../src/testing/Seeded.ts"
import { SimulatedDisk } from "../../src/testing/SimulatedDisk.ts"
import { testHost } from "../../src/testing/TestHost.ts"

const folder = ProjectFolder.at("/game")
const size = 512

const newDisk = (tearBytes = 8): SimulatedDisk => {
  const disk = SimulatedDisk.of({}, { tearBytes })
  disk.putFolder(folder.runtime)
  return disk
}

const body = (text: string): Uint8Array => new TextEncoder().encode(text)
/** A body that takes exactly so many bytes of the journal. */
const filling = (bytes: number): Uint8Array => new Uint8Array(bytes - framedLength(new Uint8Array())).fill(7)

const contentOf = (disk: SimulatedDisk): JournalContent =>
  Result.getOrThrow(readJournal(disk.bytes(folder.journal) ?? new Uint8Array()))
const textsIn = (disk: SimulatedDisk): ReadonlyArray<string> =>
  contentOf(disk).frames.map(({ body }) => body.toString())

const termsFor = (disk: Disk["Service"], prefix: string, settings: Partial<CommitterSettings> = {}) =>
  Effect.map(HostInfo, (host): Terms => ({
    disk,
    host,
    folder,
    hash: sha256,
    settings: { ...defaultCommitterSettings, journalBytes: size, ...settings }
  })).pipe(Effect.provide(testHost({ boot: "boot-1" }, undefined, prefix)))

/** Opens the journal on a disk: the one that is there, or a new one. */
const open = Effect.fnUntraced(function*(disk: SimulatedDisk, through: Disk["Service"] = disk.disk, prefix = "j") {
  const found = disk.bytes(folder.journal) === undefined ? undefined : contentOf(disk)
  return yield* openJournal(yield* termsFor(through, prefix), found)
})

const appendTo = Effect.fnUntraced(function*(journal: Journal, ...texts: ReadonlyArray<string>) {
  yield* journal.append(texts.map(body))
})

describe("a new journal", () => {
  it.effect("is empty, durable, and as long as it will be; nothing else is left of its making", () =>
    Effect.gen(function*() {
      const disk = newDisk()
      const journal = yield* open(disk)
      const after = disk.crash(() => false)
      assert.deepStrictEqual(textsIn(after), [])
      assert.strictEqual(after.bytes(folder.journal)?.length, firstRegion + 2 * size)
      assert.deepStrictEqual(journal.room(), { left: size, whole: size })
      assert.deepStrictEqual(
        after.entries().map(([path]) => path).filter((path) => path.startsWith(`${folder.runtime}/`)),
        [folder.journal]
      )
      yield* journal.close
      assert.strictEqual(disk.openFiles, 0)
    }))

  it.effect("that cannot be made leaves nothing, and no file open", () =>
    Effect.gen(function*() {
      for (let index = 0;; index++) {
        const disk = newDisk()
        const faulty = faultyDisk(disk.disk)
        faulty.failAt(index, "EIO", "once")
        const opened = yield* Effect.result(open(disk, faulty.disk))
        if (Result.isSuccess(opened)) {
          yield* opened.success.close
          assert.isAbove(index, 5)
          return
        }
        assert.strictEqual(disk.openFiles, 0, `call ${index}`)
        const left = disk.entries().filter(([path]) => path.startsWith(`${folder.journal}-`))
        assert.deepStrictEqual(left, [], `call ${index}`)
      }
    }))
})

describe("records that are appended", () => {
  it.effect("cost one write and one flush, however many they are", () =>
    Effect.gen(function*() {
      const disk = newDisk()
      const recording = recordingDisk(disk.disk)
      const journal = yield* open(disk, recording.disk)
      recording.clear()
      yield* appendTo(journal, "a", "b", "c")
      assert.deepStrictEqual(recording.calls.map(({ call }) => call), ["write", "flushData"])
      assert.deepStrictEqual(textsIn(disk.crash(() => false)), ["a", "b", "c"])
      assert.strictEqual(disk.pending, 0)
    }))

  it.effect("are written whole where the disk takes little at once", () =>
    Effect.gen(function*() {
      const disk = newDisk()
      const faulty = faultyDisk(disk.disk)
      const journal = yield* open(disk, faulty.disk)
      faulty.shortWrites(5)
      yield* appendTo(journal, "a", "b")
      yield* journal.rotate([body("c")], 0)
      yield* appendTo(journal, "d")
      assert.deepStrictEqual(textsIn(disk.crash(() => false)), ["c", "d"])
    }))

  it.effect("are all there, and all of them only, when the journal is opened again, and again", () =>
    Effect.gen(function*() {
      let disk = newDisk()
      const expected: Array<string> = []
      for (let opening = 0; opening < 6; opening++) {
        const journal = yield* open(disk)
        const left = journal.room().left
        for (const texts of [[`${opening}a`], [`${opening}b`, `${opening}c`]]) {
          if (opening === 3) {
            yield* journal.rotate([body("kept")], 0)
            expected.splice(0, Infinity, "kept")
          }
          yield* appendTo(journal, ...texts)
          expected.push(...texts)
        }
        assert.isTrue(opening === 3 || journal.room().left < left)
        yield* journal.close
        disk = disk.crash(() => false)
        assert.deepStrictEqual(textsIn(disk), expected)
        if (journal.room().left >= 3 * 48) continue
        const next = yield* open(disk)
        yield* next.rotate([], 0)
        yield* next.close
        expected.length = 0
      }
    }))
})

describe("a new epoch", () => {
  it.effect("stands in the other slot and the other region each time, and holds only what is carried", () =>
    Effect.gen(function*() {
      const disk = newDisk()
      const journal = yield* open(disk)
      const seen: Array<readonly [epoch: number, slot: number, start: number]> = []
      const look = () => {
        const { header, slot } = contentOf(disk)
        seen.push([header.epoch, slot, header.start])
      }
      look()
      for (let epoch = 2; epoch <= 5; epoch++) {
        yield* appendTo(journal, `before ${epoch}`)
        yield* journal.rotate(epoch % 2 === 0 ? [] : [body("kept")], 0)
        look()
        assert.deepStrictEqual(textsIn(disk.crash(() => false)), epoch % 2 === 0 ? [] : ["kept"])
      }
      const [a, b] = [firstRegion, firstRegion + size]
      assert.deepStrictEqual(seen, [
        [1, slots[0], a],
        [2, slots[1], b],
        [3, slots[0], a],
        [4, slots[1], b],
        [5, slots[0], a]
      ])
    }))

  it.effect("counts its records on, so that no number is given twice", () =>
    Effect.gen(function*() {
      const disk = newDisk()
      const numbers: Array<number> = []
      let journal = yield* open(disk)
      for (let turn = 0; turn < 4; turn++) {
        yield* appendTo(journal, "a", "b")
        numbers.push(...contentOf(disk).frames.slice(-2).map(({ lsn }) => lsn))
        yield* journal.rotate([body("a")], 0)
        numbers.push(...contentOf(disk).frames.map(({ lsn }) => lsn))
        if (turn % 2 === 0) continue
        yield* journal.close
        journal = yield* open(disk)
      }
      assert.deepStrictEqual(numbers, Array.from({ length: 12 }, (_, index) => index + 1))
    }))

  it.effect("costs no write to the records that are forgotten: they only count no more", () =>
    Effect.gen(function*() {
      const disk = newDisk()
      const recording = recordingDisk(disk.disk)
      const journal = yield* open(disk, recording.disk)
      yield* appendTo(journal, "a")
      recording.clear()
      yield* journal.rotate([], 0)
      assert.deepStrictEqual(recording.calls.map(({ call }) => call), ["write", "flushData"])
      recording.clear()
      yield* journal.rotate([body("kept")], 0)
      assert.deepStrictEqual(recording.calls.map(({ call }) => call), ["write", "flushData", "write", "flushData"])
    }))

  it.effect("is larger where it has to be, and keeps what is carried", () =>
    Effect.gen(function*() {
      const disk = newDisk()
      const journal = yield* open(disk)
      yield* appendTo(journal, "a")
      yield* journal.append([filling(journal.room().left)])
      assert.deepStrictEqual(journal.room(), { left: 0, whole: size })
      yield* journal.rotate([body("a"), body("b")], 3000)
      assert.isAtLeast(journal.room().left, 3000)
      assert.strictEqual(journal.room().left, journal.room().whole - 2 * framedLength(body("a")))
      assert.isTrue(yield* journal.isInPlace)
      yield* journal.append([filling(journal.room().left)])
      const after = disk.crash(() => false)
      const { frames, header } = contentOf(after)
      assert.deepStrictEqual(frames.slice(0, 2).map(({ body }) => body.toString()), ["a", "b"])
      assert.strictEqual(frames.length, 3)
      assert.isTrue(header.epoch > 1)
      yield* journal.rotate([], 0)
      yield* journal.close
      assert.strictEqual(disk.openFiles, 0)
      assert.deepStrictEqual(disk.entries().filter(([path]) => path.startsWith(`${folder.journal}-`)), [])
    }))

  it.effect("takes exactly as much as it has room for", () =>
    Effect.gen(function*() {
      const disk = newDisk()
      const journal = yield* open(disk)
      for (const other of [1, 2]) {
        yield* journal.append([filling(journal.room().left - 48), body("last")])
        assert.strictEqual(journal.room().left, 0)
        assert.deepStrictEqual(contentOf(disk).frames.length, 2, `in region ${other}`)
        yield* journal.rotate([], 0)
        assert.deepStrictEqual(textsIn(disk), [])
      }
      yield* journal.rotate([], size)
      assert.strictEqual(journal.room().whole, size)
      yield* journal.rotate([], size + 1)
      assert.isAbove(journal.room().whole, size)
    }))

  it.effect("is the old one or the new one after every crash, larger or not, and is never begun twice", () =>
    Effect.gen(function*() {
      for (const [carried, needed] of [[[], 0], [["kept", "too"], 0], [["kept", "too"], 2000]] as const) {
        const disk = newDisk()
        const journal = yield* open(disk)
        yield* journal.rotate([], 0)
        yield* appendTo(journal, "kept", "too")
        yield* appendTo(journal, "gone")
        const moments: Array<SimulatedDisk> = []
        disk.onCall(() => moments.push(disk.fork()))
        yield* journal.rotate(carried.map(body), needed)
        disk.onCall(undefined)
        moments.push(disk)
        for (const [index, moment] of moments.entries()) {
          for (const { disk: left } of crashStates(moment, { random: seeded(index), most: 300 })) {
            const texts = textsIn(left)
            const before = ["kept", "too", "gone"]
            assert.include([before, carried].map(String), String(texts))
            if (index === moments.length - 1) assert.deepStrictEqual(texts, carried)
            const attempted = contentOf(left).topEpoch
            const next = yield* open(left, left.disk, "k")
            yield* next.rotate([body("new")], 0)
            const { frames, header } = contentOf(left)
            assert.deepStrictEqual(frames.map(({ body }) => body.toString()), ["new"])
            assert.isAbove(header.epoch, attempted)
            yield* appendTo(next, "more")
            assert.deepStrictEqual(textsIn(left.crash(() => false)), ["new", "more"])
            yield* next.close
          }
        }
      }
    }))

  it.effect("that could not begin leaves the old one as it was, to be gone on with", () =>
    Effect.gen(function*() {
      for (let index = 0;; index++) {
        const disk = newDisk()
        const faulty = faultyDisk(disk.disk, { halfWrites: true })
        const journal = yield* open(disk, faulty.disk)
        yield* appendTo(journal, "a", "b")
        const first = faulty.calls
        faulty.failAt(first + index, "EIO", "once")
        const rotated = yield* Effect.result(journal.rotate([body("kept")], 0))
        if (Result.isSuccess(rotated)) return assert.strictEqual(index, 4)
        // What a flush leaves open is for the next opening to settle; after a write all is as it was.
        if (rotated.failure.call !== "write") continue
        const appended = yield* Effect.result(journal.append([body("c")]))
        // A header that may be there by half may count one day: until it cannot, nothing is appended.
        const may = Result.isSuccess(appended) ? [["a", "b", "c"]] : [["a", "b"], ["kept"]]
        for (const { disk: left } of crashStates(disk, { random: seeded(index), most: 100 })) {
          assert.deepInclude(may, textsIn(left))
        }
        const moments: Array<SimulatedDisk> = []
        disk.onCall(() => moments.push(disk.fork()))
        yield* journal.rotate([body("kept")], 0)
        disk.onCall(undefined)
        for (const moment of moments) {
          for (const { disk: left } of crashStates(moment, { random: seeded(index), most: 100 })) {
            assert.deepInclude([...may, ["kept"]], textsIn(left))
          }
        }
        assert.deepStrictEqual(textsIn(disk.crash(() => false)), ["kept"])
      }
    }))
})

describe("records that could not be written", () => {
  for (const halfWrites of [false, true]) {
    it.effect(`never count once an epoch has begun${halfWrites ? ", also where half of them was" : ""}`, () =>
      Effect.gen(function*() {
        const disk = newDisk()
        const faulty = faultyDisk(disk.disk, { halfWrites })
        const journal = yield* open(disk, faulty.disk)
        yield* appendTo(journal, "a", "b")
        faulty.failWhere(({ call }) => call === "write" ? "ENOSPC" : undefined)
        const failed = yield* Effect.flip(journal.append([body("never"), body("neither"), body("nor this")]))
        assert.deepInclude(failed, { _tag: "NotWritten" })
        faulty.heal()
        const moments: Array<SimulatedDisk> = []
        disk.onCall(() => moments.push(disk.fork()))
        yield* journal.rotate([body("a"), body("b")], 0)
        const rotated = moments.length
        yield* appendTo(journal, "c")
        disk.onCall(undefined)
        moments.push(disk)
        for (const [index, moment] of moments.entries()) {
          for (const { disk: left } of crashStates(moment, { random: seeded(index), most: 300 })) {
            const texts = textsIn(left)
            const whole = ["never", "neither", "nor this"]
            // Until then some may: nobody was told yet how that ended.
            const may = index < rotated ? [1, 2, 3].map((count) => ["a", "b", ...whole.slice(0, count)]) : []
            assert.include([["a", "b"], ["a", "b", "c"], ...may].map(String), String(texts), `moment ${index}`)
            if (index >= rotated) assert.notInclude(String(texts), "ne")
          }
        }
        assert.deepStrictEqual(textsIn(disk.crash(() => false)), ["a", "b", "c"])
      }))
  }

  it.effect("for certain are told so", () =>
    Effect.gen(function*() {
      const disk = newDisk()
      const faulty = faultyDisk(disk.disk)
      const journal = yield* open(disk, faulty.disk)
      faulty.failWhere(({ call }) => call === "flushData" ? "EIO" : undefined)
      const failed = yield* Effect.flip(journal.append([body("a")]))
      assert.deepInclude(failed, { _tag: "NotFlushed" })
      assert.strictEqual(failed.fault.errno, "EIO")
    }))
})

describe("the path of a journal", () => {
  it.effect("leads to the file that is written as long as nobody else was there", () =>
    Effect.gen(function*() {
      const disk = newDisk()
      const journal = yield* open(disk)
      assert.isTrue(yield* journal.isInPlace)
      yield* appendTo(journal, "a")
      yield* journal.rotate([], 5000)
      assert.isTrue(yield* journal.isInPlace)
      const copy = disk.bytes(folder.journal) ?? new Uint8Array()
      disk.replace(folder.journal, copy)
      assert.isFalse(yield* journal.isInPlace)
      disk.remove(folder.journal)
      assert.isFalse(yield* journal.isInPlace)
      disk.putFolder(folder.journal)
      assert.isFalse(yield* journal.isInPlace)
    }))

  for (const gone of [folder.runtime, folder.own, folder.assets]) {
    it.effect(`leads nowhere without ${gone.slice("/game/".length)}`, () =>
      Effect.gen(function*() {
        const disk = newDisk()
        const journal = yield* open(disk)
        disk.remove(gone)
        assert.isFalse(yield* journal.isInPlace)
        yield* journal.close
        assert.strictEqual(disk.openFiles, 0)
      }))
  }
})
