/**
 * Bringing durable registry changes into a registry file that someone else has changed meanwhile.
 *
 * A change that the file has already is none. One that the file contradicts (the same id, uuid or root with another
 * meaning) is a conflict, and nothing is brought in then.
 */
import * as Result from "effect/Result"

import { type RegistryClash, RegistryConflict } from "./Errors.ts"
import { applyChanges, type DoubtfulEntry, type Registry, type RegistryChange, type RegistryEntry } from "./Registry.ts"
import { printEntry } from "./RegistryCodec.ts"

/** The registry of the file with the changes in it, or every change that the file contradicts. */
export const mergeChanges = (
  file: Registry,
  changes: ReadonlyArray<RegistryChange>
): Result.Result<Registry, RegistryConflict> => {
  const wanted = changes.flatMap((change) => missingFrom(file, change))
  const leaving = new Set(wanted.flatMap(({ before }) => before === undefined ? [] : [before.id]))
  const clashes = wanted.flatMap((change) => clashesOf(file, change, leaving))
  return clashes.length > 0
    ? Result.fail(new RegistryConflict({ clashes }))
    : Result.succeed(applyChanges(file, wanted))
}

const same = (a: RegistryEntry, b: RegistryEntry): boolean =>
  a.id === b.id && a.uuid === b.uuid && a.root === b.root && a.included === b.included

/** The change as it is to be made in the file: nothing if the file has it, else with the entries of the file. */
const missingFrom = (file: Registry, change: RegistryChange): ReadonlyArray<RegistryChange> => {
  const sources = new Set(change.replaces.map((entry) => entry.source))
  const replaces = file.doubtful.filter((entry) => sources.has(entry.source))
  const id = change.after?.id ?? change.before?.id
  const theirs = id === undefined ? undefined : file.byId.get(id)
  if (change.after === undefined) return theirs === undefined ? [] : [{ ...change, replaces }]
  if (theirs !== undefined && same(theirs, change.after)) return []
  return [{ ...change, replaces }]
}

const clashesOf = (
  file: Registry,
  { after, before, replaces }: RegistryChange,
  leaving: ReadonlySet<number>
): ReadonlyArray<RegistryClash> => {
  if (before !== undefined) {
    const theirs = file.byId.get(before.id)
    if (theirs === undefined || !same(theirs, before)) {
      const found = theirs === undefined ? "no such entry" : printEntry(theirs)
      return [{ key: "id", ours: printEntry(after ?? before), theirs: found }]
    }
  }
  if (after === undefined) return []
  const ours = printEntry(after)
  const clashes: Array<RegistryClash> = []
  const doubtful = file.doubtful.filter((entry) => !replaces.includes(entry))
  const check = (
    key: RegistryClash["key"],
    theirs: RegistryEntry | undefined,
    meets: (entry: DoubtfulEntry) => boolean
  ) => {
    if (theirs !== undefined && theirs.id !== before?.id && !leaving.has(theirs.id)) {
      clashes.push({ key, ours, theirs: printEntry(theirs) })
    }
    for (const entry of doubtful.filter(meets)) clashes.push({ key, ours, theirs: entry.source })
  }
  check("id", file.byId.get(after.id), (entry) => entry.id === after.id)
  check("uuid", file.byUuid.get(after.uuid), (entry) => entry.uuid === after.uuid)
  check("root", file.byRoot.get(after.root), (entry) => entry.root === after.root)
  return clashes
}
