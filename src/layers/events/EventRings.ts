/** The newest events of each project, and what of them is replayed to whoever comes late. */
import type { PackerEvent } from "../../domain/Event.ts"
import type { OpeningId, OperationId, ProjectId } from "../../domain/Identity.ts"
import { EventsNotRetained } from "../../domain/StreamErrors.ts"
import type { Subscription } from "../../services/PackerEvents.ts"
import type { Reading } from "./EventReader.ts"

/** The newest events of one opening of a project; their positions have no gap. */
interface Ring {
  readonly opening_id: OpeningId
  /** In order from `head` to the end, and then from the beginning. */
  readonly events: Array<PackerEvent>
  head: number
  latest: number
}

const oldestOf = ({ events, latest }: Ring): number => latest - events.length + 1

const inOrder = ({ events, head }: Ring): ReadonlyArray<PackerEvent> => events.slice(head).concat(events.slice(0, head))

/** Puts an event into the ring of its project, and gives the ring that this is now. */
const retain = (ring: Ring | undefined, event: PackerEvent, retention: number): Ring => {
  if (ring === undefined || event.opening_id !== ring.opening_id || event.position !== ring.latest + 1) {
    return { opening_id: event.opening_id, events: [event], head: 0, latest: event.position }
  }
  ring.latest = event.position
  if (ring.events.length < retention) {
    ring.events.push(event)
  } else {
    ring.events[ring.head] = event
    ring.head = (ring.head + 1) % retention
  }
  return ring
}

const notRetained = ([ring, ...others]: ReadonlyArray<Ring>): EventsNotRetained =>
  new EventsNotRetained(
    ring === undefined || others.length > 0
      ? { oldest: 0, latest: 0 }
      : { opening_id: ring.opening_id, oldest: oldestOf(ring), latest: ring.latest }
  )

const everything: Omit<Reading, "replay"> = { from: 0, wants: () => true, isPast: () => false }

/** Retains events, and finds what is to be replayed. */
export const makeRings = (retention: number) => {
  const rings = new Map<ProjectId, Ring>()

  const ringsOf = (project_id: ProjectId | undefined): ReadonlyArray<Ring> => {
    if (project_id === undefined) return [...rings.values()]
    const ring = rings.get(project_id)
    return ring === undefined ? [] : [ring]
  }

  const after = (opening_id: OpeningId, position: number, among: ReadonlyArray<Ring>) => {
    const ring = among.find((ring) => ring.opening_id === opening_id)
    if (ring === undefined) return notRetained(among)
    // What is no number is not between the two either.
    const isRetained = position >= oldestOf(ring) - 1 && position <= ring.latest
    if (!isRetained) return notRetained([ring])
    return { ...everything, from: position, replay: inOrder(ring).filter((event) => event.position > position) }
  }

  return {
    retain: (event: PackerEvent): void => {
      const ring = rings.get(event.project_id)
      const now = retain(ring, event, retention)
      if (now !== ring) rings.set(event.project_id, now)
    },
    reading: ({ from: asked, project_id }: Subscription): Reading | EventsNotRetained => {
      // Hosts without types may send null for nothing.
      const from = asked ?? undefined
      if (from === undefined) return { ...everything, replay: [] }
      const among = ringsOf(project_id ?? undefined)
      if (from === "oldest") return { ...everything, replay: among.flatMap(inOrder) }
      return after(from.opening_id, from.position, among)
    },
    /** The first event of an operation, if it is retained. */
    firstOf: (id: OperationId): PackerEvent | EventsNotRetained => {
      const all = ringsOf(undefined)
      const isFirst = (event: PackerEvent) => event.operation_id === id && event.sequence === 1
      for (const { events } of all) {
        const first = events.find(isFirst)
        if (first !== undefined) return first
      }
      return notRetained(all)
    },
    /** What comes from the first event of an operation on, if that is still retained. */
    operation: ({ opening_id, operation_id, position, project_id }: PackerEvent): Reading | EventsNotRetained => {
      const wants = (event: PackerEvent) => event.operation_id === operation_id
      const reading = after(opening_id, position - 1, ringsOf(project_id))
      if (reading instanceof EventsNotRetained) return reading
      const isPast = (event: PackerEvent) => event.opening_id !== opening_id
      return { replay: reading.replay.filter(wants), from: reading.from, wants, isPast }
    }
  }
}
