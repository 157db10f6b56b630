import { assert, describe, it } from "@effect/vitest"
import { Effect, Result } from "effect"
import { TestClock } from "effect/testing"
import { Command } from "../../src/domain/Command.ts"
import { OperationId } from "../../src/domain/Identity.ts"
import { isInside } from "../../src/domain/Path.ts"
import type { Registry } from "../../src/domain/Registry.ts"
import { readRegistry } from "../../src/domain/RegistryCodec.ts"
import { idOf, mergeChanges } from "../../src/domain/RegistryMerge.ts"
import { firstRegion, frameHead, readJournal } from "../../src/layers/journal/Frames.ts"
import { sha256 } from "../../src/layers/Sha256.ts"
import type { DiskError } from "../../src/services/Disk.ts"
import type { DurableCommitter, Finished } from "../../src/services/DurableCommitter.ts"
import { ProjectFolder } from "../../src/services/ProjectFolder.ts"
import { crashStates } from "../../src/testing/CrashStates.ts"
import type { DiskCall } from "../../src/testing/DiskCall.ts"
import { faultyDisk } from "../../src/testing/FaultyDisk.ts"
import { ProjectTree, testUuid } from "../../src/testing/ProjectTree.ts"
import { seeded } from "../../src/testing/Seeded.ts"
import { SimulatedDisk } from "../../src/testing/SimulatedDisk.ts"
import { explore } from "../proof/crashes/CrashExplorer.ts"
import { diskOf } from "../proof/crashes/CrashRecording.ts"
import { found, leftovers } from "../proof/crashes/Expected.ts"
import { openCommitter, openSession, root, type SessionOptions } from "../support/Session.ts"
import { entry, manifest, registry, root as rootOf } from "../support/Workspace.ts"

const { assets, journal, registry: index, runtime, trash } = ProjectFolder.at(root)

/** Three registered assets, one that is not, and an empty folder. */
const projectTree = (): ProjectTree => {
  const tree = ProjectTree.of({
    "one/asset.json": manifest({ asset_uuid: testUuid(1), name: "one" }),
    "one/a.png": "a",
    "two/asset.json": manifest({ asset_uuid: testUuid(2), name: "two" }),
    "three/asset.json": manifest({ asset_uuid: testUuid(3), name: "three" }),
    "loose/asset.json": manifest({ name: "loose" }),
    ".prometeu/index.json": registry([entry(1, "one"), entry(2, "two", { note: "kept" }), entry(3, "three")])
  })
  tree.putFolder("empty")
  return tree
}
const project = (): SimulatedDisk => diskOf(projectTree())

const rename = Command.updateContract({ asset: { root: "one" }, name: "renamed" })
const register = Command.register({ root: "loose" })
const exclude = (root: string) => Command.setBuildParticipation({ asset: { root }, included: false })
const swap = Command.batch({
  commands: [
    Command.relocate({ asset: { root: "one" }, to: "aside" }),
    Command.relocate({ asset: { root: "two" }, to: "one" }),
    Command.relocate({ asset: { root: "aside" }, to: "two" })
  ]
})

type When = (call: DiskCall) => boolean
const putsManifest: When = ({ call, to = "" }) => call === "rename" && to.endsWith("/asset.json")
const putsRegistry: When = ({ call, to }) => call === "rename" && to === index
const movesFolder = (from: string): When => ({ call, path }) => call === "rename" && path === `${assets}/${from}`

/** Runs commands in a process that is killed before the first call of a kind, or when all is answered. */
const killed = Effect.fnUntraced(function*(disk: SimulatedDisk, commands: ReadonlyArray<Command>, when?: When) {
  const left: Array<SimulatedDisk> = []
  yield* Effect.scoped(Effect.gen(function*() {
    const session = yield* openSession({ disk: disk.disk, prefix: "a" })
    disk.onCall((call) => {
      if (when?.(call) === true) left.push(disk.fork())
    })
    yield* session.run(commands)
    if (when === undefined) left.push(disk.fork())
    else if (when === putsRegistry) yield* session.committer.flush
    disk.onCall(undefined)
  }))
  const [first] = left
  if (first === undefined) throw new Error("The process was never about to do that.")
  return first
})

/** Opens a project and closes it again: what recovery did, and why nothing can be committed, if so. */
const reopen = (disk: SimulatedDisk, options: Partial<SessionOptions> = {}) =>
  Effect.scoped(Effect.gen(function*() {
    const committer = yield* openCommitter({ disk: disk.disk, prefix: "b", ...options })
    return { ...committer.recovery, standstill: yield* committer.standstill }
  }))

const otherBoot = { boot: "boot-2" }

/** The ids of all that is not in the registry file yet. */
const allOf = ({ unsaved }: DurableCommitter["Service"]) =>
  Effect.map(unsaved, (changes) => new Set(changes.flatMap((change) => idOf(change) ?? [])))

const readIndex = (text: string | undefined): Registry =>
  Result.getOrThrow(readRegistry(new TextEncoder().encode(text ?? "")))
/** What the registry file says: id, root, and whether it takes part in the build. */
type Row = readonly [id: number, root: string, included: boolean]
const entriesIn = (disk: SimulatedDisk): ReadonlyArray<Row> =>
  Array.from(readIndex(disk.text(index)).byId.values(), ({ id, included, root }) => [id, root, included])
const nameIn = (disk: SimulatedDisk, folder: string): unknown => {
  const value: unknown = JSON.parse(disk.text(`${assets}/${folder}/asset.json`) ?? "null")
  return typeof value === "object" && value !== null && "name" in value ? value.name : undefined
}
const framesIn = (disk: SimulatedDisk) =>
  Result.getOrThrow(readJournal(disk.bytes(journal) ?? new Uint8Array())).frames.length

