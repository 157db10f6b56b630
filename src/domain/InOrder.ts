/** Short lists that nearly always are in order already. */

/**
 * Items in order: the very list if they are in order already. To sort a copy leaves most of a kilobyte behind however short
 * it is, and an opening asks for the order of half a million lists.
 */
export const inOrder = <A>(items: ReadonlyArray<A>, compare: (a: A, b: A) => number): ReadonlyArray<A> => {
  let before: A | undefined
  for (const item of items) {
    if (before !== undefined && compare(before, item) > 0) return items.toSorted(compare)
    before = item
  }
  return items
}
