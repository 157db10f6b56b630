/** Whatever the disk refuses, whenever: a commit has four ends, and what was answered is there. */
import { afterAll, assert, describe, it } from "@effect/vitest"
import { Context, Effect, Exit, Fiber, Layer, Scope } from "effect"
import { TestClock } from "effect/testing"
import { Command } from "../../src/domain/Command.ts"
import type { PlannedChange } from "../../src/domain/Commit.ts"
import { OperationId } from "../../src/domain/Identity.ts"
import { maxPathBytes, maxSegmentBytes } from "../../src/domain/Path.ts"
import { emptyRegistry } from "../../src/domain/Registry.ts"
import type { CommitterSettings } from "../../src/layers/commit/Terms.ts"
import { journaledCommitter } from "../../src/layers/JournaledCommitter.ts"
import { sha256 } from "../../src/layers/Sha256.ts"
import { Disk } from "../../src/services/Disk.ts"
import { DurableCommitter } from "../../src/services/DurableCommitter.ts"
import { HostInfo } from "../../src/services/HostInfo.ts"
import { ProjectFolder } from "../../src/services/ProjectFolder.ts"
import { ProjectLock } from "../../src/services/ProjectLock.ts"
import type { DiskCall } from "../../src/testing/DiskCall.ts"
import { faultyDisk } from "../../src/testing/FaultyDisk.ts"
import { recordingDisk } from "../../src/testing/RecordingDisk.ts"
import { seeded } from "../../src/testing/Seeded.ts"
import type { SimulatedDisk } from "../../src/testing/SimulatedDisk.ts"
import { testHost } from "../../src/testing/TestHost.ts"
import { diskOf } from "../proof/crashes/CrashRecording.ts"
import { leftovers } from "../proof/crashes/Expected.ts"
import { cases, edits as kinds } from "../proof/edits/Edited.ts"
import { editWhileClosed } from "../proof/edits/WhileClosed.ts"
import { editWhileOpen } from "../proof/edits/WhileOpen.ts"
import { byChance, exploreFaults, noFaults } from "../proof/faults/FaultsExplorer.ts"
import { project, workloads } from "../proof/faults/FaultsWorkloads.ts"
import { type Ending, openCommitter, openSession, root } from "../support/Session.ts"
import { manifest } from "../support/Workspace.ts"

const seed = 20_261
const faults = noFaults()
const edits = { cases: 0 }

const assets = `${root}/assets`
const runtime = `${assets}/.prometeu/runtime`
const journal = `${runtime}/journal`

const x = { asset: { root: "ui/x" } }
const update = (name: string): Command => Command.updateContract({ ...x, name })
const create = (place: string): Command => Command.create({ root: place, name: "made", family: "tile_bank" })

const tagOf = (ending: Ending | undefined): string | undefined =>
  ending?._tag === "Ended" ? ending.result._tag : ending?._tag
const faultOf = (ending: Ending | undefined) =>
  ending?._tag === "Ended" && "fault" in ending.result ? ending.result.fault : undefined
const lateIn = (ending: Ending | undefined): ReadonlyArray<string> =>
  ending?._tag === "Ended" && ending.result._tag === "Durable" ? [...ending.result.notPublished.keys()] : []

/** Lets the first call fail that this is true of. */
const failFirst = (errno: string, isIt: (call: DiskCall) => boolean) => {
  let isLeft = true
  return (call: DiskCall): string | undefined => {
    if (!isLeft || !isIt(call)) return undefined
    isLeft = false
    return errno
  }
}

const opened = (disk: SimulatedDisk, settings: Partial<CommitterSettings> = {}) =>
  openSession({ disk: disk.disk, prefix: "a", settings })

/** Opens a disk again on which nothing fails, and tells what the files say then; nothing may be left behind. */
const afterReopening = Effect.fnUntraced(function*(disk: SimulatedDisk, boot = "boot-1") {
  const recovery = yield* Effect.scoped(
    Effect.map(openCommitter({ disk: disk.disk, prefix: "z", boot }), (committer) => committer.recovery)
  )
  assert.deepStrictEqual(recovery.overtaken, [])
  assert.deepStrictEqual(leftovers(disk, assets), [])
  assert.strictEqual(disk.openFiles, 0)
  return (path: string) => disk.text(`${assets}/${path}`) ?? ""
})

