/** Which assets the packer manages, under which identity: the authority for ids and build participation. */
import { hashText, HashTrie } from "./HashTrie.ts"
import type { AssetId, AssetUuid } from "./Identity.ts"
import { type AssetRoot, compareText } from "./Path.ts"
import { SortedMap } from "./SortedMap.ts"
import { runSteps, type Steps } from "./Steps.ts"

/** A registry entry that can be believed. */
export interface RegistryEntry {
  readonly id: AssetId
  readonly uuid: AssetUuid
  readonly root: AssetRoot
  readonly included: boolean
  /** The source text of keys that this version does not know, as `,"key":value` pieces; usually empty. */
  readonly extra: string
}

/** Why an entry is not believed. */
export type EntryFault = "invalid-entry" | "illegal-root" | "duplicate-id" | "duplicate-uuid" | "duplicate-root"

/** An entry as it was read: its source, what could be read of it, and what is wrong with it by itself. */
export interface ReadEntry {
  readonly source: string
  readonly id: number | undefined
  readonly uuid: AssetUuid | undefined
  readonly root: AssetRoot | undefined
  /** The entry, if all of it could be read. */
  readonly entry: RegistryEntry | undefined
  readonly ownFault: { readonly fault: "invalid-entry" | "illegal-root"; readonly cause: string } | undefined
}

/** An entry that cannot be believed: kept as it stands in the file. */
export interface DoubtfulEntry extends ReadEntry {
  readonly faults: ReadonlyArray<{ readonly fault: EntryFault; readonly cause: string }>
}

/** The registry of a project. Never changed; `applyChanges` gives a new one. */
export interface Registry {
  readonly byRoot: SortedMap<AssetRoot, RegistryEntry>
  readonly byId: SortedMap<number, RegistryEntry>
  readonly byUuid: HashTrie<string, RegistryEntry>
  readonly doubtful: ReadonlyArray<DoubtfulEntry>
  /** Those of them that name a root, by that root. */
  readonly doubtfulByRoot: ReadonlyMap<AssetRoot, ReadonlyArray<DoubtfulEntry>>
  /** The id that the next registration gets; above every id in use and every id given out before. */
  readonly nextId: number
  /** What the file says of `next_asset_id`, if it says something that is not above every id in use. */
  readonly lowNextId: number | undefined
  /** The source text of keys of the file that this version does not know, as `"key": value`. */
  readonly extra: ReadonlyArray<string>
}

/** What a change does to one entry: adds it (no `before`), removes it (no `after`), or changes it. */
export interface RegistryChange {
  readonly before: RegistryEntry | undefined
  readonly after: RegistryEntry | undefined
  /** Entries that could not be believed and that this change replaces. */
  readonly replaces: ReadonlyArray<DoubtfulEntry>
}

const withDoubtful = (doubtful: ReadonlyArray<DoubtfulEntry>): Pick<Registry, "doubtful" | "doubtfulByRoot"> => {
  const doubtfulByRoot = new Map<AssetRoot, Array<DoubtfulEntry>>()
  for (const entry of doubtful) {
    if (entry.root === undefined) continue
    const others = doubtfulByRoot.get(entry.root)
    if (others === undefined) doubtfulByRoot.set(entry.root, [entry])
    else others.push(entry)
  }
  return { doubtful, doubtfulByRoot }
}

const compareNumbers = (a: number, b: number): number => a - b

/** The registry of a project without `index.json`. */
export const emptyRegistry: Registry = {
  byRoot: SortedMap.empty<AssetRoot, RegistryEntry>(compareText),
  byId: SortedMap.empty<number, RegistryEntry>(compareNumbers),
  byUuid: HashTrie.empty<string, RegistryEntry>(hashText),
  ...withDoubtful([]),
  nextId: 1,
  lowNextId: undefined,
  extra: []
}

/** The keys that several entries have. */
interface SharedKeys {
  readonly ids: ReadonlySet<number | undefined>
  readonly uuids: ReadonlySet<string | undefined>
  readonly roots: ReadonlySet<string | undefined>
}

/** How many entries are looked at between two pauses. */
const sliceSize = 2048

function* repeated<K>(entries: ReadonlyArray<ReadEntry>, keyOf: (entry: ReadEntry) => K): Steps<ReadonlySet<K>> {
  const seen = new Set<K>()
  const twice = new Set<K>()
  for (const [index, entry] of entries.entries()) {
    const key = keyOf(entry)
    if (seen.has(key)) twice.add(key)
    seen.add(key)
    if (index % sliceSize === 0) yield
  }
  return twice
}

function* sharedKeys(entries: ReadonlyArray<ReadEntry>): Steps<SharedKeys> {
  return {
    ids: yield* repeated(entries, (entry) => entry.id),
    uuids: yield* repeated(entries, (entry) => entry.uuid),
    roots: yield* repeated(entries, (entry) => entry.root)
  }
}

const judge = (entry: ReadEntry, shared: SharedKeys): DoubtfulEntry | RegistryEntry => {
  const duplicates: Array<readonly [EntryFault, string]> = []
  if (entry.id !== undefined && shared.ids.has(entry.id)) duplicates.push(["duplicate-id", `asset_id ${entry.id}`])
  if (entry.uuid !== undefined && shared.uuids.has(entry.uuid)) {
    duplicates.push(["duplicate-uuid", `asset_uuid ${entry.uuid}`])
  }
  if (entry.root !== undefined && shared.roots.has(entry.root)) {
    duplicates.push(["duplicate-root", `root "${entry.root}"`])
  }
  if (entry.ownFault === undefined && entry.entry !== undefined && duplicates.length === 0) return entry.entry
  const faults = [
    ...(entry.ownFault === undefined ? [] : [entry.ownFault]),
    ...duplicates.map(([fault, key]) => ({ fault, cause: `another entry has the same ${key}` }))
  ]
  return { ...entry, faults }
}

