/**
 * A persistent sorted map: a B+ tree whose nodes are never changed after they were made.
 *
 * A snapshot of 100,000 assets gets a new version with every command, and readers keep old versions as long as they
 * like. `set` and `remove` copy one path of nodes (a few hundred words whatever the size) and share the rest; `at` and
 * `slice` find places by number, which a page of a list needs. Where keys are looked up all the time, the entries are in a
 * `HashTrie` as well: it finds one among 100,000 in a third of the time, and `set` takes a third longer.
 */
import { HashTrie } from "./HashTrie.ts"
import { runSteps, sortSteps, type Steps } from "./Steps.ts"

const maxWidth = 32

/** How many entries are put in place between two pauses. */
const sliceSize = 1024

/**
 * The nodes are classes for one reason: of literals the engine remembers that those of an opening lived long, and puts the
 * later ones among what is old at once. There they outlive the command that made them, and all that they hold with them:
 * each scavenge of a busy lane then copies twice as much.
 */
class Leaf<K, V> {
  readonly size: number
  readonly keys: ReadonlyArray<K>
  readonly values: ReadonlyArray<V>
  constructor(keys: ReadonlyArray<K>, values: ReadonlyArray<V>) {
    this.size = keys.length
    this.keys = keys
    this.values = values
  }
}

/** `keys[i]` is the smallest key below `children[i]`. */
class Branch<K, V> {
  readonly size: number
  readonly keys: ReadonlyArray<K>
  readonly children: ReadonlyArray<Node<K, V>>
  constructor(size: number, keys: ReadonlyArray<K>, children: ReadonlyArray<Node<K, V>>) {
    this.size = size
    this.keys = keys
    this.children = children
  }
}

type Node<K, V> = Leaf<K, V> | Branch<K, V>

const leaf = <K, V>(keys: ReadonlyArray<K>, values: ReadonlyArray<V>): Leaf<K, V> => new Leaf(keys, values)

const branch = <K, V>(keys: ReadonlyArray<K>, children: ReadonlyArray<Node<K, V>>): Branch<K, V> =>
  new Branch(children.reduce((total, child) => total + child.size, 0), keys, children)

const isLeaf = <K, V>(node: Node<K, V>): node is Leaf<K, V> => node instanceof Leaf

const at = <A>(items: ReadonlyArray<A>, index: number): A =>
  // Every caller has just bounded the index by the length of the array; arrays of this file have no holes.
  items[index] as A

/** The smallest key of a node that is not empty. */
const firstKey = <K, V>(node: Node<K, V>): K => at(node.keys, 0)

/** How many of the keys are smaller than `key`. */
const lowerBound = <K>(keys: ReadonlyArray<K>, key: K, compare: (a: K, b: K) => number): number => {
  let low = 0
  let high = keys.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if (compare(at(keys, middle), key) < 0) low = middle + 1
    else high = middle
  }
  return low
}

/** The child that holds `key` if any does: the last one whose smallest key is not above it. */
const childFor = <K>(keys: ReadonlyArray<K>, key: K, compare: (a: K, b: K) => number): number => {
  let low = 1
  let high = keys.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if (compare(at(keys, middle), key) <= 0) low = middle + 1
    else high = middle
  }
  return low - 1
}

const split = <K, V>(node: Node<K, V>): ReadonlyArray<Node<K, V>> => {
  if (node.keys.length <= maxWidth) return [node]
  const half = node.keys.length >>> 1
  return isLeaf(node)
    ? [
      leaf(node.keys.slice(0, half), node.values.slice(0, half)),
      leaf(node.keys.slice(half), node.values.slice(half))
    ]
    : [
      branch(node.keys.slice(0, half), node.children.slice(0, half)),
      branch(node.keys.slice(half), node.children.slice(half))
    ]
}

/** Two neighbours of the same height as one node. */
const joined = <K, V>(left: Node<K, V>, right: Node<K, V>): Node<K, V> => {
  const keys = [...left.keys, ...right.keys]
  if (isLeaf(left) && isLeaf(right)) return leaf(keys, [...left.values, ...right.values])
  // All leaves are equally deep, so two neighbours are both leaves or both branches.
  return branch(keys, [...(left as Branch<K, V>).children, ...(right as Branch<K, V>).children])
}

/** The same array with another value at a place. */
const replaced = <A>(items: ReadonlyArray<A>, index: number, value: A): ReadonlyArray<A> => {
  const copy = items.slice()
  copy[index] = value
  return copy
}

/** A branch with another child at a place, and all else as it is: that is what nearly every change comes to. */
const withChild = <K, V>(node: Branch<K, V>, index: number, child: Node<K, V>): Branch<K, V> => {
  const key = firstKey(child)
  const keys = at(node.keys, index) === key ? node.keys : replaced(node.keys, index, key)
  return new Branch(node.size - at(node.children, index).size + child.size, keys, replaced(node.children, index, child))
}

