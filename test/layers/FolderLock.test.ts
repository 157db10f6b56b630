import { assert, describe, it } from "@effect/vitest"
import { Context, Effect, Exit, Fiber, Layer, Schema, Scope } from "effect"
import { TestClock } from "effect/testing"
import { ProjectLocked } from "../../src/domain/OpeningErrors.ts"
import { folderLock, type FolderLockOptions } from "../../src/layers/FolderLock.ts"
import { Disk, DiskError } from "../../src/services/Disk.ts"
import type { HostInfo } from "../../src/services/HostInfo.ts"
import { ProjectFolder } from "../../src/services/ProjectFolder.ts"
import { ProjectLock } from "../../src/services/ProjectLock.ts"
import { faultyDisk } from "../../src/testing/FaultyDisk.ts"
import { SimulatedDisk } from "../../src/testing/SimulatedDisk.ts"
import { testHost, type TestIdentity } from "../../src/testing/TestHost.ts"

const root = "/work/project"
const places = ProjectFolder.at(root)

const me = testHost({ pid: 1 }, () => "gone", "a")
const other = testHost({ pid: 2 }, (pid) => pid === 1 ? "running" : "gone", "b")
const survivor = testHost({ pid: 3 }, () => "gone", "c")

const project = (): SimulatedDisk => SimulatedDisk.of({ [`${root}/readme`]: "" })

interface Opening extends FolderLockOptions {
  readonly host?: Layer.Layer<HostInfo>
}

/** Opens the lock in the scope of the test. */
const open = (disk: Disk["Service"], { host = me, ...options }: Opening = {}) =>
  Effect.map(
    Layer.build(
      folderLock(options).pipe(Layer.provide([Layer.succeed(Disk, disk), host, ProjectFolder.layer(root)]))
    ),
    (context) => Context.get(context, ProjectLock)
  )

/** Opens the lock in a scope that the test closes. */
const openClosable = Effect.fnUntraced(function*(disk: Disk["Service"], opening?: Opening) {
  const scope = yield* Scope.make()
  const lock = yield* Scope.provide(open(disk, opening), scope)
  return { lock, close: Scope.close(scope, Exit.void) }
})

/** Opens the lock where somebody has to be waited for. */
const openAfterWaiting = Effect.fnUntraced(function*(disk: Disk["Service"], opening?: Opening) {
  const opens = yield* Effect.forkChild(open(disk, opening), { startImmediately: true })
  yield* TestClock.adjust("100 millis")
  return yield* Fiber.join(opens)
})

const lockFiles = (disk: SimulatedDisk): ReadonlyArray<string> =>
  disk.entries().flatMap(([path]) => path.startsWith(`${places.lock}/`) ? [path.slice(places.lock.length + 1)] : [])

const released = Schema.decodeUnknownSync(Schema.fromJsonString(Schema.Struct({ released: Schema.Boolean })))

const identity = { pid: 7, started: "s7", host: "h", machine: "m", boot: "b", space: "s" }

/** A lock that somebody has left, as a text. */
const lockText = Effect.fnUntraced(function*(
  disk: SimulatedDisk,
  holder: TestIdentity = {},
  changes: Readonly<Record<string, unknown>> = {}
) {
  disk.putFolder(places.runtime)
  const stat = yield* disk.disk.stat(places.runtime)
  return JSON.stringify({
    version: 1,
    nonce: "left",
    since: "2020-01-01T00:00:00.000Z",
    folder: { device: stat?.device, inode: stat?.inode },
    released: false,
    ...changes,
    holder: { ...identity, ...holder }
  })
})

const outcome = (error: ProjectLocked | DiskError): string =>
  error._tag === "ProjectLocked" ? error.outOfSight ? "out of sight" : "alive" : error.errno

/** What comes of an attempt: `held`, or why not. */
const attempt = (disk: Disk["Service"], opening?: Opening) =>
  open(disk, opening).pipe(Effect.as("held"), Effect.catch((error) => Effect.succeed(outcome(error))))

