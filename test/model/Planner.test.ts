import { assert, describe, it } from "@effect/vitest"
import { Result, Schema } from "effect"
import { isDeepStrictEqual } from "node:util"
import { manifestOf } from "../../src/domain/Asset.ts"
import { Command, type SingleCommand } from "../../src/domain/Command.ts"
import { looksOf } from "../../src/domain/commands/AllCommands.ts"
import { changesNothing, type Plan, plan } from "../../src/domain/Plan.ts"
import { previewOf } from "../../src/domain/PlanPreview.ts"
import { getAssetActions } from "../../src/domain/Queries.ts"
import { refusalOf, staleness } from "../../src/domain/Refusal.ts"
import { findAsset, readOnlyReason } from "../../src/domain/Snapshot.ts"
import type { ProjectTree } from "../../src/testing/ProjectTree.ts"
import { changedPaths, contentOf, promised } from "../support/TreeChanges.ts"
import { carryOut, open, planFor, type Project, visible } from "../support/Workspace.ts"
import { edit, EditSpec } from "./Edits.ts"
import { commandOf, CommandSpec, Oddity, oddTreeOf, ProjectSpec, treeOf } from "./Generators.ts"
import { modelOf, modelRun } from "./Model.ts"

const runs = 2_000
const Commands = Schema.Array(CommandSpec).check(Schema.isMinLength(2), Schema.isMaxLength(8))

/** A text as hash, so that what a preview promises can be compared with what is there. */
const textHash = (bytes: Uint8Array): string => `file ${new TextDecoder().decode(bytes)}`

/** Counts how often each kind of command was applied and refused: a property that never meets one proves nothing. */
const tally = () => {
  const counts = new Map<string, { applied: number; refused: number }>()
  return {
    count: ({ _tag }: Command, applied: boolean): void => {
      const count = counts.get(_tag) ?? { applied: 0, refused: 0 }
      count[applied ? "applied" : "refused"]++
      counts.set(_tag, count)
    },
    counts
  }
}

/** The files that a plan writes although they say just this, once its folders are in place. */
const idleWrites = (project: Project, made: Plan): ReadonlyArray<string> => {
  const files = made.files.filter((step) => step._tag !== "write-file")
  const { tree } = carryOut(project, { ...made, files, facts: new Map(), registry: [] })
  return made.files.flatMap((step) => {
    if (step._tag !== "write-file") return []
    const there = tree.text(step.to)
    const isSame = there !== undefined &&
      isDeepStrictEqual(JSON.parse(there), JSON.parse(new TextDecoder().decode(step.bytes)))
    return isSame ? [step.to] : []
  })
}

/** Gives every asset this name, or the one that it has. */
const renames = ({ snapshot }: Project, name?: string): ReadonlyArray<SingleCommand> =>
  Array.from(snapshot.assets.values()).flatMap((asset) => {
    const manifest = manifestOf(asset)
    return manifest === undefined
      ? []
      : [Command.updateContract({ asset: { root: asset.root }, name: name ?? manifest.name })]
  })

/** A command, and one that takes it back if it composes a bank or moves an asset. */
const andBack = ({ snapshot }: Project) => (command: SingleCommand): ReadonlyArray<SingleCommand> => {
  const asset = "asset" in command ? findAsset(snapshot, command.asset) : undefined
  if (asset === undefined) return [command]
  if (command._tag === "relocate") {
    return [command, Command.relocate({ asset: { root: command.to }, to: asset.root })]
  }
  const files = manifestOf(asset)?.artifacts.map(({ file }) => file) ?? []
  return command._tag === "applyBankComposition" ? [command, { ...command, files }] : [command]
}

