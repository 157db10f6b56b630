/** A sink that calls a function of the host. */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type * as Scope from "effect/Scope"

import type { PackerEvent } from "../domain/Event.ts"
import { PackerEventSink } from "../services/PackerEventSink.ts"
import { SinkCall } from "./runtime/SinkCall.ts"

/** Types promise one; the functions of hosts without types may give a promise, or nothing. */
const isEffect: (value: unknown) => boolean = Effect.isEffect
const noEffect =
  "The function of the sink gave no effect. Wrap what it does in Effect.sync(() => …) or Effect.promise(() => …)."

/**
 * A sink that calls a function of the host with each event, to bridge into a bus of its own.
 *
 * What the function requires is taken when the layer is built. If it requires a `Scope`, it gets that of the layer: what
 * it acquires there stays until the sink is closed, and not until the end of the call.
 *
 * @example
 * const toStudio = functionSink((event) => Effect.flatMap(StudioBus, (bus) => bus.send("packer", event)))
 */
export const functionSink = <R = never>(
  publish: (event: PackerEvent) => Effect.Effect<void, never, R>
): Layer.Layer<PackerEventSink, never, Exclude<R, Scope.Scope>> =>
  Layer.effect(
    PackerEventSink,
    Effect.map(Effect.context<R>(), (context) => {
      // Whether one is inside of a sink call is told at the call, also if this was built inside of one. It has a default,
      // so that nothing that is required is missing without it.
      const built = Context.omit(SinkCall)(context) as Context.Context<R>
      return PackerEventSink.of({
        publish: (event) => {
          const publishing = publish(event)
          return isEffect(publishing) ? Effect.provideContext(publishing, built) : Effect.die(new Error(noEffect))
        }
      })
    })
  )
