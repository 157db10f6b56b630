/** How far a running operation is, told as long as it runs. */
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"

import { progressDraft } from "../../domain/EventDrafts.ts"
import type { LaneTools } from "./LaneTools.ts"
import type { Operation } from "./Operations.ts"

/** How long an operation runs before it is told that it still does. */
const quietly = "100 millis"

/** Tells that an operation has begun to do so many things. */
export const tellBegun = (lane: LaneTools, operation: Operation, total: number, unit: string): void => {
  // One that was cancelled has ended, though it may still be at it.
  if (!lane.operations.isOpen(operation)) return
  const { openingId, projectId } = lane.opening
  lane.pump.tell([progressDraft(operation.id, { openingId, projectId }, { done: 0, total, unit })])
}

/** The most events that tell how far one batch is. */
const mostParts = 20

/** Tells how many commands of a batch are planned: now and then, and at the end. */
export const tellParts = (lane: LaneTools, operation: Operation, total: number): (planned: number) => void => {
  const each = Math.ceil(total / mostParts)
  return (done) => {
    if ((done % each !== 0 && done !== total) || !lane.operations.isOpen(operation)) return
    const { openingId, projectId } = lane.opening
    const message = `${done} of ${total} commands planned`
    lane.pump.tell([progressDraft(operation.id, { openingId, projectId }, { done, total, unit: "commands", message })])
  }
}

/** Runs work for operations that come along while it runs, and tells of each that runs if that takes long. */
export const tellWhoRuns = (
  lane: LaneTools,
  operations: ReadonlyArray<Operation>,
  work: Effect.Effect<void>
): Effect.Effect<void> => {
  const told = new Set<Operation>()
  const tellNew = Effect.sync(() => {
    for (const operation of operations) {
      if (told.has(operation) || operation.action === "batch") continue
      told.add(operation)
      tellBegun(lane, operation, 1, "commands")
    }
  })
  return beside(Effect.forever(Effect.andThen(Effect.sleep(quietly), tellNew)), work)
}

/** Runs an operation, and tells that it runs if that takes long. */
export const tellIfSlow = (
  lane: LaneTools,
  operation: Operation,
  unit: string,
  work: Effect.Effect<void>
): Effect.Effect<void> =>
  beside(Effect.andThen(Effect.sleep(quietly), Effect.sync(() => tellBegun(lane, operation, 1, unit))), work)

/** Runs work, and as long as it runs something beside it. */
const beside = (other: Effect.Effect<void>, work: Effect.Effect<void>): Effect.Effect<void> =>
  Effect.flatMap(Effect.forkChild(other), (fiber) => Effect.ensuring(work, Fiber.interrupt(fiber)))