describe(`the planner over ${runs} generated projects`, () => {
  const { count, counts } = tally()
  const sequences = { applied: 0, refused: 0, takenBack: 0 }

  it.prop(
    "does what a plain model does, refuses what it refuses, and its patch is what a new opening finds",
    { project: ProjectSpec, commands: Commands },
    ({ commands, project }) => {
      let now = open(treeOf(project))
      for (const [step, command] of commands.map(commandOf).entries()) {
        const made = planFor(now, command, 900 + 100 * step)
        const expected = modelRun(modelOf(now.tree), command, made.newUuids)
        assert.strictEqual(made.blockers.length > 0, expected === undefined, JSON.stringify([command, made.blockers]))
        const next = carryOut(now, made)
        if (expected !== undefined) assert.deepStrictEqual(modelOf(next.tree), expected, JSON.stringify(command))
        if (changesNothing(made)) assert.deepStrictEqual(next.tree.entries(), now.tree.entries())
        assert.deepStrictEqual(visible(next.snapshot), visible(next.tree.open()), JSON.stringify(command))
        count(command, expected !== undefined)
        now = next
      }
    },
    { arbitrary: { runs, seed: "the planner against the model" } }
  )

  it("met every kind of command often, applied and refused", () => {
    for (const [tag, { applied, refused }] of counts) assert.isAbove(Math.min(applied, refused), 30, tag)
    assert.strictEqual(counts.size, 9)
  })

  it.prop(
    "shows in the preview what changes on disk, and nothing else",
    { project: ProjectSpec, commands: Commands },
    ({ commands, project }) => {
      let now = open(treeOf(project))
      for (const [step, command] of commands.map(commandOf).entries()) {
        const made = planFor(now, command, 900 + 100 * step)
        const preview = previewOf(made, textHash)
        const next = carryOut(now, made)
        assert.deepStrictEqual(
          Object.fromEntries(promised(now.tree, preview)),
          Object.fromEntries(contentOf(next.tree))
        )
        if (made.blockers.length > 0) assert.deepStrictEqual(changedPaths(now.tree, next.tree), [])
        for (const { root, summary } of preview.outcome) {
          assert.deepStrictEqual(next.snapshot.assets.get(root)?.summary, summary)
        }
        const shown = new Set(preview.outcome.map(({ root }) => root))
        for (const asset of now.snapshot.assets.values()) {
          if (!shown.has(asset.root) && made.noticed === undefined) {
            assert.strictEqual(next.snapshot.assets.get(asset.root), asset, "an asset that is not shown changed")
          }
        }
        assert.strictEqual(staleness(planFor(now, command, 900 + 100 * step), preview, textHash), undefined)
        now = next
      }
    },
    { arbitrary: { runs, seed: "preview is what changes" } }
  )

  it.prop(
    "makes of a batch what its commands make one after the other, or says which of them is refused",
    { project: ProjectSpec, commands: Commands },
    ({ commands, project }) => {
      const opened = open(treeOf(project))
      // A project that is read-only refuses a batch as a whole.
      if (readOnlyReason(opened.snapshot) !== undefined) return
      const parts: Array<SingleCommand> = []
      let now = opened
      for (const command of commands.map(commandOf).flatMap((one) => one._tag === "batch" ? one.commands : [one])) {
        const made = planFor(now, command, 900 + parts.length)
        const together = planFor(opened, Command.batch({ commands: [...parts, command] }), 900)
        assert.deepStrictEqual(
          together.blockers.map(({ code, part }) => [code, part]),
          made.blockers.map(({ code }) => [code, parts.length]),
          JSON.stringify([...parts, command])
        )
        if (made.blockers.length > 0) sequences.refused++
        else {
          now = carryOut(now, made)
          parts.push(command)
        }
      }
      // An id that was given out and lost again within the batch was not given out; in the sequence it was.
      const one = carryOut(opened, planFor(opened, Command.batch({ commands: parts }), 900))
      assert.deepStrictEqual({ ...modelOf(one.tree), nextId: 0 }, { ...modelOf(now.tree), nextId: 0 })
      assert.deepStrictEqual(visible(one.snapshot), visible(one.tree.open()))
      if (parts.length > 1) sequences.applied++
    },
    { arbitrary: { runs, seed: "batches and sequences" } }
  )

  it.prop(
    "writes nothing in a batch that a file says already, and does nothing where nothing is different in the end",
    { project: ProjectSpec, commands: Commands },
    ({ commands, project }) => {
      const opened = open(treeOf(project))
      const parts: Array<SingleCommand> = []
      let writes = 0
      const all = commands.map(commandOf).flatMap((one) => one._tag === "batch" ? one.commands : [one])
      for (const part of [...renames(opened, "renamed"), ...all.flatMap(andBack(opened)), ...renames(opened)]) {
        const made = planFor(opened, Command.batch({ commands: [...parts, part] }), 900)
        if (made.blockers.length > 0) continue
        parts.push(part)
        assert.deepStrictEqual(idleWrites(opened, made), [], JSON.stringify(parts))
        const after = carryOut(opened, made)
        const isSame = isDeepStrictEqual(after.tree.entries(), opened.tree.entries())
        assert.strictEqual(changesNothing(made), isSame, JSON.stringify(parts))
        assert.deepStrictEqual(visible(after.snapshot), visible(after.tree.open()), JSON.stringify(parts))
        const now = made.files.filter(({ _tag }) => _tag === "write-file").length
        if (part._tag !== "delete" && now < writes) sequences.takenBack++
        writes = now
      }
    },
    { arbitrary: { runs: runs / 4, seed: "batches that take back what they did" } }
  )

  it("met many edits that were taken back", () => {
    assert.isAbove(sequences.takenBack, 200)
  })

  it("met many batches, applied and refused", () => {
    assert.isAbove(Math.min(sequences.applied, sequences.refused), 200)
  })

  it.prop(
    "never succeeds where an action is disabled, and gives the same reasons",
    { project: ProjectSpec, commands: Commands },
    ({ commands, project }) => {
      const now = open(treeOf(project))
      for (const command of commands.map(commandOf)) {
        if (command._tag === "batch" || command._tag === "create") continue
        const action = actionFor(now.snapshot, command)
        if (action === undefined) continue
        const made = planFor(now, command)
        const standing = made.blockers.map(({ code }) => code)
        if (!action.enabled) {
          assert.deepStrictEqual(standing, action.blockers.map(({ code }) => code), JSON.stringify(command))
        }
      }
    },
    { arbitrary: { runs, seed: "actions and plans" } }
  )
})