afterAll(() => {
  process.stdout.write(
    `faults: ${faults.cases.size} cases, ${faults.reopenings} openings behind them, ${edits.cases} edits, seed ${seed}\n`
  )
})

describe("a disk that fails", () => {
  it.effect("leaves a project that works, or says that it does not, at every call", () =>
    Effect.gen(function*() {
      const random = seeded(seed)
      const some = byChance(random)
      // Every other call; all of them, with all that they can fail with, are in the long run.
      const choose: typeof some = (all, at) => at % 2 === 0 ? some(all, at) : []
      for (const workload of yield* workloads) yield* exploreFaults(faults, workload, { random, choose })
      assert.deepStrictEqual(faults.violations.slice(0, 5), [])
      assert.isAtLeast(faults.cases.size, 1500)
      for (const end of ["Durable", "NotPublished", "Absent", "Unknown"]) {
        assert.isAbove(faults.endings.get(end) ?? 0, 10, end)
      }
    }))

  it.effect("tells which call it was, where the commit is uncertain, and commits nothing more", () =>
    Effect.gen(function*() {
      const faulty = faultyDisk(diskOf(project()).disk)
      const session = yield* openSession({ disk: faulty.disk, prefix: "a" })
      faulty.failWhere(failFirst("EIO", ({ call }) => call === "flushData"))
      const [ending] = yield* session.run([update("first")])
      assert.strictEqual(tagOf(ending), "Unknown")
      assert.deepInclude(faultOf(ending), { call: "flushData", path: journal, errno: "EIO" })
      assert.strictEqual((yield* session.committer.standstill)?._tag, "Uncertain")
      assert.strictEqual(tagOf((yield* session.run([update("second")]))[0]), "Halted")
    }))

  it.effect("does not lose a new asset whose folders it refuses", () =>
    Effect.gen(function*() {
      const disk = diskOf(project())
      const faulty = faultyDisk(disk.disk)
      const session = yield* openSession({ disk: faulty.disk, prefix: "a" })
      faulty.failWhere(failFirst("ENOSPC", ({ call, path }) => call === "makeFolder" && path === `${assets}/new/far`))
      const [ending] = yield* session.run([create("new/far/off")])
      assert.deepStrictEqual(lateIn(ending), ["new/far/off"])
      const told = yield* session.committer.publishLate
      assert.deepStrictEqual(told.map(({ _tag }) => _tag), ["Published"])
      assert.include(disk.text(`${assets}/new/far/off/asset.json`) ?? "", "made")
    }))

  it.effect("does not lose what recovery could not see once", () =>
    Effect.gen(function*() {
      const before = diskOf(project())
      const scope = yield* Scope.make()
      const session = yield* Scope.provide(opened(before), scope)
      assert.strictEqual(tagOf((yield* session.run([Command.register({ root: "b" })]))[0]), "Durable")
      const disk = before.fork().kill()
      yield* Scope.close(scope, Exit.void)
      const faulty = faultyDisk(disk.disk)
      faulty.failWhere(failFirst("EMFILE", ({ path }) => path === `${assets}/.prometeu/index.json`))
      yield* Effect.scoped(openCommitter({ disk: faulty.disk, prefix: "b" }))
      assert.include((yield* afterReopening(disk))(".prometeu/index.json"), `"root":"b"`)
    }))

  it.effect("is no reason to believe that somebody took the journal away", () =>
    Effect.gen(function*() {
      const faulty = faultyDisk(diskOf(project()).disk)
      const session = yield* openSession({ disk: faulty.disk, prefix: "a", settings: { journalBytes: 256 } })
      let isReplaced = false
      faulty.failWhere(failFirst("EMFILE", ({ call, path, to }) => {
        isReplaced ||= call === "rename" && to === journal
        return isReplaced && call === "flushFolder" && path === runtime
      }))
      assert.strictEqual(tagOf((yield* session.run([update("first")]))[0]), "Absent")
      assert.strictEqual(tagOf((yield* session.run([update("second")]))[0]), "Durable")
    }))

  it.effect("does not lose what is committed after a header that was written by halves", () =>
    Effect.gen(function*() {
      const disk = diskOf(project())
      const faulty = faultyDisk(disk.disk, { halfWrites: true })
      const session = yield* openSession({ disk: faulty.disk, prefix: "a" })
      // The headers of two epochs are alike, so that half of a new one and half of an old one may be a whole one.
      for (const name of ["one", "two", "three"]) {
        yield* session.run([update(name)])
        yield* session.committer.flush
        yield* session.remember
      }
      faulty.failWhere(
        failFirst("EIO", ({ bytes = 0, call, path }) => call === "write" && path.startsWith(journal) && bytes < 300)
      )
      yield* session.run([update("four")])
      yield* session.committer.flush
      yield* session.remember
      const isDurable = tagOf((yield* session.run([update("five")]))[0]) === "Durable"
      const text = (yield* afterReopening(disk.fork().crash(() => false), "boot-2"))("ui/x/asset.json")
      assert.include(text, isDurable ? "five" : "four")
    }))

  it.effect("is not somebody who changes files", () =>
    Effect.gen(function*() {
      for (const place of ["ui/x/asset.json", ".prometeu/index.json"]) {
        const faulty = faultyDisk(diskOf(project()).disk)
        const session = yield* openSession({ disk: faulty.disk, prefix: "a" })
        faulty.failWhere(failFirst("EMFILE", ({ path }) => path === `${assets}/${place}`))
        yield* session.run([update("first")])
        assert.strictEqual(tagOf((yield* session.run([update("second")]))[0]), "Durable", place)
      }
    }))

  it.effect("does not fill up with registries that could not be put in place", () =>
    Effect.gen(function*() {
      const disk = diskOf(project())
      const faulty = faultyDisk(disk.disk)
      const session = yield* openSession({ disk: faulty.disk, prefix: "a" })
      faulty.failWhere(({ call, to }) =>
        call === "rename" && to?.endsWith("index.json") === true ? "EACCES" : undefined
      )
      yield* session.run([Command.register({ root: "b" })])
      for (let n = 0; n < 3; n++) yield* session.committer.flush
      assert.deepStrictEqual(leftovers(disk, assets), [])
    }))
})

