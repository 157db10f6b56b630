/** Chance that can be had again. */

/**
 * Numbers of 0 or more and less than 1, like those of `Math.random`, that are the same every time for the same seed: print
 * the seed, and what was found by chance can be found again.
 *
 * @example
 * for (const { disk } of crashStates(before, { most: 64, random: seeded(7) })) {
 *   // opens the project that a power failure left
 * }
 */
export const seeded = (seed: number): () => number => {
  let state = seed >>> 0
  return () => {
    state = state + 0x6d_2b_79_f5 >>> 0
    let t = state
    t = Math.imul(t ^ t >>> 15, t | 1)
    t ^= t + Math.imul(t ^ t >>> 7, t | 61)
    return ((t ^ t >>> 14) >>> 0) / 2 ** 32
  }
}
