/** How long somebody goes on to ask a disk at once, who would hold up everybody else where it has to be waited for. */
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"

/** For one folder. So long takes what has to be waited for, and then nobody else gets a turn. */
const longNanos = 1_000_000n
/** So often it may take so long, and once more after so many folders that did not: others may have had the processor. */
const longLooks = 8
const shortLooks = 16

/** It ends when looks took long again and again. */
export interface Patience {
  readonly isOver: () => boolean
  /** Looks, and remembers how long that took. */
  readonly look: <A>(look: () => A) => A
}

/** As patient as at first. */
export const makePatience: Effect.Effect<Patience> = Effect.map(Clock.Clock, (clock) => {
  let left = longLooks
  return {
    isOver: () => left <= 0,
    look: (look) => {
      const start = clock.monotonicTimeNanosUnsafe()
      const found = look()
      const isLong = clock.monotonicTimeNanosUnsafe() - start > longNanos
      left = isLong ? left - 1 : Math.min(longLooks, left + 1 / shortLooks)
      return found
    }
  }
})
