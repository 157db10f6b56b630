/** The one way in which an operation of any kind runs: seen in traces and logs, and ended whatever happens. */
import type * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Result from "effect/Result"
import type { AnySpan } from "effect/Tracer"

import { commitFailed } from "../../domain/Commit.ts"
import { CommitUncertain } from "../../domain/Errors.ts"
import type { LaneTools } from "./LaneTools.ts"
import type { Operation } from "./Operations.ts"

/** A defect is ours. If nobody knows how far it got, nothing is committed until the project is opened again. */
const survive = (lane: LaneTools, operation: Operation) =>
  Effect.fnUntraced(function*(cause: Cause.Cause<never>) {
    const { opening, operations } = lane
    yield* Effect.logError(`Operation ${operation.id} (${operation.action}) died; please report this`, cause)
    const fault = { call: operation.action, path: opening.projectId, errno: "DEFECT" }
    if (!operations.isCommitting(operation)) return operations.end(operation, Result.fail(commitFailed(fault)))
    yield* lane.distrust(operation.id, "an operation died of a defect, see the log")
    operations.end(operation, Result.fail(new CommitUncertain(fault)))
  })

/** Runs an operation whose turn it is; in traces it belongs to whoever asked for it. */
export const runOperation = (
  lane: LaneTools,
  operation: Operation,
  asking: Option.Option<AnySpan>,
  work: Effect.Effect<void>
): Effect.Effect<void> =>
  Effect.suspend(() => {
    if (!lane.operations.isOpen(operation)) return Effect.void
    operation.startedAt = lane.now()
    const names = { project: lane.opening.projectId, operation_id: operation.id, command: operation.action }
    return Effect.catchCause(work, survive(lane, operation)).pipe(
      Effect.andThen(Effect.suspend(() => Effect.annotateCurrentSpan("generation", lane.current().generation))),
      Effect.withSpan("packer.execute", {
        ...Option.match(asking, { onNone: () => ({ root: true }), onSome: (parent) => ({ parent }) }),
        attributes: names
      }),
      Effect.annotateLogs(names)
    )
  })