describe("a project that nobody has open", () => {
  it.effect("is locked until the layer ends", () =>
    Effect.gen(function*() {
      const disk = project()
      const { close, lock } = yield* openClosable(disk.disk)
      assert.isUndefined(lock.unwritable)
      assert.isTrue(yield* lock.isHeld)
      assert.deepStrictEqual(lockFiles(disk), ["1"])
      assert.strictEqual(disk.text(`${places.runtime}/.gitignore`), "*\n")
      assert.strictEqual(disk.openFiles, 1)
      yield* close
      assert.isFalse(yield* lock.isHeld)
      assert.isTrue(released(disk.text(`${places.lock}/1`)).released)
      assert.strictEqual(disk.openFiles, 0)
    }))

  it.effect("is locked again with a higher number, and the lower one is gone", () =>
    Effect.gen(function*() {
      const disk = project()
      for (const expected of ["1", "2", "3"]) {
        const { close } = yield* openClosable(disk.disk)
        assert.deepStrictEqual(lockFiles(disk), [expected])
        yield* close
      }
    }))

  it.effect("gets its .gitignore back where it is missing or a crash left it empty, and keeps one with content", () =>
    Effect.gen(function*() {
      const path = `${places.runtime}/.gitignore`
      const disk = project()
      for (const [before, after] of [[undefined, "*\n"], ["", "*\n"], ["/lock\n", "/lock\n"]]) {
        disk.remove(path)
        if (before !== undefined) disk.put(path, before)
        yield* Effect.flatMap(openClosable(disk.disk), ({ close }) => close)
        assert.strictEqual(disk.text(path), after)
      }
    }))

  it.effect("is locked on a disk that takes a few bytes at a time", () =>
    Effect.gen(function*() {
      const disk = project()
      const faulty = faultyDisk(disk.disk)
      faulty.shortWrites(7)
      const { close } = yield* openClosable(faulty.disk)
      assert.strictEqual(yield* attempt(disk.disk, { host: other }), "alive")
      yield* close
      assert.strictEqual(yield* attempt(disk.disk, { host: other }), "held")
    }))

  for (const errno of ["EPERM", "ENOTSUP", "EOPNOTSUPP", "ENOSYS", "EINVAL", "EMLINK", "EISDIR"]) {
    it.effect(`is locked where files have one name only, and a second one fails with ${errno}`, () =>
      Effect.gen(function*() {
        const disk = project()
        const faulty = faultyDisk(disk.disk)
        faulty.failWhere(({ call }) => call === "link" ? errno : undefined)
        const { close, lock } = yield* openClosable(faulty.disk)
        assert.isTrue(yield* lock.isHeld)
        assert.deepStrictEqual(lockFiles(disk), ["1"])
        assert.strictEqual(yield* attempt(disk.disk, { host: other }), "alive")
        yield* close
        assert.strictEqual(disk.openFiles, 0)
        assert.strictEqual(yield* attempt(disk.disk, { host: other }), "held")
      }))
  }

  it.effect("is locked whatever else lies in the folder of the lock", () =>
    Effect.gen(function*() {
      const disk = project()
      for (const name of ["0", "01", "-1", "1e3", "x", "5.", "5.A", "99999999999999999"]) {
        disk.put(`${places.lock}/${name}`, "")
      }
      const before = lockFiles(disk)
      assert.strictEqual(yield* attempt(disk.disk), "held")
      assert.deepStrictEqual(lockFiles(disk), [...before, "1"].toSorted())
    }))

  it.effect("gets rid of what those left who died on the way to a number that is taken, and of nothing else", () =>
    Effect.gen(function*() {
      const disk = project()
      disk.put(`${places.lock}/4`, yield* lockText(disk, {}, { released: true }))
      for (const claim of ["3.x", "4.x", "5.x", "6.x"]) disk.put(`${places.lock}/${claim}`, "")
      assert.strictEqual(yield* attempt(disk.disk), "held")
      assert.deepStrictEqual(lockFiles(disk), ["5", "6.x"])
    }))

  it.effect("is not taken beyond the highest number there is, where two would not see each other", () =>
    Effect.gen(function*() {
      const disk = project()
      disk.put(`${places.lock}/999999999999998`, yield* lockText(disk, {}, { released: true }))
      yield* Effect.scoped(Effect.gen(function*() {
        yield* open(disk.disk)
        assert.deepStrictEqual(lockFiles(disk), ["999999999999999"])
        assert.strictEqual(yield* attempt(disk.disk, { host: other }), "alive")
      }))
      assert.strictEqual(yield* attempt(disk.disk), "EOVERFLOW")
      assert.deepStrictEqual(lockFiles(disk), ["999999999999999"])
    }))

  it.effect("is not opened where a number cannot be made", () =>
    Effect.gen(function*() {
      const disk = project()
      disk.putFolder(`${places.lock}/1`)
      assert.strictEqual(yield* attempt(disk.disk), "EEXIST")
    }))
})

