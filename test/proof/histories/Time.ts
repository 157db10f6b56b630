/** Time and turns of a history: a clock that goes on only when nobody can, and whose turn it is by chance. */
import { type Clock, Duration, Effect, type Scheduler } from "effect"

/** The time of one history. */
export interface Time {
  readonly clock: Clock.Clock
  /** Goes on to where the next one wants to be woken, and wakes whoever does; `false` if nobody does. */
  readonly goOn: () => boolean
}

/** A time that begins at 1,000,000 milliseconds. */
export const makeTime = (): Time => {
  let now = 1_000_000
  const sleepers = new Set<{ readonly at: number; readonly wake: () => void }>()
  const next = () => Array.from(sleepers).reduce((least, { at }) => Math.min(least, at), Infinity)
  return {
    clock: {
      currentTimeMillisUnsafe: () => now,
      currentTimeMillis: Effect.sync(() => now),
      currentTimeNanosUnsafe: () => BigInt(now) * 1_000_000n,
      currentTimeNanos: Effect.sync(() => BigInt(now) * 1_000_000n),
      monotonicTimeNanosUnsafe: () => BigInt(now) * 1_000_000n,
      monotonicTimeNanos: Effect.sync(() => BigInt(now) * 1_000_000n),
      sleep: (duration) =>
        Effect.callback<void>((resume) => {
          const sleeper = { at: now + Duration.toMillis(duration), wake: () => resume(Effect.void) }
          sleepers.add(sleeper)
          return Effect.sync(() => void sleepers.delete(sleeper))
        })
    },
    goOn: () => {
      const at = next()
      if (at === Infinity) return false
      now = at
      for (const sleeper of Array.from(sleepers)) if (sleeper.at <= now && sleepers.delete(sleeper)) sleeper.wake()
      return true
    }
  }
}

/**
 * Takes the turns of all fibers one after the other, each by chance out of those that could go on. When none can,
 * `onIdle` is asked whether there is more to come.
 */
export const seededScheduler = (random: () => number, steps: number, onIdle: () => boolean): Scheduler.Scheduler => {
  const waiting: Array<() => void> = []
  let isPlanned = false
  const run = (): void => {
    do {
      while (waiting.length > 0) {
        const at = Math.floor(random() * waiting.length)
        const [task] = waiting.splice(at, 1)
        task?.()
      }
    } while (onIdle())
    isPlanned = false
  }
  const dispatcher: Scheduler.SchedulerDispatcher = {
    scheduleTask: (task) => {
      waiting.push(task)
      if (isPlanned) return
      isPlanned = true
      queueMicrotask(run)
    },
    flush: run
  }
  return {
    executionMode: "async",
    shouldYield: (fiber) => fiber.currentOpCount >= steps,
    makeDispatcher: () => dispatcher
  }
}
