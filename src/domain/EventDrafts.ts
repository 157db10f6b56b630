/** From what happened to the events that tell it. */
import { nameOf } from "./Asset.ts"
import type { Diagnostic } from "./Diagnostic.ts"
import type { Divergence } from "./Divergence.ts"
import type { PackerError } from "./Errors.ts"
import { type EventDraft, maxListed, type ProgressReport, type RecoveryReport } from "./Event.ts"
import type { AssetName, OperationId } from "./Identity.ts"
import type { OpeningError } from "./OpeningErrors.ts"
import type { Outcome } from "./Outcome.ts"
import type { AssetRoot } from "./Path.ts"
import { showState } from "./Seen.ts"
import type { Snapshot } from "./Snapshot.ts"
import type { Steps } from "./Steps.ts"

const slices = <A>(items: ReadonlyArray<A>): ReadonlyArray<ReadonlyArray<A>> =>
  Array.from({ length: Math.ceil(items.length / maxListed) }, (_, i) => items.slice(i * maxListed, (i + 1) * maxListed))

/** Which project tells, and in which of its openings. */
export type Teller = Pick<Snapshot, "projectId" | "openingId">

const about = ({ openingId, projectId }: Teller, operation_id: OperationId) => ({
  project_id: projectId,
  opening_id: openingId,
  operation_id
})

/** One asset by its root, more by their number. */
const assetsIn = (roots: ReadonlyArray<AssetRoot>): string =>
  roots.length === 1 ? `"${roots[0]}"` : `${roots.length} assets`

const count = (number: number, one: string): string => number === 1 ? `1 ${one}` : `${number} ${one}s`

/** An asset as it was or is, with the ids that are known of it. */
const named = (root: AssetRoot, after: Snapshot, before: Snapshot): AssetName => {
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
): ReadonlyArray<EventDraft> => {
  if (after === before || after.change === undefined) return []
  const { added, removed, updated } = after.change
  const roots = [...added, ...updated, ...removed]
  return [
    ...divergences(operationId, before, after, roots),
    ...(by === "scan" ? discoveries(operationId, before, after, added) : []),
    ...changes(operationId, before, after),
    ...diagnostics(operationId, before, after, roots)
  ]
}

/** How many assets are told of between two pauses. */
const sliceSize = maxListed

/** What opening found, in steps: the assets, what is wrong with them, and what somebody changed before it was written. */
export function* draftsOfOpening(operationId: OperationId, on: Snapshot): Steps<ReadonlyArray<EventDraft>> {
  const drafts: Array<EventDraft> = []
  const appeared: Array<Diagnostic> = [...on.diagnostics]
  const diverged: Array<AssetRoot> = []
  for (let offset = 0; offset < on.assets.size; offset += sliceSize) {
    const slice = on.assets.slice(offset, sliceSize)
    drafts.push({
      kind: "asset_discovered",
      ...about(on, operationId),
      summary: `${assetsIn(slice.map(({ root }) => root))} found`,
      affected_assets: slice.map(nameOf),
      details: { generation: on.generation }
    })
    for (const { diagnostics, divergence, root } of slice) {
      for (const diagnostic of diagnostics) appeared.push(diagnostic)
      if (divergence !== undefined) diverged.push(root)
    }
    yield
  }
  for (const slice of slices(appeared)) {
    drafts.push(diagnosticsDraft(operationId, on, on, { appeared: slice, gone: [] }))
    yield
  }
  return [...divergences(operationId, undefined, on, diverged), ...drafts]
}

