import { assert, describe, it } from "@effect/vitest"
import { Arbitrary } from "effect"
import { meet } from "../../src/domain/Path.ts"
import { makePathSet } from "../../src/domain/PathSet.ts"
import { pick } from "../support/Arbitraries.ts"

const path = pick("a", "A", "a/b", "A/b/c", "ab", "ab/c", "é", "e\u0301/x", "É/X/y", "ß", "SS/a", "ς/a", "Σ", "a/b/c/d")

describe("a set of paths", () => {
  it.prop(
    "meets what one of its paths meets",
    { paths: Arbitrary.array(path, { maxLength: 4 }), other: path },
    ({ other, paths }) => {
      const set = makePathSet()
      assert.isTrue(set.isEmpty())
      for (const one of paths) set.add(one)
      assert.strictEqual(set.isEmpty(), paths.length === 0)
      assert.strictEqual(set.meets(other), paths.some((one) => meet(other, one)))
    },
    { arbitrary: { runs: 2000, seed: "paths that meet" } }
  )
})
