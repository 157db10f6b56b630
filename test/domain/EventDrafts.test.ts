import { assert, describe, it } from "@effect/vitest"
import { Schema } from "effect"
import { blocker } from "../../src/domain/Blocker.ts"
import { Command } from "../../src/domain/Command.ts"
import { appliedDraft, failedDraft } from "../../src/domain/EndDrafts.ts"
import {
  AssetNotFound,
  CommandBlocked,
  Diverged,
  type PackerError,
  PublishPending,
  RegistryConflict
} from "../../src/domain/Errors.ts"
import { EventDraft, isTerminal, maxListed } from "../../src/domain/Event.ts"
import { draftsOfChange, progressDraft } from "../../src/domain/EventDrafts.ts"
import { AssetId } from "../../src/domain/Identity.ts"
import { outcomeOf } from "../../src/domain/Outcome.ts"
import { ProjectTree, testUuid } from "../../src/testing/ProjectTree.ts"
import { commandOf, CommandSpec, ProjectSpec, treeOf } from "../model/Generators.ts"
import { entry, manifest, open, operation, registry, root, run } from "../support/Workspace.ts"

const atlas = {
  "ui/atlas/asset.json": manifest({ asset_uuid: testUuid(1), artifacts: [{ index: 0, file: "a.png" }] }),
  ".prometeu/index.json": registry([entry(1, "ui/atlas")])
}
const kinds = (drafts: ReadonlyArray<EventDraft>) => drafts.map(({ kind }) => kind)
const timing = { startedAt: 100, endedAt: 130 }

describe("the events of a change", () => {
  it("tell which assets changed and which diagnostics came and went", () => {
    const opened = open(ProjectTree.of(atlas))
    opened.tree.put("ui/atlas/a.png", "there now")
    const { snapshot } = run(opened, Command.applyBankComposition({ asset: { id: 1 }, files: ["a.png"] }))
    const [changed, diagnostics, ...others] = draftsOfChange(operation, opened.snapshot, snapshot, "command")
    assert.deepStrictEqual(others, [])
    assert.deepStrictEqual(changed?.details, {
      generation: snapshot.generation,
      added: [],
      updated: [root("ui/atlas")],
      removed: []
    })
    assert.deepStrictEqual(changed?.affected_assets, [{
      root: root("ui/atlas"),
      assetId: AssetId.make(1),
      assetUuid: testUuid(1)
    }])
    assert.strictEqual(diagnostics?.kind, "diagnostics_updated")
    assert.strictEqual(diagnostics?.summary, "0 diagnostics appeared, 1 gone")
  })

  it("name a deleted asset by the ids it had", () => {
    const opened = open(ProjectTree.of(atlas))
    const { snapshot } = run(opened, Command.delete({ asset: { id: 1 } }))
    const [changed] = draftsOfChange(operation, opened.snapshot, snapshot, "command")
    assert.deepStrictEqual(changed?.affected_assets, [{
      root: root("ui/atlas"),
      assetId: AssetId.make(1),
      assetUuid: testUuid(1)
    }])
  })

  it("tell a divergence first, once, of an asset and of the registry", () => {
    const opened = open(ProjectTree.of(atlas))
    opened.tree.put("ui/atlas/asset.json", manifest())
    opened.tree.put(".prometeu/index.json", registry([]))
    const rename = Command.updateContract({ asset: { id: 1 }, name: "x" })
    const noticed = run(opened, rename)
    const drafts = draftsOfChange(operation, opened.snapshot, noticed.snapshot, "command")
    assert.deepStrictEqual(kinds(drafts), ["divergence_detected", "asset_changed", "diagnostics_updated"])
    const [first] = drafts
    assert.deepStrictEqual(
      first?.kind === "divergence_detected" ? first.details.files.map(({ root }) => root) : [],
      [undefined, "ui/atlas"]
    )
    const again = run(noticed, rename)
    assert.deepStrictEqual(draftsOfChange(operation, noticed.snapshot, again.snapshot, "command"), [])
  })

  it("come in several when they list more than one event may", () => {
    const count = maxListed * 2 + 1
    const commands = Array.from(
      { length: count },
      (_, n) => Command.create({ root: `bank/${n}`, name: `${n}`, family: "tile_bank" })
    )
    const opened = open(ProjectTree.of(atlas))
    const { snapshot } = run(opened, Command.batch({ commands }))
    const drafts = draftsOfChange(operation, opened.snapshot, snapshot, "scan")
    assert.deepStrictEqual(kinds(drafts), [
      ...Array.from({ length: 3 }, () => "asset_discovered" as const),
      ...Array.from({ length: 3 }, () => "asset_changed" as const)
    ])
    assert.deepStrictEqual(drafts.map((draft) => draft.affected_assets.length), [256, 256, 1, 256, 256, 1])
    const outcome = outcomeOf(operation, opened.snapshot, snapshot, [])
    const end = appliedDraft("batch", outcome, opened.snapshot, snapshot, timing)
    assert.strictEqual(outcome.changes.added.length, count)
    assert.deepStrictEqual(
      end.kind === "action_applied" ? [end.details.outcome.changes.added.length, end.details.totals.added] : [],
      [maxListed, count]
    )
  })
})