/** Nothing is left to do, and nothing lies about. */
const settled = Effect.fnUntraced(function*(disk: SimulatedDisk, options: Partial<SessionOptions> = {}) {
  assert.deepStrictEqual(leftovers(disk, assets), [])
  assert.strictEqual(disk.openFiles, 0)
  const before = JSON.stringify(Array.from(found(disk, assets).tree))
  const { standstill, ...recovery } = yield* reopen(disk, { prefix: "c", ...options })
  assert.deepStrictEqual(recovery, { finished: [], discarded: [], overtaken: [], unfinished: undefined })
  assert.isUndefined(standstill)
  assert.strictEqual(JSON.stringify(Array.from(found(disk, assets).tree)), before)
})

const told = (receipt: string): ReadonlyArray<Finished> => [{ operationId: OperationId.make("a-1"), receipt }]
const renamed = told("updateContract")

describe("a file that was durable and not in its place when the process was killed", () => {
  const at = `${assets}/one/asset.json`
  const crashed = Effect.suspend(() => killed(project(), [rename], putsManifest))

  it.effect("is put there, and told with its operation and what its caller was to be told", () =>
    Effect.gen(function*() {
      const disk = yield* crashed
      assert.strictEqual(nameIn(disk, "one"), "one")
      const { discarded, finished, overtaken } = yield* reopen(disk)
      assert.deepStrictEqual([finished, discarded, overtaken], [renamed, [], []])
      assert.strictEqual(nameIn(disk, "one"), "renamed")
      yield* settled(disk)
    }))

  it.effect("is put there if somebody has written the old bytes once more", () =>
    Effect.gen(function*() {
      const disk = yield* crashed
      disk.replace(at, disk.text(at) ?? "")
      assert.deepStrictEqual((yield* reopen(disk)).overtaken, [])
      assert.strictEqual(nameIn(disk, "one"), "renamed")
    }))

  const edits: Readonly<Record<string, (disk: SimulatedDisk) => string>> = {
    "saved another manifest": (disk) => {
      disk.put(at, manifest({ asset_uuid: testUuid(1), name: "theirs" }))
      return "File"
    },
    "saved half a manifest": (disk) => {
      disk.put(at, "{\"schema_version\": 1,")
      return "File"
    },
    "deleted the manifest": (disk) => {
      disk.remove(at)
      return "Absent"
    },
    "deleted the folder": (disk) => {
      disk.remove(`${assets}/one`)
      return "Absent"
    },
    "put a link in its place": (disk) => {
      disk.remove(at)
      disk.putLink(at, "/elsewhere")
      return "Link"
    },
    "put a link in the place of the folder": (disk) => {
      disk.remove(`${assets}/one`)
      disk.putFolder("/elsewhere")
      disk.putLink(`${assets}/one`, "/elsewhere")
      return "Link"
    },
    "put a folder in its place": (disk) => {
      disk.remove(at)
      disk.putFolder(at)
      return "NoFile"
    }
  }
  for (const [act, edit] of Object.entries(edits)) {
    it.effect(`is not, if somebody ${act} meanwhile: both are kept, and told`, () =>
      Effect.gen(function*() {
        const disk = yield* crashed
        const state = edit(disk)
        const before = found(disk, assets).tree
        const { finished, overtaken } = yield* reopen(disk)
        assert.deepStrictEqual(found(disk, assets).tree, before)
        assert.deepStrictEqual(finished, renamed)
        const [left, ...others] = overtaken
        assert.deepStrictEqual(others, [])
        assert.deepInclude(left, { operationId: OperationId.make("a-1"), path: "one/asset.json", root: rootOf("one") })
        assert.strictEqual(left?.divergence.found._tag, state)
        const planned = disk.bytes(`${assets}/${left?.kept ?? ""}`) ?? new Uint8Array()
        assert.include(new TextDecoder().decode(planned), "renamed")
        const { expected } = left?.divergence ?? {}
        assert(expected?._tag === "File")
        assert.strictEqual(expected.fingerprint.hash, sha256(planned))
        yield* settled(disk)
      }))
  }

  it.effect("is put there whatever part of it a power failure has left, and other remains are kept", () =>
    Effect.gen(function*() {
      const disk = yield* crashed
      const whole = disk.fork()
      yield* reopen(whole)
      const planned = whole.bytes(at) ?? new Uint8Array()
      const prefixes = Array.from(planned, (_, length) => planned.slice(0, length))
      const zeros = [1, 100, planned.length].map((length) => new Uint8Array(length))
      const holes = [0, 8, 64].map((start) => planned.slice().fill(0, start, start + 8))
      for (const torn of [...prefixes, ...zeros, ...holes]) {
        const there = disk.fork()
        there.put(at, torn)
        const what = `${torn.length} bytes: ${JSON.stringify(new TextDecoder().decode(torn.slice(-20)))}`
        const { overtaken } = yield* reopen(there, otherBoot)
        assert.deepStrictEqual(overtaken, [], what)
        assert.strictEqual(nameIn(there, "one"), "renamed", what)
        const kept = there.entries().flatMap(([path, node]) =>
          isInside(path, trash) && path.endsWith("/1") && node instanceof Uint8Array ? [node] : []
        )
        assert.deepStrictEqual(kept, torn.length === 0 ? [] : [torn], what)
        yield* settled(there, otherBoot)
      }
    }))

  it.effect("is not after a power failure either, if somebody has saved another manifest", () =>
    Effect.gen(function*() {
      const disk = yield* crashed
      disk.put(at, manifest({ asset_uuid: testUuid(1), name: "theirs" }))
      const { overtaken: [left] } = yield* reopen(disk, otherBoot)
      assert.strictEqual(left?.path, "one/asset.json")
      assert.strictEqual(nameIn(disk, "one"), "theirs")
      assert.include(disk.text(`${assets}/${left?.kept ?? ""}`), "renamed")
    }))

  it.effect("is put there if it went down with the machine, with the folders on the way", () =>
    Effect.gen(function*() {
      const create = Command.create({ root: "new/far/off", name: "far", family: "tile_bank" })
      for (const gone of ["new/far/off/asset.json", "new/far/off", "new/far", "new"]) {
        const disk = yield* killed(project(), [create])
        disk.remove(`${assets}/${gone}`)
        const { finished, overtaken } = yield* reopen(disk, otherBoot)
        assert.deepStrictEqual([finished, overtaken], [told("create"), []])
        assert.strictEqual(nameIn(disk, "new/far/off"), "far")
        yield* settled(disk, otherBoot)
      }
    }))

  it.effect("is put there from the copy that the journal names, if it is too large for the journal", () =>
    Effect.gen(function*() {
      const settings = { inlineBytes: 10 }
      const disk = project()
      const left: Array<SimulatedDisk> = []
      yield* Effect.scoped(Effect.gen(function*() {
        const session = yield* openSession({ disk: disk.disk, prefix: "a", settings })
        disk.onCall((call) => {
          if (putsManifest(call)) left.push(disk.fork())
        })
        yield* session.run([rename])
      }))
      const [whole] = left
      assert(whole !== undefined)
      const cut = whole.fork()
      assert.deepStrictEqual((yield* reopen(whole, { settings })).overtaken, [])
      assert.strictEqual(nameIn(whole, "one"), "renamed")
      yield* settled(whole)
      for (const [path] of cut.entries()) if (isInside(path, `${runtime}/stage`)) cut.remove(path)
      const { overtaken: [lost] } = yield* reopen(cut, { settings })
      assert.deepInclude(lost, { path: "one/asset.json", kept: undefined })
      assert.strictEqual(nameIn(cut, "one"), "one")
    }))
})

