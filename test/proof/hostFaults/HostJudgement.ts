/** Whether what a caller gets fits what the disk did. */
import { Result, Schema } from "effect"
import type { PackerError } from "../../../src/domain/Errors.ts"
import { isTerminal, type PackerEvent } from "../../../src/domain/Event.ts"
import type { OpeningError } from "../../../src/domain/OpeningErrors.ts"
import { Outcome } from "../../../src/domain/Outcome.ts"
import type { SinkReentry } from "../../../src/domain/StreamErrors.ts"
import type { Hit } from "./FaultingDisk.ts"

/** How an operation ended, as it is counted. */
export type HostEnding =
  | "applied"
  | "late"
  | "refused"
  | "uncertain"
  | "not opened"
  | "read-only"
  | "pending"
  | "blocked"

/** What an operation may have met. */
export interface Circumstances {
  readonly hits: ReadonlyArray<Hit>
  /** Whether the project was read-only before, and whether it is now. */
  readonly wasReadOnly: boolean
  readonly isReadOnly: boolean
  /** Something is durable and not in its place. */
  readonly isLate: boolean
}

/** What is wrong with an end; nothing, mostly. */
export interface Judgement {
  readonly ending: HostEnding
  readonly problems: ReadonlyArray<string>
}

/** The calls that look at something. */
const looks = new Set(["stat", "list", "realPath", "readFile", "read"])

/** Whether somebody looked at something that could not be read. */
export const wasLookedInVain = (hits: ReadonlyArray<Hit>): boolean => hits.some(({ call }) => looks.has(call))

/** The journal is made under another name and keeps its file: calls to that file still go by the name it was made under. */
const placeOf = (path: string): string => path.replace(/\/journal-[^/]+$/, "/journal")

const isOf = (
  hits: ReadonlyArray<Hit>,
  error: { readonly call: string; readonly path: string; readonly errno: string }
): boolean =>
  hits.some(({ call, errno, path }) =>
    call === error.call && errno === error.errno && placeOf(path) === placeOf(error.path)
  )

const warningsOf = (value: unknown): ReadonlyArray<string> =>
  Schema.is(Outcome)(value) ? value.warnings.map(({ code }) => code) : []

const whole = (error: object): string => JSON.stringify(error)

/** Says how an operation ended, and whether it may end so. */
export const judge = (
  result: Result.Result<unknown, PackerError | SinkReentry>,
  { hits, isLate, isReadOnly, wasReadOnly }: Circumstances
): Judgement => {
  const fine = (ending: HostEnding): Judgement => ({ ending, problems: [] })
  const wrong = (ending: HostEnding, problem: string): Judgement => ({ ending, problems: [problem] })
  if (Result.isSuccess(result)) {
    const warnings = warningsOf(result.success)
    if (warnings.length === 0) return fine("applied")
    const isFitting = warnings.every((code) => code === "commit/not-published") && hits.length > 0
    return isFitting ? fine("late") : wrong("late", `succeeds with ${warnings.join(", ")}`)
  }
  const error = result.failure
  if (hits.length === 0) return wrong("refused", `where nothing failed: ${whole(error)}`)
  switch (error._tag) {
    case "CommitFailed":
      return isOf(hits, error) ? fine("refused") : wrong("refused", `names another call: ${whole(error)}`)
    case "CommitUncertain":
      if (!isOf(hits, error)) return wrong("uncertain", `names another call: ${whole(error)}`)
      if (wasReadOnly) return wrong("uncertain", "a commit in a project that was read-only")
      return isReadOnly ? fine("uncertain") : wrong("uncertain", "uncertain, and commits go on")
    case "ProjectReadOnly":
      return isReadOnly ? fine("read-only") : wrong("read-only", `though it is ready: ${whole(error)}`)
    case "PublishPending": {
      const cause = error.cause
      const isTold = cause !== undefined &&
        hits.some(({ call, errno, path }) => [call, errno, placeOf(path)].every((part) => cause.includes(part)))
      return isLate || isTold ? fine("pending") : wrong("pending", `nothing is late: ${whole(error)}`)
    }
    case "CommandBlocked": {
      const isUnread = error.blockers.every(({ code }) => code.endsWith("/unreadable"))
      return isUnread && wasLookedInVain(hits) ? fine("blocked") : wrong("blocked", whole(error))
    }
    default:
      return wrong("refused", `a fault is told as something else: ${whole(error)}`)
  }
}

/** What is wrong with how the events of an operation tell its end. */
export const untruths = (
  events: ReadonlyArray<PackerEvent>,
  result: Result.Result<unknown, PackerError | OpeningError | SinkReentry>
): ReadonlyArray<string> => {
  const ends = events.filter(isTerminal)
  const [end] = ends
  if (ends.length !== 1 || end === undefined) return [`${ends.length} ends are told`]
  if (events.at(-1) !== end) return ["something is told after the end"]
  if (Result.isFailure(result)) {
    if (end.kind !== "action_failed") return [`${result.failure._tag} is told as ${end.kind}`]
    const told = JSON.stringify(end.details.error)
    return told === JSON.stringify(result.failure) ? [] : [`told is ${told}, and failed with ${whole(result.failure)}`]
  }
  if (end.kind !== "action_applied") return [`a success is told as ${end.kind}`]
  const { outcome } = end.details
  return !Schema.is(Outcome)(result.success) || JSON.stringify(outcome) === JSON.stringify(result.success)
    ? []
    : [`told is ${JSON.stringify(outcome)}, and the outcome ${JSON.stringify(result.success)}`]
}
