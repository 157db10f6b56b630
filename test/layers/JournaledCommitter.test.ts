import { assert, describe, it } from "@effect/vitest"
import { Effect, Exit, Fiber, Result } from "effect"
import { TestClock } from "effect/testing"
import { Command } from "../../src/domain/Command.ts"
import type { PlannedChange } from "../../src/domain/Commit.ts"
import { AssetId, OperationId } from "../../src/domain/Identity.ts"
import { emptyRegistry, type RegistryEntry } from "../../src/domain/Registry.ts"
import type { Receipted, Staged } from "../../src/services/DurableCommitter.ts"
import { aroundDisk } from "../../src/testing/DiskCall.ts"
import { faultyDisk } from "../../src/testing/FaultyDisk.ts"
import { contentHash, testUuid } from "../../src/testing/ProjectTree.ts"
import { recordingDisk } from "../../src/testing/RecordingDisk.ts"
import { SimulatedDisk } from "../../src/testing/SimulatedDisk.ts"
import { openCommitter, openSession, root } from "../support/Session.ts"
import { entry, manifest, registry, root as rootOf } from "../support/Workspace.ts"

const assets = `${root}/assets`
const runtime = `${assets}/.prometeu/runtime`
const bytes = (text: string) => new TextEncoder().encode(text)

/** A project with a registry of so many entries, and an asset that is not among them. */
const projectOf = (entries: number): SimulatedDisk => {
  const disk = SimulatedDisk.of({
    [`${assets}/ui/atlas/asset.json`]: manifest({ name: "atlas" }),
    [`${assets}/ui/other/asset.json`]: manifest({ name: "other" }),
    [`${assets}/.prometeu/index.json`]: registry(
      Array.from({ length: entries }, (_, n) => entry(n + 1, `gone/a${n}`))
    )
  })
  disk.putFolder(runtime)
  return disk
}

/** The roots that the registry file names. */
const registeredIn = (disk: SimulatedDisk): ReadonlyArray<string> =>
  Array.from(
    (disk.text(`${assets}/.prometeu/index.json`) ?? "").matchAll(/"root":"([^"]+)"/g),
    ([, place]) => place ?? ""
  )

const registered = (id: number, place: string): RegistryEntry => ({
  id: AssetId.make(id),
  uuid: testUuid(id),
  root: rootOf(place),
  included: true,
  extra: ""
})

let operations = 0
const change = (files: PlannedChange["files"], registryChanges: PlannedChange["registry"] = []): PlannedChange => ({
  operationId: OperationId.make(`op-${++operations}`),
  files,
  registry: registryChanges
})
/** A staged change whose caller is told nothing. */
const ready = (staged: Staged): Receipted => ({ staged, receipt: "" })

const create = (place: string): PlannedChange =>
  change([
    { _tag: "create-directory", to: place },
    { _tag: "write-file", to: `${place}/asset.json`, bytes: bytes(place), before: { _tag: "Absent" } }
  ])