describe("a folder that was to be moved when the process was killed", () => {
  const move = Command.relocate({ asset: { root: "one" }, to: "new/home" })
  const crashed = Effect.suspend(() => killed(project(), [move], movesFolder("one")))

  it.effect("is moved, with all that is in it", () =>
    Effect.gen(function*() {
      const disk = yield* crashed
      const { finished, overtaken } = yield* reopen(disk)
      assert.deepStrictEqual([finished, overtaken], [told("relocate"), []])
      assert.strictEqual(disk.text(`${assets}/new/home/a.png`), "a")
      assert.isUndefined(disk.bytes(`${assets}/one/asset.json`))
      assert.deepStrictEqual(entriesIn(disk)[0], [1, "new/home", true])
      yield* settled(disk)
    }))

  it.effect("stays moved if somebody has moved it meanwhile, and made another one in its old place", () =>
    Effect.gen(function*() {
      const disk = yield* crashed
      yield* disk.disk.rename(`${assets}/one`, `${assets}/new/home`)
      disk.put(`${assets}/one/note.txt`, "mine")
      assert.deepStrictEqual((yield* reopen(disk)).overtaken, [])
      assert.strictEqual(disk.text(`${assets}/one/note.txt`), "mine")
      assert.strictEqual(disk.text(`${assets}/new/home/a.png`), "a")
      yield* settled(disk)
    }))

  const acts: Readonly<Record<string, (disk: SimulatedDisk) => Effect.Effect<void, DiskError>>> = {
    "made another folder in its place": (disk) =>
      Effect.sync(() => {
        disk.remove(`${assets}/one`)
        disk.put(`${assets}/one/asset.json`, manifest({ name: "theirs" }))
      }),
    "moved it elsewhere": (disk) => disk.disk.rename(`${assets}/one`, `${assets}/empty/one`),
    "deleted it": (disk) => Effect.sync(() => disk.remove(`${assets}/one`)),
    "made a folder where it was to go": (disk) => Effect.sync(() => disk.putFolder(`${assets}/new/home`)),
    "made a file where it was to go": (disk) => Effect.sync(() => disk.put(`${assets}/new/home`, "theirs")),
    "put a link on its way": (disk) =>
      Effect.sync(() => {
        disk.remove(`${assets}/new`)
        disk.putFolder("/elsewhere")
        disk.putLink(`${assets}/new`, "/elsewhere")
      }),
    "put a link in its place": (disk) =>
      Effect.sync(() => {
        disk.remove(`${assets}/one`)
        disk.putFolder("/elsewhere")
        disk.putLink(`${assets}/one`, "/elsewhere")
      })
  }
  for (const [act, happens] of Object.entries(acts)) {
    it.effect(`is left as it is, and told, if somebody ${act} meanwhile`, () =>
      Effect.gen(function*() {
        const disk = yield* crashed
        yield* happens(disk)
        const files = () => Array.from(found(disk, assets).tree).filter(([path]) => !path.startsWith(".prometeu"))
        const before = files()
        const { overtaken } = yield* reopen(disk)
        assert.deepStrictEqual(files(), before)
        assert.deepStrictEqual(
          overtaken.map(({ kept, operationId, path }) => [operationId, path, kept]),
          [["a-1", "new/home", undefined]]
        )
        yield* settled(disk)
      }))
  }

  it.effect("to the trash is in the trash, and deleted for everyone", () =>
    Effect.gen(function*() {
      const disk = yield* killed(project(), [Command.delete({ asset: { root: "one" } })], movesFolder("one"))
      yield* reopen(disk)
      assert.isUndefined(disk.bytes(`${assets}/one/asset.json`))
      assert.strictEqual(found(disk, assets).trash.length, 1)
      assert.deepStrictEqual(entriesIn(disk).map(([id]) => id), [2, 3])
      yield* settled(disk)
    }))
})

