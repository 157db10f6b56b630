/** From how an operation ended to the one event that tells it. */
import { CommandBlocked, Diverged, type PackerError, PreviewStale, PublishPending, RegistryConflict } from "./Errors.ts"
import { type EventDraft, firstChanges, maxListed, type RecoveryReport } from "./Event.ts"
import { about, inWords, named, type Teller } from "./EventDrafts.ts"
import type { AssetName, OperationId } from "./Identity.ts"
import type { OpeningError } from "./OpeningErrors.ts"
import type { Outcome } from "./Outcome.ts"
import type { Snapshot } from "./Snapshot.ts"

/** When an operation began, and how long it took. */
export interface Timing {
  readonly startedAt: number
  readonly endedAt: number
}

const timed = (action: string, { endedAt, startedAt }: Timing) => ({
  action,
  started_at: startedAt,
  duration_ms: Math.max(0, endedAt - startedAt)
})

/** What only some operations have to tell at their end. */
export interface Ending {
  /** Why the project is read-only. */
  readonly readOnly?: string | undefined
  readonly recovery?: RecoveryReport | undefined
  /** What it ended with, in place of how many assets it changed. */
  readonly result?: string | undefined
}

/** An operation succeeded. */
export const appliedDraft = (
  action: string,
  outcome: Outcome,
  before: Snapshot,
  after: Snapshot,
  timing: Timing,
  { readOnly, recovery, result }: Ending = {}
): EventDraft => {
  const { added, removed, updated } = outcome.changes
  const roots = [...added, ...updated, ...removed]
  const listed = roots.slice(0, maxListed)
  const changed = roots.length === 0 ? "nothing changed" : inWords(outcome.changes)
  const what = `${action}: ${result ?? changed}`
  return {
    kind: "action_applied",
    ...about(after, outcome.operationId),
    summary: readOnly === undefined ? what : `${what}; read-only, because ${readOnly}`,
    affected_assets: listed.map((root) => named(root, after, before)),
    details: {
      ...timed(action, timing),
      outcome: {
        ...outcome,
        warnings: outcome.warnings.slice(0, maxListed),
        changes: firstChanges(outcome.changes)
      },
      totals: { added: added.length, updated: updated.length, removed: removed.length },
      ...(readOnly === undefined ? {} : { read_only: readOnly }),
      ...(recovery === undefined ? {} : { recovery })
    }
  }
}

/** An error with the first of what it lists; whoever awaits the operation gets all of it. */
const shortened = <E extends PackerError | OpeningError>(error: E): PackerError | OpeningError | E => {
  switch (error._tag) {
    case "CommandBlocked":
      return error.blockers.length <= maxListed
        ? error
        : new CommandBlocked({ command: error.command, blockers: error.blockers.slice(0, maxListed) })
    case "Diverged":
      return error.files.length <= maxListed ? error : new Diverged({ files: error.files.slice(0, maxListed) })
    case "PublishPending":
      return error.roots.length <= maxListed
        ? error
        : new PublishPending({
          roots: error.roots.slice(0, maxListed),
          ...(error.cause === undefined ? {} : { cause: error.cause })
        })
    case "RegistryConflict":
      return error.clashes.length <= maxListed
        ? error
        : new RegistryConflict({ clashes: error.clashes.slice(0, maxListed) })
    case "PreviewStale": {
      const { preview } = error
      const { blockers, command, filesystemMutations, newUuids, outcome, registryMutations, warnings } = preview
      const parts = command._tag === "batch" ? command.commands : []
      const lists = [blockers, parts, filesystemMutations, newUuids, outcome, registryMutations, warnings]
      if (lists.every(({ length }) => length <= maxListed)) return error
      const short = {
        ...preview,
        command: command._tag === "batch" ? { ...command, commands: parts.slice(0, maxListed) } : command,
        blockers: preview.blockers.slice(0, maxListed),
        warnings: preview.warnings.slice(0, maxListed),
        registryMutations: preview.registryMutations.slice(0, maxListed),
        filesystemMutations: preview.filesystemMutations.slice(0, maxListed),
        outcome: preview.outcome.slice(0, maxListed),
        newUuids: preview.newUuids.slice(0, maxListed)
      }
      return new PreviewStale({ preview: short }, { disableChecks: true })
    }
    default:
      return error
  }
}

/** A message may list a thousand things; a summary is for a person. */
const oneSentence = (message: string): string => message.length <= 500 ? message : `${message.slice(0, 499)}…`

/** An operation failed; `assets` are the ones it was about. */
export const failedDraft = (
  action: string,
  operationId: OperationId,
  error: PackerError | OpeningError,
  on: Teller,
  timing: Timing,
  assets: ReadonlyArray<AssetName> = []
): EventDraft => ({
  kind: "action_failed",
  ...about(on, operationId),
  summary: `${action} failed: ${oneSentence(error.message)}`,
  affected_assets: assets.slice(0, maxListed),
  details: { ...timed(action, timing), error: shortened(error) }
})