describe("a durable change", () => {
  it.effect("of two files takes one flush", () =>
    Effect.gen(function*() {
      const disk = projectOf(3)
      const recording = recordingDisk(disk.disk)
      const session = yield* openSession({ disk: recording.disk, prefix: "a" })
      recording.clear()
      const [ending] = yield* session.run([Command.register({ root: "ui/atlas" })])
      assert.strictEqual(ending?._tag === "Ended" ? ending.result._tag : undefined, "Durable")
      assert.deepStrictEqual(
        recording.calls.filter(({ call }) => call.startsWith("flush")).map(({ call }) => call),
        ["flushData"]
      )
      assert.include(disk.text(`${assets}/ui/atlas/asset.json`) ?? "", "asset_uuid")
    }))

  it.effect("of several commands takes one flush as well", () =>
    Effect.gen(function*() {
      const recording = recordingDisk(projectOf(3).disk)
      const session = yield* openSession({ disk: recording.disk, prefix: "a" })
      recording.clear()
      const endings = yield* session.run([
        Command.register({ root: "ui/atlas" }),
        Command.register({ root: "ui/other" }),
        Command.create({ root: "new/one", name: "one", family: "tile_bank" })
      ])
      assert.deepStrictEqual(endings.map((ending) => ending._tag), ["Ended", "Ended", "Ended"])
      const flushes = recording.calls.filter(({ call }) => call.startsWith("flush"))
      assert.deepStrictEqual(flushes.map(({ call }) => call), ["flushData"])
    }))

  it.effect("asks the same of the disk whatever the size of the registry", () =>
    Effect.gen(function*() {
      const callsWith = Effect.fnUntraced(function*(entries: number) {
        const recording = recordingDisk(projectOf(entries).disk)
        const session = yield* openSession({ disk: recording.disk, prefix: "a" })
        recording.clear()
        yield* session.run([Command.register({ root: "ui/atlas" })])
        return recording.calls.map(({ call, path }) => `${call} ${path}`)
      }, Effect.scoped)
      const few = yield* callsWith(10)
      const many = yield* callsWith(5000)
      // Only how much is written may differ: an id has more digits.
      assert.deepStrictEqual(many, few)
      assert.include(few.join(), "rename")
    }))

  it.effect("is in its plain files, and the journal empty, when it is flushed and when the project is closed", () =>
    Effect.gen(function*() {
      const disk = projectOf(0)
      yield* Effect.scoped(Effect.gen(function*() {
        const session = yield* openSession({ disk: disk.disk, prefix: "a" })
        yield* session.run([Command.register({ root: "ui/atlas" })])
        assert.notInclude(disk.text(`${assets}/.prometeu/index.json`) ?? "", "ui/atlas")
        assert.isAbove((yield* session.committer.unsaved).length, 0)
        assert.deepStrictEqual(yield* session.committer.flush, { isComplete: true, late: [], fault: undefined })
        assert.include(disk.text(`${assets}/.prometeu/index.json`) ?? "", "ui/atlas")
        assert.deepStrictEqual(yield* session.committer.unsaved, [])
        yield* session.remember
        yield* session.run([Command.register({ root: "ui/other" })])
      }))
      assert.include(disk.text(`${assets}/.prometeu/index.json`) ?? "", "ui/other")
      // What nobody flushed would be lost now.
      const after = disk.fork().crash(() => false)
      const again = yield* openCommitter({ disk: after.disk, prefix: "b", boot: "boot-2" })
      assert.deepStrictEqual(again.recovery.finished, [])
      assert.include(after.text(`${assets}/.prometeu/index.json`) ?? "", "ui/other")
      assert.strictEqual(disk.openFiles, 0)
    }))
})

