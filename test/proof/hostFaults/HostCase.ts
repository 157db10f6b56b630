/** A run of what a host does, as far as it has come: what was met, what is known, and what is wrong. */
import { Cause, Effect, Exit, type Result } from "effect"
import type { PackerError } from "../../../src/domain/Errors.ts"
import { readOnlyReason } from "../../../src/domain/Snapshot.ts"
import type { SinkReentry } from "../../../src/domain/StreamErrors.ts"
import type { ProjectRuntime } from "../../../src/services/ProjectRuntime.ts"
import type { SimulatedDisk } from "../../../src/testing/SimulatedDisk.ts"
import { bounded } from "./Bounded.ts"
import type { FaultingDisk } from "./FaultingDisk.ts"
import { type HostEnding, judge, wasLookedInVain } from "./HostJudgement.ts"
import type { HostLedger } from "./HostLedger.ts"
import { differences } from "./HostReference.ts"
import type { Eyes } from "./HostReopening.ts"
import type { Told } from "./OpenHost.ts"

/** A project that is open. */
export type Runtime = ProjectRuntime["Service"]

/** A run of what a host does. */
export interface HostCase extends Eyes {
  readonly disk: SimulatedDisk
  readonly faulting: FaultingDisk
  readonly told: Told
  readonly ledger: HostLedger
  readonly problems: Array<string>
  readonly endings: Set<HostEnding>
}

/** Waits for something of the host's; `undefined` if it dies or hangs, which is noted. */
export const within = Effect.fnUntraced(
  function*<A, E>({ problems }: HostCase, what: string, work: Effect.Effect<A, E>) {
    const exit = yield* bounded(Effect.result(work))
    if (exit === undefined) problems.push(`${what}: hangs`)
    else if (Exit.isFailure(exit)) problems.push(`${what}: dies: ${Cause.pretty(exit.cause)}`)
    return exit !== undefined && Exit.isSuccess(exit) ? exit.value : undefined
  }
)

/** Whether nothing can be committed. */
export const isReadOnly = ({ status }: Runtime): Effect.Effect<boolean> =>
  Effect.map(status, ({ _tag }) => _tag !== "ready")

/** Judges an end, and notes it. */
export const judged = Effect.fnUntraced(function*(
  { endings, faulting: { hits }, ledger: { isLate }, problems }: HostCase,
  what: string,
  result: Result.Result<unknown, PackerError | SinkReentry>,
  { runtime, wasReadOnly }: { readonly runtime: Runtime; readonly wasReadOnly: boolean }
) {
  const { ending, problems: wrong } = judge(result, {
    hits,
    isLate,
    isReadOnly: yield* isReadOnly(runtime),
    wasReadOnly
  })
  if (hits.length > 0) endings.add(ending)
  problems.push(...wrong.map((problem) => `${what}: ${problem}`))
  return ending
})

/** Flushes that say for certain that nothing was flushed. */
const beforeFlush = new Set(["EMFILE", "EACCES", "EPERM"])

/**
 * Checks that all that is shown and on disk is what has happened, and nothing else. Unless it has to be exact, what could
 * not be read when somebody looked, and what is not in its place yet, may be different where that is told.
 */
export const check = Effect.fnUntraced(function*(
  { comparison, disk, faulting: { hits }, ledger, problems, reference, told }: HostCase,
  runtime: Runtime,
  what: string,
  how: "exact" | "told"
) {
  const complain = (problem: string) => problems.push(`${what}: ${problem}`)
  const status = yield* runtime.status
  const { snapshot } = yield* runtime.snapshot
  const reason = readOnlyReason(snapshot)
  if ((status._tag === "read-only" ? status.reason : undefined) !== reason) {
    complain(`${JSON.stringify(status)}, and shown is ${String(reason)}`)
  }
  const expected = yield* reference(ledger.commands)

  const { visible } = comparison.onDisk(disk)
  for (const [path, text] of differences(visible, expected.visible)) {
    const isEarlier = how === "told" && ledger.earlier.some((other) => other.get(path) === visible.get(path))
    if (!isEarlier) complain(`on disk: ${text}`)
  }

  const assets = Array.from(snapshot.assets.values())
  const isUnread = wasLookedInVain(hits) &&
    (ledger.isUnknown || snapshot.diagnostics.some(({ code }) => code.endsWith("/unreadable")))
  const isExcused = (root: string): boolean =>
    assets.some((asset) =>
      asset.root === root &&
      asset.diagnostics.some(({ code }) =>
        code === "commit/not-published" ? ledger.isLate : code.endsWith("/unreadable")
      )
    )
  for (const [root, text] of differences(comparison.shown(snapshot), expected.shown)) {
    if (!ledger.hides(root) && (how === "exact" || !(isUnread || isExcused(root)))) complain(`shown: ${text}`)
  }
  for (const { divergence, root } of assets) {
    if (divergence !== undefined) complain(`${root} is diverged, and nobody edited it`)
  }
  for (const { details, kind } of told.events) {
    if (kind === "divergence_detected") complain(`an edit is told, and nobody made it: ${JSON.stringify(details)}`)
  }

  if (hits.length === 0 && reason !== undefined) complain(`read-only, and nothing failed: ${reason}`)
  const doubtful = hits.find(({ call, errno, path }) =>
    call.startsWith("flush") && !(call === "flushFolder" && beforeFlush.has(errno)) &&
    !/\/runtime\/(?:stage|trash)(?:\/|$)/.test(path)
  )
  if (doubtful !== undefined && reason === undefined) {
    complain(`${doubtful.call} of ${doubtful.path} failed with ${doubtful.errno}, and commits go on`)
  }
})
