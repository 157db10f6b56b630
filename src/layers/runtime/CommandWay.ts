/**
 * The way of a command: planned on the newest state, looked at on disk, made durable and put in place, shown, told,
 * completed. What it would do is decided in `src/domain`, and how it becomes durable in `JournaledCommitter.ts`.
 *
 * It runs in the lane: nothing else changes the snapshot meanwhile. Interleavings that need a thought:
 *
 * - *Cancelled while it was looked for.* Whether it is still wanted is asked right before anything is shown, and in one
 *   step with entering the commit: it has been told as cancelled already, and touches nothing.
 * - *Somebody edits between the look and staging.* Staging looks again and refuses; then it is looked and planned anew,
 *   which tells the edit as a divergence. Who edits again and again is told so.
 * - *The snapshot cannot be patched.* The change is durable, so the command succeeds: everything is read again, once.
 */
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Metric from "effect/Metric"
import * as Result from "effect/Result"

import { nameOf } from "../../domain/Asset.ts"
import type { Command } from "../../domain/Command.ts"
import { looksOf } from "../../domain/commands/AllCommands.ts"
import { commitFailed, type CommitResult, settle, type Settled } from "../../domain/Commit.ts"
import type { PackerError } from "../../domain/Errors.ts"
import type { AssetName } from "../../domain/Identity.ts"
import { outcomeOf } from "../../domain/Outcome.ts"
import { advance, patch } from "../../domain/Patch.ts"
import type { AssetRoot } from "../../domain/Path.ts"
import { changesNothing, type Plan } from "../../domain/Plan.ts"
import type { Preview } from "../../domain/Preview.ts"
import { printReceipt } from "../../domain/Receipt.ts"
import { reloaded } from "../../domain/Refresh.ts"
import { refusalOf, staleness } from "../../domain/Refusal.ts"
import type { Snapshot } from "../../domain/Snapshot.ts"
import { SnapshotPatch } from "../../services/SnapshotPatch.ts"
import { commitDuration, groupSize } from "../Instruments.ts"
import type { LaneTools } from "./LaneTools.ts"
import type { Operation } from "./Operations.ts"
import { tellBegun, tellIfSlow } from "./Progress.ts"

/** How often a command is planned anew because somebody edits what it was planned on. */
const looks = 3

/** What a command is carried out with. */
export interface CommandWay {
  readonly lane: LaneTools
  /** Told when files were left that could not be put in place. */
  readonly somethingIsLate: () => void
  /** Reads everything again after a durable change of these roots that could not be brought into the snapshot. */
  readonly reload: (operation: Operation, own: ReadonlySet<AssetRoot>) => Effect.Effect<void>
}

/** A command that was accepted, and what its caller approved. */
export interface Accepted {
  readonly operation: Operation
  readonly command: Command
  readonly approved: Pick<Preview, "digest" | "newUuids"> | undefined
}

/** Carries out a command, to its terminal event. */
export const carryOut = (way: CommandWay, accepted: Accepted): Effect.Effect<void> => {
  const { command, operation } = accepted
  const work = walk(way, accepted)
  return command._tag === "batch"
    ? Effect.suspend(() => {
      tellBegun(way.lane, operation, command.commands.length, "commands")
      return work
    })
    : tellIfSlow(way.lane, operation, "commands", work)
}

const walk = Effect.fnUntraced(function*(way: CommandWay, { approved, command, operation }: Accepted) {
  const { current, operations, planning, show } = way.lane
  const { id } = operation
  const newUuids = approved?.newUuids ?? (yield* planning.newUuids(command))
  const fail = (error: PackerError) =>
    operations.end(operation, Result.fail(error), { assets: concerned(current(), command) })

  for (let look = 1;; look++) {
    // Planned on the newest state, with what is on disk now.
    const looked = yield* Effect.result(Effect.withSpan(planning.plan(current(), command, newUuids), "packer.plan"))
    if (!operations.isOpen(operation)) return
    if (Result.isFailure(looked)) return fail(commitFailed(looked.failure))
    const { on, plan } = looked.success

    // What was noticed by the way is shown and told, whatever becomes of the command.
    show(id, on)
    if (plan.noticed !== undefined) show(id, advance(on, plan.noticed, id))
    const before = current()
    const refusal = (approved === undefined ? undefined : staleness(plan, approved, way.lane.hash)) ?? refusalOf(plan)
    if (refusal !== undefined) return fail(refusal)
    if (changesNothing(plan)) {
      return operations.end(operation, Result.succeed(outcomeOf(id, before, before, plan.warnings)))
    }

    // Durable, and in place: from here on it cannot be cancelled.
    if (!operations.begin(operation)) return
    const made = yield* way.lane.changing(rootsOf(plan), apply(way, operation, plan, before))
    if (Result.isSuccess(made)) return
    if (made.failure._tag === "Diverged" && look < looks) continue
    yield* way.lane.checkStandstill(id)
    return fail(made.failure)
  }
})

