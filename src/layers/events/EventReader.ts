/** A reader of events: first what is replayed to it, then what waits in a buffer; ended if it was too slow for that. */
import * as Arr from "effect/Array"
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Metric from "effect/Metric"
import * as PubSub from "effect/PubSub"
import type * as Pull from "effect/Pull"
import * as Scope from "effect/Scope"
import * as Stream from "effect/Stream"

import type { PackerEvent } from "../../domain/Event.ts"
import { SubscriberLagged } from "../../domain/StreamErrors.ts"
import { readersLagged } from "../Instruments.ts"

/** An event in a buffer, with its number there. The last message of a buffer is that it is closed. */
export type Message = { readonly event: PackerEvent; readonly number: number } | "closed"

/** Where events wait for the subscribers of one project, or for those of all. It is there as long as it has some. */
export interface Buffer {
  readonly pubsub: PubSub.PubSub<Message>
  /** The number of the next event. */
  next: number
}

/** Puts an event into a buffer, and wakes nobody yet. */
export const put = (buffer: Buffer, event: PackerEvent): void => {
  const { pubsub } = buffer.pubsub
  if (pubsub.isFull()) pubsub.slide()
  pubsub.publish({ event, number: buffer.next++ })
}

/** Hands what is in a buffer to those who wait for it. */
export const wake = ({ pubsub: { pubsub, strategy, subscribers } }: Buffer): void =>
  strategy.completeSubscribersUnsafe(pubsub, subscribers)

/** What a reader gets first, and what it makes of the rest. */
export interface Reading {
  readonly replay: ReadonlyArray<PackerEvent>
  /** The last position that the reader has already. */
  readonly from: number
  readonly wants: (event: PackerEvent) => boolean
  /** True of an event after which nothing comes any more that the reader wants. */
  readonly isPast: (event: PackerEvent) => boolean
}

type Reader = Pull.Pull<Arr.NonEmptyReadonlyArray<PackerEvent>, SubscriberLagged>

/** Gives what is to be replayed, and then what a subscription has from a number on. */
export const readerOf = (subscription: PubSub.Subscription<Message>, first: number, reading: Reading): Reader => {
  let { from: lastPosition, replay } = reading
  let next = first
  let ending: Reader | undefined

  const lagged = Effect.suspend(() =>
    Effect.andThen(Metric.update(readersLagged, 1), Effect.fail(new SubscriberLagged({ lastPosition })))
  )
  // Whoever closes the scope of the subscription ends the stream, and that is no interruption of its reader.
  const take = Effect.onInterrupt(PubSub.takeAll(subscription), () => Cause.done())

  const give = (events: Arr.NonEmptyReadonlyArray<PackerEvent>): Reader => {
    lastPosition = Arr.lastNonEmpty(events).position
    return Effect.succeed(events)
  }
  const sift = (messages: ReadonlyArray<Message>): Reader => {
    const events: Array<PackerEvent> = []
    for (const message of messages) {
      if (message === "closed") {
        ending = Cause.done()
        break
      }
      if (message.number < next) continue
      if (message.number > next || reading.isPast(message.event)) {
        ending = lagged
        break
      }
      next++
      if (reading.wants(message.event)) events.push(message.event)
    }
    return Arr.isReadonlyArrayNonEmpty(events) ? give(events) : read
  }
  const live = Effect.flatMap(take, sift)
  const read: Reader = Effect.suspend(() => {
    if (!Arr.isReadonlyArrayNonEmpty(replay)) return ending ?? live
    const events = replay
    replay = []
    return give(events)
  })
  return read
}

/** A stream that can be run once: a second run would silently lack what the first one took. */
export const streamOf = (reader: Reader, scope: Scope.Closeable): Stream.Stream<PackerEvent, SubscriberLagged> => {
  let isRead = false
  const start = Effect.suspend(() => {
    if (isRead) return Effect.die(new Error("A stream of events is for one reader. Subscribe again for another."))
    isRead = true
    return Effect.succeed(reader)
  })
  return Stream.fromPull(start).pipe(Stream.ensuring(Scope.close(scope, Exit.void)))
}
