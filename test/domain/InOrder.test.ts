import { assert, describe, it } from "@effect/vitest"
import { Schema } from "effect"
import { inOrder } from "../../src/domain/InOrder.ts"

const compare = (a: number, b: number): number => a - b

describe("items in order", () => {
  it.prop(
    "are those that sorting gives",
    { items: Schema.Array(Schema.Int) },
    ({ items }) => assert.deepStrictEqual(inOrder(items, compare), items.toSorted(compare))
  )

  it("are the very list if they were in order already, and never that list changed", () => {
    for (const sorted of [[], [1], [1, 1], [1, 2, 3]]) assert.strictEqual(inOrder(sorted, compare), sorted)
    const others = [2, 1]
    assert.deepStrictEqual(inOrder(others, compare), [1, 2])
    assert.deepStrictEqual(others, [2, 1])
  })
})
