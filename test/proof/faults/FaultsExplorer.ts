/**
 * Every fault of a row of commands, looked at.
 *
 * What is done runs once on a disk without faults, to count its calls. Then it runs again for each of them, with that call
 * failing, once or from then on. Whatever comes of it has to be one of the ends that a commit can have; and what was
 * answered has to be there when the project is opened again, after the fault and after a loss of power on top of it.
 */
import { Cause, Effect, Exit, Scope } from "effect"
import { TestClock } from "effect/testing"
import { Command } from "../../../src/domain/Command.ts"
import { ProjectUnreadable } from "../../../src/domain/OpeningErrors.ts"
import { leavesDoubt } from "../../../src/layers/commit/Unflushed.ts"
import { DiskError } from "../../../src/services/Disk.ts"
import type { DiskCall } from "../../../src/testing/DiskCall.ts"
import { faultyDisk } from "../../../src/testing/FaultyDisk.ts"
import type { SimulatedDisk } from "../../../src/testing/SimulatedDisk.ts"
import { type Ending, openCommitter, openSession } from "../../support/Session.ts"
import { assets } from "../crashes/CrashRecording.ts"
import { digest, type Expected, expectedAfter, found, leftovers } from "../crashes/Expected.ts"
import { type Branch, branchesAfter, difference, placesOf, visible } from "./Branches.ts"
import { type Fault, faultsOf } from "./FaultList.ts"
import type { Workload } from "./FaultsWorkloads.ts"

/** What was looked at, and what was wrong. */
export interface Faults {
  /** Each by its workload, its call and how that fails. */
  readonly cases: Set<string>
  reopenings: number
  readonly violations: Array<string>
  /** How often a run ended which way. */
  readonly endings: Map<string, number>
}

/** How faults are looked for. */
interface FaultOptions {
  readonly random: () => number
  /** Which of all that a call can fail with are tried. */
  readonly choose: (all: ReadonlyArray<Fault>, at: number) => ReadonlyArray<Fault>
}

const reads = new Set(["stat", "list", "realPath", "readFile"])

/** A session has no words for a workspace that cannot be read, and dies of it; the disk is what it died of. */
const isTyped = (cause: Cause.Cause<unknown>): boolean =>
  cause.reasons.every((reason) => {
    const error = reason._tag === "Fail" ? reason.error : reason._tag === "Die" ? reason.defect : undefined
    return error instanceof DiskError || error instanceof ProjectUnreadable
  })

/** A run of a workload with a fault, and all that has to be true of it. */
interface Run {
  readonly problems: ReadonlyArray<string>
  /** The states that may be found from now on. */
  readonly branches: ReadonlyArray<Branch>
  readonly calls: ReadonlyArray<DiskCall>
  readonly ends: ReadonlyArray<string>
  readonly reopenings: number
}

/** Opens a disk that has no faults any more, and says what is wrong with what is found. */
const reopen = Effect.fnUntraced(function*(
  disk: SimulatedDisk,
  branches: ReadonlyArray<Branch>,
  opening: { readonly prefix: string; readonly boot: string }
) {
  const open = Effect.scoped(Effect.gen(function*() {
    const committer = yield* openCommitter({ disk: disk.disk, ...opening })
    return { recovery: committer.recovery, standstill: yield* committer.standstill }
  }))
  const first = yield* open
  if (first.standstill !== undefined) return `nothing can be committed: ${JSON.stringify(first.standstill)}`
  if (first.recovery.overtaken.length > 0) {
    return `an edit that nobody made: ${JSON.stringify(first.recovery.overtaken)}`
  }
  const is = found(disk, assets)
  const differences = branches.map(({ state }) => difference(is, state))
  if (!differences.includes(undefined)) return differences.join(" or ")
  const left = leftovers(disk, assets)
  if (left.length > 0) return `left behind: ${left.join(", ")}`
  if (disk.openFiles > 0) return `${disk.openFiles} files are open`
  const again = yield* open
  if (again.recovery.finished.length > 0) return "a second opening found something to finish"
  return digest(found(disk, assets)) === digest(is) ? undefined : "a second opening changed something"
})

/** A command that nothing is in the way of, whatever was done before. */
const probe = (n: number) => Command.updateContract({ asset: { root: "probe" }, name: `probe ${n}` })

