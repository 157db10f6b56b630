/** Counterexamples that once broke the rules, each with the rule it broke. */
import { assert, describe, it } from "@effect/vitest"
import { Result } from "effect"
import { Command } from "../../src/domain/Command.ts"
import { changesNothing, plan } from "../../src/domain/Plan.ts"
import { previewOf } from "../../src/domain/PlanPreview.ts"
import { getAssetActions } from "../../src/domain/Queries.ts"
import type { RootSeen } from "../../src/domain/Seen.ts"
import { findAsset } from "../../src/domain/Snapshot.ts"
import { contentHash, ProjectTree, testUuid } from "../../src/testing/ProjectTree.ts"
import { entry, manifest, open, planFor, type Project, registry, root, run, visible } from "../support/Workspace.ts"

const index = ".prometeu/index.json"
const withUuid = (n: number, fields = {}) => manifest({ asset_uuid: testUuid(n), ...fields })
const at = (place: string) => ({ asset: { root: place } })
const project = (files: Readonly<Record<string, string>>): Project => open(ProjectTree.of(files))
const codes = (items: ReadonlyArray<{ readonly code: string }>): ReadonlyArray<string> => items.map(({ code }) => code)
const sharing = (id: number, uuid: number, place: string) => entry(id, place, { asset_uuid: testUuid(uuid) })
const batch = (...commands: Parameters<typeof Command.batch>[0]["commands"]) => Command.batch({ commands })

const assertAsReopened = ({ snapshot, tree }: Project): void =>
  assert.deepStrictEqual(visible(snapshot), visible(tree.open()))

describe("a batch that repairs doubtful entries", () => {
  const merged = {
    "a/asset.json": withUuid(1),
    "b/asset.json": withUuid(2),
    "c/asset.json": withUuid(3),
    "d/asset.json": withUuid(4),
    [index]: registry([sharing(1, 1, "a"), sharing(1, 2, "b"), sharing(2, 3, "c"), sharing(2, 4, "d")])
  }
  const register = (place: string) => Command.register({ root: place })

  it("writes each of them once", () => {
    const after = run(project(merged), batch(register("a"), register("c")))
    assertAsReopened(after)
    assert.strictEqual(JSON.parse(after.tree.text(index) ?? "").assets.length, 4)
  })

  it.each([
    Command.delete(at("b")),
    Command.unregister(at("b")),
    Command.setBuildParticipation({ ...at("b"), included: false }),
    Command.relocate({ ...at("b"), to: "moved" })
  ])("may change what counts again because of that: $_tag", (command) => {
    const one = project({ ...merged, [index]: registry([sharing(1, 1, "a"), sharing(1, 2, "b")]) })
    const together = run(one, batch(register("a"), command))
    assertAsReopened(together)
    const first = run(one, register("a"))
    const sequence = run(first, command, 950)
    assert.deepStrictEqual(together.tree.entries(), sequence.tree.entries())
  })
})

describe("a batch sees the disk as its own parts leave it", () => {
  it("when an inner asset left the folder", () => {
    const nested = { "a/asset.json": withUuid(1), "a/b/asset.json": withUuid(2) }
    for (const inner of [Command.delete(at("a/b")), Command.relocate({ ...at("a/b"), to: "c" })]) {
      for (const outer of [Command.delete(at("a")), Command.relocate({ ...at("a"), to: "d" })]) {
        assertAsReopened(run(project(nested), batch(inner, outer)))
        assert.deepStrictEqual(planFor(project(nested), batch(inner, outer)).blockers, [])
      }
    }
  })

  it("when a uuid or an id names another asset than at first", () => {
    const twins = project({ "a/asset.json": withUuid(1), "b/asset.json": withUuid(1) })
    const byUuid = Command.updateContract({ asset: { uuid: testUuid(1) }, name: "found" })
    assert.deepStrictEqual(planFor(twins, batch(Command.delete(at("a")), byUuid)).blockers, [])
    const doubtful = project({
      "a/asset.json": withUuid(1),
      "b/asset.json": withUuid(2),
      [index]: registry([sharing(1, 1, "a"), sharing(1, 2, "b")])
    })
    const byId = Command.updateContract({ asset: { id: 1 }, name: "found" })
    assert.deepStrictEqual(planFor(doubtful, batch(Command.register({ root: "a" }), byId)).blockers, [])
  })

  it("when the neighbour that told how a folder is spelled has moved away", () => {
    const nfd = project({ "e\u0301/k/asset.json": withUuid(1) })
    const create = Command.create({ root: "\u00e9/new", name: "n", family: "tile_bank" })
    assertAsReopened(run(nfd, batch(Command.relocate({ ...at("\u00e9/k"), to: "z" }), create)))
  })

  it("and says so when all of it comes to nothing", () => {
    const atlas = project({ "a/asset.json": withUuid(1), [index]: registry([entry(1, "a")]) })
    for (
      const nothing of [
        batch(
          Command.setBuildParticipation({ ...at("a"), included: false }),
          Command.setBuildParticipation({ ...at("a"), included: true })
        ),
        batch(Command.relocate({ ...at("a"), to: "b" }), Command.relocate({ ...at("b"), to: "a" })),
        batch(Command.create({ root: "n", name: "n", family: "tile_bank" }), Command.delete(at("n")))
      ]
    ) {
      const made = planFor(atlas, nothing)
      assert.isTrue(changesNothing(made))
      assert.include(codes(made.warnings), "command/no-change")
    }
  })
})

