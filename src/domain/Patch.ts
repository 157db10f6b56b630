/** What is visible after a commit: the next snapshot, out of the one before and the plan that became durable. */
import type { Facts } from "./Asset.ts"
import { diagnoseProject } from "./Diagnose.ts"
import type { Divergence } from "./Divergence.ts"
import { Generation, type OperationId } from "./Identity.ts"
import { type AssetRoot, compareText } from "./Path.ts"
import type { Plan } from "./Plan.ts"
import { reviseSteps, type Revision } from "./Revise.ts"
import type { FileState, Fingerprint } from "./Seen.ts"
import type { Change, Snapshot } from "./Snapshot.ts"
import { runSteps, sortSteps, type Steps } from "./Steps.ts"

/** A plan that is durable. */
export interface Committed {
  readonly operationId: OperationId
  readonly plan: Pick<Plan, "facts" | "registry">
  /** How the manifests that were written are recognized: one for each root whose manifest the plan writes. */
  readonly fingerprints: ReadonlyMap<AssetRoot, Fingerprint>
  /** The roots whose files could not be put in place yet, and why. */
  readonly notPublished: ReadonlyMap<AssetRoot, string>
  /** The roots where somebody else wrote while the plan was put in place. */
  readonly diverged: ReadonlyMap<AssetRoot, Divergence>
}

/** The snapshot after a commit. */
export const patch = (snapshot: Snapshot, committed: Committed): Snapshot => runSteps(patchSteps(snapshot, committed))

/** The same in steps, for plans of many assets. */
export function* patchSteps(
  snapshot: Snapshot,
  { diverged, fingerprints, notPublished, operationId, plan }: Committed
): Steps<Snapshot> {
  const facts = new Map(Array.from(plan.facts, ([root, after]) => {
    if (after?.onDisk === undefined) return [root, after] as const
    const fingerprint = fingerprints.get(root)
    const real: Facts = {
      divergence: diverged.get(root) ?? after.divergence,
      notPublished: notPublished.get(root),
      onDisk: fingerprint === undefined
        ? after.onDisk
        : { ...after.onDisk, manifestState: { _tag: "File", fingerprint } }
    }
    return [root, real] as const
  }))
  return yield* advanceSteps(snapshot, { facts, registry: plan.registry }, operationId)
}

/** The snapshot that expects another registry file from now on: the packer has just written it. Nothing shows of this. */
export const rememberRegistry = (snapshot: Snapshot, state: FileState): Snapshot => ({
  ...snapshot,
  registryFacts: { ...snapshot.registryFacts, present: true, state }
})

/** The snapshot of the next generation, or the same one if nothing in it would be different. */
export const advance = (snapshot: Snapshot, revision: Revision, operationId: OperationId): Snapshot =>
  runSteps(advanceSteps(snapshot, revision, operationId))

/** The same in steps, for revisions of many roots. */
export function* advanceSteps(snapshot: Snapshot, revision: Revision, operationId: OperationId): Steps<Snapshot> {
  const { state, touched } = yield* reviseSteps(snapshot, revision)
  const change = yield* changeBetween(snapshot, state, touched, operationId)
  const changed = change.added.length + change.updated.length + change.removed.length > 0
  if (!changed && state.registry === snapshot.registry && state.registryFacts === snapshot.registryFacts) {
    return snapshot
  }
  return { ...snapshot, ...state, generation: Generation.make(snapshot.generation + 1), change }
}

/** The snapshot of a project in which nothing can be committed, for this reason; the same one if that is known already. */
export const halt = (snapshot: Snapshot, reason: string, operationId: OperationId): Snapshot => {
  if (snapshot.readOnly === reason) return snapshot
  const halted = { ...snapshot, readOnly: reason }
  return {
    ...halted,
    diagnostics: diagnoseProject(halted),
    generation: Generation.make(snapshot.generation + 1),
    change: { operationId, added: [], updated: [], removed: [] }
  }
}

/** How many roots are compared between two pauses. */
const sliceSize = 512

/** What is different between two states, among these roots. */
export function* changeBetween(
  before: Snapshot,
  after: Pick<Snapshot, "assets">,
  touched: ReadonlySet<AssetRoot>,
  operationId: OperationId
): Steps<Change> {
  const added: Array<AssetRoot> = []
  const updated: Array<AssetRoot> = []
  const removed: Array<AssetRoot> = []
  let compared = 0
  for (const root of yield* sortSteps([...touched], compareText)) {
    if (++compared % sliceSize === 0) yield
    const was = before.assets.get(root)
    const is = after.assets.get(root)
    if (was === is) continue
    if (was === undefined) added.push(root)
    else if (is === undefined) removed.push(root)
    else updated.push(root)
  }
  return { operationId, added, updated, removed }
}
