import { assert, describe, it } from "@effect/vitest"
import { Clock, Effect, Fiber } from "effect"
import type { Steps } from "../../src/domain/Steps.ts"
import { makeBreather } from "../../src/layers/Breather.ts"
import { watchTurns } from "../support/Turns.ts"

/** How many pieces of work are done at a stretch. */
const slice = 4

const setUp = Effect.gen(function*() {
  const { clock, longest, work } = yield* watchTurns
  return { longest, work, breather: yield* Effect.provideService(makeBreather, Clock.Clock, clock) }
})

describe("a breather", () => {
  it.effect("gives way when the slice is over, and not before", () =>
    Effect.gen(function*() {
      const { breather, longest, work } = yield* setUp
      for (let i = 0; i < 100; i++) {
        work()
        yield* breather.pause
      }
      assert.strictEqual(longest(), slice)
    }))

  it.effect("counts one slice for all fibers that do one work", () =>
    Effect.gen(function*() {
      const { breather, longest, work } = yield* setUp
      const some = Effect.repeat(Effect.andThen(Effect.sync(work), breather.pause), { times: 50 })
      yield* Effect.all([some, some, some, some], { concurrency: "unbounded" })
      // Of four fibers each goes one step past the end, to find that it is there.
      assert.isAtMost(longest(), slice + 4)
    }))

  it.effect("goes on although one that waited was interrupted", () =>
    Effect.gen(function*() {
      const { breather, longest, work } = yield* setUp
      const some = Effect.forever(Effect.andThen(Effect.sync(work), breather.pause))
      const fiber = yield* Effect.forkChild(some, { startImmediately: true })
      yield* Fiber.interrupt(fiber)
      yield* Effect.repeat(Effect.andThen(Effect.sync(work), breather.pause), { times: 50 })
      assert.isAtMost(longest(), slice + 1)
    }))

  it.effect("runs steps with pauses in between", () =>
    Effect.gen(function*() {
      const { breather, longest, work } = yield* setUp
      const steps = function*(): Steps<string> {
        for (let i = 0; i < 50; i++) {
          work()
          yield
        }
        return "done"
      }
      assert.strictEqual(yield* breather.run(steps()), "done")
      assert.strictEqual(longest(), slice)
    }))
})
