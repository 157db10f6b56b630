/** What each command does, by example: the rules that the generated projects do not reach, and those worth reading. */
import { assert, describe, it } from "@effect/vitest"
import { Command } from "../../src/domain/Command.ts"
import { looksOf } from "../../src/domain/commands/AllCommands.ts"
import { AssetId, type AssetRef } from "../../src/domain/Identity.ts"
import { changesNothing, type Plan, plan } from "../../src/domain/Plan.ts"
import { previewOf } from "../../src/domain/PlanPreview.ts"
import { staleness } from "../../src/domain/Refusal.ts"
import { findAsset } from "../../src/domain/Snapshot.ts"
import { contentHash, ProjectTree, testUuid } from "../../src/testing/ProjectTree.ts"
import {
  carryOut,
  entry,
  manifest,
  open,
  planFor,
  type Project,
  registry,
  root,
  run,
  visible
} from "../support/Workspace.ts"

const index = ".prometeu/index.json"
const uuid1 = { asset_uuid: testUuid(1) }
const project = (files: Readonly<Record<string, string>>): Project => open(ProjectTree.of(files))
const atlas = {
  "ui/atlas/asset.json": manifest(uuid1),
  "ui/atlas/a.png": "a",
  [index]: registry([entry(1, "ui/atlas")])
}
const codes = (items: ReadonlyArray<{ readonly code: string }>): ReadonlyArray<string> => items.map(({ code }) => code)
const json = (tree: ProjectTree, path: string) => JSON.parse(tree.text(path) ?? "null")

describe("create", () => {
  it("makes the folder and its parents, a manifest with the family's defaults, and an entry", () => {
    const { plan: made, snapshot, tree } = run(
      project({}),
      Command.create({ root: "sfx/ui/click", name: "click", family: "sound_bank" })
    )
    assert.deepStrictEqual(made.files.map((step) => `${step._tag} ${"to" in step ? step.to : ""}`), [
      "create-directory sfx",
      "create-directory sfx/ui",
      "create-directory sfx/ui/click",
      "write-file sfx/ui/click/asset.json"
    ])
    assert.deepStrictEqual(json(tree, "sfx/ui/click/asset.json"), {
      schema_version: 1,
      asset_uuid: testUuid(900),
      name: "click",
      family: "sound_bank",
      output: { format: "SOUND/pcm_v1", codec: "none", metadata: { sample_rate: 44100 } },
      preload: false,
      artifacts: []
    })
    const summary = snapshot.assets.get(root("sfx/ui/click"))?.summary
    assert.deepStrictEqual([summary?.registration, Number(summary?.assetId)], ["registered", 1])
  })

  it("takes a root in any Unicode normalization and keeps it in NFC", () => {
    const { tree } = run(project({}), Command.create({ root: "e\u0301", name: "n", family: "tile_bank" }))
    assert.isDefined(tree.text("\u00e9/asset.json"))
  })

  it("puts an asset into a folder as the disk spells it, and makes no second folder beside it", () => {
    const nfd = "e\u0301"
    const opened = project({ [`${nfd}/one/asset.json`]: manifest() })
    const { tree } = run(opened, Command.create({ root: "\u00e9/two", name: "n", family: "tile_bank" }))
    assert.isDefined(tree.text(`${nfd}/two/asset.json`))
    assert.isUndefined(tree.text("\u00e9/two/asset.json"))
  })

  it("gives no id twice, not even one of an asset that was deleted", () => {
    const first = run(project(atlas), Command.create({ root: "a", name: "a", family: "tile_bank" }))
    const deleted = run(first, Command.delete({ asset: { root: "a" } }))
    const reopened = open(deleted.tree)
    const second = run(reopened, Command.create({ root: "b", name: "b", family: "tile_bank" }), 950)
    assert.strictEqual(findAsset(second.snapshot, { root: "b" })?.summary.assetId, 3)
  })
})

