/** What the packer knows of a project now, and how that changes. */
import * as Context from "effect/Context"
import type * as Effect from "effect/Effect"
import type * as Stream from "effect/Stream"

import type { Generation, OperationId } from "../domain/Identity.ts"
import type { AssetRoot } from "../domain/Path.ts"
import type { Snapshot } from "../domain/Snapshot.ts"
import type { SubscriberLagged } from "../domain/StreamErrors.ts"

/** A generation that became visible. */
export interface SnapshotChange {
  readonly generation: Generation
  /** Who made it out of the one before; absent for the first one that a reader gets. */
  readonly operationId?: OperationId
  readonly added: ReadonlyArray<AssetRoot>
  readonly updated: ReadonlyArray<AssetRoot>
  readonly removed: ReadonlyArray<AssetRoot>
}

/** What the packer knows of a project. To read it never waits and never fails; only the write lane can change it. */
export class ProjectSnapshot extends Context.Service<ProjectSnapshot, {
  readonly current: Effect.Effect<Snapshot>
  /**
   * Begins with the current generation, which lists no roots, and then gives each later one in order, none twice and none
   * left out. A reader that is slower than its buffer lasts is ended with `SubscriberLagged`: it reads again.
   */
  readonly changes: Stream.Stream<SnapshotChange, SubscriberLagged>
}>()("prometeu-packer/services/ProjectSnapshot") {}
