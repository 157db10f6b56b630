import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { commitKillsOf } from "../proof/CommitKills.ts"

/** Another one kills at other moments: `SEED=7 npx vitest run test/crash/Kill.test.ts`. */
const seed = Number(process.env["SEED"] ?? 1_107)
const kills = 14

describe("a process that commits and is killed", () => {
  it.live(`leaves all that it acknowledged, and nothing by halves, ${kills} times in a row`, () =>
    Effect.gen(function*() {
      const { counts, violations } = yield* commitKillsOf(kills)(seed)
      process.stdout.write(`kills of a committer: ${JSON.stringify(counts)}; seed ${seed}\n`)
      assert.deepStrictEqual(violations, [])
      assert.strictEqual(counts["kills"], kills)
      assert.isAtLeast(counts["killsInTheMiddle"] ?? 0, 3)
    }))
})
