import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { hostCrashesOf } from "../proof/HostCrashes.ts"

/** Others: `SEED=7 npx vitest run test/runtime/Crash.test.ts`. */
const seed = Number(process.env["SEED"] ?? 20_261)
const hosts = 2

describe("a host that crashes", () => {
  it.effect(
    "finds all that it had shown, told or answered, and is told what was finished",
    () =>
      Effect.gen(function*() {
        const counts = new Map<string, number>()
        let states = 0
        for (let host = 0; host < hosts; host++) {
          const found = yield* hostCrashesOf(8)(seed + host)
          assert.deepStrictEqual(found.violations.slice(0, 3), [])
          for (const [name, count] of Object.entries(found.counts)) counts.set(name, (counts.get(name) ?? 0) + count)
          states += Array.from(found.distinct?.["hostCrashStates"] ?? []).length
        }
        process.stdout.write(`crashes of a host: ${states} states, ${JSON.stringify([...counts])}; seed ${seed}\n`)
        assert.isAtLeast(states, 200)
        assert.isAtLeast(counts.get("hostFinished") ?? 0, 50)
      }),
    120_000
  )
})
