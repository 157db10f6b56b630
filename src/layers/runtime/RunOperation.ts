/** The one way in which an operation of any kind runs: seen in traces and logs, and ended whatever happens. */
import type * as Cause from "effect/Cause"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Option from "effect/Option"
import * as References from "effect/References"
import * as Result from "effect/Result"
import * as Tracer from "effect/Tracer"

import { commitFailed } from "../../domain/Commit.ts"
import { CommitUncertain } from "../../domain/Errors.ts"
import type { LaneTools } from "./LaneTools.ts"
import type { Operation } from "./Operations.ts"

/** What an operation is called in traces and logs. */
const namesOf = ({ opening }: LaneTools, { action, id }: Operation) => ({
  project: opening.projectId,
  operation_id: id,
  command: action
})

/** The span of an operation; it belongs to whoever asked for it. */
export const spanFor = (
  lane: LaneTools,
  { asking, operation }: { readonly asking: Option.Option<Tracer.AnySpan>; readonly operation: Operation }
): Effect.Effect<Tracer.Span> =>
  Effect.makeSpan("packer.execute", {
    ...Option.match(asking, { onNone: () => ({ root: true }), onSome: (parent) => ({ parent }) }),
    attributes: namesOf(lane, operation)
  })

/** Runs a part of an operation in its span, with its names in the logs. */
export const inSpanOf = <A>(
  lane: LaneTools,
  { accepted: { operation }, span }: {
    readonly accepted: { readonly operation: Operation }
    readonly span: Tracer.Span
  },
  part: Effect.Effect<A>
): Effect.Effect<A> =>
  Effect.updateContext(
    part,
    (context: Context.Context<never>) =>
      Context.add(Context.add(context, Tracer.ParentSpan, span), References.CurrentLogAnnotations, {
        ...Context.get(context, References.CurrentLogAnnotations),
        ...namesOf(lane, operation)
      })
  )

/** Ends the span of an operation. */
export const endSpan = (lane: LaneTools, { span }: { readonly span: Tracer.Span }): void => {
  span.attribute("generation", lane.current().generation)
  span.end(lane.nowNanos(), Exit.void)
}

/** What the host brings, a logger or a tracer, may die too: that must not keep an operation from its end. */
const quietly = (effect: Effect.Effect<void>): Effect.Effect<void> => Effect.catchCause(effect, () => Effect.void)

/** A defect is ours. If nobody knows how far it got, nothing is committed until the project is opened again. */
const endDied = Effect.fnUntraced(function*(lane: LaneTools, operation: Operation, cause: Cause.Cause<never>) {
  const { action, id } = operation
  yield* quietly(Effect.logError(`Operation ${id} (${action}) died; please report this`, cause))
  const fault = { call: action, path: lane.opening.projectId, errno: "DEFECT" }
  const isCommitting = lane.operations.isCommitting(operation)
  if (isCommitting) yield* quietly(lane.distrust(id, "an operation died of a defect, see the log"))
  lane.operations.end(operation, Result.fail(isCommitting ? new CommitUncertain(fault) : commitFailed(fault)))
})

/** Runs what carries out operations; ends those that it leaves open by dying. */
export const survived = (
  lane: LaneTools,
  operations: ReadonlyArray<Operation>,
  work: Effect.Effect<void>
): Effect.Effect<void> =>
  Effect.catchCause(
    work,
    (cause) =>
      Effect.forEach(operations.filter(lane.operations.isOpen), (operation) => endDied(lane, operation, cause), {
        discard: true
      })
  )

/** Runs an operation whose turn it is, and that runs alone. */
export const runOperation = (
  lane: LaneTools,
  operation: Operation,
  asking: Option.Option<Tracer.AnySpan>,
  work: Effect.Effect<void>
): Effect.Effect<void> => {
  const run = Effect.gen(function*() {
    if (!lane.operations.isOpen(operation)) return
    operation.startedAt = lane.now()
    const span = yield* spanFor(lane, { asking, operation })
    yield* inSpanOf(lane, { accepted: { operation }, span }, work)
    endSpan(lane, { span })
  })
  return survived(lane, [operation], run)
}