describe(`the planner over ${runs} odd projects`, () => {
  it.prop(
    "shows what changes, makes of a batch what its commands make, and patches to what a new opening finds",
    { project: ProjectSpec, odds: Schema.Array(Oddity).check(Schema.isMaxLength(4)), commands: Commands },
    ({ commands, odds, project }) => {
      let now = open(oddTreeOf(project, odds))
      for (const [step, command] of commands.map(commandOf).entries()) {
        const made = planFor(now, command, 900 + 100 * step)
        const preview = previewOf(made, textHash)
        const next = carryOut(now, made)
        assert.deepStrictEqual(
          Object.fromEntries(promised(now.tree, preview)),
          Object.fromEntries(contentOf(next.tree)),
          JSON.stringify(command)
        )
        assert.deepStrictEqual(visible(next.snapshot), visible(next.tree.open()), JSON.stringify(command))
        now = next
      }
    },
    { arbitrary: { runs, seed: "odd projects" } }
  )
})

/** The action that stands for a command on an asset that is there. */
const actionFor = (
  snapshot: Parameters<typeof findAsset>[0],
  command: Exclude<SingleCommand, { readonly _tag: "create" }>
) => {
  const ref = command._tag === "register" ? { root: command.root } : command.asset
  const kind = command._tag === "setBuildParticipation" ? (command.included ? "include" : "exclude") : command._tag
  return Result.getOrUndefined(getAssetActions(snapshot, ref))?.actions.find(({ action }) => action === kind)
}

/** True if the registry, or the manifest that a command has to look at, is another one than when the project was opened. */
const isEdited = (before: ProjectTree, { snapshot, tree }: Project, command: Command): boolean => {
  const changed = (path: string) => before.text(path) !== tree.text(path)
  if (readOnlyReason(snapshot) !== undefined || snapshot.generation > 1) return false
  if (changed(".prometeu/index.json")) return true
  const looks = looksOf(snapshot, command).length > 0
  const asset = looks && "asset" in command ? findAsset(snapshot, command.asset) : undefined
  return asset !== undefined && changed(`${asset.root}/asset.json`)
}

describe(`the planner over ${runs} projects that were edited behind its back`, () => {
  const seen = { diverged: 0, applied: 0 }

  it.prop(
    "overwrites nothing it did not expect, and says Diverged where a manifest or the registry is another one",
    { project: ProjectSpec, edits: Schema.Array(EditSpec).check(Schema.isMaxLength(3)), commands: Commands },
    ({ commands, edits, project }) => {
      const before = treeOf(project)
      const opened = open(before.clone())
      for (const one of edits) edit(opened.tree, one)
      let now = opened
      for (const [step, command] of commands.map(commandOf).entries()) {
        const observed = now.tree.observe(now.snapshot, command, 900 + 100 * step)
        const made = plan(now.snapshot, command, observed)
        const refusal = refusalOf(made)
        // Throws if a step would write over something, or move something, that the plan did not expect.
        const next = carryOut(now, made)
        if (isEdited(before, now, command)) {
          assert.strictEqual(refusal?._tag, "Diverged", JSON.stringify(command))
          seen.diverged++
        }
        if (refusal === undefined && made.files.length > 0) seen.applied++
        if (refusal !== undefined) assert.deepStrictEqual(next.tree.entries(), now.tree.entries())
        for (const asset of next.snapshot.assets.values()) {
          if (asset.divergence === undefined) continue
          assert.strictEqual(findAsset(next.snapshot, { root: asset.root })?.summary.diverged, true)
        }
        now = next
      }
    },
    { arbitrary: { runs, seed: "edits behind the back" } }
  )

  it("met divergences and applied plans", () => {
    assert.isAbove(Math.min(seen.diverged, seen.applied), 300)
  })
})