describe("a change that is staged", () => {
  const open = (disk: SimulatedDisk) => openCommitter({ disk: disk.disk, prefix: "a" })
  const paths = (disk: SimulatedDisk) => disk.entries().map(([path]) => path)

  it.effect("is invisible, and leaves nothing when it is taken back", () =>
    Effect.gen(function*() {
      const disk = projectOf(0)
      const committer = yield* open(disk)
      const before = paths(disk)
      const staged = yield* committer.stage(create("ui/new"))
      assert.deepStrictEqual(paths(disk).filter((path) => !before.includes(path)).length, 1)
      yield* committer.discard(staged)
      assert.deepStrictEqual(paths(disk), before)
    }))

  it.effect("leaves nothing that was staged for it, also where the disk dies of it, and never takes what is not ours", () =>
    Effect.gen(function*() {
      const disk = projectOf(0)
      const isStaged = (path: string) => path.includes("/stage/")
      const dying = aroundDisk(
        disk.disk,
        (call, run) => call.call === "stat" && isStaged(call.path) ? Effect.die(new Error("a defect of the disk")) : run
      )
      const committer = yield* openCommitter({ disk: dying, prefix: "a" })
      const before = paths(disk)
      assert.isTrue(Exit.isFailure(yield* Effect.exit(committer.stage(create("ui/new")))))
      assert.deepStrictEqual(paths(disk), before)

      // Somebody else's file has the very name that the next one gets.
      const taken = aroundDisk(disk.disk, (call, run) =>
        Effect.suspend(() => {
          if (call.call === "open" && isStaged(call.path)) disk.put(call.path, "somebody else's")
          return run
        }))
      const other = yield* openCommitter({ disk: taken, prefix: "b" })
      const { _tag } = yield* Effect.flip(other.stage(create("ui/new")))
      assert.strictEqual(_tag, "Absent")
      assert.deepStrictEqual(paths(disk).filter(isStaged).map((path) => disk.text(path)), ["somebody else's"])
    }))

  it.effect("is given back with its own receipt if it is finished after a crash, whoever was committed beside it", () =>
    Effect.gen(function*() {
      const disk = projectOf(0)
      const committer = yield* openCommitter({ disk: disk.disk, prefix: "a" })
      const group = yield* Effect.forEach(
        ["one", "two", "three"],
        (place) =>
          Effect.map(committer.stage(create(`ui/${place}`)), (staged) => ({ staged, receipt: `receipt of ${place}` }))
      )
      yield* committer.commit(group, emptyRegistry)
      const { recovery } = yield* openCommitter({ disk: disk.kill().disk, prefix: "b" })
      assert.deepStrictEqual(
        recovery.finished,
        group.map(({ receipt, staged: { change: { operationId } } }) => ({ operationId, receipt }))
      )
    }))

  it.effect("can build on one that was staged before", () =>
    Effect.gen(function*() {
      const disk = projectOf(0)
      const committer = yield* open(disk)
      const first = yield* committer.stage(create("ui/new"))
      const inside = yield* committer.stage(create("ui/new/inner"))
      const text = bytes("again")
      const planned = first.change.files[1]
      assert.strictEqual(planned?._tag, "write-file")
      const again = yield* committer.stage(change([{
        _tag: "write-file",
        to: "ui/new/asset.json",
        bytes: text,
        before: { _tag: "Planned", bytes: planned?._tag === "write-file" ? planned.bytes : text }
      }]))
      const results = yield* committer.commit([first, inside, again].map(ready), emptyRegistry)
      assert.deepStrictEqual(results.map(({ _tag }) => _tag), ["Durable", "Durable", "Durable"])
      assert.strictEqual(disk.text(`${assets}/ui/new/asset.json`), "again")
      assert.strictEqual(disk.text(`${assets}/ui/new/inner/asset.json`), "ui/new/inner")
    }))

  it.effect("is refused where the disk is not what was planned on, and leaves nothing", () =>
    Effect.gen(function*() {
      const disk = projectOf(0)
      disk.put(`${assets}/file`, "a file")
      disk.putLink(`${assets}/link`, "/elsewhere")
      disk.putFolder("/elsewhere")
      const committer = yield* open(disk)
      const before = paths(disk)
      const write = (to: string, state: string): PlannedChange =>
        change([{
          _tag: "write-file",
          to,
          bytes: bytes("{}"),
          before: state === "Absent"
            ? { _tag: "Absent" }
            : {
              _tag: "File",
              fingerprint: { hash: contentHash(bytes(state)), size: state.length, mtimeMs: 0, inode: "" }
            }
        }])
      const move = (from: string, to: string, folderId?: string): PlannedChange =>
        change([{ _tag: "move-directory", from, to, folderId }])
      const refused: ReadonlyArray<readonly [PlannedChange, RegExp]> = [
        [create("ui/atlas"), /a folder/],
        [create("none/new"), /nothing/],
        [create("file/new"), /a file/],
        [create("link/new"), /symbolic link/],
        [write("ui/atlas/asset.json", "Absent"), /a file of/],
        [write("ui/atlas/asset.json", "other"), /a file of/],
        [write("ui/none/asset.json", "other"), /nothing/],
        [move("ui/none", "ui/new"), /nothing/],
        [move("ui/atlas", "ui/other"), /a folder/],
        [move("ui/atlas", "ui/new", "another inode"), /another folder/],
        [move("ui/atlas", "link/new"), /symbolic link/],
        [move("file", "ui/new"), /a file/]
      ]
      for (const [planned, found] of refused) {
        const staged = yield* Effect.result(committer.stage(planned))
        assert.isTrue(Result.isFailure(staged), JSON.stringify(planned.files))
        if (Result.isSuccess(staged)) continue
        assert.strictEqual(staged.failure._tag, "Outdated")
        if (staged.failure._tag === "Outdated") assert.match(staged.failure.files[0]?.found ?? "", found)
        assert.deepStrictEqual(paths(disk), before)
      }
    }))

  it.effect("that moves folders is alone", () =>
    Effect.gen(function*() {
      const disk = projectOf(0)
      const committer = yield* open(disk)
      const moving = change([{ _tag: "move-directory", from: "ui/atlas", to: "ui/new", folderId: undefined }])
      yield* committer.stage(create("ui/one"))
      assert.match(String(yield* Effect.exit(committer.stage(moving))), /alone/)
    }))
})

