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
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Layer from "effect/Layer"
import * as PubSub from "effect/PubSub"
import * as RcMap from "effect/RcMap"
import * as Scope from "effect/Scope"
import * as Stream from "effect/Stream"

import { isTerminal, type PackerEvent } from "../domain/Event.ts"
import type { OperationId, ProjectId } from "../domain/Identity.ts"
import { EventsNotRetained } from "../domain/StreamErrors.ts"
import { PackerConfig } from "../services/PackerConfig.ts"
import { PackerEvents, type Subscription } from "../services/PackerEvents.ts"
import { PackerEventSink } from "../services/PackerEventSink.ts"
import { type Buffer, type Message, put, readerOf, type Reading, streamOf, wake } from "./events/EventReader.ts"
import { makeRings } from "./events/EventRings.ts"

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

    const subscribe = (asked?: Subscription) => {
      // Hosts without types may send null for nothing.
      const subscription = asked ?? {}
      return begin(subscription.project_id ?? undefined, () => rings.reading(subscription))
    }

    return Context.make(PackerEventSink, { publish }).pipe(Context.add(PackerEvents, { operation, subscribe }))
  })
)
