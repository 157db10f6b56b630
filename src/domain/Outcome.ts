/** What came of an operation. */
import * as Schema from "effect/Schema"

import { Generation, OperationId } from "./Identity.ts"
import { AssetRoot } from "./Path.ts"
import type { Snapshot } from "./Snapshot.ts"
import { Warning } from "./Warning.ts"

/** Which roots an operation changed. */
export const Changes = Schema.Struct({
  added: Schema.Array(AssetRoot),
  updated: Schema.Array(AssetRoot),
  removed: Schema.Array(AssetRoot)
})
/** Which roots an operation changed. */
export type Changes = typeof Changes.Type

/** What came of an operation that succeeded. */
export const Outcome = Schema.Struct({
  operationId: OperationId,
  /** The generation that shows it. */
  generation: Generation,
  changes: Changes,
  warnings: Schema.Array(Warning)
})
/** What came of an operation that succeeded. */
export type Outcome = typeof Outcome.Type

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