describe("somebody else who edits meanwhile", () => {
  it.effect("finds every edit again, and nothing outside of the project touched", () =>
    Effect.gen(function*() {
      const endings = new Map<string, number>()
      const count = (end: string, problems: ReadonlyArray<string>) => {
        edits.cases++
        endings.set(end, (endings.get(end) ?? 0) + 1)
        assert.deepStrictEqual(problems, [])
      }
      // Each command and each edit, but not each of the one with each of the other.
      for (const [index, edited] of cases.entries()) {
        for (const [other, edit] of kinds.entries()) {
          if ((index + other) % 6 === 0) yield* editWhileOpen(edited, edit, count)
          if ((index + other) % 6 === 1) yield* editWhileClosed(edited, edit, count)
        }
      }
      assert.isAtLeast(edits.cases, 500)
      for (const end of ["Outdated", "Overtaken", "Overtaken by then"]) assert.isAbove(endings.get(end) ?? 0, 5, end)
    }))

  it.effect("removes the journal: nothing is committed any more", () =>
    Effect.gen(function*() {
      const disk = diskOf(project())
      const session = yield* opened(disk)
      disk.remove(journal)
      const [ending] = yield* session.run([update("first")])
      assert.strictEqual(tagOf(ending), "Halted")
      assert.deepStrictEqual(yield* session.committer.standstill, { _tag: "Dispossessed", path: journal })
      assert.notInclude(disk.text(`${assets}/ui/x/asset.json`) ?? "", "first")
    }))

  it.effect("replaces the journal: nothing is committed any more, and the other file is left alone", () =>
    Effect.gen(function*() {
      const disk = diskOf(project())
      yield* Effect.scoped(Effect.gen(function*() {
        const session = yield* opened(disk)
        yield* session.run([update("first")])
        disk.replace(journal, "another one")
        assert.strictEqual(tagOf((yield* session.run([update("second")]))[0]), "Halted")
        assert.deepStrictEqual(yield* session.committer.standstill, { _tag: "Dispossessed", path: journal })
      }))
      assert.strictEqual(disk.text(journal), "another one")
      assert.include(disk.text(`${assets}/ui/x/asset.json`) ?? "", "first")
    }))

  it.effect("puts a link in the place of the packer's folder: nothing is written where it leads", () =>
    Effect.gen(function*() {
      const disk = diskOf(project())
      disk.remove(runtime)
      disk.putFolder("/outside")
      disk.putLink(runtime, "/outside")
      const standstill = yield* Effect.scoped(
        Effect.flatMap(openCommitter({ disk: disk.disk, prefix: "a" }), (committer) => committer.standstill)
      )
      assert.strictEqual(standstill?._tag, "Unwritable")
      assert.deepStrictEqual(disk.entries().filter(([path]) => path.startsWith("/outside/")), [])
    }))
})

