/** A value that is shown, and whoever follows it. */
import * as Effect from "effect/Effect"
import * as PubSub from "effect/PubSub"
import * as Stream from "effect/Stream"
import * as SubscriptionRef from "effect/SubscriptionRef"

/** A value that is shown. */
interface Shown<A> {
  readonly current: Effect.Effect<A>
  /** The value now, and every other one; a slow reader gets the newest. It ends with the scope of whoever shows it. */
  readonly changes: Stream.Stream<A>
  /** Shows what comes of the value; `true` if it is another one. */
  readonly update: (next: (before: A) => A) => Effect.Effect<boolean>
}

/** Shows a value, as long as the scope lives. */
export const makeShown = Effect.fnUntraced(function*<A>(first: A) {
  const ref = yield* SubscriptionRef.make(first)
  yield* Effect.addFinalizer(() => PubSub.shutdown(ref.pubsub))
  const shown: Shown<A> = {
    current: SubscriptionRef.get(ref),
    changes: SubscriptionRef.changes(ref).pipe(
      Stream.buffer({ capacity: 1, strategy: "sliding" }),
      Stream.changesWith((before, after) => before === after)
    ),
    update: (next) =>
      SubscriptionRef.modify(ref, (before) => {
        const after = next(before)
        return [after !== before, after]
      })
  }
  return shown
})
