/** The page with the assets of a project. */
import * as Context from "effect/Context"
import type * as Effect from "effect/Effect"
import type * as Stream from "effect/Stream"

import type { AssetNotFound, AssetQuery, AssetRef } from "../../index.ts"
import type { AssetsView } from "../domain/AssetsView.ts"

/**
 * The assets of an open project as a page shows them: a list, and the selected asset with its details and actions. All of
 * it is read at one generation, and read again when the packer tells of another one.
 *
 * An asset that is selected stays so wherever it is moved; if it is gone, nothing is selected, and the view says which one
 * it was.
 */
export class AssetsWorkspace extends Context.Service<AssetsWorkspace, {
  readonly view: Effect.Effect<AssetsView>
  /** What is shown now, and whenever that is different; a slow reader gets the newest. */
  readonly changes: Stream.Stream<AssetsView>
  /** Lists what the query finds. What is selected stays so. */
  readonly filter: (query: AssetQuery) => Effect.Effect<void>
  readonly select: (asset: AssetRef) => Effect.Effect<void, AssetNotFound>
  /** Selects nothing. */
  readonly deselect: Effect.Effect<void>
}>()("prometeu-packer/studio/services/AssetsWorkspace") {}
