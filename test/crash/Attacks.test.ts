import { assert, describe, it } from "@effect/vitest"
import { Context, Effect, Fiber, Layer, Result } from "effect"
import { TestClock } from "effect/testing"
import { Command } from "../../src/domain/Command.ts"
import type { PlannedChange } from "../../src/domain/Commit.ts"
import { OperationId } from "../../src/domain/Identity.ts"
import { emptyRegistry } from "../../src/domain/Registry.ts"
import { readJournal } from "../../src/layers/journal/Frames.ts"
import { journaledCommitter } from "../../src/layers/JournaledCommitter.ts"
import { sha256 } from "../../src/layers/Sha256.ts"
import { Disk, DiskError, type OpenMode } from "../../src/services/Disk.ts"
import { DurableCommitter, type Receipted, type Staged } from "../../src/services/DurableCommitter.ts"
import { HostInfo } from "../../src/services/HostInfo.ts"
import { ProjectFolder } from "../../src/services/ProjectFolder.ts"
import { ProjectLock } from "../../src/services/ProjectLock.ts"
import { aroundDisk, type DiskCall } from "../../src/testing/DiskCall.ts"
import { faultyDisk } from "../../src/testing/FaultyDisk.ts"
import { testUuid } from "../../src/testing/ProjectTree.ts"
import { seeded } from "../../src/testing/Seeded.ts"
import { SimulatedDisk } from "../../src/testing/SimulatedDisk.ts"
import { testHost } from "../../src/testing/TestHost.ts"
import { leftovers } from "../proof/crashes/Expected.ts"
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
  registry: []
})
/** A staged change whose caller is told nothing. */
const ready = (staged: Staged): Receipted => ({ staged, receipt: "" })

/** Writes a manifest over what is there, or over what a change before it is about to put there. */
const rewrite = (disk: SimulatedDisk, place: string, to: string, planned?: Uint8Array): PlannedChange => {
  const before = disk.bytes(`${assets}/${place}/asset.json`) ?? new Uint8Array()
  return change([{
    _tag: "write-file",
    to: `${place}/asset.json`,
    bytes: bytes(manifest({ name: to })),
    before: planned === undefined
      ? { _tag: "File", fingerprint: { hash: sha256(before), size: before.length, mtimeMs: 0, inode: "" } }
      : { _tag: "Planned", bytes: planned }
  }])
}
const written = ({ files: [file] }: PlannedChange): Uint8Array => {
  assert(file?._tag === "write-file")
  return file.bytes
}
/** A result as text, for what a test says when it fails. */
const shown = (value: unknown): string =>
  JSON.stringify(value, (_, part: unknown) => part instanceof Map ? Object.fromEntries(part) : part)
/** A project whose process was killed before a manifest that was durable came to its place. */
const killedBeforeManifest = Effect.gen(function*() {
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
  return left
})
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
  const losing = aroundDisk(disk.disk, (call, run) =>
    Effect.suspend(() => {
      if (call.call === "rename" && call.to !== undefined) lost.delete(call.to)
      if (call.call !== "flush" && call.call !== "flushData") return run
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
  const unlessLost = (path: string, flush: Effect.Effect<void, DiskError>): Effect.Effect<void, DiskError> =>
    Effect.suspend(() => lost.has(keyOf(path)) ? Effect.void : flush)
  return {
    lost,
    fail: () => {
      failing = true
    },
    disk: {
      ...losing,
      open: (path: string, mode: OpenMode) =>
        Effect.map(losing.open(path, mode), (file) => ({
          ...file,
          flush: unlessLost(path, file.flush),
          flushData: unlessLost(path, file.flushData)
        }))
    }
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
      const left = yield* killedBeforeManifest
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
        yield* committer.commit(staged.map(ready), emptyRegistry)
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
      const [r] = yield* committer.commit([s].map(ready), emptyRegistry)
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
      const [first] = yield* committer.commit(s.map(ready), emptyRegistry)
      assert.strictEqual(first?._tag === "Durable" ? first.notPublished.size : -1, 0)
      assert.deepStrictEqual(yield* committer.publishLate, [])
      assert.include(disk.text(`${assets}/one/asset.json`) ?? "", "Y")
    }))
})

