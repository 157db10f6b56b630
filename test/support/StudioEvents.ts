/** Streams of events as a packer could send them, for what a Studio makes of them. */
import { Arbitrary, Schema } from "effect"
import { type EventKind, isTerminal, PackerEvent } from "../../src/domain/Event.ts"
import { integer, pick } from "./Arbitraries.ts"

/** The kinds of events that these streams have. */
export type ToldKind = Extract<
  EventKind,
  "progress_updated" | "asset_discovered" | "asset_changed" | "action_applied" | "action_failed"
>

/** What a test says of an event; the rest is made up. */
export interface Told {
  readonly operation: string
  readonly kind?: ToldKind
  readonly sequence?: number
  readonly position?: number
  readonly project?: string
  readonly opening?: string
  readonly done?: number
}

const decode = Schema.decodeUnknownSync(PackerEvent)

const none = { added: [], updated: [], removed: [] }

const detailsOf = (kind: ToldKind, operationId: string): unknown => {
  switch (kind) {
    case "progress_updated":
      return {}
    case "asset_discovered":
      return { generation: 1 }
    case "asset_changed":
      return { generation: 2, ...none }
    case "action_applied":
      return {
        action: "refresh",
        started_at: 5,
        duration_ms: 7,
        outcome: { operationId, generation: 2, changes: none, warnings: [] },
        totals: { added: 0, updated: 0, removed: 0 }
      }
    case "action_failed":
      return {
        action: "relocate",
        started_at: 5,
        duration_ms: 7,
        error: { _tag: "CommitFailed", call: "write", path: "/game", errno: "ENOSPC" }
      }
  }
}

/** An event of an operation: of progress, if nothing else is said. */
export const told = (
  { done, kind = "progress_updated", opening = "o1", operation, position = 1, project = "p1", sequence = 1 }: Told
): PackerEvent =>
  decode({
    kind,
    project_id: project,
    opening_id: opening,
    operation_id: operation,
    sequence,
    position,
    timestamp: 0,
    summary: `${kind} ${sequence} of ${operation}`,
    affected_assets: [{ root: "ui/atlas" }],
    ...(done === undefined ? {} : { progress: { done, total: 100, unit: "assets" } }),
    details: detailsOf(kind, operation)
  })

/** An event, and how many milliseconds pass after it. */
export interface Step {
  readonly event: PackerEvent
  readonly wait: number
}

/** What one of a few projects that work at the same time does next: at which place, what, and what passes after it. */
const act = Arbitrary.all([
  pick("p1", "p1", "p1", "p2"),
  integer(0, 1),
  pick<ToldKind>(
    "progress_updated",
    "progress_updated",
    "progress_updated",
    "progress_updated",
    "progress_updated",
    "progress_updated",
    "progress_updated",
    "progress_updated",
    "progress_updated",
    "progress_updated",
    "asset_discovered",
    "asset_changed",
    "action_applied",
    "action_failed"
  ),
  pick(0, 0, 0, 0, 1, 1, 2, 3, 5, 8, 15, 16, 17, 40)
])

/**
 * Legal streams of two projects, with some operations of each at the same time: sequences and positions without a gap, and
 * every operation ends with its one terminal event.
 */
export const legalStream: Arbitrary.Arbitrary<ReadonlyArray<Step>> = Arbitrary.map(
  Arbitrary.array(act, { minLength: 12, maxLength: 80 }),
  (acts) => {
    const steps: Array<Step> = []
    const positions = new Map<string, number>()
    const running = new Map<string, { readonly project: string; readonly operation: string; sequence: number }>()
    let operations = 0
    const tell = (place: string, project: string, kind: ToldKind, wait: number) => {
      const it = running.get(place) ?? { project, operation: `op${++operations}`, sequence: 0 }
      it.sequence++
      const position = (positions.get(project) ?? 0) + 1
      positions.set(project, position)
      const event = told({ ...it, kind, position, done: steps.length })
      if (isTerminal(event)) running.delete(place)
      else running.set(place, it)
      steps.push({ event, wait })
    }
    for (const [project, place, kind, wait] of acts) tell(`${project} ${place}`, project, kind, wait)
    for (const [place, { project }] of running) tell(place, project, "action_applied", 3)
    return steps
  }
)
