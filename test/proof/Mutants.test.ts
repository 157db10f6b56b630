import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { mutantPiece } from "./Mutants.ts"
import { mutants } from "./mutants/Mutants.ts"
import { patchedCopy, whyNot } from "./mutants/Patch.ts"

describe("the faults that are put into a copy of the source", () => {
  it("all apply to the source as it is, and are told apart by their names", () => {
    assert.deepStrictEqual(mutants.flatMap((mutant) => whyNot(mutant) ?? []), [])
    assert.strictEqual(new Set(mutants.map(({ name }) => name)).size, mutants.length)
    assert.isAtLeast(mutants.length, 15)
  })

  it("say so if they do not", () => {
    const put = { put: "" }
    const none = { name: "none", first: "crashes", edits: [{ file: "layers/Nothing.ts", find: "a", ...put }] } as const
    assert.include(whyNot(none), "there is no layers/Nothing.ts")
    const many = { ...none, edits: [{ file: "layers/WholeWrite.ts", find: "written", ...put }] }
    assert.include(whyNot(many), "times in layers/WholeWrite.ts")
  })

  it.live("one of them is found, and leaves nothing behind", () =>
    Effect.gen(function*() {
      const index = mutants.findIndex(({ name }) => name === "answer before the flush")
      const { counts, violations } = yield* mutantPiece(index)
      assert.deepStrictEqual(violations, [])
      assert.deepStrictEqual(counts, { mutants: 1, mutantsCaught: 1, mutantsRedundant: 0 })
    }), 120_000)

  it.live("a copy is the source but for what is put into it", () =>
    Effect.gen(function*() {
      const copy = yield* patchedCopy({ edits: [{ file: "layers/WholeWrite.ts", find: "written += taken", put: "!" }] })
      const { execFileSync } = yield* Effect.promise(() => import("node:child_process"))
      const compared = yield* Effect.exit(
        Effect.sync(() => execFileSync("diff", ["-rq", `${copy}/src`, "src"], { encoding: "utf8" }))
      )
      assert.include(JSON.stringify(compared), "WholeWrite.ts")
    }))
})
