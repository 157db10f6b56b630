/** Every way from one state of the editor to another, and that there is no other. */
import { assert, describe, it } from "@effect/vitest"
import { Result } from "effect"
import {
  Cancelled,
  Command,
  CommitFailed,
  findAsset,
  getAssetDetails,
  OperationId,
  type Preview,
  PreviewStale
} from "../../src/index.ts"
import { previewOf } from "../../src/rules.ts"
import { identityOf } from "../../src/studio/domain/AssetIdentity.ts"
import { filesOf } from "../../src/studio/domain/CompositionDraft.ts"
import * as Editing from "../../src/studio/domain/CompositionEditing.ts"
import { contentHash, ProjectTree, testUuid } from "../../src/testing.ts"
import { entry, manifest, open, planFor, type Project, registry, run } from "../support/Workspace.ts"

const asset = { id: 1 }
const project = open(ProjectTree.of({
  "ui/atlas/asset.json": manifest({
    asset_uuid: testUuid(1),
    artifacts: [{ file: "a.png", index: 0 }, { file: "b.png", index: 1 }]
  }),
  "ui/atlas/a.png": "a",
  "ui/atlas/b.png": "bb",
  "ui/atlas/x.png": "xxx",
  ".prometeu/index.json": registry([entry(1, "ui/atlas")])
}))

/** What the packer says of the asset in a project. */
const sectionIn = ({ snapshot }: Project): Editing.Section => {
  const found = findAsset(snapshot, asset)
  assert.isDefined(found)
  return { asset: identityOf(snapshot, found), details: Result.getOrThrow(getAssetDetails(snapshot, asset)) }
}
const compose = (...files: ReadonlyArray<string>) => Command.applyBankComposition({ asset, files })
const previewIn = (project: Project, ...files: ReadonlyArray<string>): Preview =>
  previewOf(planFor(project, compose(...files)), contentHash)

const section = sectionIn(project)
const renamed = run(project, Command.updateContract({ asset, name: "renamed" }))
const moved = run(project, Command.relocate({ asset, to: "ui/other" }))
const preview = previewIn(project, "b.png", "a.png")

const diverged = () => {
  const { snapshot, tree } = open(project.tree.clone())
  tree.put("ui/atlas/asset.json", manifest({ name: "theirs" }))
  return run({ snapshot, tree }, compose())
}

const idle = Editing.readOnly(section)
const editing = Editing.edit(idle)
const drafted = Editing.change(editing, { _tag: "MoveUp", key: "b.png" })
const shown = Editing.previewed(drafted, revisionOf(drafted), preview)
const applying = Editing.apply(shown)
const sent = Editing.submitted(applying, OperationId.make("op"))
const failure: Editing.ApplyFailure = {
  message: "no room",
  error: new CommitFailed({ call: "write", path: "x", errno: "ENOSPC" })
}
const failed = Editing.failed(sent, failure)

function revisionOf(state: Editing.EditorState): number {
  return state._tag === "ReadOnly" ? 0 : state.revision
}
const rowsOf = (state: Editing.EditorState) => state._tag === "ReadOnly" ? undefined : filesOf(state.draft).join()
const meanwhileOf = (state: Editing.EditorState) =>
  state._tag === "ReadOnly"
    ? undefined
    : Object.entries(state.meanwhile).flatMap(([what, isSo]) => isSo === true ? [what] : [])

describe("read-only", () => {
  it("goes to editing a draft that changes nothing", () => {
    assert.strictEqual(editing._tag, "Editing")
    assert.strictEqual(rowsOf(editing), "a.png,b.png")
    assert.deepStrictEqual(meanwhileOf(editing), [])
    assert.deepStrictEqual(Editing.capacityOf(editing), section.details.composition.capacity)
  })

  it("does not, where the packer says that it cannot be edited", () => {
    const blocked = Editing.readOnly(sectionIn(diverged()))
    assert.deepStrictEqual(Editing.blockersOf(blocked).map(({ code }) => code), ["asset/diverged"])
    assert.strictEqual(Editing.edit(blocked), blocked)
  })

  it("shows what the packer has now, and says when the asset is gone", () => {
    const now = Editing.noticed(idle, sectionIn(renamed))
    assert.strictEqual(now.section.details.summary.name, "renamed")
    const gone = Editing.noticed(idle, undefined)
    assert.isTrue(gone._tag === "ReadOnly" && gone.deleted)
    assert.strictEqual(Editing.edit(gone), gone)
    assert.strictEqual(Editing.noticed(gone, undefined), gone)
    const back = Editing.noticed(gone, section)
    assert.isTrue(back._tag === "ReadOnly" && !back.deleted)
  })

  it("is left by nothing else", () => {
    for (
      const next of [
        Editing.change(idle, { _tag: "Remove", key: "a.png" }),
        Editing.reset(idle),
        Editing.cancel(idle),
        Editing.previewed(idle, 1, preview),
        Editing.notPreviewed(idle, 1, failure),
        Editing.apply(idle),
        Editing.retry(idle),
        Editing.submitted(idle, OperationId.make("op")),
        Editing.withdrawn(idle),
        Editing.failed(idle, failure),
        Editing.applied(idle, section),
        Editing.noticed(idle, section)
      ]
    ) assert.strictEqual(next, idle)
  })
})

