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
import * as Fiber from "effect/Fiber"
import * as Metric from "effect/Metric"
import * as Result from "effect/Result"

import { nameOf } from "../../domain/Asset.ts"
import type { Command } from "../../domain/Command.ts"
import { looksOf } from "../../domain/commands/AllCommands.ts"
import { commitFailed, type CommitResult, settle, type Settled } from "../../domain/Commit.ts"
import type { PackerError } from "../../domain/Errors.ts"
import { progressDraft } from "../../domain/EventDrafts.ts"
import type { AssetName } from "../../domain/Identity.ts"
import { outcomeOf } from "../../domain/Outcome.ts"
import { advance, patch } from "../../domain/Patch.ts"
import { changesNothing, type Plan } from "../../domain/Plan.ts"
import type { Preview } from "../../domain/Preview.ts"
import { printReceipt } from "../../domain/Receipt.ts"
import { reloaded } from "../../domain/Refresh.ts"
import { refusalOf, staleness } from "../../domain/Refusal.ts"
import type { Snapshot } from "../../domain/Snapshot.ts"
import { SnapshotPatch } from "../../services/SnapshotPatch.ts"
import { commitDuration, groupSize } from "./Instruments.ts"
import type { Lane } from "./Lane.ts"
import type { LatePublications } from "./LatePublications.ts"
import type { Operation } from "./Operations.ts"
import type { Reload } from "./RefreshWay.ts"

/** How often a command is planned anew because somebody edits what it was planned on. */
const looks = 3

/** How long a command runs before it is told that it still does. */
const quietly = "100 millis"

/** What a command is carried out with. */
export interface CommandWay {
  readonly lane: Lane
  readonly late: LatePublications
  readonly reload: Reload
}

/** A command that was accepted, and the preview that its caller approved. */
export interface Accepted {
  readonly operation: Operation
  readonly command: Command
  readonly approved: Pick<Preview, "digest" | "newUuids"> | undefined
}

/** Carries out a command, to its terminal event. */
export const carryOut = Effect.fnUntraced(function*(way: CommandWay, { approved, command, operation }: Accepted) {
  const { current, operations, planning, show } = way.lane
  const { id } = operation
  const newUuids = approved?.newUuids ?? (yield* planning.newUuids(command))

  for (let look = 1;; look++) {
    // Planned on the newest state, with what is on disk now.
    const looked = yield* Effect.result(Effect.withSpan(planning.plan(current(), command, newUuids), "packer.plan"))
    if (!operations.isOpen(operation)) return
    const fail = (error: PackerError) =>
      operations.end(operation, Result.fail(error), { assets: concerned(current(), command) })
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
    if (!operations.begin(operation)) return

    // Durable, and in place: from here on it cannot be cancelled.
    const result = yield* makeDurable(way, operation, plan, before)
    if (result._tag === "Outdated" && look < looks) continue
    const settled = settle(id, plan, result)
    if (Result.isFailure(settled)) {
      yield* way.lane.checkStandstill(id)
      return fail(settled.failure)
    }

    // Visible, and told.
    const warnings = yield* makeVisible(way, operation, before, settled.success)
    if (result._tag === "Durable") way.late.note(result.notPublished.keys())
    const after = current()
    yield* Effect.annotateCurrentSpan({ generation: after.generation })
    const outcome = outcomeOf(id, before, after, warnings)
    yield* way.lane.checkStandstill(id)
    return operations.end(operation, Result.succeed(outcome), { before })
  }
})

/** The assets that a command is about, as far as they are known. */
const concerned = (snapshot: Snapshot, command: Command): ReadonlyArray<AssetName> =>
  Array.from(new Set(looksOf(snapshot, command).map(({ root }) => root)), (root) => {
    const asset = snapshot.assets.get(root)
    return asset === undefined ? { root } : nameOf(asset)
  })

/** Makes a plan durable and puts it in place; says how that ended. */
const makeDurable = Effect.fnUntraced(
  function*(
    { lane: { committer } }: CommandWay,
    { action, id, request }: Operation,
    plan: Plan,
    before: Snapshot
  ): Effect.fn.Return<CommitResult> {
    const none = { fingerprints: new Map(), notPublished: new Map(), diverged: new Map() }
    const expected = yield* Effect.sync(() => patch(before, { operationId: id, plan, ...none }))
    const { changes } = outcomeOf(id, before, expected, [])
    const receipt = printReceipt({ action, request, changes, warnings: plan.warnings })
    const change = { operationId: id, files: plan.files, registry: plan.registry, receipt }
    const staged = yield* Effect.result(committer.stage(change))
    if (Result.isFailure(staged)) return staged.failure
    const [result] = yield* committer.commit([staged.success], before.registry)
    yield* Metric.update(groupSize, 1)
    return result ?? (yield* Effect.die(new Error("There is a result for each change.")))
  },
  Effect.withSpan("packer.commit"),
  Effect.trackDuration(commitDuration)
)

/** Shows what is durable; gives the warnings that the caller gets. */
const makeVisible = Effect.fnUntraced(function*(
  { lane, reload }: CommandWay,
  operation: Operation,
  before: Snapshot,
  { committed, warnings }: Settled
) {
  const patching = yield* SnapshotPatch
  const patched = yield* Effect.exit(Effect.sync(() => patching(before, committed)))
  if (Exit.isSuccess(patched)) {
    lane.show(operation.id, patched.value)
    return warnings
  }
  yield* Effect.logError(
    "A durable change could not be brought into the snapshot; everything is read again",
    patched.cause
  )
  yield* reload(operation, new Set(committed.plan.facts.keys()))
  return [...warnings, reloaded]
}, Effect.withSpan("packer.patch"))

/** Tells how far a command is: of a batch always, of any other if it still runs after a while. */
export const withProgress = <A>(lane: Lane, { command, operation }: Accepted, work: Effect.Effect<A>) => {
  const { openingId, projectId } = lane.opening
  const tell = (done: number, total: number): void => {
    if (!lane.operations.isOpen(operation)) return
    lane.pump.tell([progressDraft(operation.id, { openingId, projectId }, { done, total, unit: "commands" })])
  }
  if (command._tag === "batch") {
    return Effect.andThen(Effect.sync(() => tell(0, command.commands.length)), work)
  }
  return Effect.gen(function*() {
    const later = yield* Effect.forkChild(Effect.andThen(Effect.sleep(quietly), Effect.sync(() => tell(0, 1))))
    return yield* Effect.ensuring(work, Fiber.interrupt(later))
  })
}
