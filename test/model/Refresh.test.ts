import { assert, describe, it } from "@effect/vitest"
import { Result, Schema } from "effect"
import { registryIn } from "../../src/domain/Found.ts"
import { OperationId } from "../../src/domain/Identity.ts"
import { type AssetRoot, parseRoot } from "../../src/domain/Path.ts"
import { publishedLate, refreshAsset, refreshSteps } from "../../src/domain/Refresh.ts"
import { stateOf } from "../../src/domain/Seen.ts"
import type { Snapshot } from "../../src/domain/Snapshot.ts"
import { runSteps } from "../../src/domain/Steps.ts"
import { ProjectTree, testUuid } from "../../src/testing/ProjectTree.ts"
import { entry, manifest, open, registry, root, visible } from "../support/Workspace.ts"
import { edit, EditSpec } from "./Edits.ts"
import { ProjectSpec, treeOf } from "./Generators.ts"

const operationId = OperationId.make("refresh-1")
const runs = 3_000

const refresh = (before: Snapshot, tree: ProjectTree) => {
  const scan = tree.scan()
  const read = runSteps(registryIn(scan.registry))
  const facts = { operationId, at: 7, readOnly: undefined, registry: { ...read, file: stateOf(scan.registry) } }
  return runSteps(refreshSteps(before, scan, facts))
}

/** What an asset root looks like on disk. */
const lookAt = (tree: ProjectTree, before: Snapshot, place: AssetRoot) => {
  const spelling = before.assets.get(place)?.onDisk?.spelling ?? place
  const seen = tree.look({ root: place, spelling, list: "yes" })
  return refreshAsset(before, place, seen, { operationId, at: 7 })
}

const manifestAt = (tree: ProjectTree, place: string): string | undefined => tree.text(`${place}/asset.json`)

describe(`a refresh of ${runs} projects that were edited behind the packer's back`, () => {
  const met = { diverged: 0, same: 0, added: 0, gone: 0 }

  it.prop(
    "shows what a new opening would, tells first what had changed, and leaves all else the same objects",
    { project: ProjectSpec, edits: Schema.Array(EditSpec).check(Schema.isMaxLength(3)) },
    ({ edits, project }) => {
      const before = treeOf(project)
      const opened = open(before.clone())
      for (const one of edits) edit(opened.tree, one)
      const { adopted, noticed } = refresh(opened.snapshot, opened.tree)

      assert.deepStrictEqual(visible(adopted), visible(opened.tree.open()))
      for (const [place, asset] of adopted.assets) {
        assert.isUndefined(asset.divergence)
        const was = opened.snapshot.assets.get(place)
        if (was === undefined) met.added++
        else if (JSON.stringify(was) === JSON.stringify(asset)) {
          assert.strictEqual(asset, was, `"${place}" did not change and is another object`)
          met.same++
        }
      }
      for (const [place, was] of opened.snapshot.assets) {
        const spelling = was.onDisk?.spelling ?? place
        const changed = manifestAt(before, spelling) !== manifestAt(opened.tree, spelling)
        if (changed && was.onDisk?.manifestState._tag === "File") {
          assert.isDefined(noticed.assets.get(place)?.divergence, `"${place}" changed and nobody was told`)
          met.diverged++
        }
        if (adopted.assets.get(place) === undefined) met.gone++
      }
      const registryChanged = before.text(".prometeu/index.json") !== opened.tree.text(".prometeu/index.json")
      assert.strictEqual(noticed.registryFacts.divergence !== undefined, registryChanged)
      // What was adopted is what is expected from now on.
      const again = refresh(adopted, opened.tree)
      assert.strictEqual(again.noticed, adopted)
      assert.strictEqual(again.adopted.generation, adopted.generation)
      assert.strictEqual(again.adopted.assets, adopted.assets)
    },
    { arbitrary: { runs, seed: "refresh" } }
  )

  it.prop(
    "of one asset after the other shows the same as a new opening, but for what nobody asked for",
    { project: ProjectSpec, edits: Schema.Array(EditSpec).check(Schema.isMaxLength(3)) },
    ({ edits, project }) => {
      const opened = open(treeOf(project))
      const index = opened.tree.text(".prometeu/index.json")
      for (const one of edits) if (one.how !== "registry") edit(opened.tree, one)
      assert.strictEqual(opened.tree.text(".prometeu/index.json"), index)
      const places = new Set<AssetRoot>()
      for (const [place] of opened.snapshot.assets) places.add(place)
      for (const spelling of opened.tree.roots()) {
        const place = parseRoot(spelling)
        if (Result.isSuccess(place)) places.add(place.success)
      }
      let now = opened.snapshot
      for (const place of places) {
        const { adopted, noticed } = lookAt(opened.tree, now, place)
        if (noticed !== now) assert.isDefined(noticed.assets.get(place)?.divergence)
        now = adopted
      }
      const { diagnostics: _, ...shown } = visible(now)
      const { diagnostics: __, ...fresh } = visible(opened.tree.open())
      assert.deepStrictEqual(shown, fresh)
    },
    { arbitrary: { runs, seed: "refresh of one" } }
  )

  it("met all of that often", () => {
    assert.isAbove(Math.min(met.diverged, met.same, met.added, met.gone), 100, JSON.stringify(met))
  })
})

