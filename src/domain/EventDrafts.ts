/** From what happened to the events that tell it, but for the end of an operation: see `EndDrafts.ts`. */
import { nameOf } from "./Asset.ts"
import type { Diagnostic } from "./Diagnostic.ts"
import type { Divergence } from "./Divergence.ts"
import { type EventDraft, maxListed, type ProgressReport } from "./Event.ts"
import type { AssetName, OperationId } from "./Identity.ts"
import type { Changes } from "./Outcome.ts"
import type { AssetRoot } from "./Path.ts"
import { showState } from "./Seen.ts"
import type { Snapshot } from "./Snapshot.ts"
import { runSteps, type Steps } from "./Steps.ts"

/** Which project tells, and in which of its openings. */
export type Teller = Pick<Snapshot, "projectId" | "openingId">

/** What is the same in all that one operation tells. */
export const about = ({ openingId, projectId }: Teller, operation_id: OperationId) => ({
  project_id: projectId,
  opening_id: openingId,
  operation_id
})

/** One asset by its root, more by their number. */
const assetsIn = (roots: ReadonlyArray<AssetRoot>): string =>
  roots.length === 1 ? `"${roots[0]}"` : `${roots.length} assets`

/** What became of assets, in a few words. */
export const inWords = ({ added, removed, updated }: Changes): string =>
  [
    ...(added.length === 0 ? [] : [`${assetsIn(added)} added`]),
    ...(updated.length === 0 ? [] : [`${assetsIn(updated)} changed`]),
    ...(removed.length === 0 ? [] : [`${assetsIn(removed)} removed`])
  ].join(", ")

const count = (number: number, one: string): string => number === 1 ? `1 ${one}` : `${number} ${one}s`

/** An asset as it was or is, with the ids that are known of it. */
export const named = (root: AssetRoot, after: Snapshot, before: Snapshot): AssetName => {
  const asset = after.assets.get(root) ?? before.assets.get(root)
  return asset === undefined ? { root } : nameOf(asset)
}

/**
 * What became visible between two snapshots, in the order in which it is told: what was found changed behind the
 * packer's back, which assets a scan found, which assets changed, and which diagnostics came and went.
 */
export const draftsOfChange = (
  operationId: OperationId,
  before: Snapshot,
  after: Snapshot,
  by: "command" | "scan"
): ReadonlyArray<EventDraft> => runSteps(draftsOfChangeSteps(operationId, before, after, by))

/** The same in steps, for changes of many assets. */
export function* draftsOfChangeSteps(
  operationId: OperationId,
  before: Snapshot,
  after: Snapshot,
  by: "command" | "scan"
): Steps<ReadonlyArray<EventDraft>> {
  if (after.generation === before.generation || after.change === undefined) return []
  const { added, removed, updated } = after.change
  const roots = [...added, ...updated, ...removed]
  const telling: Telling = { operationId, before, after }
  return [
    ...(yield* divergences(telling, roots)),
    ...(by === "scan" ? yield* discoveries(telling, added) : []),
    ...(yield* changes(telling)),
    ...(yield* diagnostics(telling, roots))
  ]
}

/** Two snapshots that one operation made one out of the other; the first has none before it. */
interface Telling {
  readonly operationId: OperationId
  readonly before: Snapshot | undefined
  readonly after: Snapshot
}

/** What opening found, in steps: the assets, what is wrong with them, and what somebody changed before it was written. */
export function* draftsOfOpening(operationId: OperationId, on: Snapshot): Steps<ReadonlyArray<EventDraft>> {
  const telling: Telling = { operationId, before: undefined, after: on }
  const roots: Array<AssetRoot> = []
  for (let offset = 0; offset < on.assets.size; offset += maxListed) {
    for (const { root } of on.assets.slice(offset, maxListed)) roots.push(root)
    yield
  }
  return [
    ...(yield* divergences(telling, roots)),
    ...(yield* discoveries(telling, roots)),
    ...(yield* diagnostics(telling, roots))
  ]
}

/** How many diagnostics are put together between two pauses. */
const sliceSize = 4096

/** Makes events of all there is to list, slice by slice. */
function* listed<A>(
  items: ReadonlyArray<A>,
  draft: (slice: ReadonlyArray<A>) => EventDraft
): Steps<ReadonlyArray<EventDraft>> {
  const drafts: Array<EventDraft> = []
  for (let start = 0; start < items.length; start += maxListed) {
    drafts.push(draft(items.slice(start, start + maxListed)))
    yield
  }
  return drafts
}

const namesIn = ({ after, before }: Telling, roots: ReadonlyArray<AssetRoot>): ReadonlyArray<AssetName> =>
  roots.map((root) => named(root, after, before ?? after))

