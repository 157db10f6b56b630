import { assert, describe, expect, it } from "@effect/vitest"
import { Result } from "effect"
import { type CommitResult, settle } from "../../src/domain/Commit.ts"
import type { Divergence } from "../../src/domain/Divergence.ts"
import { OperationId } from "../../src/domain/Identity.ts"
import { AssetRoot } from "../../src/domain/Path.ts"
import { warning } from "../../src/domain/Warning.ts"

const operationId = OperationId.make("op")
const [atlas, click] = [AssetRoot.make("ui/atlas"), AssetRoot.make("sfx/click")]
const noted = warning("participation/has-errors", "Asset at \"ui/atlas\": it has an error", { root: atlas })
const plan: Parameters<typeof settle>[1] = {
  facts: new Map([[atlas, undefined]]),
  registry: [],
  warnings: [noted]
}
const fault = { call: "fsync", path: "/game/assets/.prometeu/runtime/journal", errno: "ENOSPC" }
const fingerprints = new Map([[atlas, { hash: "00", size: 1, mtimeMs: 2, inode: "3" }]])
const notPublished = new Map([[atlas, "EBUSY on asset.json"], [click, "EACCES"]])

const settled = (result: CommitResult) => settle(operationId, plan, result)

describe("a commit that", () => {
  it("never began to be durable is an error that says so: nothing has changed", () => {
    const result = settled({ _tag: "Absent", fault })
    assert(Result.isFailure(result))
    expect(result.failure).toMatchObject({ _tag: "CommitFailed", ...fault })
    expect(result.failure.message).toMatch(/^Nothing has changed.*fsync.*journal.*ENOSPC/)
  })

  it("is refused because the disk is no longer what was planned on is told with what was found", () => {
    const files = [{ root: "ui/atlas", expected: "a file", found: "nothing" }]
    const result = settled({ _tag: "Outdated", files })
    assert(Result.isFailure(result))
    expect(result.failure).toMatchObject({ _tag: "Diverged", files })
  })

  it("is overtaken by somebody else's write becomes visible with that divergence and a warning", () => {
    const found: Divergence = { expected: { _tag: "Absent" }, found: { _tag: "Link" }, noticedAt: 7 }
    const { committed, warnings } = Result.getOrThrow(
      settled({ _tag: "Durable", fingerprints, notPublished: new Map(), diverged: new Map([[atlas, found]]) })
    )
    expect(committed.diverged).toEqual(new Map([[atlas, found]]))
    expect(warnings.at(-1)).toMatchObject({ code: "commit/overtaken", root: atlas })
  })

  it("the disk says nothing of is an error that says so: only the next opening can tell", () => {
    const result = settled({ _tag: "Unknown", fault })
    assert(Result.isFailure(result))
    expect(result.failure).toMatchObject({ _tag: "CommitUncertain", ...fault })
    expect(result.failure.message).toMatch(/not known.*fsync.*journal.*ENOSPC.*Open the project again/)
  })

  it("is durable and in place becomes visible, with the warnings of its plan", () => {
    expect(Result.getOrThrow(settled({ _tag: "Durable", fingerprints, notPublished: new Map(), diverged: new Map() })))
      .toEqual({
        committed: { operationId, plan, fingerprints, notPublished: new Map(), diverged: new Map() },
        warnings: [noted]
      })
  })

  it("is durable but not in place becomes visible all the same, with one warning more for each such root", () => {
    const { committed, warnings } = Result.getOrThrow(
      settled({ _tag: "Durable", fingerprints, notPublished, diverged: new Map() })
    )
    expect(committed).toEqual({ operationId, plan, fingerprints, notPublished, diverged: new Map() })
    const [first, ...late] = warnings
    expect(first).toBe(noted)
    expect(late).toMatchObject([
      {
        code: "commit/not-published",
        root: atlas,
        message: expect.stringContaining("\"ui/atlas\": EBUSY on asset.json")
      },
      { code: "commit/not-published", root: click, message: expect.stringContaining("\"sfx/click\": EACCES") }
    ])
  })
})
