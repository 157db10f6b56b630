/** Knowing that one is inside of a call of the sink, where waiting for the project would wait for ever. */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"

import type { OpeningId, ProjectId } from "../../domain/Identity.ts"
import { SinkReentry } from "../../domain/StreamErrors.ts"

/** A call of a sink. What is forked inside of it and goes on when it has ended does not count as inside. */
export interface RunningSinkCall {
  readonly openingId: OpeningId
  ended: boolean
}

/** The call of a sink that a fiber runs in, if it does. */
export const SinkCall = Context.Reference<RunningSinkCall | undefined>("prometeu-packer/layers/runtime/SinkCall", {
  defaultValue: () => undefined
})

/** Something that waits for the project: fails at once inside of a sink call for the same opening. */
export const outsideOfSink = <A, E, R>(
  { openingId, projectId }: { readonly openingId: OpeningId; readonly projectId: ProjectId },
  waiting: Effect.Effect<A, E, R>
): Effect.Effect<A, E | SinkReentry, R> =>
  Effect.flatMap(
    SinkCall,
    (call): Effect.Effect<A, E | SinkReentry, R> =>
      call !== undefined && !call.ended && call.openingId === openingId
        ? Effect.fail(new SinkReentry({ projectId }))
        : waiting
  )