describe("registry changes", () => {
  it.effect("of one commit are written as they are in the registry that was given, once", () =>
    Effect.gen(function*() {
      const disk = projectOf(0)
      const committer = yield* openCommitter({ disk: disk.disk, prefix: "a" })
      const adding = (id: number, place: string) =>
        change([], [{ before: undefined, after: registered(id, place), replaces: [] }])
      const one = yield* committer.stage(adding(1, "ui/atlas"))
      const two = yield* committer.stage(adding(2, "ui/other"))
      yield* committer.commit([one, two].map(ready), emptyRegistry)
      yield* committer.flush
      const text = disk.text(`${assets}/.prometeu/index.json`) ?? ""
      assert.deepStrictEqual([...text.matchAll(/"root":"([^"]+)"/g)].map(([, place]) => place), [
        "ui/atlas",
        "ui/other"
      ])
      const { expected, found } = yield* committer.registryFile
      assert.deepStrictEqual(found, expected)
    }))
})

describe("a checkpoint that is under way", () => {
  it.effect("does not put an older registry in the place of one that a commit had to write meanwhile", () =>
    Effect.gen(function*() {
      const disk = projectOf(0)
      const faulty = faultyDisk(disk.disk)
      const added: Array<string> = []
      yield* Effect.scoped(Effect.gen(function*() {
        const session = yield* openSession({ disk: faulty.disk, prefix: "a", settings: { journalBytes: 1024 } })
        const add = (place: string) => {
          added.push(place)
          return session.run([Command.create({ root: place, name: place.replace("/", " "), family: "tile_bank" })])
        }
        yield* add("first/one")
        let firstAside: string | undefined
        const held = faulty.gate(({ call, path }) => {
          if (call === "flush" && path.includes("/stage/")) firstAside ??= path
          return call === "flush" && path === firstAside
        })
        const checkpoint = yield* Effect.forkChild(session.committer.flush, { startImmediately: true })
        yield* held.reached
        // The registry of the first change is written and waits; these need more room than the journal has.
        for (let n = 0; n < 6; n++) yield* add(`later/n${n}`)
        yield* held.open
        yield* Fiber.join(checkpoint)
        const crashed = disk.fork().crash(() => false)
        yield* Effect.scoped(openCommitter({ disk: crashed.disk, prefix: "b", boot: "boot-2" }))
        assert.deepStrictEqual(registeredIn(crashed), added.toSorted())
        const { expected, found } = yield* session.committer.registryFile
        assert.deepStrictEqual(found, expected)
      }))
      assert.deepStrictEqual(registeredIn(disk), added.toSorted())
      assert.deepStrictEqual(disk.entries().filter(([path]) => path.includes("/stage/")), [])
    }))
})

describe("changes that are staged at the same time", () => {
  it.effect("are staged one after the other, so that each is held against the one before", () =>
    Effect.gen(function*() {
      const disk = projectOf(0)
      const slow = aroundDisk(disk.disk, (_, run) => Effect.andThen(Effect.yieldNow, run))
      const committer = yield* openCommitter({ disk: slow, prefix: "a" })
      const both = yield* Effect.all(
        [create("ui/new"), create("ui/new")].map((made) => Effect.result(committer.stage(made))),
        {
          concurrency: 2
        }
      )
      assert.deepStrictEqual(both.map((staged) => staged._tag), ["Success", "Failure"])
    }))
})

describe("a change that is refused", () => {
  it.effect("leaves nothing behind, even where closing its file is refused as well", () =>
    Effect.gen(function*() {
      const disk = projectOf(0)
      const faulty = faultyDisk(disk.disk)
      const committer = yield* openCommitter({ disk: faulty.disk, prefix: "a" })
      const before = disk.entries().map(([path]) => path)
      faulty.failWhere(({ call }) => call === "write" || call === "close" ? "EIO" : undefined)
      const staged = yield* Effect.result(committer.stage(create("ui/new")))
      assert.isTrue(Result.isFailure(staged))
      faulty.heal()
      assert.deepStrictEqual(disk.entries().map(([path]) => path), before)
    }))
})

