/** Subscriptions to events, for hosts whose sink keeps them. */
import * as Context from "effect/Context"
import type * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import type * as Stream from "effect/Stream"

import type { PackerEvent } from "../domain/Event.ts"
import type { OpeningId, OperationId, ProjectId } from "../domain/Identity.ts"
import type { EventsNotRetained, SubscriberLagged } from "../domain/StreamErrors.ts"

/** Which events a subscriber wants. */
export interface Subscription {
  /** Only those of this project; without it those of every project that shares the sink. */
  readonly project_id?: ProjectId
  /**
   * Where to begin: after a position of an opening, as a read returned it, or with the oldest event that is retained.
   * Without it, only what comes from now on.
   */
  readonly from?: "oldest" | { readonly opening_id: OpeningId; readonly position: number }
}

/**
 * Subscriptions to events.
 *
 * Of each project the newest events of its newest opening are retained. A subscriber who comes late, or comes back after
 * its connection broke, gets what it missed and then what comes, without gap and without repeat; or it is told that this
 * is not possible any more, reads the snapshot again, and goes on from there.
 */
export class PackerEvents extends Context.Service<PackerEvents, {
  /**
   * Subscribes now, until the scope ends: nothing that is published from now on is missing in the stream, whenever that is
   * run. A reader that is slower than its buffer lasts is ended with `SubscriberLagged`; others do not notice. The stream
   * is for one reader.
   */
  readonly subscribe: (
    subscription?: Subscription
  ) => Effect.Effect<Stream.Stream<PackerEvent, SubscriberLagged>, EventsNotRetained, Scope.Scope>
  /** The events of one operation from its first on; the stream ends after the terminal one. */
  readonly operation: (
    id: OperationId
  ) => Effect.Effect<Stream.Stream<PackerEvent, SubscriberLagged>, EventsNotRetained, Scope.Scope>
}>()("prometeu-packer/services/PackerEvents") {}
