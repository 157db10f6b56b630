/** A value that goes on changing, as React reads it: now, and told of every later one. */
import { Effect, type Scope, Stream } from "effect"

/** A value that goes on changing. The same object as long as it is the same. */
export interface Live<A> {
  readonly get: () => A
  /** Calls back whenever it is another one; the result ends that. */
  readonly subscribe: (listener: () => void) => () => void
}

/** Follows what a service shows, as long as the scope lives. */
export const follow = Effect.fnUntraced(function*<A>(shown: {
  readonly current: Effect.Effect<A>
  readonly changes: Stream.Stream<A, unknown>
}): Effect.fn.Return<Live<A>, never, Scope.Scope> {
  let value = yield* shown.current
  const listeners = new Set<() => void>()
  yield* shown.changes.pipe(
    Stream.runForEach((next) =>
      Effect.sync(() => {
        if (next === value) return
        value = next
        for (const listener of listeners) listener()
      })
    ),
    Effect.ignore,
    Effect.forkScoped
  )
  return {
    get: () => value,
    subscribe: (listener) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    }
  }
})
