/** A clock that goes on by itself whenever nothing else does: what waits for minutes is over at once. */
import { type Clock, Duration, Effect } from "effect"

/** Somebody who sleeps. */
interface Sleeper {
  readonly until: number
  readonly wake: () => void
}

/** A clock, and how often it had to go on. */
export interface JumpingClock {
  readonly clock: Clock.Clock
  /** How often it went on to where the next sleeper wakes. */
  readonly jumps: () => number
}

/** How many turns of the event loop without anybody waking up count as nothing going on. */
const quietTurns = 3

/** A clock that goes on to the next sleeper when several turns of the event loop have passed. */
export const jumpingClock = (): JumpingClock => {
  let now = Date.UTC(2026, 0)
  let jumps = 0
  let isTurning = false
  const sleepers: Array<Sleeper> = []
  const turn = (left: number): void => {
    if (sleepers.length === 0) {
      isTurning = false
      return
    }
    if (left > 0) {
      setImmediate(turn, left - 1)
      return
    }
    const next = sleepers.toSorted((a, b) => a.until - b.until)[0]
    if (next !== undefined) {
      sleepers.splice(sleepers.indexOf(next), 1)
      now = Math.max(now, next.until)
      jumps++
      next.wake()
    }
    setImmediate(turn, quietTurns)
  }
  const nanos = (): bigint => BigInt(Math.round(now * 1_000_000))
  const clock: Clock.Clock = {
    currentTimeMillisUnsafe: () => now,
    currentTimeMillis: Effect.sync(() => now),
    currentTimeNanosUnsafe: nanos,
    currentTimeNanos: Effect.sync(nanos),
    monotonicTimeNanosUnsafe: nanos,
    monotonicTimeNanos: Effect.sync(nanos),
    sleep: (duration) =>
      Effect.callback<void>((resume) => {
        const sleeper: Sleeper = { until: now + Duration.toMillis(duration), wake: () => resume(Effect.void) }
        sleepers.push(sleeper)
        if (!isTurning) {
          isTurning = true
          setImmediate(turn, quietTurns)
        }
        return Effect.sync(() => {
          const place = sleepers.indexOf(sleeper)
          if (place >= 0) sleepers.splice(place, 1)
        })
      })
  }
  return { clock, jumps: () => jumps }
}
