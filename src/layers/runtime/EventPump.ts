/**
 * The way of events to the sink: one after the other, in the order in which things became true.
 *
 * **What it promises.** Whoever tells never waits. An event gets its numbers when it is handed over, and not before, so
 * that what was merged while it waited leaves no gap. Progress that still waits is replaced by newer progress of the same
 * operation; nothing else is ever dropped. `taken` is called when the sink has had the event, or has died of it.
 *
 * **Tricky cases.**
 *
 * - *A sink that takes nothing.* Everything waits, in order; `room` keeps the lane from accepting more work. Closing
 *   waits as long as the configuration says, and then goes on without the sink: the events are numbered and can be read
 *   from the handles, and whoever waits for an outcome gets it.
 * - *A sink that dies.* It is told in the log, the event counts as taken, and the next one is handed over.
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
import * as Stream from "effect/Stream"

import { type EventDraft, isTerminal, numbered, type PackerEvent } from "../../domain/Event.ts"
import type { OperationId } from "../../domain/Identity.ts"
import { EventsNotRetained } from "../../domain/StreamErrors.ts"
import { PackerConfig } from "../../services/PackerConfig.ts"
import { PackerEventSink } from "../../services/PackerEventSink.ts"
import { makeFifo } from "./Fifo.ts"
import { eventsCoalesced, eventsPublished } from "./Instruments.ts"
import { ProjectOpening } from "./ProjectOpening.ts"
import { type RunningSinkCall, SinkCall } from "./SinkCall.ts"
import { makeTape, type Tape } from "./Tape.ts"

/** How many empty places stay in the row before it is closed up. */
const mostEmpty = 256

/** An event that waits; without a draft, it was merged into a later one. */
interface Waiting {
  draft: EventDraft | undefined
  readonly taken: (() => void) | undefined
}

/** The events of one operation. */
interface Told {
  readonly tape: Tape<PackerEvent>
  count: number
}

/** The way of events to the sink. What is told is told at once, so that it can be one step with what it tells of. */
export class EventPump extends Context.Service<EventPump, {
  /** Puts events at the end of those that wait; `taken` is called when the sink has had the last of them. */
  readonly tell: (drafts: ReadonlyArray<EventDraft>, taken?: () => void) => void
  /** The position of the newest event that the sink has had; 0 if there was none. */
  readonly position: () => number
  /** The events of an operation that has just been accepted, from the first until the terminal one, whenever it is read. */
  readonly follow: (id: OperationId) => Stream.Stream<PackerEvent, EventsNotRetained>
  /** The same of any operation, if its events are still there. */
  readonly eventsOf: (id: OperationId) => Stream.Stream<PackerEvent, EventsNotRetained>
  /** Waits as long as too many events wait for the sink. */
  readonly room: Effect.Effect<void>
  /** From now on `room` does not wait: what was accepted has to come to its end. */
  readonly letThrough: Effect.Effect<void>
  /** Waits until the sink has had everything, as long as it may take, and goes on without it then. */
  readonly drain: Effect.Effect<void>
}>()("prometeu-packer/layers/runtime/EventPump") {}