describe("the events of an operation", () => {
  const opened = open(ProjectTree.of(atlas))
  const done = run(opened, Command.setBuildParticipation({ asset: { id: 1 }, included: false }))

  it("end with the outcome and how long it took", () => {
    const outcome = outcomeOf(operation, opened.snapshot, done.snapshot, done.plan.warnings)
    const draft = appliedDraft("setBuildParticipation", outcome, opened.snapshot, done.snapshot, timing)
    assert.isTrue(isTerminal(draft))
    assert.deepStrictEqual(draft.details, {
      action: "setBuildParticipation",
      started_at: 100,
      duration_ms: 30,
      outcome,
      totals: { added: 0, updated: 1, removed: 0 }
    })
    assert.strictEqual(draft.summary, "setBuildParticipation: \"ui/atlas\" changed")
  })

  it("list the first of what was added, changed and removed, as many as one event may, and count them all", () => {
    const roots = (kind: string, n: number) => Array.from({ length: n }, (_, index) => root(`${kind}/${index}`))
    const changes = { added: roots("new", 200), updated: roots("old", 50), removed: roots("gone", 100) }
    const outcome = { ...outcomeOf(operation, opened.snapshot, done.snapshot, []), changes }
    const end = appliedDraft("batch", outcome, opened.snapshot, done.snapshot, timing)
    if (end.kind !== "action_applied") return assert.fail(end.kind)
    const listed = end.details.outcome.changes
    const all = [...changes.added, ...changes.updated, ...changes.removed]
    assert.deepStrictEqual([...listed.added, ...listed.updated, ...listed.removed], all.slice(0, maxListed))
    assert.deepStrictEqual([listed.added.length, listed.updated.length, listed.removed.length], [200, 50, 6])
    assert.deepStrictEqual(end.affected_assets.map(({ root }) => root), all.slice(0, maxListed))
    assert.deepStrictEqual(end.details.totals, { added: 200, updated: 50, removed: 100 })
  })

  it("end with the outcome of nothing where nothing changed", () => {
    const outcome = outcomeOf(operation, opened.snapshot, opened.snapshot, [])
    assert.deepStrictEqual(outcome.changes, { added: [], updated: [], removed: [] })
    const draft = appliedDraft("refresh", outcome, opened.snapshot, opened.snapshot, timing, {
      readOnly: "the registry is not JSON"
    })
    assert.strictEqual(draft.summary, "refresh: nothing changed; read-only, because the registry is not JSON")
  })

  it("end with the error and its fields, never with a negative time", () => {
    const error = new AssetNotFound({ asset: "the asset with id 7" })
    const draft = failedDraft("delete", operation, error, opened.snapshot, { startedAt: 130, endedAt: 100 })
    assert.isTrue(isTerminal(draft))
    assert.deepStrictEqual(draft.details, { action: "delete", started_at: 130, duration_ms: 0, error })
    assert.include(draft.summary, error.message)
    assert.deepStrictEqual(draft.affected_assets, [])
    const about = [{ root: root("ui/atlas"), assetId: AssetId.make(1) }]
    assert.deepStrictEqual(
      failedDraft("delete", operation, error, opened.snapshot, timing, about).affected_assets,
      about
    )
  })

  it("list at most 256 of anything; whoever awaits the operation gets all", () => {
    const many = Array.from({ length: 300 }, (_, index) => `ui/a${index}`)
    const blockers = many.map((path) => blocker("root/link", path, { root: path }))
    const errors: ReadonlyArray<PackerError> = [
      new CommandBlocked({ command: "batch", blockers }),
      new Diverged({ files: many.map((path) => ({ root: path, expected: "a", found: "b" })) }),
      new PublishPending({ roots: many }),
      new RegistryConflict({ clashes: many.map((path) => ({ key: "root", ours: path, theirs: path })) })
    ]
    for (const error of errors) {
      const { details } = failedDraft("batch", operation, error, opened.snapshot, timing)
      const lists = Object.values("error" in details ? details.error : {}).filter((value) => Array.isArray(value))
      assert.deepStrictEqual(lists.map(({ length }) => length), [256], error._tag)
    }
  })

  it("tell progress in words where there are none", () => {
    const draft = progressDraft(operation, opened.snapshot, { done: 3, total: 10, unit: "assets" })
    assert.isFalse(isTerminal(draft))
    assert.strictEqual(draft.summary, "3 of 10 assets")
  })
})

describe("all drafts", () => {
  const json = Schema.toCodecJson(EventDraft)

  it.prop("go through JSON and come back", { project: ProjectSpec, command: CommandSpec }, ({ command, project }) => {
    const opened = open(treeOf(project))
    const { snapshot } = run(opened, commandOf(command))
    for (const draft of draftsOfChange(operation, opened.snapshot, snapshot, "scan")) {
      const text = JSON.stringify(Schema.encodeSync(json)(draft))
      assert.deepStrictEqual(Schema.decodeUnknownSync(json)(JSON.parse(text)), draft)
    }
  }, { arbitrary: { runs: 500, seed: "drafts" } })
})
