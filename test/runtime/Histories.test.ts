/** Concurrent clients, interrupted here and there, and every schedule by chance: linearizable against the plain model. */
import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { histories } from "../proof/Histories.ts"

const seed = 10

/** What has to be met, and how often at least: a check that never meets its cases proves nothing. */
const least: Readonly<Record<string, number>> = {
  histories: 40,
  historyOperations: 600,
  historyReads: 900,
  historyNotThere: 30,
  historyOverlaps: 5_000,
  historyChanged: 120,
  historyUnchanged: 30,
  historyBatches: 10,
  historyRefreshes: 15,
  historyApproved: 20,
  historyGroups: 10,
  historyRetries: 30,
  historyOperationIdConflict: 5,
  historyCancelled: 10,
  historyInterruptedBefore: 2,
  historyInterruptedAfter: 50,
  historyCommandBlocked: 100,
  historyAssetNotFound: 60,
  historyPreviewStale: 20,
  historyProjectReadOnly: 5
}

describe("histories of concurrent clients", () => {
  it.live("are linearizable against the plain model, with everybody told what is true", () =>
    Effect.gen(function*() {
      const { counts, violations } = yield* histories(seed)
      assert.deepStrictEqual(violations, [])
      for (const [name, count] of Object.entries(least)) assert.isAtLeast(counts[name] ?? 0, count, name)
      assert.deepStrictEqual((yield* histories(seed)).counts, counts, "the same seed finds the same")
    }))
})
