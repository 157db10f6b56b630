/** Functions that are written as generators of results. */
import * as Result from "effect/Result"

type FailureOf<R> = R extends Result.Result<unknown, infer E> ? E : never

/**
 * A function whose body yields results, as that of `Result.gen` does: the first failure is what it gives.
 *
 * The generator function is made once. One that every call makes anew, as `Result.gen(function*() {…})` inside of a function
 * does, gets a prototype and a hidden class of its own. The engine keeps these among what is old, and with them, until the
 * next full collection, all that the function closes over: each command its snapshot. Collecting then takes several times
 * as long, and so do calls that meet a hidden class they have never seen.
 */
export const resultFn = <Args extends ReadonlyArray<unknown>, R extends Result.Result<unknown, unknown>, A>(
  body: (...args: Args) => Generator<R, A, never>
): (...args: Args) => Result.Result<A, FailureOf<R>> =>
// `Result.gen` says the same of a body without parameters; of one that is handed on, it cannot see the failures.
(...args) => Result.gen(() => body(...args)) as Result.Result<A, FailureOf<R>>
