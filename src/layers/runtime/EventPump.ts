/**
 * The way of events to the sink: one after the other, in the order in which things became true.
 *
 * **What it promises.** Whoever tells never waits. An event gets its numbers when it is handed over, and not before, so
 * that what was merged while it waited leaves no gap. Progress that still waits is replaced by newer progress of the same
 * operation; nothing else is ever dropped. `taken` is called when the sink has had the event, or has died of it.
 *
 * **Tricky cases.**
 *
 * - *A sink that takes nothing.* Everything waits, in order; `room` keeps the lane from taking up more work. Closing
 *   waits for the next event to be taken as long as the configuration says, and then goes on without the sink: the events
 *   are numbered and can be read from the handles, and whoever waits for an outcome gets it.
 * - *A sink that dies*, or throws, or ends the fiber it runs in. It is told in the log, the event counts as taken, and the
 *   next one is handed over.
 * - *Who is woken runs at once.* The sink, and whoever waits for an outcome, may run inside of `tell`, before it returns:
 *   what is told has to be true by then.
 * - *A sink that waits for the project.* Its call is marked, see `SinkCall.ts`.
 */
import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import type * as Fiber from "effect/Fiber"
import * as Latch from "effect/Latch"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"

import type { EventDraft, PackerEvent } from "../../domain/Event.ts"
import { PackerConfig } from "../../services/PackerConfig.ts"
import { PackerEventSink } from "../../services/PackerEventSink.ts"
import { instrumentsOf } from "../Instruments.ts"
import { makeEventRow, type Waiting } from "./EventRow.ts"
import { makeNumbering, type Numbering } from "./Numbering.ts"
import { ProjectOpening } from "./ProjectOpening.ts"
import { type RunningSinkCall, SinkCall } from "./SinkCall.ts"

/** The way of events to the sink. What is told is told at once, so that it can be one step with what it tells of. */
export class EventPump extends Context.Service<EventPump, {
  /** Puts events at the end of those that wait; `taken` is called when the sink has had the last of them. */
  readonly tell: (drafts: ReadonlyArray<EventDraft>, taken?: () => void) => void
  /** The position of the newest event that the sink has had; 0 if there was none. */
  readonly position: () => number
  /** The events of an operation that has just been accepted, from the first until the terminal one, whenever it is read. */
  readonly follow: Numbering["follow"]
  /** The same of any operation, if its events are still there. */
  readonly eventsOf: Numbering["eventsOf"]
  /** Waits as long as too many events wait for the sink. */
  readonly room: Effect.Effect<void>
  /** From now on `room` does not wait: what was accepted has to come to its end. */
  readonly letThrough: Effect.Effect<void>
  /** Waits until the sink has had everything; goes on without it if it is stuck. */
  readonly drain: Effect.Effect<void>
}>()("prometeu-packer/layers/runtime/EventPump") {}

