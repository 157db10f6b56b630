import { assert, describe, it } from "@effect/vitest"
import { median, percentile, ratioOf, rounded, spreadOf, summaryOf } from "../../bench/harness/Statistics.ts"

const hundred = Array.from({ length: 101 }, (_, n) => 100 - n)

describe("what many measurements say together", () => {
  it("finds the middle in any order, and between two neighbours", () => {
    assert.strictEqual(median([9, 1, 5]), 5)
    assert.strictEqual(median([4, 1, 2, 3]), 2.5)
    assert.isNaN(median([]))
  })

  it("finds the value below which a share lies", () => {
    assert.strictEqual(percentile(hundred, 0.9), 90)
    assert.strictEqual(percentile(hundred, 0), 0)
    assert.strictEqual(percentile(hundred, 1), 100)
    assert.strictEqual(percentile([10, 20], 0.25), 12.5)
  })

  it("keeps the one that was far off, beside the middle", () => {
    assert.deepStrictEqual(summaryOf(hundred), { median: 50, p10: 10, p90: 90, p99: 99, max: 100, count: 101 })
    assert.deepStrictEqual(spreadOf(hundred), [10, 90])
  })

  it("compares medians of all, and tells how far the rounds lie apart", () => {
    const above = [[10, 10, 1000], [20, 20, 20], [30, 30, 30]]
    const below = [[10, 10, 10], [10, 10, 10], [10, 10, 10]]
    assert.deepStrictEqual(ratioOf(above, below), { value: 2, spread: [1.2, 2.8] })
  })

  it("rounds to three digits, large and small", () => {
    assert.deepStrictEqual([123_456, 0.012_345, 2].map(rounded), [123_000, 0.0123, 2])
  })
})