const inserted = <K, V>(
  node: Node<K, V>,
  key: K,
  value: V,
  compare: (a: K, b: K) => number
): ReadonlyArray<Node<K, V>> => {
  if (isLeaf(node)) {
    const index = lowerBound(node.keys, key, compare)
    if (index < node.keys.length && compare(at(node.keys, index), key) === 0) {
      return [leaf(node.keys, replaced(node.values, index, value))]
    }
    return split(leaf(node.keys.toSpliced(index, 0, key), node.values.toSpliced(index, 0, value)))
  }
  const index = childFor(node.keys, key, compare)
  const children = inserted(at(node.children, index), key, value, compare)
  if (children.length === 1) return [withChild(node, index, at(children, 0))]
  return split(branch(
    node.keys.toSpliced(index, 1, ...children.map(firstKey)),
    node.children.toSpliced(index, 1, ...children)
  ))
}

/** The node without `key`, the same node if it does not hold it, or `undefined` if nothing is left. */
const without = <K, V>(node: Node<K, V>, key: K, compare: (a: K, b: K) => number): Node<K, V> | undefined => {
  if (isLeaf(node)) {
    const index = lowerBound(node.keys, key, compare)
    if (index === node.keys.length || compare(at(node.keys, index), key) !== 0) return node
    if (node.size === 1) return undefined
    return leaf(node.keys.toSpliced(index, 1), node.values.toSpliced(index, 1))
  }
  const index = childFor(node.keys, key, compare)
  const before = at(node.children, index)
  const after = without(before, key, compare)
  if (after === before) return node
  if (after === undefined) {
    return node.children.length === 1
      ? undefined
      : branch(node.keys.toSpliced(index, 1), node.children.toSpliced(index, 1))
  }
  // Neighbours that fit into half a node become one: so two of them always fill more, and the tree stays flat.
  for (const first of [index - 1, index]) {
    const [left, right] = first === index ? [after, node.children[first + 1]] : [node.children[first], after]
    if (left === undefined || right === undefined || left.keys.length + right.keys.length > maxWidth / 2) continue
    const merged = joined(left, right)
    return branch(node.keys.toSpliced(first, 2, firstKey(merged)), node.children.toSpliced(first, 2, merged))
  }
  return withChild(node, index, after)
}

/** A tree of the same form with other values. */
function* mapped<K, V, W>(node: Node<K, V>, change: (value: V, key: K) => W): Steps<Node<K, W>> {
  if (isLeaf(node)) {
    yield
    return leaf(node.keys, node.values.map((value, i) => change(value, at(node.keys, i))))
  }
  const children: Array<Node<K, W>> = []
  for (const child of node.children) children.push(yield* mapped(child, change))
  return branch(node.keys, children)
}

const collect = <K, V>(node: Node<K, V>, offset: number, limit: number, into: Array<V>): void => {
  if (isLeaf(node)) {
    const end = Math.min(node.size, offset + limit)
    for (let i = offset; i < end; i++) into.push(at(node.values, i))
    return
  }
  const full = into.length + limit
  let skip = offset
  for (const child of node.children) {
    if (into.length >= full) return
    if (skip >= child.size) skip -= child.size
    else {
      collect(child, skip, full - into.length, into)
      skip = 0
    }
  }
}

function* walk<K, V>(
  node: Node<K, V>,
  from: K | undefined,
  compare: (a: K, b: K) => number
): Generator<readonly [K, V], undefined> {
  if (isLeaf(node)) {
    const start = from === undefined ? 0 : lowerBound(node.keys, from, compare)
    for (let i = start; i < node.size; i++) yield [at(node.keys, i), at(node.values, i)]
    return
  }
  const start = from === undefined ? 0 : childFor(node.keys, from, compare)
  for (let i = start; i < node.children.length; i++) {
    yield* walk(at(node.children, i), i === start ? from : undefined, compare)
  }
}

/** A sorted map that is never changed: `set` and `remove` give a new one that shares what they did not touch. */
export class SortedMap<K, V> implements Iterable<readonly [K, V]> {
  readonly #root: Node<K, V>
  readonly #compare: (a: K, b: K) => number
  /** The same entries, to look them up. */
  readonly #index: HashTrie<K, V> | undefined

  private constructor(compare: (a: K, b: K) => number, root: Node<K, V>, index: HashTrie<K, V> | undefined) {
    this.#compare = compare
    this.#root = root
    this.#index = index
  }

  /** A map without entries, sorted by `compare`; with `hashOf` it is indexed. */
  static empty<K, V>(compare: (a: K, b: K) => number, hashOf?: (key: K) => number): SortedMap<K, V> {
    return new SortedMap(compare, leaf<K, V>([], []), hashOf === undefined ? undefined : HashTrie.empty(hashOf))
  }