describe("an asset whose folder is gone", () => {
  it("is missing, not diverged, where a link or a file took its place", () => {
    for (const put of [(tree: ProjectTree) => tree.putLink("ui"), (tree: ProjectTree) => tree.put("ui", "a file")]) {
      const tree = ProjectTree.of({ "new/x/asset.json": withUuid(1), [index]: registry([entry(1, "ui/x")]) })
      put(tree)
      assert.deepStrictEqual(planFor(open(tree), Command.delete(at("ui/x"))).blockers, [])
      const followed = run(open(tree), Command.relocate({ ...at("ui/x"), to: "new/x" }))
      assert.deepStrictEqual(followed.plan.blockers, [])
      assertAsReopened(followed)
    }
  })

  it("is followed into a folder below its old root", () => {
    const moved = project({ "a/sub/asset.json": withUuid(1), [index]: registry([entry(1, "a")]) })
    const after = run(moved, Command.relocate({ ...at("a"), to: "a/sub" }))
    assert.deepStrictEqual(after.plan.blockers, [])
    assertAsReopened(after)
  })

  it("does not keep the folder around it from being moved or deleted", () => {
    const outer = project({ "a/asset.json": withUuid(2), [index]: registry([entry(1, "a/b")]) })
    for (const command of [Command.relocate({ ...at("a"), to: "z" }), Command.delete(at("a"))]) {
      const after = run(outer, command)
      assert.deepStrictEqual(after.plan.blockers, [])
      assertAsReopened(after)
    }
  })
})

describe("an asset that holds another", () => {
  it("is not moved, however many others are registered in it and missing", () => {
    const missing = Array.from({ length: 40 }, (_, n) => entry(n + 10, `a/b${n}`))
    const { snapshot } = project({
      "a/asset.json": withUuid(1),
      "a/z/asset.json": withUuid(2),
      [index]: registry(missing)
    })
    const actions = Result.getOrThrow(getAssetActions(snapshot, { root: "a" })).actions
    assert.deepStrictEqual(codes(actions.find(({ action }) => action === "delete")?.blockers ?? []), [
      "root/holds-asset"
    ])
  })
})

describe("an asset that is found around others", () => {
  it("makes them nested at once", () => {
    const opened = project({ "a/b/asset.json": withUuid(1), "a/c/d/asset.json": withUuid(2) })
    opened.tree.put("a/asset.json", withUuid(3))
    const found = run(opened, Command.register({ root: "a" }))
    assert.deepStrictEqual(codes(findAsset(found.snapshot, { root: "a/c/d" })?.diagnostics ?? []), [
      "workspace/nested-root"
    ])
    assertAsReopened(found)
  })
})

describe("letter case on a disk that does not tell it apart", () => {
  const upper = project({ "UI/x/asset.json": withUuid(1), [index]: registry([entry(1, "UI/x")]) })
  const seeing = (command: Command, looks: Readonly<Record<string, RootSeen>>) => {
    const observed = upper.tree.observe(upper.snapshot, command)
    const others = Object.entries(looks).map(([place, seen]) => [root(place), seen] as const)
    return plan(upper.snapshot, command, { ...observed, roots: new Map([...observed.roots, ...others]) })
  }

  it("is changed in every folder of the way, where nothing else lies in it", () => {
    const command = Command.relocate({ ...at("UI/x"), to: "ui/X" })
    const itself = upper.tree.observe(upper.snapshot, command).roots.get(root("UI/x"))
    if (itself?._tag !== "Folder") throw new Error("the asset was not looked at")
    const made = seeing(command, { "ui/X": { ...itself, spelling: "ui/X" } })
    assert.deepStrictEqual(
      made.files.map((step) => step._tag === "move-directory" ? `${step.from} -> ${step.to}` : step._tag),
      ["UI -> ui", "ui/x -> ui/X"]
    )
  })

  it("keeps an asset from being put into a folder that is spelled in another way", () => {
    const command = Command.create({ root: "Sfx/new", name: "n", family: "tile_bank" })
    const seen: RootSeen = {
      _tag: "Absent",
      spelling: "Sfx/new",
      realParent: "sfx",
      missingParents: [],
      device: "device"
    }
    assert.deepStrictEqual(codes(seeing(command, { "Sfx/new": seen }).blockers), ["root/collision"])
  })
})

