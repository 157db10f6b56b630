/** What a batch comes to when its later commands take back what its earlier ones did. */
import { assert, describe, it } from "@effect/vitest"
import { Command } from "../../src/domain/Command.ts"
import { changesNothing } from "../../src/domain/Plan.ts"
import { previewOf } from "../../src/domain/PlanPreview.ts"
import { staleness } from "../../src/domain/Refusal.ts"
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

const a = root("a")
const b = root("b")
const art = { "a/one.png": "1", "a/two.png": "2" }
const composed = manifest({ asset_uuid: testUuid(1), artifacts: [] })
const one: Project = open(
  ProjectTree.of({ "a/asset.json": composed, ...art, ".prometeu/index.json": registry([entry(1, "a")]) })
)
const two: Project = open(
  ProjectTree.of({
    "a/asset.json": composed,
    ...art,
    "b/asset.json": manifest({ asset_uuid: testUuid(2) }),
    ".prometeu/index.json": registry([entry(1, "a"), entry(2, "b")])
  })
)

const first = { id: 1 }
const at = { root: "a" }
const compose = (...files: ReadonlyArray<string>) => Command.applyBankComposition({ asset: at, files })
const rename = (name: string, id = 1) => Command.updateContract({ asset: { id }, name })
const move = (to: string) => Command.relocate({ asset: first, to })
const batch = (...commands: Parameters<typeof Command.batch>[0]["commands"]) => Command.batch({ commands })

const codes = (items: ReadonlyArray<{ readonly code: string }>) => items.map(({ code }) => code)
const stepsOf = ({ files }: Pick<ReturnType<typeof planFor>, "files">) =>
  files.map((step) => `${step._tag} ${"to" in step ? step.to : step.from}`)
const assertAsReopened = ({ snapshot, tree }: Project) =>
  assert.deepStrictEqual(visible(snapshot), visible(tree.open()))

