import { assert, describe, it } from "@effect/vitest"
import { Effect, Fiber, Result } from "effect"
import { TestClock } from "effect/testing"
import { Command } from "../../src/domain/Command.ts"
import type { PlannedChange } from "../../src/domain/Commit.ts"
import { OperationId } from "../../src/domain/Identity.ts"
import { emptyRegistry } from "../../src/domain/Registry.ts"
import { readJournal } from "../../src/layers/journal/Frames.ts"
import { sha256 } from "../../src/layers/Sha256.ts"
import { DiskError } from "../../src/services/Disk.ts"
import { ProjectFolder } from "../../src/services/ProjectFolder.ts"
import { aroundDisk } from "../../src/testing/DiskCall.ts"
import { faultyDisk } from "../../src/testing/FaultyDisk.ts"
import { testUuid } from "../../src/testing/ProjectTree.ts"
import { SimulatedDisk } from "../../src/testing/SimulatedDisk.ts"
import { leftovers } from "../support/Expected.ts"
import { openCommitter, openSession, root } from "../support/Session.ts"
import { entry, manifest, registry } from "../support/Workspace.ts"

const { assets, journal, runtime, stage, trash } = ProjectFolder.at(root)
const bytes = (text: string) => new TextEncoder().encode(text)
const project = (): SimulatedDisk => {
  const disk = SimulatedDisk.of({
    [`${assets}/one/asset.json`]: manifest({ asset_uuid: testUuid(1), name: "one" }),
    [`${assets}/two/asset.json`]: manifest({ asset_uuid: testUuid(2), name: "two" }),
    [`${assets}/.prometeu/index.json`]: registry([entry(1, "one"), entry(2, "two")])
  })
  disk.putFolder(runtime)
  return disk
}
let ops = 0
const change = (files: PlannedChange["files"]): PlannedChange => ({
  operationId: OperationId.make(`op-${++ops}`),
  files,
  registry: [],
  receipt: ""
})
const rewrite = (disk: SimulatedDisk, place: string, to: string): PlannedChange => {
  const before = disk.bytes(`${assets}/${place}/asset.json`) ?? new Uint8Array()
  return change([{
    _tag: "write-file",
    to: `${place}/asset.json`,
    bytes: bytes(manifest({ name: to })),
    before: { _tag: "File", fingerprint: { hash: sha256(before), size: before.length, mtimeMs: 0, inode: "" } }
  }])
}
const create = (place: string) => Command.create({ root: place, name: place.replaceAll("/", " "), family: "tile_bank" })
const idsIn = (disk: SimulatedDisk) =>
  Result.getOrThrow(readJournal(disk.bytes(journal) ?? new Uint8Array())).frames.map(({ body }) =>
    /"operation":"([^"]+)"/.exec(body.toString())?.[1]
  )

describe("a flush that failed in a checkpoint, while a commit makes room", () => {
  it.effect("is not tried again: the journal keeps what it was about", () =>
    Effect.gen(function*() {
      const disk = project()
      const faulty = faultyDisk(disk.disk)
      const session = yield* openSession({ disk: faulty.disk, prefix: "a", settings: { journalBytes: 2048 } })
      yield* session.run([create("first")])
      yield* session.run([create("second")])
      const [f1, f2] = [`${assets}/second/asset.json`, `${assets}/first/asset.json`]
      let n = 0
      let m = 0
      // The first flush of f1 fails, and says so once; the first one of f2 takes long.
      faulty.failWhere(({ call, path }) => call === "flush" && path === f1 && m++ === 0 ? "EIO" : undefined)
      const gate = faulty.gate(({ call, path }) => call === "flush" && path === f2 && n++ === 0)
      const a = yield* Effect.forkChild(session.committer.flush, { startImmediately: true })
      yield* gate.reached
      for (let i = 0; i < 20; i++) yield* Effect.yieldNow
      for (let i = 0; i < 5; i++) yield* session.run([create(`later${i}`)])
      const ids = idsIn(disk)
      yield* gate.open
      yield* Fiber.join(a)
      assert.strictEqual((yield* session.committer.standstill)?._tag, "Uncertain")
      assert.include(ids, "a-2", "the change whose file could not be flushed is forgotten")
    }))
})

