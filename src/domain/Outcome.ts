/** What came of an operation. */
import * as Schema from "effect/Schema"

import { Generation, OperationId } from "./Identity.ts"
import { AssetRoot, compareText } from "./Path.ts"
import type { Plan } from "./Plan.ts"
import type { Snapshot } from "./Snapshot.ts"
import { Warning } from "./Warning.ts"

/** Which roots an operation changed. */
export const Changes = Schema.Struct({
  /** Roots that are there now and were not before. */
  added: Schema.Array(AssetRoot),
  /** Roots whose asset is another than before. */
  updated: Schema.Array(AssetRoot),
  /** Roots that are not there any more. */
  removed: Schema.Array(AssetRoot)
})
/** Which roots an operation changed. */
export type Changes = typeof Changes.Type

/** What came of an operation that succeeded. */
export const Outcome = Schema.Struct({
  /** The operation, under which a retry finds the same outcome. */
  operationId: OperationId,
  /** The generation that shows it. */
  generation: Generation,
  /** Which roots it changed. */
  changes: Changes,
  /** What the caller should know although it was done. */
  warnings: Schema.Array(Warning)
})
/** What came of an operation that succeeded. */
export type Outcome = typeof Outcome.Type

/** What a plan changes by itself, where the snapshot that follows from it is not to be had: that may change others too. */
export const plannedChanges = (on: Snapshot, { facts, registry }: Pick<Plan, "facts" | "registry">): Changes => {
  const roots = new Set<AssetRoot>(facts.keys())
  for (const { after, before } of registry) for (const entry of [before, after]) if (entry) roots.add(entry.root)
  const wasThere = (root: AssetRoot): boolean => on.assets.get(root) !== undefined
  const isThere = (root: AssetRoot): boolean =>
    registry.some(({ after }) => after?.root === root) ||
    (facts.has(root) ? facts.get(root)?.onDisk !== undefined : on.assets.get(root)?.onDisk !== undefined)
  const sorted = [...roots].toSorted(compareText)
  return {
    added: sorted.filter((root) => !wasThere(root) && isThere(root)),
    updated: sorted.filter((root) => wasThere(root) && isThere(root)),
    removed: sorted.filter((root) => wasThere(root) && !isThere(root))
  }
}

/** The outcome of an operation that made one snapshot out of another, or changed nothing. */
export const outcomeOf = (
  operationId: OperationId,
  before: Snapshot,
  after: Snapshot,
  warnings: ReadonlyArray<Warning>
): Outcome => {
  const { added, removed, updated } = after.generation === before.generation || after.change === undefined
    ? { added: [], updated: [], removed: [] }
    : after.change
  return { operationId, generation: after.generation, changes: { added, updated, removed }, warnings }
}