/** Does what a workload says, with a fault or without, and checks what can be checked from inside and outside. */
const run = Effect.fnUntraced(function*(
  { acts, boot, settings, start }: Workload,
  { base, fault, limit, random, seen }: {
    readonly fault: Fault | undefined
    /** How many bytes a write takes at most. */
    readonly limit: number | undefined
    readonly base: Expected
    /** The disks that were opened again already. */
    readonly seen: Set<string>
    readonly random: () => number
  }
) {
  const problems: Array<string> = []
  const ends: Array<string> = []
  const calls: Array<DiskCall> = []
  const hit: { call: DiskCall | undefined; isOpening: boolean } = { call: undefined, isOpening: false }
  let branches: ReadonlyArray<Branch> = [{ state: base, isCut: false }]
  let shown = base
  let blurred: ReadonlyArray<string> = []
  let reopenings = 0
  let isOpen = false
  const disk = start.fork()
  const faulty = faultyDisk(disk.disk, { halfWrites: fault?.write === "half" })
  faulty.shortWrites(limit)
  const isHit = (): boolean => hit.call !== undefined
  faulty.failWhere((call) => {
    const at = calls.push(call) - 1
    if (fault === undefined || at < fault.at || (fault.times === "once" && at > fault.at)) return undefined
    hit.call ??= call
    if (at === fault.at) hit.isOpening = !isOpen
    return fault.errno
  })
  const scope = yield* Scope.make()

  const reopened = Effect.fnUntraced(function*(what: string, there: SimulatedDisk, boot: string, prefix: string) {
    // What can be seen and what is durable are two things: the same of the one can be with another of the other.
    const key = `${boot} ${there.fingerprint()} ${there.kill().fingerprint()} ${
      branches.map(({ state }) => digest(state)).join()
    }`
    if (seen.has(key)) return
    seen.add(key)
    reopenings++
    const problem = yield* Effect.exit(reopen(there, branches, { boot, prefix }))
    if (Exit.isFailure(problem)) problems.push(`${what}: does not open: ${Cause.pretty(problem.cause)}`)
    else if (problem.value !== undefined) problems.push(`${what}: ${problem.value}`)
  })
  const powerLoss = Effect.fnUntraced(function*(when: string) {
    yield* reopened(`loss of power ${when}`, disk.fork().crash(() => false), "boot-9", "p")
    if (random() >= 0.25) return
    yield* reopened(
      `loss of power ${when}, where some survived`,
      disk.fork().crash(() => random() < 0.5),
      "boot-9",
      "q"
    )
  })

  const opened = yield* Effect.exit(Scope.provide(
    openSession({
      disk: faulty.disk,
      prefix: "f",
      boot,
      settings,
      onEnd: (plan, result) => {
        branches = branchesAfter(branches, plan, result)
        if (result._tag !== "Durable") return
        shown = expectedAfter(shown, plan)
        if (result.notPublished.size > 0) blurred = [...blurred, ...placesOf(plan)]
        if (result.diverged.size > 0) problems.push("a file has diverged that nobody edited")
      }
    }),
    scope
  ))
  isOpen = true
  if (Exit.isFailure(opened)) {
    ends.push("not opened")
    if (!isHit() || !isTyped(opened.cause)) problems.push(`opening: ${Cause.pretty(opened.cause)}`)
  } else {
    const session = opened.value
    const { committer } = session
    const standing = yield* committer.standstill
    // A registry that could not be read is a conflict too: nobody knows with what.
    const isExpected = standing?._tag === "Unwritable" || standing?._tag === "RegistryConflict"
    if (standing !== undefined && !(isHit() && isExpected)) {
      problems.push(`opened with ${JSON.stringify(standing)}`)
    }

    const check = Effect.fnUntraced(function*(what: string) {
      const standstill = yield* committer.standstill
      // Before recovery got through, the workspace is what the crash left.
      const wrong = difference(visible(found(disk, assets), blurred), visible(shown, blurred))
      if (standing === undefined && wrong !== undefined) problems.push(`${what}: visible: ${wrong}`)
      const { call } = hit
      if (call === undefined || fault === undefined) {
        if (standstill !== undefined) problems.push(`${what}: nothing failed, and ${JSON.stringify(standstill)}`)
        return
      }
      const inDoubt = leavesDoubt(new DiskError({ ...call, errno: fault.errno }))
      const isAside = /\/runtime\/(?:stage|trash)(?:\/|$)/.test(call.path)
      if (inDoubt && !isAside && standstill === undefined) {
        problems.push(`${what}: ${call.call} of ${call.path} failed with ${fault.errno}, and commits go on`)
      }
    })

    const judge = (what: string, { _tag, ...ending }: Ending, wasStanding: boolean): void => {
      if (_tag !== "Ended" || !("result" in ending)) {
        ends.push(_tag)
        if (!isHit()) problems.push(`${what}: ${_tag} where nothing failed`)
        return
      }
      const { result } = ending
      ends.push(result._tag === "Durable" && result.notPublished.size > 0 ? "NotPublished" : result._tag)
      if (result._tag !== "Durable" && !isHit()) {
        problems.push(`${what}: ${JSON.stringify(result)} where nothing failed`)
      }
      if (wasStanding && result._tag !== "Absent" && result._tag !== "Halted") {
        problems.push(`${what}: ${result._tag} in a standstill`)
      }
      if (result._tag !== "Absent") return
      const { call, errno, path } = result.fault
      if (call === "" || path === "") problems.push(`${what}: refused without call or path`)
      if (!wasStanding && errno !== fault?.errno) problems.push(`${what}: refused with ${call} ${path} ${errno}`)
    }

    /** Runs commands; false if the session died of a workspace that it could not look at. */
    const perform = Effect.fnUntraced(function*(what: string, commands: ReadonlyArray<Command>) {
      const wasStanding = (yield* committer.standstill) !== undefined
      const endings = yield* Effect.exit(session.run(commands))
      if (Exit.isFailure(endings)) {
        ends.push("not looked at")
        if (!isHit() || !isTyped(endings.cause)) problems.push(`${what}: ${Cause.pretty(endings.cause)}`)
        return undefined
      }
      for (const ending of endings.value) judge(what, ending, wasStanding)
      yield* check(what)
      const isUnknown = endings.value.some((ending) => ending._tag === "Ended" && ending.result._tag === "Unknown")
      const standstill = yield* committer.standstill
      if (isUnknown && standstill?._tag !== "Uncertain") problems.push(`${what}: unknown, without a standstill`)
      return endings.value
    })

    /** Whether a command has its way now; what was not read when somebody looked at it can be in the way of it. */
    const works = Effect.fnUntraced(function*(what: string, n: number) {
      const wasHit = isHit()
      const isFree = (yield* committer.standstill) === undefined
      const ending = (yield* perform(what, [probe(n)]))?.[0]
      const isThere = ending?._tag === "Ended" && ending.result._tag === "Durable"
      const isUnseen = ending?._tag === "Refused" && (hit.isOpening || reads.has(hit.call?.call ?? ""))
      if (isThere !== isFree && wasHit && !isUnseen) {
        problems.push(`${what}: ${JSON.stringify(ending?._tag === "Refused" ? ending.plan.blockers : ending)}`)
      }
    })

    let goesOn = true
    for (const [step, act] of acts.entries()) {
      if (!goesOn) break
      const what = `act ${step}`
      if (act === "flush") {
        yield* committer.flush
        yield* Effect.ignore(session.remember)
      } else if (act === "wait") {
        yield* TestClock.adjust("10 seconds")
        yield* Effect.ignore(session.remember)
      } else {
        goesOn = (yield* perform(what, act)) !== undefined
        continue
      }
      yield* check(what)
    }
    if (goesOn) {
      if (fault?.times === "for good" && isHit()) yield* perform("a command while the fault is there", [probe(0)])
      else yield* works("the next command", 0)
    }
    if (isHit()) yield* powerLoss("while it is open")
    if (goesOn && isHit() && random() < 0.5) {
      faulty.heal()
      if ((yield* committer.standstill) === undefined) {
        yield* committer.publishLate
        blurred = []
        yield* check("published late")
      }
      yield* works("a command after the fault", 1)
    }
  }

  const closed = yield* Effect.exit(Scope.close(scope, Exit.void))
  if (Exit.isFailure(closed)) problems.push(`closing: ${Cause.pretty(closed.cause)}`)
  if (disk.openFiles > 0) problems.push(`${disk.openFiles} files are open at the end`)
  yield* powerLoss("after it was closed")
  faulty.heal()
  yield* reopened("opened again", disk, boot, "r")
  return { problems, branches, calls, ends, reopenings } satisfies Run
})

