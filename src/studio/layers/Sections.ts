/** What the packer says of an asset, read again and again: the same object as long as nothing in it can be different. */
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"

import {
  type Asset,
  type AssetName,
  type AssetRef,
  findAsset,
  type ProjectRuntime,
  type SnapshotView
} from "../../index.ts"
import { follow, identityOf } from "../domain/AssetIdentity.ts"
import type { Section } from "../domain/CompositionEditing.ts"

/** Reads the sections of one asset. */
export const makeSections = (packer: ProjectRuntime["Service"]) => {
  let last: { readonly basis: ReadonlyArray<unknown>; readonly section: Section } | undefined

  /** What the details of an asset follow from, each the same object as long as it is the same. */
  const basisOf = ({ snapshot }: SnapshotView, asset: Asset | undefined) => [
    asset,
    snapshot.registryFacts,
    snapshot.readOnly
  ]

  const read = (view: SnapshotView, ref: AssetRef) =>
    Result.map(view.getAssetDetails(ref), (details) => {
      const asset = findAsset(view.snapshot, ref)
      const section: Section = {
        asset: asset === undefined ? { root: details.summary.root } : identityOf(view.snapshot, asset),
        details
      }
      last = { basis: basisOf(view, asset), section }
      return section
    })

  return {
    first: (ref: AssetRef) => Effect.flatMap(packer.snapshot, (view) => Effect.fromResult(read(view, ref))),
    /** What is said of an asset now, wherever it is; nothing if it is gone. */
    again: (name: AssetName) =>
      Effect.map(packer.snapshot, (view) => {
        const asset = follow(view.snapshot, name)
        if (asset === undefined) return undefined
        const basis = basisOf(view, asset)
        if (last?.basis.every((part, index) => part === basis[index])) return last.section
        return Result.getOrUndefined(read(view, { root: asset.root }))
      })
  }
}