const make = Effect.gen(function*() {
  const { eventBuffer, eventRetention, sinkPatience } = yield* PackerConfig
  const { openingId, projectId } = yield* ProjectOpening
  const sink = yield* PackerEventSink
  const clock = yield* Clock.Clock
  const context = yield* Effect.context()
  const { eventsCoalesced, eventsPublished } = instrumentsOf(projectId)

  const row = makeEventRow()
  const numbering = makeNumbering(eventRetention, () => clock.currentTimeMillisUnsafe())
  const some = yield* Latch.make(false)
  const idle = yield* Latch.make(true)
  const roomy = yield* Latch.make(true)
  let taken = 0
  let closing = false
  let withoutSink = false
  let underway: Waiting | undefined
  let call: RunningSinkCall | undefined
  let fiber: Fiber.Fiber<void> | undefined

  // Where nothing may wait, nothing would ever go on.
  const most = Math.max(1, eventBuffer)
  const isFull = () => row.kept() >= most

  /** Only numbers what waits. */
  const numberAll = (): void => {
    for (let next = row.take(); next !== undefined; next = row.take()) {
      if (next.draft !== undefined) numbering.number(next.draft)
      next.taken?.()
    }
  }

  const tell: EventPump["Service"]["tell"] = (drafts, taken) => {
    const merged = row.put(drafts, taken)
    if (merged > 0) eventsCoalesced.updateUnsafe(merged, context)
    if (withoutSink) return numberAll()
    if (row.isEmpty()) return
    idle.closeUnsafe()
    if (isFull() && !closing) roomy.closeUnsafe()
    some.openUnsafe()
  }

  const handOver = (event: PackerEvent) =>
    Effect.suspend(() => {
      call = { openingId, ended: false }
      return Effect.suspend(() => sink.publish(event)).pipe(
        Effect.provideService(SinkCall, call),
        Effect.exit,
        Effect.tap((exit) =>
          Exit.isFailure(exit)
            ? Effect.logError(`The event sink died at event ${event.position} (${event.kind})`, exit.cause)
            : Effect.void
        )
      )
    })

  const hadIt = (): void => {
    if (call !== undefined) call.ended = true
    taken = numbering.position()
    if (underway?.draft !== undefined) eventsPublished.updateUnsafe(1, context)
    underway?.taken?.()
    if (!isFull()) roomy.openUnsafe()
  }

  const pump = Effect.annotateLogs(
    Effect.gen(function*() {
      while (true) {
        underway = row.take()
        if (underway === undefined) {
          some.closeUnsafe()
          idle.openUnsafe()
          yield* some.await
          continue
        }
        if (underway.draft !== undefined) yield* handOver(numbering.number(underway.draft))
        hadIt()
      }
    }),
    { project: projectId }
  )

  /** A sink may end the fiber that it runs in: then there is another one for the next event. */
  const start = (work: Effect.Effect<void>): void => {
    fiber = Effect.runForkWith(context)(work)
    fiber.addObserver((exit) => {
      if (withoutSink) return
      const message =
        `The event sink of project "${projectId}" ended the fiber it runs in at event ${numbering.position()}`
      Effect.runForkWith(context)(Effect.logError(message, exit))
      hadIt()
      // Not right here: if every event ended its fiber, each would be one deeper on the stack.
      start(Effect.andThen(Effect.yieldNow, pump))
    })
  }

  /** Says once of each event that the sink does not come back from it: it may wait for what waits for it. */
  const watch = Effect.gen(function*() {
    let before: Waiting | undefined
    let told: Waiting | undefined
    while (true) {
      yield* Effect.sleep(sinkPatience)
      if (underway !== undefined && underway === before && underway !== told) {
        told = underway
        yield* Effect.logWarning(
          `The event sink of project "${projectId}" has been at event ${numbering.position()} for ` +
            `${Duration.format(sinkPatience)}. A sink must not wait for the project that waits for it.`
        )
      }
      before = underway
    }
  })
  yield* Effect.forkScoped(Effect.interruptible(watch))

  const stop = Effect.sync(() => {
    withoutSink = true
    fiber?.interruptUnsafe()
  })

  const giveUp = Effect.gen(function*() {
    const waiting = row.kept() + (underway === undefined ? 0 : 1)
    yield* stop
    underway?.taken?.()
    numberAll()
    yield* Effect.logWarning(
      `The event sink of project "${projectId}" took nothing for ${Duration.format(sinkPatience)}: ` +
        `the project is closed without it, and ${waiting} events did not get there`
    )
  })

  const letThrough = Effect.sync(() => {
    closing = true
    roomy.openUnsafe()
  })

  const drain = Effect.gen(function*() {
    yield* letThrough
    while (true) {
      if (withoutSink) return
      const before = taken
      if (Option.isSome(yield* Effect.timeoutOption(idle.await, sinkPatience))) return
      if (taken === before) return yield* giveUp
    }
  })

  yield* Effect.addFinalizer(() => Effect.andThen(drain, stop))
  start(pump)

  return EventPump.of({
    tell,
    position: () => withoutSink ? numbering.position() : taken,
    follow: numbering.follow,
    eventsOf: numbering.eventsOf,
    room: roomy.await,
    letThrough,
    drain
  })
})

/** Hands events to the sink that the host supplies. The end of its scope waits until the sink has had them. */
export const eventPump: Layer.Layer<EventPump, never, PackerEventSink | ProjectOpening> = Layer.effect(
  EventPump,
  Effect.uninterruptible(make)
)
