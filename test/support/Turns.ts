/** Tells how long work goes on between two turns of the event loop, by a clock that goes on only where it is told to. */
import { type Clock, Effect } from "effect"

const clockAt = (now: () => bigint): Clock.Clock => ({
  currentTimeMillisUnsafe: () => Number(now() / 1_000_000n),
  currentTimeMillis: Effect.sync(() => Number(now() / 1_000_000n)),
  currentTimeNanosUnsafe: now,
  currentTimeNanos: Effect.sync(now),
  monotonicTimeNanosUnsafe: now,
  monotonicTimeNanos: Effect.sync(now),
  sleep: () => Effect.void
})

const pieceNanos = 250_000n

/** A clock, and what it says of the work that takes its time. */
export const watchTurns = Effect.gen(function*() {
  let now = 0n
  let since = 0n
  let longest = 0n
  const look = () => {
    longest = now - since > longest ? now - since : longest
  }
  const turn = Effect.sync(() => {
    look()
    since = now
  })
  // One round for each turn of the loop: `forever` gives way after each.
  yield* Effect.forkScoped(Effect.forever(turn), { startImmediately: true })
  return {
    clock: clockAt(() => now),
    /** One piece of work takes a quarter of a millisecond. */
    work: () => void (now += pieceNanos),
    /** The most pieces of work without a turn. */
    longest: () => {
      look()
      return Number(longest / pieceNanos)
    }
  }
})
