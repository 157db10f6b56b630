/** What is true of the events of any opening: positions and sequences without a gap, and one end for each operation. */
import * as assert from "node:assert/strict"
import { isTerminal, type PackerEvent } from "../../src/domain/Event.ts"

/** What is wrong with all the events of an opening; with those of one that is still open if `isOpen`. */
export const illegalities = (events: ReadonlyArray<PackerEvent>, isOpen = false): ReadonlyArray<string> => {
  const problems: Array<string> = []
  const sequences = new Map<string, number>()
  const ended = new Set<string>()
  for (const [index, { kind, operation_id, position, sequence }] of events.entries()) {
    const what = `${kind} of ${operation_id}`
    if (position !== index + 1) problems.push(`${what} has position ${position}, not ${index + 1}`)
    const next = (sequences.get(operation_id) ?? 0) + 1
    if (sequence !== next) problems.push(`${what} has sequence ${sequence}, not ${next}`)
    sequences.set(operation_id, next)
    if (ended.has(operation_id)) problems.push(`${what} comes after the end of that`)
    if (isTerminal({ kind })) ended.add(operation_id)
  }
  if (isOpen) return problems
  for (const id of sequences.keys()) if (!ended.has(id)) problems.push(`${id} has no end`)
  return problems
}

/** Fails if there is anything wrong with all the events of an opening. */
export const assertLegal = (events: ReadonlyArray<PackerEvent>): void => assert.deepEqual(illegalities(events), [])
