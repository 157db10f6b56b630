/** A host that is killed has lost nothing that it was told of, and left nothing by halves. */
import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { hostKillsOf } from "../proof/HostKills.ts"

/** Another one kills at other moments: `SEED=7 npx vitest run test/runtime/Kill.test.ts`. */
const seed = Number(process.env["SEED"] ?? 5_507)
const kills = 9

describe("a host that is killed", () => {
  it.live(`has lost nothing and done nothing by halves, ${kills} times in a row`, () =>
    Effect.gen(function*() {
      const { counts, violations } = yield* hostKillsOf(kills)(seed)
      process.stdout.write(`kills of a host: ${JSON.stringify(counts)}; seed ${seed}\n`)
      assert.deepStrictEqual(violations, [])
      assert.isAtLeast(counts["acknowledged"] ?? 0, kills)
      assert.isAtLeast(counts["killsInTheMiddle"] ?? 0, 1)
    }))
})