describe("the trash", () => {
  const thrownIn = (disk: SimulatedDisk) =>
    disk.entries().flatMap(([path]) => /\/trash\/[^/]+\/1\/asset\.json$/.test(path) ? [disk.text(path) ?? ""] : [])

  it.effect("keeps as many deletions as it may, and lets the oldest go first", () =>
    Effect.gen(function*() {
      const disk = projectOf(0)
      yield* Effect.scoped(Effect.gen(function*() {
        const session = yield* openSession({ disk: disk.disk, prefix: "a", settings: { trashLimit: 2 } })
        for (const name of ["one", "two", "three", "four"]) {
          yield* session.run([Command.create({ root: "ui/new", name, family: "tile_bank" })])
          yield* session.run([Command.delete({ asset: { root: "ui/new" } })])
          yield* TestClock.adjust("1 minute")
        }
      }))
      assert.deepStrictEqual(thrownIn(disk).map((text) => /"name": "(\w+)"/.exec(text)?.[1]), ["three", "four"])
    }))

  it.effect("that somebody removed is no reason for the journal to stay full", () =>
    Effect.gen(function*() {
      const disk = projectOf(0)
      const session = yield* openSession({ disk: disk.disk, prefix: "a" })
      yield* session.run([Command.create({ root: "ui/new", name: "new", family: "tile_bank" })])
      disk.remove(`${runtime}/trash`)
      assert.deepStrictEqual(yield* session.committer.flush, { isComplete: true, late: [], fault: undefined })
    }))
})

describe("a committer that flushes nothing", () => {
  it.effect("survives the end of the process all the same", () =>
    Effect.gen(function*() {
      const disk = projectOf(0)
      const recording = recordingDisk(disk.disk)
      const session = yield* openSession({ disk: recording.disk, prefix: "a", settings: { durability: "os" } })
      yield* session.run([Command.create({ root: "ui/new", name: "new", family: "tile_bank" })])
      assert.deepStrictEqual(recording.calls.filter(({ call }) => call.startsWith("flush")), [])
      const killed = disk.kill()
      yield* Effect.scoped(openCommitter({ disk: killed.disk, prefix: "b" }))
      assert.deepStrictEqual(registeredIn(killed), ["ui/new"])
    }))
})

describe("names as long as they may be", () => {
  const longest = ["a".repeat(255), "é".repeat(127), "b".repeat(255), "c".repeat(100)].join("/")
  const places = {
    "a segment of 255 bytes": "s".repeat(255),
    "a path of 1,024 bytes": `${longest}/${"d".repeat(1024 - Buffer.byteLength(longest) - 1)}`
  }
  for (const [what, place] of Object.entries(places)) {
    it.effect(`${what} is made, moved, thrown away, and finished after a crash`, () =>
      Effect.gen(function*() {
        const disk = projectOf(0)
        const session = yield* openSession({ disk: disk.disk, prefix: "a" })
        const commands = [
          Command.create({ root: place, name: "made", family: "tile_bank" }),
          Command.relocate({ asset: { root: place }, to: "short" }),
          Command.relocate({ asset: { root: "short" }, to: place })
        ]
        for (const command of commands) {
          const [ending] = yield* session.run([command])
          assert.strictEqual(ending?._tag === "Ended" ? ending.result._tag : ending?._tag, "Durable")
          const crashed = disk.fork().crash(() => false)
          yield* Effect.scoped(openCommitter({ disk: crashed.disk, prefix: "b", boot: "boot-2" }))
          const now = command._tag === "relocate" ? command.to : place
          assert.include(crashed.text(`${assets}/${now}/asset.json`) ?? "", "made")
          assert.deepStrictEqual(registeredIn(crashed), [now])
        }
        const [thrown] = yield* session.run([Command.delete({ asset: { root: place } })])
        assert.strictEqual(thrown?._tag === "Ended" ? thrown.result._tag : undefined, "Durable")
        assert.isUndefined(disk.text(`${assets}/${place}/asset.json`))
      }))
  }
})
