import { assert, describe, it } from "@effect/vitest"
import { Schema } from "effect"
import { runSteps, sortSteps } from "../../src/domain/Steps.ts"

describe("sorting in steps", () => {
  const byNumber = (a: readonly [number, number], b: readonly [number, number]): number => a[0] - b[0]

  it.prop(
    "does what sorting at once does, and keeps equal items in their order",
    {
      length: Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 20_000 })),
      spread: Schema.Literals([1, 7, 1e6])
    },
    ({ length, spread }) => {
      const items = Array.from({ length }, (_, i) => [(i * 7_919) % spread, i] as const)
      assert.deepStrictEqual(runSteps(sortSteps(items, byNumber)), items.toSorted(byNumber))
    },
    { arbitrary: { runs: 60, seed: "sorting" } }
  )

  it("pauses often enough: no more than some thousand items at a time", () => {
    let compared = 0
    let most = 0
    const items = Array.from({ length: 100_000 }, (_, i) => (i * 7_919) % 100_003)
    const steps = sortSteps(items, (a, b) => {
      compared++
      return a - b
    })
    for (let step = steps.next(); step.done !== true; step = steps.next()) {
      most = Math.max(most, compared)
      compared = 0
    }
    assert.isBelow(most, 40_000)
  })
})
