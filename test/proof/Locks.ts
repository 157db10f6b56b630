/** Real processes that fight for the lock of one folder. */
import { Effect } from "effect"
import { seeded } from "../../src/testing/Seeded.ts"
import { type LockArena, lockArena, type LockTally } from "./locks/LockArena.ts"
import { type LockRound, lockRounds, roundsAgainstTime } from "./locks/LockRounds.ts"
import type { Findings, Piece } from "./Part.ts"

/** How many processes fight at once: three to six. */
const contendersOf = (seed: number): number => 3 + Math.abs(Math.trunc(seed)) % 4

/** How often each kind of round is in one piece; those that are not named are in it once. */
const often: Readonly<Record<string, number>> = {
  start: 30,
  "killed in the middle": 4,
  jumping: 2,
  nonsense: 3,
  copied: 2,
  "reused pid": 2
}

const newTally = (): LockTally => ({
  lockRounds: 0,
  lockTakeovers: 0,
  lockRefusals: 0,
  lockKills: 0,
  lockKillsHalfway: 0
})

const runRound = async (arena: LockArena, name: string, round: LockRound): Promise<void> => {
  await arena.fillUp()
  arena.begin(name)
  await round(arena)
  await arena.calm()
}

const inOrderOf = (random: () => number, names: ReadonlyArray<string>): ReadonlyArray<string> =>
  names.map((name) => ({ name, at: random() })).sort((a, b) => a.at - b.at).map(({ name }) => name)

/** Some rounds of each kind, in an order by the seed. */
export const locks: Piece = Effect.fnUntraced(function*(seed) {
  const random = seeded(seed)
  const tally = newTally()
  const arena = yield* lockArena("folder", contendersOf(seed), tally, random)
  const names = Object.keys(lockRounds).flatMap((name) => Array.from({ length: often[name] ?? 1 }, () => name))
  yield* Effect.promise(async () => {
    for (const name of inOrderOf(random, names)) {
      const round = lockRounds[name]
      if (round !== undefined) await runRound(arena, name, round)
    }
  })
  return {
    counts: { ...tally },
    violations: arena.problems.map((problem) => `locks, seed ${seed}: ${problem}`),
    distinct: { lockRoundKinds: names }
  } satisfies Findings
})

/**
 * The same rounds against a lock that goes by the time, which has to be seen to be held by two: whoever cannot find that
 * here finds nothing elsewhere either.
 */
export const lockControl: Piece = Effect.fnUntraced(function*(seed) {
  const tally = newTally()
  const arena = yield* lockArena("naive", 3, tally, seeded(seed))
  const violations: Array<string> = []
  yield* Effect.promise(async () => {
    for (const name of roundsAgainstTime) {
      const round = lockRounds[name]
      if (round === undefined) continue
      const before = arena.problems.length
      await runRound(arena, name, round)
      const isSeen = arena.problems.slice(before).some((problem) => problem.includes("have it at once"))
      if (!isSeen) violations.push(`lock control, seed ${seed}: ${name}: nobody saw that two have the naive lock`)
    }
  })
  const lockControlsCaught = roundsAgainstTime.length - violations.length
  return { counts: { lockControls: roundsAgainstTime.length, lockControlsCaught }, violations } satisfies Findings
})
