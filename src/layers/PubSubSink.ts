/**
 * The sink that keeps events and hands them on: whoever subscribes gets what is retained, and then what comes.
 *
 * **What it promises.** A subscriber gets every event from where it began, in the order in which they were published,
 * each once; or its stream fails. Publishing never waits for a subscriber, and no subscriber makes another one lag.
 * What is kept is bounded: per project one ring of the newest `eventRetention` events of its newest opening, and one
 * buffer of `subscriberBuffer` events for each project that somebody subscribes to, and one for all of them together.
 *
 * **Why that is true.** A buffer is a sliding `PubSub`, which drops the oldest event when it is full, and tells nobody. So
 * each message carries a number of its own buffer, 1 higher than the one before, and a reader that meets a higher one
 * than it expects has been too slow. Positions could not tell that: they start over when a project is opened again, and
 * those of several projects have no common order. To retain an event, to number it, and to put it into its buffers is one
 * synchronous step in which nobody else runs; and so is to copy a ring and to note which number comes next.
 *
 * **Tricky cases.**
 *
 * - *An event comes between subscribing and copying.* It is in the ring and in the buffer. Its number is lower than the
 *   one that was noted when the ring was copied, so the reader leaves it out of what comes from the buffer.
 * - *More come in between than the buffer lasts.* What was dropped is in the ring that is copied, or it was not asked for.
 * - *Events of two projects are published at once.* Both go into the buffer of those who want all, in the order of their
 *   numbers, since that is one step.
 * - *A reader runs inside of publishing.* Effect resumes whoever waits at once, and he may subscribe or publish. So the
 *   event is in the ring and in all buffers before anybody is woken; `PubSub.publish` would wake those of the first buffer
 *   while it is not in the second.
 * - *A burst in one turn of the event loop.* A reader that had no turn is not slow: publishing gives way from time to
 *   time while somebody is subscribed. It waits for no one.
 * - *A reader is interrupted with an event in its hands, and goes on.* It meets a gap, and is ended as if it were slow.
 * - *A project is opened again.* Its ring starts over, and so it does where a position does not follow the one before.
 *   Those who are live go on; those who want an operation of the opening before are ended, because it can never end.
 * - *The sink is closed.* Readers get what is in their buffer, and then their streams end.
 */
import * as Arr from "effect/Array"
import * as Cause from "effect/Cause"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Layer from "effect/Layer"
import * as Metric from "effect/Metric"
import * as PubSub from "effect/PubSub"
import type * as Pull from "effect/Pull"
import * as RcMap from "effect/RcMap"
import * as Scope from "effect/Scope"
import * as Stream from "effect/Stream"

import { isTerminal, type PackerEvent } from "../domain/Event.ts"
import type { OpeningId, OperationId, ProjectId } from "../domain/Identity.ts"
import { EventsNotRetained, SubscriberLagged } from "../domain/StreamErrors.ts"
import { PackerConfig } from "../services/PackerConfig.ts"
import { PackerEvents, type Subscription } from "../services/PackerEvents.ts"
import { PackerEventSink } from "../services/PackerEventSink.ts"

const subscribersLagged = Metric.counter("packer_subscribers_lagged_total", {
  description: "Subscribers that were ended because they were slower than their buffer lasts",
  incremental: true
})

/** The newest events of one opening of a project; their positions have no gap. */
interface Ring {
  readonly opening_id: OpeningId
  /** In order from `head` to the end, and then from the beginning. */
  readonly events: Array<PackerEvent>
  head: number
  latest: number
}

const oldestOf = ({ events, latest }: Ring): number => latest - events.length + 1

const inOrder = (
  { events, head }: Ring
): ReadonlyArray<PackerEvent> => [...events.slice(head), ...events.slice(0, head)]

/** Puts an event into the ring of its project, and gives the ring that this is now. */
const retain = (ring: Ring | undefined, event: PackerEvent, retention: number): Ring => {
  if (ring === undefined || event.opening_id !== ring.opening_id || event.position !== ring.latest + 1) {
    return { opening_id: event.opening_id, events: [event], head: 0, latest: event.position }
  }
  ring.latest = event.position
  if (ring.events.length < retention) {
    ring.events.push(event)
  } else {
    ring.events[ring.head] = event
    ring.head = (ring.head + 1) % retention
  }
  return ring
}