describe("a batch that takes back what it did", () => {
  it.each([
    ["a composition", batch(compose("one.png"), compose())],
    ["a composition, in several steps", batch(compose("one.png"), compose("two.png", "one.png"), compose())],
    ["a name", batch(rename("other"), rename("thing"))],
    ["a name, at another place", batch(rename("other"), move("t"), rename("thing"), move("a"))],
    ["a place, and a name there", batch(move("t"), rename("other"), rename("thing"), move("a"))]
  ])("changes nothing: %s", (_, command) => {
    const made = planFor(one, command)
    const { snapshot, tree } = carryOut(one, made)
    assert.deepStrictEqual(made.blockers, [])
    assert.isTrue(changesNothing(made))
    assert.deepStrictEqual(codes(made.warnings), ["command/no-change"])
    assert.strictEqual(snapshot, one.snapshot)
    assert.deepStrictEqual(tree.entries(), one.tree.entries())
  })

  it("keeps the form that a person gave a manifest which says the same in the end", () => {
    const text = composed.replace("\"artifacts\": []", "\"artifacts\": [{\n    \"file\": \"one.png\", \"index\": 0}]")
    const spaced = open(ProjectTree.of({ "a/asset.json": text, ...art }))
    const made = planFor(spaced, batch(compose(), compose("one.png")))
    assert.isTrue(changesNothing(made))
    assert.strictEqual(carryOut(spaced, made).snapshot, spaced.snapshot)
  })

  it("writes what says less in the end: keys of a row that were its own are gone", () => {
    const artifacts = [{ index: 0, file: "one.png", note: "mine", by: "hand" }]
    const noted = open(ProjectTree.of({ "a/asset.json": manifest({ artifacts }), ...art }))
    const after = run(noted, batch(compose(), compose("one.png")))
    assert.deepStrictEqual(stepsOf(after.plan), ["write-file a/asset.json"])
    assert.deepStrictEqual(codes(after.plan.warnings), ["composition/unknown-keys"])
    assertAsReopened(after)
  })

  it("still does the rest, and the asset stays the same object", () => {
    const { plan: made, snapshot, tree } = run(two, batch(compose("one.png"), rename("other", 2), compose()))
    assert.deepStrictEqual(stepsOf(made), ["write-file b/asset.json"])
    assert.deepStrictEqual(snapshot.change?.updated, [b])
    assert.strictEqual(snapshot.assets.get(a), two.snapshot.assets.get(a))
    assert.deepStrictEqual(codes(made.warnings), [])
    assertAsReopened({ snapshot, tree })
  })

  it("still changes the registry entry of the asset", () => {
    const exclude = Command.setBuildParticipation({ asset: first, included: false })
    const after = run(one, batch(compose("one.png"), exclude, compose()))
    assert.deepStrictEqual(stepsOf(after.plan), [])
    assert.deepStrictEqual(after.plan.registry.map((change) => change.after?.included), [false])
    assert.deepStrictEqual(after.snapshot.change?.updated, [a])
    assertAsReopened(after)
  })

  it("still registers the asset, whose manifest is known as it is there", () => {
    const found = open(ProjectTree.of({ "a/asset.json": composed, ...art }))
    const after = run(found, batch(compose("one.png"), Command.register({ root: "a" }), compose()))
    assert.deepStrictEqual(stepsOf(after.plan), [])
    assert.deepStrictEqual(after.snapshot.assets.get(a)?.onDisk, found.snapshot.assets.get(a)?.onDisk)
    assertAsReopened(after)
    assert.deepStrictEqual(planFor(after, compose("one.png")).blockers, [])
  })

  it("writes an identity that it gave, also if the asset is not registered in the end", () => {
    const found = open(ProjectTree.of({ "a/asset.json": manifest() }))
    const after = run(found, batch(Command.register({ root: "a" }), Command.unregister({ asset: at })))
    assert.deepStrictEqual(stepsOf(after.plan), ["write-file a/asset.json"])
    assertAsReopened(after)
  })

  it.each([
    ["before and after the move", batch(rename("other"), move("t"), rename("thing"))],
    ["before the move", batch(rename("other"), rename("thing"), move("t"))],
    ["after the move", batch(move("t"), rename("other"), rename("thing"))]
  ])("still moves the asset, whose manifest can be edited there: %s", (_, command) => {
    const after = run(one, command)
    assert.deepStrictEqual(stepsOf(after.plan), ["move-directory t"])
    assert.strictEqual(
      after.snapshot.assets.get(root("t"))?.onDisk?.reading,
      one.snapshot.assets.get(a)?.onDisk?.reading
    )
    assertAsReopened(after)
    assert.deepStrictEqual(planFor(after, rename("other")).blockers, [])
  })

  it("writes what was at a place where another folder is by then", () => {
    const twins = open(ProjectTree.of({
      "a/asset.json": manifest({ name: "one" }),
      "b/asset.json": manifest({ name: "two" })
    }))
    const after = run(
      twins,
      batch(
        Command.delete({ asset: at }),
        Command.relocate({ asset: { root: "b" }, to: "a" }),
        Command.updateContract({ asset: at, name: "one" })
      )
    )
    assert.deepStrictEqual(stepsOf(after.plan), ["trash-directory a", "move-directory a", "write-file a/asset.json"])
    assert.strictEqual(after.tree.text("a/asset.json"), twins.tree.text("a/asset.json"))
    assertAsReopened(after)
  })

  it("tells two assets with the same bytes apart", () => {
    const twins = open(ProjectTree.of({ "a/asset.json": manifest(), "b/asset.json": manifest() }))
    const call = (place: string, name: string) => Command.updateContract({ asset: { root: place }, name })
    const after = run(twins, batch(call("a", "other"), call("b", "other"), call("a", "thing")))
    assert.deepStrictEqual(stepsOf(after.plan), ["write-file b/asset.json"])
    assert.strictEqual(after.snapshot.assets.get(a), twins.snapshot.assets.get(a))
    assertAsReopened(after)
  })

  it("says what its commands said, and that together they change nothing", () => {
    const roles = open(ProjectTree.of({ "a/asset.json": manifest({ artifacts: [], inputsByRole: {} }), ...art }))
    const { warnings } = planFor(roles, batch(compose("one.png"), compose()))
    assert.deepStrictEqual(warnings.map(({ code, part }) => [code, part]), [
      ["composition/inputs-by-role", 0],
      ["composition/inputs-by-role", 1],
      ["command/no-change", undefined]
    ])
  })

  it("shows so in its preview, which is stale once the batch would change something", () => {
    const command = batch(compose("one.png"), compose())
    const preview = previewOf(planFor(one, command), contentHash)
    assert.deepStrictEqual([preview.filesystemMutations, preview.registryMutations, preview.outcome], [[], [], []])
    const renamed = run(one, rename("other"))
    assert.isUndefined(staleness(planFor(renamed, command), preview, contentHash))
    const filled = run(one, compose("two.png"))
    const stale = staleness(planFor(filled, command), preview, contentHash)
    assert.deepStrictEqual(stale?.preview.filesystemMutations.map(({ to }) => to), ["a/asset.json"])
  })
})
