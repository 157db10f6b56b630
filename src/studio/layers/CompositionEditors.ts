/** The editors of the assets that are being edited. */
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as RcMap from "effect/RcMap"

import { type AssetRef, ProjectRuntime } from "../../index.ts"
import { BankCompositionEditor } from "../services/BankCompositionEditor.ts"
import type { StudioEventBus } from "../services/StudioEventBus.ts"
import { makeCompositionEditor } from "./CompositionEditor.ts"
import { makeSections } from "./Sections.ts"

/** The editors of one open project. For a project that is opened again, it is built again. */
export const bankCompositionEditor: Layer.Layer<
  BankCompositionEditor,
  never,
  ProjectRuntime | StudioEventBus
> = Layer.effect(
  BankCompositionEditor,
  Effect.gen(function*() {
    const packer = yield* ProjectRuntime
    // Keys are compared by what is in them: an asset is known by its uuid, and without one by its root.
    const editors = yield* RcMap.make({ lookup: (asset: AssetRef) => makeCompositionEditor(asset) })
    return BankCompositionEditor.of({
      open: (asset) =>
        Effect.flatMap(
          makeSections(packer).first(asset),
          ({ asset: { assetUuid, root } }) =>
            RcMap.get(editors, assetUuid === undefined ? { root } : { uuid: assetUuid })
        )
    })
  })
)
