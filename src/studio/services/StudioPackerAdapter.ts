/** From the packer's events to those of a Studio. */
import * as Context from "effect/Context"
import type * as Effect from "effect/Effect"

import type { PackerEvent } from "../../index.ts"

/**
 * Takes the packer's events and publishes them on the bus of the Studio.
 *
 * It translates and never invents: whatever comes out carries the operation and the sequence of something that went in.
 * Events of one operation keep their order. Progress of one operation comes at most once per frame, the newest; progress
 * that waits is left out where another event of its operation comes. Everything else goes through at once.
 */
export class StudioPackerAdapter extends Context.Service<StudioPackerAdapter, {
  readonly publish: (event: PackerEvent) => Effect.Effect<void>
}>()("prometeu-packer/studio/services/StudioPackerAdapter") {}
