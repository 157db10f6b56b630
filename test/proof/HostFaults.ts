/**
 * Every fault of everything that a host does: each call to the disk fails with each errno, once and for good.
 *
 * All pieces together make the whole: each takes one workload, and every so-manieth of its faults.
 */
import { Cause, Effect } from "effect"
import { seeded } from "../../src/testing/Seeded.ts"
import { clockOf, rightThen } from "./Clocks.ts"
import { allFaults, type Fault, showFault } from "./faults/FaultList.ts"
import { runHostFault } from "./hostFaults/HostFaultRun.ts"
import { comparing, references } from "./hostFaults/HostReference.ts"
import { hostWorkloads } from "./hostFaults/HostWorkloads.ts"
import type { Piece } from "./Part.ts"

/** How many workloads there are. */
export const hostFaultWorkloads = 22
/** Into how many slices the faults of a workload are cut. */
export const hostFaultSlices = 12
/** How many pieces make the whole: those of the seeds from 0 on, or any as many in a row. */
export const hostFaultPieces = hostFaultWorkloads * hostFaultSlices

/** How often a case ended which way; one in which several things were done may have ended in several. */
const counted = {
  applied: "hostFaultsApplied",
  late: "hostFaultsLate",
  refused: "hostFaultsRefused",
  uncertain: "hostFaultsUncertain",
  "not opened": "hostFaultsNotOpened",
  "read-only": "hostFaultsReadOnly",
  pending: "hostFaultsPending",
  blocked: "hostFaultsBlocked"
} as const

/** Lets every so-manieth of the faults of a workload happen, from one of them on. */
export const hostFaultsOf = Effect.fnUntraced(function*(at: number, slice: number, slices: number) {
  const counts: Record<string, number> = { hostFaultReopenings: 0 }
  for (const name of Object.values(counted)) counts[name] = 0
  const count = (name: string, more: number): void => {
    counts[name] = (counts[name] ?? 0) + more
  }
  const cases = new Set<string>()
  const violations: Array<string> = []
  const workloads = yield* hostWorkloads
  const workload = workloads[at]
  if (workload === undefined || workloads.length !== hostFaultWorkloads) {
    return { counts, cases, violations: [`there are ${workloads.length} workloads, and ${at} is asked for`] }
  }
  const eyes = { comparison: comparing(workload.start), reference: references(workload), seen: new Set<string>() }
  // Each run has a clock of its own: what is looked at depends on how long ago it was written.
  const run = (fault: Fault | undefined, random: () => number) =>
    Effect.provide(runHostFault(workload, { ...eyes, fault, random }), clockOf(at))
  const undisturbed = yield* run(undefined, () => 0)
  for (const problem of undisturbed.problems) violations.push(`${workload.name}: without faults: ${problem}`)
  for (const [index, fault] of allFaults(undisturbed.calls).entries()) {
    if (index % slices !== slice) continue
    const made = yield* run(fault, seeded(at * 1_000_003 + index))
    const isMet = fault.at < made.calls.length
    const problems = isMet ? made.problems : ["the call was not made", ...made.problems]
    for (const problem of problems) {
      violations.push(`${workload.name} (case ${at}.${index}): ${showFault(undisturbed.calls, fault)}: ${problem}`)
    }
    cases.add(`${at}.${index}`)
    count("hostFaultReopenings", made.reopenings)
    for (const ending of made.endings) count(counted[ending], 1)
  }
  return { counts, cases, violations }
}, Effect.provide(rightThen))

/** A share of every fault of everything that a host does. */
export const hostFaults: Piece = (seed) => {
  const piece = seed % hostFaultPieces
  const at = piece % hostFaultWorkloads
  const where = `host faults, seed ${seed}`
  return hostFaultsOf(at, Math.floor(piece / hostFaultWorkloads), hostFaultSlices).pipe(
    Effect.map(({ cases, counts, violations }) => ({
      counts,
      distinct: { hostFaultCases: cases },
      violations: violations.map((violation) => `${where}: ${violation}`)
    })),
    Effect.catchCause((cause) => Effect.succeed({ counts: {}, violations: [`${where}: ${Cause.pretty(cause)}`] }))
  )
}
