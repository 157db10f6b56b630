import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { beginning, chooseGroup } from "../support/Commands.ts"
import { explore, type Explored, seeded } from "../support/CrashExplorer.ts"

/** Another one explores other projects: `SEED=7 npx vitest run test/crash/Committer.test.ts`. */
const seed = Number(process.env["SEED"] ?? 20_261)
const projects = 36
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

  it.effect("is what it was before or after each change, holds all that was acknowledged, and is left alone from then on", () =>
    Effect.gen(function*() {
      for (let project = 0; project < projects; project++) {
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
    }))

  it("was looked at in more than 20,000 states", () => {
    const sum = (count: (explored: Explored) => number) => all.reduce((total, explored) => total + count(explored), 0)
    const states = sum((explored) => explored.crashStates) + sum((explored) => explored.recoveryStates)
    const durable = sum((explored) => explored.endings.get("Durable") ?? 0)
    process.stdout.write(
      `${states} crash states (${sum((explored) => explored.recoveryStates)} of them crashes of a recovery), ` +
        `0 violations: ${durable} changes in ${projects} projects, ${sum((explored) => explored.points)} moments, ` +
        `${sum((explored) => explored.exhaustivePoints)} of them exhaustively; seed ${seed}\n`
    )
    assert.isAtLeast(states, 20_000)
    assert.isAtLeast(durable, 150)
    assert.isAtLeast(sum((explored) => explored.readOnly), 100)
  })
})