describe("a project that somebody has open", () => {
  it.effect("is refused at once, with who has it", () =>
    Effect.gen(function*() {
      const disk = project()
      yield* TestClock.setTime(Date.UTC(2026, 0, 2))
      const holder = yield* open(disk.disk)
      const error = yield* Effect.flip(open(disk.disk, { host: other }))
      assert.deepStrictEqual(
        error,
        new ProjectLocked({
          path: root,
          pid: 1,
          host: "test-host",
          since: "2026-01-02T00:00:00.000Z",
          nonce: "a000000000000001",
          outOfSight: false
        })
      )
      assert.isTrue(yield* holder.isHeld)
      assert.deepStrictEqual(lockFiles(disk), ["1"])
      assert.strictEqual(disk.openFiles, 1)
    }))

  it.effect("is refused to the same process too", () =>
    Effect.gen(function*() {
      const disk = project()
      yield* open(disk.disk)
      assert.strictEqual(yield* attempt(disk.disk), "alive")
    }))

  it.effect("is refused to an older version than the one that has it open", () =>
    Effect.gen(function*() {
      const disk = project()
      disk.put(`${places.lock}/1`, yield* lockText(disk, {}, { version: 2, more: true }))
      const host = testHost(identity)
      assert.strictEqual(yield* attempt(disk.disk, { host }), "alive")
    }))
})

describe("who is alive", () => {
  type Alive = "running" | "gone" | "unknown"

  const cases: ReadonlyArray<
    readonly [name: string, expected: string, holder: TestIdentity, self: TestIdentity, alive: Alive]
  > = [
    ["a process that runs", "alive", {}, {}, "running"],
    ["a process that is gone", "held", {}, {}, "gone"],
    ["a pid of which nobody knows since when", "out of sight", {}, {}, "unknown"],
    ["a process that had the same pid", "held", { pid: 1 }, {}, "running"],
    [
      "a process that had the same pid, where starts are not told",
      "out of sight",
      { pid: 1 },
      { started: undefined },
      "gone"
    ],
    ["a process whose host has another name now", "held", { host: "x" }, {}, "gone"],
    ["a process in another container", "out of sight", { space: "x" }, {}, "gone"],
    ["a process in some container", "out of sight", {}, { space: undefined }, "gone"],
    ["a process outside", "out of sight", { space: undefined }, {}, "gone"],
    [
      "a process that runs, where there are no containers",
      "alive",
      { space: undefined },
      { space: undefined },
      "running"
    ],
    [
      "a process that is gone, where there are no containers",
      "held",
      { space: undefined },
      { space: undefined },
      "gone"
    ],
    ["a process before the machine was started again", "held", { boot: "x" }, {}, "running"],
    ["a process before a start, in what was a container", "held", { boot: "x", space: "x" }, {}, "running"],
    ["another machine of the same name", "out of sight", { boot: "x", machine: "x" }, {}, "gone"],
    ["another machine that says it is this one", "out of sight", { boot: "x", host: "x" }, {}, "gone"],
    ["a machine that has no id", "out of sight", { boot: "x", machine: undefined }, {}, "gone"],
    ["machines that have no id", "out of sight", { boot: "x", machine: undefined }, { machine: undefined }, "gone"],
    ["a process that is gone, where runs are not told", "held", { boot: undefined }, {}, "gone"],
    ["a process that runs, where runs are not told", "alive", {}, { boot: undefined }, "running"],
    ["another name, where runs are not told", "out of sight", { boot: undefined, host: "x" }, {}, "gone"],
    ["another machine, where runs are not told", "out of sight", { boot: undefined, machine: "x" }, {}, "gone"],
    [
      "a process that runs, where nothing is told",
      "out of sight",
      { boot: undefined, machine: undefined, space: undefined, started: undefined },
      { boot: undefined, machine: undefined, space: undefined, started: undefined },
      "unknown"
    ],
    [
      "a process that is gone, where nothing is told",
      "held",
      { boot: undefined, machine: undefined, space: undefined, started: undefined },
      { boot: undefined, machine: undefined, space: undefined, started: undefined },
      "gone"
    ]
  ]

  for (const [name, expected, holder, self, alive] of cases) {
    it.effect(`${name}: ${expected}`, () =>
      Effect.gen(function*() {
        const disk = project()
        disk.put(`${places.lock}/3`, yield* lockText(disk, holder))
        const host = testHost({ ...identity, pid: 1, started: "s1", ...self }, () => alive)
        assert.strictEqual(yield* attempt(disk.disk, { host }), expected)
        assert.deepStrictEqual(lockFiles(disk), [expected === "held" ? "4" : "3"])
      }))
  }

  it.effect("is asked of the pid and the start that the lock names", () =>
    Effect.gen(function*() {
      const disk = project()
      disk.put(`${places.lock}/1`, yield* lockText(disk))
      const host = testHost(
        { ...identity, pid: 1 },
        (pid, started) => pid === 7 && started === "s7" ? "running" : "gone"
      )
      assert.strictEqual(yield* attempt(disk.disk, { host }), "alive")
    }))

  it.effect("does not matter once the lock is released", () =>
    Effect.gen(function*() {
      const disk = project()
      disk.put(`${places.lock}/1`, yield* lockText(disk, { boot: "x", host: "x" }, { released: true }))
      assert.strictEqual(yield* attempt(disk.disk), "held")
    }))
})

