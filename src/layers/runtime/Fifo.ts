/** First in, first out; both in constant time, however many wait. */
export interface Fifo<A> {
  readonly put: (item: A) => void
  /** The one that waits the longest, which does not wait any more then. */
  readonly take: () => A | undefined
  /** Puts some in front of all others, in their order. */
  readonly putBack: (items: ReadonlyArray<A>) => void
  readonly length: () => number
  /** Drops all but those for which this is true. */
  readonly keep: (isKept: (item: A) => boolean) => void
}

/** How many places at the beginning stay empty before what is behind them moves up. */
const slack = 1024

/** Makes an empty row. */
export const makeFifo = <A>(): Fifo<A> => {
  let items: Array<A | undefined> = []
  let first = 0
  return {
    put: (item) => {
      items.push(item)
    },
    take: () => {
      const item = items[first]
      if (item === undefined) return undefined
      // It is not kept alive by the place where it was.
      items[first++] = undefined
      if (first >= slack && first * 2 >= items.length) {
        items = items.slice(first)
        first = 0
      }
      return item
    },
    putBack: (back) => {
      if (back.length <= first) {
        first -= back.length
        for (const [index, item] of back.entries()) items[first + index] = item
      } else {
        items = [...back, ...items.slice(first)]
        first = 0
      }
    },
    length: () => items.length - first,
    keep: (isKept) => {
      items = items.slice(first).filter((item) => item !== undefined && isKept(item))
      first = 0
    }
  }
}
