import { assert, describe, it } from "@effect/vitest"
import { Result, Schema } from "effect"
import { Command } from "../../src/domain/Command.ts"
import {
  ActionsView,
  AssetList,
  type AssetQuery,
  DetailsView,
  getAssetActions,
  getAssetDetails,
  listAssets
} from "../../src/domain/Queries.ts"
import { findAsset, type Snapshot } from "../../src/domain/Snapshot.ts"
import { ProjectTree, testUuid } from "../../src/testing/ProjectTree.ts"
import { ProjectSpec, treeOf } from "../model/Generators.ts"
import { entry, manifest, open, registry, run } from "../support/Workspace.ts"

const tree = () =>
  ProjectTree.of({
    "ui/atlas/asset.json": manifest({
      asset_uuid: testUuid(1),
      name: "Äpfel",
      artifacts: [{ index: 0, file: "b.png" }]
    }),
    "ui/atlas/a.png": "aa",
    "ui/atlas/b.png": "b",
    "ui/atlas/notes.txt": "not for the bank",
    "sfx/asset.json": manifest({ asset_uuid: testUuid(2), name: "click", family: "sound_bank" }),
    "broken/asset.json": "{",
    "\u{1F600}/asset.json": manifest({ asset_uuid: testUuid(4) }),
    "\uff5e/asset.json": manifest({ asset_uuid: testUuid(5) }),
    ".prometeu/index.json": registry([
      entry(1, "ui/atlas"),
      entry(2, "sfx", { included_in_build: false }),
      entry(3, "gone")
    ])
  })

const roots = (snapshot: Snapshot, query?: AssetQuery) =>
  listAssets(snapshot, query).assets.map(({ root }): string => root)

describe("listAssets", () => {
  const { snapshot } = open(tree())

  it("sorts by root in the order of code points", () => {
    assert.deepStrictEqual(roots(snapshot), ["broken", "gone", "sfx", "ui/atlas", "\uff5e", "\u{1F600}"])
  })

  it.each<[AssetQuery, ReadonlyArray<string>]>([
    [{ registration: "registered" }, ["sfx", "ui/atlas"]],
    [{ registration: "missing" }, ["gone"]],
    [{ family: "sound_bank" }, ["sfx"]],
    [{ includedInBuild: true }, ["gone", "ui/atlas"]],
    [{ includedInBuild: false }, ["sfx"]],
    [{ severity: "error" }, ["broken", "gone", "sfx"]],
    [{ text: "ÄPFEL" }, ["ui/atlas"]],
    [{ text: "a\u0308pfel" }, ["ui/atlas"]],
    [{ text: "SFX" }, ["sfx"]],
    [{ text: "c", registration: "registered" }, ["sfx"]],
    [{ text: "nothing like it" }, []]
  ])("filters by %j", (query, expected) => {
    assert.deepStrictEqual(roots(snapshot, query), expected)
    assert.strictEqual(listAssets(snapshot, query).total, expected.length)
  })

  it.each<[AssetQuery, ReadonlyArray<string>, number]>([
    [{ offset: 1, limit: 2 }, ["gone", "sfx"], 6],
    [{ offset: 1, limit: 1, registration: "registered" }, ["ui/atlas"], 2],
    [{ offset: 5 }, ["\u{1F600}"], 6],
    [{ offset: 99 }, [], 6],
    [{ limit: 0 }, [], 6],
    [{ offset: -1, limit: NaN }, ["broken", "gone", "sfx", "ui/atlas", "\uff5e", "\u{1F600}"], 6]
  ])("pages by %j, with the total of all it found", (query, expected, total) => {
    assert.deepStrictEqual([roots(snapshot, query), listAssets(snapshot, query).total], [expected, total])
  })

  it("gives the same objects for assets that did not change", () => {
    const before = open(tree())
    const after = run(before, Command.setBuildParticipation({ asset: { id: 2 }, included: true }))
    const was = listAssets(before.snapshot).assets
    const is = listAssets(after.snapshot).assets
    assert.deepStrictEqual(is.map((summary, i) => summary === was[i]), [true, true, false, true, true, true])
  })
})