describe("a copy of a project", () => {
  const cases: ReadonlyArray<
    readonly [
      name: string,
      expected: string,
      holder: TestIdentity,
      folder: { readonly device?: string; readonly inode?: string }
    ]
  > = [
    ["on this machine", "held", {}, { inode: "x" }],
    ["on this machine, made in an earlier run", "held", { boot: "x" }, { inode: "x" }],
    ["on another device", "held", {}, { device: "x" }],
    ["on a machine that does not tell runs apart", "held", { boot: undefined }, { inode: "x" }],
    ["for a container", "held", { space: "x" }, { inode: "x" }],
    // It may be the very folder, shared with a machine that numbers it otherwise.
    ["on another machine", "out of sight", { boot: "x", machine: "x" }, { inode: "x" }],
    ["and devices that are numbered anew", "out of sight", { boot: "x", host: "x" }, { device: "x" }]
  ]

  for (const [name, expected, holder, folder] of cases) {
    it.effect(`${name}: ${expected}`, () =>
      Effect.gen(function*() {
        const disk = project()
        disk.putFolder(places.runtime)
        const stat = yield* disk.disk.stat(places.runtime)
        const here = { device: stat?.device, inode: stat?.inode }
        disk.put(`${places.lock}/1`, yield* lockText(disk, holder, { folder: { ...here, ...folder } }))
        const host = testHost({ ...identity, pid: 1 }, () => "running")
        assert.strictEqual(yield* attempt(disk.disk, { host }), expected)
      }))
  }

  it.effect("is open beside the original", () =>
    Effect.gen(function*() {
      const disk = project()
      const original = yield* open(disk.disk)
      const text = disk.text(`${places.lock}/1`) ?? ""
      yield* disk.disk.rename(root, "/work/original")
      disk.put(`${places.lock}/1`, text)
      assert.strictEqual(yield* attempt(disk.disk, { host: other }), "held")
      assert.isFalse(yield* original.isHeld)
    }))
})

