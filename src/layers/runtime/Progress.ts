/** How far a running operation is, told as long as it runs. */
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Latch from "effect/Latch"

import { progressDraft } from "../../domain/EventDrafts.ts"
import type { LaneTools } from "./LaneTools.ts"
import type { Operation } from "./Operations.ts"

/** How long an operation runs before it is told that it still does, in milliseconds. */
const quietMillis = 100

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

/** A group that runs: who is in it so far, since when, and who was told to be at it. */
interface RunningGroup {
  readonly operations: ReadonlyArray<Operation>
  readonly since: number
  readonly told: Set<Operation>
}

/** Runs work for operations that come along while it runs, and tells of each that runs if that takes long. */
export type TellWhoRuns = (operations: ReadonlyArray<Operation>, work: Effect.Effect<void>) => Effect.Effect<void>

/**
 * Starts to look after groups that run long, one after the other. There is one fiber for all of them, which sleeps for a
 * hundred milliseconds at a stretch: one for each group would be started and ended a thousand times a second.
 */
export const lookAfterGroups = Effect.fnUntraced(function*(lane: LaneTools) {
  const clock = yield* Clock.Clock
  // Not the time of day, which may go back.
  const now = () => Number(clock.monotonicTimeNanosUnsafe() / 1_000_000n)
  const some = yield* Latch.make(false)
  let group: RunningGroup | undefined

  const tellNew = ({ operations, told }: RunningGroup) =>
    // What goes wrong with one group must not keep later ones from being looked after.
    Effect.catchDefect(
      Effect.sync(() => {
        for (const operation of operations) {
          if (told.has(operation) || operation.action === "batch") continue
          told.add(operation)
          tellBegun(lane, operation, 1, "commands")
        }
      }),
      (defect) => Effect.logError("It could not be told that a command still runs; please report this", defect)
    )

  const watch = Effect.gen(function*() {
    yield* some.await
    let wait = quietMillis
    while (true) {
      yield* Effect.sleep(wait)
      if (group === undefined) break
      // It may have begun while the one before it was waited for.
      const age = now() - group.since
      if (age >= quietMillis) yield* tellNew(group)
      wait = age >= quietMillis ? quietMillis : quietMillis - age
    }
    some.closeUnsafe()
  })
  yield* Effect.forkScoped(Effect.interruptible(Effect.forever(watch)))

  const tell: TellWhoRuns = (operations, work) =>
    Effect.suspend(() => {
      group = { operations, since: now(), told: new Set() }
      some.openUnsafe()
      return Effect.ensuring(
        work,
        Effect.sync(() => {
          group = undefined
        })
      )
    })
  return tell
})

/** Runs an operation, and tells that it runs if that takes long. */
export const tellIfSlow = (
  lane: LaneTools,
  operation: Operation,
  unit: string,
  work: Effect.Effect<void>
): Effect.Effect<void> =>
  Effect.flatMap(
    Effect.forkChild(Effect.delay(Effect.sync(() => tellBegun(lane, operation, 1, unit)), quietMillis)),
    (fiber) => Effect.ensuring(work, Fiber.interrupt(fiber))
  )
