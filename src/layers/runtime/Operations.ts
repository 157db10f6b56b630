/** The operations of one opening: accepting them, their handles, and their ends, each with exactly one terminal event. */
import * as Clock from "effect/Clock"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Latch from "effect/Latch"
import * as Option from "effect/Option"
import * as Result from "effect/Result"

import type { Command } from "../../domain/Command.ts"
import { appliedDraft, type Ending, failedDraft } from "../../domain/EndDrafts.ts"
import type { InvalidCommand, OperationIdConflict, PackerError, RuntimeClosed } from "../../domain/Errors.ts"
import { type AssetName, OperationId } from "../../domain/Identity.ts"
import {
  accept,
  begin,
  cancel,
  close,
  emptyLedger,
  end,
  type OperationLedger,
  type RefreshRequest,
  restore
} from "../../domain/OperationLedger.ts"
import type { Outcome } from "../../domain/Outcome.ts"
import { parseReceipt } from "../../domain/Receipt.ts"
import type { Hash } from "../../domain/Seen.ts"
import type { Snapshot } from "../../domain/Snapshot.ts"
import type { Finished } from "../../services/DurableCommitter.ts"
import { HostInfo } from "../../services/HostInfo.ts"
import { PackerConfig } from "../../services/PackerConfig.ts"
import type { OperationHandle } from "../../services/WriteLane.ts"
import { instrumentsOf } from "../Instruments.ts"
import { EventPump } from "./EventPump.ts"
import { ProjectOpening } from "./ProjectOpening.ts"
import { outsideOfSink } from "./SinkCall.ts"
import { VisibleSnapshot } from "./VisibleSnapshot.ts"

/** An operation that was accepted. */
export interface Operation {
  readonly id: OperationId
  /** The kind of command, `refresh` or `refreshAsset`. */
  readonly action: string
  /** The hash of what was asked for. */
  readonly request: string
  /** When the lane took it. */
  startedAt: number
  /** Open when it has ended, by being cancelled perhaps. */
  readonly ended: Latch.Latch
}

/** What came of an operation. */
export type Ended = Result.Result<Outcome, PackerError>

/** What is told at the end of an operation besides what came of it. */
export interface EndNotes extends Ending {
  /** The snapshot before; the visible one unless told otherwise. */
  readonly before?: Snapshot
  /** The assets a failure is about. */
  readonly assets?: ReadonlyArray<AssetName>
}

/** The operations of one opening. */
export interface Operations {
  /**
   * Accepts what is asked for, and has it carried out; or recognizes it, and gives the handle it has. One step, so that
   * what is accepted is carried out in this order, and never left behind by a project that closes.
   */
  readonly accept: (
    asked: Command | RefreshRequest,
    operationId: string,
    carryOut: (operation: Operation) => void
  ) => Result.Result<OperationHandle, InvalidCommand | OperationIdConflict | RuntimeClosed>
  /** An operation that nobody asked for: the packer finishes its own work. It runs also while the project closes. */
  readonly own: (action: string) => Effect.Effect<Operation>
  /** True as long as it was not cancelled and has not ended. */
  readonly isOpen: (operation: Operation) => boolean
  /** True if it may have touched something and has not ended. */
  readonly isCommitting: (operation: Operation) => boolean
  /** From now on it cannot be cancelled; `false` if it was. */
  readonly begin: (operation: Operation) => boolean
  /** Ends an operation: tells it, and completes its handle when the sink has had that. */
  readonly end: (operation: Operation, result: Ended, notes?: EndNotes) => void
  /** Nothing new is accepted from now on. */
  readonly close: () => void
}

const recoveredOf = (snapshot: Snapshot, finished: ReadonlyArray<Finished>) =>
  finished.flatMap(({ operationId, receipt }) => {
    const read = parseReceipt(receipt)
    if (read === undefined) return []
    const { changes, request, warnings } = read
    return [{ operationId, request, outcome: { operationId, generation: snapshot.generation, changes, warnings } }]
  })

/** An operation whose terminal event the sink has not had yet. */
interface Running {
  readonly operation: Operation
  readonly ending: Deferred.Deferred<Outcome, PackerError>
  /** True when its end was told, and the sink may not have had it yet. */
  isEnded: boolean
}

