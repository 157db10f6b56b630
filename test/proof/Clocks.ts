/** At what time a proof runs. */
import { Layer } from "effect"
import { TestClock } from "effect/testing"

/** Right when the files of its disk were written: their times say nothing yet, and all of them are read again. */
export const rightThen = TestClock.layer()

/** Long after: files whose measures are the same are not read again. */
export const longAfter = Layer.provideMerge(Layer.effectDiscard(TestClock.setTime(3_600_000)), TestClock.layer())

/** Now the one and now the other. */
export const clockOf = (seed: number): Layer.Layer<TestClock.TestClock> =>
  Layer.fresh(seed % 2 === 0 ? rightThen : longAfter)
