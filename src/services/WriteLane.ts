/** The one place where plans become durable: one at a time per project. */
import * as Context from "effect/Context"
import type * as Effect from "effect/Effect"
import type * as Option from "effect/Option"
import type * as Result from "effect/Result"
import type * as Stream from "effect/Stream"

import type { Command } from "../domain/Command.ts"
import type {
  CommitFailed,
  InvalidCommand,
  OperationIdConflict,
  PackerError,
  ProjectReadOnly,
  PublishPending,
  RuntimeClosed
} from "../domain/Errors.ts"
import type { PackerEvent } from "../domain/Event.ts"
import type { AssetRef, OperationId } from "../domain/Identity.ts"
import type { Outcome } from "../domain/Outcome.ts"
import type { Preview } from "../domain/Preview.ts"
import type { EventsNotRetained, SinkReentry } from "../domain/StreamErrors.ts"

/** Why an operation was not accepted: it has no events, and nothing was done. */
export type NotAccepted = InvalidCommand | OperationIdConflict | RuntimeClosed

/** An operation that was accepted. It belongs to the project, not to the caller: nothing a caller does stops it by chance. */
export interface OperationHandle {
  readonly operationId: OperationId
  /**
   * What came of it, as often as anybody asks: reads show the change by then, and the sink has taken the terminal event.
   * To interrupt it stops the waiting only.
   */
  readonly await: Effect.Effect<Outcome, PackerError | SinkReentry>
  /** What came of it, if it has ended. */
  readonly poll: Effect.Effect<Option.Option<Result.Result<Outcome, PackerError>>>
  /**
   * Its events from the first on, whatever the sink does with them; ends after the terminal one. Of an operation that ended
   * long ago and was asked for again by its id, they may be gone.
   */
  readonly events: Stream.Stream<PackerEvent, EventsNotRetained>
  /**
   * Cancels it if it still waits: then it ends with `Cancelled`, and touched nothing. `false` if it is too late, because it
   * entered a commit, or has ended.
   */
  readonly cancel: Effect.Effect<boolean>
}

/** How an operation is run. */
export interface OperationOptions {
  /**
   * A name that the caller gives (`[A-Za-z0-9_-]{1,64}`). The same name again, for the same command, is the same operation:
   * it gives the first outcome and does nothing twice.
   */
  readonly operationId?: string
}

/** How a command is run. */
export interface CommandOptions extends OperationOptions {
  /** Applies exactly what this preview showed, or fails with `PreviewStale`. */
  readonly expecting?: Preview
}

/** What a refresh reads. */
export interface RefreshOptions extends OperationOptions {
  /** Reads this asset only; without it, everything. */
  readonly asset?: AssetRef
  /**
   * What becomes of registry changes that are not in the registry file yet and that the file contradicts: `fail` keeps
   * them and ends with `RegistryConflict`, `keep-file` gives them up and lists them.
   */
  readonly onConflict?: "fail" | "keep-file"
}

/**
 * The one place where plans become durable. What is accepted is carried out in the order of acceptance, one at a time
 * per project, in fibers of the project's own scope. The end of that scope lets everything finish that was accepted.
 */
export class WriteLane extends Context.Service<WriteLane, {
  /** Accepts a command, or a command that was accepted before under the same id. */
  readonly submit: (command: Command, options?: CommandOptions) => Effect.Effect<OperationHandle, NotAccepted>
  /** Accepts a refresh: it adopts what is on disk, and tells what it found. */
  readonly refresh: (options?: RefreshOptions) => Effect.Effect<OperationHandle, NotAccepted>
  /** What a command would do, or why not. It changes nothing. */
  readonly preview: (command: Command) => Effect.Effect<Preview, InvalidCommand | CommitFailed>
  /** Waits for what was accepted before; then brings everything to its plain file, durably, and empties the journal. */
  readonly flush: Effect.Effect<void, PublishPending | ProjectReadOnly | RuntimeClosed | SinkReentry>
}>()("prometeu-packer/services/WriteLane") {}
