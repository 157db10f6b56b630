/**
 * Long pure work in small steps.
 *
 * Reading a registry of 100,000 entries takes longer than an editor's UI may stand still. Such work is a generator that
 * yields every so often; the shell lets other work run in between, and `runSteps` runs it through at once.
 */
export type Steps<A> = Generator<undefined, A, undefined>

/** Runs steps to the end without a pause. */
export const runSteps = <A>(steps: Steps<A>): A => {
  let step = steps.next()
  while (step.done !== true) step = steps.next()
  return step.value
}

/** How many items are sorted between two pauses. */
const sortSlice = 2048

/** Sorts items in steps; those that are equal stay in their order. */
export function* sortSteps<A>(items: ReadonlyArray<A>, compare: (a: A, b: A) => number): Steps<ReadonlyArray<A>> {
  let runs: Array<ReadonlyArray<A>> = []
  for (let i = 0; i < items.length; i += sortSlice) {
    runs.push(items.slice(i, i + sortSlice).sort(compare))
    yield
  }
  while (runs.length > 1) {
    const longer: Array<ReadonlyArray<A>> = []
    for (let i = 0; i < runs.length; i += 2) longer.push(yield* merge(runs[i] ?? [], runs[i + 1] ?? [], compare))
    runs = longer
  }
  return runs[0] ?? []
}

function* merge<A>(
  left: ReadonlyArray<A>,
  right: ReadonlyArray<A>,
  compare: (a: A, b: A) => number
): Steps<ReadonlyArray<A>> {
  const last = left.at(-1)
  const first = right[0]
  // What is sorted already is only put together: most of what comes here was read in order.
  if (last === undefined || first === undefined || compare(last, first) <= 0) return left.concat(right)
  const merged: Array<A> = []
  for (let l = 0, r = 0; l < left.length || r < right.length;) {
    const a = left[l]
    const b = right[r]
    if (b === undefined || (a !== undefined && compare(a, b) <= 0)) {
      if (a !== undefined) merged.push(a)
      l++
    } else {
      merged.push(b)
      r++
    }
    if (merged.length % sortSlice === 0) yield
  }
  return merged
}