const notRetained = ([ring, ...others]: ReadonlyArray<Ring>): EventsNotRetained =>
  new EventsNotRetained(
    ring === undefined || others.length > 0
      ? { oldest: 0, latest: 0 }
      : { opening_id: ring.opening_id, oldest: oldestOf(ring), latest: ring.latest }
  )

/** An event in a buffer, with its number there. The last message of a buffer is that it is closed. */
type Message = { readonly event: PackerEvent; readonly number: number } | "closed"

/** Where events wait for the subscribers of one project, or for those of all. It is there as long as it has some. */
interface Buffer {
  readonly pubsub: PubSub.PubSub<Message>
  /** The number of the next event. */
  next: number
}

/** Puts an event into a buffer, and wakes nobody yet. */
const put = (buffer: Buffer, event: PackerEvent): void => {
  const { pubsub } = buffer.pubsub
  if (pubsub.isFull()) pubsub.slide()
  pubsub.publish({ event, number: buffer.next++ })
}

/** Hands what is in a buffer to those who wait for it. */
const wake = ({ pubsub: { pubsub, strategy, subscribers } }: Buffer): void =>
  strategy.completeSubscribersUnsafe(pubsub, subscribers)

/** What a reader gets first, and what it makes of the rest. */
interface Reading {
  readonly replay: ReadonlyArray<PackerEvent>
  /** The last position that the reader has already. */
  readonly from: number
  readonly wants: (event: PackerEvent) => boolean
  /** True of an event after which nothing comes any more that the reader wants. */
  readonly isPast: (event: PackerEvent) => boolean
}

const everything: Omit<Reading, "replay"> = { from: 0, wants: () => true, isPast: () => false }

type Reader = Pull.Pull<Arr.NonEmptyReadonlyArray<PackerEvent>, SubscriberLagged>