  /** A map of entries in any order; of several with the same key the last one counts. */
  static from<K, V>(compare: (a: K, b: K) => number, entries: Iterable<readonly [K, V]>): SortedMap<K, V> {
    return runSteps(SortedMap.fromSteps(compare, entries))
  }

  /** The same in steps: sorting a hundred thousand keys takes longer than a UI may stand still. */
  static *fromSteps<K, V>(
    compare: (a: K, b: K) => number,
    entries: Iterable<readonly [K, V]>
  ): Steps<SortedMap<K, V>> {
    const all: Array<readonly [K, V]> = []
    for (const entry of entries) if (all.push(entry) % sliceSize === 0) yield
    const ordered = yield* SortedMap.bySteps(compare, all, ([key]) => key)
    return yield* ordered.mapSteps(([, value]) => value)
  }

  /** A map of values by a key of each, in steps; of several with the same key the last one counts. */
  static *bySteps<K, V>(
    compare: (a: K, b: K) => number,
    values: ReadonlyArray<V>,
    keyOf: (value: V) => K
  ): Steps<SortedMap<K, V>> {
    const sorted = yield* sortSteps(values, (a, b) => compare(keyOf(a), keyOf(b)))
    // Three quarters full, so that the first changes after a bulk load do not split every node they meet.
    const width = (maxWidth * 3) / 4
    let level: Array<Node<K, V>> = []
    let keys: Array<K> = []
    let part: Array<V> = []
    for (const [index, value] of sorted.entries()) {
      const key = keyOf(value)
      const next = sorted[index + 1]
      if (next !== undefined && compare(key, keyOf(next)) === 0) continue
      keys.push(key)
      part.push(value)
      if (keys.length === width) {
        level.push(leaf(keys, part))
        ;[keys, part] = [[], []]
      }
      if (index % sliceSize === 0) yield
    }
    if (keys.length > 0) level.push(leaf(keys, part))
    while (level.length > 1) {
      const above: Array<Node<K, V>> = []
      for (let i = 0; i < level.length; i += width) {
        const children = level.slice(i, i + width)
        above.push(branch(children.map(firstKey), children))
      }
      level = above
    }
    return level[0] === undefined ? SortedMap.empty(compare) : new SortedMap(compare, level[0], undefined)
  }

  /** The map with other values under the same keys, not indexed, in steps. */
  *mapSteps<W>(change: (value: V, key: K) => W): Steps<SortedMap<K, W>> {
    return new SortedMap(this.#compare, yield* mapped(this.#root, change), undefined)
  }

  /** The same map, whose versions from now on find a key by its hash, in steps. Keys that are equal have to be `===`. */
  *indexedSteps(hashOf: (key: K) => number): Steps<SortedMap<K, V>> {
    return new SortedMap(this.#compare, this.#root, yield* HashTrie.fromSteps(hashOf, this))
  }

  /** The number of entries. */
  get size(): number {
    return this.#root.size
  }

  /** The value under `key`, if there is one. */
  get(key: K): V | undefined {
    if (this.#index !== undefined) return this.#index.get(key)
    let node = this.#root
    while (!isLeaf(node)) node = at(node.children, childFor(node.keys, key, this.#compare))
    const index = lowerBound(node.keys, key, this.#compare)
    return index < node.size && this.#compare(at(node.keys, index), key) === 0 ? node.values[index] : undefined
  }

  /** The map with `value` under `key`. */
  set(key: K, value: V): SortedMap<K, V> {
    const nodes = inserted(this.#root, key, value, this.#compare)
    const root = nodes.length === 1 ? at(nodes, 0) : branch(nodes.map(firstKey), nodes)
    return new SortedMap(this.#compare, root, this.#index?.set(key, value))
  }

  /** The map without `key`: the same map if it has no such entry. */
  remove(key: K): SortedMap<K, V> {
    let root = without(this.#root, key, this.#compare)
    if (root === this.#root) return this
    while (root !== undefined && !isLeaf(root) && root.children.length === 1) root = at(root.children, 0)
    return new SortedMap(this.#compare, root ?? leaf<K, V>([], []), this.#index?.remove(key))
  }

  /** Up to `limit` values in order, the first of them the one at place `offset`. */
  slice(offset: number, limit: number): ReadonlyArray<V> {
    const values: Array<V> = []
    collect(this.#root, Math.max(0, offset), limit, values)
    return values
  }

  /** The entries in order, from the first whose key is not below `from`. */
  entriesFrom(from: K): Generator<readonly [K, V], undefined> {
    return walk(this.#root, from, this.#compare)
  }

  /** All entries in order. */
  [Symbol.iterator](): Iterator<readonly [K, V]> {
    return walk(this.#root, undefined, this.#compare)
  }

  /** All values in order. */
  *values(): Generator<V> {
    for (const [, value] of this) yield value
  }
}
