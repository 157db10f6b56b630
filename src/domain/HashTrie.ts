/**
 * A persistent map without an order, for looking things up: a trie over the hashes of its keys, 32 wide.
 *
 * Among 100,000 entries a sorted map compares some 17 texts to find one, and each of them lies elsewhere in memory. Here
 * the hash leads through four nodes to the one text that is compared.
 */
import type { Steps } from "./Steps.ts"

/** How many bits of a hash choose among the places of one node. */
const levelBits = 5
/** Here all 32 bits of a hash are used up: keys that come so far have the same one. */
const endOfHash = 35
/** How many entries are put in between two pauses. */
const sliceSize = 1024

/**
 * `[entries, children, key, value, key, value, …, child, child]`: a bit of `entries` says that there is an entry at that
 * one of 32 places, a bit of `children` that there is a node; the children stand from the end backwards. It is one array
 * because an object around it would be one more place in memory on every lookup.
 */
type Slots<K, V> = Array<number | K | V | Node<K, V>>
/** Keys with the same hash are in a `Map`, whose own hashes nobody can foresee. */
type Node<K, V> = Slots<K, V> | Map<K, V>

const head = 2

// What is in a slot follows from the bits before it: the casts of this file stand here, and rest on that.
const entriesOf = <K, V>(node: Slots<K, V>): number => node[0] as number
const childrenOf = <K, V>(node: Slots<K, V>): number => node[1] as number
const keyAt = <K, V>(node: Slots<K, V>, at: number): K => node[at] as K
const valueAt = <K, V>(node: Slots<K, V>, at: number): V => node[at] as V
const childAt = <K, V>(node: Slots<K, V>, at: number): Node<K, V> => node[at] as Node<K, V>