describe("a lock that cannot be read", () => {
  for (const [name, text] of [["empty", ""], ["torn", "{\"version\":1,\"nonce\":\"le"], ["foreign", "{}"]]) {
    it.effect(`counts as none if it stays ${name}`, () =>
      Effect.gen(function*() {
        const disk = project()
        disk.put(`${places.lock}/1`, text ?? "")
        const lock = yield* openAfterWaiting(disk.disk)
        assert.isTrue(yield* lock.isHeld)
        assert.deepStrictEqual(lockFiles(disk), ["2"])
      }))
  }

  it.effect("is read again, in case it is being written", () =>
    Effect.gen(function*() {
      const disk = project()
      disk.put(`${places.lock}/1`, "")
      const opens = yield* Effect.forkChild(attempt(disk.disk, { host: testHost(identity) }), {
        startImmediately: true
      })
      yield* TestClock.adjust("99 millis")
      disk.put(`${places.lock}/1`, yield* lockText(disk))
      yield* TestClock.adjust("1 millis")
      assert.strictEqual(yield* Fiber.join(opens), "alive")
    }))

  it.effect("belongs to whoever is about to fill it, however long that takes", () =>
    Effect.gen(function*() {
      const disk = project()
      const faulty = faultyDisk(disk.disk)
      faulty.failWhere(({ call }) => call === "link" ? "ENOSYS" : undefined)
      const filling = faulty.gate(({ call, path }) => call === "write" && path === `${places.lock}/1`)
      const slow = yield* Effect.forkChild(open(faulty.disk), { startImmediately: true })
      yield* filling.reached
      const error = yield* Effect.flip(openAfterWaiting(disk.disk, { host: other }))
      assert.strictEqual(outcome(error), "alive")
      yield* filling.open
      assert.isTrue(yield* Effect.flatMap(Fiber.join(slow), ({ isHeld }) => isHeld))
    }).pipe(Effect.scoped))

  it.effect("belongs to nobody if whoever was about to fill it is dead", () =>
    Effect.gen(function*() {
      const disk = project()
      disk.put(`${places.lock}/1`, "")
      disk.put(`${places.lock}/1.x`, yield* lockText(disk))
      disk.put(`${places.lock}/1.y`, "")
      yield* openAfterWaiting(disk.disk, { host: testHost({ ...identity, pid: 1 }) })
      assert.deepStrictEqual(lockFiles(disk), ["2"])
    }))

  it.effect("is no file at all", () =>
    Effect.gen(function*() {
      const disk = project()
      disk.putLink(`${places.lock}/1`, "/elsewhere")
      yield* openAfterWaiting(disk.disk)
      assert.deepStrictEqual(lockFiles(disk), ["2"])
    }))
})

describe("a lock that a person takes over", () => {
  const elsewhere = { host: "x", machine: "x", boot: "x" }

  const cases: ReadonlyArray<readonly [name: string, takeOver: string, expected: string, holder: TestIdentity]> = [
    ["of a holder out of sight", "left", "held", elsewhere],
    ["by another nonce", "other", "out of sight", elsewhere],
    ["of a holder that runs", "left", "alive", {}]
  ]

  for (const [name, takeOver, expected, holder] of cases) {
    it.effect(`${name}: ${expected}`, () =>
      Effect.gen(function*() {
        const disk = project()
        disk.put(`${places.lock}/1`, yield* lockText(disk, holder))
        const host = testHost({ ...identity, pid: 1 }, () => "running")
        assert.strictEqual(yield* attempt(disk.disk, { host, takeOver }), expected)
      }))
  }

  it.effect("is lost to whoever had it, and what that one does at its end changes nothing", () =>
    Effect.gen(function*() {
      const disk = project()
      const { close, lock } = yield* openClosable(disk.disk, { host: testHost(elsewhere) })
      const second = yield* open(disk.disk, { host: other, takeOver: "u000000000000001" })
      assert.isFalse(yield* lock.isHeld)
      yield* close
      assert.isTrue(yield* second.isHeld)
      assert.strictEqual(yield* attempt(disk.disk, { host: testHost({ pid: 4 }, () => "running") }), "alive")
    }))
})

describe("a folder that cannot be written", () => {
  it.effect("is open without a lock, and says why", () =>
    Effect.gen(function*() {
      const disk = project()
      disk.setReadOnly(root)
      const lock = yield* open(disk.disk)
      assert.deepStrictEqual(
        lock.unwritable,
        new DiskError({ call: "makeFolder", path: places.assets, errno: "EROFS" })
      )
      assert.isFalse(yield* lock.isHeld)
    }))

  it.effect("is open without a lock also where somebody holds it", () =>
    Effect.gen(function*() {
      const disk = project()
      const holder = yield* open(disk.disk)
      disk.setReadOnly(root)
      const lock = yield* open(disk.disk, { host: other })
      assert.strictEqual(lock.unwritable?.errno, "EROFS")
      assert.isTrue(yield* holder.isHeld)
    }))

  for (const errno of ["EACCES", "EPERM"]) {
    it.effect(`is one where ${errno} is the answer`, () =>
      Effect.gen(function*() {
        const faulty = faultyDisk(project().disk)
        faulty.failWhere(({ call }) => ["open", "makeFolder", "link"].includes(call) ? errno : undefined)
        assert.strictEqual((yield* open(faulty.disk)).unwritable?.errno, errno)
      }))
  }

  it.effect("is none if it is not there", () =>
    Effect.gen(function*() {
      const error = yield* Effect.flip(open(SimulatedDisk.of().disk))
      assert.deepStrictEqual(error, new DiskError({ call: "makeFolder", path: places.assets, errno: "ENOENT" }))
    }))
})

