/**
 * Whether a history is linearizable against the plain model, and what was told of it legal.
 *
 * The packer says itself in which order it did things: by its terminal events, and by the generations of outcomes and
 * reads. That order is believed in nothing: each operation has to do in the model what was told of it, in this order; each
 * read has to show the model; and the order has to agree with real time.
 */
import type { Call, History } from "./History.ts"
import { laneOf } from "./Lane.ts"
import { makeNames } from "./Names.ts"
import { checkEnd, checkReads, readOf } from "./Reads.ts"
import { checkRealTime } from "./RealTime.ts"
import { replay } from "./Replay.ts"

/** What a history is found to be. */
export interface Checked {
  readonly problems: ReadonlyArray<string>
  readonly counts: Readonly<Record<string, number>>
}

/** How many pairs of calls of different clients were under way at the same time. */
const overlapsOf = (calls: ReadonlyArray<Call>): number => {
  let overlaps = 0
  const underway: Array<Call> = []
  for (const call of calls) {
    for (let at = underway.length - 1; at >= 0; at--) {
      const other = underway[at]
      if (other === undefined || other.until === undefined || other.until < call.from) underway.splice(at, 1)
      else if (other.client !== call.client) overlaps++
    }
    if (call.until !== undefined) underway.push(call)
  }
  return overlaps
}

/** Checks a history. */
export const check = (history: History): Checked => {
  const problems: Array<string> = []
  const say = (problem: string) => void problems.push(problem)
  const lane = laneOf(history, say)
  const { placed, states } = replay(history, lane.turns, say)
  const names = makeNames(history.start)
  checkReads(history, states, names, say)
  checkRealTime(history, placed, states, say)
  checkEnd(history, states, names, say)

  const counts: Record<string, number> = {}
  const count = (name: string, by = 1): void => {
    counts[name] = (counts[name] ?? 0) + by
  }
  count("historyOperations", placed.length + lane.cancelled.length)
  count("historyGenerations", states.length - 1)
  count("historyReads", history.calls.filter(({ answer }) => readOf(answer) !== undefined).length)
  count("historyNotThere", history.calls.filter(({ answer }) => answer?._tag === "notThere").length)
  count("historyEvents", history.told.length)
  count("historyOverlaps", overlapsOf(history.calls))
  count("historyCancelled", lane.cancelled.length)
  count("historyInterruptedBefore", lane.absent.length)
  const isInterrupted = ({ until }: Call) => until === undefined
  count("historyInterruptedAfter", placed.filter(({ calls }) => calls.some(isInterrupted)).length)
  count("historyRetries", placed.reduce((sum, { calls }) => sum + calls.length - 1, 0))
  const conflicts = history.calls.filter(({ answer }) =>
    answer?._tag === "refused" && answer.error._tag === "OperationIdConflict"
  )
  count("historyOperationIdConflict", conflicts.length)
  for (const { after, ask, before, end: { event } } of placed) {
    if (event.kind === "action_failed") {
      count(`history${event.details.error._tag}`)
      continue
    }
    count(after > before ? "historyChanged" : "historyUnchanged")
    if (ask._tag === "command" && ask.approved !== undefined) count("historyApproved")
    if (ask._tag === "command" && ask.command._tag === "batch" && after > before) count("historyBatches")
    if (ask._tag === "refresh") count("historyRefreshes")
  }
  return { problems, counts }
}
