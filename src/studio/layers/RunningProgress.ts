/** How far running operations are, from the bus. */
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"

import { runningAfter, type RunningOperation } from "../domain/Operations.ts"
import { Progress } from "../services/Progress.ts"
import type { StudioEventBus } from "../services/StudioEventBus.ts"
import { followBus } from "./Following.ts"
import { makeShown } from "./Shown.ts"

/**
 * What goes on, from when this is built. After a gap nothing is known of what went on: what still does comes back with its
 * next progress, and nothing that has ended stays.
 */
export const progress: Layer.Layer<Progress, never, StudioEventBus> = Layer.effect(
  Progress,
  Effect.gen(function*() {
    const shown = yield* makeShown<ReadonlyArray<RunningOperation>>([])
    yield* followBus(
      "The progress of the Studio",
      (event) =>
        event._tag === "PackerTold" ? shown.update((running) => runningAfter(running, event.event)) : Effect.void,
      shown.update(() => [])
    )
    return Progress.of({ running: shown.current, changes: shown.changes })
  })
)