describe("the way to the lock", () => {
  for (const path of [places.assets, places.own, places.runtime, places.lock]) {
    it.effect(`does not lead through a link at ${path.slice(root.length)}`, () =>
      Effect.gen(function*() {
        const disk = project()
        disk.putFolder("/elsewhere")
        disk.putLink(path, "/elsewhere")
        assert.strictEqual(yield* attempt(disk.disk), "ELOOP")
        assert.deepStrictEqual(disk.entries().filter(([path]) => path.startsWith("/elsewhere/")), [])
      }))

    it.effect(`does not lead through a file at ${path.slice(root.length)}`, () =>
      Effect.gen(function*() {
        const disk = project()
        disk.put(path, "")
        assert.strictEqual(yield* attempt(disk.disk), "ENOTDIR")
      }))
  }
})

describe("a look at the folder while it changes", () => {
  // One that was left behind makes number 5 again when 6 has been and 7 is coming. Its list shows nothing that was
  // deleted while it was made, and 7 is too new to be in it.
  for (const deletions of [0, 1, 2]) {
    it.effect(`does not make one that was left behind the holder, after ${deletions} of 2 deletions`, () =>
      Effect.gen(function*() {
        const disk = project()
        const scope = yield* Effect.scope
        disk.put(`${places.lock}/4`, yield* lockText(disk, {}, { released: true }))
        const isDeletion = (path: string) => /\/\d+$/.test(path)

        let deleted = 0
        const seventh = faultyDisk(disk.disk)
        const deleting = seventh.gate(({ call, path }) =>
          call === "removeFile" && isDeletion(path) && deleted++ === deletions
        )
        const whileSeventhComes = Effect.gen(function*() {
          const taking = yield* Effect.forkScoped(open(seventh.disk, { host: survivor }), { startImmediately: true })
          if (deletions === 2) yield* Fiber.join(taking)
          else yield* deleting.reached
        }).pipe(Effect.provideService(Scope.Scope, scope), Effect.ignore)

        let lists = 0
        const late = faultyDisk({
          ...disk.disk,
          list: Effect.fnUntraced(function*(path) {
            if (++lists !== 2) return yield* disk.disk.list(path)
            yield* whileSeventhComes
            return (yield* disk.disk.list(path)).filter(({ name }) => name !== "7")
          })
        })
        const claiming = late.gate(({ call, path }) => call === "open" && path.startsWith(`${places.lock}/5.`))
        const linking = late.gate(({ call }) => call === "link")
        const host = testHost({ pid: 5 }, () => "running", "e")
        const leftBehind = yield* Effect.forkChild(attempt(late.disk, { host }), { startImmediately: true })
        yield* claiming.reached

        // The fifth died before it deleted anything, and the sixth looks before the one left behind has a claim.
        const onThisMachine = { host: "test-host", machine: "test-machine", boot: "test-boot", space: "test-space" }
        disk.put(`${places.lock}/5`, yield* lockText(disk, onThisMachine))
        const sixth = faultyDisk(disk.disk)
        const sixthDeletes = sixth.gate(({ call, path }) => call === "removeFile" && isDeletion(path))
        const sixthTakes = yield* Effect.forkChild(openClosable(sixth.disk, { host: other }), {
          startImmediately: true
        })
        yield* sixthDeletes.reached
        yield* claiming.open
        yield* linking.reached
        yield* sixthDeletes.open
        yield* (yield* Fiber.join(sixthTakes)).close
        assert.deepStrictEqual(lockFiles(disk).filter((name) => !name.includes(".")), ["6"])

        yield* linking.open
        const result = yield* Fiber.join(leftBehind)
        yield* deleting.open
        assert.strictEqual(result, "alive")
        assert.strictEqual(lists, 3)
      }))
  }
})

