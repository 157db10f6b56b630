/** What everything works with that is done in the lane, and how the lane shows and tells what it did. */
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Semaphore from "effect/Semaphore"
import * as SubscriptionRef from "effect/SubscriptionRef"

import type { EventDraft } from "../../domain/Event.ts"
import { draftsOfChange, draftsOfChangeSteps } from "../../domain/EventDrafts.ts"
import type { OperationId } from "../../domain/Identity.ts"
import { halt } from "../../domain/Patch.ts"
import { meet } from "../../domain/Path.ts"
import type { Hash, Look } from "../../domain/Seen.ts"
import type { Snapshot } from "../../domain/Snapshot.ts"
import { standstillReason } from "../../domain/Standstill.ts"
import type { ProjectStatus } from "../../domain/Status.ts"
import { DurableCommitter, type Late } from "../../services/DurableCommitter.ts"
import { PackerConfig } from "../../services/PackerConfig.ts"
import { Workspace } from "../../services/Workspace.ts"
import { makeBreather } from "../Breather.ts"
import { instrumentsOf } from "../Instruments.ts"
import { EventPump } from "./EventPump.ts"
import { statusOf } from "./OpenProject.ts"
import { makeOperations, type Operations } from "./Operations.ts"
import { makePlanning, type Planning } from "./Planning.ts"
import { ProjectOpening } from "./ProjectOpening.ts"
import { VisibleSnapshot } from "./VisibleSnapshot.ts"

/** What everything works with that is done in the lane. */
export interface LaneTools {
  readonly opening: ProjectOpening["Service"]
  readonly committer: DurableCommitter["Service"]
  readonly workspace: Workspace["Service"]
  readonly pump: EventPump["Service"]
  readonly operations: Operations
  readonly planning: Planning
  readonly hash: Hash
  /** The most bytes of the registry that are read. */
  readonly registryLimit: number
  readonly now: () => number
  /** The time that spans go by. */
  readonly nowNanos: () => bigint
  readonly current: () => Snapshot
  /** Runs something while nothing else changes the snapshot: the project's one semaphore. */
  readonly inTurn: <A, E>(effect: Effect.Effect<A, E>) => Effect.Effect<A, E>
  /** Says which places are being changed on disk and not visible yet, while it runs. */
  readonly changing: <A>(places: ReadonlyArray<string>, effect: Effect.Effect<A>) => Effect.Effect<A>
  /** What was durable and not in place when it was asked last. */
  readonly late: () => Late
  /** Asks again what is durable and not in place. */
  readonly lookForLate: Effect.Effect<Late>
  /** True if what is to be looked at is being changed. */
  readonly isChanging: (looks: ReadonlyArray<Look>) => boolean
  /** Makes the next snapshot visible, and tells what is different: one step, so that no reader is told before it can see. */
  readonly show: (operationId: OperationId, next: Snapshot) => void
  /** The same of what a scan found, which may be everything. */
  readonly showFound: (operationId: OperationId, next: Snapshot) => Effect.Effect<void>
  /** Why nothing can be committed any more, if so. */
  readonly readOnly: Effect.Effect<string | undefined>
  /** Looks whether anything can still be committed; if not, the project is read-only from now on. */
  readonly checkStandstill: (operationId: OperationId) => Effect.Effect<void>
  /** Commits nothing any more, for a reason that only opening the project again ends. */
  readonly distrust: (operationId: OperationId, reason: string) => Effect.Effect<void>
  /** Lets the status follow from the snapshot. */
  readonly followStatus: Effect.Effect<void>
}

/** Puts together what the lane works with. */
export const makeLaneTools = Effect.fnUntraced(function*(hash: Hash) {
  const opening = yield* ProjectOpening
  const committer = yield* DurableCommitter
  const pump = yield* EventPump
  const visible = yield* VisibleSnapshot
  const clock = yield* Clock.Clock
  const context = yield* Effect.context()
  const { registryLimit } = yield* PackerConfig
  const semaphore = yield* Semaphore.make(1)
  const { assets, generation } = instrumentsOf(opening.projectId)
  let changed: ReadonlyArray<string> = []
  let late: Late = { roots: [], sources: [] }
  let distrusted: string | undefined

  const reveal = (next: Snapshot, drafts: ReadonlyArray<EventDraft>): void => {
    visible.show(next)
    generation.updateUnsafe(next.generation, context)
    assets.updateUnsafe(next.assets.size, context)
    pump.tell(drafts)
  }

  /** The status that follows from the snapshot, if it is another one: as long as the project is open. */
  const nextStatus = (status: ProjectStatus): Option.Option<ProjectStatus> => {
    if (status._tag !== "ready" && status._tag !== "read-only") return Option.none()
    const next = statusOf(visible.current())
    const same = status._tag === next._tag &&
      (status._tag === "ready" || next._tag !== "read-only" || status.reason === next.reason)
    return same ? Option.none() : Option.some(next)
  }

  /** Every command asks for it, and next to none changes it: the reference is touched only then. */
  const followStatus = Effect.suspend(() =>
    Option.isNone(nextStatus(SubscriptionRef.getUnsafe(opening.status)))
      ? Effect.void
      : SubscriptionRef.updateSome(opening.status, nextStatus)
  )

  const readOnly = Effect.map(
    committer.standstill,
    (standstill) => standstill === undefined ? distrusted : standstillReason(standstill)
  )

  const checkStandstill = Effect.fnUntraced(function*(operationId: OperationId) {
    const reason = yield* readOnly
    if (reason !== undefined && visible.current().readOnly !== reason) {
      reveal(...halted(operationId, reason))
      yield* Effect.logError(`Project "${opening.projectId}" is read-only from now on: ${reason}`)
    }
    yield* followStatus
  })

  const halted = (operationId: OperationId, reason: string) => {
    const before = visible.current()
    const next = halt(before, reason, operationId)
    return [next, draftsOfChange(operationId, before, next, "command")] as const
  }

  const tools: LaneTools = {
    opening,
    committer,
    workspace: yield* Workspace,
    pump,
    operations: yield* makeOperations(hash, committer.recovery.finished),
    planning: yield* makePlanning,
    hash,
    registryLimit,
    now: () => clock.currentTimeMillisUnsafe(),
    nowNanos: () => clock.currentTimeNanosUnsafe(),
    current: visible.current,
    inTurn: (effect) => semaphore.withPermit(effect),
    changing: (places, effect) =>
      Effect.suspend(() => {
        changed = places
        return effect
      }).pipe(Effect.ensuring(Effect.sync(() => {
        changed = []
      }))),
    isChanging: (looks) => changed.length > 0 && looks.some(({ root }) => changed.some((other) => meet(root, other))),
    late: () => late,
    lookForLate: Effect.map(committer.late, (now) => {
      late = now
      return now
    }),
    show: (operationId, next) => {
      const before = visible.current()
      if (next.generation === before.generation) return visible.show(next)
      reveal(next, draftsOfChange(operationId, before, next, "command"))
    },
    showFound: Effect.fnUntraced(function*(operationId, next) {
      const before = visible.current()
      if (next.generation === before.generation) return visible.show(next)
      const breather = yield* makeBreather
      reveal(next, yield* breather.run(draftsOfChangeSteps(operationId, before, next, "scan")))
    }),
    readOnly,
    checkStandstill,
    distrust: (operationId, reason) =>
      Effect.suspend(() => {
        distrusted = reason
        return checkStandstill(operationId)
      }),
    followStatus
  }
  return tools
})
