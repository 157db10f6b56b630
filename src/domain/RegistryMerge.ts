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

/** What changes made of one entry: its states one after the other, `undefined` where there is none. */
interface History {
  readonly id: number
  readonly states: ReadonlyArray<RegistryEntry | undefined>
}

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
  const open = histories.filter((history) => !isSettled(cleared, history))
  const leaving = new Set(open.map(({ id }) => id))
  const clashes = open.flatMap((history) => clashesOf(cleared, history, leaving))
  if (clashes.length > 0) return Result.fail(new RegistryConflict({ clashes }))
  const merged = applyChanges(cleared, open.map((history) => lastChange(cleared, history)))
  const nextId = histories.reduce((next, { id }) => Math.max(next, id + 1), merged.nextId)
  return Result.succeed(nextId === merged.nextId ? merged : { ...merged, nextId, lowNextId: undefined })
}

/** The file without the doubtful entries that the changes replaced, so that others count as they did then. */
const withoutReplaced = (file: Registry, changes: ReadonlyArray<RegistryChange>): Registry => {
  const sources = new Set(changes.flatMap((change) => change.replaces.map((entry) => entry.source)))
  const replaces = file.doubtful.filter((entry) => sources.has(entry.source))
  return replaces.length === 0 ? file : applyChanges(file, [{ before: undefined, after: undefined, replaces }])
}

const historiesOf = (changes: ReadonlyArray<RegistryChange>): ReadonlyArray<History> => {
  const states = new Map<number, Array<RegistryEntry | undefined>>()
  for (const { after, before } of changes) {
    const id = after?.id ?? before?.id
    if (id === undefined) continue
    const known = states.get(id)
    if (known === undefined) states.set(id, [before, after])
    else known.push(after)
  }
  return Array.from(states, ([id, states]) => ({ id, states }))
}

const same = (a: RegistryEntry | undefined, b: RegistryEntry | undefined): boolean =>
  a === undefined || b === undefined ? a === b : sameEntry(a, b)

const isKnown = ({ states }: History, theirs: RegistryEntry | undefined): boolean =>
  states.some((state) => same(state, theirs))

/** True if the file is at the end of a history, or has an entry of its own where the history leads nowhere. */
const isSettled = (file: Registry, history: History): boolean => {
  const { id, states } = history
  const theirs = file.byId.get(id)
  const leadsNowhere = same(states[0], states.at(-1))
  return same(theirs, states.at(-1))
    ? leadsNowhere || !file.doubtful.some((entry) => entry.id === id)
    : leadsNowhere && !isKnown(history, theirs)
}

/** The change that takes the file to the end of a history; keys that this version does not know are the file's. */
const lastChange = (file: Registry, { id, states }: History): RegistryChange => {
  const before = file.byId.get(id)
  const last = states.at(-1)
  const after = before === undefined || last === undefined ? last : { ...last, extra: before.extra }
  return { before, after, replaces: [] }
}

/** What in the file keeps the end of a history out. Entries that are `leaving` make room. */
const clashesOf = (file: Registry, history: History, leaving: ReadonlySet<number>): ReadonlyArray<RegistryClash> => {
  const { id, states } = history
  const ours = states.findLast((state) => state !== undefined)
  if (ours === undefined) return []
  const clashes: Array<RegistryClash> = []
  const clash = (key: RegistryClash["key"], theirs: string) => clashes.push({ key, ours: printEntry(ours), theirs })
  const stays = states.at(-1) !== undefined
  for (const entry of file.doubtful) {
    if (entry.id === id) clash("id", entry.source)
    if (stays && entry.uuid === ours.uuid) clash("uuid", entry.source)
    if (stays && entry.root === ours.root) clash("root", entry.source)
  }
  const [byId, byUuid, byRoot] = [file.byId.get(id), file.byUuid.get(ours.uuid), file.byRoot.get(ours.root)]
  if (byId !== undefined && !isKnown(history, byId)) clash("id", printEntry(byId))
  if (stays && byUuid !== undefined && !leaving.has(byUuid.id)) clash("uuid", printEntry(byUuid))
  if (stays && byRoot !== undefined && !leaving.has(byRoot.id)) clash("root", printEntry(byRoot))
  if (byId === undefined && !isKnown(history, byId) && clashes.length === 0) clash("id", "no such entry")
  return clashes
}
