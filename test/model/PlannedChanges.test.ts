/** What a plan is said to change, where the snapshot that follows from it is not to be had, is what changes in that snapshot. */
import { assert, describe, it } from "@effect/vitest"
import { Schema } from "effect"
import { Command } from "../../src/domain/Command.ts"
import { outcomeOf, plannedChanges } from "../../src/domain/Outcome.ts"
import { patch } from "../../src/domain/Patch.ts"
import type { AssetRoot } from "../../src/domain/Path.ts"
import type { Plan } from "../../src/domain/Plan.ts"
import type { Fingerprint } from "../../src/domain/Seen.ts"
import { contentHash, ProjectTree } from "../../src/testing/ProjectTree.ts"
import { carryOut, open, operation, planFor, root } from "../support/Workspace.ts"
import { commandOf, CommandSpec, Oddity, oddTreeOf, ProjectSpec } from "./Generators.ts"

const runs = 1_500

/** How the manifests that a plan writes are recognized when they are in place. */
const fingerprintsOf = ({ files }: Plan): ReadonlyMap<AssetRoot, Fingerprint> =>
  new Map(files.flatMap((step): ReadonlyArray<readonly [AssetRoot, Fingerprint]> =>
    step._tag === "write-file"
      ? [[
        root(step.to.slice(0, step.to.lastIndexOf("/"))),
        { hash: contentHash(step.bytes), size: step.bytes.length, mtimeMs: 7, inode: step.to }
      ]]
      : []
  ))

const inPlace = { notPublished: new Map(), diverged: new Map() }

describe(`what plans change by themselves in ${runs} projects`, () => {
  const met = { written: 0, moved: 0, added: 0, removed: 0 }

  it.prop(
    "is among what is shown to have changed",
    {
      project: ProjectSpec,
      odds: Schema.Array(Oddity).check(Schema.isMaxLength(2)),
      commands: Schema.Array(CommandSpec).check(Schema.isMinLength(4), Schema.isMaxLength(10))
    },
    ({ commands, odds, project }) => {
      let now = open(oddTreeOf(project, odds))
      for (const [step, command] of commands.map(commandOf).entries()) {
        const plan = planFor(now, command, 900 + 100 * step)
        if (plan.blockers.length === 0) {
          const fingerprints = fingerprintsOf(plan)
          const shown = patch(plan.on, { operationId: operation, plan, fingerprints, ...inPlace })
          const { changes } = outcomeOf(operation, plan.on, shown, [])
          const planned = plannedChanges(plan.on, plan)
          assert.deepStrictEqual([planned.added, planned.removed], [changes.added, changes.removed])
          const own = new Set<AssetRoot>(plan.facts.keys())
          for (const changed of changes.updated) if (own.has(changed)) assert.include(planned.updated, changed)
          if (fingerprints.size > 0) met.written++
          if (plan.files.some(({ _tag }) => _tag === "move-directory")) met.moved++
          if (changes.added.length > 0) met.added++
          if (changes.removed.length > 0) met.removed++
        }
        now = carryOut(now, plan)
      }
    },
    { arbitrary: { runs, seed: "foreseen" } }
  )

  it("met all of that often", () => {
    assert.isAbove(Math.min(...Object.values(met)), 25, JSON.stringify(met))
  })

  it("names nothing that a batch makes and takes away again", () => {
    const command = Command.batch({
      commands: [
        Command.create({ root: "new/a", name: "a", family: "tile_bank" }),
        Command.create({ root: "new/b", name: "b", family: "tile_bank" }),
        Command.delete({ asset: { root: "new/a" } })
      ]
    })
    const plan = planFor(open(ProjectTree.of({})), command)
    assert.deepStrictEqual(plan.blockers, [])
    assert.deepStrictEqual(plannedChanges(plan.on, plan), { added: [root("new/b")], updated: [], removed: [] })
  })
})
