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
  const { clashing, registry } = attempt(file, changes)
  if (clashing.size === 0) return Result.succeed(withIdsGiven(registry, changes))
  return Result.fail(new RegistryConflict({ clashes: [...clashing.values()].flat() }))
}

/** What a registry file and changes make together where the file is right. */
export interface FileFirst {
  readonly registry: Registry
  /** What had to be given up. */
  readonly conflict: RegistryConflict | undefined
  /** The ids of the entries whose changes were given up; all others are in the registry. */
  readonly givenUp: ReadonlySet<number>
}

/** The registry of the file after those changes that it does not contradict. */
export const mergeWhatFits = (file: Registry, changes: ReadonlyArray<RegistryChange>): FileFirst => {
  const clashes: Array<RegistryClash> = []
  const givenUp = new Set<number>()
  for (;;) {
    const { clashing, registry } = attempt(file, changes.filter((change) => !givenUp.has(idOf(change) ?? 0)))
    if (clashing.size === 0) {
      const conflict = clashes.length === 0 ? undefined : new RegistryConflict({ clashes })
      return { registry: withIdsGiven(registry, changes), conflict, givenUp }
    }
    // What is given up leaves no room for others any more, so that another look is needed.
    for (const [id, found] of clashing) {
      givenUp.add(id)
      clashes.push(...found)
    }
  }
}

/** Brings changes into the file, or says what of the file is in the way of which entry. */
const attempt = (file: Registry, changes: ReadonlyArray<RegistryChange>) => {
  const cleared = withoutReplaced(file, changes)
  const open = historiesOf(changes).filter((history) => !isSettled(cleared, history))
  const leaving = new Set(open.map(({ id }) => id))
  const clashing = new Map<number, ReadonlyArray<RegistryClash>>()
  for (const history of open) {
    const clashes = clashesOf(cleared, history, leaving)
    if (clashes.length > 0) clashing.set(history.id, clashes)
  }
  const registry = clashing.size > 0
    ? file
    : applyChanges(cleared, open.map((history) => lastChange(cleared, history)))
  return { clashing, registry }
}

/** Remembers that ids were given out, whatever became of them. */
const withIdsGiven = (registry: Registry, changes: ReadonlyArray<RegistryChange>): Registry => {
  const nextId = changes.reduce((next, change) => Math.max(next, (idOf(change) ?? 0) + 1), registry.nextId)
  return nextId === registry.nextId ? registry : { ...registry, nextId, lowNextId: undefined }
}

/** The id of the entry that a change is about; none if it only replaces entries that did not count. */
export const idOf = ({ after, before }: RegistryChange): number | undefined => after?.id ?? before?.id

/** The file without the doubtful entries that the changes replaced, so that others count as they did then. */
const withoutReplaced = (file: Registry, changes: ReadonlyArray<RegistryChange>): Registry => {
  const sources = new Set(changes.flatMap((change) => change.replaces.map((entry) => entry.source)))
  const replaces = file.doubtful.filter((entry) => sources.has(entry.source))
  return replaces.length === 0 ? file : applyChanges(file, [{ before: undefined, after: undefined, replaces }])
}

const historiesOf = (changes: ReadonlyArray<RegistryChange>): ReadonlyArray<History> => {
  const states = new Map<number, Array<RegistryEntry | undefined>>()
  for (const change of changes) {
    const { after, before } = change
    const id = idOf(change)
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
