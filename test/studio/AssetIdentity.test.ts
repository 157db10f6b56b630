/** Which asset is still the one that a person looks at. */
import { assert, describe, it } from "@effect/vitest"
import { type AssetRef, Command, findAsset } from "../../src/index.ts"
import { follow, identityOf, refOf } from "../../src/studio/domain/AssetIdentity.ts"
import { ProjectTree, testUuid } from "../../src/testing.ts"
import { entry, manifest, open, type Project, registry, run } from "../support/Workspace.ts"

const files = {
  "ui/atlas/asset.json": manifest({ asset_uuid: testUuid(1) }),
  "ui/free/asset.json": manifest({ asset_uuid: testUuid(2) }),
  "ui/nameless/asset.json": manifest(),
  ".prometeu/index.json": registry([entry(1, "ui/atlas")])
}
const project = open(ProjectTree.of(files))

const named = ({ snapshot }: Project, ref: AssetRef) => {
  const asset = findAsset(snapshot, ref)
  assert.isDefined(asset)
  return identityOf(snapshot, asset)
}
const atlas = named(project, { id: 1 })
const free = named(project, { root: "ui/free" })
const nameless = named(project, { root: "ui/nameless" })

/** Where an asset is after some commands. */
const where = (name: typeof atlas, ...commands: ReadonlyArray<Command>): string | undefined =>
  follow(commands.reduce<Project>((project, command) => run(project, command), project).snapshot, name)?.root

describe("an asset", () => {
  it("is asked for by the name that changes least", () => {
    assert.deepStrictEqual([atlas, free, nameless].map(refOf), [{ id: 1 }, { uuid: testUuid(2) }, {
      root: "ui/nameless"
    }])
  })

  it("is followed wherever it is moved", () => {
    assert.strictEqual(where(atlas, Command.relocate({ asset: { id: 1 }, to: "a/b" })), "a/b")
    assert.strictEqual(where(free, Command.relocate({ asset: { root: "ui/free" }, to: "a/b" })), "a/b")
  })

  it("without a uuid is nothing but its place", () => {
    assert.strictEqual(where(nameless), "ui/nameless")
    assert.isUndefined(where(nameless, Command.relocate({ asset: { root: "ui/nameless" }, to: "a/b" })))
  })

  it("stays itself when it is registered, with its own identity or a new one, and when it is not any more", () => {
    assert.strictEqual(where(free, Command.register({ root: "ui/free" })), "ui/free")
    assert.strictEqual(where(free, Command.register({ root: "ui/free", identity: "new" })), "ui/free")
    assert.strictEqual(where(nameless, Command.register({ root: "ui/nameless" })), "ui/nameless")
    assert.strictEqual(where(atlas, Command.unregister({ asset: { id: 1 } })), "ui/atlas")
  })

  it("is gone when it is deleted, also where another one is in its place", () => {
    const remove = Command.delete({ asset: { id: 1 } })
    assert.isUndefined(where(atlas, remove))
    assert.isUndefined(where(atlas, remove, Command.create({ root: "ui/atlas", name: "new", family: "tile_bank" })))
    assert.isUndefined(where(atlas, remove, Command.relocate({ asset: { root: "ui/free" }, to: "ui/atlas" })))
  })

  it("is not its copy, and its copy is not it", () => {
    const copied = open(ProjectTree.of({ ...files, "ui/copy/asset.json": manifest({ asset_uuid: testUuid(1) }) }))
    const copy = named(copied, { root: "ui/copy" })
    assert.deepStrictEqual(refOf(copy), { root: "ui/copy" })
    assert.strictEqual(follow(copied.snapshot, atlas)?.root, "ui/atlas")
    assert.strictEqual(follow(copied.snapshot, copy)?.root, "ui/copy")
    const moved = run(copied, Command.relocate({ asset: { id: 1 }, to: "a/b" }))
    assert.strictEqual(follow(moved.snapshot, atlas)?.root, "a/b")
    assert.strictEqual(follow(moved.snapshot, copy)?.root, "ui/copy")
    const without = run(copied, Command.delete({ asset: { root: "ui/copy" } }))
    assert.isUndefined(follow(without.snapshot, copy))
  })

  it("is not what another branch gave its id to", () => {
    const theirs = { ...entry(1, "ui/free"), asset_uuid: testUuid(2) }
    const merged = open(ProjectTree.of({ ...files, ".prometeu/index.json": registry([theirs]) }))
    assert.strictEqual(follow(merged.snapshot, atlas)?.root, "ui/atlas")
    const edited = { ...entry(1, "ui/atlas"), asset_uuid: testUuid(9) }
    const same = open(ProjectTree.of({ ...files, ".prometeu/index.json": registry([edited]) }))
    assert.strictEqual(follow(same.snapshot, atlas)?.root, "ui/atlas")
  })

  it("that is free is followed past a copy of it that took its place in the registry", () => {
    const copied = open(ProjectTree.of({ ...files, "ui/copy/asset.json": manifest({ asset_uuid: testUuid(2) }) }))
    assert.strictEqual(follow(copied.snapshot, free)?.root, "ui/free")
    const taken = run(copied, Command.register({ root: "ui/copy" }))
    assert.strictEqual(follow(taken.snapshot, free)?.root, "ui/free")
  })
})