describe("the registry", () => {
  it("keeps a unique uuid of an entry that lacks something else", () => {
    const lacking = { asset_id: 1, asset_uuid: testUuid(7), root: "a" }
    const { snapshot } = run(
      project({ "a/asset.json": manifest(), [index]: registry([lacking]) }),
      Command.register({ root: "a" })
    )
    assert.strictEqual(findAsset(snapshot, { root: "a" })?.summary.assetUuid, testUuid(7))
  })

  it("takes a next_asset_id that is too low for what it is", () => {
    for (const next of [0, -1]) {
      const { snapshot } = project({ [index]: registry([], { next_asset_id: next }) })
      assert.deepStrictEqual(codes(snapshot.diagnostics), ["registry/next-asset-id"])
    }
  })

  it("can be read again after the asset with the largest possible id went", () => {
    const largest = project({
      "a/asset.json": withUuid(1),
      [index]: registry([{ ...entry(1, "a"), asset_id: Number.MAX_SAFE_INTEGER }])
    })
    const deleted = run(largest, Command.delete(at("a")))
    assertAsReopened(deleted)
    const create = Command.create({ root: "b", name: "b", family: "tile_bank" })
    assert.deepStrictEqual(codes(planFor(open(deleted.tree), create).blockers), ["registry/ids-exhausted"])
  })
})

describe("values that are no JSON", () => {
  const circle: Record<string, never> = {}
  Object.assign(circle, { circle })

  it("are refused as metadata, and can be shown all the same", () => {
    for (const metadata of [circle, { big: 1n }, { tile_size: Number.NaN }]) {
      // A host without types can hand over anything.
      const command = Command.updateContract({ ...at("a"), output: { metadata: metadata as never } })
      const made = planFor(project({ "a/asset.json": withUuid(1) }), command)
      assert.include(codes(made.blockers), "contract/invalid-metadata")
      assert.isAbove(previewOf(made, contentHash).blockers.length, 0)
    }
  })

  it("make a manifest invalid where JSON text stands for them", () => {
    const text = manifest().replace("\"tile_size\": 16", "\"tile_size\": 16, \"huge\": 1e999")
    const { snapshot } = project({ "a/asset.json": text })
    assert.deepStrictEqual(codes(findAsset(snapshot, { root: "a" })?.diagnostics ?? []), ["manifest/invalid-shape"])
  })
})

describe("what is large", () => {
  const many = 5_000
  const numbers = Array.from({ length: many }, (_, n) => n)

  it("costs no more than it must: rows that are wrong, metadata, entries that share an id", () => {
    const rows = numbers.map((n) => `{ "file": ${n}, "index": "x" }`).join(", ")
    const wrong = project({ "a/asset.json": manifest().replace("\"output\"", `"artifacts": [${rows}],\n  "output"`) })
    assert.isAtLeast(findAsset(wrong.snapshot, { root: "a" })?.diagnostics.length ?? 0, many)
    const [refusal] = planFor(wrong, Command.updateContract({ ...at("a"), name: "x" })).blockers
    assert.isBelow(refusal?.message.length ?? Infinity, 500)
    const metadata = { tile_size: 8, ...Object.fromEntries(numbers.map((n) => [`key${n}`, n])) }
    const wide = run(
      project({ "a/asset.json": manifest() }),
      Command.updateContract({ ...at("a"), output: { metadata } })
    )
    const narrow = Command.updateContract({ ...at("a"), output: { metadata: { tile_size: 8 } } })
    assert.deepStrictEqual(planFor(wide, narrow).blockers, [])
    const shared = numbers.map((n) => ({ ...entry(1, `r/${n}`), asset_uuid: testUuid(n) }))
    const doubtful = project({ "r/7/asset.json": withUuid(7), [index]: registry(shared) })
    assert.deepStrictEqual(planFor(doubtful, Command.register({ root: "r/7" })).blockers, [])
  }, 10_000)
})
