/**
 * Making a snapshot: from a scan, or out of the one before.
 *
 * What is stored of each root are facts (what is on disk, what diverged). Registration, diagnostics and summary follow
 * from them and from neighbours: roots with the same uuid, roots above and below, roots that differ by letter case.
 * `revise` changes facts and lets follow what they can reach, so that its cost depends on the change and not on the
 * project, and its result is the one that building everything anew would give.
 */
import { type Asset, type Facts, manifestOf, summarize } from "./Asset.ts"
import { diagnoseAsset, diagnoseProject, type Subject, subjectAt, type Surroundings } from "./Diagnose.ts"
import type { Diagnostic } from "./Diagnostic.ts"
import { type AssetRoot, compareText, foldPath, parentsOf } from "./Path.ts"
import { applyChanges, type Registry, type RegistryChange } from "./Registry.ts"
import { assetsInside, type FolderSpelling, type RegistryFacts, type Snapshot } from "./Snapshot.ts"
import { SortedMap } from "./SortedMap.ts"
import { sortSteps, type Steps } from "./Steps.ts"

/** A snapshot without what only an opening knows of it. */
export type State = Omit<Snapshot, "generation" | "change" | "projectId" | "openingId">

/** What becomes different. */
export interface Revision {
  /** The facts of roots; `undefined` if nothing is at the root any more. */
  readonly facts: ReadonlyMap<AssetRoot, Facts | undefined>
  readonly registry: ReadonlyArray<RegistryChange>
  readonly registryFacts?: RegistryFacts
}

/** How many assets are worked on between two pauses. */
const sliceSize = 128

const nothing: Facts = { onDisk: undefined, divergence: undefined, notPublished: undefined }

const follow = (root: AssetRoot, facts: Facts, around: Surroundings): Asset => {
  const subject = subjectAt(root, facts, around)
  const diagnostics = diagnoseAsset(subject, around)
  return assetOf(subject, diagnostics)
}

/** An asset whose consequences have not been drawn yet. */
const bare = (root: AssetRoot, facts: Facts): Asset =>
  assetOf({ root, facts, registration: "unknown", entry: undefined }, [])

const assetOf = (subject: Subject, diagnostics: ReadonlyArray<Diagnostic>): Asset => {
  const { entry, facts: { divergence, notPublished, onDisk }, registration, root } = subject
  const summary = summarize(subject, diagnostics)
  return { root, onDisk, divergence, notPublished, registration, entry, diagnostics, summary }
}

/** What `build` puts together. */
export interface Parts {
  readonly facts: ReadonlyMap<AssetRoot, Facts>
  readonly registry: Registry
  readonly registryFacts: RegistryFacts
  readonly settings: Snapshot["settings"]
  readonly readOnly: string | undefined
  readonly troubles: ReadonlyArray<Diagnostic>
}

/** Builds a state from nothing, in steps. */
export function* buildSteps(parts: Parts): Steps<State> {
  const { facts, readOnly, registry, registryFacts, settings, troubles } = parts
  const roots = new Set<AssetRoot>(facts.keys())
  yield
  for (const { root } of registry.byRoot.values()) if (roots.add(root).size % 4096 === 0) yield
  for (const { root } of registry.doubtful) if (root !== undefined) roots.add(root)
  yield
  const entries: Array<readonly [AssetRoot, Asset]> = []
  const through = new Map<string, number>()
  const carriers = new Map<string, Array<AssetRoot>>()
  for (const root of yield* sortSteps([...roots], compareText)) {
    const asset = bare(root, facts.get(root) ?? nothing)
    entries.push([root, asset])
    for (const path of [...parentsOf(root), root]) through.set(path, (through.get(path) ?? 0) + 1)
    const uuid = manifestOf(asset)?.uuid
    const others = uuid === undefined ? undefined : carriers.get(uuid)
    if (others !== undefined) others.push(root)
    else if (uuid !== undefined) carriers.set(uuid, [root])
    if (entries.length % sliceSize === 0) yield
  }
  const spellings = yield* spellingsOf(through)
  const around = {
    assets: yield* SortedMap.fromSteps(compareText, entries),
    folders: yield* SortedMap.fromSteps<string, ReadonlyArray<FolderSpelling>>(compareText, spellings),
    carriers: yield* SortedMap.fromSteps<string, ReadonlyArray<AssetRoot>>(compareText, carriers),
    registry,
    registryFacts,
    settings,
    readOnly,
    troubles
  }
  const followed: Array<readonly [AssetRoot, Asset]> = []
  for (const [root, asset] of entries) {
    followed.push([root, follow(root, asset, around)])
    if (followed.length % sliceSize === 0) yield
  }
  const assets = yield* SortedMap.fromSteps<AssetRoot, Asset>(compareText, followed)
  return { ...around, assets, diagnostics: diagnoseProject({ ...around, assets }) }
}

