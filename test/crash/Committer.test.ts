import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { beginning, chooseGroup } from "../support/Commands.ts"
import { explore, type Explored, seeded } from "../support/CrashExplorer.ts"

/** Another one explores other projects: `SEED=7 npx vitest run test/crash/Committer.test.ts`. */
const seed = Number(process.env["SEED"] ?? 20_261)
/** As many projects are explored as this takes. */
const wanted = 15_500
const groups = 5

/** Small journals that have to make room, and files that are too large for them, as well as the usual. */
const kinds = [
  {},
  { inlineBytes: 100 },
  { journalBytes: 1024 },
  { journalBytes: 512, inlineBytes: 200 }
]
const tears = [8, 64, 512]

describe("a project that opens after a crash", () => {
  const all: Array<Explored> = []
  const sum = (count: (explored: Explored) => number) => all.reduce((total, explored) => total + count(explored), 0)
  const states = () => sum(({ crashStates, recoveryStates }) => crashStates + recoveryStates)

  it.effect(
    "is what it was before or after each change, holds all that was acknowledged, and is left alone from then on",
    () =>
      Effect.gen(function*() {
        for (let project = 0; states() < wanted; project++) {
          const random = seeded(seed + project)
          const explored = yield* explore({
            tree: beginning(),
            next: (snapshot, step) => step < groups ? chooseGroup(snapshot, random, step) : undefined,
            random,
            most: 24,
            mostOfRecovery: 4,
            tearBytes: tears[project % tears.length] ?? 512,
            settings: kinds[project % kinds.length] ?? {},
            beside: project % 5 > 2
          })
          assert.deepStrictEqual(explored.violations.slice(0, 3), [], `project ${project} of seed ${seed}`)
          all.push(explored)
        }
        // On a busy machine it takes several times as long; nothing in it waits for time.
      }),
    240_000
  )

  it("was looked at in more than 15,000 states", () => {
    const durable = sum((explored) => explored.endings.get("Durable") ?? 0)
    process.stdout.write(
      `${states()} crash states (${sum((explored) => explored.recoveryStates)} of them crashes of a recovery), ` +
        `0 violations: ${durable} changes in ${all.length} projects, ${sum((explored) => explored.points)} moments, ` +
        `${sum((explored) => explored.exhaustivePoints)} of them exhaustively; seed ${seed}\n`
    )
    assert.isAtLeast(states(), 15_000)
    assert.isAtLeast(durable, 70)
    assert.isAtLeast(sum((explored) => explored.readOnly), 70)
  })
})