describe("two folders that change places in one batch", () => {
  const tree = ProjectTree.of({
    "one/asset.json": manifest({ asset_uuid: testUuid(1), name: "one" }),
    "two/asset.json": manifest({ asset_uuid: testUuid(2), name: "two" }),
    ".prometeu/index.json": registry([entry(1, "one"), entry(2, "two")])
  })

  it.effect("have both done so, or neither has, whenever the process or the machine ends", () =>
    Effect.gen(function*() {
      const explored = yield* explore({
        tree,
        next: (_, step) => step === 0 ? [swap] : undefined,
        random: seeded(3),
        most: 256,
        mostOfRecovery: 16,
        share: 0.1,
        tearBytes: 64
      })
      assert.deepStrictEqual(explored.violations, [])
      assert.deepStrictEqual([...explored.endings], [["Durable", 1]])
    }))

  for (const [step, when] of Object.entries({ first: "one", second: "two", third: "aside" })) {
    it.effect(`have done so in a copy of the project that was made before the ${step} of three moves`, () =>
      Effect.gen(function*() {
        const disk = copyOf(yield* killed(diskOf(tree), [swap], movesFolder(when)))
        assert.deepStrictEqual((yield* reopen(disk)).overtaken, [])
        assert.deepStrictEqual([nameIn(disk, "one"), nameIn(disk, "two")], ["two", "one"])
        yield* settled(disk)
      }))
  }
})

/** The same names and bytes on another disk, where an inode that is known from here is something else. */
const copyOf = (disk: SimulatedDisk): SimulatedDisk => {
  const copy = SimulatedDisk.of()
  const entries = disk.entries()
  // Backwards, so that the inodes are among those of the original, and name other things.
  for (const [path, node] of entries.toReversed()) {
    if (node === "folder") copy.putFolder(path)
    else if (node !== "link") copy.put(path, node)
  }
  return copy
}

describe("a copy of a project folder that has a journal with something to do in it", () => {
  const inodeOf = (disk: SimulatedDisk, path: string) => Effect.map(disk.disk.stat(path), (stat) => stat?.inode)

  it.effect("gets its file", () =>
    Effect.gen(function*() {
      const disk = copyOf(yield* killed(project(), [rename], putsManifest))
      assert.deepStrictEqual((yield* reopen(disk, otherBoot)).finished, renamed)
      assert.strictEqual(nameIn(disk, "one"), "renamed")
      yield* settled(disk)
    }))

  it.effect("keeps what was edited in the copy, whatever run of the machine that was in", () =>
    Effect.gen(function*() {
      const disk = copyOf(yield* killed(project(), [rename], putsManifest))
      disk.put(`${assets}/one/asset.json`, "{ half an ed")
      assert.strictEqual((yield* reopen(disk, otherBoot)).overtaken.length, 1)
      assert.strictEqual(disk.text(`${assets}/one/asset.json`), "{ half an ed")
    }))

  it.effect("has its folder moved, and takes no other one for it by its inode", () =>
    Effect.gen(function*() {
      const move = Command.relocate({ asset: { root: "one" }, to: "two-and-a-half" })
      const original = yield* killed(project(), [move], movesFolder("one"))
      const disk = copyOf(original)
      assert.notStrictEqual(yield* inodeOf(disk, runtime), yield* inodeOf(original, runtime))
      assert.deepStrictEqual((yield* reopen(disk)).overtaken, [])
      assert.strictEqual(nameIn(disk, "two-and-a-half"), "one")
      assert.isUndefined(disk.bytes(`${assets}/one/asset.json`))
      yield* settled(disk)
    }))

  it.effect("is not moved again where it was moved before the copy was made", () =>
    Effect.gen(function*() {
      const move = Command.relocate({ asset: { root: "one" }, to: "new/home" })
      const disk = copyOf(yield* killed(project(), [move]))
      assert.deepStrictEqual((yield* reopen(disk)).overtaken, [])
      assert.strictEqual(nameIn(disk, "new/home"), "one")
      yield* settled(disk)
    }))
})

describe("a journal that cannot be believed", () => {
  /** Two flushes, nothing in the registry file, and the last manifest not in its place. */
  const crashed = Effect.gen(function*() {
    const disk = project()
    const left: Array<SimulatedDisk> = []
    yield* Effect.scoped(Effect.gen(function*() {
      const session = yield* openSession({ disk: disk.disk, prefix: "a" })
      yield* session.run([rename])
      disk.onCall((call) => {
        if (putsManifest(call)) left.push(disk.fork())
      })
      yield* session.run([register])
    }))
    const [first] = left
    assert(first !== undefined)
    return first
  })

  const flip = (disk: SimulatedDisk, ...offsets: ReadonlyArray<number>) => {
    const bytes = disk.bytes(journal)?.slice() ?? new Uint8Array()
    for (const offset of offsets) bytes[offset] = (bytes[offset] ?? 0) ^ 1
    disk.put(journal, bytes)
  }
  const damages: Readonly<Record<string, (disk: SimulatedDisk) => void>> = {
    "is damaged before records of a later flush": (disk) => flip(disk, firstRegion + frameHead + 5),
    "has no whole header": (disk) => flip(disk, 20, 4096 + 20),
    "is something else": (disk) => disk.put(journal, "not a journal"),
    "is empty": (disk) => disk.put(journal, ""),
    "is all zeros": (disk) => disk.put(journal, new Uint8Array(20_000)),
    "is cut off": (disk) => disk.put(journal, disk.bytes(journal)?.slice(0, 9000) ?? ""),
    "is a folder": (disk) => {
      disk.remove(journal)
      disk.putFolder(journal)
    },
    "is a link": (disk) => {
      const bytes = disk.bytes(journal) ?? new Uint8Array()
      disk.remove(journal)
      disk.put("/elsewhere/journal", bytes)
      disk.putLink(journal, "/elsewhere/journal")
    }
  }
  for (const [what, damage] of Object.entries(damages)) {
    it.effect(`because it ${what} is told with its place, and nothing is touched; reading goes on`, () =>
      Effect.gen(function*() {
        const disk = yield* crashed
        damage(disk)
        const before = disk.entries()
        for (const prefix of ["b", "c"]) {
          yield* Effect.scoped(Effect.gen(function*() {
            const session = yield* openSession({ disk: disk.disk, prefix })
            const standstill = yield* session.committer.standstill
            assert(standstill?._tag === "JournalCorrupt")
            assert.strictEqual(standstill.path, journal)
            assert.isAtLeast(standstill.offset, 0)
            assert.isNotEmpty(standstill.cause)
            assert.deepStrictEqual(Array.from(session.snapshot().assets, ([root]) => root), [
              "loose",
              "one",
              "three",
              "two"
            ])
            const [ending] = yield* session.run([exclude("two")])
            assert(ending?._tag === "Ended" && ending.result._tag === "Halted")
            assert.include(ending.result.reason, journal)
            assert.match(ending.result.reason, /damaged at byte \d+/)
            assert.isFalse((yield* session.committer.flush).isComplete)
            yield* TestClock.adjust("10 seconds")
          }))
          assert.deepStrictEqual(disk.entries(), before)
          assert.strictEqual(disk.openFiles, 0)
        }
      }))
  }

  it.effect("to its end only has an end that does not count: the operation did not happen", () =>
    Effect.gen(function*() {
      const disk = yield* crashed
      const { frames, header } = Result.getOrThrow(readJournal(disk.bytes(journal) ?? new Uint8Array()))
      const last = frames.at(-1)?.body
      assert(last !== undefined && frames.length === 2)
      flip(disk, header.start + last.byteOffset - (disk.bytes(journal)?.byteOffset ?? 0) - header.start)
      const { discarded, finished } = yield* reopen(disk)
      assert.deepStrictEqual([finished, discarded], [renamed, []])
      assert.strictEqual(nameIn(disk, "one"), "renamed")
      yield* settled(disk)
    }))
})

