/** Chance that is the same in every run. */
import { seeded } from "prometeu-packer/testing"

/** The same things in another order, in which each is once. */
export const shuffled = <A>(all: Iterable<A>): Array<A> => {
  const next = seeded(20261)
  const left = [...all]
  for (let at = left.length - 1; at > 0; at--) {
    const other = Math.floor(next() * (at + 1))
    const [one, two] = [left[at], left[other]]
    if (one !== undefined && two !== undefined) [left[at], left[other]] = [two, one]
  }
  return left
}
