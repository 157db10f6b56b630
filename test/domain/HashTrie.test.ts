import { assert, describe, it } from "@effect/vitest"
import { Arbitrary, Schema } from "effect"
import { hashNumber, hashText, HashTrie } from "../../src/domain/HashTrie.ts"
import { runSteps } from "../../src/domain/Steps.ts"

const below = (size: number) => Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: size - 1 }))

/** Hashes of numbers below 2000 that meet in all the ways there are. */
const hashes: Readonly<Record<string, (key: number) => number>> = {
  "all different": hashNumber,
  "that fill the high bits only": (key) => key << 20,
  "that differ in their last two bits only": (key) => 0x2aaaaaaa | (key << 30),
  "of which few are different": (key) => Math.imul(key % 7, 0x9e3779b9),
  "that are all the same": () => -1
}

/** A change: a key with a value to set, or one to remove. */
interface Change {
  readonly key: number
  readonly value: number | undefined
}

/** Changes of keys out of a range; of four, about `sets` set something. */
const changesOf = (keys: number, sets: number, length: number) =>
  Arbitrary.map(
    Arbitrary.array(Arbitrary.all([Arbitrary.schema(below(keys)), Arbitrary.schema(below(4))]), {
      minLength: length,
      maxLength: length
    }),
    (drawn) => drawn.map(([key, way], i): Change => ({ key, value: way < sets ? i : undefined }))
  )

const sorted = (entries: Iterable<readonly [number, number]>): ReadonlyArray<readonly [number, number]> =>
  Array.from(entries).toSorted(([a], [b]) => a - b)

/** That a trie holds what a map holds, seen through all of its doors. */
const assertIs = (trie: HashTrie<number, number>, map: ReadonlyMap<number, number>, keys: number): void => {
  assert.deepStrictEqual(sorted(trie), sorted(map))
  for (let key = 0; key <= keys; key++) assert.strictEqual(trie.get(key), map.get(key))
}

/** Makes the changes one by one; every so often, and at the end, each version so far must be what it was when made. */
const run = (
  hashOf: (key: number) => number,
  keys: number,
  start: ReadonlyArray<readonly [number, number]>,
  changes: ReadonlyArray<Change>
): void => {
  let trie = runSteps(HashTrie.fromSteps(hashOf, start))
  const map = new Map(start)
  const versions: Array<() => void> = []
  const keep = () => {
    const [version, model] = [trie, new Map(map)]
    versions.push(() => assertIs(version, model, keys))
  }
  keep()
  for (const [i, { key, value }] of changes.entries()) {
    const before = trie
    const known = map.has(key)
    if (value === undefined) {
      trie = trie.remove(key)
      map.delete(key)
      assert.strictEqual(trie === before, !known, "removing an absent key gives the same map, another key another")
    } else {
      trie = trie.set(key, value)
      map.set(key, value)
    }
    assert.strictEqual(trie.get(key), value)
    if (i % Math.ceil(changes.length / 5) === 0 || i === changes.length - 1) keep()
  }
  for (const check of versions) check()
  const loaded = runSteps(HashTrie.fromSteps(hashOf, map))
  assert.deepStrictEqual(sorted(loaded), sorted(trie))
}

describe.each(Object.entries(hashes))("HashTrie is a map of keys with hashes %s", (name, hashOf) => {
  it.prop(
    "few of them, set and removed again and again",
    { changes: changesOf(40, 2, 300) },
    ({ changes }) => run(hashOf, 40, [], changes),
    { arbitrary: { runs: 40, seed: `few ${name}` } }
  )

  it.prop(
    "many of them, loaded at once and then mostly removed",
    { size: below(1000), changes: changesOf(1000, 1, 2000) },
    ({ changes, size }) => run(hashOf, 1000, Array.from({ length: size }, (_, key) => [key, -key]), changes),
    { arbitrary: { runs: 4, seed: `many ${name}` } }
  )

  it("and is empty when all of them are removed", () => {
    const keys = Array.from({ length: 500 }, (_, key) => key)
    const full = keys.reduce((trie, key) => trie.set(key, -key), HashTrie.empty<number, number>(hashOf))
    const empty = keys.reduce((trie, key) => trie.remove(key), full)
    assert.deepStrictEqual([...empty], [])
    assert.deepStrictEqual([...empty.set(3, 4)], [[3, 4]])
    assert.strictEqual([...full].length, 500)
  })
})