/** A disk on which a flush that fails loses what was to be flushed for good: what is read is right, later flushes say nothing, until it is written again. */
const forgetful = (disk: SimulatedDisk, isIt: (path: string, call: string) => boolean) => {
  const lost = new Set<string>()
  let failing = false
  const keyOf = (path: string) => path.startsWith(journal) ? journal : path
  return {
    lost,
    fail: () => {
      failing = true
    },
    disk: aroundDisk(disk.disk, (call, run) =>
      Effect.suspend(() => {
        if (call.call === "rename" && call.to !== undefined) lost.delete(call.to)
        if (call.call !== "flush" && call.call !== "flushData") return run
        // A flush gives nothing, so nothing is what it can be answered with.
        if (lost.has(keyOf(call.path))) return Effect.void as unknown as typeof run
        if (failing && isIt(call.path, call.call)) {
          lost.add(keyOf(call.path))
          failing = false
          return Effect.fail(new DiskError({ call: call.call, path: call.path, errno: "EIO" }))
        }
        return run
      }), (call, some, write) => {
      lost.delete(keyOf(call.path))
      return write(some)
    })
  }
}

describe("opening after a flush failed", () => {
  it.effect("of a file, in the same run of the machine, does not take what is cached for durable", () =>
    Effect.gen(function*() {
      const disk = project()
      const f = `${assets}/one/asset.json`
      const wrapped = forgetful(disk, (path) => path === f)
      yield* Effect.scoped(Effect.gen(function*() {
        const session = yield* openSession({ disk: wrapped.disk, prefix: "a" })
        yield* session.run([Command.updateContract({ asset: { root: "one" }, name: "renamed" })])
        wrapped.fail()
        yield* session.committer.flush
        assert.strictEqual((yield* session.committer.standstill)?._tag, "Uncertain")
      }))
      yield* Effect.scoped(openCommitter({ disk: wrapped.disk, prefix: "b" }))
      assert.strictEqual(idsIn(disk).length, 0)
      const crashed = disk.fork().crash(() => false)
      const { recovery } = yield* Effect.scoped(openCommitter({ disk: crashed.disk, prefix: "c", boot: "boot-2" }))
      assert.include(crashed.text(f) ?? "(nothing)", "renamed", JSON.stringify(recovery))
    }))
})

describe("a leftover that cannot be removed", () => {
  it.effect("does not keep a project closed, nor lose what recovery has to tell", () =>
    Effect.gen(function*() {
      const disk = project()
      let left: SimulatedDisk | undefined
      yield* Effect.scoped(Effect.gen(function*() {
        const session = yield* openSession({ disk: disk.disk, prefix: "a" })
        disk.onCall(({ call, to = "" }) => {
          if (call === "rename" && to.endsWith("asset.json")) left ??= disk.fork().kill()
        })
        yield* session.run([Command.updateContract({ asset: { root: "one" }, name: "renamed" })])
        disk.onCall(undefined)
      }))
      assert(left !== undefined)
      const faulty = faultyDisk(left.disk)
      let once = 1
      faulty.failWhere(({ call, path }) =>
        call === "removeFile" && path.startsWith(stage) && once-- > 0 ? "EBUSY" : undefined
      )
      left.put(`${assets}/one/asset.json`, manifest({ name: "an edit" }))
      const first = yield* Effect.scoped(Effect.gen(function*() {
        const c = yield* openCommitter({ disk: faulty.disk, prefix: "b" })
        return { ...c.recovery, standstill: yield* c.standstill }
      }))
      const second = yield* Effect.scoped(Effect.gen(function*() {
        const c = yield* openCommitter({ disk: faulty.disk, prefix: "c" })
        return { ...c.recovery, standstill: yield* c.standstill }
      }))
      assert.strictEqual(first.finished.length + second.finished.length, 1, "no opening told what was finished")
      assert.strictEqual(first.overtaken.length + second.overtaken.length, 1)
      assert.isUndefined(first.standstill)
    }))
})

