/** First in, first out; both in constant time, however many wait. */
export interface Fifo<A> {
  readonly put: (item: A) => void
  /** The one that waits the longest, which does not wait any more then. */
  readonly take: () => A | undefined
  readonly length: () => number
  /** Drops all but those for which this is true. */
  readonly keep: (isKept: (item: A) => boolean) => void
}

/** How many places at the beginning stay empty before what is behind them moves up. */
const slack = 1024

/** Makes an empty row. */
export const makeFifo = <A>(): Fifo<A> => {
  let items: Array<A> = []
  let first = 0
  return {
    put: (item) => {
      items.push(item)
    },
    take: () => {
      const item = items[first]
      if (item === undefined) return undefined
      first++
      if (first === items.length || (first >= slack && first * 2 >= items.length)) {
        items = items.slice(first)
        first = 0
      }
      return item
    },
    length: () => items.length - first,
    keep: (isKept) => {
      items = items.slice(first).filter(isKept)
      first = 0
    }
  }
}