/** The operations of an opening that begins, and knows those that recovery finished. */
export const makeOperations = Effect.fnUntraced(function*(hash: Hash, finished: ReadonlyArray<Finished>) {
  const opening = yield* ProjectOpening
  const { rememberedOperations } = yield* PackerConfig
  const { unique } = yield* HostInfo
  const pump = yield* EventPump
  const visible = yield* VisibleSnapshot
  const clock = yield* Clock.Clock
  const context = yield* Effect.context()
  const { operations: counted } = instrumentsOf(opening.projectId)
  const capacity = rememberedOperations + finished.length
  let ledger: OperationLedger = restore(
    emptyLedger(opening.projectId, capacity, hash),
    recoveredOf(visible.current(), finished)
  )
  const running = new Map<OperationId, Running>()

  const operationOf = (id: OperationId, action: string, request: string): Operation => ({
    id,
    action,
    request,
    startedAt: clock.currentTimeMillisUnsafe(),
    ended: Latch.makeUnsafe()
  })

  const start = (operation: Operation): Running => {
    const begun: Running = { operation, ending: Deferred.makeUnsafe(), isEnded: false }
    running.set(operation.id, begun)
    return begun
  }

  /** The first end counts: an operation that was cancelled has ended, whatever comes of what it was at. */
  const endNow = (operation: Operation, result: Ended, notes: EndNotes = {}): void => {
    const { action, id, startedAt } = operation
    const ending = running.get(id)
    if (ending === undefined || ending.isEnded) return
    const timing = { startedAt, endedAt: clock.currentTimeMillisUnsafe() }
    const now = visible.current()
    const draft = Result.isSuccess(result)
      ? appliedDraft(action, result.success, notes.before ?? now, now, timing, notes)
      : failedDraft(action, id, result.failure, now, timing, notes.assets)
    counted(action, Result.isSuccess(result) ? "applied" : result.failure._tag).updateUnsafe(1, context)
    ending.isEnded = true
    operation.ended.openUnsafe()
    // Until the sink has had its end it is remembered as running, so that it cannot be forgotten.
    pump.tell([draft], () => {
      running.delete(id)
      ledger = end(ledger, id, result)
      Deferred.doneUnsafe(ending.ending, Effect.fromResult(result))
    })
  }

  const isOpen = ({ id }: Operation): boolean => running.get(id)?.isEnded === false

  /** The handle of an operation that runs, or waits for the sink to take its end. */
  const handleOfRunning = ({ ending, operation }: Running): OperationHandle => ({
    operationId: operation.id,
    await: outsideOfSink(opening, Deferred.await(ending)),
    poll: Effect.flatMap(
      Deferred.poll(ending),
      Option.match({
        onNone: () => Effect.succeedNone,
        onSome: (ended) => Effect.asSome(Effect.result(ended))
      })
    ),
    events: pump.follow(operation.id),
    cancel: Effect.sync(() => {
      const cancelled = isOpen(operation) ? cancel(ledger, operation.id) : undefined
      if (cancelled !== undefined) endNow(operation, Result.fail(cancelled))
      return cancelled !== undefined
    })
  })

  /** The handle of an operation that ended. */
  const handleOfEnded = (id: OperationId, result: Ended): OperationHandle => ({
    operationId: id,
    await: outsideOfSink(opening, Effect.fromResult(result)),
    poll: Effect.succeedSome(result),
    events: pump.eventsOf(id),
    cancel: Effect.succeed(false)
  })

  const operations: Operations = {
    accept: (asked, operationId, carryOut) =>
      Result.map(accept(ledger, operationId, asked), ({ known, ledger: after, operationId: id, request }) => {
        const before = running.get(id)
        if (before !== undefined) return handleOfRunning(before)
        if (known?._tag === "ended") return handleOfEnded(id, known.result)
        ledger = after
        const operation = operationOf(id, asked._tag, request)
        const handle = handleOfRunning(start(operation))
        carryOut(operation)
        return handle
      }),
    own: (action) =>
      Effect.map(unique, (id) => {
        return start(operationOf(OperationId.make(id), action, "")).operation
      }),
    isOpen,
    isCommitting: (operation) => isOpen(operation) && cancel(ledger, operation.id) === undefined,
    begin: (operation) => {
      if (!isOpen(operation)) return false
      ledger = begin(ledger, operation.id)
      return true
    },
    end: endNow,
    close: () => {
      ledger = close(ledger)
    }
  }
  return operations
})
