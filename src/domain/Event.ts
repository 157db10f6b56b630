/** What the packer tells while and after it works. Field names are those of the wire. */
import * as Schema from "effect/Schema"

import { Diagnostic } from "./Diagnostic.ts"
import { DivergedFile, PackerError } from "./Errors.ts"
import { AssetName, Generation, OpeningId, OperationId, ProjectId } from "./Identity.ts"
import { OpeningError } from "./OpeningErrors.ts"
import { Changes, Outcome } from "./Outcome.ts"

/** How far a running operation is. */
export const ProgressReport = Schema.Struct({
  /** How much is done. */
  done: Schema.Natural,
  /** How much there is to do; absent while nobody knows. */
  total: Schema.optionalKey(Schema.Natural),
  /** What is counted. */
  unit: Schema.String,
  /** What is being done, for a person. */
  message: Schema.optionalKey(Schema.String)
})
/** How far a running operation is. */
export type ProgressReport = typeof ProgressReport.Type

/** The most assets, or diagnostics, that one event lists; more come as several events. */
export const maxListed = 256

/** The first of what an operation changed, as many as one event lists. */
export const firstChanges = ({ added, removed, updated }: Changes): Changes => ({
  added: added.slice(0, maxListed),
  updated: updated.slice(0, Math.max(0, maxListed - added.length)),
  removed: removed.slice(0, Math.max(0, maxListed - added.length - updated.length))
})

const positive = Schema.Int.check(Schema.isGreaterThan(0))

/** What all events have before they are numbered. */
const about = {
  /** The project, as the host named it. */
  project_id: ProjectId,
  /** The opening within which `position` counts. */
  opening_id: OpeningId,
  /** The operation that it belongs to. */
  operation_id: OperationId,
  /** One sentence for a person. */
  summary: Schema.String,
  /** How far the operation is, where it tells. */
  progress: Schema.optionalKey(ProgressReport),
  /** The assets it is about. */
  affected_assets: Schema.Array(AssetName)
}

/** What is known at the hand-over to the sink, and not before. */
const numbers = {
  /** 1, 2, 3… within the operation. */
  sequence: positive,
  /** 1, 2, 3… within this opening of the project, over all operations. */
  position: positive,
  /** Milliseconds since 1970. */
  timestamp: Schema.Finite
}
/** What is known of an event at its hand-over to the sink. */
export type EventNumbers = Schema.Struct.Type<typeof numbers>

const ended = {
  /**
   * The kind of command; or `open`, `refresh`, `refreshAsset`; or what the packer does by itself: `publish` for what could not be
   * put in place at first, `halt` when nothing can be committed any more.
   */
  action: Schema.String,
  /** When it began, in milliseconds since 1970. */
  started_at: Schema.Finite,
  /** How long it took. */
  duration_ms: Schema.Finite
}

/** What opening found of an earlier one that did not end by itself, and did about it. Lists hold the first `maxListed`. */
export const RecoveryReport = Schema.Struct({
  /** Operations that were durable and are in their place now. */
  finished: Schema.Array(Schema.Struct({
    operation_id: OperationId,
    /** What it was and what it changed; absent if another version of the packer wrote it down. */
    action: Schema.optionalKey(Schema.String),
    changes: Schema.optionalKey(Changes)
  })),
  /** Operations that never became durable: they did not happen. */
  discarded: Schema.Array(OperationId),
  /** Files that somebody else changed meanwhile: they were left alone, and what was to be written is kept. */
  diverged: Schema.Array(Schema.Struct({
    operation_id: OperationId,
    root: Schema.String,
    path: Schema.String,
    /** Where the bytes are that were to be written, below `assets/`. */
    kept: Schema.optionalKey(Schema.String)
  })),
  /** How many there were, listed or not. */
  totals: Schema.Struct({ finished: Schema.Natural, discarded: Schema.Natural, diverged: Schema.Natural })
})
/** What opening found of an earlier one, and did about it. */
export type RecoveryReport = typeof RecoveryReport.Type

const shown = {
  /** The generation that shows it. */
  generation: Generation
}

const details = {
  /** Opening or a refresh found assets that were not known: `affected_assets` names them. */
  asset_discovered: Schema.Struct({ ...shown }),
  /** Assets were added, changed or removed, by a command or by a refresh. */
  asset_changed: Schema.Struct({ ...shown, ...Changes.fields }),
  /** What is wrong with assets is not what it was. */
  diagnostics_updated: Schema.Struct({
    ...shown,
    /** What is wrong now. */
    appeared: Schema.Array(Diagnostic),
    /** What was wrong before. */
    gone: Schema.Array(Diagnostic)
  }),
  /** Files were met that somebody changed behind the packer's back. */
  divergence_detected: Schema.Struct({
    ...shown,
    /** The files that were met. */
    files: Schema.Array(DivergedFile)
  }),
  /** How far a long operation is. While the sink is slow, newer progress takes the place of older. */
  progress_updated: Schema.Struct({}),
  /** The operation is done: the last event of an operation that succeeded. */
  action_applied: Schema.Struct({
    ...ended,
    /** Its changes list at most `maxListed` assets; the others were told by `asset_changed`. */
    outcome: Outcome,
    /** How many assets were changed, listed or not. */
    totals: Schema.Struct({ added: Schema.Natural, updated: Schema.Natural, removed: Schema.Natural }),
    /** Why the project is read-only, if opening or refreshing it ended so. */
    read_only: Schema.optionalKey(Schema.String),
    /** What opening did about an earlier one that was cut short, if there was anything to do. */
    recovery: Schema.optionalKey(RecoveryReport)
  }),
  /** The operation failed and changed nothing, or nobody knows yet: the last event of an operation that failed. */
  action_failed: Schema.Struct({
    ...ended,
    /** Why. */
    error: Schema.Union([PackerError, OpeningError])
  })
}

const draftOf = <K extends keyof typeof details>(kind: K) =>
  Schema.Struct({ kind: Schema.Literal(kind), ...about, details: details[kind] })

const eventOf = <K extends keyof typeof details>(kind: K) =>
  Schema.Struct({ kind: Schema.Literal(kind), ...about, ...numbers, details: details[kind] })

/** An event that is not numbered yet. */
export const EventDraft = Schema.Union([
  draftOf("asset_discovered"),
  draftOf("asset_changed"),
  draftOf("diagnostics_updated"),
  draftOf("divergence_detected"),
  draftOf("progress_updated"),
  draftOf("action_applied"),
  draftOf("action_failed")
])
/** An event that is not numbered yet. */
export type EventDraft = typeof EventDraft.Type

/** Something the packer tells: ordered within its operation by `sequence`, within the opening by `position`. */
export const PackerEvent = Schema.Union([
  eventOf("asset_discovered"),
  eventOf("asset_changed"),
  eventOf("diagnostics_updated"),
  eventOf("divergence_detected"),
  eventOf("progress_updated"),
  eventOf("action_applied"),
  eventOf("action_failed")
])
/** Something the packer tells. */
export type PackerEvent = typeof PackerEvent.Type

/** What an event tells about. */
export type EventKind = PackerEvent["kind"]

/** True for the two kinds of events that end an operation; each operation has exactly one, its last. */
export const isTerminal = (event: Pick<PackerEvent, "kind">): boolean =>
  event.kind === "action_applied" || event.kind === "action_failed"

/** Numbers an event. */
export const numbered = (draft: EventDraft, given: EventNumbers): PackerEvent => ({ ...draft, ...given })