describe("bytes that cannot be kept", () => {
  it.effect("leave nothing torn in the trash, however often it is tried", () =>
    Effect.gen(function*() {
      const disk = project()
      const faulty = faultyDisk(disk.disk, { halfWrites: true })
      yield* Effect.scoped(Effect.gen(function*() {
        const committer = yield* openCommitter({ disk: faulty.disk, prefix: "a" })
        const staged = yield* Effect.forEach([rewrite(disk, "one", "Y"), rewrite(disk, "two", "W")], (c) =>
          committer.stage(c))
        disk.put(`${assets}/one/asset.json`, manifest({ name: "an edit" }))
        faulty.failWhere(({ call, path }) =>
          call === "write" && /\/trash\/.*\/1$/.test(path) ? "ENOSPC" : undefined
        )
        yield* committer.commit(staged, emptyRegistry)
        for (let i = 0; i < 3; i++) yield* committer.publishLate
        faulty.heal()
        yield* committer.publishLate
      }))
      yield* Effect.scoped(openCommitter({ disk: disk.disk, prefix: "b" }))
      assert.deepStrictEqual(leftovers(disk, assets), [])
      assert.strictEqual(
        disk.entries().filter(([path]) =>
          path.startsWith(`${trash}/`) && path.split("/").length === trash.split("/").length + 1
        ).length,
        1
      )
    }))
})

describe("the trash", () => {
  it.effect("keeps what was deleted last, also if the clock was put back", () =>
    Effect.gen(function*() {
      const disk = project()
      const session = yield* openSession({ disk: disk.disk, prefix: "a", settings: { trashLimit: 1 } })
      yield* TestClock.adjust("10 days")
      yield* session.run([Command.delete({ asset: { root: "one" } })])
      yield* session.committer.flush
      yield* TestClock.setTime(0)
      yield* session.run([Command.delete({ asset: { root: "two" } })])
      yield* session.committer.flush
      const kept = disk.entries().filter(([path]) => path.startsWith(trash) && path.endsWith("asset.json")).map(([p]) =>
        disk.text(p)
      )
      assert.strictEqual(kept.length, 1)
      assert.include(kept[0] ?? "", "two")
    }))
})

describe("a rename that is done and reported as failed", () => {
  it.effect("is not taken back as if nothing were visible", () =>
    Effect.gen(function*() {
      const disk = project()
      let once = 1
      const wrapped = aroundDisk(disk.disk, (call, run) =>
        call.call === "rename" && call.to === `${assets}/one/asset.json` && once-- > 0
          ? Effect.andThen(run, Effect.fail(new DiskError({ call: "rename", path: call.path, errno: "EIO" }))) :
          run)
      const committer = yield* openCommitter({ disk: wrapped, prefix: "a" })
      const s = yield* committer.stage(rewrite(disk, "one", "Y"))
      const [r] = yield* committer.commit([s], emptyRegistry)
      const visible = (disk.text(`${assets}/one/asset.json`) ?? "").includes("Y")
      assert.isFalse(r?._tag === "Absent" && visible, "absent, and visible")
    }))
  it.effect("is not late for ever", () =>
    Effect.gen(function*() {
      const disk = project()
      let once = 1
      const wrapped = aroundDisk(disk.disk, (call, run) =>
        call.call === "rename" && call.to === `${assets}/one/asset.json` && once-- > 0
          ? Effect.andThen(run, Effect.fail(new DiskError({ call: "rename", path: call.path, errno: "EIO" }))) :
          run)
      const committer = yield* openCommitter({ disk: wrapped, prefix: "a" })
      const s = yield* Effect.forEach([rewrite(disk, "one", "Y"), rewrite(disk, "two", "W")], (c) =>
        committer.stage(c))
      const [first] = yield* committer.commit(s, emptyRegistry)
      assert.strictEqual(first?._tag === "Durable" ? first.notPublished.size : -1, 0)
      assert.deepStrictEqual(yield* committer.publishLate, [])
      assert.include(disk.text(`${assets}/one/asset.json`) ?? "", "Y")
    }))
})
