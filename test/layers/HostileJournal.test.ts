/** Journals that somebody else has written, with checksums that are right, to have the packer do what it should not. */
import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { AssetId, OperationId } from "../../src/domain/Identity.ts"
import { encodeFrames, encodeHeader, firstRegion } from "../../src/layers/journal/Frames.ts"
import { encodeRecord, type JournalRecord, type RecordStep } from "../../src/layers/journal/Record.ts"
import { sha256 } from "../../src/layers/Sha256.ts"
import { ProjectFolder } from "../../src/services/ProjectFolder.ts"
import { aroundDisk } from "../../src/testing/DiskCall.ts"
import { testUuid } from "../../src/testing/ProjectTree.ts"
import { SimulatedDisk } from "../../src/testing/SimulatedDisk.ts"
import { openCommitter, root } from "../support/Session.ts"
import { entry, manifest, registry, root as rootOf } from "../support/Workspace.ts"

const { assets, journal, registry: index, runtime } = ProjectFolder.at(root)
const bytes = (text: string) => new TextEncoder().encode(text)
const size = 2048

/** A project with a link in it, and a journal that says this. */
const projectWith = Effect.fnUntraced(function*(fields: Partial<JournalRecord>) {
  const disk = SimulatedDisk.of({
    [`${root}/outside.txt`]: "canary",
    "/elsewhere/asset.json": "canary",
    [`${assets}/one/asset.json`]: manifest({ asset_uuid: testUuid(1) }),
    [index]: registry([entry(1, "one")])
  })
  disk.putLink(`${assets}/linked`, "/elsewhere")
  disk.putFolder(runtime)
  const stat = yield* disk.disk.stat(runtime)
  const record = { operationId: OperationId.make("a"), receipt: "", steps: [], registry: [], ...fields }
  const content = new Uint8Array(firstRegion + 2 * size)
  content.set(
    encodeHeader({ epoch: 1, lsn: 0, start: firstRegion, size, folder: stat?.inode ?? "", boot: "boot-1" })
  )
  content.set(encodeFrames([encodeRecord(record)], { carried: false, epoch: 1, first: 1 }), firstRegion)
  disk.put(journal, content)
  return disk
})

/** Opens and closes a project: why nothing can be committed in it, and which calls went through the link or outside. */
const opened = (disk: SimulatedDisk) =>
  Effect.gen(function*() {
    const stray: Array<string> = []
    const watched = aroundDisk(disk.disk, ({ call, path, to = path }, run) =>
      Effect.suspend(() => {
        for (const one of [path, to]) {
          if (
            one.includes("..") || one.startsWith(`${assets}/linked/`) ||
            (call === "flushFolder" && one.endsWith("/linked"))
          ) stray.push(`${call} ${one}`)
        }
        return run
      }))
    const committer = yield* openCommitter({ disk: watched, prefix: "b" })
    return { stray, standstill: yield* committer.standstill, overtaken: committer.recovery.overtaken }
  }).pipe(Effect.scoped)

const put = (path: string, fields: Partial<Extract<RecordStep, { readonly _tag: "PutFile" }>> = {}): RecordStep => ({
  _tag: "PutFile",
  path,
  root: rootOf("one"),
  before: undefined,
  after: sha256(bytes("x")),
  blob: undefined,
  bytes: bytes("x"),
  ...fields
})
const move = (from: string, to: string): RecordStep => ({
  _tag: "MoveFolder",
  from,
  to,
  folder: undefined,
  manifest: undefined,
  root: rootOf("one")
})
const registered = (extra: string): Partial<JournalRecord> => {
  const after = { id: AssetId.make(2), uuid: testUuid(2), root: rootOf("two"), included: true, extra }
  return { registry: [{ before: undefined, after, replaces: [] }] }
}

describe("a journal with a record that names what is not the workspace's", () => {
  const hostile: Readonly<Record<string, Partial<JournalRecord>>> = {
    "a file outside": { steps: [put("../outside.txt/asset.json")] },
    "a file outside, over what is there": { steps: [put("../outside.txt", { before: sha256(bytes("canary")) })] },
    "a folder to be made outside": { steps: [{ _tag: "MakeFolder", path: "../made" }] },
    "a folder to be moved outside": { steps: [move("one", "../one")] },
    "a folder to be moved in": { steps: [move("../src", "two")] },
    "a staged file that lies outside": {
      steps: [
        put("two/asset.json", { blob: "../../../../outside.txt", after: sha256(bytes("canary")), bytes: bytes("") })
      ]
    },
    "the registry file": { steps: [put(".prometeu/index.json")] },
    "the lock": { steps: [move(".prometeu/runtime/lock", "two")] },
    "an entry that breaks the registry file": registered("}],"),
    "an entry that says its root twice": registered(",\"root\":\"three\"")
  }
  for (const [what, fields] of Object.entries(hostile)) {
    it.effect(`(${what}) cannot be believed, and nothing is touched`, () =>
      Effect.gen(function*() {
        const disk = yield* projectWith(fields)
        const before = disk.entries()
        const { standstill, stray } = yield* opened(disk)
        assert.strictEqual(standstill?._tag, "JournalCorrupt")
        assert.deepStrictEqual(stray, [])
        assert.deepStrictEqual(disk.entries(), before)
      }))
  }
})

describe("a journal with a record that leads through a link", () => {
  const through: Readonly<Record<string, ReadonlyArray<RecordStep>>> = {
    "of a file": [put("linked/asset.json")],
    "of a folder that is moved there": [move("one", "linked/one")],
    "of a folder that is moved away from there": [move("linked/inner", "two")],
    "of a folder that is moved already": [move("linked/inner", "one")]
  }
  for (const [what, steps] of Object.entries(through)) {
    it.effect(`(${what}) is finished without a look behind the link`, () =>
      Effect.gen(function*() {
        const disk = yield* projectWith({ steps })
        const { stray } = yield* opened(disk)
        assert.deepStrictEqual(stray, [])
        assert.strictEqual(disk.text("/elsewhere/asset.json"), "canary")
      }))
  }
})

describe("a folder that was moved, and whose old place is gone by now", () => {
  it.effect("does not keep the project from being opened for writing", () =>
    Effect.gen(function*() {
      const disk = yield* projectWith({ steps: [move("gone/one", "one")] })
      assert.isUndefined((yield* opened(disk)).standstill)
    }))
})
