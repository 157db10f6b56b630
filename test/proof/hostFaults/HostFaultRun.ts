/**
 * One run of what a host does with a project, with a fault or without, and all that has to be true of it: while it is
 * open, when it closes, and when it is opened again, also after a loss of power on top.
 */
import { Cause, Effect, Exit, Result, Scope } from "effect"
import { TestClock } from "effect/testing"
import { isTerminal } from "../../../src/domain/Event.ts"
import type { SimulatedDisk } from "../../../src/testing/SimulatedDisk.ts"
import { illegalities } from "../../support/Legal.ts"
import { root } from "../../support/Session.ts"
import type { Fault } from "../faults/FaultList.ts"
import { bounded } from "./Bounded.ts"
import { faultingDisk } from "./FaultingDisk.ts"
import { carryOut, perform, refresh } from "./HostActs.ts"
import { check, type HostCase, isReadOnly, type Runtime, within } from "./HostCase.ts"
import { untruths } from "./HostJudgement.ts"
import { HostLedger } from "./HostLedger.ts"
import { type Eyes, reopen } from "./HostReopening.ts"
import type { HostWorkload } from "./HostWorkloads.ts"
import { nothingTold, openHost, processOf } from "./OpenHost.ts"

/** What a run goes by. */
export interface HostFaultOptions extends Eyes {
  readonly fault: Fault | undefined
  readonly random: () => number
  /** The disks that were opened again already. */
  readonly seen: Set<string>
}

/** Looks at how the opening of a project is told that is open now. */
const checkOpening = Effect.fnUntraced(function*(run: HostCase, runtime: Runtime, { start, unfinished }: HostWorkload) {
  const { comparison, endings, ledger, problems, told } = run
  yield* within(
    run,
    "the end of the opening",
    Effect.repeat(Effect.yieldNow, { until: () => told.events.some(isTerminal) })
  )
  const end = told.events.find(isTerminal)
  const wasReadOnly = yield* isReadOnly(runtime)
  if (end?.kind !== "action_applied") problems.push("opening: it is not told")
  else if (wasReadOnly !== (end.details.read_only !== undefined)) {
    problems.push("opening: it is not told whether it is read-only")
  }
  if (wasReadOnly) endings.add("read-only")
  // Before recovery got through, the workspace is what the crash left, or anything on the way.
  if (wasReadOnly && unfinished.length > 0) {
    ledger.mayStillBe(comparison.onDisk(start).visible)
    ledger.mayBeUnknown()
  }
  yield* check(run, runtime, "opened", "told")
})

/** What fails no more is no hindrance any more, but for what only opening again can settle. */
const afterTheFault = Effect.fnUntraced(function*(run: HostCase, runtime: Runtime, { probe }: HostWorkload) {
  const { endings, faulting: { hits }, ledger, problems, told } = run
  const unread = Effect.map(
    runtime.snapshot,
    ({ snapshot }) =>
      [snapshot, ...snapshot.assets.values()].some(({ diagnostics }) =>
        diagnostics.some(({ code }) => code.endsWith("/unreadable"))
      )
  )
  const worksIfReady = Effect.fnUntraced(function*(what: string, n: number) {
    const wanted = (yield* isReadOnly(runtime)) ? "read-only" : "applied"
    const [ending] = yield* perform(run, runtime, what, [probe(n)])
    if (ending !== wanted) problems.push(`${what}: ${String(ending)}, and not ${wanted}`)
  })
  if (ledger.isLate && !(yield* isReadOnly(runtime))) {
    yield* TestClock.adjust("10 seconds")
    if (!told.events.some((event) => event.kind === "action_applied" && event.details.action === "publish")) {
      problems.push("after the fault: nothing is told of what came to its place")
    }
    ledger.isInPlace()
  }
  if (!(yield* unread)) yield* worksIfReady("next", 2)
  yield* check(run, runtime, "after the fault", "told")
  if (!(yield* refresh(run, runtime, "refreshed"))) problems.push("after the fault: it cannot be refreshed")
  yield* worksIfReady("next after refreshing", 3)
  const how = (yield* isReadOnly(runtime)) ? "told" : "exact"
  yield* check(run, runtime, "refreshed after the fault", how)
  if (hits.length > 0 && how === "told" && !endings.has("uncertain")) endings.add("read-only")
})