describe("a clean-up by version control", () => {
  it.effect("ends the lock, and whoever comes next has it", () =>
    Effect.gen(function*() {
      const disk = project()
      const { close, lock } = yield* openClosable(disk.disk)
      disk.remove(places.runtime)
      assert.isFalse(yield* lock.isHeld)
      const second = yield* open(disk.disk, { host: other })
      assert.deepStrictEqual(lockFiles(disk), ["1"])
      assert.isFalse(yield* lock.isHeld)
      yield* close
      assert.isTrue(yield* second.isHeld)
      assert.isFalse(released(disk.text(`${places.lock}/1`)).released)
    }))

  for (const call of ["list", "open", "link"]) {
    it.effect(`just before a call of ${call} is no failure`, () =>
      Effect.gen(function*() {
        const disk = project()
        const faulty = faultyDisk(disk.disk)
        const gate = faulty.gate((made) => made.call === call && made.path.startsWith(places.lock))
        const opens = yield* Effect.forkChild(open(faulty.disk), { startImmediately: true })
        yield* gate.reached
        disk.remove(places.runtime)
        yield* gate.open
        assert.isTrue(yield* Effect.flatMap(Fiber.join(opens), ({ isHeld }) => isHeld))
        assert.strictEqual(disk.openFiles, 1)
      }))
  }
})

describe("an acquisition that does not come to its end", () => {
  /** How many calls one acquisition makes. */
  const countCalls = Effect.fnUntraced(function*() {
    const faulty = faultyDisk(project().disk)
    yield* open(faulty.disk)
    return faulty.calls
  }, Effect.scoped)

  it.effect("leaves no lock when it is interrupted, at whatever call", () =>
    Effect.gen(function*() {
      const calls = yield* countCalls()
      for (let index = 0; index < calls; index++) {
        const disk = project()
        const faulty = faultyDisk(disk.disk)
        let seen = 0
        const gate = faulty.gate(() => seen++ === index)
        const opens = yield* Effect.forkChild(Effect.scoped(Effect.andThen(open(faulty.disk), Effect.never)), {
          startImmediately: true
        })
        yield* gate.reached
        const interrupts = yield* Effect.forkChild(Fiber.interrupt(opens), { startImmediately: true })
        yield* gate.open
        yield* Fiber.join(interrupts)
        assert.strictEqual(disk.openFiles, 0)
        assert.strictEqual(yield* Effect.scoped(attempt(disk.disk, { host: other })), "held", `call ${index}`)
      }
    }))

  it.effect("ends at once when it is interrupted while it waits", () =>
    Effect.gen(function*() {
      const disk = project()
      disk.put(`${places.lock}/1`, "")
      const opens = yield* Effect.forkChild(open(disk.disk), { startImmediately: true })
      yield* Fiber.interrupt(opens)
      assert.deepStrictEqual(lockFiles(disk), ["1"])
    }))

  for (const times of ["once", "forever"] as const) {
    it.effect(`says so when the disk fails ${times}, at whatever call`, () =>
      Effect.gen(function*() {
        const calls = yield* countCalls()
        for (let index = 0; index < calls; index++) {
          const disk = project()
          const faulty = faultyDisk(disk.disk)
          faulty.failAt(index, "EIO", times)
          const result = yield* Effect.scoped(attempt(faulty.disk))
          // A claim that cannot be deleted is deleted by whoever comes next, and a release that fails fails nothing.
          if (result !== "held") assert.strictEqual(result, "EIO", `call ${index}`)
          assert.strictEqual(disk.openFiles, 0)
          // If the disk never came back, the file could not be told that it is released; the process is gone by then.
          const host = times === "once" ? me : survivor
          assert.strictEqual(yield* Effect.scoped(attempt(disk.disk, { host })), "held", `call ${index}`)
          assert.strictEqual(lockFiles(disk).length, 1)
        }
      }))
  }

  it.effect("leaves no lock on a disk that is full", () =>
    Effect.gen(function*() {
      const disk = project()
      disk.putFolder(places.lock)
      disk.put(`${places.runtime}/.gitignore`, "*\n")
      for (const room of [0, 100]) {
        disk.setCapacity(2 + room)
        assert.strictEqual(yield* attempt(disk.disk), "ENOSPC")
        assert.deepStrictEqual(lockFiles(disk), [])
      }
      disk.setCapacity(Infinity)
      assert.strictEqual(yield* attempt(disk.disk), "held")
    }))

  it.effect("holds nobody up who comes after a failing release", () =>
    Effect.gen(function*() {
      const disk = project()
      const faulty = faultyDisk(disk.disk)
      const { close } = yield* openClosable(faulty.disk)
      faulty.failWhere(() => "EIO")
      yield* close
      assert.strictEqual(disk.openFiles, 0)
      assert.strictEqual(yield* attempt(disk.disk, { host: survivor }), "held")
    }))
})