function* divergences(telling: Telling, roots: ReadonlyArray<AssetRoot>): Steps<ReadonlyArray<EventDraft>> {
  const { after, before, operationId } = telling
  const files: Array<{ readonly root?: AssetRoot; readonly divergence: Divergence }> = []
  const registry = after.registryFacts.divergence
  if (registry !== undefined && before?.registryFacts.divergence === undefined) files.push({ divergence: registry })
  let looked = 0
  for (const root of roots) {
    const divergence = after.assets.get(root)?.divergence
    if (divergence !== undefined && before?.assets.get(root)?.divergence === undefined) files.push({ root, divergence })
    if (++looked % maxListed === 0) yield
  }
  return yield* listed(files, (slice): EventDraft => ({
    kind: "divergence_detected",
    ...about(after, operationId),
    summary: `${count(slice.length, "file")} changed behind the packer's back`,
    affected_assets: namesIn(telling, slice.flatMap(({ root }) => root ?? [])),
    details: {
      generation: after.generation,
      files: slice.map(({ divergence, root }) => ({
        ...(root === undefined ? {} : { root }),
        expected: showState(divergence.expected),
        found: showState(divergence.found)
      }))
    }
  }))
}

const discoveries = (telling: Telling, added: ReadonlyArray<AssetRoot>): Steps<ReadonlyArray<EventDraft>> =>
  listed(added, (slice): EventDraft => ({
    kind: "asset_discovered",
    ...about(telling.after, telling.operationId),
    summary: `${assetsIn(slice)} found`,
    affected_assets: namesIn(telling, slice),
    details: { generation: telling.after.generation }
  }))

const changes = (telling: Telling): Steps<ReadonlyArray<EventDraft>> => {
  const { after, operationId } = telling
  const { added = [], removed = [], updated = [] } = after.change ?? {}
  const all = [
    ...added.map((root) => ({ root, how: "added" as const })),
    ...updated.map((root) => ({ root, how: "updated" as const })),
    ...removed.map((root) => ({ root, how: "removed" as const }))
  ]
  return listed(all, (slice): EventDraft => {
    const roots = slice.map(({ root }) => root)
    const of = (how: "added" | "updated" | "removed") =>
      slice.filter((change) => change.how === how).map((change) => change.root)
    return {
      kind: "asset_changed",
      ...about(after, operationId),
      summary: inWords({ added: of("added"), updated: of("updated"), removed: of("removed") }),
      affected_assets: namesIn(telling, roots),
      details: { generation: after.generation, added: of("added"), updated: of("updated"), removed: of("removed") }
    }
  })
}

const none: ReadonlyArray<Diagnostic> = []

/** What is in one list of diagnostics and not in the other. */
const without = (some: ReadonlyArray<Diagnostic>, others: ReadonlyArray<Diagnostic>): ReadonlyArray<Diagnostic> => {
  if (some === others || some.length === 0) return none
  const known = new Set(others.map((diagnostic) => JSON.stringify(diagnostic)))
  return some.filter((diagnostic) => !known.has(JSON.stringify(diagnostic)))
}

function* diagnostics(telling: Telling, roots: ReadonlyArray<AssetRoot>): Steps<ReadonlyArray<EventDraft>> {
  const { after, before, operationId } = telling
  const appeared: Array<Diagnostic> = []
  const gone: Array<Diagnostic> = []
  const compare = (was = none, is = none): void => {
    appeared.push(...without(is, was))
    gone.push(...without(was, is))
  }
  compare(before?.diagnostics, after.diagnostics)
  for (const [index, root] of roots.entries()) {
    compare(before?.assets.get(root)?.diagnostics, after.assets.get(root)?.diagnostics)
    if (index % maxListed === maxListed - 1) yield
  }
  yield
  const all: Array<{ readonly diagnostic: Diagnostic; readonly how: "appeared" | "gone" }> = []
  for (const diagnostic of appeared) if (all.push({ diagnostic, how: "appeared" }) % sliceSize === 0) yield
  for (const diagnostic of gone) if (all.push({ diagnostic, how: "gone" }) % sliceSize === 0) yield
  return yield* listed(all, (slice): EventDraft => {
    const of = (how: "appeared" | "gone") => slice.filter((entry) => entry.how === how).map((entry) => entry.diagnostic)
    const named = new Set(slice.flatMap(({ diagnostic: { root } }) => root ?? []))
    return {
      kind: "diagnostics_updated",
      ...about(after, operationId),
      summary: `${count(of("appeared").length, "diagnostic")} appeared, ${of("gone").length} gone`,
      affected_assets: namesIn(telling, [...named]),
      details: { generation: after.generation, appeared: of("appeared"), gone: of("gone") }
    }
  })
}

/** How far a running operation is. */
export const progressDraft = (
  operationId: OperationId,
  on: Teller,
  progress: ProgressReport
): EventDraft => ({
  kind: "progress_updated",
  ...about(on, operationId),
  summary: progress.message ??
    `${progress.done}${progress.total === undefined ? "" : ` of ${progress.total}`} ${progress.unit}`,
  progress,
  affected_assets: [],
  details: {}
})

/** How far the reading of a whole project is. */
export const scanDraft = (
  operationId: OperationId,
  on: Teller,
  { assets, folders }: { readonly assets: number; readonly folders: number }
): EventDraft =>
  progressDraft(operationId, on, {
    done: folders,
    unit: "folders",
    message: `${count(assets, "asset")} in ${count(folders, "folder")} found`
  })
