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
import { hashText } from "./HashTrie.ts"
import { assetsInside, clashing, type Neighbours, neighboursOf, putAsset } from "./Neighbours.ts"
import { type AssetRoot, compareText } from "./Path.ts"
import { putRegistered, registeredOf } from "./Registered.ts"
import { applyChanges, doubtfulAt, type Registry, type RegistryChange } from "./Registry.ts"
import type { RegistryFacts, Snapshot } from "./Snapshot.ts"
import { runSteps, sortSteps, type Steps } from "./Steps.ts"

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

/** An asset whose consequences have not been drawn yet. Nobody sees it before they are: until then all have one summary. */
const bare = (root: AssetRoot, { divergence, notPublished, onDisk }: Facts): Asset => ({
  root,
  onDisk,
  divergence,
  notPublished,
  registration: "unknown",
  entry: undefined,
  diagnostics: noDiagnostics,
  summary: summaryOfNone
})

const noDiagnostics: ReadonlyArray<Diagnostic> = []
const summaryOfNone = summarize({
  // It is never shown.
  root: "none" as AssetRoot,
  facts: nothing,
  registration: "unknown",
  entry: undefined
}, noDiagnostics)

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
  /** What an asset is if there was one before: the same object as then, say. */
  readonly keep?: (asset: Asset) => Asset
}

/** Builds a state from nothing, in steps. */
export function* buildSteps(parts: Parts): Steps<State> {
  const { facts, keep = (asset) => asset, readOnly, registry, registryFacts, settings, troubles } = parts
  // Nearly every root is in both, in the same order: those that only the registry knows are few.
  const roots = Array.from(facts.keys())
  yield
  const others = new Set<AssetRoot>()
  let compared = 0
  for (const { root } of registry.byRoot.values()) {
    if (!facts.has(root)) others.add(root)
    if (++compared % 4096 === 0) yield
  }
  for (const { root } of registry.doubtful) if (root !== undefined && !facts.has(root)) others.add(root)
  const bareAssets: Array<Asset> = []
  for (const root of yield* sortSteps(others.size === 0 ? roots : [...roots, ...others], compareText)) {
    if (bareAssets.push(bare(root, facts.get(root) ?? nothing)) % sliceSize === 0) yield
  }
  const neighbours = yield* neighboursOf(bareAssets)
  const around = { ...neighbours, registry, registryFacts, settings, readOnly, troubles }
  const sorted = yield* around.assets.mapSteps((asset, root) => keep(follow(root, asset, around)))
  const assets = yield* sorted.indexedSteps(hashText)
  const registered = yield* registeredOf(assets.values())
  return { ...around, assets, registered, diagnostics: diagnoseProject({ ...around, assets }) }
}

/** The roots whose diagnostics may be different when something about these roots is. */
function* reach(roots: Iterable<AssetRoot>, before: State, after: State): Steps<ReadonlySet<AssetRoot>> {
  const reached = new Set<AssetRoot>()
  let looked = 0
  for (const root of roots) {
    if (++looked % sliceSize === 0) yield
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

/** What came of a revision. */
export interface Revised {
  readonly state: State
  /** The roots that may be different. */
  readonly touched: ReadonlySet<AssetRoot>
}

/** A state with other facts, and everything that follows from them. */
export const revise = (before: State, revision: Revision): Revised => runSteps(reviseSteps(before, revision))

/** The same in steps, for revisions of many roots. */
export function* reviseSteps(before: State, revision: Revision): Steps<Revised> {
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
  let neighbours: Neighbours = before
  let done = 0
  for (const root of roots) {
    if (++done % sliceSize === 0) yield
    const own = revision.facts.has(root) ? revision.facts.get(root) : before.assets.get(root)
    const known = registry.byRoot.get(root) !== undefined || doubtfulAt(registry, root).length > 0
    const asset = own?.onDisk !== undefined || known ? bare(root, own ?? nothing) : undefined
    neighbours = putAsset(neighbours, root, asset)
  }
  const around: State = { ...before, ...neighbours, registry, registryFacts }
  const touched = yield* reach(roots, before, around)
  let { assets } = neighbours
  let { registered } = before
  for (const root of touched) {
    if (++done % sliceSize === 0) yield
    const was = before.assets.get(root)
    const is = followed(was, root, around)
    if (is !== undefined) assets = assets.set(root, is)
    if (is !== was) registered = putRegistered(registered, was, is)
  }
  const state = { ...around, assets, registered }
  return { state: { ...state, diagnostics: projectDiagnostics(before, state) }, touched }
}

/** What an asset is now, if it is there: the same object as before if it shows the same. */
const followed = (was: Asset | undefined, root: AssetRoot, around: State): Asset | undefined => {
  const facts = around.assets.get(root)
  if (facts === undefined) return undefined
  const is = follow(root, facts, around)
  return was === undefined ? is : sameAsset(was, is) ? was : keepSummary(was, is)
}

/** What is wrong with the project: the same as before unless something it follows from is different. */
const projectDiagnostics = (before: State, after: State): State["diagnostics"] =>
  before.registry.doubtful === after.registry.doubtful && before.registry.lowNextId === after.registry.lowNextId &&
    before.registryFacts === after.registryFacts && after.registryFacts.present
    ? before.diagnostics
    : diagnoseProject(after)

/** A list that shows the same of an asset as before shows the same object. */
export const keepSummary = (was: Asset, is: Asset): Asset =>
  JSON.stringify(was.summary) === JSON.stringify(is.summary) ? { ...is, summary: was.summary } : is

/** True if two versions of an asset show the same; times of files do not show. */
const sameAsset = (a: Asset, b: Asset): boolean =>
  a.onDisk === b.onDisk && a.divergence === b.divergence && a.notPublished === b.notPublished &&
  a.registration === b.registration && a.entry === b.entry &&
  JSON.stringify(a.diagnostics) === JSON.stringify(b.diagnostics)
