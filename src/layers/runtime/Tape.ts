/** What is told one after the other, and read by any number of readers, each at its own pace. */
import * as Effect from "effect/Effect"
import * as Latch from "effect/Latch"
import * as Option from "effect/Option"
import * as Stream from "effect/Stream"

/** A row of items that grows at its end, numbered 1, 2, 3…, of which the newest are kept. */
export interface Tape<A> {
  readonly append: (item: A) => void
  /** Nothing is appended any more: readers end when they have read everything. */
  readonly end: () => void
  /** The items after a number, those that come included. A reader whose next item is not kept any more fails with `behind`. */
  readonly after: <E>(number: number, behind: (last: number) => E) => Stream.Stream<A, E>
}

/**
 * Makes a tape that keeps so many items. To append never waits for a reader: one that falls behind finds out by itself,
 * and others do not notice.
 */
export const makeTape = <A>(capacity: number): Tape<A> => {
  let items: Array<A> = []
  let dropped = 0
  let ended = false
  let grown: Latch.Latch | undefined

  const wake = () => {
    const latch = grown
    grown = undefined
    latch?.openUnsafe()
  }

  const read = <E>(after: number, behind: (last: number) => E) =>
    Effect.suspend((): Effect.Effect<readonly [ReadonlyArray<A>, Option.Option<number>], E> => {
      const last = dropped + items.length
      if (after < last - capacity) return Effect.fail(behind(after))
      if (after < last) return Effect.succeed([items.slice(after - dropped), Option.some(last)])
      if (ended) return Effect.succeed([[], Option.none()])
      grown ??= Latch.makeUnsafe()
      return Effect.as(grown.await, [[], Option.some(after)])
    })

  return {
    append: (item) => {
      items.push(item)
      // Dropped in bulk: to drop one at a time would move all the others each time.
      if (items.length >= capacity * 2) {
        dropped += items.length - capacity
        items = items.slice(-capacity)
      }
      wake()
    },
    end: () => {
      ended = true
      wake()
    },
    after: (number, behind) => Stream.paginate(number, (after) => read(after, behind))
  }
}
