/** Numbering events at their hand-over, and keeping those of each operation for whoever has its handle. */
import * as Stream from "effect/Stream"

import { type EventDraft, isTerminal, numbered, type PackerEvent } from "../../domain/Event.ts"
import type { OperationId } from "../../domain/Identity.ts"
import { EventsNotRetained } from "../../domain/StreamErrors.ts"
import { makeTape, type Tape } from "./Tape.ts"

/** The numbers of events, and the events of each operation. */
export interface Numbering {
  readonly number: (draft: EventDraft) => PackerEvent
  /** The position that was given last; 0 if none was. */
  readonly position: () => number
  /** The events of an operation that has just been accepted, from the first until the terminal one. */
  readonly follow: (id: OperationId) => Stream.Stream<PackerEvent, EventsNotRetained>
  /** The same of any operation, if its events are still there. */
  readonly eventsOf: (id: OperationId) => Stream.Stream<PackerEvent, EventsNotRetained>
}

interface EventsOfOne {
  readonly tape: Tape<PackerEvent>
  count: number
}

/** Begins to number at 1. Of operations that ended, the newest events are kept, `retention` of them or a little more. */
export const makeNumbering = (retention: number, now: () => number): Numbering => {
  let position = 0
  const known = new Map<OperationId, EventsOfOne>()
  const ended = new Set<OperationId>()
  let retained = 0

  const eventsOfOne = (id: OperationId): EventsOfOne => {
    const found = known.get(id)
    if (found !== undefined) return found
    const fresh = { tape: makeTape<PackerEvent>(Number.MAX_SAFE_INTEGER), count: 0 }
    known.set(id, fresh)
    return fresh
  }

  const forgetOldest = (): void => {
    for (const id of ended) {
      if (retained <= retention || ended.size === 1) return
      retained -= known.get(id)?.count ?? 0
      known.delete(id)
      ended.delete(id)
    }
  }

  const notRetained = () => new EventsNotRetained({ oldest: 0, latest: position })

  return {
    number: (draft) => {
      const events = eventsOfOne(draft.operation_id)
      const event = numbered(draft, { sequence: ++events.count, position: ++position, timestamp: now() })
      if (isTerminal(event)) {
        ended.add(draft.operation_id)
        retained += events.count
        forgetOldest()
      }
      events.tape.append(event)
      if (isTerminal(event)) events.tape.end()
      return event
    },
    position: () => position,
    follow: (id) => eventsOfOne(id).tape.after(0, notRetained),
    eventsOf: (id) => known.get(id)?.tape.after(0, notRetained) ?? Stream.fail(notRetained())
  }
}
