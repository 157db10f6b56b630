/** Where events go: the boundary that the host supplies. */
import * as Context from "effect/Context"
import type * as Effect from "effect/Effect"

import type { PackerEvent } from "../domain/Event.ts"

/**
 * Where events go. A host has to supply one: there is no default, and none that does nothing.
 *
 * Events come one at a time, in the order of their `position` within an opening; the next one comes when `publish` has
 * ended. A slow sink makes nothing wrong: meanwhile progress is merged to the newest, and everything else waits in order;
 * when too much waits, commands wait too. A sink that dies is told in the log and has had its event; the next event comes
 * all the same. Several projects may share a sink: then calls for different projects may overlap.
 *
 * What `publish` does must not wait for an operation of the same project, which waits for the sink: that fails with
 * `SinkReentry`. To submit a command and let it run is fine. A wait that leaves Effect, through a promise of another
 * runtime, cannot be recognized: it waits for ever, and only the log says so.
 */
export class PackerEventSink extends Context.Service<PackerEventSink, {
  readonly publish: (event: PackerEvent) => Effect.Effect<void>
}>()("prometeu-packer/services/PackerEventSink") {}
