/** A sink that gives every event to several sinks. */
import type * as Arr from "effect/Array"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"

import type { PackerEvent } from "../domain/Event.ts"
import { PackerEventSink } from "../services/PackerEventSink.ts"

/** The sink of whoever has several, and all that they give besides. */
const shared = <A>(contexts: ReadonlyArray<Context.Context<A | PackerEventSink>>) => {
  const sinks = contexts.map((context) => Context.get(context, PackerEventSink))
  const hand = (event: PackerEvent) => (sink: PackerEventSink["Service"]) =>
    Effect.suspend(() => sink.publish(event)).pipe(
      Effect.catchCause((cause) =>
        Effect.logError(
          `One of several event sinks died at event ${event.position} (${event.kind}) of "${event.project_id}"`,
          cause
        )
      )
    )
  return Context.mergeAll(...contexts).pipe(
    Context.add(PackerEventSink, {
      publish: (event) => Effect.forEach(sinks, hand(event), { concurrency: "unbounded", discard: true })
    })
  )
}

/**
 * A sink that gives every event to several sinks, to all of them at once; the next event comes when all of them had it, so
 * the slowest gives the pace.
 *
 * One that dies is told in the log, and has had its event; the others get it all the same. What the layers give besides
 * their sinks, such as `PackerEvents`, is there as well; of two that give the same service, it is that of the later one.
 *
 * @example
 * const sinks = severalSinks(pubSubSink, queueSink(queue))
 */
export const severalSinks = <
  const Layers extends Arr.NonEmptyReadonlyArray<Layer.Layer<PackerEventSink, unknown, unknown>>
>(...layers: Layers): Layer.Layer<
  PackerEventSink | Layer.Success<Layers[number]>,
  Layer.Error<Layers[number]>,
  Layer.Services<Layers[number]>
> => {
  type Part = Layer.Layer<
    PackerEventSink | Layer.Success<Layers[number]>,
    Layer.Error<Layers[number]>,
    Layer.Services<Layers[number]>
  >
  // Each gives a sink, and of the rest only a part; of what it gives only its sink is used before all are put together.
  const parts = layers as ReadonlyArray<unknown> as ReadonlyArray<Part>
  return Layer.effectContext(Effect.map(Effect.forEach(parts, (part) => Layer.build(part)), shared))
}