describe("getAssetDetails", () => {
  it.each([{ id: 1 }, { uuid: testUuid(1) }, { root: "ui/atlas" }])("finds an asset by %j", (ref) => {
    const details = Result.getOrThrow(getAssetDetails(open(tree()).snapshot, ref))
    assert.strictEqual<string>(details.summary.root, "ui/atlas")
    assert.deepStrictEqual(details.contract, {
      format: "TILES/indexed_v1",
      codec: "none",
      metadata: { tile_size: 16 },
      preload: false
    })
    assert.deepStrictEqual(details.composition.selected, [
      { index: 0, file: "b.png", size: 1, present: true, problems: [] }
    ])
    assert.deepStrictEqual(details.composition.available, [{ file: "a.png", size: 2 }])
    assert.deepStrictEqual(details.composition.capacity?.files, { used: 1, limit: 256, state: "ok" })
    assert.deepStrictEqual(details.composition.blockers, [])
  })

  it("goes by the id and then by the uuid where a reference has several names, as messages do", () => {
    const { snapshot } = open(tree())
    for (const ref of [{ id: 1, root: "sfx" }, { uuid: testUuid(1), root: "sfx" }]) {
      assert.strictEqual(Result.getOrThrow(getAssetDetails(snapshot, ref)).summary.root, "ui/atlas")
    }
    const gone = getAssetDetails(snapshot, { id: 99, root: "ui/atlas" })
    assert.strictEqual(Result.isFailure(gone) && gone.failure.asset, "the asset with id 99")
  })

  it("finds an unregistered asset by the uuid of its manifest, if only one has it", () => {
    const { snapshot } = open(ProjectTree.of({ "a/asset.json": manifest({ asset_uuid: testUuid(7) }) }))
    assert.strictEqual(findAsset(snapshot, { uuid: testUuid(7) })?.root, "a")
  })

  it("tells a divergence, and what was expected", () => {
    const opened = open(tree())
    opened.tree.put("sfx/asset.json", "{}")
    const { snapshot } = run(opened, Command.updateContract({ asset: { id: 2 }, name: "x" }))
    const details = Result.getOrThrow(getAssetDetails(snapshot, { id: 2 }))
    assert.include(details.divergence?.found, "a file of 2 bytes")
    assert.deepStrictEqual(details.composition.blockers.map(({ code }) => code), ["asset/diverged"])
  })

  it.each([{ id: 99 }, { uuid: "nonsense" }, { root: "../up" }, { root: "" }])(
    "fails for %j, which names nothing",
    (ref) => {
      assert.strictEqual(
        Result.getOrThrow(Result.flip(getAssetDetails(open(tree()).snapshot, ref)))._tag,
        "AssetNotFound"
      )
    }
  )
})

describe("getAssetActions", () => {
  const enabled = (ref: { readonly root: string }) =>
    Result.getOrThrow(getAssetActions(open(tree()).snapshot, ref)).actions.flatMap(({ action, enabled }) =>
      enabled ? [action] : []
    )

  it.each([
    ["ui/atlas", ["unregister", "include", "exclude", "updateContract", "relocate", "delete", "applyBankComposition"]],
    ["broken", ["relocate", "delete"]],
    ["gone", ["unregister", "include", "exclude", "relocate", "delete"]],
    ["\uff5e", ["register", "updateContract", "relocate", "delete", "applyBankComposition"]]
  ])("of %s are the ones that can succeed", (root, expected) => {
    assert.deepStrictEqual<ReadonlyArray<string>>(enabled({ root }), expected)
  })
})

describe("every view", () => {
  it.prop("goes through JSON and comes back, for generated projects", { project: ProjectSpec }, ({ project }) => {
    const { snapshot } = open(treeOf(project))
    const through = <T, E>(codec: Schema.Codec<T, E>, value: T) => {
      const json = Schema.toCodecJson(codec)
      const text = JSON.stringify(Schema.encodeSync(json)(value))
      assert.deepStrictEqual(Schema.decodeUnknownSync(json)(JSON.parse(text)), value)
    }
    const list = listAssets(snapshot)
    through(AssetList, list)
    for (const { root } of list.assets) {
      through(DetailsView, Result.getOrThrow(getAssetDetails(snapshot, { root })))
      through(ActionsView, Result.getOrThrow(getAssetActions(snapshot, { root })))
    }
  }, { arbitrary: { runs: 300, seed: "views" } })
})
