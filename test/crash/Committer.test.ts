import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { seeded } from "../../src/testing/Seeded.ts"
import { pairCrashes, pairs, rowCrashes } from "../proof/CrashStates.ts"

/** Another one explores other projects: `SEED=7 npx vitest run test/crash/Committer.test.ts`. */
const seed = Number(process.env["SEED"] ?? 20_261)
/** As many pairs of commands, and as many rows, are explored as this takes. */
const wanted = 6_000

describe("a project that opens after a crash", () => {
  it.effect(
    "is what it was before or after each change, holds all that was acknowledged, and is left alone from then on",
    () =>
      Effect.gen(function*() {
        const random = seeded(seed)
        const states = new Set<string>()
        const recoveryStates = new Set<string>()
        const counts = new Map<string, number>()
        let pieces = 0
        while (states.size + recoveryStates.size < wanted) {
          const piece = Math.floor(random() * pairs)
          const depth = { most: 24, share: 0.02 }
          const found = yield* (pieces % 2 === 0 ? pairCrashes(depth) : rowCrashes(depth))(piece)
          assert.deepStrictEqual(found.violations.slice(0, 3), [], `piece ${piece}`)
          for (const image of found.distinct?.["crashStates"] ?? []) states.add(image)
          for (const image of found.distinct?.["recoveryStates"] ?? []) recoveryStates.add(image)
          for (const [name, count] of Object.entries(found.counts)) counts.set(name, (counts.get(name) ?? 0) + count)
          pieces++
        }
        const shown = [...counts].map(([name, count]) => `${name} ${count}`).join(", ")
        process.stdout.write(
          `crashes of the committer: crashStates ${states.size}, recoveryStates ${recoveryStates.size}, ${shown}; ` +
            `${pieces} pieces of seed ${seed}\n`
        )
        assert.isAtLeast(recoveryStates.size, 300)
        assert.isAtLeast(counts.get("durableChanges") ?? 0, 40)
        assert.isAtLeast(counts.get("readOnlyOpenings") ?? 0, 10)
      }),
    // On a busy machine it takes several times as long; nothing in it waits for time.
    240_000
  )
})
