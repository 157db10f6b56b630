/** Events that wait for the sink, in order; progress is merged to the newest while it waits. */
import type { EventDraft } from "../../domain/Event.ts"
import type { OperationId } from "../../domain/Identity.ts"
import { makeFifo } from "./Fifo.ts"

/** An event that waits, and what is to be done when the sink has had it. */
export interface Waiting {
  /** Absent if it was merged into a later one. */
  draft: EventDraft | undefined
  readonly taken: (() => void) | undefined
}

/** Events that wait for the sink. */
export interface EventRow {
  /** Puts events at the end; gives how many were merged into them. */
  readonly put: (drafts: ReadonlyArray<EventDraft>, taken: (() => void) | undefined) => number
  /** The one that waits the longest. */
  readonly take: () => Waiting | undefined
  /** How many wait that must not be dropped. */
  readonly kept: () => number
  readonly isEmpty: () => boolean
}

/** How many empty places stay in the row before it is closed up. */
const mostEmpty = 256

/** Makes an empty row. */
export const makeEventRow = (): EventRow => {
  const row = makeFifo<Waiting>()
  const progress = new Map<OperationId, Waiting>()
  let kept = 0
  /** Places of what was merged into what came later: dropped in bulk, so that a sink that takes nothing costs no memory. */
  let empty = 0

  const putOne = (draft: EventDraft, taken: (() => void) | undefined): boolean => {
    const added: Waiting = { draft, taken }
    row.put(added)
    if (draft.kind !== "progress_updated") {
      kept++
      return false
    }
    const older = progress.get(draft.operation_id)
    progress.set(draft.operation_id, added)
    if (older === undefined) return false
    older.draft = undefined
    empty++
    return true
  }

  return {
    put: (drafts, taken) => {
      let merged = 0
      for (const [index, draft] of drafts.entries()) {
        if (putOne(draft, index === drafts.length - 1 ? taken : undefined)) merged++
      }
      if (empty > kept + mostEmpty) {
        row.keep(({ draft, taken }) => draft !== undefined || taken !== undefined)
        empty = 0
      }
      return merged
    },
    take: () => {
      const found = row.take()
      if (found?.draft === undefined) {
        if (found !== undefined) empty = Math.max(0, empty - 1)
        return found
      }
      if (found.draft.kind !== "progress_updated") kept--
      else if (progress.get(found.draft.operation_id) === found) progress.delete(found.draft.operation_id)
      return found
    },
    kept: () => kept,
    isEmpty: () => row.length() === 0
  }
}
