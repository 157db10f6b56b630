/** What hosts ask of an open project, over the snapshot that is visible and the lane. */
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import * as SubscriptionRef from "effect/SubscriptionRef"

import { decodeAssetRefresh } from "../../domain/CommandInput.ts"
import { getAssetActions, getAssetDetails, listAssets } from "../../domain/Queries.ts"
import { ProjectRuntime, type SnapshotView } from "../../services/ProjectRuntime.ts"
import { WriteLane } from "../../services/WriteLane.ts"
import { EventPump } from "./EventPump.ts"
import { ProjectOpening } from "./ProjectOpening.ts"
import { outsideOfSink } from "./SinkCall.ts"
import { VisibleSnapshot } from "./VisibleSnapshot.ts"

/** The runtime of a project that is open, and how to close it. */
export const makeProjectRuntime = Effect.fnUntraced(function*(close: Effect.Effect<void>) {
  const { openingId, projectId, status } = yield* ProjectOpening
  const { changes, current } = yield* VisibleSnapshot
  const { position } = yield* EventPump
  const lane = yield* WriteLane
  const self = { openingId, projectId }

  const view = (): SnapshotView => {
    const at = position()
    const snapshot = current()
    return {
      snapshot,
      position: at,
      // Hosts without types may send null for nothing.
      listAssets: (query) => listAssets(snapshot, query ?? {}, at),
      getAssetDetails: (ref) => getAssetDetails(snapshot, ref, at),
      getAssetActions: (ref) => getAssetActions(snapshot, ref, at)
    }
  }

  return ProjectRuntime.of({
    projectId,
    openingId,
    status: SubscriptionRef.get(status),
    statusChanges: SubscriptionRef.changes(status).pipe(Stream.takeUntil(({ _tag }) => _tag === "closed")),
    listAssets: (query) => Effect.sync(() => listAssets(current(), query ?? {}, position())),
    getAssetDetails: (ref) => Effect.suspend(() => Effect.fromResult(getAssetDetails(current(), ref, position()))),
    getAssetActions: (ref) => Effect.suspend(() => Effect.fromResult(getAssetActions(current(), ref, position()))),
    snapshot: Effect.sync(view),
    changes,
    preview: lane.preview,
    execute: (command, options) =>
      outsideOfSink(self, Effect.flatMap(lane.submit(command, options), (handle) => handle.await)),
    submit: lane.submit,
    refresh: (options) => outsideOfSink(self, Effect.flatMap(lane.refresh(options), (handle) => handle.await)),
    refreshAsset: (asset, options) =>
      outsideOfSink(
        self,
        Effect.fromResult(decodeAssetRefresh(asset, options)).pipe(
          Effect.flatMap(lane.refresh),
          Effect.flatMap((handle) => handle.await)
        )
      ),
    submitRefresh: lane.refresh,
    flush: lane.flush,
    close
  })
})
