import { assert, describe, it } from "@effect/vitest"
import { Cause, Context, Deferred, Effect, Exit, Fiber, Latch, Layer, Logger, Queue, Ref, Stream } from "effect"
import { TestConsole } from "effect/testing"
import type { PackerEvent } from "../../src/domain/Event.ts"
import { functionSink } from "../../src/layers/FunctionSink.ts"
import { queueSink } from "../../src/layers/QueueSink.ts"
import { severalSinks } from "../../src/layers/SeveralSinks.ts"
import { PackerEvents } from "../../src/services/PackerEvents.ts"
import { PackerEventSink } from "../../src/services/PackerEventSink.ts"
import { eventAt, eventsFrom, freshPubSubSink, publish } from "../support/Events.ts"

class Bus extends Context.Service<Bus, { readonly name: string; readonly sent: Ref.Ref<ReadonlyArray<string>> }>()(
  "prometeu-packer/test/Bus"
) {}

const bus = (name: string) =>
  Layer.effect(Bus, Effect.map(Ref.make<ReadonlyArray<string>>([]), (sent) => Bus.of({ name, sent })))

/** A sink that notes the positions of its events. */
const noting = (positions: Array<number>) => functionSink((event) => Effect.sync(() => positions.push(event.position)))

const dying = functionSink((event) => Effect.die(new Error(`no ${event.position}`)))

describe("functionSink", () => {
  it.effect("calls the function with what was there when it was built", () =>
    Effect.gen(function*() {
      const inner = yield* Layer.build(bus("inner"))
      const sink = functionSink((event: PackerEvent) =>
        Effect.flatMap(Bus, ({ name, sent }) => Ref.update(sent, (all) => [...all, `${name} ${event.position}`]))
      )
      // Whoever publishes has another bus, or none.
      yield* publish(eventsFrom(1, 2)).pipe(
        Effect.provide([Layer.provide(sink, Layer.succeedContext(inner)), bus("outer")])
      )
      yield* publish([eventAt(3)]).pipe(Effect.provide(Layer.provide(sink, Layer.succeedContext(inner))))
      assert.deepStrictEqual(yield* Ref.get(Context.get(inner, Bus).sent), ["inner 1", "inner 2", "inner 3"])
    }))

  it.effect("gives the function the scope of the layer", () =>
    Effect.gen(function*() {
      const closed: Array<number> = []
      const sink = functionSink((event) => Effect.addFinalizer(() => Effect.sync(() => closed.push(event.position))))
      yield* Effect.provide(
        Effect.andThen(publish(eventsFrom(1, 2)), Effect.sync(() => assert.deepStrictEqual(closed, []))),
        sink
      )
      assert.deepStrictEqual(closed, [2, 1])
    }))
})

describe("a function of a host without types", () => {
  it.effect.each([undefined, null, 5, {}, Promise.resolve()])(
    "that gives %o dies of it, and says what to do",
    (given) =>
      Effect.gen(function*() {
        const exit = yield* Effect.exit(Effect.provide(publish([eventAt(1)]), functionSink(() => given as never)))
        assert.include(Exit.isFailure(exit) ? Cause.pretty(exit.cause) : "", "Wrap what it does in Effect.sync")
      })
  )
})

describe("queueSink", () => {
  it.effect("waits while the queue is full", () =>
    Effect.gen(function*() {
      const queue = yield* Queue.bounded<PackerEvent>(2)
      const publishing = yield* publish(eventsFrom(1, 4)).pipe(
        Effect.provide(queueSink(queue)),
        Effect.forkChild({ startImmediately: true })
      )
      assert.strictEqual(yield* Queue.size(queue), 2)
      assert.isUndefined(publishing.pollUnsafe())
      const taken = yield* Effect.forEach([1, 2, 3, 4], () => Queue.take(queue))
      assert.deepStrictEqual(taken.map(({ position }) => position), [1, 2, 3, 4])
      yield* Fiber.join(publishing)
    }))

  it.effect("lets a queue drop events that was made to", () =>
    Effect.gen(function*() {
      const queue = yield* Queue.dropping<PackerEvent>(2)
      yield* Effect.provide(publish(eventsFrom(1, 4)), queueSink(queue))
      assert.deepStrictEqual((yield* Queue.takeAll(queue)).map(({ position }) => position), [1, 2])
    }))

  it.effect("dies with a queue that was shut down or ended, also while it waits", () =>
    Effect.gen(function*() {
      const queue = yield* Queue.bounded<PackerEvent, Cause.Done>(1)
      const publishing = yield* Effect.forEach([1, 2], (position) => Effect.exit(publish([eventAt(position)]))).pipe(
        Effect.provide(queueSink(queue)),
        Effect.forkChild({ startImmediately: true })
      )
      yield* Queue.shutdown(queue)
      const [before, meanwhile] = yield* Fiber.join(publishing)
      assert.deepStrictEqual(before, Exit.void)
      assert.isTrue(meanwhile !== undefined && Exit.isFailure(meanwhile) && Cause.hasDies(meanwhile.cause))

      const ended = yield* Queue.unbounded<PackerEvent, Cause.Done>()
      yield* Queue.end(ended)
      const after = yield* Effect.exit(Effect.provide(publish([eventAt(1)]), queueSink(ended)))
      assert.isTrue(Exit.isFailure(after) && Cause.hasDies(after.cause))
    }))
})

