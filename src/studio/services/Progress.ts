/** What goes on: how far running operations are. */
import * as Context from "effect/Context"
import type * as Effect from "effect/Effect"
import type * as Stream from "effect/Stream"

import type { RunningOperation } from "../domain/Operations.ts"

/**
 * The operations that told of their progress and have not ended. Only the terminal event takes one away, and what came of
 * it is in `Activity`: that nothing more is told, or everything seems done, says nothing about success.
 */
export class Progress extends Context.Service<Progress, {
  /** The longest running first. */
  readonly running: Effect.Effect<ReadonlyArray<RunningOperation>>
  /** What goes on now, and whenever that is different; a slow reader gets the newest. */
  readonly changes: Stream.Stream<ReadonlyArray<RunningOperation>>
}>()("prometeu-packer/studio/services/Progress") {}
