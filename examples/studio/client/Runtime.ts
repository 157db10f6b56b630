/** The runtime of a project from afar: reads from the copy that the page has, everything else from the server. */
import { Effect, Stream, SubscriptionRef } from "effect"
import { type CommandOptions, ProjectRuntime, type RefreshOptions, RuntimeClosed } from "prometeu-packer"

import type { Work } from "../shared/Rpcs.ts"
import type { Ask } from "./Asking.ts"
import type { Known } from "./Known.ts"
import { makeSubmit } from "./Operations.ts"

/**
 * The runtime of a project from afar.
 *
 * It differs from the one that is embedded in what a page cannot do: `close` lets go of the project, which the server has open on.
 * And a sink call that waits for an operation is not recognized: no part of the Studio does that.
 */
export const makeRuntime = Effect.fnUntraced(function*(known: Known, ask: Ask) {
  const scope = yield* Effect.scope
  const first = yield* known.current
  const { projectId } = first.project
  const send = makeSubmit(ask, known, scope)
  const { view } = known

  const submitWork = (work: Work, operationId: string | undefined) =>
    Effect.flatMap(
      SubscriptionRef.get(known.status),
      ({ _tag }) => _tag === "closed" ? Effect.fail(new RuntimeClosed({ projectId })) : send(work, operationId)
    )
  const submit: ProjectRuntime["Service"]["submit"] = (command, { expecting, operationId }: CommandOptions = {}) =>
    submitWork({ _tag: "Command", command, ...(expecting === undefined ? {} : { expecting }) }, operationId)
  const submitRefresh = ({ operationId, ...options }: RefreshOptions = {}) =>
    submitWork({ _tag: "Refresh", ...options }, operationId)

  return ProjectRuntime.of({
    projectId,
    get openingId() {
      return (SubscriptionRef.getUnsafe(known.seen) ?? first).project.openingId
    },
    status: SubscriptionRef.get(known.status),
    statusChanges: SubscriptionRef.changes(known.status).pipe(Stream.takeUntil(({ _tag }) => _tag === "closed")),
    listAssets: (query) => Effect.map(view, ({ listAssets }) => listAssets(query)),
    getAssetDetails: (ref) => Effect.flatMap(view, ({ getAssetDetails }) => Effect.fromResult(getAssetDetails(ref))),
    getAssetActions: (ref) => Effect.flatMap(view, ({ getAssetActions }) => Effect.fromResult(getAssetActions(ref))),
    snapshot: view,
    changes: known.changes,
    preview: (command) => ask((link) => link.preview({ command })),
    execute: (command, options) => Effect.flatMap(submit(command, options), (handle) => handle.await),
    submit,
    refresh: (options) => Effect.flatMap(submitRefresh(options), (handle) => handle.await),
    refreshAsset: (asset, options) => Effect.flatMap(submitRefresh({ ...options, asset }), (handle) => handle.await),
    submitRefresh,
    flush: ask((link) => link.flush()),
    close: known.close
  })
})
