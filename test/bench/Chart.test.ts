import { assert, describe, it } from "@effect/vitest"
import { chartOf } from "../../bench/harness/Chart.ts"

const chart = chartOf("Cost & growth", [
  { name: "flat", points: [{ assets: 100, micros: 300 }, { assets: 100_000, micros: 300 }] },
  { name: "steep", points: [{ assets: 100, micros: 1000 }, { assets: 100_000, micros: 1_000_000 }] }
])

const all = (pattern: RegExp): ReadonlyArray<ReadonlyArray<string>> =>
  Array.from(chart.matchAll(pattern), ([, ...groups]) => groups)

describe("the chart", () => {
  it("has a flat line for what does not grow, and a straight one for what grows with the project", () => {
    const [[flat = ""] = [], [steep = ""] = []] = all(/<polyline [^>]*points="([^"]*)"/g)
    const ys = (points: string) => points.split(" ").map((point) => Number(point.split(",")[1]))
    assert.strictEqual(ys(flat)[0], ys(flat)[1])
    // Three powers of ten, of the four that the axis shows.
    assert.closeTo((ys(steep)[0] ?? 0) - (ys(steep)[1] ?? 0), 300 * 3 / 4, 0.2)
  })

  it("names powers of ten on both axes, in units a person reads", () => {
    const texts = all(/<text[^>]*>([^<]*)</g).flat()
    for (const text of ["100", "100,000", "100 µs", "1 ms", "100 ms", "1 s", "flat", "steep"]) {
      assert.include(texts, text)
    }
  })

  it("keeps names apart whose lines end at the same place", () => {
    const points = [{ assets: 100, micros: 300 }, { assets: 1000, micros: 300 }]
    const both = chartOf("", [{ name: "one", points }, { name: "other", points }])
    const heightOf = (name: string) => Number(new RegExp(`y="([\\d.]+)"[^>]*>${name}<`).exec(both)?.[1])
    assert.isAtLeast(Math.abs(heightOf("one") - heightOf("other")), 14)
  })

  it("is readable in the dark too, and escapes what it says", () => {
    assert.include(chart, "prefers-color-scheme: dark")
    assert.include(chart, "<title>Cost &amp; growth</title>")
    assert.notInclude(chart, "NaN")
  })
})