describe("a commit that makes room while a checkpoint beside it meets a failed flush", () => {
  it.effect("is not answered as durable without being in the journal", () =>
    Effect.gen(function*() {
      const disk = project()
      const faulty = faultyDisk(disk.disk)
      const session = yield* openSession({ disk: faulty.disk, prefix: "a", settings: { journalBytes: 1024 } })
      yield* session.run([create("first")])
      const first = `${assets}/first/asset.json`
      const flushesFirst = ({ call, path }: DiskCall) => call === "flush" && path === first
      let flushes = 0
      const besideGate = faulty.gate((call) => flushesFirst(call) && flushes++ === 0)
      const beside = yield* Effect.forkChild(session.committer.flush, { startImmediately: true })
      yield* besideGate.reached
      const roomGate = faulty.gate(flushesFirst)
      let isHeld = false
      const commits = yield* Effect.forkChild(
        Effect.gen(function*() {
          for (let i = 0; i < 4; i++) {
            const [ending] = yield* session.run([create(`later${i}`)])
            if (isHeld) return [ending?._tag === "Ended" ? ending.result._tag : ending?._tag, `later${i}`] as const
          }
          throw new Error("No room was made.")
        }),
        { startImmediately: true }
      )
      yield* roomGate.reached
      isHeld = true
      // The flush of the checkpoint fails, and the other one goes through: a system tells of a lost page once.
      faulty.failWhere((call) => flushesFirst(call) ? "EIO" : undefined)
      yield* besideGate.open
      yield* Fiber.join(beside)
      assert.strictEqual((yield* session.committer.standstill)?._tag, "Uncertain")
      faulty.heal()
      yield* roomGate.open
      const [tag, place] = yield* Fiber.join(commits)
      assert.include(["Durable", "Absent", "Unknown", "Halted"], tag)
      const crashed = disk.fork().crash(() => false)
      yield* Effect.scoped(openCommitter({ disk: crashed.disk, prefix: "b", boot: "boot-2" }))
      const text = crashed.text(`${assets}/${place}/asset.json`) ?? "(nothing)"
      if (tag === "Durable") assert.include(text, place, `the journal has ${idsIn(disk).join()}`)
    }))
})

describe("two changes of a group that write the same file", () => {
  for (const others of [[], ["two"]]) {
    it.effect(`wait together if the first is refused, with ${others.length} more behind them`, () =>
      Effect.gen(function*() {
        const disk = project()
        const faulty = faultyDisk(disk.disk)
        const committer = yield* openCommitter({ disk: faulty.disk, prefix: "a" })
        const first = rewrite(disk, "one", "Y")
        const second = rewrite(disk, "one", "Z", written(first))
        const more = others.map((place) => rewrite(disk, place, "W"))
        const staged = yield* Effect.forEach([first, second, ...more], (one) => committer.stage(one))
        let left = 1
        faulty.failWhere(({ call, to }) =>
          call === "rename" && to === `${assets}/one/asset.json` && left-- > 0 ? "EBUSY" : undefined
        )
        const results = yield* committer.commit(staged.map(ready), emptyRegistry)
        for (const result of results) {
          if (result._tag === "Durable") assert.strictEqual(result.diverged.size, 0, shown(results))
        }
        assert.notStrictEqual(results[1]?._tag, "Outdated", shown(results))
        yield* committer.publishLate
        if (results[1]?._tag === "Durable") assert.include(disk.text(`${assets}/one/asset.json`) ?? "", "Z")
      }))
  }
})

describe("a change that makes a folder in one that is refused", () => {
  it.effect("comes with it later, or is refused and leaves nothing", () =>
    Effect.gen(function*() {
      const disk = project()
      const faulty = faultyDisk(disk.disk)
      const committer = yield* openCommitter({ disk: faulty.disk, prefix: "a" })
      const make = (place: string) =>
        change([
          { _tag: "create-directory", to: place },
          {
            _tag: "write-file",
            to: `${place}/asset.json`,
            bytes: bytes(manifest({ name: place })),
            before: { _tag: "Absent" }
          }
        ])
      const staged = yield* Effect.forEach([make("new"), make("new/inner")], (one) => committer.stage(one))
      let left = 1
      faulty.failWhere(({ call, path }) =>
        call === "makeFolder" && path === `${assets}/new` && left-- > 0 ? "EACCES" : undefined
      )
      const results = yield* committer.commit(staged.map(ready), emptyRegistry)
      const [, second] = results
      assert(second?._tag === "Durable" || second?._tag === "Late", shown(results))
      const isThere = () => disk.entries().some(([path]) => path.startsWith(`${assets}/new/inner`))
      if (second._tag === "Late") assert.isFalse(isThere())
      else assert.strictEqual(second.diverged.size, 0, shown(results))
      yield* committer.publishLate
      yield* committer.publishLate
      if (second._tag === "Late") assert.isFalse(isThere())
      else assert.include(disk.text(`${assets}/new/inner/asset.json`) ?? "(nothing)", "new/inner")
    }))
})