/** Every folder on the way to a root, by what it is on systems that do not tell letter case apart. */
function* spellingsOf(through: ReadonlyMap<string, number>): Steps<ReadonlyMap<string, ReadonlyArray<FolderSpelling>>> {
  const byFold = new Map<string, ReadonlyArray<FolderSpelling>>()
  for (const [path, roots] of through) {
    const key = foldPath(path)
    const known = byFold.get(key)
    byFold.set(key, known === undefined ? [{ path, roots }] : sortSpellings([...known, { path, roots }]))
    if (byFold.size % (sliceSize * 8) === 0) yield
  }
  return byFold
}

const sortSpellings = (spellings: ReadonlyArray<FolderSpelling>): ReadonlyArray<FolderSpelling> =>
  spellings.toSorted((a, b) => compareText(a.path, b.path))

/** One more or one less root through a folder; folders that no root goes through are dropped. */
const counted = (
  spellings: ReadonlyArray<FolderSpelling>,
  path: string,
  by: 1 | -1
): ReadonlyArray<FolderSpelling> => {
  const known = spellings.find((spelling) => spelling.path === path)
  const others = known === undefined ? spellings : spellings.filter((spelling) => spelling !== known)
  const roots = (known?.roots ?? 0) + by
  return roots === 0 ? others : sortSpellings([...others, { path, roots }])
}

const putFolders = (folders: Snapshot["folders"], root: AssetRoot, by: 1 | -1): Snapshot["folders"] =>
  [...parentsOf(root), root].reduce((next, path) => {
    const key = foldPath(path)
    const spellings = counted(next.get(key) ?? [], path, by)
    return spellings.length === 0 ? next.remove(key) : next.set(key, spellings)
  }, folders)

const putCarrier = (
  carriers: Snapshot["carriers"],
  root: AssetRoot,
  before: string | undefined,
  after: string | undefined
): Snapshot["carriers"] => {
  if (before === after) return carriers
  let next = carriers
  if (before !== undefined) {
    const rest = (next.get(before) ?? []).filter((other) => other !== root)
    next = rest.length === 0 ? next.remove(before) : next.set(before, rest)
  }
  if (after !== undefined) next = next.set(after, [...next.get(after) ?? [], root].toSorted(compareText))
  return next
}

/** The roots whose diagnostics may be different when something about these roots is. */
const reach = (roots: Iterable<AssetRoot>, before: State, after: State): ReadonlySet<AssetRoot> => {
  const reached = new Set<AssetRoot>()
  for (const root of roots) {
    reached.add(root)
    for (const state of [before, after]) {
      const asset = state.assets.get(root)
      const uuids = [
        ...(asset === undefined ? [] : [manifestOf(asset)?.uuid]),
        state.registry.byRoot.get(root)?.uuid
      ]
      for (const uuid of uuids) {
        if (uuid === undefined) continue
        for (const carrier of state.carriers.get(uuid) ?? []) reached.add(carrier)
        const owner = state.registry.byUuid.get(uuid)
        if (owner !== undefined) reached.add(owner.root)
      }
    }
    const there = (state: State) => state.assets.get(root)
    if ((there(before)?.onDisk === undefined) !== (there(after)?.onDisk === undefined)) {
      for (const inner of assetsInside(after, root)) reached.add(inner.root)
    }
    if ((there(before) === undefined) !== (there(after) === undefined)) {
      for (const clash of clashing(root, before, after)) reached.add(clash)
    }
  }
  return reached
}