const make = Effect.gen(function*() {
  const { eventBuffer, eventRetention, sinkPatience } = yield* PackerConfig
  const { openingId, projectId } = yield* ProjectOpening
  const sink = yield* PackerEventSink
  const clock = yield* Clock.Clock
  const context = yield* Effect.context()

  const waiting = makeFifo<Waiting>()
  let position = 0
  let had = 0
  let closing = false
  let gone = false
  let underway: Waiting | undefined
  const progress = new Map<OperationId, Waiting>()
  const told = new Map<OperationId, Told>()
  let retained = 0
  const some = yield* Latch.make(false)
  const idle = yield* Latch.make(true)
  const roomy = yield* Latch.make(true)

  /** The events of an operation; the oldest ones of ended operations are forgotten. */
  const toldOf = (id: OperationId): Told => {
    const known = told.get(id)
    if (known !== undefined) return known
    const fresh = { tape: makeTape<PackerEvent>(Number.MAX_SAFE_INTEGER), count: 0 }
    told.set(id, fresh)
    return fresh
  }
  const ended: Array<OperationId> = []
  const retain = (id: OperationId, { count, tape }: Told) => {
    tape.end()
    retained += count
    ended.push(id)
    while (retained > eventRetention && ended.length > 1) {
      const oldest = ended.shift()
      if (oldest === undefined) break
      retained -= told.get(oldest)?.count ?? 0
      told.delete(oldest)
    }
  }

  const notRetained = () => new EventsNotRetained({ oldest: 0, latest: position })

  const number = (draft: EventDraft): PackerEvent => {
    const of = toldOf(draft.operation_id)
    const event = numbered(draft, {
      sequence: ++of.count,
      position: ++position,
      timestamp: clock.currentTimeMillisUnsafe()
    })
    of.tape.append(event)
    if (isTerminal(event)) retain(draft.operation_id, of)
    return event
  }

  /** The next one that waits, if any. */
  const take = (): Waiting | undefined => {
    const found = waiting.take()
    if (found === undefined) return undefined
    if (found.draft === undefined) empty = Math.max(0, empty - 1)
    else if (found.draft.kind !== "progress_updated") kept--
    if (found.draft !== undefined && progress.get(found.draft.operation_id) === found) {
      progress.delete(found.draft.operation_id)
    }
    return found
  }

  const withoutSink = (): void => {
    for (let found = take(); found !== undefined; found = take()) {
      if (found.draft !== undefined) number(found.draft)
      found.taken?.()
    }
  }

  /** How many events wait that must not be dropped. */
  let kept = 0
  /** How many places in the row are empty, because what waited there was merged into what came later. */
  let empty = 0
  const isFull = () => kept >= eventBuffer

  const tell = (drafts: ReadonlyArray<EventDraft>, taken?: () => void): void => {
    for (const [index, draft] of drafts.entries()) {
      const added: Waiting = { draft, taken: index === drafts.length - 1 ? taken : undefined }
      if (draft.kind === "progress_updated") {
        const older = progress.get(draft.operation_id)
        if (older !== undefined) {
          older.draft = undefined
          empty++
          eventsCoalesced.updateUnsafe(1, context)
        }
        progress.set(draft.operation_id, added)
      } else {
        kept++
      }
      waiting.put(added)
    }
    if (gone) return withoutSink()
    if (empty > kept + mostEmpty) {
      waiting.keep(({ draft, taken }) => draft !== undefined || taken !== undefined)
      empty = 0
    }
    if (waiting.length() === 0) return
    idle.closeUnsafe()
    if (isFull() && !closing) roomy.closeUnsafe()
    some.openUnsafe()
  }

  const handOver = (event: PackerEvent) =>
    Effect.suspend(() => {
      const call: RunningSinkCall = { openingId, ended: false }
      return Effect.suspend(() => sink.publish(event)).pipe(
        Effect.provideService(SinkCall, call),
        Effect.exit,
        Effect.tap((exit) => {
          call.ended = true
          eventsPublished.updateUnsafe(1, context)
          return Exit.isFailure(exit)
            ? Effect.logError(
              `The event sink died at event ${event.position} (${event.kind}) of project "${projectId}"`,
              exit.cause
            )
            : Effect.void
        })
      )
    })

  const pump = Effect.gen(function*() {
    while (true) {
      underway = take()
      if (underway === undefined) {
        some.closeUnsafe()
        idle.openUnsafe()
        yield* some.await
        continue
      }
      if (underway.draft !== undefined) {
        yield* handOver(number(underway.draft))
        had = position
      }
      underway.taken?.()
      if (!isFull()) roomy.openUnsafe()
    }
  })

  /** A sink may end the fiber that it runs in, and has had its event then. */
  const start = (): void => {
    fiber = Effect.runForkWith(context)(pump)
    fiber.addObserver((exit) => {
      if (gone) return
      Effect.runForkWith(context)(
        Effect.logError(
          `The event sink of project "${projectId}" ended the fiber it runs in, at event ${position}`,
          exit
        )
      )
      had = position
      underway?.taken?.()
      if (!isFull()) roomy.openUnsafe()
      start()
    })
  }
  let fiber: Fiber.Fiber<void> | undefined

  /** Goes on without the sink: what it is at was handed over, and all else is only numbered. */
  const giveUp = Effect.gen(function*() {
    gone = true
    fiber?.interruptUnsafe()
    const left = waiting.length()
    underway?.taken?.()
    withoutSink()
    yield* Effect.logWarning(
      `The event sink of project "${projectId}" took nothing for ${Duration.format(sinkPatience)}: ` +
        `the project is closed without it, and ${left + 1} events did not get there`
    )
  })

  const letThrough = Effect.sync(() => {
    closing = true
    roomy.openUnsafe()
  })

  const drain = Effect.gen(function*() {
    yield* letThrough
    if (gone) return
    const drained = yield* Effect.timeoutOption(idle.await, sinkPatience)
    if (Option.isNone(drained)) yield* giveUp
  })

  yield* Effect.addFinalizer(() =>
    Effect.andThen(
      drain,
      Effect.sync(() => {
        gone = true
        fiber?.interruptUnsafe()
      })
    )
  )

  start()

  return EventPump.of({
    tell,
    position: () => gone ? position : had,
    follow: (id) => toldOf(id).tape.after(0, notRetained),
    eventsOf: (id) => told.get(id)?.tape.after(0, notRetained) ?? Stream.fail(notRetained()),
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
