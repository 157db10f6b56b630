/** One opening of a project: who it is, and how it is. */
import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as SubscriptionRef from "effect/SubscriptionRef"

import { OpeningId, OperationId, type ProjectId } from "../../domain/Identity.ts"
import type { ProjectStatus } from "../../domain/Status.ts"
import { HostInfo } from "../../services/HostInfo.ts"

/** One opening of a project. */
export class ProjectOpening extends Context.Service<ProjectOpening, {
  readonly projectId: ProjectId
  readonly openingId: OpeningId
  /** Opening is an operation like any other. */
  readonly operationId: OperationId
  readonly startedAt: number
  readonly status: SubscriptionRef.SubscriptionRef<ProjectStatus>
  /** True when its end was told, one way or the other. */
  hasEnded: boolean
}>()("prometeu-packer/layers/runtime/ProjectOpening") {}

/** Begins an opening of a project. */
export const projectOpening = (projectId: ProjectId): Layer.Layer<ProjectOpening, never, HostInfo> =>
  Layer.effect(
    ProjectOpening,
    Effect.gen(function*() {
      const { unique } = yield* HostInfo
      const status = yield* SubscriptionRef.make<ProjectStatus>({ _tag: "opening" })
      yield* Effect.addFinalizer(() => SubscriptionRef.set(status, { _tag: "closed" }))
      return ProjectOpening.of({
        projectId,
        openingId: OpeningId.make(yield* unique),
        operationId: OperationId.make(yield* unique),
        startedAt: yield* Clock.currentTimeMillis,
        status,
        hasEnded: false
      })
    })
  )