describe("a full disk", () => {
  it.effect("refuses a command and changes nothing; when there is room again, it works", () =>
    Effect.gen(function*() {
      const disk = diskOf(project())
      const session = yield* opened(disk)
      const before = disk.entries()
      disk.setCapacity(0)
      const [ending] = yield* session.run([update("first")])
      assert.strictEqual(faultOf(ending)?.errno, "ENOSPC")
      assert.deepStrictEqual(disk.entries(), before)
      disk.setCapacity(Infinity)
      assert.strictEqual(tagOf((yield* session.run([update("second")]))[0]), "Durable")
    }))

  it.effect("keeps in the journal what a checkpoint has no room for", () =>
    Effect.gen(function*() {
      const disk = diskOf(project())
      yield* Effect.scoped(Effect.gen(function*() {
        const session = yield* opened(disk)
        yield* session.run([Command.register({ root: "b" })])
        disk.setCapacity(0)
        assert.isFalse((yield* session.committer.flush).isComplete)
        assert.isUndefined(yield* session.committer.standstill)
      }))
      assert.notInclude(disk.text(`${assets}/.prometeu/index.json`) ?? "", `"root":"b"`)
      disk.setCapacity(Infinity)
      assert.include((yield* afterReopening(disk))(".prometeu/index.json"), `"root":"b"`)
    }))

  it.effect("has no room for a journal: the project opens, to be read", () =>
    Effect.gen(function*() {
      const disk = diskOf(project())
      disk.setCapacity(0)
      yield* Effect.scoped(Effect.gen(function*() {
        const session = yield* opened(disk)
        const standstill = yield* session.committer.standstill
        assert.strictEqual(standstill?._tag === "Unwritable" ? standstill.fault.errno : undefined, "ENOSPC")
        assert.isTrue(session.snapshot().assets.size > 3)
      }))
      disk.setCapacity(Infinity)
      yield* afterReopening(disk)
    }))
})

describe("a disk that is read-only", () => {
  it.effect("is read, and refuses commands with what it said", () =>
    Effect.gen(function*() {
      const disk = diskOf(project())
      disk.setReadOnly(root)
      const before = disk.entries()
      yield* Effect.scoped(Effect.gen(function*() {
        const session = yield* opened(disk)
        assert.strictEqual((yield* session.committer.standstill)?._tag, "Unwritable")
        assert.isTrue(session.snapshot().assets.size > 3)
        const [ending] = yield* session.run([update("first")])
        assert(ending?._tag === "Ended" && ending.result._tag === "Halted")
        assert.include(ending.result.reason, "EROFS")
      }))
      assert.deepStrictEqual(disk.entries(), before)
    }))
})

describe("names as long as they may be", () => {
  const segment = "s".repeat(maxSegmentBytes)
  const path = [segment, segment, segment, segment].join("/").slice(0, maxPathBytes - 2) + "/p"

  it.effect.each([segment, path])("are made, moved away, and survive a crash", (place) =>
    Effect.gen(function*() {
      const disk = diskOf(project())
      const recording = recordingDisk(disk.disk)
      const session = yield* openSession({ disk: recording.disk, prefix: "a" })
      assert.strictEqual(tagOf((yield* session.run([create(place)]))[0]), "Durable")
      assert.include((yield* afterReopening(disk.fork().crash(() => false), "boot-2"))(`${place}/asset.json`), "made")
      assert.strictEqual(tagOf((yield* session.run([Command.delete({ asset: { root: place } })]))[0]), "Durable")
      const names = recording.calls.flatMap(({ path, to = "" }) => [...path.split("/"), ...to.split("/")])
      assert.isAtMost(Math.max(...names.map((name) => Buffer.byteLength(name))), maxSegmentBytes)
    }))
})