/** The roots under folders that have several spellings, of which one is on the way to `root`. */
function* clashing(root: AssetRoot, before: State, after: State): Generator<AssetRoot> {
  for (const path of [...parentsOf(root), root]) {
    const key = foldPath(path)
    const [was = [], is = []] = [before.folders.get(key), after.folders.get(key)]
    // Whoever was there meets the same other spellings as before.
    if (was.length === is.length && was.every((spelling, i) => spelling.path === is[i]?.path)) continue
    if (was.length < 2 && is.length < 2) continue
    for (const spelling of is) {
      // A spelled folder is a legal path; whether it is one of the roots is what is asked.
      const itself = after.assets.get(spelling.path as AssetRoot)
      if (itself !== undefined) yield itself.root
      for (const inner of assetsInside(after, spelling.path)) yield inner.root
    }
  }
}

/** A state with other facts, and everything that follows from them. */
export const revise = (
  before: State,
  revision: Revision
): { readonly state: State; readonly touched: ReadonlySet<AssetRoot> } => {
  const registry = applyChanges(before.registry, revision.registry)
  const facts = revision.registryFacts ?? before.registryFacts
  const registryFacts = revision.registry.length > 0 && !facts.present ? { ...facts, present: true } : facts
  const roots = new Set<AssetRoot>(revision.facts.keys())
  for (const change of revision.registry) {
    for (const entry of [change.before, change.after]) if (entry !== undefined) roots.add(entry.root)
    if (change.replaces.length === 0) continue
    // Entries that shared a key with a replaced one may count from now on.
    for (const { root } of before.registry.doubtful) if (root !== undefined) roots.add(root)
  }
  let { assets, carriers, folders } = before
  for (const root of roots) {
    const was = before.assets.get(root)
    const own = revision.facts.has(root) ? revision.facts.get(root) : was
    const known = registry.byRoot.get(root) !== undefined || registry.doubtful.some((entry) => entry.root === root)
    const is = own?.onDisk !== undefined || known ? bare(root, own ?? nothing) : undefined
    carriers = putCarrier(
      carriers,
      root,
      was === undefined ? undefined : manifestOf(was)?.uuid,
      is === undefined ? undefined : manifestOf(is)?.uuid
    )
    if (was === undefined && is !== undefined) folders = putFolders(folders, root, 1)
    if (was !== undefined && is === undefined) folders = putFolders(folders, root, -1)
    assets = is === undefined ? assets.remove(root) : assets.set(root, is)
  }
  const around: State = { ...before, assets, carriers, folders, registry, registryFacts }
  const touched = reach(roots, before, around)
  for (const root of touched) {
    const asset = assets.get(root)
    if (asset === undefined) continue
    const next = follow(root, asset, around)
    const was = before.assets.get(root)
    assets = assets.set(root, was !== undefined && sameAsset(was, next) ? was : next)
  }
  const state = { ...around, assets }
  return { state: { ...state, diagnostics: diagnoseProject(state) }, touched }
}

/** True if two versions of an asset show the same; times of files do not show. */
const sameAsset = (a: Asset, b: Asset): boolean =>
  a.onDisk === b.onDisk && a.divergence === b.divergence && a.notPublished === b.notPublished &&
  a.registration === b.registration && a.entry === b.entry &&
  JSON.stringify(a.diagnostics) === JSON.stringify(b.diagnostics)
