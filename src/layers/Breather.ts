/** Long work that leaves room for others: whoever shares the process waits for a slice of it, never for all of it. */
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"

import type { Steps } from "../domain/Steps.ts"

/**
 * For how long work may hold the event loop at a stretch: a sixteenth of a frame at 60 frames a second. Whoever makes much
 * garbage has it collected in between, which takes up to twenty times as long; together that is hardly more than one frame.
 */
const sliceNanos = 1_000_000n

/** Where long work gives way. All fibers that do one piece of work share one. */
export interface Breather {
  /** True if the slice is over: asked in loops whose steps are shorter than an effect. */
  readonly isOver: () => boolean
  /** Lets others run if the slice is over; costs next to nothing if it is not. */
  readonly pause: Effect.Effect<void>
  /** Runs steps to the end, with a pause wherever the slice is over. */
  readonly run: <A>(steps: Steps<A>) => Effect.Effect<A>
}

/**
 * Makes a breather whose first slice begins now.
 *
 * The slice is that of the work and not of a fiber. Of several fibers that wait for the event loop to turn, the first to
 * go on begins the next slice, and the others find it running: if each began one of its own, ten of them would hold the
 * loop ten times as long.
 */
export const makeBreather: Effect.Effect<Breather> = Effect.map(Clock.Clock, (clock) => {
  let since = clock.monotonicTimeNanosUnsafe()
  const isOver = () => clock.monotonicTimeNanosUnsafe() - since >= sliceNanos
  const turn = Effect.suspend(() => {
    const over = since
    return Effect.map(Effect.yieldNow, () => {
      if (since === over) since = clock.monotonicTimeNanosUnsafe()
    })
  })
  return {
    isOver,
    pause: Effect.suspend(() => isOver() ? turn : Effect.void),
    run: <A>(steps: Steps<A>) => {
      const goOn: Effect.Effect<A> = Effect.suspend(() => {
        for (let step = steps.next();; step = steps.next()) {
          if (step.done === true) return Effect.succeed(step.value)
          if (isOver()) return afterTurn
        }
      })
      const afterTurn = Effect.andThen(turn, goOn)
      return goOn
    }
  }
})