describe("a project that becomes writable, or is none any more", () => {
  const tree = ProjectTree.of({ "ui/atlas/asset.json": manifest() })

  it("shows that, although nothing else changed", () => {
    const before = tree.open()
    const scan = tree.scan()
    const read = runSteps(registryIn(scan.registry))
    const facts = { operationId, at: 7, registry: { ...read, file: stateOf(scan.registry) } }
    const readOnly = runSteps(refreshSteps(before, scan, { ...facts, readOnly: "the disk is read-only" }))
    assert.strictEqual(readOnly.adopted.readOnly, "the disk is read-only")
    assert.strictEqual(readOnly.adopted.generation, before.generation + 1)
    const again = runSteps(refreshSteps(readOnly.adopted, scan, { ...facts, readOnly: undefined }))
    assert.isUndefined(again.adopted.readOnly)
    assert.strictEqual(again.adopted.assets.get(root("ui/atlas")), before.assets.get(root("ui/atlas")))
  })
})

describe("a change that comes to its place late", () => {
  const place = root("ui/atlas")
  const tree = ProjectTree.of({
    "ui/atlas/asset.json": manifest({ asset_uuid: testUuid(1) }),
    ".prometeu/index.json": registry([entry(1, "ui/atlas")])
  })
  const opened = tree.open()
  const asset = opened.assets.get(place)
  assert(asset !== undefined)
  const notPublished = "asset.json is held open"
  const late: Snapshot = { ...opened, assets: opened.assets.set(place, { ...asset, notPublished }) }
  const fingerprint = { hash: "new", size: 3, mtimeMs: 9, inode: "4" }

  it("is no longer shown as late, and its file is the one that is expected", () => {
    const after = publishedLate(late, place, { _tag: "Published", fingerprint }, operationId).assets.get(place)
    assert.isUndefined(after?.notPublished)
    assert.deepStrictEqual(after?.onDisk?.manifestState, { _tag: "File", fingerprint })
  })

  it("is a divergence where somebody else was faster", () => {
    const divergence = { expected: { _tag: "File", fingerprint }, found: { _tag: "Absent" }, noticedAt: 7 } as const
    const after = publishedLate(late, place, { _tag: "Overtaken", divergence }, operationId).assets.get(place)
    assert.isUndefined(after?.notPublished)
    assert.deepStrictEqual(after?.divergence, divergence)
    assert.isTrue(after?.summary.diverged)
  })

  it("is nothing where there is no such asset", () => {
    assert.strictEqual(
      publishedLate(late, root("none"), { _tag: "Published", fingerprint: undefined }, operationId),
      late
    )
  })
})
