/** The disks that a power failure can leave. */
import type { SimulatedDisk } from "./SimulatedDisk.ts"

/** One of the disks that a power failure can leave. */
export interface CrashState {
  readonly disk: SimulatedDisk
  /** True if it is one of all there are, false if it is one of a sample. */
  readonly exhaustive: boolean
}

/** How many crash states to look at, and what to draw them with. */
export interface CrashStatesOptions {
  /** A number of 0 or more and less than 1, like `Math.random`: with a seed, the sample is the same every time. */
  readonly random: () => number
  readonly most: number
}

/** Says of each pending unit whether it survives. */
type Survivors = (index: number) => boolean

/** Every subset of so many units; there may be no more than 30. */
function* everySubset(units: number): Generator<Survivors> {
  for (let subset = 0; subset < 2 ** units; subset++) yield (index) => (subset >>> index & 1) === 1
}

/** Numbers below a count, each of them once, in an order by chance. */
const shuffled = (count: number, random: () => number): ReadonlyArray<number> => {
  const numbers = Array.from({ length: count }, (_, index) => index)
  for (let left = count - 1; left > 0; left--) {
    const other = Math.floor(random() * (left + 1))
    const [a = 0, b = 0] = [numbers[left], numbers[other]]
    numbers[left] = b
    numbers[other] = a
  }
  return numbers
}

/**
 * Nothing and all; then in turn a beginning, all but one, only one, and any of them by chance, so that a small sample has
 * of each. How much survives by chance is drawn first: there are as many where little or almost all does as any between.
 */
function* someSubsets(units: number, random: () => number): Generator<Survivors> {
  yield () => false
  yield () => true
  const places = shuffled(units, random)
  for (let turn = 0;; turn++) {
    const place = places[turn % units] ?? 0
    if (turn < units) {
      yield (index) => index < place
      yield (index) => index !== place
      yield (index) => index === place
    }
    const share = random()
    yield () => random() < share
  }
}

function* disksAfter(disk: SimulatedDisk, { most, random }: CrashStatesOptions): Generator<CrashState> {
  const units = disk.pending
  const exhaustive = 2 ** units <= most
  let left = most
  for (const survives of exhaustive ? everySubset(units) : someSubsets(units, random)) {
    if (left-- <= 0) return
    yield { disk: disk.crash(survives), exhaustive }
  }
}

/**
 * The disks that a power failure right now can leave: all of them if there are at most as many as asked for, otherwise
 * a sample. Two of them may be equal: different losses can leave the same.
 */
export const crashStates = (disk: SimulatedDisk, options: CrashStatesOptions): Iterable<CrashState> =>
  disksAfter(disk.fork(), options)