/** What a project is once it was opened without faults, before anything is done to it. */
const opened = Effect.fnUntraced(function*({ boot, settings, start }: Workload) {
  const disk = start.fork()
  const registry = yield* Effect.scoped(
    Effect.map(openSession({ disk: disk.disk, prefix: "o", boot, settings }), (session) => session.snapshot().registry)
  )
  return { ...found(disk, assets), registry } satisfies Expected
})

/** Tries one of all that a call can fail with, by chance, and two of a write. */
export const byChance = (random: () => number): FaultOptions["choose"] => (all) => {
  const left = [...all]
  while (left.length > (all.some(({ write }) => write === "half") ? 2 : 1)) {
    left.splice(Math.floor(random() * left.length), 1)
  }
  return left
}

/** Nothing looked at yet. */
export const noFaults = (): Faults => ({ cases: new Set(), reopenings: 0, violations: [], endings: new Map() })

/** Lets each call of a workload fail, and adds what came of it. */
export const exploreFaults = Effect.fnUntraced(function*(
  faults: Faults,
  workload: Workload,
  { choose, random }: FaultOptions
) {
  const base = yield* opened(workload)
  const seen = new Set<string>()
  const look = Effect.fnUntraced(function*(where: string, fault: Fault | undefined, limit: number | undefined) {
    const made = yield* run(workload, { fault, limit, base, seen, random })
    faults.reopenings += made.reopenings
    for (const end of made.ends) faults.endings.set(end, (faults.endings.get(end) ?? 0) + 1)
    for (const problem of made.problems) faults.violations.push(`${workload.name}: ${where}: ${problem}`)
    return made.calls
  })
  const calls = yield* look("without faults", undefined, undefined)
  for (const limit of [100, 1]) {
    yield* look(`writes take ${limit} bytes at most`, undefined, limit)
  }
  for (const [at, call] of calls.entries()) {
    // Short writes were tried for all calls at once.
    for (const fault of choose(faultsOf(call, at).filter(({ write }) => write !== "short"), at)) {
      const how = `fails with ${fault.errno} ${fault.times}${fault.write === "half" ? " after half of it" : ""}`
      faults.cases.add(`${workload.name} ${at} ${how}`)
      yield* look(`${call.call} ${call.path.slice(assets.length)} (call ${at}) ${how}`, fault, undefined)
    }
  }
})