describe("editing", () => {
  it("changes the draft, which is not previewed then", () => {
    assert.strictEqual(rowsOf(drafted), "b.png,a.png")
    assert.isTrue(drafted._tag === "Editing" && !drafted.previewed)
    assert.isAbove(revisionOf(drafted), revisionOf(editing))
    assert.strictEqual(Editing.change(drafted, { _tag: "Remove", key: "stranger" }), drafted)
  })

  it("takes the preview of the newest draft only", () => {
    assert.isTrue(shown._tag === "Editing" && shown.previewed)
    assert.strictEqual(Editing.capacityOf(shown), preview.capacity)
    assert.strictEqual(Editing.blockersOf(shown), preview.blockers)
    assert.strictEqual(Editing.previewed(drafted, revisionOf(editing), preview), drafted)
    assert.strictEqual(Editing.notPreviewed(drafted, revisionOf(editing), failure), drafted)
    const unlooked = Editing.notPreviewed(drafted, revisionOf(drafted), failure)
    assert.strictEqual(unlooked._tag === "Editing" && unlooked.previewFailure, failure)
  })

  it("keeps showing the last preview until there is another one, and does not take it for this draft", () => {
    const next = Editing.change(shown, { _tag: "Remove", key: "a.png" })
    assert.isTrue(next._tag === "Editing" && !next.previewed && next.preview === preview)
  })

  it("resets to what the packer has, and goes on", () => {
    const reset = Editing.reset(failed)
    assert.strictEqual(rowsOf(reset), "a.png,b.png")
    assert.isTrue(reset._tag === "Editing" && reset.lastFailure === undefined && reset.preview === undefined)
    assert.isAbove(revisionOf(reset), revisionOf(failed))
    const later = Editing.reset(Editing.noticed(drafted, sectionIn(run(project, compose("x.png")))))
    assert.strictEqual(rowsOf(later), "x.png")
    assert.deepStrictEqual(meanwhileOf(later), [])
  })

  it("cancels to read-only, with what the packer has", () => {
    const cancelled = Editing.cancel(Editing.noticed(drafted, sectionIn(renamed)))
    assert.isTrue(cancelled._tag === "ReadOnly" && !cancelled.deleted)
    assert.strictEqual(cancelled.section.details.summary.name, "renamed")
    const gone = Editing.cancel(Editing.noticed(drafted, undefined))
    assert.isTrue(gone._tag === "ReadOnly" && gone.deleted)
  })

  it("goes to applying, with the draft as it is", () => {
    assert.strictEqual(applying._tag, "Applying")
    assert.strictEqual(rowsOf(applying), "b.png,a.png")
  })

  it("retries what failed, and nothing else", () => {
    assert.strictEqual(Editing.retry(shown), shown)
    assert.strictEqual(Editing.retry(failed)._tag, "Applying")
    assert.strictEqual(rowsOf(Editing.retry(failed)), "b.png,a.png")
  })

  it("is left by nothing else", () => {
    for (
      const next of [
        Editing.edit(drafted),
        Editing.submitted(drafted, OperationId.make("op")),
        Editing.withdrawn(drafted),
        Editing.failed(drafted, failure),
        Editing.applied(drafted, section)
      ]
    ) assert.strictEqual(next, drafted)
  })
})