describe("register", () => {
  it("writes an identity into a manifest that has none, and nothing else", () => {
    const { tree } = run(project({ "a/asset.json": manifest() }), Command.register({ root: "a" }))
    assert.deepStrictEqual(json(tree, "a/asset.json"), { ...JSON.parse(manifest()), asset_uuid: testUuid(900) })
  })

  it("finds an asset that was put there since the project was opened", () => {
    const opened = project({})
    opened.tree.put("late/asset.json", manifest(uuid1))
    const { snapshot, tree } = run(opened, Command.register({ root: "late" }))
    assert.deepStrictEqual(visible(snapshot), visible(tree.open()))
    assert.strictEqual(findAsset(snapshot, { id: 1 })?.root, "late")
  })

  it("shows an asset that it found, even where it cannot register it", () => {
    const opened = project({})
    opened.tree.put("late/asset.json", "{")
    const { plan: made, snapshot } = run(opened, Command.register({ root: "late" }))
    assert.deepStrictEqual(codes(made.blockers), ["manifest/invalid"])
    assert.deepStrictEqual([snapshot.generation, snapshot.change?.added], [2, [root("late")]])
  })

  it("does not take an asset in twice on a disk that finds it under another letter case", () => {
    const opened = project(atlas)
    const command = Command.register({ root: "UI/Atlas" })
    const known = Command.delete({ asset: { id: 1 } })
    const itself = opened.tree.observe(opened.snapshot, known).roots.get(root("ui/atlas"))
    if (itself === undefined) throw new Error("the asset was not looked at")
    const observed = opened.tree.observe(opened.snapshot, command)
    const made = plan(opened.snapshot, command, { ...observed, roots: new Map([[root("UI/Atlas"), itself]]) })
    assert.deepStrictEqual([codes(made.blockers), made.noticed], [["root/collision"], undefined])
  })

  it("takes a copy in under a new identity only when that is asked for, and ends the diagnostic", () => {
    const copied = project({ ...atlas, "ui/copy/asset.json": manifest(uuid1) })
    assert.deepStrictEqual(codes(findAsset(copied.snapshot, { root: "ui/copy" })?.diagnostics ?? []), [
      "identity/copied"
    ])
    assert.deepStrictEqual(codes(planFor(copied, Command.register({ root: "ui/copy" })).blockers), ["identity/copied"])
    const { snapshot, tree } = run(copied, Command.register({ root: "ui/copy", identity: "new" }))
    assert.strictEqual(json(tree, "ui/copy/asset.json").asset_uuid, testUuid(900))
    assert.deepStrictEqual(findAsset(snapshot, { root: "ui/copy" })?.diagnostics, [])
  })

  it("repairs an id that two branches gave out, and the other entry counts again", () => {
    const merged = project({
      "a/asset.json": manifest(uuid1),
      "b/asset.json": manifest({ asset_uuid: testUuid(2) }),
      [index]: registry([entry(1, "a"), entry(1, "b", { asset_uuid: testUuid(2), included_in_build: false })])
    })
    assert.strictEqual(findAsset(merged.snapshot, { root: "b" })?.summary.registration, "unknown")
    const { plan: made, snapshot, tree } = run(merged, Command.register({ root: "b" }))
    assert.deepStrictEqual(codes(made.warnings), ["registry/entry-replaced"])
    assert.deepStrictEqual(json(tree, index).assets, [
      entry(1, "a"),
      entry(2, "b", { included_in_build: false })
    ])
    assert.strictEqual(findAsset(snapshot, { id: 1 })?.root, "a")
    assert.deepStrictEqual(snapshot.change?.updated, [root("a"), root("b")])
  })
})