describe("opening after a flush of the journal failed", () => {
  it.effect("does nothing on the word of a record that a crash takes back", () =>
    Effect.gen(function*() {
      const disk = project()
      const wrapped = forgetful(disk, (path) => path.startsWith(journal))
      const commands = ["one", "two"].map((place) =>
        Command.updateContract({ asset: { root: place }, name: "renamed" })
      )
      yield* Effect.scoped(Effect.gen(function*() {
        const session = yield* openSession({ disk: wrapped.disk, prefix: "a" })
        wrapped.fail()
        const [ending] = yield* session.run([Command.batch({ commands })])
        assert.strictEqual(ending?._tag === "Ended" ? ending.result._tag : "", "Unknown")
      }))
      const random = seeded(7)
      const bad: Array<string> = []
      disk.onCall(({ call, path }) => {
        for (let k = 0; k < 30; k++) {
          const after = disk.fork().crash(() => random() < 0.6)
          const [one, two] = ["one", "two"].map((place) =>
            (after.text(`${assets}/${place}/asset.json`) ?? "").includes("renamed")
          )
          const content = readJournal(after.bytes(journal) ?? new Uint8Array())
          const records = Result.isSuccess(content) ? content.success.frames.length : -1
          if (one !== two && records === 0) bad.push(`${call} ${path}: ${String(one)}, ${String(two)}`)
        }
      })
      yield* Effect.scoped(openCommitter({ disk: wrapped.disk, prefix: "b" }))
      disk.onCall(undefined)
      assert.deepStrictEqual(bad, [])
    }))
})

describe("recovery where other programs hold files for a moment", () => {
  it.effect("has patience", () =>
    Effect.gen(function*() {
      const left = yield* killedBeforeManifest
      const faulty = faultyDisk(left.disk)
      let once = 1
      faulty.failWhere(({ call, to = "" }) =>
        call === "rename" && to.endsWith("asset.json") && once-- > 0 ? "EBUSY" : undefined
      )
      const windows = Layer.effect(HostInfo, Effect.map(HostInfo, (host) => ({ ...host, hasSharingViolations: true })))
        .pipe(Layer.provide(testHost({ boot: "boot-1" }, undefined, "w")))
      const held = Layer.succeed(ProjectLock, { unwritable: undefined, isHeld: Effect.succeed(true) })
      const around = Layer.mergeAll(windows, held, ProjectFolder.layer(root), Layer.succeed(Disk, faulty.disk))
      const layer = journaledCommitter({ hash: sha256, journalBytes: 8192 }).pipe(Layer.provide(around))
      const opening = yield* Effect.forkChild(
        Effect.scoped(Effect.flatMap(
          Layer.build(Layer.fresh(layer)),
          (context) => Context.get(context, DurableCommitter).standstill
        )),
        { startImmediately: true }
      )
      yield* TestClock.adjust("10 seconds")
      assert.isUndefined(yield* Fiber.join(opening))
      assert.include(left.text(`${assets}/one/asset.json`) ?? "", "renamed")
    }))
})

describe("taking back a change", () => {
  it.effect("leaves the one it was built on to be built on again", () =>
    Effect.gen(function*() {
      const disk = project()
      const committer = yield* openCommitter({ disk: disk.disk, prefix: "a" })
      const first = rewrite(disk, "one", "Y")
      yield* committer.stage(first)
      const second = yield* committer.stage(rewrite(disk, "one", "Z", written(first)))
      yield* committer.discard(second)
      const third = yield* Effect.result(committer.stage(rewrite(disk, "one", "V", written(first))))
      assert.isTrue(Result.isSuccess(third), shown(third))
    }))
})

