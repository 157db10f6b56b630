/** Work that must come to an end: by itself, or when time goes on. */
import { Effect, type Exit, Fiber } from "effect"
import { TestClock } from "effect/testing"

/** How often others have their turn before time goes on. */
const patience = 200
/** How often time goes on before nobody waits any more: half a minute, longer than anything in a project waits. */
const steps = 600

/** How work ended; `undefined` if it hangs. Time goes on only when the work does not without it. */
export const bounded = Effect.fnUntraced(function*<A, E, R>(work: Effect.Effect<A, E, R>) {
  const fiber = yield* Effect.forkDetach(work, { startImmediately: true })
  for (let step = 0; step < steps; step++) {
    for (let turn = 0; turn < patience; turn++) {
      const exit: Exit.Exit<A, E> | undefined = fiber.pollUnsafe()
      if (exit !== undefined) return exit
      yield* Effect.yieldNow
    }
    yield* TestClock.adjust("50 millis")
  }
  // Not waited for: what hangs may not be willing to be interrupted either.
  yield* Effect.forkDetach(Fiber.interrupt(fiber))
  return undefined
})
