/** An open project: what a host talks to. */
import * as Context from "effect/Context"
import type * as Effect from "effect/Effect"
import type * as Result from "effect/Result"
import type * as Stream from "effect/Stream"

import type { Command } from "../domain/Command.ts"
import type { AssetNotFound, PackerError } from "../domain/Errors.ts"
import type { AssetRef, OpeningId, ProjectId } from "../domain/Identity.ts"
import type { Outcome } from "../domain/Outcome.ts"
import type { ActionsView, AssetList, AssetQuery, DetailsView } from "../domain/Queries.ts"
import type { Snapshot } from "../domain/Snapshot.ts"
import type { ProjectStatus } from "../domain/Status.ts"
import type { SinkReentry, SubscriberLagged } from "../domain/StreamErrors.ts"
import type { SnapshotChange } from "./ProjectSnapshot.ts"
import type { CommandOptions, NotAccepted, OperationHandle, RefreshOptions, WriteLane } from "./WriteLane.ts"

/** A snapshot with the reads as pure functions: whatever is read through it is of one generation. */
export interface SnapshotView {
  readonly snapshot: Snapshot
  /** Every event up to this position is contained in what is read; later ones may be already. */
  readonly position: number
  readonly listAssets: (query?: AssetQuery) => AssetList
  readonly getAssetDetails: (ref: AssetRef) => Result.Result<DetailsView, AssetNotFound>
  readonly getAssetActions: (ref: AssetRef) => Result.Result<ActionsView, AssetNotFound>
}

/**
 * An open project: reads, previews, commands, and how it is.
 *
 * Reads come from memory, at one generation, and go on after the project is closed. Commands are carried out in the order
 * in which they were accepted; an outcome means durable and visible. Building the layer opens the project; the end of its
 * scope finishes what was accepted, writes what is pending, and closes it.
 */
export class ProjectRuntime extends Context.Service<ProjectRuntime, {
  readonly projectId: ProjectId
  /** Tells this opening from any other: positions of events are numbered within it. */
  readonly openingId: OpeningId
  readonly status: Effect.Effect<ProjectStatus>
  /** The status now, and every later one. */
  readonly statusChanges: Stream.Stream<ProjectStatus>

  readonly listAssets: (query?: AssetQuery) => Effect.Effect<AssetList>
  readonly getAssetDetails: (ref: AssetRef) => Effect.Effect<DetailsView, AssetNotFound>
  readonly getAssetActions: (ref: AssetRef) => Effect.Effect<ActionsView, AssetNotFound>
  /** Everything at one generation, to read several things that fit together. */
  readonly snapshot: Effect.Effect<SnapshotView>
  /** Begins with the current generation, and then gives each later one: who made it, and which roots it changed. */
  readonly changes: Stream.Stream<SnapshotChange, SubscriberLagged>

  /**
   * What a command would do, or why not. It looks at the disk, changes nothing, and is no operation. When the project is
   * closed it still looks, at what others may be changing.
   */
  readonly preview: WriteLane["Service"]["preview"]
  /** Carries out a command and waits for its outcome. To interrupt it stops the waiting, not the command. */
  readonly execute: (command: Command, options?: CommandOptions) => Effect.Effect<Outcome, PackerError | SinkReentry>
  /** Accepts a command and goes on at once. */
  readonly submit: (command: Command, options?: CommandOptions) => Effect.Effect<OperationHandle, NotAccepted>
  /** Reads everything again, adopts what is on disk, and waits for the outcome. */
  readonly refresh: (options?: Omit<RefreshOptions, "asset">) => Effect.Effect<Outcome, PackerError | SinkReentry>
  /** Reads one asset again, adopts what is on disk, and waits for the outcome. */
  readonly refreshAsset: (
    ref: AssetRef,
    options?: Omit<RefreshOptions, "asset" | "onConflict">
  ) => Effect.Effect<Outcome, PackerError | SinkReentry>
  /** Accepts a refresh and goes on at once. */
  readonly submitRefresh: (options?: RefreshOptions) => Effect.Effect<OperationHandle, NotAccepted>
  /** Returns when every plain file, the registry too, is current and durable. Whoever reads the files calls it first. */
  readonly flush: WriteLane["Service"]["flush"]
  /**
   * Closes the project before its scope ends: waits until it is closed. Whoever still holds the runtime can read, and gets
   * `RuntimeClosed` for commands. Closing twice is fine. Not from inside of a sink call, which it would wait for.
   */
  readonly close: Effect.Effect<void>
}>()("prometeu-packer/services/ProjectRuntime") {}