/** The same names and bytes on another disk, where an inode that is known from here is something else. */
const copyOf = (disk: SimulatedDisk): SimulatedDisk => {
  const copy = SimulatedDisk.of()
  for (const [path, node] of disk.entries().toReversed()) {
    if (node === "folder") copy.putFolder(path)
    else if (node !== "link") copy.put(path, node)
  }
  return copy
}

describe("a folder that was moved and whose manifest was changed after that", () => {
  it.effect("is not taken for overtaken in a copy of the project: the journal keeps the move no more", () =>
    Effect.gen(function*() {
      const disk = project()
      let killed: SimulatedDisk | undefined
      yield* Effect.scoped(Effect.gen(function*() {
        const session = yield* openSession({ disk: disk.disk, prefix: "a" })
        yield* session.run([
          Command.relocate({ asset: { root: "one" }, to: "uno" }),
          Command.updateContract({ asset: { root: "uno" }, name: "renamed" })
        ])
        killed = disk.fork().kill()
      }))
      assert(killed !== undefined)
      const copy = copyOf(killed)
      const { recovery } = yield* Effect.scoped(openCommitter({ disk: copy.disk, prefix: "b" }))
      assert.deepStrictEqual(recovery.overtaken, [])
      assert.include(copy.text(`${assets}/uno/asset.json`) ?? "", "renamed")
    }))
})

describe("bytes that were to be written where somebody else wrote", () => {
  it.effect("are in the trash whole after a crash, once the journal has forgotten them", () =>
    Effect.gen(function*() {
      const disk = project()
      const committer = yield* openCommitter({ disk: disk.disk, prefix: "a" })
      const planned = rewrite(disk, "one", "Y")
      const staged = yield* Effect.forEach([planned, rewrite(disk, "two", "W")], (one) => committer.stage(one))
      disk.put(`${assets}/one/asset.json`, manifest({ name: "an edit" }))
      const results = yield* committer.commit(staged.map(ready), emptyRegistry)
      assert.strictEqual(results[0]?._tag === "Durable" ? results[0].diverged.size : -1, 1, shown(results))
      yield* committer.flush
      assert.deepStrictEqual(idsIn(disk), [])
      const crashed = disk.crash(() => false)
      const kept = crashed.entries().filter(([path]) => path.startsWith(`${trash}/`) && path.endsWith("/1"))
      assert.deepStrictEqual(kept.map(([path]) => crashed.bytes(path)), [written(planned)])
    }))
})

describe("a late file that is put in place while a checkpoint is under way", () => {
  it.effect("is not forgotten by that checkpoint, which does not flush it", () =>
    Effect.gen(function*() {
      const disk = project()
      const faulty = faultyDisk(disk.disk)
      const committer = yield* openCommitter({ disk: faulty.disk, prefix: "a" })
      const [late, other] = [`${assets}/one/asset.json`, `${assets}/two/asset.json`]
      const staged = yield* Effect.forEach(
        [rewrite(disk, "one", "Y"), rewrite(disk, "two", "W")],
        (one) => committer.stage(one)
      )
      let left = 1
      faulty.failWhere(({ call, to }) => call === "rename" && to === late && left-- > 0 ? "EBUSY" : undefined)
      const results = yield* committer.commit(staged.map(ready), emptyRegistry)
      assert.strictEqual(results[0]?._tag === "Durable" ? results[0].notPublished.size : -1, 1, shown(results))
      const gate = faulty.gate(({ call, path }) => call === "flush" && path === other)
      const flushing = yield* Effect.forkChild(committer.flush, { startImmediately: true })
      yield* gate.reached
      assert.deepStrictEqual((yield* committer.publishLate).map(({ _tag }) => _tag), ["Published"])
      assert.include(disk.text(late) ?? "", "\"Y\"")
      yield* gate.open
      yield* Fiber.join(flushing)
      const crashed = disk.crash(() => false)
      yield* Effect.scoped(openCommitter({ disk: crashed.disk, prefix: "b", boot: "boot-2" }))
      assert.include(crashed.text(late) ?? "(nothing)", "\"Y\"")
    }))
})
