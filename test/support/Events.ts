/** Events as a project would publish them. */
import { Effect, Layer, Schema } from "effect"
import { type EventKind, PackerEvent } from "../../src/domain/Event.ts"
import { OpeningId, OperationId, ProjectId } from "../../src/domain/Identity.ts"
import { pubSubSink } from "../../src/layers/PubSubSink.ts"
import { defaultPackerSettings, PackerConfig, type PackerSettings } from "../../src/services/PackerConfig.ts"
import { PackerEventSink } from "../../src/services/PackerEventSink.ts"

/** What a test says of an event; the rest is made up. */
export interface EventGiven {
  readonly project?: string
  readonly opening?: string
  readonly operation?: string
  readonly sequence?: number
  readonly kind?: Extract<EventKind, "progress_updated" | "asset_discovered" | "action_applied">
}

const decode = Schema.decodeUnknownSync(PackerEvent)

const detailsOf = (kind: EventKind, operationId: string): unknown => {
  if (kind === "progress_updated") return {}
  if (kind === "asset_discovered") return { generation: 1 }
  return {
    action: "refresh",
    started_at: 0,
    duration_ms: 0,
    outcome: { operationId, generation: 1, changes: { added: [], updated: [], removed: [] }, warnings: [] },
    totals: { added: 0, updated: 0, removed: 0 }
  }
}

/** An event at a position of an opening: of progress, in an operation that has no other, if nothing else is said. */
export const eventAt = (position: number, given: EventGiven = {}): PackerEvent => {
  const { kind = "progress_updated", opening = "o1", operation = `op${position}`, project = "p1", sequence = 1 } = given
  return decode({
    kind,
    project_id: project,
    opening_id: opening,
    operation_id: operation,
    sequence,
    position,
    timestamp: position,
    summary: "Something happened.",
    affected_assets: [],
    details: detailsOf(kind, operation)
  })
}

/** A row of events of one opening, from one position to another. */
export const eventsFrom = (first: number, last: number, given: EventGiven = {}): ReadonlyArray<PackerEvent> =>
  Array.from({ length: last - first + 1 }, (_, i) => eventAt(first + i, given))

/** How a test shows an event. */
export const shown = (event: PackerEvent): string => `${event.project_id}/${event.opening_id}/${event.position}`

/** Publishes some events, one after the other. */
export const publish = (events: ReadonlyArray<PackerEvent>) =>
  PackerEventSink.use((sink) => Effect.forEach(events, sink.publish, { discard: true }))

/** A sink of its own to subscribe to, by settings that differ from the usual ones. */
export const freshPubSubSink = (settings: Partial<PackerSettings> = {}) =>
  Layer.fresh(Layer.provide(pubSubSink, Layer.succeed(PackerConfig, { ...defaultPackerSettings, ...settings })))

/** The id of a project that a test names by plain text. */
export const projectId = (id: string) => ProjectId.make(id)
/** The id of an opening. */
export const openingId = (id: string) => OpeningId.make(id)
/** The id of an operation. */
export const operationId = (id: string) => OperationId.make(id)