describe("relocate", () => {
  it("moves the folder with everything in it; both ids stay", () => {
    const { snapshot, tree } = run(project(atlas), Command.relocate({ asset: { id: 1 }, to: "gfx/new/atlas" }))
    assert.strictEqual(tree.text("gfx/new/atlas/a.png"), "a")
    assert.deepStrictEqual(json(tree, index).assets, [entry(1, "gfx/new/atlas")])
    assert.strictEqual(findAsset(snapshot, { uuid: testUuid(1) })?.root, "gfx/new/atlas")
  })

  it("changes letter case alone, also where the disk finds the folder itself at its target", () => {
    const opened = project(atlas)
    const command = Command.relocate({ asset: { id: 1 }, to: "ui/Atlas" })
    const observed = opened.tree.observe(opened.snapshot, command)
    const itself = observed.roots.get(root("ui/atlas"))
    if (itself?._tag !== "Folder") throw new Error("the asset was not looked at")
    const insensitive = {
      ...observed,
      roots: new Map(observed.roots).set(root("ui/Atlas"), { ...itself, spelling: "ui/Atlas" })
    }
    for (const seen of [observed, insensitive]) {
      const made = plan(opened.snapshot, command, seen)
      assert.deepStrictEqual(made.blockers, [])
      assert.deepStrictEqual(made.files.map(({ _tag }) => _tag), ["move-directory"])
    }
    const folder = { ...itself, folderId: "another folder" }
    const taken = plan(opened.snapshot, command, {
      ...observed,
      roots: new Map(observed.roots).set(root("ui/Atlas"), folder)
    })
    assert.deepStrictEqual(codes(taken.blockers), ["root/taken"])
  })

  it("is refused where the target, or the packer's own folder, is on another device", () => {
    const opened = project(atlas)
    opened.tree.mount("big", "another device")
    const far = planFor(opened, Command.relocate({ asset: { id: 1 }, to: "big/atlas" }))
    assert.deepStrictEqual(codes(far.blockers), ["workspace/across-devices"])
    opened.tree.mount(".prometeu", "a third device")
    const near = planFor(opened, Command.relocate({ asset: { id: 1 }, to: "ui/other" }))
    assert.deepStrictEqual(codes(near.blockers), ["workspace/across-devices"])
  })

  it("follows a folder that was moved by hand: only the entry changes", () => {
    const moved = project({ "gfx/atlas/asset.json": manifest(uuid1), [index]: registry([entry(1, "ui/atlas")]) })
    const missing = findAsset(moved.snapshot, { id: 1 })
    assert.deepStrictEqual(codes(missing?.diagnostics ?? []), ["identity/moved-outside"])
    assert.include(missing?.diagnostics[0]?.message, "gfx/atlas")
    const { plan: made, snapshot, tree } = run(moved, Command.relocate({ asset: { id: 1 }, to: "gfx/atlas" }))
    assert.deepStrictEqual([made.files, codes(made.warnings)], [[], ["registry/only-entry"]])
    assert.deepStrictEqual(visible(snapshot), visible(tree.open()))
    assert.deepStrictEqual(findAsset(snapshot, { id: 1 })?.diagnostics, [])
  })

  it("follows a folder to a place that the snapshot has not seen yet", () => {
    const opened = project({ [index]: registry([entry(1, "ui/atlas")]) })
    opened.tree.put("late/asset.json", manifest(uuid1))
    const { snapshot, tree } = run(opened, Command.relocate({ asset: { id: 1 }, to: "late" }))
    assert.deepStrictEqual(visible(snapshot), visible(tree.open()))
  })
})

describe("delete", () => {
  it("sends the folder to the trash with the ids it had, and takes the entry out", () => {
    const { plan: made, snapshot, tree } = run(project(atlas), Command.delete({ asset: { id: 1 } }))
    assert.deepStrictEqual(made.files, [{
      _tag: "trash-directory",
      from: "ui/atlas",
      folderId: "folder ui/atlas",
      asset: { root: root("ui/atlas"), assetId: AssetId.make(1), assetUuid: testUuid(1) }
    }])
    assert.strictEqual(snapshot.assets.size, 0)
    assert.isUndefined(tree.text("ui/atlas/a.png"))
  })

  it("sees an asset that somebody put inside the folder, and leaves both alone", () => {
    const opened = project(atlas)
    opened.tree.put("ui/atlas/inner/asset.json", manifest())
    const made = planFor(opened, Command.delete({ asset: { id: 1 } }))
    assert.deepStrictEqual(codes(made.blockers), ["root/holds-asset"])
    assert.strictEqual(made.blockers[0]?.path, "ui/atlas/inner")
  })
})

