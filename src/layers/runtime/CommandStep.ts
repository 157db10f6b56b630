/** One command of a group, until it is staged: planned on the state that the one before it leaves, and looked at on disk. */
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Result from "effect/Result"
import type { Span } from "effect/Tracer"

import { looksOf } from "../../domain/commands/AllCommands.ts"
import { commitFailed, unstagedError } from "../../domain/Commit.ts"
import { type PackerError, PublishPending } from "../../domain/Errors.ts"
import type { FileStep } from "../../domain/FileStep.ts"
import { type Changes, outcomeOf, plannedChanges } from "../../domain/Outcome.ts"
import { advance, type Committed } from "../../domain/Patch.ts"
import { type AssetRoot, meet } from "../../domain/Path.ts"
import { changesNothing, type Plan } from "../../domain/Plan.ts"
import { printReceipt } from "../../domain/Receipt.ts"
import { refusalOf, staleness } from "../../domain/Refusal.ts"
import type { Revision } from "../../domain/Revise.ts"
import type { Observed } from "../../domain/Seen.ts"
import type { Snapshot } from "../../domain/Snapshot.ts"
import type { Warning } from "../../domain/Warning.ts"
import type { Receipted, Staged } from "../../services/DurableCommitter.ts"
import { SnapshotPatch } from "../../services/SnapshotPatch.ts"
import { makeBreather } from "../Breather.ts"
import { inSpan, spanOf } from "../Spans.ts"
import type { Accepted } from "./CommandRow.ts"
import type { LaneTools } from "./LaneTools.ts"
import type { Operation } from "./Operations.ts"
import type { Around } from "./Planning.ts"
import { tellParts } from "./Progress.ts"

/** How often a command is planned anew because somebody edits what it was planned on. */
const looks = 3

/** A command that is to become durable. */
export interface StagedStep {
  readonly _tag: "Staged"
  readonly plan: Plan
  readonly ready: Receipted
  /** What it will have changed. */
  readonly changes: Changes
  /** What becomes visible if it comes as planned: the state after it, out of the one that is visible before. */
  readonly foreseen: { readonly before: Snapshot; readonly after: Snapshot } | undefined
}

/** What a command comes to before anything becomes durable. */
type Step =
  | StagedStep
  | { readonly _tag: "Refused"; readonly error: PackerError }
  | { readonly _tag: "Unchanged"; readonly warnings: ReadonlyArray<Warning> }

/** One command of a group. */
export interface Member<S extends Step = Step> {
  readonly accepted: Accepted
  readonly span: Span
  /** What was noticed by the way, look by look. */
  readonly noticed: ReadonlyArray<Revision>
  readonly step: S
  /** The state that it leaves, as far as it is known before it is durable. */
  readonly after: Snapshot
}

/** The command has to wait for the next group. */
export type Later = "later"

/** The roots that a plan changes. */
export const rootsOf = ({ facts, registry }: Plan): ReadonlyArray<AssetRoot> => [
  ...facts.keys(),
  ...registry.flatMap(({ after, before }) => [after, before].flatMap((entry) => entry?.root ?? []))
]

/** True if a plan moves folders: then it is committed alone. */
export const movesFolders = ({ files }: Pick<Plan, "files">): boolean =>
  files.some(({ _tag }: FileStep) => _tag === "move-directory" || _tag === "trash-directory")

/** A snapshot after a plan that is durable, or is to be. A patch never fails; if it does, that is met when it is shown. */
export const patched = Effect.fnUntraced(function*({ nowNanos }: LaneTools, snapshot: Snapshot, committed: Committed) {
  const patching = yield* SnapshotPatch
  const breather = yield* makeBreather
  const span = yield* spanOf("packer.patch")
  const next = yield* Effect.exit(Effect.suspend(() => breather.run(patching(snapshot, committed))))
  span.end(nowNanos(), next)
  return next
})

const inPlace = { notPublished: new Map(), diverged: new Map() }