describe("the registry file, if changes of it were only in the journal", () => {
  /** The journal registers `loose` as 4 and takes `two` out of the build; the last manifest is not in its place. */
  const crashed = Effect.suspend(() =>
    killed(project(), [exclude("two"), register], (call) => putsManifest(call) && call.to?.includes("/loose/") === true)
  )
  const ours: ReadonlyArray<Row> = [[1, "one", true], [2, "two", false], [3, "three", true], [4, "loose", true]]
  const all = [entry(1, "one"), entry(2, "two", { note: "kept" }), entry(3, "three")]

  it.effect("gets them", () =>
    Effect.gen(function*() {
      const disk = yield* crashed
      assert.strictEqual(entriesIn(disk).length, 3)
      const { finished } = yield* reopen(disk)
      assert.deepStrictEqual(finished.map(({ operationId }) => operationId), ["a-1", "a-2"])
      assert.deepStrictEqual(entriesIn(disk), ours)
      assert.include(disk.text(index), "kept")
      yield* settled(disk)
    }))

  const versions: Readonly<Record<string, readonly [file: ReadonlyArray<unknown> | undefined, merged: unknown]>> = {
    "an older version": [all.slice(0, 2), ours.filter(([id]) => id !== 3)],
    "a version with some of them": [[
      ...all.toSpliced(1, 1),
      entry(2, "two", { included_in_build: false, note: "kept" })
    ], ours],
    "a version with another entry besides": [[...all, entry(9, "nine")], [...ours, [9, "nine", true]]],
    "a version with new keys in an entry": [all.toSpliced(1, 1, entry(2, "two", { note: "new" })), ours]
  }
  for (const [what, [file, merged]] of Object.entries(versions)) {
    it.effect(`gets them if somebody put ${what} in its place`, () =>
      Effect.gen(function*() {
        const disk = yield* crashed
        disk.replace(index, registry(file ?? []))
        assert.isUndefined((yield* reopen(disk)).standstill)
        assert.deepStrictEqual(entriesIn(disk), merged)
        yield* settled(disk)
      }))
  }

  it.effect("is not written if somebody put a version with all of them in its place", () =>
    Effect.gen(function*() {
      const disk = yield* crashed
      const later = disk.fork()
      yield* reopen(later)
      disk.replace(index, `${later.text(index) ?? ""}\n\n`)
      const [before, stat] = [disk.text(index), yield* disk.disk.stat(index)]
      assert.strictEqual((yield* reopen(disk)).finished.length, 2)
      assert.strictEqual(disk.text(index), before)
      assert.deepStrictEqual(yield* disk.disk.stat(index), stat)
    }))

  it.effect("is not written where the changes are none of its", () =>
    Effect.gen(function*() {
      const disk = yield* killed(project(), [rename], putsManifest)
      disk.replace(index, "{ not even JSON")
      const stat = yield* disk.disk.stat(index)
      const { finished, standstill } = yield* reopen(disk)
      assert.deepStrictEqual([finished, standstill], [renamed, undefined])
      assert.strictEqual(disk.text(index), "{ not even JSON")
      assert.deepStrictEqual(yield* disk.disk.stat(index), stat)
    }))

  it.effect("is made anew of what was registered if somebody deleted it", () =>
    Effect.gen(function*() {
      const disk = yield* killed(project(), [register])
      disk.remove(index)
      assert.isUndefined((yield* reopen(disk)).standstill)
      assert.deepStrictEqual(entriesIn(disk), [[4, "loose", true]])
    }))

  const contradictions: Readonly<Record<string, readonly [text: string | undefined, keys: ReadonlyArray<string>]>> = {
    "the same id": [registry([...all, entry(4, "four")]), ["id"]],
    "the same uuid": [registry([...all, entry(9, "nine", { asset_uuid: testUuid(20_000) })]), ["uuid"]],
    "the same root": [registry([...all, entry(9, "loose")]), ["root"]],
    "another root for an entry that was changed": [registry([entry(1, "one"), entry(2, "too")]), ["id"]],
    "no entry where one was changed": [registry([entry(1, "one")]), ["id"]],
    "nothing at all": [undefined, ["id"]]
  }
  for (const [what, [text, keys]] of Object.entries(contradictions)) {
    it.effect(`that says ${what} is left alone; manifests are finished and the journal waits, however often it is opened`, () =>
      Effect.gen(function*() {
        const disk = yield* crashed
        if (text === undefined) disk.remove(index)
        else disk.replace(index, text)
        for (const prefix of ["b", "c", "d"]) {
          const { finished, standstill } = yield* reopen(disk, { prefix })
          assert(standstill?._tag === "RegistryConflict")
          assert.deepStrictEqual(standstill.conflict?.clashes.map(({ key }) => key), keys)
          assert.deepStrictEqual(finished.map(({ operationId }) => operationId), ["a-1", "a-2"])
          assert.strictEqual(disk.text(index), text)
          assert.include(disk.text(`${assets}/loose/asset.json`), "asset_uuid")
          assert.strictEqual(framesIn(disk), 2)
          assert.deepStrictEqual(leftovers(disk, assets), [])
        }
      }))
  }

  for (const text of ["{ \"schema_version\": 1, <<<<<<< HEAD", "", "[]"]) {
    it.effect(`that cannot be read, as ${JSON.stringify(text)}, is left alone, and there is no conflict to tell`, () =>
      Effect.gen(function*() {
        const disk = yield* crashed
        disk.replace(index, text)
        for (const prefix of ["b", "c"]) {
          assert.deepStrictEqual((yield* reopen(disk, { prefix })).standstill, {
            _tag: "RegistryConflict",
            conflict: undefined
          })
          assert.strictEqual(disk.text(index), text)
          assert.strictEqual(framesIn(disk), 2)
        }
        disk.replace(index, registry(all))
        assert.isUndefined((yield* reopen(disk, { prefix: "d" })).standstill)
        assert.deepStrictEqual(entriesIn(disk), ours)
        yield* settled(disk)
      }))
  }

  it.effect("that contradicts them keeps commands out until somebody decides", () =>
    Effect.gen(function*() {
      const disk = yield* crashed
      disk.replace(index, registry([...all, entry(4, "four")]))
      yield* Effect.scoped(Effect.gen(function*() {
        const session = yield* openSession({ disk: disk.disk, prefix: "b" })
        const [ending] = yield* session.run([rename])
        assert(ending?._tag === "Ended" && ending.result._tag === "Halted")
        assert.match(ending.result.reason, /contradicts/)
        assert.strictEqual((yield* session.committer.unsaved).length, 2)
        assert.isFalse((yield* session.committer.flush).isComplete)
      }))
      assert.strictEqual(framesIn(disk), 2)
    }))

  it.effect("gets them when somebody has decided how both go together", () =>
    Effect.gen(function*() {
      const disk = yield* crashed
      disk.replace(index, registry([...all, entry(4, "four")]))
      yield* Effect.scoped(Effect.gen(function*() {
        const committer = yield* openCommitter({ disk: disk.disk, prefix: "b" })
        disk.replace(index, registry([...all, entry(9, "four")]))
        const { found: state } = yield* committer.registryFile
        const file = readIndex(disk.text(index))
        const merged = Result.getOrThrow(mergeChanges(file, yield* committer.unsaved))
        yield* committer.adoptRegistry({ state, registry: merged, givesUp: new Set<number>() })
        assert.isUndefined(yield* committer.standstill)
        yield* TestClock.adjust("1 second")
        assert.deepStrictEqual(entriesIn(disk), [...ours, [9, "four", true]])
        assert.strictEqual(framesIn(disk), 0)
      }))
      yield* settled(disk)
    }))

  it.effect("stays as it is when somebody gives them up, also over another end", () =>
    Effect.gen(function*() {
      const disk = yield* crashed
      const text = registry([...all, entry(4, "four")])
      disk.replace(index, text)
      const gone = yield* Effect.scoped(Effect.gen(function*() {
        const committer = yield* openCommitter({ disk: disk.disk, prefix: "b" })
        const { found: state } = yield* committer.registryFile
        yield* committer.adoptRegistry({ state, registry: readIndex(text), givesUp: yield* allOf(committer) })
        const gone = disk.crash(() => false)
        assert.deepStrictEqual(yield* committer.unsaved, [])
        assert.isUndefined(yield* committer.standstill)
        assert.isTrue((yield* committer.flush).isComplete)
        return gone
      }))
      for (const there of [disk, gone]) {
        assert.deepStrictEqual((yield* reopen(there)).finished, [])
        yield* settled(there)
        assert.strictEqual(there.text(index), text)
        assert.include(there.text(`${assets}/loose/asset.json`), "asset_uuid")
      }
    }))
})

