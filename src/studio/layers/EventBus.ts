/**
 * The bus, over a `PubSub`.
 *
 * A sliding `PubSub` never makes its publisher wait: it drops what its slowest subscriber has not read, and tells nobody. So
 * each event has a number, 1 higher than the one before, and a reader that misses one has been too slow. To number an event
 * and to put it in is one step: who is woken by it may publish at once, and gets a later number.
 *
 * Publishing gives way from time to time, so that a burst does not end readers that had no turn at all.
 */
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as PubSub from "effect/PubSub"
import * as Stream from "effect/Stream"

import { SubscriberLagged } from "../../index.ts"
import type { StudioEvent } from "../domain/StudioEvent.ts"
import { StudioConfig } from "../services/StudioConfig.ts"
import { StudioEventBus } from "../services/StudioEventBus.ts"

/** An event with its number. The last message is that the bus is closed. */
type Message = { readonly event: StudioEvent; readonly number: number } | "closed"

/** The bus of a Studio, as long as the layer lives; then listeners get what they have not read, and their streams end. */
export const studioEventBus: Layer.Layer<StudioEventBus> = Layer.effect(
  StudioEventBus,
  Effect.gen(function*() {
    const { busBuffer } = yield* StudioConfig
    const capacity = Math.max(1, busBuffer)
    const burst = Math.ceil(capacity / 8)
    const bus = yield* PubSub.sliding<Message>(capacity)
    let newest = 0
    yield* Effect.addFinalizer(() => PubSub.end(bus, "closed"))

    return StudioEventBus.of({
      publish: (event) =>
        Effect.suspend(() => {
          const number = ++newest
          if (bus.pubsub.isFull()) bus.pubsub.slide()
          PubSub.publishUnsafe(bus, { event, number })
          return number % burst === 0 ? Effect.yieldNow : Effect.void
        }),
      subscribe: Effect.map(PubSub.subscribe(bus), (subscription) => {
        const first = newest
        let last = first
        const next = (message: Exclude<Message, "closed">) => {
          if (message.number !== last + 1) return Effect.fail(new SubscriberLagged({ lastPosition: last }))
          last = message.number
          return Effect.succeed(message.event)
        }
        return Stream.fromSubscription(subscription).pipe(
          Stream.takeWhile((message) => message !== "closed"),
          Stream.filter(({ number }) => number > first),
          Stream.mapEffect(next)
        )
      })
    })
  })
)
