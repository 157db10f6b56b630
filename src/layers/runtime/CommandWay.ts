/**
 * The way of a command: planned on the newest state, looked at on disk, made durable and put in place, shown, told,
 * completed. What it would do is decided in `src/domain`, and how it becomes durable in `JournaledCommitter.ts`.
 *
 * Whoever has the turn takes along what was accepted meanwhile, as a group that shares one flush. Each is planned on the
 * state that the one before it leaves, and each has its own outcome, its own generation and its own events, in the order of
 * acceptance: nobody can tell a group from commands one after the other, but by the clock. It runs in the lane: nothing
 * else changes the snapshot meanwhile. Interleavings that need a thought:
 *
 * - *Cancelled while it was looked for.* Whether it is still wanted is asked in one step with entering the commit: if not,
 *   it has been told as cancelled already, and touches nothing.
 * - *A command needs what another one of the group has yet to put on disk*: it touches a path of it, or moves a folder. Then
 *   the group ends before it, and it is the first of the next one.
 * - *One of the group is refused.* It ends alone. Why it was refused may be a command before it, which is not durable yet:
 *   so it is told in its turn, and planned again if that one fails.
 * - *The flush fails.* Then all fail that were to become durable by it, and nobody has seen any of it.
 * - *Somebody edits between the look and staging.* Staging looks again and refuses; then it is looked and planned anew,
 *   which tells the edit as a divergence. Who edits again and again is told so.
 * - *The snapshot cannot be patched.* The change is durable, so the command succeeds: everything is read again. What later
 *   ones of the group made durable is shown with it, and is no edit of somebody else's.
 */
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Metric from "effect/Metric"
import * as Result from "effect/Result"

import { type CommitResult, settle, type Settled } from "../../domain/Commit.ts"
import { type Outcome, outcomeOf } from "../../domain/Outcome.ts"
import { advance } from "../../domain/Patch.ts"
import type { AssetRoot } from "../../domain/Path.ts"
import { notShown, reloaded } from "../../domain/Refresh.ts"
import { makeBreather } from "../Breather.ts"
import { commitDuration, groupSize } from "../Instruments.ts"
import { inSpan } from "../Spans.ts"
import { failWith, gather, placesOf } from "./CommandGroup.ts"
import type { Accepted, CommandRow, CommandWay } from "./CommandRow.ts"
import { type Member, patched, type StagedStep } from "./CommandStep.ts"
import type { LaneTools } from "./LaneTools.ts"
import type { Operation } from "./Operations.ts"
import { endSpan, inSpanOf, survived } from "./RunOperation.ts"

/** Carries out the next commands of the row as one group, each to its terminal event. */
export const carryOut = (way: CommandWay, row: CommandRow): Effect.Effect<void> => {
  const taken: Array<Operation> = []
  return way.tellWhoRuns(taken, survived(way.lane, taken, carryOutGroup(way, row, taken)))
}

const carryOutGroup = Effect.fnUntraced(function*(way: CommandWay, row: CommandRow, taken: Array<Operation>) {
  // Accepted: planned on the newest state, looked at on disk, staged.
  const group = yield* gather(way, row, taken)
  const changed = group.flatMap(({ step }) => step._tag === "Staged" ? placesOf(step.plan) : [])
  // Durable with one flush, and put in place; then each in its turn: visible, told, completed.
  const finish = Effect.flatMap(makeDurable(way, group), (results) => finishAll(way, group, results))
  row.putBack(yield* way.lane.changing(changed, finish))
})

/** Makes what is staged durable with one flush, and puts it in place; says how that ended for each. */
const makeDurable = Effect.fnUntraced(function*({ lane }: CommandWay, group: ReadonlyArray<Member>) {
  const members = group.filter((member): member is Member<StagedStep> => member.step._tag === "Staged")
  if (members.length === 0) return []
  return yield* commitLinked(lane, members).pipe(
    inSpan("packer.commit", {
      root: true,
      links: members.map(({ span }) => ({ span, attributes: {} })),
      attributes: { project: lane.opening.projectId, commands: members.length }
    }),
    Effect.trackDuration(commitDuration)
  )
})

/** Commits in a span that is linked with those of the commands. */
const commitLinked = Effect.fnUntraced(function*(lane: LaneTools, members: ReadonlyArray<Member<StagedStep>>) {
  const span = yield* Effect.orDie(Effect.currentSpan)
  for (const member of members) member.span.addLinks([{ span, attributes: {} }])
  yield* Metric.update(groupSize, members.length)
  return yield* lane.committer.commit(members.map(({ step }) => step.ready), lane.current().registry)
})