describe("applyBankComposition", () => {
  const compose = Command.applyBankComposition({ asset: { id: 1 }, files: ["new.png", "a.png"] })

  it("offers and takes a file that was put there since the last look", () => {
    const opened = project(atlas)
    opened.tree.put("ui/atlas/new.png", "new")
    const { snapshot, tree } = run(opened, compose)
    assert.deepStrictEqual(json(tree, "ui/atlas/asset.json").artifacts, [
      { index: 0, file: "new.png" },
      { index: 1, file: "a.png" }
    ])
    assert.deepStrictEqual(visible(snapshot), visible(tree.open()))
  })

  it("shows the files it saw as a generation of its own, even where it is refused", () => {
    const opened = project(atlas)
    opened.tree.put("ui/atlas/other.png", "other")
    const { plan: made, snapshot } = run(opened, compose)
    assert.deepStrictEqual(codes(made.blockers), ["composition/file-missing"])
    assert.strictEqual(snapshot.generation, 2)
    assert.deepStrictEqual(findAsset(snapshot, { id: 1 })?.onDisk?.paths.map((path): string => path), [
      "a.png",
      "other.png"
    ])
  })

  it("shows how full the bank would be, by what is on disk, blocked or not", () => {
    const opened = project(atlas)
    opened.tree.put("ui/atlas/new.png", "new")
    const used = (made: Plan) => {
      const { capacity } = previewOf(made, contentHash)
      return capacity && [capacity.files.used, capacity.fileBytes.used, capacity.totalBytes.used]
    }
    const planned = (files: ReadonlyArray<string>, asset: AssetRef = { id: 1 }) =>
      planFor(opened, Command.applyBankComposition({ asset, files }))
    assert.deepStrictEqual(used(planned(["new.png", "a.png"])), [2, 3, 4])
    const blocked = planned(["a.png", "gone.png"])
    assert.deepStrictEqual(codes(blocked.blockers), ["composition/file-missing"])
    assert.deepStrictEqual(used(blocked), [2, 1, 1])
    const tooMany = planned(Array.from({ length: 257 }, () => "a.png"))
    assert.strictEqual(previewOf(tooMany, contentHash).capacity?.files.state, "exceeded")
    assert.isUndefined(used(planned([], { id: 9 })))
    assert.isUndefined(used(planFor(opened, Command.unregister({ asset: { id: 1 } }))))
  })

  it("does not count another time of a file as a change", () => {
    const opened = project(atlas)
    const observed = opened.tree.observe(opened.snapshot, compose)
    const roots = new Map(Array.from(observed.roots, ([place, seen]) => [place, {
      ...seen,
      folder: seen._tag === "Folder" && seen.folder !== undefined
        ? { ...seen.folder, files: seen.folder.files.map((file) => ({ ...file, mtimeMs: 5 })) }
        : undefined
    }]))
    assert.isUndefined(plan(opened.snapshot, compose, { ...observed, roots }).noticed)
  })
})

