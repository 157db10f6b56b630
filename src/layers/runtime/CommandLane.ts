/**
 * The write lane: what was accepted is carried out in the order of acceptance, one at a time, under one semaphore.
 *
 * What it promises, and why that is so:
 *
 * - **A caller cannot leave anything half done.** To accept is one step, and all else runs in a fiber of the project.
 * - **Nobody who was accepted is left without an end.** The lane ends when nothing is accepted any more and nothing waits.
 *   A defect in carrying out one operation ends that operation and not the lane.
 * - **The semaphore is the project.** Whoever changes the snapshot or must not see it change holds it: the lane, late
 *   publications, and a preview that could not get a look in between. The lane waits for the sink before it takes the
 *   semaphore and never while it holds it, so that reading is never in the way of a slow sink.
 */
import type * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Latch from "effect/Latch"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Result from "effect/Result"
import * as Semaphore from "effect/Semaphore"
import * as SubscriptionRef from "effect/SubscriptionRef"
import type { AnySpan } from "effect/Tracer"

import type { Command } from "../../domain/Command.ts"
import { decodeApproved, decodeCommand, decodeRef } from "../../domain/CommandInput.ts"
import { commitFailed } from "../../domain/Commit.ts"
import { CommitUncertain, ProjectReadOnly, PublishPending, RuntimeClosed } from "../../domain/Errors.ts"
import type { RefreshRequest } from "../../domain/OperationLedger.ts"
import { outcomeOf } from "../../domain/Outcome.ts"
import { previewOf } from "../../domain/PlanPreview.ts"
import type { Hash } from "../../domain/Seen.ts"
import type { DurableCommitter } from "../../services/DurableCommitter.ts"
import { HostInfo } from "../../services/HostInfo.ts"
import { PackerConfig } from "../../services/PackerConfig.ts"
import type { Workspace } from "../../services/Workspace.ts"
import { WriteLane } from "../../services/WriteLane.ts"
import { type Accepted, carryOut, type CommandWay, withProgress } from "./CommandWay.ts"
import type { EventPump } from "./EventPump.ts"
import { makeFifo } from "./Fifo.ts"
import { queueDepth } from "./Instruments.ts"
import { makeLane } from "./Lane.ts"
import { makeLatePublications } from "./LatePublications.ts"
import type { Operation } from "./Operations.ts"
import type { ProjectOpening } from "./ProjectOpening.ts"
import { makeReload, refreshEverything, refreshOne } from "./RefreshWay.ts"
import { outsideOfSink } from "./SinkCall.ts"
import type { VisibleSnapshot } from "./VisibleSnapshot.ts"

/** What waits for its turn: an operation, or something that has to come after those. */
interface Turn {
  readonly operation: Operation | undefined
  readonly run: Effect.Effect<void>
}

/** How often a preview looks before it takes a turn in the lane. */
const previewLooks = 2

