/** Whatever the disk refuses, whenever, of whatever a host does: it is told what happened, and that is what happened. */
import { afterAll, assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { seeded } from "../../src/testing/Seeded.ts"
import { hostFaultPieces, hostFaults, hostFaultSlices, hostFaultsOf, hostFaultWorkloads } from "../proof/HostFaults.ts"

const seed = 20_611
/** One of so many faults of each workload. */
const share = 90

const counts = new Map<string, number>()
let cases = 0

afterAll(() => {
  const endings = Array.from(counts, ([name, count]) => `${name} ${count}`).join(", ")
  process.stdout.write(`host faults: ${cases} cases, one of ${share} of the whole, seed ${seed}; ${endings}\n`)
})

describe("everything that a host does on a disk that fails", () => {
  it.effect("ends in one of the ways that there are, and is what it was told to be, now and when it is opened again", () =>
    Effect.gen(function*() {
      const random = seeded(seed)
      const violations: Array<string> = []
      for (let at = 0; at < hostFaultWorkloads; at++) {
        const found = yield* hostFaultsOf(at, Math.floor(random() * share), share)
        violations.push(...found.violations)
        cases += found.cases.size
        for (const [name, count] of Object.entries(found.counts)) counts.set(name, (counts.get(name) ?? 0) + count)
      }
      assert.deepStrictEqual(violations.slice(0, 5), [])
      assert.isAtLeast(cases, 180)
      for (const ending of ["Applied", "Late", "Refused", "Uncertain", "NotOpened", "ReadOnly"]) {
        assert.isAtLeast(counts.get(`hostFaults${ending}`) ?? 0, 3, ending)
      }
      assert.isAtLeast(counts.get("hostFaultReopenings") ?? 0, 150)
    }))

  it.effect("is looked at in pieces that make the whole, each case once", () =>
    Effect.gen(function*() {
      assert.strictEqual(hostFaultPieces, hostFaultWorkloads * hostFaultSlices)
      // The smallest of them: a refresh of one asset.
      const pieces = Array.from({ length: hostFaultSlices }, (_, slice) => 18 + slice * hostFaultWorkloads)
      const all = yield* Effect.forEach(pieces, (piece) => Effect.scoped(hostFaults(piece)))
      const met = all.flatMap(({ distinct }) => [...distinct?.["hostFaultCases"] ?? []])
      assert.deepStrictEqual(all.flatMap(({ violations }) => violations), [])
      assert.strictEqual(new Set(met).size, met.length)
      assert.sameMembers(met, Array.from(met, (_, index) => `18.${index}`))
      assert.isAtLeast(met.length, 100)
    }))
})
