/**
 * Bringing durable registry changes into a registry file that someone else has changed meanwhile.
 *
 * The file may hold some of the changes already: each entry of it is held against everything that the changes made of
 * that entry, one after the other. Where it is one of those states, the last one takes its place. Where it is another
 * (the same id, uuid or root with another meaning), that is a conflict, and nothing is brought in then.
 */
import * as Result from "effect/Result"

import { type RegistryClash, RegistryConflict } from "./Errors.ts"
import { applyChanges, type Registry, type RegistryChange, type RegistryEntry, sameEntry } from "./Registry.ts"
import { printEntry } from "./RegistryCodec.ts"

/** What changes made of the entry with an id: its states one after the other, `undefined` where there is none. */
type History = ReadonlyArray<RegistryEntry | undefined>

/**
 * The registry of the file after changes, which come in the order in which they were made; or every entry of the file
 * that contradicts them. No id that they gave out is given out again, even if its entry is gone.
 */
export const mergeChanges = (
  file: Registry,
  changes: ReadonlyArray<RegistryChange>
): Result.Result<Registry, RegistryConflict> => {
  const cleared = withoutReplaced(file, changes)
  const histories = historiesOf(changes)
  const wanted = Array.from(histories, ([id, history]) => missingFrom(cleared, id, history)).flat()
  const leaving = new Set(wanted.map(({ before }) => before?.id))
  const clashes = Array.from(histories, ([id, history]) => clashesOf(cleared, id, history, leaving)).flat()
  if (clashes.length > 0) return Result.fail(new RegistryConflict({ clashes }))
  const merged = applyChanges(cleared, wanted)
  const nextId = Math.max(merged.nextId, ...Array.from(histories.keys(), (id) => id + 1))
  return Result.succeed(nextId === merged.nextId ? merged : { ...merged, nextId, lowNextId: undefined })
}