/** Gives what is to be replayed, and then what a subscription has from a number on. */
const readerOf = (subscription: PubSub.Subscription<Message>, first: number, reading: Reading): Reader => {
  let { from: lastPosition, replay } = reading
  let next = first
  let ending: Reader | undefined

  const lagged = Effect.suspend(() =>
    Effect.andThen(Metric.update(subscribersLagged, 1), Effect.fail(new SubscriberLagged({ lastPosition })))
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
const streamOf = (reader: Reader, scope: Scope.Closeable): Stream.Stream<PackerEvent, SubscriberLagged> => {
  let isRead = false
  const start = Effect.suspend(() => {
    if (isRead) return Effect.die(new Error("A stream of events is for one reader. Subscribe again for another."))
    isRead = true
    return Effect.succeed(reader)
  })
  return Stream.fromPull(start).pipe(Stream.ensuring(Scope.close(scope, Exit.void)))
}

/** Retains events, and finds what is to be replayed. */
const makeRings = (retention: number) => {
  const rings = new Map<ProjectId, Ring>()

  const ringsOf = (project_id: ProjectId | undefined): ReadonlyArray<Ring> => {
    if (project_id === undefined) return [...rings.values()]
    const ring = rings.get(project_id)
    return ring === undefined ? [] : [ring]
  }

  const after = (opening_id: OpeningId, position: number, among: ReadonlyArray<Ring>) => {
    const ring = among.find((ring) => ring.opening_id === opening_id)
    if (ring === undefined) return notRetained(among)
    if (position < oldestOf(ring) - 1 || position > ring.latest) return notRetained([ring])
    return { ...everything, from: position, replay: inOrder(ring).filter((event) => event.position > position) }
  }

  return {
    retain: (event: PackerEvent): void => {
      const ring = rings.get(event.project_id)
      const now = retain(ring, event, retention)
      if (now !== ring) rings.set(event.project_id, now)
    },
    reading: ({ from, project_id }: Subscription): Reading | EventsNotRetained => {
      if (from === undefined) return { ...everything, replay: [] }
      const among = ringsOf(project_id)
      if (from === "oldest") return { ...everything, replay: among.flatMap(inOrder) }
      return after(from.opening_id, from.position, among)
    },
    /** The first event of an operation, if it is retained. */
    firstOf: (id: OperationId): PackerEvent | EventsNotRetained => {
      const all = ringsOf(undefined)
      const isFirst = (event: PackerEvent) => event.operation_id === id && event.sequence === 1
      for (const { events } of all) {
        const first = events.find(isFirst)
        if (first !== undefined) return first
      }
      return notRetained(all)
    },
    /** What comes from the first event of an operation on, if that is still retained. */
    operation: ({ opening_id, operation_id, position, project_id }: PackerEvent): Reading | EventsNotRetained => {
      const wants = (event: PackerEvent) => event.operation_id === operation_id
      const reading = after(opening_id, position - 1, ringsOf(project_id))
      if (reading instanceof EventsNotRetained) return reading
      const isPast = (event: PackerEvent) => event.opening_id !== opening_id
      return { replay: reading.replay.filter(wants), from: reading.from, wants, isPast }
    }
  }
}

/**
 * The sink that most hosts use: it retains the newest events of each project, and others subscribe to them with
 * `PackerEvents`.
 *
 * Several projects may share it. It keeps the ring of each project that it ever had an event of, as long as it is there.
 * The settings `eventRetention` and `subscriberBuffer` are read when it is built; less than 1 counts as 1.
 */
export const pubSubSink: Layer.Layer<PackerEventSink | PackerEvents> = Layer.effectContext(
  Effect.gen(function*() {
    const { eventRetention, subscriberBuffer } = yield* PackerConfig
    const rings = makeRings(Math.max(1, eventRetention))
    const capacity = Math.max(1, subscriberBuffer)
    /** After how many events publishing gives way: readers then have several turns before their buffer is full. */
    const burst = Math.ceil(capacity / 8)

    const buffers = new Map<ProjectId | undefined, Buffer>()
    const open = Effect.fnUntraced(function*(project_id: ProjectId | undefined) {
      const buffer: Buffer = { pubsub: yield* PubSub.sliding<Message>(capacity), next: 0 }
      buffers.set(project_id, buffer)
      return buffer
    })
    const close = (project_id: ProjectId | undefined, buffer: Buffer) =>
      Effect.suspend(() => {
        // Somebody may have subscribed to the same project since: then there is a new buffer, and that one stays.
        if (buffers.get(project_id) === buffer) buffers.delete(project_id)
        return PubSub.end(buffer.pubsub, "closed")
      })
    const shared = yield* RcMap.make({
      lookup: (project_id: ProjectId | undefined) =>
        Effect.acquireRelease(open(project_id), (buffer) => close(project_id, buffer))
    })

    const join = Effect.fnUntraced(function*(project_id: ProjectId | undefined) {
      const buffer = yield* RcMap.get(shared, project_id)
      return { buffer, subscription: yield* PubSub.subscribe(buffer.pubsub) }
    })

    /** Subscribes, and only then asks what is to be replayed, so that nothing can fall between. */
    const begin = Effect.fnUntraced(
      function*(project_id: ProjectId | undefined, begins: () => Reading | EventsNotRetained) {
        const scope = yield* Scope.fork(yield* Effect.scope)
        const { buffer, subscription } = yield* Scope.provide(join(project_id), scope)
        const reading = begins()
        if (!(reading instanceof EventsNotRetained)) {
          return streamOf(readerOf(subscription, buffer.next, reading), scope)
        }
        yield* Scope.close(scope, Exit.void)
        return yield* reading
      }
    )

    const publish = (event: PackerEvent) =>
      Effect.suspend(() => {
        const to = [buffers.get(event.project_id), buffers.get(undefined)].filter((buffer) => buffer !== undefined)
        rings.retain(event)
        for (const buffer of to) put(buffer, event)
        for (const buffer of to) wake(buffer)
        return to.some(({ next }) => next % burst === 0) ? Effect.yieldNow : Effect.void
      })

    const operation = Effect.fnUntraced(function*(id: OperationId) {
      const first = rings.firstOf(id)
      if (first instanceof EventsNotRetained) return yield* first
      const stream = yield* begin(first.project_id, () => rings.operation(first))
      return Stream.takeUntil(stream, isTerminal)
    })

    const subscribe = (subscription: Subscription = {}) =>
      begin(subscription.project_id, () => rings.reading(subscription))

    return Context.make(PackerEventSink, { publish }).pipe(Context.add(PackerEvents, { operation, subscribe }))
  })
)