/** Makes a plan durable; and then visible, told, and completed. */
const apply = Effect.fnUntraced(function*(way: CommandWay, operation: Operation, plan: Plan, before: Snapshot) {
  const settled = settle(operation.id, plan, yield* makeDurable(way, operation, plan, before))
  if (Result.isSuccess(settled)) yield* finish(way, operation, before, settled.success)
  return settled
})

/** The roots that a plan changes. */
const rootsOf = ({ facts, registry }: Plan): ReadonlyArray<AssetRoot> => [
  ...facts.keys(),
  ...registry.flatMap(({ after, before }) => [after, before].flatMap((entry) => entry?.root ?? []))
]

/** The assets that a command is about, as far as they are known. */
const concerned = (snapshot: Snapshot, command: Command): ReadonlyArray<AssetName> =>
  Array.from(new Set(looksOf(snapshot, command).map(({ root }) => root)), (root) => {
    const asset = snapshot.assets.get(root)
    return asset === undefined ? { root } : nameOf(asset)
  })

/** What the caller is to be told, as far as that is known before; kept with the change. */
const receiptOf = ({ action, id, request }: Operation, plan: Plan, before: Snapshot): Effect.Effect<string> => {
  const none = { fingerprints: new Map(), notPublished: new Map(), diverged: new Map() }
  return Effect.sync(() => outcomeOf(id, before, patch(before, { operationId: id, plan, ...none }), []).changes).pipe(
    // A patch never fails; if it does, that is met when the change is durable and has to be shown.
    Effect.catchDefect(() => Effect.succeed({ added: [], updated: [], removed: [] })),
    Effect.map((changes) => printReceipt({ action, request, changes, warnings: plan.warnings }))
  )
}

/** Makes a plan durable and puts it in place; says how that ended. */
const makeDurable = Effect.fnUntraced(
  function*(
    { lane: { committer } }: CommandWay,
    operation: Operation,
    plan: Plan,
    before: Snapshot
  ): Effect.fn.Return<CommitResult> {
    const receipt = yield* receiptOf(operation, plan, before)
    const change = { operationId: operation.id, files: plan.files, registry: plan.registry, receipt }
    const staged = yield* Effect.result(committer.stage(change))
    if (Result.isFailure(staged)) return staged.failure
    const [result] = yield* committer.commit([staged.success], before.registry)
    yield* Metric.update(groupSize, 1)
    return result ?? (yield* Effect.die(new Error("There is a result for each change.")))
  },
  Effect.withSpan("packer.commit"),
  Effect.trackDuration(commitDuration)
)

/** Shows what is durable, tells it, and completes the operation. */
const finish = Effect.fnUntraced(function*(
  way: CommandWay,
  operation: Operation,
  before: Snapshot,
  { committed, warnings }: Settled
) {
  const { lane } = way
  const patching = yield* SnapshotPatch
  const patched = yield* Effect.withSpan(Effect.exit(Effect.sync(() => patching(before, committed))), "packer.patch")
  if (Exit.isSuccess(patched)) lane.show(operation.id, patched.value)
  else {
    const message = "A durable change could not be brought into the snapshot; everything is read again"
    yield* Effect.logError(message, patched.cause)
    yield* way.reload(operation, new Set(committed.plan.facts.keys()))
  }
  const all = Exit.isSuccess(patched) ? warnings : [...warnings, reloaded]
  const outcome = outcomeOf(operation.id, before, lane.current(), all)
  if (committed.notPublished.size + committed.diverged.size > 0) way.somethingIsLate()
  yield* lane.checkStandstill(operation.id)
  lane.operations.end(operation, Result.succeed(outcome), { before })
})
