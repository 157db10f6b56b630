/** What a Studio shows of operations: those that have ended, and how far the others are. */
import type {
  AssetName,
  OpeningError,
  OpeningId,
  OperationId,
  Outcome,
  PackerError,
  PackerEvent,
  ProgressReport,
  ProjectId
} from "../../index.ts"

/** Which operation it is. */
interface Named {
  readonly projectId: ProjectId
  readonly openingId: OpeningId
  readonly operationId: OperationId
}

/** An operation that has ended, as its terminal event told it. */
export interface FinishedOperation extends Named {
  /** The kind of command; or `open`, `refresh`, `refreshAsset` or `publish`. */
  readonly action: string
  /** One sentence for a person. */
  readonly summary: string
  readonly assets: ReadonlyArray<AssetName>
  /** Milliseconds since 1970. */
  readonly startedAt: number
  readonly durationMs: number
  readonly result:
    | {
      readonly _tag: "Applied"
      readonly outcome: Outcome /** Why the project is read-only now. */
      readonly readOnly?: string
    }
    | {
      readonly _tag: "Failed"
      readonly error: PackerError | OpeningError /** For a person. */
      readonly reason: string
    }
}

/** An operation that goes on, with the newest that was told of how far it is. */
export interface RunningOperation extends Named {
  readonly summary: string
  readonly assets: ReadonlyArray<AssetName>
  readonly progress?: ProgressReport
}

const nameOf = ({ opening_id, operation_id, project_id }: PackerEvent): Named => ({
  projectId: project_id,
  openingId: opening_id,
  operationId: operation_id
})

/** The operation that an event ends, if it ends one. */
export const finishedBy = (event: PackerEvent): FinishedOperation | undefined => {
  if (event.kind !== "action_applied" && event.kind !== "action_failed") return undefined
  const { action, duration_ms, started_at } = event.details
  return {
    ...nameOf(event),
    action,
    summary: event.summary,
    assets: event.affected_assets,
    startedAt: started_at,
    durationMs: duration_ms,
    result: event.kind === "action_failed"
      ? { _tag: "Failed", error: event.details.error, reason: event.details.error.message }
      : {
        _tag: "Applied",
        outcome: event.details.outcome,
        ...(event.details.read_only === undefined ? {} : { readOnly: event.details.read_only })
      }
  }
}

/**
 * What goes on after an event, the longest running first. It begins with the first progress, and ends with the terminal
 * event and nothing else; where a project is opened anew, what went on in an opening before is over too.
 */
export const runningAfter = (
  running: ReadonlyArray<RunningOperation>,
  event: PackerEvent
): ReadonlyArray<RunningOperation> => {
  const isOver = ({ openingId, projectId }: RunningOperation) =>
    projectId === event.project_id && openingId !== event.opening_id
  const isIt = ({ openingId, operationId, projectId }: RunningOperation) =>
    operationId === event.operation_id && openingId === event.opening_id && projectId === event.project_id
  const left = running.some(isOver) ? running.filter((operation) => !isOver(operation)) : running
  if (finishedBy(event) !== undefined) return left.some(isIt) ? left.filter((operation) => !isIt(operation)) : left
  if (event.kind !== "progress_updated") return left
  const { affected_assets: assets, progress, summary } = event
  const now = { ...nameOf(event), summary, assets, ...(progress === undefined ? {} : { progress }) }
  return left.some(isIt) ? left.map((operation) => isIt(operation) ? now : operation) : [...left, now]
}
