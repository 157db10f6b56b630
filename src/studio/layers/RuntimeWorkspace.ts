/** The assets workspace over an open project. */
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Result from "effect/Result"
import * as Semaphore from "effect/Semaphore"

import { findAsset, ProjectRuntime, type SnapshotView } from "../../index.ts"
import { identityOf } from "../domain/AssetIdentity.ts"
import { readAssets, type Showing, showingOf } from "../domain/AssetsView.ts"
import { AssetsWorkspace } from "../services/AssetsWorkspace.ts"
import { followGenerations } from "./Following.ts"
import { makeShown } from "./Shown.ts"

/**
 * The assets of an open project. For a project that is opened again, it is built again; or it reads again, where the runtime
 * itself goes over to the new opening, as one may that is reached over a connection.
 */
export const assetsWorkspace: Layer.Layer<AssetsWorkspace, never, ProjectRuntime> = Layer.effect(
  AssetsWorkspace,
  Effect.gen(function*() {
    const packer = yield* ProjectRuntime
    const shown = yield* makeShown(
      readAssets(yield* packer.snapshot, { query: {}, selected: undefined, gone: undefined })
    )
    // One reading at a time, so that an earlier one never takes the place of a later one.
    const lock = yield* Semaphore.make(1)

    const read = <A>(showing: (view: SnapshotView, before: Showing) => Result.Result<Showing, A>) =>
      lock.withPermit(Effect.gen(function*() {
        const view = yield* packer.snapshot
        const next = yield* Effect.fromResult(showing(view, showingOf(yield* shown.current)))
        yield* shown.update(() => readAssets(view, next))
      }))
    const readAgain = Effect.flatMap(
      Effect.all([packer.snapshot, shown.current]),
      ([{ snapshot }, { list }]) =>
        snapshot.generation === list.generation && snapshot.openingId === list.opening_id
          ? Effect.void
          : read((_, before) => Result.succeed(before))
    )
    yield* Effect.forkScoped(followGenerations(packer, readAgain))

    return AssetsWorkspace.of({
      view: shown.current,
      changes: shown.changes,
      filter: (query) => read((_, before) => Result.succeed({ ...before, query })),
      select: (ref) =>
        read(({ getAssetDetails, snapshot }, before) => {
          const asset = findAsset(snapshot, ref)
          return asset === undefined
            ? Result.andThen(getAssetDetails(ref), () => before)
            : Result.succeed({ ...before, selected: identityOf(snapshot, asset), gone: undefined })
        }),
      deselect: read((_, before) => Result.succeed({ ...before, selected: undefined, gone: undefined }))
    })
  })
)
