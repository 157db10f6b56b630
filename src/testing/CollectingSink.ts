/** A sink that keeps every event, for tests to look at and to wait for. */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Latch from "effect/Latch"
import * as Layer from "effect/Layer"

import type { PackerEvent } from "../domain/Event.ts"
import type { OperationId } from "../domain/Identity.ts"
import { PackerEventSink } from "../services/PackerEventSink.ts"

/** The events that a collecting sink has taken. */
export class CollectedEvents extends Context.Service<CollectedEvents, {
  /** All of them, in the order in which they came. */
  readonly all: Effect.Effect<ReadonlyArray<PackerEvent>>
  /** Those of one operation. */
  readonly of: (id: OperationId) => Effect.Effect<ReadonlyArray<PackerEvent>>
  /** The first one for which this is true, whether it has come or is still to come. */
  readonly first: (isWanted: (event: PackerEvent) => boolean) => Effect.Effect<PackerEvent>
  /** Forgets those that came so far. */
  readonly clear: Effect.Effect<void>
}>()("prometeu-packer/testing/CollectingSink/CollectedEvents") {}

/** A sink that keeps every event. Each use of it collects by itself. */
export const collectingSink: Layer.Layer<PackerEventSink | CollectedEvents> = Layer.effectContext(Effect.sync(() => {
  let events: Array<PackerEvent> = []
  let grown = Latch.makeUnsafe()
  const first = (isWanted: (event: PackerEvent) => boolean): Effect.Effect<PackerEvent> =>
    Effect.suspend(() => {
      const found = events.find(isWanted)
      return found === undefined ? Effect.flatMap(grown.await, () => first(isWanted)) : Effect.succeed(found)
    })
  const sink = PackerEventSink.of({
    publish: (event) =>
      Effect.sync(() => {
        events.push(event)
        const latch = grown
        grown = Latch.makeUnsafe()
        latch.openUnsafe()
      })
  })
  const collected = CollectedEvents.of({
    all: Effect.sync(() => [...events]),
    of: (id) => Effect.sync(() => events.filter((event) => event.operation_id === id)),
    first,
    clear: Effect.sync(() => {
      events = []
    })
  })
  return Context.make(PackerEventSink, sink).pipe(Context.add(CollectedEvents, collected))
}))
