/** The operations that have ended, from the bus. */
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"

import { finishedBy } from "../domain/Operations.ts"
import { Activity, type ActivityView } from "../services/Activity.ts"
import { StudioConfig } from "../services/StudioConfig.ts"
import type { StudioEventBus } from "../services/StudioEventBus.ts"
import { followBus } from "./Following.ts"
import { makeShown } from "./Shown.ts"

/** What was done, from when this is built: build it before a project is opened, so that the opening is in it. */
export const activity: Layer.Layer<Activity, never, StudioEventBus> = Layer.effect(
  Activity,
  Effect.gen(function*() {
    const { activityLimit } = yield* StudioConfig
    const limit = Math.max(1, activityLimit)
    const shown = yield* makeShown<ActivityView>({ finished: [], hasGap: false })
    yield* followBus(
      "The activity of the Studio",
      (event) => {
        const operation = event._tag === "PackerTold" ? finishedBy(event.event) : undefined
        if (operation === undefined) return Effect.void
        return shown.update((view) => ({ ...view, finished: [operation, ...view.finished].slice(0, limit) }))
      },
      shown.update((view) => ({ ...view, hasGap: true }))
    )
    return Activity.of({ view: shown.current, changes: shown.changes })
  })
)