describe("a registry file that somebody writes while the project is open", () => {
  const theirs = registry([entry(1, "one"), entry(2, "two"), entry(3, "three"), entry(9, "nine")])

  it.effect("is not overwritten; when it is adopted with the changes that had not reached it, it gets both", () =>
    Effect.gen(function*() {
      const disk = project()
      yield* Effect.scoped(Effect.gen(function*() {
        const { committer, run } = yield* openSession({ disk: disk.disk, prefix: "a" })
        yield* run([exclude("two")])
        disk.replace(index, theirs)
        yield* TestClock.adjust("10 seconds")
        assert.isFalse((yield* committer.flush).isComplete)
        assert.strictEqual(disk.text(index), theirs)
        const { expected, found: state } = yield* committer.registryFile
        assert(expected._tag === "File" && state._tag === "File")
        assert.notStrictEqual(expected.fingerprint.hash, state.fingerprint.hash)
        const unsaved = yield* committer.unsaved
        assert.strictEqual(unsaved.length, 1)
        const merged = Result.getOrThrow(mergeChanges(readIndex(theirs), unsaved))
        yield* committer.adoptRegistry({ state, registry: merged, givesUp: new Set<number>() })
        yield* TestClock.adjust("1 second")
        assert.deepStrictEqual(yield* committer.unsaved, [])
        assert.strictEqual(framesIn(disk), 0)
      }))
      const both = [[1, "one", true], [2, "two", false], [3, "three", true], [9, "nine", true]] as const
      assert.deepStrictEqual(entriesIn(disk), both)
    }))

  it.effect("and is not adopted before the end is merged by the next opening", () =>
    Effect.gen(function*() {
      const disk = project()
      yield* Effect.scoped(Effect.gen(function*() {
        const { run } = yield* openSession({ disk: disk.disk, prefix: "a" })
        yield* run([exclude("two")])
        disk.replace(index, theirs)
      }))
      assert.strictEqual(disk.text(index), theirs)
      assert.isUndefined((yield* reopen(disk)).standstill)
      assert.deepStrictEqual(entriesIn(disk).map(([id, , included]) => [id, included]), [
        [1, true],
        [2, false],
        [3, true],
        [9, true]
      ])
    }))

  it.effect("with the bytes it had is the same file", () =>
    Effect.gen(function*() {
      const disk = project()
      yield* Effect.scoped(Effect.gen(function*() {
        const { committer, run } = yield* openSession({ disk: disk.disk, prefix: "a" })
        yield* run([exclude("two")])
        disk.replace(index, disk.text(index) ?? "")
        const { expected, found } = yield* committer.registryFile
        assert.deepStrictEqual(found, expected)
        yield* TestClock.adjust("1 second")
        assert.strictEqual(framesIn(disk), 0)
      }))
      assert.deepStrictEqual(entriesIn(disk)[1], [2, "two", false])
    }))

  it.effect("and is adopted while a checkpoint is under way is not overwritten by what that began with", () =>
    Effect.gen(function*() {
      const disk = project()
      const faulty = faultyDisk(disk.disk)
      let held = 0
      const gate = faulty.gate(({ call, path }) =>
        call === "flush" && isInside(path, `${runtime}/stage`) && held++ === 0
      )
      yield* Effect.scoped(Effect.gen(function*() {
        const { committer, run } = yield* openSession({ disk: faulty.disk, prefix: "a" })
        yield* run([exclude("two")])
        yield* TestClock.adjust("1 second")
        yield* gate.reached
        disk.replace(index, theirs)
        const { found: state } = yield* committer.registryFile
        const merged = Result.getOrThrow(mergeChanges(readIndex(theirs), yield* committer.unsaved))
        yield* committer.adoptRegistry({ state, registry: merged, givesUp: new Set<number>() })
        yield* gate.open
        yield* TestClock.adjust("1 second")
      }))
      assert.deepStrictEqual(entriesIn(disk).map(([id, , included]) => [id, included]), [
        [1, true],
        [2, false],
        [3, true],
        [9, true]
      ])
    }))

  it.effect("cannot be adopted where it is not known what is durable: the journal is left to the next opening", () =>
    Effect.gen(function*() {
      const disk = project()
      const faulty = faultyDisk(disk.disk)
      yield* Effect.scoped(Effect.gen(function*() {
        const { committer, run } = yield* openSession({ disk: faulty.disk, prefix: "a" })
        faulty.failWhere(({ call }) => call === "flushData" ? "EIO" : undefined)
        const [ending] = yield* run([exclude("two")])
        assert(ending?._tag === "Ended" && ending.result._tag === "Unknown")
        faulty.heal()
        const before = disk.bytes(journal)
        disk.replace(index, theirs)
        const { found: state } = yield* committer.registryFile
        yield* Effect.ignore(
          committer.adoptRegistry({ state, registry: readIndex(theirs), givesUp: yield* allOf(committer) })
        )
        assert.deepStrictEqual(disk.bytes(journal), before)
        assert.strictEqual((yield* committer.standstill)?._tag, "Uncertain")
      }))
      assert.strictEqual(framesIn(disk), 1)
    }))

  it.effect("and cannot be adopted for certain ends commits: an epoch that may have begun is not written behind", () =>
    Effect.gen(function*() {
      const disk = project()
      const faulty = faultyDisk(disk.disk)
      const left: Array<SimulatedDisk> = []
      let acknowledged = false
      yield* Effect.scoped(Effect.gen(function*() {
        const { committer, run } = yield* openSession({ disk: faulty.disk, prefix: "a" })
        yield* run([exclude("two")])
        disk.replace(index, theirs)
        const { found: state } = yield* committer.registryFile
        faulty.failWhere(({ call }) => call === "flushData" ? "EIO" : undefined)
        const adopted = yield* Effect.result(
          committer.adoptRegistry({ state, registry: readIndex(theirs), givesUp: yield* allOf(committer) })
        )
        assert.isTrue(Result.isFailure(adopted))
        faulty.heal()
        // Their version back in the place of ours: nothing but the journal is in the way of a commit now.
        disk.replace(index, registry([entry(1, "one"), entry(2, "two", { note: "kept" }), entry(3, "three")]))
        const [ending] = yield* run([exclude("three")])
        acknowledged = ending?._tag === "Ended" && ending.result._tag === "Durable"
        left.push(disk.kill())
      }))
      const [there] = left
      assert(there !== undefined)
      yield* reopen(there)
      assert.deepStrictEqual(entriesIn(there)[2], [3, "three", !acknowledged])
    }))
})

