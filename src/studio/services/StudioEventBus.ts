/** The event bus of a Studio, which its container owns. */
import * as Context from "effect/Context"
import type * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import type * as Stream from "effect/Stream"

import type { SubscriberLagged } from "../../index.ts"
import type { StudioEvent } from "../domain/StudioEvent.ts"

/**
 * The event bus of a Studio. The container of the host owns it, and it is there before any project is opened:
 * `studioPackerAdapter`, the sink of a Studio, needs it.
 *
 * Whoever publishes never waits for who listens. Each listener gets every event in the order of publishing, from when it
 * subscribed; one that is slower than its buffer lasts is ended, and others do not notice.
 */
export class StudioEventBus extends Context.Service<StudioEventBus, {
  readonly publish: (event: StudioEvent) => Effect.Effect<void>
  /**
   * Subscribes now, until the scope ends: nothing that is published from now on is missing, whenever the stream is run. The
   * stream is for one reader. `SubscriberLagged` counts the events of the bus: read again what you show.
   */
  readonly subscribe: Effect.Effect<Stream.Stream<StudioEvent, SubscriberLagged>, never, Scope.Scope>
}>()("prometeu-packer/studio/services/StudioEventBus") {}