const isDoubtful = (entry: DoubtfulEntry | RegistryEntry): entry is DoubtfulEntry => "faults" in entry

/** Which entries can be believed, now that it is known which keys they share. */
function* judgeAll(entries: ReadonlyArray<ReadEntry>) {
  const shared = yield* sharedKeys(entries)
  const believed: Array<RegistryEntry> = []
  const doubtful: Array<DoubtfulEntry> = []
  for (const [index, entry] of entries.entries()) {
    const judged = judge(entry, shared)
    if (isDoubtful(judged)) doubtful.push(judged)
    else believed.push(judged)
    if (index % sliceSize === 0) yield
  }
  return { believed, doubtful }
}

/** Puts a registry together from what the file says: entries that share a key with another are not believed. */
export function* makeRegistry(
  entries: ReadonlyArray<ReadEntry>,
  nextInFile: number | undefined,
  extra: ReadonlyArray<string>
): Steps<Registry> {
  const { believed, doubtful } = yield* judgeAll(entries)
  const largest = entries.reduce((id, entry) => Math.max(id, entry.id ?? 0), 0)
  const byRoot = yield* SortedMap.bySteps<AssetRoot, RegistryEntry>(compareText, believed, (entry) => entry.root)
  const byId = yield* SortedMap.bySteps<number, RegistryEntry>(compareNumbers, believed, (entry) => entry.id)
  const byUuid = yield* HashTrie.fromSteps<string, RegistryEntry>(
    hashText,
    believed.map((entry) => [entry.uuid, entry])
  )
  return {
    byRoot,
    byId,
    byUuid,
    ...withDoubtful(doubtful),
    nextId: Math.max(largest + 1, nextInFile ?? 1),
    lowNextId: nextInFile !== undefined && nextInFile <= largest ? nextInFile : undefined,
    extra
  }
}

const withoutEntry = (registry: Registry, entry: RegistryEntry): Registry => ({
  ...registry,
  byRoot: registry.byRoot.remove(entry.root),
  byId: registry.byId.remove(entry.id),
  byUuid: registry.byUuid.remove(entry.uuid)
})

const withEntry = (registry: Registry, entry: RegistryEntry): Registry => ({
  ...registry,
  byRoot: registry.byRoot.set(entry.root, entry),
  byId: registry.byId.set(entry.id, entry),
  byUuid: registry.byUuid.set(entry.uuid, entry),
  nextId: Math.max(registry.nextId, entry.id + 1)
})

/**
 * Takes doubtful entries out, by their source (equal sources have the same root), and looks at the others again: one
 * whose keys are no longer shared counts from now on, as it would if the file were read anew.
 */
const withoutDoubtful = (registry: Registry, gone: ReadonlyArray<DoubtfulEntry>): Registry => {
  if (gone.length === 0) return registry
  const sources = new Set(gone.map((entry) => entry.source))
  const left = registry.doubtful.filter((entry) => !sources.has(entry.source))
  const { believed, doubtful } = runSteps(judgeAll(left))
  return believed.reduce(withEntry, { ...registry, ...withDoubtful(doubtful) })
}

/**
 * The registry after a change of some entries, whose cost does not depend on the number of the others. Doubtful entries
 * go first: what counts because of that may be changed by the same changes.
 */
export const applyChanges = (registry: Registry, changes: ReadonlyArray<RegistryChange>): Registry => {
  if (changes.length === 0) return registry
  const cleared = withoutDoubtful(registry, changes.flatMap((change) => change.replaces))
  const removed = changes.reduce(
    (next, { before }) => before === undefined ? next : withoutEntry(next, before),
    cleared
  )
  const added = changes.reduce((next, { after }) => after === undefined ? next : withEntry(next, after), removed)
  // Writing the file mends a next_asset_id that was too low.
  return { ...added, lowNextId: undefined }
}

/** The entries that name a root and are not believed. */
export const doubtfulAt = (registry: Registry, root: AssetRoot): ReadonlyArray<DoubtfulEntry> =>
  registry.doubtfulByRoot.get(root) ?? []

/** True if two entries say the same about the same asset; keys that this version does not know are not compared. */
export const sameEntry = (a: RegistryEntry, b: RegistryEntry): boolean =>
  a.id === b.id && a.uuid === b.uuid && a.root === b.root && a.included === b.included

/**
 * Changes, one after the other, as one change for each entry; what is taken back by a later one is left out, also the
 * id of an entry that is added and removed again.
 */
export const netChanges = (changes: Iterable<RegistryChange>): ReadonlyArray<RegistryChange> => {
  /** By the id that the entry has after the change, or had before if it is removed. */
  const net = new Map<number | RegistryChange, RegistryChange>()
  for (const next of changes) {
    const earlier = next.before === undefined ? undefined : net.get(next.before.id)
    const joined: RegistryChange = {
      before: earlier === undefined ? next.before : earlier.before,
      after: next.after,
      replaces: [...earlier?.replaces ?? [], ...next.replaces]
    }
    if (next.before !== undefined) net.delete(next.before.id)
    if (!isNothing(joined)) net.set(joined.after?.id ?? joined, joined)
  }
  return [...net.values()]
}

const isNothing = ({ after, before, replaces }: RegistryChange): boolean =>
  replaces.length === 0 &&
  (before === after || (before !== undefined && after !== undefined && sameEntry(before, after)))