describe("editing, while something happens to the asset", () => {
  it("keeps the draft, and says what it is", () => {
    const happened = (section: Editing.Section | undefined) => {
      const next = Editing.noticed(shown, section)
      assert.strictEqual(rowsOf(next), "b.png,a.png")
      assert.isTrue(next._tag === "Editing" && !next.previewed)
      return meanwhileOf(next)
    }
    assert.deepStrictEqual(happened(sectionIn(renamed)), ["changed"])
    assert.deepStrictEqual(happened(sectionIn(moved)), ["moved"])
    assert.deepStrictEqual(happened(sectionIn(diverged())), ["diverged"])
    assert.deepStrictEqual(happened(undefined), ["deleted"])
    assert.deepStrictEqual(happened(sectionIn(run(moved, compose("x.png")))), ["changed", "moved"])
  })

  it("does not take the same for something else", () => assert.strictEqual(Editing.noticed(shown, section), shown))

  it("has files available that are listed now, and knows which are gone", () => {
    const { snapshot, tree } = open(project.tree.clone())
    tree.put("ui/atlas/new.png", "new")
    const next = Editing.noticed(drafted, sectionIn(run({ snapshot, tree }, compose("x.png", "a.png"))))
    assert.deepStrictEqual(next._tag === "Editing" && next.draft.available.map(({ file }) => file), [
      "x.png",
      "new.png"
    ])
  })

  it("cannot put back what is gone, and goes on when the asset is there again", () => {
    const gone = Editing.noticed(drafted, undefined)
    assert.strictEqual(Editing.reset(gone), gone)
    assert.strictEqual(Editing.noticed(gone, undefined), gone)
    const back = Editing.noticed(gone, section)
    assert.deepStrictEqual(meanwhileOf(back), [])
    assert.strictEqual(rowsOf(back), "b.png,a.png")
  })

  it("keeps a preview that was made later than what happened", () => {
    const later = previewIn(renamed, "b.png", "a.png")
    const stale = Editing.failed(sent, { message: "stale", error: new PreviewStale({ preview: later }) })
    const next = Editing.noticed(stale, sectionIn(renamed))
    assert.isTrue(next._tag === "Editing" && next.previewed && next.preview?.digest === later.digest)
    assert.deepStrictEqual(meanwhileOf(next), ["changed"])
  })
})

describe("applying", () => {
  it("is frozen", () => {
    for (
      const next of [
        Editing.edit(sent),
        Editing.change(sent, { _tag: "Remove", key: "a.png" }),
        Editing.reset(sent),
        Editing.cancel(sent),
        Editing.apply(sent),
        Editing.retry(sent),
        Editing.notPreviewed(sent, revisionOf(sent), failure),
        Editing.noticed(sent, sectionIn(renamed)),
        Editing.noticed(sent, undefined)
      ]
    ) assert.strictEqual(next, sent)
  })

  it("says which operation it is", () => {
    assert.strictEqual(applying._tag === "Applying" && applying.operationId, undefined)
    assert.strictEqual(sent._tag === "Applying" && sent.operationId, OperationId.make("op"))
  })

  it("takes the preview that it waits for", () => {
    const waiting = Editing.apply(drafted)
    const next = Editing.previewed(waiting, revisionOf(waiting), preview)
    assert.isTrue(next._tag === "Applying" && next.previewed && next.preview === preview)
  })

  it("ends read-only with what was read afterwards, not with the draft", () => {
    const after = sectionIn(run(project, compose("b.png", "x.png")))
    const done = Editing.applied(sent, after)
    assert.strictEqual(done._tag, "ReadOnly")
    assert.strictEqual(done.section, after)
    assert.deepStrictEqual(done.section.details.composition.selected.map(({ file }) => file), ["b.png", "x.png"])
    const gone = Editing.applied(sent, undefined)
    assert.isTrue(gone._tag === "ReadOnly" && gone.deleted)
  })

  it("goes back to editing when it fails, with the draft to the last row, and the reason", () => {
    assert.isTrue(failed._tag === "Editing" && failed.lastFailure === failure && failed.previewed)
    assert.deepStrictEqual(failed._tag === "Editing" && failed.draft, sent._tag === "Applying" && sent.draft)
    const cancelled = { message: "cancelled", error: new Cancelled({ operationId: OperationId.make("op") }) }
    assert.strictEqual(rowsOf(Editing.failed(sent, cancelled)), "b.png,a.png")
  })

  it("brings the new preview when the one it had is stale", () => {
    const later = previewIn(renamed, "b.png", "a.png")
    const stale = Editing.failed(sent, { message: "stale", error: new PreviewStale({ preview: later }) })
    assert.isTrue(stale._tag === "Editing" && stale.previewed && stale.preview?.digest === later.digest)
    assert.notStrictEqual(later.digest, preview.digest)
  })

  it("goes back to editing without a failure when it is cancelled before anything is sent", () => {
    const back = Editing.withdrawn(applying)
    assert.isTrue(back._tag === "Editing" && back.lastFailure === undefined)
    assert.strictEqual(rowsOf(back), "b.png,a.png")
  })
})