describe("a system on which other programs hold files", () => {
  const windows = Layer.effect(HostInfo, Effect.map(HostInfo, (host) => ({ ...host, hasSharingViolations: true })))
    .pipe(
      Layer.provide(testHost({ boot: "boot-1" }))
    )
  const held = Layer.succeed(ProjectLock, { unwritable: undefined, isHeld: Effect.succeed(true) })
  const openThere = (disk: Disk["Service"]) =>
    Effect.map(
      Layer.build(Layer.fresh(
        journaledCommitter({ hash: sha256, journalBytes: 8192 }).pipe(
          Layer.provide(Layer.mergeAll(windows, held, ProjectFolder.layer(root), Layer.succeed(Disk, disk)))
        )
      )),
      (context) => Context.get(context, DurableCommitter)
    )

  const bytes = (text: string) => new TextEncoder().encode(text)
  const rewrite = (place: string): PlannedChange => {
    const before = bytes(project().text(`${place}/asset.json`) ?? "")
    const fingerprint = { hash: sha256(before), size: before.length, mtimeMs: 0, inode: "" }
    return {
      operationId: OperationId.make(`op-${place.replaceAll("/", "-")}`),
      files: [{
        _tag: "write-file",
        to: `${place}/asset.json`,
        bytes: bytes(manifest({ name: "rewritten" })),
        before: { _tag: "File", fingerprint }
      }],
      registry: []
    }
  }

  /** Commits a group on a disk that refuses to put one manifest in place as often as this says. */
  const commitWhere = Effect.fnUntraced(function*(places: ReadonlyArray<string>, refused: string, times: number) {
    const disk = diskOf(project())
    const faulty = faultyDisk(disk.disk)
    const committer = yield* openThere(faulty.disk)
    let left = times
    faulty.failWhere(({ call, to }) =>
      call === "rename" && to === `${assets}/${refused}/asset.json` && left-- > 0 ? "EBUSY" : undefined
    )
    const staged = yield* Effect.forEach(places, (place) => committer.stage(rewrite(place)))
    const commit = yield* Effect.forkChild(
      committer.commit(staged.map((staged) => ({ staged, receipt: "" })), emptyRegistry)
    )
    yield* TestClock.adjust("1 second")
    const results = yield* Fiber.join(commit)
    const text = (place: string) => disk.text(`${assets}/${place}/asset.json`) ?? ""
    return { disk, faulty, committer, text, results }
  })

  it.effect("puts a file in place as soon as it is let go", () =>
    Effect.gen(function*() {
      const { results, text } = yield* commitWhere(["a"], "a", 3)
      const [result] = results
      assert.strictEqual(result?._tag === "Durable" ? result.notPublished.size : -1, 0)
      assert.include(text("a"), "rewritten")
    }))

  it.effect("refuses the last change of a group if it is not let go, and nothing of it is seen", () =>
    Effect.gen(function*() {
      const { disk, results, text } = yield* commitWhere(["a", "b"], "b", Infinity)
      assert.deepStrictEqual(results.map(({ _tag }) => _tag), ["Durable", "Absent"])
      assert.include(text("a"), "rewritten")
      const later = yield* afterReopening(disk.fork().kill())
      assert.include(later("a/asset.json"), "rewritten")
      assert.notInclude(later("b/asset.json"), "rewritten")
    }))

  it.effect("keeps a change in the middle of a group until it can be put in place, also over a crash", () =>
    Effect.gen(function*() {
      const { committer, disk, faulty, results, text } = yield* commitWhere(["a", "b"], "a", Infinity)
      const [first] = results
      assert.deepStrictEqual(first?._tag === "Durable" ? [...first.notPublished.keys()] : [], ["a"])
      assert.notInclude(text("a"), "rewritten")
      const flush = yield* Effect.forkChild(committer.flush)
      yield* TestClock.adjust("10 seconds")
      assert.deepStrictEqual(yield* Fiber.join(flush), {
        late: first?._tag === "Durable" ? [...first.notPublished.keys()] : [],
        isComplete: false,
        fault: undefined
      })
      const crashed = yield* afterReopening(disk.fork().crash(() => false), "boot-2")
      assert.include(crashed("a/asset.json"), "rewritten")
      faulty.heal()
      assert.deepStrictEqual((yield* committer.publishLate).map(({ _tag }) => _tag), ["Published"])
      assert.include(text("a"), "rewritten")
      // Then the journal is emptied without being asked, as after any other change.
      yield* TestClock.adjust("10 seconds")
      const recovery = yield* Effect.scoped(
        Effect.map(openCommitter({ disk: disk.fork().kill().disk, prefix: "b" }), (opened) => opened.recovery)
      )
      assert.deepStrictEqual(recovery.finished, [])
    }))
})
