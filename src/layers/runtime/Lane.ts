/** What everything works with that is done in the lane, and how the lane shows and tells what it did. */
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as SubscriptionRef from "effect/SubscriptionRef"

import type { EventDraft } from "../../domain/Event.ts"
import { draftsOfChange, draftsOfChangeSteps } from "../../domain/EventDrafts.ts"
import type { OperationId } from "../../domain/Identity.ts"
import { halt } from "../../domain/Patch.ts"
import type { Hash } from "../../domain/Seen.ts"
import type { Snapshot } from "../../domain/Snapshot.ts"
import { standstillReason } from "../../domain/Standstill.ts"
import { DurableCommitter } from "../../services/DurableCommitter.ts"
import { Workspace } from "../../services/Workspace.ts"
import { type Breather, makeBreather } from "../Breather.ts"
import { EventPump } from "./EventPump.ts"
import { assetCount, generation } from "./Instruments.ts"
import { statusOf } from "./OpenProject.ts"
import { makeOperations, type Operations } from "./Operations.ts"
import { makePlanning, type Planning } from "./Planning.ts"
import { ProjectOpening } from "./ProjectOpening.ts"
import { VisibleSnapshot } from "./VisibleSnapshot.ts"

/** What everything works with that is done in the lane. */
export interface Lane {
  readonly opening: ProjectOpening["Service"]
  readonly committer: DurableCommitter["Service"]
  readonly workspace: Workspace["Service"]
  readonly pump: EventPump["Service"]
  readonly operations: Operations
  readonly planning: Planning
  readonly hash: Hash
  readonly breather: Effect.Effect<Breather>
  readonly now: () => number
  readonly current: () => Snapshot
  /** Makes the next snapshot visible, and tells what is different: one step, so that no reader is told before it can see. */
  readonly show: (operationId: OperationId, next: Snapshot) => void
  /** The same of what a scan found, which may be everything. */
  readonly showFound: (operationId: OperationId, next: Snapshot) => Effect.Effect<void>
  /** Why nothing can be committed any more, if so. */
  readonly readOnly: Effect.Effect<string | undefined>
  /** Looks whether anything can still be committed; if not, the project is read-only from now on. */
  readonly checkStandstill: (operationId: OperationId) => Effect.Effect<void>
  /** Commits nothing any more: something died of a defect, and nobody knows how far it got. */
  readonly distrust: (operationId: OperationId) => Effect.Effect<void>
  /** Lets the status follow from the snapshot. */
  readonly followStatus: Effect.Effect<void>
}

/** Puts together what the lane works with. */
export const makeLane = Effect.fnUntraced(function*(hash: Hash) {
  const opening = yield* ProjectOpening
  const committer = yield* DurableCommitter
  const pump = yield* EventPump
  const visible = yield* VisibleSnapshot
  const clock = yield* Clock.Clock
  const context = yield* Effect.context()

  const reveal = (next: Snapshot, drafts: ReadonlyArray<EventDraft>): void => {
    visible.show(next)
    generation.updateUnsafe(next.generation, context)
    assetCount.updateUnsafe(next.assets.size, context)
    pump.tell(drafts)
  }

  /** The status follows from the snapshot as long as the project is open. */
  const followStatus = SubscriptionRef.updateSome(opening.status, (status) => {
    if (status._tag !== "ready" && status._tag !== "read-only") return Option.none()
    const next = statusOf(visible.current())
    const same = status._tag === next._tag &&
      (status._tag === "ready" || next._tag !== "read-only" || status.reason === next.reason)
    return same ? Option.none() : Option.some(next)
  })

  let defect: string | undefined
  const readOnly = Effect.map(
    committer.standstill,
    (standstill) => standstill === undefined ? defect : standstillReason(standstill)
  )

  const lane: Lane = {
    opening,
    committer,
    workspace: yield* Workspace,
    pump,
    operations: yield* makeOperations(hash, committer.recovery.finished),
    planning: yield* makePlanning,
    hash,
    breather: makeBreather,
    now: () => clock.currentTimeMillisUnsafe(),
    current: visible.current,
    show: (operationId, next) => reveal(next, draftsOfChange(operationId, visible.current(), next, "command")),
    showFound: Effect.fnUntraced(function*(operationId, next) {
      const breather = yield* makeBreather
      reveal(next, yield* breather.run(draftsOfChangeSteps(operationId, visible.current(), next, "scan")))
    }),
    followStatus,
    readOnly,
    distrust: (operationId) =>
      Effect.suspend(() => {
        defect = "an operation died of a defect, see the log"
        return lane.checkStandstill(operationId)
      }),
    checkStandstill: Effect.fnUntraced(function*(operationId) {
      const reason = yield* readOnly
      if (reason !== undefined && visible.current().readOnly === undefined) {
        lane.show(operationId, halt(visible.current(), reason, operationId))
        yield* Effect.logError(`Project "${opening.projectId}" is read-only from now on: ${reason}`)
      }
      yield* followStatus
    })
  }
  return lane
})
