/** The bus: everything in order for whoever listens, and nobody waits for who does not. */
import { assert, describe, expectTypeOf, it } from "@effect/vitest"
import { Effect, Exit, Fiber, Layer, Result, Scope, Stream } from "effect"
import {
  defaultStudioSettings,
  StudioConfig,
  type StudioEvent,
  StudioEventBus,
  studioEventBus
} from "../../src/studio.ts"
import { turns } from "../support/Projects.ts"

declare module "../../src/studio.ts" {
  interface StudioEvents {
    readonly HostCounted: { readonly count: number }
  }
}

const bus = (busBuffer = 1024) =>
  Layer.fresh(Layer.provide(studioEventBus, Layer.succeed(StudioConfig, { ...defaultStudioSettings, busBuffer })))

const counted = (count: number): StudioEvent => ({ _tag: "HostCounted", count })
const countOf = (event: StudioEvent): number => event._tag === "HostCounted" ? event.count : -1
const numbers = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, i) => from + i)
const publish = (from: number, to: number) =>
  StudioEventBus.use(({ publish }) => Effect.forEach(numbers(from, to), (n) => publish(counted(n)), { discard: true }))

/** All that a stream gives, and after which event it was too slow, if it was. */
const all = Effect.fnUntraced(
  function*<E extends { readonly lastPosition: number }>(stream: Stream.Stream<StudioEvent, E>) {
    const got: Array<number> = []
    const end = yield* Effect.result(Stream.runForEach(stream, (event) => Effect.sync(() => got.push(countOf(event)))))
    return { got, lagged: Result.isFailure(end) ? end.failure.lastPosition : undefined }
  }
)

/** Does something with a bus, and ends the bus; what is buffered can be read afterwards. */
const whole = <A, E>(body: Effect.Effect<A, E, StudioEventBus | Scope.Scope>, buffer?: number) =>
  Effect.gen(function*() {
    const layer = yield* Scope.make()
    const context = yield* Layer.buildWithScope(bus(buffer), layer)
    const result = yield* Effect.provideContext(body, context)
    yield* Scope.close(layer, Exit.void)
    return result
  })

describe("the bus", () => {
  it("takes events that a host declares", () => {
    expectTypeOf<Extract<StudioEvent, { _tag: "HostCounted" }>["count"]>().toEqualTypeOf<number>()
    expectTypeOf<{ readonly _tag: "HostCounted"; readonly count: string }>().not.toExtend<StudioEvent>()
    expectTypeOf<{ readonly _tag: "NobodyDeclared" }>().not.toExtend<StudioEvent>()
  })

  it.effect("gives each listener everything from when it subscribed, in order", () =>
    Effect.gen(function*() {
      const [early, late] = yield* whole(Effect.gen(function*() {
        const { subscribe } = yield* StudioEventBus
        const early = yield* subscribe
        yield* publish(1, 300)
        const late = yield* subscribe
        yield* publish(301, 600)
        return [early, late] as const
      }))
      assert.deepStrictEqual(yield* all(early), { got: numbers(1, 600), lagged: undefined })
      assert.deepStrictEqual(yield* all(late), { got: numbers(301, 600), lagged: undefined })
    }))

  it.effect("never waits for a listener, and ends the one that is too slow, with nothing left out before", () =>
    Effect.gen(function*() {
      const { slow, quick } = yield* whole(
        Effect.gen(function*() {
          const { subscribe } = yield* StudioEventBus
          const slow = yield* subscribe
          const quick = yield* Effect.flatMap(
            subscribe,
            (events) => Effect.forkDetach(all(events), { startImmediately: true })
          )
          yield* publish(1, 3)
          const begun = yield* Stream.runHead(Stream.take(slow, 1))
          assert.strictEqual(begun._tag, "Some")
          yield* publish(4, 100)
          return { slow, quick }
        }),
        8
      )
      const { got, lagged } = yield* all(slow)
      assert.deepStrictEqual(got, numbers(2, got.length + 1))
      assert.strictEqual(lagged, got.length + 1)
      assert.deepStrictEqual(yield* Fiber.join(quick), { got: numbers(1, 100), lagged: undefined })
    }))

  it.effect("holds as many as its buffer", () =>
    Effect.gen(function*() {
      const listen = (count: number) =>
        Effect.flatMap(
          whole(StudioEventBus.use(({ subscribe }) => Effect.tap(subscribe, () => publish(1, count))), 4),
          all
        )
      assert.deepStrictEqual(yield* listen(4), { got: [1, 2, 3, 4], lagged: undefined })
      assert.deepStrictEqual(yield* listen(5), { got: [], lagged: 0 })
    }))

  it.effect("does not take a burst for slowness", () =>
    Effect.gen(function*() {
      const reader = yield* whole(
        Effect.gen(function*() {
          const { subscribe } = yield* StudioEventBus
          const reader = yield* Effect.flatMap(subscribe, (events) => Effect.forkDetach(all(events)))
          yield* publish(1, 5000)
          yield* turns
          return reader
        }),
        64
      )
      assert.deepStrictEqual(yield* Fiber.join(reader), { got: numbers(1, 5000), lagged: undefined })
    }))

  it.effect("keeps the order when listeners publish too", () =>
    Effect.gen(function*() {
      const { echo, other } = yield* whole(Effect.gen(function*() {
        const { publish: send, subscribe } = yield* StudioEventBus
        const listening = yield* subscribe
        const echo = yield* Effect.forkDetach(
          Stream.runForEach(listening, (event) =>
            countOf(event) < 100 ? send(counted(countOf(event) + 100)) : Effect.void),
          { startImmediately: true }
        )
        const other = yield* subscribe
        yield* publish(1, 20)
        yield* turns
        return { echo, other }
      }))
      yield* Fiber.join(echo)
      const { got, lagged } = yield* all(other)
      assert.isUndefined(lagged)
      assert.deepStrictEqual(
        got.filter((n) =>
          n < 100
        ),
        numbers(1, 20)
      )
      assert.deepStrictEqual(got.filter((n) => n > 100), numbers(101, 120))
    }))

  it.effect("ends a stream with the scope that it was subscribed in", () =>
    Effect.gen(function*() {
      const scope = yield* Scope.make()
      const events = yield* Scope.provide((yield* StudioEventBus).subscribe, scope)
      const reader = yield* Effect.forkChild(all(events), { startImmediately: true })
      yield* publish(1, 2)
      yield* turns
      yield* Scope.close(scope, Exit.void)
      yield* publish(3, 4)
      assert.deepStrictEqual(yield* Fiber.join(reader), { got: [1, 2], lagged: undefined })
    }).pipe(Effect.provide(bus())))
})