const divergences = (
  operationId: OperationId,
  before: Snapshot | undefined,
  after: Snapshot,
  roots: ReadonlyArray<AssetRoot>
): ReadonlyArray<EventDraft> => {
  const isNew = (was: Divergence | undefined, is: Divergence | undefined): is is Divergence =>
    was === undefined && is !== undefined
  const files: Array<{ readonly root?: AssetRoot; readonly divergence: Divergence }> = []
  const registry = after.registryFacts.divergence
  if (isNew(before?.registryFacts.divergence, registry)) files.push({ divergence: registry })
  for (const root of roots) {
    const divergence = after.assets.get(root)?.divergence
    if (isNew(before?.assets.get(root)?.divergence, divergence)) files.push({ root, divergence })
  }
  return slices(files).map((slice): EventDraft => ({
    kind: "divergence_detected",
    ...about(after, operationId),
    summary: `${count(slice.length, "file")} changed behind the packer's back`,
    affected_assets: slice.flatMap(({ root }) => root === undefined ? [] : [named(root, after, before ?? after)]),
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

const discoveries = (
  operationId: OperationId,
  before: Snapshot,
  after: Snapshot,
  added: ReadonlyArray<AssetRoot>
): ReadonlyArray<EventDraft> =>
  slices(added).map((slice): EventDraft => ({
    kind: "asset_discovered",
    ...about(after, operationId),
    summary: `${assetsIn(slice)} found`,
    affected_assets: slice.map((root) => named(root, after, before)),
    details: { generation: after.generation }
  }))

const changes = (operationId: OperationId, before: Snapshot, after: Snapshot): ReadonlyArray<EventDraft> => {
  const { added = [], removed = [], updated = [] } = after.change ?? {}
  const all = [
    ...added.map((root) => ({ root, how: "added" as const })),
    ...updated.map((root) => ({ root, how: "updated" as const })),
    ...removed.map((root) => ({ root, how: "removed" as const }))
  ]
  return slices(all).map((slice): EventDraft => {
    const of = (how: "added" | "updated" | "removed") =>
      slice.filter((change) => change.how === how).map((change) => change.root)
    return {
      kind: "asset_changed",
      ...about(after, operationId),
      summary: `${assetsIn(slice.map(({ root }) => root))} changed`,
      affected_assets: slice.map(({ root }) => named(root, after, before)),
      details: { generation: after.generation, added: of("added"), updated: of("updated"), removed: of("removed") }
    }
  })
}

const diagnostics = (
  operationId: OperationId,
  before: Snapshot,
  after: Snapshot,
  roots: ReadonlyArray<AssetRoot>
): ReadonlyArray<EventDraft> => {
  const of = (snapshot: Snapshot): ReadonlyArray<Diagnostic> => [
    ...(before.diagnostics === after.diagnostics ? [] : snapshot.diagnostics),
    ...roots.flatMap((root) => snapshot.assets.get(root)?.diagnostics ?? [])
  ]
  const was = new Map(of(before).map((diagnostic) => [JSON.stringify(diagnostic), diagnostic]))
  const is = new Map(of(after).map((diagnostic) => [JSON.stringify(diagnostic), diagnostic]))
  const all = [
    ...Array.from(is).flatMap(([key, diagnostic]) => was.has(key) ? [] : [{ diagnostic, how: "appeared" as const }]),
    ...Array.from(was).flatMap(([key, diagnostic]) => is.has(key) ? [] : [{ diagnostic, how: "gone" as const }])
  ]
  return slices(all).map((slice): EventDraft => {
    const of = (how: "appeared" | "gone") => slice.filter((entry) => entry.how === how).map((entry) => entry.diagnostic)
    return diagnosticsDraft(operationId, before, after, { appeared: of("appeared"), gone: of("gone") })
  })
}

const diagnosticsDraft = (
  operationId: OperationId,
  before: Snapshot,
  after: Snapshot,
  { appeared, gone }: Readonly<Record<"appeared" | "gone", ReadonlyArray<Diagnostic>>>
): EventDraft => {
  const roots = new Set([...appeared, ...gone].flatMap(({ root }) => root === undefined ? [] : [root]))
  return {
    kind: "diagnostics_updated",
    ...about(after, operationId),
    summary: `${count(appeared.length, "diagnostic")} appeared, ${gone.length} gone`,
    affected_assets: Array.from(roots, (root) => named(root, after, before)),
    details: { generation: after.generation, appeared, gone }
  }
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

/** When an operation began, and how long it took. */
export interface Timing {
  readonly startedAt: number
  readonly endedAt: number
}

const timed = (action: string, { endedAt, startedAt }: Timing) => ({
  action,
  started_at: startedAt,
  duration_ms: Math.max(0, endedAt - startedAt)
})

/** What only some operations have to tell at their end. */
export interface Ending {
  /** Why the project is read-only. */
  readonly readOnly?: string | undefined
  readonly recovery?: RecoveryReport | undefined
  /** What it ended with, in place of how many assets it changed. */
  readonly result?: string | undefined
}

/** An operation succeeded. */
export const appliedDraft = (
  action: string,
  outcome: Outcome,
  before: Snapshot,
  after: Snapshot,
  timing: Timing,
  { readOnly, recovery, result }: Ending = {}
): EventDraft => {
  const { added, removed, updated } = outcome.changes
  const roots = [...added, ...updated, ...removed]
  const listed = roots.slice(0, maxListed)
  const changed = roots.length === 0 ? "nothing changed" : `${assetsIn(roots)} changed`
  const what = `${action}: ${result ?? changed}`
  return {
    kind: "action_applied",
    ...about(after, outcome.operationId),
    summary: readOnly === undefined ? what : `${what}; read-only, because ${readOnly}`,
    affected_assets: listed.map((root) => named(root, after, before)),
    details: {
      ...timed(action, timing),
      outcome: {
        ...outcome,
        changes: {
          added: added.slice(0, maxListed),
          updated: updated.slice(0, Math.max(0, maxListed - added.length)),
          removed: removed.slice(0, Math.max(0, maxListed - added.length - updated.length))
        }
      },
      totals: { added: added.length, updated: updated.length, removed: removed.length },
      ...(readOnly === undefined ? {} : { read_only: readOnly }),
      ...(recovery === undefined ? {} : { recovery })
    }
  }
}

/** An operation failed; `assets` are the ones it was about. */
export const failedDraft = (
  action: string,
  operationId: OperationId,
  error: PackerError | OpeningError,
  on: Teller,
  timing: Timing,
  assets: ReadonlyArray<AssetName> = []
): EventDraft => ({
  kind: "action_failed",
  ...about(on, operationId),
  summary: `${action} failed: ${error.message}`,
  affected_assets: assets.slice(0, maxListed),
  details: { ...timed(action, timing), error }
})
