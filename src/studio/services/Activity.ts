/** What was done: the operations that have ended. */
import * as Context from "effect/Context"
import type * as Effect from "effect/Effect"
import type * as Stream from "effect/Stream"

import type { FinishedOperation } from "../domain/Operations.ts"

/** What was done. */
export interface ActivityView {
  /** The newest first; of those that are too many, the oldest are gone. */
  readonly finished: ReadonlyArray<FinishedOperation>
  /** True if some may be missing, because the bus was faster than this could be. */
  readonly hasGap: boolean
}

/** The operations that have ended, each as its terminal event told it. Nothing else makes an entry. */
export class Activity extends Context.Service<Activity, {
  readonly view: Effect.Effect<ActivityView>
  /** What it is now, and whenever it is different; a slow reader gets the newest. */
  readonly changes: Stream.Stream<ActivityView>
}>()("prometeu-packer/studio/services/Activity") {}
