/** How long the event loop is held at a stretch, seen from inside: by something that wants to run at every turn of it. */
import { rounded } from "./Statistics.ts"

/** What was seen in some time. */
export interface Blocks {
  readonly millis: number
  readonly longestMillis: number
  /** The share of the time that was spent in blocks over 20 milliseconds. */
  readonly shareOver20: number
}

/** From so many milliseconds on, somebody notices. */
const noticeable = 20

/**
 * Watches until the result is called. Nothing is sampled, and nothing is a percentile: the time between any two turns of
 * the loop counts, whatever it was spent with, collecting garbage too.
 */
export const watchBlocks = (): () => Blocks => {
  const start = performance.now()
  let last = start
  let longest = 0
  let over = 0
  let isOver = false
  const look = (): number => {
    const now = performance.now()
    const block = now - last
    longest = Math.max(longest, block)
    if (block > noticeable) over += block
    last = now
    return now
  }
  const turn = (): void => {
    if (isOver) return
    look()
    setImmediate(turn)
  }
  setImmediate(turn)
  return () => {
    isOver = true
    const millis = look() - start
    return { millis: rounded(millis), longestMillis: rounded(longest), shareOver20: rounded(over / millis) }
  }
}