describe("batch", () => {
  it("plans each command on the state that the one before leaves, and is one generation", () => {
    const { plan: made, snapshot, tree } = run(
      project(atlas),
      Command.batch({
        commands: [
          Command.create({ root: "new/one", name: "one", family: "tile_bank" }),
          Command.create({ root: "new/two", name: "two", family: "tile_bank" }),
          Command.relocate({ asset: { id: 1 }, to: "new/atlas" }),
          Command.updateContract({ asset: { root: "new/atlas" }, name: "renamed" }),
          Command.relocate({ asset: { root: "new/one" }, to: "ui/atlas" }),
          Command.unregister({ asset: { root: "new/two" } })
        ]
      })
    )
    assert.deepStrictEqual(made.blockers, [])
    assert.strictEqual(snapshot.generation, 2)
    assert.strictEqual(json(tree, "new/atlas/asset.json").name, "renamed")
    assert.strictEqual(json(tree, "ui/atlas/asset.json").name, "one")
    assert.deepStrictEqual(visible(snapshot), visible(tree.open()))
  })

  it("is refused whole, and its blocker names the command", () => {
    const made = planFor(
      project(atlas),
      Command.batch({
        commands: [
          Command.create({ root: "one", name: "one", family: "tile_bank" }),
          Command.delete({ asset: { id: 1 } }),
          Command.updateContract({ asset: { id: 1 }, name: "too late" })
        ]
      })
    )
    assert.deepStrictEqual([made.files, made.registry], [[], []])
    assert.deepStrictEqual(made.blockers.map(({ code, part }) => [code, part]), [["asset/not-found", 2]])
    assert.include(made.blockers[0]?.message, "Command 3 of 3 (updateContract id 1)")
  })

  it("does nothing when it is empty, or when what it does is undone by itself", () => {
    assert.isTrue(changesNothing(planFor(project(atlas), Command.batch({ commands: [] }))))
    const there = Command.setBuildParticipation({ asset: { id: 1 }, included: false })
    const back = Command.setBuildParticipation({ asset: { id: 1 }, included: true })
    const { snapshot } = run(project(atlas), Command.batch({ commands: [there, back] }))
    assert.strictEqual(snapshot.assets.get(root("ui/atlas"))?.summary.includedInBuild, true)
  })

  it("swaps two assets through a third place", () => {
    const two = project({
      ...atlas,
      "b/asset.json": manifest({ asset_uuid: testUuid(2) }),
      [index]: registry([entry(1, "ui/atlas"), entry(2, "b")])
    })
    const move = (id: number, to: string) => Command.relocate({ asset: { id }, to })
    const { snapshot, tree } = run(two, Command.batch({ commands: [move(1, "t"), move(2, "ui/atlas"), move(1, "b")] }))
    assert.deepStrictEqual([findAsset(snapshot, { id: 1 })?.root, findAsset(snapshot, { id: 2 })?.root], [
      "b",
      "ui/atlas"
    ])
    assert.deepStrictEqual(visible(snapshot), visible(tree.open()))
  })

  it("looks at each place once", () => {
    const { snapshot } = project(atlas)
    const commands = [
      Command.updateContract({ asset: { id: 1 }, name: "x" }),
      Command.applyBankComposition({ asset: { root: "ui/atlas" }, files: [] }),
      Command.delete({ asset: { uuid: testUuid(1) } })
    ]
    const looks = looksOf(snapshot, Command.batch({ commands }))
    assert.deepStrictEqual(looks, [{ root: root("ui/atlas"), spelling: "ui/atlas", list: "adopt" }])
  })
})

describe("a preview", () => {
  const preview = (now: Project, command: Command) => previewOf(planFor(now, command), contentHash)
  const rename = Command.updateContract({ asset: { id: 1 }, name: "renamed" })

  it("has the same digest as long as the command would do the same, whatever else happens", () => {
    const before = project(atlas)
    const elsewhere = run(before, Command.create({ root: "b", name: "b", family: "tile_bank" }), 950)
    assert.strictEqual(preview(before, rename).digest, preview(elsewhere, rename).digest)
    assert.notStrictEqual(preview(before, rename).baseGeneration, preview(elsewhere, rename).baseGeneration)
  })

  it("does not count a new id as another change", () => {
    const create = Command.create({ root: "new", name: "new", family: "tile_bank" })
    const before = project(atlas)
    const shown = preview(before, create)
    const elsewhere = carryOut(
      before,
      planFor(before, Command.create({ root: "b", name: "b", family: "tile_bank" }), 950)
    )
    assert.strictEqual(shown.registryMutations[0]?.after?.assetId, 2)
    assert.strictEqual(preview(elsewhere, create).registryMutations[0]?.after?.assetId, 3)
    assert.isUndefined(staleness(planFor(elsewhere, create), shown, contentHash))
  })

  it("is stale when the bytes it shows would be others, and brings the new preview", () => {
    const before = project(atlas)
    const shown = preview(before, rename)
    const after = run(before, Command.updateContract({ asset: { id: 1 }, preload: true }))
    const stale = staleness(planFor(after, rename), shown, contentHash)
    assert.deepStrictEqual(stale?.preview, preview(after, rename))
  })

  it("shows a divergence as a blocker and changes nothing by that", () => {
    const opened = project(atlas)
    opened.tree.put("ui/atlas/asset.json", manifest())
    assert.deepStrictEqual(codes(preview(opened, rename).blockers), ["asset/diverged"])
    assert.isFalse(findAsset(opened.snapshot, { id: 1 })?.summary.diverged)
  })

  it("does not depend on the order of the command's keys", () => {
    const opened = project(atlas)
    const turned: Command = { name: "renamed", asset: { id: 1 }, _tag: "updateContract" }
    assert.strictEqual(preview(opened, rename).digest, preview(opened, turned).digest)
  })
})