/** What a group has on disk, and whether all of it was shown at once because a patch failed. */
interface Shown {
  readonly own: ReadonlySet<AssetRoot>
  isReloaded: boolean
}

/** The roots that the durable ones of a group changed. */
const ownRoots = (group: ReadonlyArray<Member>, results: ReadonlyArray<CommitResult>): ReadonlyArray<AssetRoot> =>
  group.flatMap(({ step }) => step._tag === "Staged" ? [step] : []).flatMap(({ plan }, index) =>
    results[index]?._tag === "Durable" ? [...plan.facts.keys()] : []
  )

/** Ends each of a group in its turn; gives those that were refused because of one that did not become durable. */
const finishAll = Effect.fnUntraced(function*(
  way: CommandWay,
  group: ReadonlyArray<Member>,
  results: ReadonlyArray<CommitResult>
) {
  const again: Array<Accepted> = []
  const shown: Shown = { own: new Set(ownRoots(group, results)), isReloaded: false }
  const breather = yield* makeBreather
  let hasFailed = false
  let next = 0
  for (const member of group) {
    const { accepted, step } = member
    const result = step._tag === "Staged" ? results[next++] : undefined
    if (result === undefined && hasFailed) again.push(accepted)
    else {
      const end = result === undefined ? finishUnchanged(way, member) : finishStaged(way, member, result, shown)
      yield* inSpanOf(way.lane, member, end)
    }
    if (result !== undefined && result._tag !== "Durable") hasFailed = true
    endSpan(way.lane, member)
    yield* breather.pause
  }
  return again
})

/** Shows what was noticed by the way: it is true whatever became of the command. */
const showNoticed = ({ lane }: CommandWay, { accepted: { operation: { id } }, noticed }: Member): void => {
  for (const revision of noticed) lane.show(id, advance(lane.current(), revision, id))
}

/** Ends a command that is refused, or changes nothing. */
const finishUnchanged = (way: CommandWay, member: Member): Effect.Effect<void> =>
  Effect.sync(() => {
    const { accepted, step } = member
    const { current, operations } = way.lane
    showNoticed(way, member)
    if (step._tag === "Refused") return failWith(way.lane, accepted, step.error)
    if (step._tag === "Unchanged") {
      const outcome = outcomeOf(accepted.operation.id, current(), current(), step.warnings)
      operations.end(accepted.operation, Result.succeed(outcome))
    }
  })

/** Ends a command that was to become durable. */
const finishStaged = Effect.fnUntraced(function*(
  way: CommandWay,
  member: Member,
  result: CommitResult,
  shown: Shown
) {
  const { accepted, step } = member
  if (step._tag !== "Staged") return
  showNoticed(way, member)
  const settled = settle(accepted.operation.id, step.plan, result)
  if (Result.isSuccess(settled)) return yield* finish(way, accepted.operation, settled.success, step, shown)
  yield* way.lane.checkStandstill(accepted.operation.id)
  failWith(way.lane, accepted, settled.failure)
})

/** Shows what is durable, tells it, and completes the operation. */
const finish = Effect.fnUntraced(function*(
  way: CommandWay,
  operation: Operation,
  { committed, warnings }: Settled,
  { changes, foreseen }: StagedStep,
  shown: Shown
) {
  const { lane } = way
  const before = lane.current()
  const isInPlace = committed.notPublished.size + committed.diverged.size === 0
  const isForeseen = isInPlace && foreseen?.before === before
  const next = isForeseen ? Exit.succeed(foreseen.after) : yield* patched(lane, before, committed)
  let outcome: Outcome
  if (Exit.isSuccess(next)) {
    lane.show(operation.id, next.value)
    const { generation } = lane.current()
    outcome = shown.isReloaded
      ? { operationId: operation.id, generation, changes, warnings }
      : outcomeOf(operation.id, before, lane.current(), warnings)
  } else {
    const message = "A durable change could not be brought into the snapshot; everything is read again"
    yield* Effect.logError(message, next.cause)
    const isShown = yield* way.reload(operation, shown.own)
    shown.isReloaded = true
    outcome = {
      operationId: operation.id,
      generation: lane.current().generation,
      changes,
      warnings: [...warnings, isShown ? reloaded : notShown]
    }
  }
  if (!isInPlace) {
    yield* lane.lookForLate
    way.somethingIsLate()
  }
  yield* lane.checkStandstill(operation.id)
  lane.operations.end(operation, Result.succeed(outcome), { before })
})
