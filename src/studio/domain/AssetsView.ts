/** What an assets workspace shows: a list, and everything about the asset that is selected in it. */
import type { Action, AssetList, AssetName, AssetQuery, DetailsView, SnapshotView } from "../../index.ts"
import { follow, identityOf } from "./AssetIdentity.ts"

/** The asset that is selected. */
export interface SelectedAsset {
  readonly asset: AssetName
  readonly details: DetailsView
  readonly actions: ReadonlyArray<Action>
}

/** A list of assets and the selected one, all read at one generation. */
export interface AssetsView {
  readonly query: AssetQuery
  readonly list: AssetList
  /** It stays selected wherever it goes, and whether the list has it or not. */
  readonly selected: SelectedAsset | undefined
  /** The asset that was selected, if it is gone; until another one is selected, or none. */
  readonly gone: AssetName | undefined
}

/** What is to be shown. */
export type Showing = Pick<AssetsView, "query" | "gone"> & { readonly selected: AssetName | undefined }

/** What a view shows, to read it again. */
export const showingOf = ({ gone, query, selected }: AssetsView): Showing => ({
  query,
  gone,
  selected: selected?.asset
})

/** Reads everything that is shown, at one generation. */
export const readAssets = (view: SnapshotView, { gone, query, selected }: Showing): AssetsView => {
  const list = view.listAssets(query)
  if (selected === undefined) return { query, list, selected: undefined, gone }
  const found = selectedIn(view, selected)
  return { query, list, selected: found, gone: found === undefined ? selected : undefined }
}

const selectedIn = (view: SnapshotView, before: AssetName): SelectedAsset | undefined => {
  const { snapshot } = view
  const asset = follow(snapshot, before)
  if (asset === undefined) return undefined
  const details = view.getAssetDetails({ root: asset.root })
  const actions = view.getAssetActions({ root: asset.root })
  if (details._tag === "Failure" || actions._tag === "Failure") return undefined
  return { asset: identityOf(snapshot, asset), details: details.success, actions: actions.success.actions }
}
