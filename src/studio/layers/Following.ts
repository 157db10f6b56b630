/** Following what is told, as long as a part of the Studio lives. */
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"

import type { ProjectRuntime } from "../../index.ts"
import type { StudioEvent } from "../domain/StudioEvent.ts"
import { StudioEventBus } from "../services/StudioEventBus.ts"

/**
 * Follows the bus: nothing that is published after this has returned is missing. If it was too slow all the same, it says
 * so, does what is to be done about the gap, and goes on from then. An event that it cannot take, as hosts without types may
 * publish, is told in the log, and ends nothing.
 */
export const followBus = Effect.fnUntraced(function*(
  who: string,
  onEvent: (event: StudioEvent) => Effect.Effect<unknown>,
  onGap: Effect.Effect<unknown>
) {
  const bus = yield* StudioEventBus
  const subscribed = yield* Deferred.make<void>()
  yield* Effect.scoped(Effect.gen(function*() {
    const events = yield* bus.subscribe
    yield* Deferred.succeed(subscribed, undefined)
    yield* Stream.runForEach(events, (event) =>
      Effect.catchDefect(
        Effect.suspend(() => onEvent(event)),
        (defect) => Effect.logError(`${who} could not take an event`, defect)
      ))
  })).pipe(
    Effect.tapError(({ message }) => Effect.andThen(Effect.logWarning(`${who} missed events: ${message}`), onGap)),
    Effect.eventually,
    Effect.forkScoped
  )
  yield* Deferred.await(subscribed)
})

/**
 * Does something at the current generation of a project and again after later ones, until the project is closed. Several
 * generations that come meanwhile count as one.
 */
export const followGenerations = (packer: ProjectRuntime["Service"], work: Effect.Effect<unknown>) =>
  packer.changes.pipe(
    Stream.buffer({ capacity: 1, strategy: "sliding" }),
    Stream.runForEach(() => work),
    Effect.eventually
  )