/** How many bits are set. */
const ones = (bits: number): number => {
  const pairs = bits - ((bits >>> 1) & 0x55555555)
  const fours = (pairs & 0x33333333) + ((pairs >>> 2) & 0x33333333)
  return Math.imul((fours + (fours >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24
}

/** The bit of the place that a hash has on a level: a shift counts modulo 32. */
const bitOf = (hash: number, level: number): number => 1 << (hash >>> level)

const entrySlot = (entries: number, bit: number): number => head + 2 * ones(entries & (bit - 1))
const childSlot = <K, V>(node: Slots<K, V>, bit: number): number => node.length - 1 - ones(childrenOf(node) & (bit - 1))

/** The same node with other bits; only for a node that was just copied. */
const withBits = <K, V>(copy: Slots<K, V>, entries: number, children: number): Slots<K, V> => {
  copy[0] = entries
  copy[1] = children
  return copy
}

interface Entry<K, V> {
  readonly hash: number
  readonly key: K
  readonly value: V
}

/** The node of two entries that meet at one place of the node above. */
const nodeOfTwo = <K, V>(level: number, a: Entry<K, V>, b: Entry<K, V>): Node<K, V> => {
  if (level >= endOfHash) return new Map([[a.key, a.value], [b.key, b.value]])
  const [bitOfA, bitOfB] = [bitOf(a.hash, level), bitOf(b.hash, level)]
  if (bitOfA === bitOfB) return [0, bitOfA, nodeOfTwo(level + levelBits, a, b)]
  const [first, last] = bitOfA >>> 0 < bitOfB >>> 0 ? [a, b] : [b, a]
  return [bitOfA | bitOfB, 0, first.key, first.value, last.key, last.value]
}

/** A trie while it is changed: how its keys are hashed, and whether its nodes are nobody else's and change in place. */
interface Change<K> {
  readonly hashOf: (key: K) => number
  readonly inPlace: boolean
}

const replaced = <K, V>(node: Slots<K, V>, at: number, content: V | Node<K, V>, inPlace: boolean): Slots<K, V> => {
  const next = inPlace ? node : node.slice()
  next[at] = content
  return next
}

const withEntry = <K, V>(node: Node<K, V>, level: number, entry: Entry<K, V>, change: Change<K>): Node<K, V> => {
  const { hash, key, value } = entry
  if (node instanceof Map) return (change.inPlace ? node : new Map(node)).set(key, value)
  const bit = bitOf(hash, level)
  const [entries, children] = [entriesOf(node), childrenOf(node)]
  if ((children & bit) !== 0) {
    const at = childSlot(node, bit)
    const child = withEntry(childAt(node, at), level + levelBits, entry, change)
    return replaced(node, at, child, change.inPlace)
  }
  const at = entrySlot(entries, bit)
  if ((entries & bit) === 0) return withBits(node.toSpliced(at, 0, key, value), entries | bit, children)
  const other = keyAt(node, at)
  if (other === key) return replaced(node, at + 1, value, change.inPlace)
  const known = { hash: change.hashOf(other), key: other, value: valueAt(node, at + 1) }
  const rest = withBits(node.toSpliced(at, 2), entries ^ bit, children | bit)
  return rest.toSpliced(childSlot(rest, bit) + 1, 0, nodeOfTwo(level + levelBits, known, entry))
}

/** The only entry of a node that has nothing else. */
const onlyEntry = <K, V>(node: Node<K, V>): readonly [K, V] | undefined => {
  if (node instanceof Map) {
    const [entry] = node
    return node.size === 1 ? entry : undefined
  }
  return node.length === head + 2 && childrenOf(node) === 0
    ? [keyAt(node, head), valueAt(node, head + 1)]
    : undefined
}

/** The node without a key, or the same node if it does not hold it. */
const without = <K, V>(node: Node<K, V>, level: number, hash: number, key: K): Node<K, V> => {
  if (node instanceof Map) {
    if (!node.has(key)) return node
    const rest = new Map(node)
    rest.delete(key)
    return rest
  }
  const bit = bitOf(hash, level)
  const [entries, children] = [entriesOf(node), childrenOf(node)]
  if ((entries & bit) !== 0) {
    const at = entrySlot(entries, bit)
    return keyAt(node, at) === key ? withBits(node.toSpliced(at, 2), entries ^ bit, children) : node
  }
  if ((children & bit) === 0) return node
  const at = childSlot(node, bit)
  const before = childAt(node, at)
  const after = without(before, level + levelBits, hash, key)
  if (after === before) return node
  const left = onlyEntry(after)
  if (left === undefined) return replaced(node, at, after, false)
  // A node of one entry is no node: so a trie from which much was removed is as flat as one that never had it.
  const rest = withBits(node.toSpliced(at, 1), entries | bit, children ^ bit)
  return rest.toSpliced(entrySlot(entries, bit), 0, ...left)
}

/** The hash of a whole number: numbers that follow each other fill one node after the other. */
export const hashNumber = (number: number): number => number ^ Math.floor(number / 2 ** 32)

function* entriesIn<K, V>(node: Node<K, V>): Generator<readonly [K, V], undefined> {
  if (node instanceof Map) {
    yield* node
    return
  }
  const end = node.length - ones(childrenOf(node))
  for (let at = head; at < end; at += 2) yield [keyAt(node, at), valueAt(node, at + 1)]
  for (let at = end; at < node.length; at++) yield* entriesIn(childAt(node, at))
}

/** The hash of a text: FNV-1a over its units, whose bits are mixed at the end so that few of them are enough. */
export const hashText = (text: string): number => {
  let hash = 0x811c9dc5
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193)
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b)
  return hash ^ (hash >>> 13)
}

/** A map that is never changed: `set` and `remove` give a new one that shares what they did not touch. */
export class HashTrie<K, V> implements Iterable<readonly [K, V]> {
  readonly #hashOf: (key: K) => number
  readonly #root: Node<K, V>

  private constructor(hashOf: (key: K) => number, root: Node<K, V>) {
    this.#hashOf = hashOf
    this.#root = root
  }

  /** A map without entries; keys that are equal have to have the same hash, of 32 bits. */
  static empty<K, V>(hashOf: (key: K) => number): HashTrie<K, V> {
    return new HashTrie<K, V>(hashOf, [0, 0])
  }

  /** A map of entries, in steps; of several with the same key the last one counts. */
  static *fromSteps<K, V>(
    hashOf: (key: K) => number,
    entries: Iterable<readonly [K, V]>
  ): Steps<HashTrie<K, V>> {
    const change = { hashOf, inPlace: true }
    let root: Node<K, V> = [0, 0]
    let done = 0
    for (const [key, value] of entries) {
      root = withEntry(root, 0, { hash: hashOf(key), key, value }, change)
      if (++done % sliceSize === 0) yield
    }
    return new HashTrie(hashOf, root)
  }

  /** The value under `key`, if there is one. */
  get(key: K): V | undefined {
    const hash = this.#hashOf(key)
    let node = this.#root
    for (let level = 0; Array.isArray(node); level += levelBits) {
      const bit = bitOf(hash, level)
      const entries = entriesOf(node)
      if ((entries & bit) !== 0) {
        const at = entrySlot(entries, bit)
        return keyAt(node, at) === key ? valueAt(node, at + 1) : undefined
      }
      if ((childrenOf(node) & bit) === 0) return undefined
      node = childAt(node, childSlot(node, bit))
    }
    return node.get(key)
  }

  /** The map with `value` under `key`. */
  set(key: K, value: V): HashTrie<K, V> {
    const hashOf = this.#hashOf
    const root = withEntry(this.#root, 0, { hash: hashOf(key), key, value }, { hashOf, inPlace: false })
    return new HashTrie(hashOf, root)
  }

  /** The map without `key`: the same map if it has no such entry. */
  remove(key: K): HashTrie<K, V> {
    const root = without(this.#root, 0, this.#hashOf(key), key)
    return root === this.#root ? this : new HashTrie(this.#hashOf, root)
  }

  /** All entries, in no order that means anything. */
  [Symbol.iterator](): Iterator<readonly [K, V]> {
    return entriesIn(this.#root)
  }
}
