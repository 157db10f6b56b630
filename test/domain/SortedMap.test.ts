import { assert, describe, expect, it, vi } from "@effect/vitest"
import { Arbitrary, Schema } from "effect"
import { hashNumber, hashText } from "../../src/domain/HashTrie.ts"
import { compareText } from "../../src/domain/Path.ts"
import { SortedMap } from "../../src/domain/SortedMap.ts"
import { runSteps } from "../../src/domain/Steps.ts"

const byNumber = (a: number, b: number): number => a - b

const count = (size: number): ReadonlyArray<number> => Array.from({ length: size }, (_, i) => i)

/** A map of the numbers below `size`, each under itself. */
const numbers = (size: number, compare = byNumber): SortedMap<number, number> =>
  SortedMap.from(compare, count(size).map((key) => [key, key]))

/** A comparison that counts how often it is asked. */
const counting = () => {
  const counter = { calls: 0, compare: (a: number, b: number): number => (counter.calls++, a - b) }
  return counter
}

/** The plainest sorted map: an array that is sorted anew. */
class Model<K, V> {
  readonly #compare: (a: K, b: K) => number
  readonly #entries: ReadonlyMap<K, V>
  readonly sorted: ReadonlyArray<readonly [K, V]>

  constructor(compare: (a: K, b: K) => number, entries: Iterable<readonly [K, V]>) {
    this.#compare = compare
    this.#entries = new Map(entries)
    this.sorted = [...this.#entries].toSorted((a, b) => compare(a[0], b[0]))
  }

  /** That a map holds the same, seen through all of its doors. */
  assertIs(map: SortedMap<K, V>, probes: ReadonlyArray<K>): void {
    const values = this.sorted.map(([, value]) => value)
    assert.strictEqual(map.size, this.sorted.length)
    assert.deepStrictEqual([...map], this.sorted)
    assert.deepStrictEqual([...map.values()], values)
    assert.deepStrictEqual(map.slice(0, Infinity), values)
    for (const key of probes) {
      assert.strictEqual(map.get(key), this.#entries.get(key))
      const [first] = map.entriesFrom(key)
      assert.deepStrictEqual(first, this.sorted.find(([other]) => this.#compare(other, key) >= 0))
    }
    for (
      const [offset, limit] of [[0, 1], [0, 40], [7, 33], [values.length - 1, 2], [values.length >> 1, 100]] as const
    ) {
      const from = Math.max(0, offset)
      assert.deepStrictEqual(map.slice(offset, limit), values.slice(from, from + limit))
    }
  }
}

/** A change: a key with a value to set, or one to remove. */
interface Change<K> {
  readonly key: K
  readonly value: number | undefined
}

/** Makes the changes one by one; every so often, and at the end, each version so far must be what it was when made. */
const run = <K>(
  compare: (a: K, b: K) => number,
  start: ReadonlyArray<readonly [K, number]>,
  changes: ReadonlyArray<Change<K>>,
  hashOf?: (key: K) => number
): void => {
  const loaded = SortedMap.from(compare, start)
  let map = hashOf === undefined ? loaded : runSteps(loaded.indexedSteps(hashOf))
  const entries = new Map(start)
  const versions: Array<() => void> = []
  const probes = changes.slice(0, 20).map((change) => change.key)
  for (const [i, { key, value }] of changes.entries()) {
    const before = map
    const known = entries.has(key)
    if (value === undefined) {
      map = map.remove(key)
      entries.delete(key)
      assert.strictEqual(map === before, !known, "removing an absent key gives the same map, another key another")
    } else {
      map = map.set(key, value)
      entries.set(key, value)
    }
    assert.strictEqual(map.size, entries.size)
    assert.strictEqual(map.get(key), value)
    if (i % Math.ceil(changes.length / 5) === 0 || i === changes.length - 1) {
      const [version, model] = [map, new Model(compare, entries)]
      versions.push(() => model.assertIs(version, probes))
    }
  }
  for (const check of versions) check()
}

const below = (size: number) => Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: size - 1 }))

/** Changes of keys out of a range; of four, about `sets` set something. */
const changesOf = <K>(keys: number, keyOf: (key: number) => K, sets: number, length: number) =>
  Arbitrary.map(
    Arbitrary.array(Arbitrary.all([Arbitrary.schema(below(keys)), Arbitrary.schema(below(4))]), {
      minLength: length,
      maxLength: length
    }),
    (drawn) => drawn.map(([key, way], i): Change<K> => ({ key: keyOf(key), value: way < sets ? i : undefined }))
  )

/** Keys that UTF-16 and code points order differently. */
const textKey = (key: number): string =>
  `${["", "a/", "\uffff", "😀", "é/"][key % 5]}${String.fromCodePoint(0x1f600 + (key % 7))}${key}`

const seeded = (seed: string, runs: number) => ({ arbitrary: { runs, seed } })

describe("SortedMap is a sorted map", () => {
  it.prop(
    "of a few numbers, set and removed again and again",
    {
      changes: changesOf(60, Number, 2, 300)
    },
    ({ changes }) => run(byNumber, [], changes),
    seeded("few", 40)
  )

  it.prop(
    "of many numbers, grown from nothing",
    {
      changes: changesOf(4000, Number, 3, 5000)
    },
    ({ changes }) => run(byNumber, [], changes),
    seeded("many", 4)
  )

  it.prop(
    "of numbers that were loaded at once and then mostly removed",
    {
      size: below(3000),
      changes: changesOf(3000, Number, 1, 6000)
    },
    ({ changes, size }) => run(byNumber, count(size).map((key) => [key, -key]), changes),
    seeded("shrunk", 4)
  )

  it.prop(
    "of texts",
    {
      changes: changesOf(1500, textKey, 2, 4000)
    },
    ({ changes }) => run(compareText, count(700).map((key) => [textKey(key * 2), key]), changes),
    seeded("texts", 4)
  )

  it.prop(
    "of texts that are found by their hashes",
    {
      changes: changesOf(1500, textKey, 2, 4000)
    },
    ({ changes }) => run(compareText, count(700).map((key) => [textKey(key * 2), key]), changes, hashText),
    seeded("hashed texts", 4)
  )

  it.prop(
    "of texts that are found by hashes of which few are different",
    {
      changes: changesOf(300, textKey, 2, 1000)
    },
    ({ changes }) => run(compareText, [["a/1", 1], ["b", 2]], changes, (text) => text.length % 3),
    seeded("colliding texts", 4)
  )

  it("that finds its keys by their hashes, of other values under the same keys, and of none", () => {
    const map = runSteps(numbers(100).indexedSteps(hashNumber))
    const doubled = runSteps(map.mapSteps((value) => value * 2))
    assert.deepStrictEqual([map.get(7), doubled.get(7), doubled.set(7, 1).get(7)], [7, 14, 1])
    new Model<number, number>(byNumber, [[1, 2]]).assertIs(
      SortedMap.empty<number, number>(byNumber, hashNumber).set(1, 2).set(3, 4).remove(3),
      [0, 1, 2, 3]
    )
  })

  it("that asks for no comparison to find a key by its hash", () => {
    const counter = counting()
    const map = runSteps(numbers(100_000, counter.compare).indexedSteps(hashNumber))
    counter.calls = 0
    assert.deepStrictEqual([map.get(77_777), map.get(100_000)], [77_777, undefined])
    assert.strictEqual(counter.calls, 0)
  })

  it("of the entries it is loaded with, in any order, the last of a key counting", () => {
    for (const size of [0, 1, 2, 23, 24, 25, 31, 32, 33, 48, 575, 576, 577, 600, 13823, 13824, 13825, 13849]) {
      const shuffled = count(size).map((i): [number, string] => [(i * 7919) % size, `early ${i}`])
      const entries = [...shuffled, ...shuffled.map(([key]): [number, string] => [key, `late ${key}`])]
      new Model(byNumber, entries).assertIs(SortedMap.from(byNumber, entries), [-1, 0, 0.5, size - 1, size, size >> 1])
    }
  })

  it("of nothing", () => {
    const map = SortedMap.empty<number, string>(byNumber)
    new Model<number, string>(byNumber, []).assertIs(map, [0])
    assert.strictEqual(map.remove(1), map)
    new Model(byNumber, [[1, "a"]]).assertIs(map.set(1, "a"), [0, 1, 2])
    new Model<number, string>(byNumber, []).assertIs(map.set(1, "a").remove(1), [1])
  })

  it("of values that are undefined", () => {
    const map = SortedMap.from<number, undefined>(byNumber, [[1, undefined]])
    assert.deepStrictEqual([...map], [[1, undefined]])
    assert.strictEqual(map.remove(1).size, 0)
  })

  it.each([0, 1, 30, 33, 1000])("of %i entries, read from any place", (size) => {
    const map = numbers(size)
    for (const from of [-Infinity, -1, 0, 0.5, 15, 23, 24, 31, 32, size / 2, size - 1, size, Infinity]) {
      assert.deepStrictEqual(
        [...map.entriesFrom(from)],
        count(size).filter((key) => key >= from).map((key): readonly [number, number] => [key, key])
      )
    }
  })

  it.each([0, 1, 30, 33, 1000])("of %i entries, read page by page", (size) => {
    const map = numbers(size)
    const places = [-Infinity, -1, 0, 1, 23, 24, 25, 576, size - 1, size, size + 1, Number.MAX_SAFE_INTEGER, Infinity]
    for (const offset of places) {
      for (const limit of places) {
        const from = Math.max(0, offset)
        const expected = count(size).slice(from, from + Math.max(0, limit))
        assert.deepStrictEqual(map.slice(offset, limit), expected, `${offset}, ${limit}`)
      }
    }
  })
})

describe("SortedMap shares what a change does not touch", () => {
  const size = 100_000
  /** Far more than the comparisons on one way through the map, far less than its size. */
  const oneWay = 60

  it("so that changing one of 100,000 keys asks for few comparisons, and keeps every other value", () => {
    const counter = counting()
    const values = count(size).map((key) => ({ key }))
    const map = SortedMap.from<number, { readonly key: number }>(
      counter.compare,
      values.map((value) => [value.key, value])
    )
    for (const key of [0, 1, 23, 24, 50_000, 99_998, 99_999]) {
      counter.calls = 0
      const changed = map.set(key, { key: -1 })
      const removed = map.remove(key)
      const added = map.set(key + 0.5, { key: -1 })
      assert.strictEqual(map.get(key), values[key])
      assert.isBelow(counter.calls, 4 * oneWay)
      assert.strictEqual(changed.slice(0, size).filter((value, i) => value !== values[i]).length, 1)
      assert.isTrue(removed.slice(0, size).every((value, i) => value === values[i < key ? i : i + 1]))
      assert.isTrue(
        added.slice(0, size + 1).every((value, i) => i === key + 1 || value === values[i <= key ? i : i - 1])
      )
      assert.isTrue(map.slice(0, size).every((value, i) => value === values[i]))
    }
  })

  it("so that reading a page asks for no comparison, and reading from a key for few", () => {
    const counter = counting()
    const map = numbers(size, counter.compare)
    counter.calls = 0
    assert.deepStrictEqual(map.slice(77_777, 3), [77_777, 77_778, 77_779])
    assert.strictEqual(counter.calls, 0)
    const [first] = map.entriesFrom(77_777)
    assert.deepStrictEqual(first, [77_777, 77_777])
    assert.isBelow(counter.calls, oneWay)
  })

  it("so that no old version is different after ten thousand changes", () => {
    const map = numbers(size)
    let next = map
    for (let i = 0; i < 10_000; i++) {
      next = i % 2 === 0
        ? next.set((i * 7919) % size, -i)
        : next.remove((i * 104_729) % size)
    }
    expect(map.slice(0, size)).toEqual(count(size))
  })
})

describe("SortedMap stays flat", () => {
  const size = 10_000
  const orders: Readonly<Record<string, ReadonlyArray<number>>> = {
    "upwards": count(size),
    "downwards": count(size).toReversed(),
    "from the middle": count(size).map((i) => i % 2 === 0 ? size / 2 - 1 - i / 2 : size / 2 + (i - 1) / 2),
    "in no order": count(size).map((i) => (i * 7919) % size)
  }
  type Numbers = SortedMap<number, number>

  /** What each node on the way to a key holds, from the top: the arrays that a change there copies. */
  const wayTo = (map: Numbers, key: number): ReadonlyArray<unknown> => {
    const copies = vi.spyOn(Array.prototype, "slice")
    try {
      map.set(key, key)
      // The keys stay as they are, so of each node its values or children are copied; the lowest node comes first.
      return copies.mock.contexts.toReversed()
    } finally {
      copies.mockRestore()
    }
  }

  /** Neighbours are together more than half full: with eight children a node on the average the tree is this deep. */
  const assertFlat = (map: Numbers): void => {
    // Of large maps some ways are enough; of the small ones, which much was removed from, all nodes are counted.
    const ways = Array.from(map, ([key]) => key).flatMap((key, i) =>
      map.size < 1000 || i % 41 === 0 ? [wayTo(map, key)] : []
    )
    const nodes = new Set(ways.flat())
    const depths = new Set(ways.map((way) => way.length))
    assert.strictEqual(depths.size, 1, "all leaves are equally deep")
    for (const depth of depths) {
      assert.isAtLeast(depth, 1)
      assert.isAtMost(depth, Math.ceil(Math.log(map.size + 1) / Math.log(8)))
    }
    assert.isAtMost(nodes.size, 1 + map.size / 4)
    for (const keys of nodes) assert.isAtMost(Array.isArray(keys) ? keys.length : Infinity, 32)
  }

  it("when it is loaded at once", () => {
    for (const size of [1, 24, 25, 576, 577, 10_000]) assertFlat(numbers(size))
  })

  it.each(Object.entries(orders))("when it grows %s", (_, keys) => {
    const map = keys.reduce((map, key) => map.set(key, key), SortedMap.empty<number, number>(byNumber))
    assert.strictEqual(map.size, size)
    assertFlat(map)
  })

  it.each(Object.entries(orders))("when nearly all is removed %s", (_, keys) => {
    for (const kept of [25, 100, 500, 5000]) {
      const map = keys.reduce((map, key) => key % kept === 0 ? map : map.remove(key), numbers(size))
      assert.strictEqual(map.size, size / kept)
      assertFlat(map)
    }
  })

  it.each(Object.entries(orders))("and is empty when all is removed %s", (_, keys) => {
    const map = keys.reduce((map, key) => map.remove(key), numbers(size))
    assert.strictEqual(map.size, 0)
    assert.deepStrictEqual([...map], [])
    assert.deepStrictEqual([...map.set(1, 2)], [[1, 2]])
  })
})