/** Runs a workload; says what was wrong, which calls were made, and how it ended. */
export const runHostFault = Effect.fnUntraced(function*(workload: HostWorkload, options: HostFaultOptions) {
  const { acts, edit, isOpening, probe, process, start, unfinished } = workload
  const { comparison, fault, random, reference, seen } = options
  const disk = start.fork()
  const run: HostCase = {
    comparison,
    reference,
    disk,
    faulting: faultingDisk(disk.disk, fault),
    told: nothingTold(),
    ledger: new HostLedger(unfinished),
    problems: [],
    endings: new Set()
  }
  const { endings, faulting, ledger, problems, told } = run
  const { hits } = faulting
  let reopenings = 0

  const reopened = Effect.fnUntraced(function*(what: string, there: SimulatedDisk, pid: number, boot: string) {
    const { branches, uncertain } = ledger.possible
    const key = JSON.stringify([boot, there.fingerprint(), there.kill().fingerprint(), branches, uncertain])
    if (seen.has(key)) return
    seen.add(key)
    reopenings++
    const opening = { prefix: `p${pid}`, process: processOf(pid, boot) }
    const wrong = yield* reopen(there, ledger.possible, { comparison, reference }, opening)
    problems.push(...wrong.map((problem) => `${what}: ${problem}`))
  })
  const powerLoss = (when: string) => reopened(`loss of power ${when}`, disk.fork().crash(() => false), 900, "boot-9")

  if (isOpening) faulting.arm()
  const scope = yield* Scope.make()
  const open = yield* within(run, "opening", openHost({ disk: faulting.disk, prefix: "f", process }, told, scope))
  faulting.arm()
  if (open !== undefined && Result.isFailure(open)) {
    endings.add("not opened")
    const error = open.failure
    const isFitting = error._tag === "ProjectUnreadable" &&
      hits.some(({ errno, path }) => errno === error.errno && (path === error.path || error.path === root))
    if (!isFitting) problems.push(`opening: ${JSON.stringify(error)}`)
  }
  if (open !== undefined && Result.isSuccess(open)) {
    const runtime = open.success
    if (edit !== undefined) {
      disk.put(edit.path, edit.text)
      ledger.wasEdited(edit.root)
    }
    yield* checkOpening(run, runtime, workload)
    for (const [step, act] of acts.entries()) {
      yield* carryOut(run, runtime, `act ${step + 1}`, act)
      yield* check(run, runtime, `after act ${step + 1}`, "told")
    }
    // A write that was short is no failure, and it must not be taken for whole.
    const isMet = fault !== undefined && fault.at < faulting.calls.length
    if (isMet) {
      yield* powerLoss("while it is open")
      yield* reopened("killed while it is open", disk.kill(), 901, process.boot ?? "")
    }
    if (hits.length > 0 && fault?.times === "for good") {
      yield* perform(run, runtime, "next while it fails", [probe(1)])
      yield* check(run, runtime, "while it fails", "told")
    }
    // What fails for good does so to the end every other time.
    if (hits.length > 0 && (fault?.times !== "for good" || random() < 0.5)) {
      faulting.heal()
      yield* afterTheFault(run, runtime, workload)
    }
  }

  const closed = yield* bounded(Scope.close(scope, Exit.void))
  if (closed === undefined) problems.push("closing: hangs")
  else if (Exit.isFailure(closed)) problems.push(`closing: dies: ${Cause.pretty(closed.cause)}`)
  if (disk.openFiles > 0) problems.push(`${disk.openFiles} files are open when it is closed`)
  problems.push(...told.defects, ...illegalities(told.events))
  if (open !== undefined && Result.isFailure(open)) problems.push(...untruths(told.events, open))
  yield* powerLoss("after it was closed")
  faulting.heal()
  yield* reopened("opened again", disk, 300, process.boot ?? "")
  return { problems, endings, calls: faulting.calls, reopenings }
})
