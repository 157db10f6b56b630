/** Every fault of the committer: each call of each workload, each errno, once and for good. */
import { Effect } from "effect"
import { seeded } from "../../src/testing/Seeded.ts"
import { clockOf } from "./Clocks.ts"
import { exploreFaults, noFaults } from "./faults/FaultsExplorer.ts"
import { workloads } from "./faults/FaultsWorkloads.ts"
import type { Piece } from "./Part.ts"

/** How many there are; as many workloads. */
const kinds = 22
/** In how many parts the calls of a workload are looked at. */
const slices = 12

/** How many pieces are all of them. */
export const faultPieces = kinds * slices

/** Looks at a part of the faults of one workload. */
export const faults: Piece = (seed) =>
  Effect.gen(function*() {
    const all = yield* workloads
    const workload = all[seed % kinds]
    if (workload === undefined || all.length !== kinds) return yield* Effect.die(new Error(`${all.length} workloads`))
    const slice = Math.floor(seed / kinds) % slices
    const found = noFaults()
    const random = seeded(seed)
    yield* exploreFaults(found, workload, { random, choose: (all, at) => at % slices === slice ? all : [] })
    const ends = ["Durable", "NotPublished", "Absent", "Unknown", "Halted"] as const
    return {
      counts: {
        faultReopenings: found.reopenings,
        ...Object.fromEntries(ends.map((end) => [`faults${end}`, found.endings.get(end) ?? 0]))
      },
      violations: found.violations,
      distinct: { faultCases: found.cases }
    }
  }).pipe(Effect.provide(clockOf(seed)), Effect.orDie)