describe("the registry file", () => {
  it.effect("is not written at once, and is current a second after the last commit", () =>
    Effect.gen(function*() {
      const disk = project()
      const before = disk.text(index)
      yield* Effect.scoped(Effect.gen(function*() {
        const { run } = yield* openSession({ disk: disk.disk, prefix: "a" })
        yield* run([exclude("two")])
        assert.strictEqual(disk.text(index), before)
        assert.strictEqual(framesIn(disk), 1)
        yield* TestClock.adjust("1 second")
        assert.deepStrictEqual(entriesIn(disk)[1], [2, "two", false])
        assert.strictEqual(framesIn(disk), 0)
        // And nothing of that would be lost now.
        const after = disk.crash(() => false)
        assert.strictEqual(after.text(index), disk.text(index))
        assert.strictEqual(framesIn(after), 0)
      }))
    }))

  it.effect("is never more than five seconds behind where the project is never quiet", () =>
    Effect.gen(function*() {
      const disk = project()
      yield* Effect.scoped(Effect.gen(function*() {
        const { run } = yield* openSession({ disk: disk.disk, prefix: "a", settings: { journalBytes: 2 ** 20 } })
        let [current, writes] = [0, 0]
        for (let commits = 1; commits <= 200; commits++) {
          const included = commits % 2 === 0
          const [ending] = yield* run([Command.setBuildParticipation({ asset: { root: "two" }, included })])
          assert(ending?._tag === "Ended" && ending.result._tag === "Durable")
          yield* TestClock.adjust("100 millis")
          if (entriesIn(disk)[1]?.[2] === included && framesIn(disk) === 0) {
            current = commits
            writes++
          }
          assert.isAtMost(commits - current, 50, `after ${commits / 10} s`)
        }
        // Not with every commit either, where every one of them would cost the writing of an index.
        assert.isAtMost(writes, 5)
        yield* TestClock.adjust("1 second")
        assert.deepStrictEqual(entriesIn(disk)[1], [2, "two", true])
      }))
    }))

  it.effect("is never put back to what a checkpoint began with, if another one was made meanwhile to have room", () =>
    Effect.gen(function*() {
      const disk = project()
      const faulty = faultyDisk(disk.disk)
      let held = 0
      const gate = faulty.gate(({ call, path }) =>
        call === "flush" && isInside(path, `${runtime}/stage`) && held++ === 0
      )
      yield* Effect.scoped(Effect.gen(function*() {
        const { committer, run } = yield* openSession({
          disk: faulty.disk,
          prefix: "a",
          settings: { journalBytes: 1024 }
        })
        yield* run([exclude("two")])
        yield* TestClock.adjust("1 second")
        yield* gate.reached
        yield* run([exclude("three")])
        // Larger than what is left: the journal is emptied for it, and the registry file written.
        for (let n = 0; n < 4; n++) yield* run([Command.updateContract({ asset: { root: "one" }, name: `n${n}` })])
        assert.deepStrictEqual(yield* committer.unsaved, [])
        assert.deepStrictEqual(entriesIn(disk)[2], [3, "three", false])
        yield* gate.open
        yield* TestClock.adjust("1 second")
      }))
      assert.deepStrictEqual(entriesIn(disk).map(([, , included]) => included), [true, false, false])
    }))
})