/** Works out what becomes visible of a staged plan, and what its caller is to be told. */
const foresee = Effect.fnUntraced(function*(
  lane: LaneTools,
  { action, id, request }: Operation,
  { on, plan, staged, state }: {
    readonly on: Snapshot
    readonly plan: Plan
    readonly staged: Staged
    readonly state: Snapshot
  }
) {
  const { fingerprints } = staged
  const next = yield* patched(lane, on, { operationId: id, plan, ...inPlace, fingerprints })
  const after = Exit.isSuccess(next) ? next.value : undefined
  const changes = after === undefined ? plannedChanges(on, plan) : outcomeOf(id, on, after, []).changes
  const receipt = printReceipt({ action, request, changes, warnings: plan.warnings })
  const foreseen = after === undefined ? undefined : { before: state, after }
  const step: StagedStep = { _tag: "Staged", plan, ready: { staged, receipt }, changes, foreseen }
  return { step, after: after ?? on }
})

/**
 * Plans a command on a state, and stages it. `undefined` if it was cancelled meanwhile. One that has to be alone in its
 * group, and is not, has to wait.
 */
export const prepare = Effect.fnUntraced(function*(
  lane: LaneTools,
  { approved, command, operation }: Accepted,
  state: Snapshot,
  newUuids: Observed["newUuids"],
  around: Around,
  isFirst: boolean
): Effect.fn.Return<Omit<Member, "accepted" | "span"> | Later | undefined> {
  const { committer, hash, operations, planning } = lane
  const { id } = operation
  const noticed: Array<Revision> = []
  const onPart = command._tag === "batch" ? tellParts(lane, operation, command.commands.length) : undefined
  let on = state
  for (let look = 1;; look++) {
    // A folder that is durably elsewhere, and still there, is none that a command can be about.
    const { roots, sources } = lane.late()
    if (sources.some((source) => looksOf(on, command).some(({ root }) => meet(root, source)))) {
      if (!operations.begin(operation)) return undefined
      return { noticed, step: { _tag: "Refused", error: new PublishPending({ roots }) }, after: on }
    }
    const looked = yield* Effect.result(inSpan("packer.plan")(planning.plan(on, command, newUuids, around, onPart)))
    const isLater = !isFirst && Result.isSuccess(looked) && movesFolders(looked.success.plan)
    if (isLater && operations.isOpen(operation)) return "later"
    // From here on it cannot be cancelled.
    if (!operations.begin(operation)) return undefined
    if (Result.isFailure(looked)) {
      return { noticed, step: { _tag: "Refused", error: commitFailed(looked.failure) }, after: on }
    }
    const { plan } = looked.success
    on = looked.success.on
    if (plan.noticed !== undefined) {
      on = advance(on, plan.noticed, id)
      noticed.push(plan.noticed)
    }
    const error = (approved === undefined ? undefined : staleness(plan, approved, hash)) ?? refusalOf(plan)
    if (error !== undefined) return { noticed, step: { _tag: "Refused", error }, after: on }
    if (changesNothing(plan)) return { noticed, step: { _tag: "Unchanged", warnings: plan.warnings }, after: on }

    const { files, registry } = plan
    const change = { operationId: id, files, registry, lookedAt: operation.startedAt }
    const staged = yield* Effect.result(committer.stage(change))
    if (Result.isSuccess(staged)) {
      const made = staged.success
      // Nobody else knows yet that it has to be taken back.
      const seen = yield* Effect.onError(
        foresee(lane, operation, { on, plan, staged: made, state }),
        () => committer.discard(made)
      )
      return { noticed, ...seen }
    }
    if (staged.failure._tag !== "Outdated" || look === looks) {
      return { noticed, step: { _tag: "Refused", error: unstagedError(staged.failure) }, after: on }
    }
    // Somebody is at it: nothing that was looked at before counts any more.
    around.seen = undefined
  }
})