describe("severalSinks", () => {
  it.effect("gives every event to each, and has what they give besides", () =>
    Effect.gen(function*() {
      const first: Array<number> = []
      const second: Array<number> = []
      yield* Effect.gen(function*() {
        yield* publish(eventsFrom(1, 3))
        const stream = yield* PackerEvents.use((events) => events.subscribe({ from: "oldest" }))
        const retained = yield* stream.pipe(Stream.take(3), Stream.runCollect)
        assert.deepStrictEqual(retained.map(({ position }) => position), [1, 2, 3])
        assert.strictEqual((yield* Bus).name, "besides")
      }).pipe(Effect.provide(
        severalSinks(noting(first), freshPubSubSink(), Layer.merge(noting(second), bus("besides")))
      ))
      assert.deepStrictEqual([first, second], [[1, 2, 3], [1, 2, 3]])
    }))

  it.effect("gives an event to all at once, and the next one when all had it", () =>
    Effect.gen(function*() {
      const quick: Array<number> = []
      const slow = yield* Latch.make(false)
      const begun = yield* Deferred.make<void>()
      const waiting = functionSink(() => Effect.andThen(Deferred.succeed(begun, undefined), slow.await))
      const publishing = yield* publish(eventsFrom(1, 2)).pipe(
        Effect.provide(severalSinks(waiting, noting(quick))),
        Effect.forkChild
      )
      yield* Deferred.await(begun)
      // Whatever could go on goes on now.
      yield* Effect.repeat(Effect.yieldNow, { times: 20 })
      assert.deepStrictEqual(quick, [1])
      yield* slow.open
      yield* Fiber.join(publishing)
      assert.deepStrictEqual(quick, [1, 2])
    }))

  it.effect("tells of one that dies, and goes on with all", () =>
    Effect.gen(function*() {
      const before: Array<number> = []
      const after: Array<number> = []
      const interrupted = functionSink(() => Effect.interrupt)
      const told: Array<string> = []
      const logger = Logger.make(({ cause, logLevel }) => {
        told.push(`${logLevel} ${Cause.pretty(cause)}`)
      })
      yield* publish(eventsFrom(1, 2)).pipe(
        Effect.provide(severalSinks(noting(before), dying, interrupted, noting(after))),
        Effect.provideService(Logger.CurrentLoggers, new Set([logger]))
      )
      assert.deepStrictEqual([before, after], [[1, 2], [1, 2]])
      assert.isTrue(told.every((line) => line.startsWith("Error")))
      for (const reason of ["no 1", "no 2"]) assert.strictEqual(told.filter((line) => line.includes(reason)).length, 1)
      assert.strictEqual(told.length, 4)
    }))

  it.effect("can be interrupted in all of them", () =>
    Effect.gen(function*() {
      const interrupted: Array<string> = []
      const begun = { a: yield* Latch.make(false), b: yield* Latch.make(false) }
      const stuck = (name: "a" | "b") =>
        functionSink(() =>
          Effect.andThen(begun[name].open, Effect.never).pipe(
            Effect.onInterrupt(() => Effect.sync(() => interrupted.push(name)))
          )
        )
      const publishing = yield* publish([eventAt(1)]).pipe(
        Effect.provide(severalSinks(stuck("a"), stuck("b"))),
        Effect.forkChild
      )
      yield* Effect.andThen(begun.a.await, begun.b.await)
      yield* Fiber.interrupt(publishing)
      assert.isTrue(Exit.hasInterrupts(yield* Fiber.await(publishing)))
      assert.deepStrictEqual(interrupted.toSorted(), ["a", "b"])
      assert.isFalse((yield* TestConsole.logLines).map(String).some((line) => line.includes("died")))
    }))

  it.effect("fails to be built with the error of one of them", () =>
    Effect.gen(function*() {
      const failing = Layer.effect(PackerEventSink, Effect.fail("no sink" as const))
      const failure = yield* Effect.flip(Effect.provide(publish([]), severalSinks(noting([]), failing)))
      assert.strictEqual(failure, "no sink")
    }))
})