const make = Effect.fnUntraced(function*(hash: Hash) {
  const { publishAgainAfter } = yield* PackerConfig
  const { unique } = yield* HostInfo
  const lane = yield* makeLane(hash)
  const { committer, current, opening, operations, planning, pump } = lane
  const semaphore = yield* Semaphore.make(1)
  const late = yield* makeLatePublications(lane, publishAgainAfter, (publish) => semaphore.withPermit(publish))
  const way: CommandWay = { lane, late, reload: makeReload(lane) }
  const context = yield* Effect.context()

  const turns = makeFifo<Turn>()
  let closing = false
  let busy = false
  const some = yield* Latch.make(false)
  const enqueue = (turn: Turn): void => {
    turns.put(turn)
    queueDepth.updateUnsafe(turns.length(), context)
    some.openUnsafe()
  }

  /** A defect is ours. If nobody knows how far it got, nothing is committed until the project is opened again. */
  const survive = (operation: Operation) => (cause: Cause.Cause<never>) =>
    Effect.gen(function*() {
      yield* Effect.logError(`Operation ${operation.id} (${operation.action}) died; please report this`, cause)
      const fault = { call: operation.action, path: opening.projectId, errno: "DEFECT" }
      if (!operations.isCommitting(operation)) return operations.end(operation, Result.fail(commitFailed(fault)))
      yield* lane.distrust(operation.id)
      operations.end(operation, Result.fail(new CommitUncertain(fault)))
    })

  /** The one way in which an operation of any kind runs; in traces it belongs to whoever asked for it. */
  const turnOf = (operation: Operation, work: Effect.Effect<void>, parent: Option.Option<AnySpan>): Turn => ({
    operation,
    run: Effect.suspend(() => {
      if (!operations.isOpen(operation)) return Effect.void
      operation.startedAt = lane.now()
      return Effect.catchCause(work, survive(operation)).pipe(
        Effect.withSpan("packer.execute", {
          ...Option.match(parent, { onNone: () => ({ root: true }), onSome: (parent) => ({ parent }) }),
          attributes: { project: opening.projectId, operation_id: operation.id, command: operation.action }
        }),
        Effect.annotateLogs({ project: opening.projectId, operation_id: operation.id, command: operation.action })
      )
    })
  })

  const run = (turn: Turn) =>
    semaphore.withPermit(
      Effect.suspend(() => {
        busy = true
        return turn.run
      }).pipe(Effect.ensuring(Effect.sync(() => {
        busy = false
      })))
    )

  const worker = yield* Effect.forkScoped(Effect.interruptible(Effect.gen(function*() {
    while (true) {
      const turn = turns.take()
      if (turn === undefined) {
        if (closing) return
        some.closeUnsafe()
        yield* some.await
        continue
      }
      queueDepth.updateUnsafe(turns.length(), context)
      yield* pump.room
      yield* run(turn)
    }
  })))

  // Registered after the worker was forked, so that it ends before anything else does: what was accepted is finished.
  yield* Effect.addFinalizer(() =>
    Effect.gen(function*() {
      yield* SubscriptionRef.set(opening.status, { _tag: "closing" })
      closing = true
      operations.close()
      yield* pump.letThrough
      some.openUnsafe()
      yield* Fiber.await(worker)
    })
  )

  /** Accepts, and puts in the row; all that may wait comes before. */
  const accept = Effect.fnUntraced(function*(
    asked: Command | RefreshRequest,
    operationId: string | undefined,
    work: (operation: Operation) => Effect.Effect<void>
  ) {
    const id = operationId ?? (yield* unique)
    const asking = yield* Effect.option(Effect.currentParentSpan)
    return yield* Effect.suspend(() =>
      Effect.fromResult(
        operations.accept(asked, id, (operation) => enqueue(turnOf(operation, work(operation), asking)))
      )
    )
  })

  const submit: WriteLane["Service"]["submit"] = Effect.fnUntraced(
    function*(input, { expecting, operationId } = {}) {
      const command = yield* Effect.fromResult(decodeCommand(input))
      const approved = expecting === undefined ? undefined : yield* Effect.fromResult(decodeApproved(expecting))
      return yield* accept(command, operationId, (operation) => {
        const accepted: Accepted = { operation, command, approved }
        return withProgress(lane, accepted, carryOut(way, accepted))
      })
    }
  )

  const refresh: WriteLane["Service"]["refresh"] = Effect.fnUntraced(
    function*({ asset: input, onConflict, operationId } = {}) {
      const asset = input === undefined ? undefined : yield* Effect.fromResult(decodeRef(input))
      const request: RefreshRequest = {
        _tag: asset === undefined ? "refresh" : "refreshAsset",
        ...(asset === undefined ? {} : { asset }),
        ...(onConflict === undefined ? {} : { onConflict })
      }
      return yield* accept(
        request,
        operationId,
        (operation) =>
          asset === undefined ? refreshEverything(lane, operation, request) : refreshOne(lane, operation, asset)
      )
    }
  )

  /** What nobody's command met, work in the background for example, is told as an operation of the packer's own. */
  const noticeHalt = Effect.gen(function*() {
    if (current().readOnly !== undefined || (yield* lane.readOnly) === undefined) return
    const operation = yield* operations.own("halt")
    const before = current()
    yield* lane.checkStandstill(operation.id)
    const outcome = outcomeOf(operation.id, before, current(), [])
    operations.end(operation, Result.succeed(outcome), { before, readOnly: current().readOnly })
  })
  yield* Effect.forkScoped(
    Effect.interruptible(Effect.andThen(committer.halted, semaphore.withPermit(noticeHalt)))
  )

  const preview: WriteLane["Service"]["preview"] = Effect.fnUntraced(function*(input) {
    const command = yield* Effect.fromResult(decodeCommand(input))
    const newUuids = yield* planning.newUuids(command)
    const look = Effect.suspend(() => planning.plan(current(), command, newUuids)).pipe(
      Effect.map(({ plan }) => previewOf(plan, hash)),
      Effect.mapError(commitFailed)
    )
    for (let times = 0; times < previewLooks; times++) {
      const before = current()
      if (busy) yield* Effect.yieldNow
      const wasBusy = busy
      const shown = yield* look
      // What a command was about to change meanwhile may have been seen half done.
      if (!wasBusy && !busy && current() === before) return shown
    }
    return yield* semaphore.withPermit(look)
  }, Effect.withSpan("packer.preview"))

  const flush = Effect.gen(function*() {
    const { isComplete, late } = yield* committer.flush
    if (isComplete) return
    yield* noticeHalt
    const reason = yield* lane.readOnly
    if (reason !== undefined) return yield* new ProjectReadOnly({ reason })
    return yield* new PublishPending({ roots: late.length === 0 ? [".prometeu/index.json"] : late })
  })

  return WriteLane.of({
    submit,
    refresh,
    preview,
    flush: outsideOfSink(
      opening,
      Effect.callback<void, PublishPending | ProjectReadOnly | RuntimeClosed>((resume) => {
        if (closing) return resume(Effect.fail(new RuntimeClosed({ projectId: opening.projectId })))
        enqueue({ operation: undefined, run: Effect.map(Effect.exit(flush), resume) })
      })
    )
  })
})

/** The write lane of an open project. The end of its scope finishes what was accepted. */
export const commandLane = (
  hash: Hash
): Layer.Layer<
  WriteLane,
  never,
  DurableCommitter | EventPump | HostInfo | ProjectOpening | VisibleSnapshot | Workspace
> => Layer.effect(WriteLane, Effect.uninterruptible(make(hash)))
