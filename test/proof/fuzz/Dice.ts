/** Choices by chance that are the same for the same seed. */
import { seeded } from "../../../src/testing/Seeded.ts"

/** Choices by chance. */
export interface Dice {
  /** A whole number from 0 up to, and not including, another. */
  readonly below: (end: number) => number
  /** True this often: 0 is never, 1 is always. */
  readonly chance: (share: number) => boolean
  /** One of some items, of which there is at least one. */
  readonly pick: <A>(items: ReadonlyArray<A>) => A
}

/** The dice of a seed. */
export const diceOf = (seed: number): Dice => {
  const random = seeded(seed)
  const below = (end: number): number => Math.floor(random() * end)
  return {
    below,
    chance: (share) => random() < share,
    pick: (items) => {
      for (const item of items.slice(below(items.length))) return item
      throw new Error("There is nothing to choose from.")
    }
  }
}