describe("HashTrie", () => {
  it("counts the last of several entries with the same key", () => {
    const trie = runSteps(HashTrie.fromSteps(hashText, [["a", 1], ["b", 2], ["a", 3]]))
    assert.deepStrictEqual([trie.get("a"), trie.get("b"), trie.get("c")], [3, 2, undefined])
  })

  it("does not take back what was set when the entries it is loaded with are changed later", () => {
    const entries: Array<readonly [string, number]> = [["a", 1]]
    const trie = runSteps(HashTrie.fromSteps(hashText, entries))
    const later = trie.set("b", 2).remove("a")
    entries.push(["c", 3])
    assert.deepStrictEqual([...trie], [["a", 1]])
    assert.deepStrictEqual([...later], [["b", 2]])
  })

  it.prop(
    "gives its entries in the same order however they came in, where no two hashes are the same",
    { changes: changesOf(300, 3, 600) },
    ({ changes }) => {
      const grown = changes.reduce(
        (trie, { key, value }) => value === undefined ? trie.remove(key) : trie.set(key, value),
        HashTrie.empty<number, number>(hashNumber)
      )
      assert.deepStrictEqual([...runSteps(HashTrie.fromSteps(hashNumber, sorted(grown)))], [...grown])
    },
    { arbitrary: { runs: 40, seed: "order" } }
  )

  it("asks for two hashes at most to change one of 100,000 entries: the rest of the trie is shared", () => {
    let asked = 0
    const hashOf = (key: number): number => (asked++, Math.imul(key, 0x9e3779b9))
    const trie = runSteps(
      HashTrie.fromSteps(hashOf, Array.from({ length: 100_000 }, (_, key) => [key, { key }] as const))
    )
    asked = 0
    const changed = trie.set(50_000, { key: -1 }).set(100_001, { key: 100_001 }).remove(3)
    assert.isAtMost(asked, 4)
    assert.strictEqual(changed.get(50_001), trie.get(50_001))
    assert.deepStrictEqual([trie.get(50_000), trie.get(100_001), trie.get(3)], [{ key: 50_000 }, undefined, { key: 3 }])
  })

  it("finds texts whose hashes are the same, which a project may be made of", () => {
    // Found by trying: their FNV-1a hashes are equal.
    const [one, other] = ["costarring", "liquid"]
    assert.strictEqual(hashText(one), hashText(other))
    const trie = runSteps(HashTrie.fromSteps(hashText, [[one, 1], ["third", 3], [other, 2]]))
    assert.deepStrictEqual([trie.get(one), trie.get(other), trie.get("third")], [1, 2, 3])
    assert.deepStrictEqual([...trie.remove("third").remove(one)], [[other, 2]])
  })
})

describe("hashes", () => {
  it("of a hundred thousand roots and uuids are spread as evenly as chance would, by any five of their bits", () => {
    const count = 100_000
    const texts: Readonly<Record<string, (n: number) => string>> = {
      root: (n) => `world/area${String(Math.floor(n / 100)).padStart(4, "0")}/bank${String(n).padStart(6, "0")}`,
      uuid: (n) => `0198c0de-7000-7000-8000-${n.toString(16).padStart(12, "0")}`,
      short: (n) => `${n}`
    }
    for (const [kind, textOf] of Object.entries(texts)) {
      const all = Array.from({ length: count }, (_, n) => hashText(textOf(n)))
      assert.isAtLeast(new Set(all).size, count - 100, kind)
      for (let shift = 0; shift <= 27; shift++) {
        const places = Array.from({ length: 32 }, () => 0)
        for (const hash of all) places[(hash >>> shift) & 31] = (places[(hash >>> shift) & 31] ?? 0) + 1
        for (const at of places) assert.isBelow(Math.abs(at - count / 32), count / 32 / 4, `${kind} from bit ${shift}`)
      }
    }
  })

  it("of numbers beyond 32 bits are those of both halves", () => {
    assert.strictEqual(hashNumber(5), 5)
    assert.strictEqual(hashNumber(2 ** 32 + 5), 5 ^ 1)
    assert.notStrictEqual(hashNumber(2 ** 40), hashNumber(2 ** 41))
    assert.isTrue(Number.isInteger(hashNumber(Number.MAX_SAFE_INTEGER)))
  })
})