describe("a process that is killed, and a machine that goes down before what it wrote is durable", () => {
  const outcomeOf = (disk: SimulatedDisk) => JSON.stringify(Array.from(found(disk, assets).tree))
  const nameOf = ({ call, path }: DiskCall) => `${call} ${path.slice(root.length)}`

  /** Every moment before a call that changes something, until an effect has ended, and then. */
  const momentsOf = <A, E, R>(disk: SimulatedDisk, effect: Effect.Effect<A, E, R>) =>
    Effect.suspend(() => {
      const moments: Array<readonly [before: string, disk: SimulatedDisk]> = []
      disk.onCall((call) => moments.push([nameOf(call), disk.fork()]))
      return Effect.map(effect, (value) => {
        disk.onCall(undefined)
        moments.push(["the end", disk.fork()])
        return { moments, value }
      })
    })

  const commands: Readonly<Record<string, Command>> = {
    "a created asset": Command.create({ root: "new/far", name: "far", family: "tile_bank" }),
    "three changes in one batch": Command.batch({ commands: [rename, exclude("two"), register] }),
    "a moved asset": Command.relocate({ asset: { root: "three" }, to: "new/home" }),
    "a deleted asset": Command.delete({ asset: { root: "two" } })
  }
  for (const [what, command] of Object.entries(commands)) {
    // What a process wrote outlives its end in the memory of the machine, and the next process reads it there: it must
    // not take it for durable.
    it.effect(`leave ${what} whole or not at all, also if the second happens while the project is opened again`, () =>
      Effect.gen(function*() {
        const disk = diskOf(projectTree(), 64)
        const before = outcomeOf(disk)
        const { moments } = yield* Effect.scoped(Effect.gen(function*() {
          const session = yield* openSession({ disk: disk.disk, prefix: "a" })
          return yield* momentsOf(disk, Effect.andThen(session.run([command]), session.committer.flush))
        }))
        const after = outcomeOf(disk)
        const random = seeded(11)
        const seen = new Set<string>()
        const problems: Array<string> = []
        for (const [killedBefore, there] of moments) {
          const { moments: inside, value } = yield* momentsOf(there, reopen(there))
          const shown = outcomeOf(there)
          assert.isUndefined(value.standstill, killedBefore)
          assert.include([before, after], shown, killedBefore)
          for (const [downBefore, halfway] of inside) {
            // Once it is open, what it shows is what it is.
            const allowed = downBefore === "the end" ? [shown] : [before, after]
            for (const { disk: left } of crashStates(halfway, { most: 24, random })) {
              const key = `${left.fingerprint()} ${allowed.length}`
              if (seen.has(key)) continue
              seen.add(key)
              const { overtaken, standstill } = yield* reopen(left, { prefix: "c", ...otherBoot })
              const isWrong = standstill !== undefined || overtaken.length > 0 || !allowed.includes(outcomeOf(left))
              const problem = `killed before ${killedBefore}, opened, gone down before ${downBefore}`
              if (isWrong && !problems.includes(problem)) problems.push(problem)
            }
          }
        }
        assert.deepStrictEqual(problems, [])
      }))
  }
})
