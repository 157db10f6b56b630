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
