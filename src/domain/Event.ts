/** What the packer tells while and after it works. Field names are those of the wire. */
import * as Schema from "effect/Schema"

import { Diagnostic } from "./Diagnostic.ts"
import { DivergedFile, PackerError } from "./Errors.ts"
import { AssetName, Generation, OpeningId, OperationId, ProjectId } from "./Identity.ts"
import { OpeningError } from "./OpeningErrors.ts"
import { Changes, Outcome } from "./Outcome.ts"

/** How far a running operation is. */
export const ProgressReport = Schema.Struct({
  done: Schema.Natural,
  total: Schema.optionalKey(Schema.Natural),
  unit: Schema.String,
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
  project_id: ProjectId,
  opening_id: OpeningId,
  operation_id: OperationId,
  /** One sentence for a person. */
  summary: Schema.String,
  progress: Schema.optionalKey(ProgressReport),
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
  /** The kind of command; or `open`, `refresh`, `refreshAsset`, or `publish` for what could not be put in place at first. */
  action: Schema.String,
  started_at: Schema.Finite,
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

const details = {
  asset_discovered: Schema.Struct({ generation: Generation }),
  asset_changed: Schema.Struct({ generation: Generation, ...Changes.fields }),
  diagnostics_updated: Schema.Struct({
    generation: Generation,
    appeared: Schema.Array(Diagnostic),
    gone: Schema.Array(Diagnostic)
  }),
  divergence_detected: Schema.Struct({ generation: Generation, files: Schema.Array(DivergedFile) }),
  progress_updated: Schema.Struct({}),
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
  action_failed: Schema.Struct({ ...ended, error: Schema.Union([PackerError, OpeningError]) })
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
