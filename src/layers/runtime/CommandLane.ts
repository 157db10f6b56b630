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
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Result from "effect/Result"
import * as SubscriptionRef from "effect/SubscriptionRef"
import { type AnySpan, ParentSpan } from "effect/Tracer"

import type { Command } from "../../domain/Command.ts"
import { decodeCommand, decodeOptions, decodeRefresh } from "../../domain/CommandInput.ts"
import { ProjectReadOnly, PublishPending, RuntimeClosed } from "../../domain/Errors.ts"
import type { RefreshRequest } from "../../domain/OperationLedger.ts"
import { outcomeOf } from "../../domain/Outcome.ts"
import { type Hash, sameContent } from "../../domain/Seen.ts"
import type { DurableCommitter } from "../../services/DurableCommitter.ts"
import { HostInfo } from "../../services/HostInfo.ts"
import { PackerConfig } from "../../services/PackerConfig.ts"
import type { Workspace } from "../../services/Workspace.ts"
import { WriteLane } from "../../services/WriteLane.ts"
import { instrumentsOf } from "../Instruments.ts"
import type { CommandWay } from "./CommandRow.ts"
import { carryOut } from "./CommandWay.ts"
import type { EventPump } from "./EventPump.ts"
import { makeLaneTools } from "./LaneTools.ts"
import { startLatePublications } from "./LatePublications.ts"
import type { Operation } from "./Operations.ts"
import { preview } from "./Previewing.ts"
import { lookAfterGroups, tellIfSlow } from "./Progress.ts"
import type { ProjectOpening } from "./ProjectOpening.ts"
import { refreshEverything, refreshOne, reload } from "./RefreshWay.ts"
import { runOperation } from "./RunOperation.ts"
import { outsideOfSink } from "./SinkCall.ts"
import { makeTurns } from "./Turns.ts"
import type { VisibleSnapshot } from "./VisibleSnapshot.ts"

const make = Effect.fnUntraced(function*(hash: Hash) {
  const { journalBytes, publishAgainAfter } = yield* PackerConfig
  const { unique } = yield* HostInfo
  const lane = yield* makeLaneTools(hash)
  const { committer, current, inTurn, opening, operations, pump } = lane
  const context = yield* Effect.context()
  const { queueDepth } = instrumentsOf(opening.projectId)
  const way: CommandWay = {
    lane,
    tellWhoRuns: yield* lookAfterGroups(lane),
    groupBytes: journalBytes / 2,
    somethingIsLate: yield* startLatePublications(lane, publishAgainAfter),
    reload: (operation, own) => reload(lane, operation, own)
  }

  const turns = yield* makeTurns({
    room: pump.room,
    inTurn,
    carryOut: (row) => carryOut(way, row),
    onDepth: (depth) => queueDepth.updateUnsafe(depth, context)
  })
  let closing = false

  // Registered after the turns were started, so that they end before anything else does: what was accepted is finished.
  yield* Effect.addFinalizer(() =>
    Effect.gen(function*() {
      closing = true
      operations.close()
      yield* SubscriptionRef.set(opening.status, { _tag: "closing" })
      yield* pump.letThrough
      yield* turns.finish
    })
  )

  /** Accepts, and puts in the row; all that may wait comes before. */
  const accept = Effect.fnUntraced(function*(
    asked: Command | RefreshRequest,
    operationId: string | undefined,
    turnOf: (operation: Operation, asking: Option.Option<AnySpan>) => Parameters<typeof turns.put>[0]
  ) {
    const id = operationId ?? (yield* unique)
    const asking = yield* Effect.serviceOption(ParentSpan)
    const put = (operation: Operation) => turns.put(turnOf(operation, asking))
    return yield* Effect.suspend(() => Effect.fromResult(operations.accept(asked, id, put)))
  })

  const submit: WriteLane["Service"]["submit"] = Effect.fnUntraced(
    function*(input, options) {
      const command = yield* Effect.fromResult(decodeCommand(input))
      const { approved, operationId } = yield* Effect.fromResult(decodeOptions(options))
      return yield* accept(command, operationId, (operation, asking) => ({
        _tag: "Command",
        accepted: { operation, command, approved, asking }
      }))
    }
  )

  const refresh: WriteLane["Service"]["refresh"] = Effect.fnUntraced(
    function*(options) {
      const { operationId, request } = yield* Effect.fromResult(decodeRefresh(options))
      const { asset } = request
      const refreshing = (operation: Operation) =>
        asset === undefined
          ? refreshEverything(lane, operation, request)
          : tellIfSlow(lane, operation, "assets", refreshOne(lane, operation, asset))
      return yield* accept(request, operationId, (operation, asking) => ({
        _tag: "Alone",
        run: runOperation(lane, operation, asking, refreshing(operation))
      }))
    }
  )

  /** What nobody's command met, work in the background for example, is told as an operation of the packer's own. */
  const noticeHalt = Effect.gen(function*() {
    const reason = yield* lane.readOnly
    if (reason === undefined || reason === current().readOnly) return
    const operation = yield* operations.own("halt")
    const before = current()
    const tell = Effect.gen(function*() {
      yield* lane.checkStandstill(operation.id)
      const outcome = outcomeOf(operation.id, before, current(), [])
      operations.end(operation, Result.succeed(outcome), { before, readOnly: current().readOnly })
    })
    yield* runOperation(lane, operation, Option.none(), tell)
  })
  yield* Effect.forkScoped(
    Effect.interruptible(Effect.andThen(committer.halted, inTurn(Effect.uninterruptible(noticeHalt))))
  )

  const flush = Effect.gen(function*() {
    const { fault, isComplete, late } = yield* committer.flush
    if (isComplete) return
    yield* noticeHalt
    const reason = yield* lane.readOnly
    if (reason !== undefined) return yield* new ProjectReadOnly({ reason })
    if (late.length > 0) return yield* new PublishPending({ roots: late })
    const looked = yield* Effect.result(committer.registryFile)
    const isForeign = Result.isSuccess(looked) && !sameContent(looked.success.expected, looked.success.found)
    const cause = isForeign ? "somebody else wrote it; refresh the project first" : fault?.message
    return yield* new PublishPending({ roots: [".prometeu/index.json"], ...(cause === undefined ? {} : { cause }) })
  })

  return WriteLane.of({
    submit,
    refresh,
    preview: (input) => Effect.flatMap(Effect.fromResult(decodeCommand(input)), (command) => preview(lane, command)),
    flush: outsideOfSink(
      opening,
      Effect.callback<void, PublishPending | ProjectReadOnly | RuntimeClosed>((resume) => {
        if (closing) return resume(Effect.fail(new RuntimeClosed({ projectId: opening.projectId })))
        turns.put({ _tag: "Alone", run: Effect.map(Effect.exit(flush), resume) })
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
