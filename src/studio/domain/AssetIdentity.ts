/** Which asset is still the one that a person looks at, wherever it is now. */
import { type Asset, type AssetName, type AssetRef, type AssetUuid, findAsset, type Snapshot } from "../../index.ts"

const uuidOf = ({ entry, onDisk }: Asset): AssetUuid | undefined => {
  if (entry !== undefined) return entry.uuid
  return onDisk?.reading._tag === "Valid" ? onDisk.reading.manifest.uuid : undefined
}

/** By what an asset is found again. Its uuid counts only if no other asset has it too. */
export const identityOf = (snapshot: Snapshot, asset: Asset): AssetName => {
  const uuid = uuidOf(asset)
  const isOwn = uuid !== undefined && findAsset(snapshot, { uuid }) === asset
  return {
    root: asset.root,
    ...(asset.entry === undefined ? {} : { assetId: asset.entry.id }),
    ...(isOwn ? { assetUuid: uuid } : {})
  }
}

/** How the packer is asked for the asset: by the name that changes least. */
export const refOf = ({ assetId, assetUuid, root }: AssetName): AssetRef =>
  assetId !== undefined ? { id: assetId } : assetUuid !== undefined ? { uuid: assetUuid } : { root }

/**
 * The asset that was called so, if it is still there: a registered one by its id, wherever it went; one that is not
 * registered, or not any more, where it was or by its uuid. Another asset in the place of one that is gone is not it.
 */
export const follow = (snapshot: Snapshot, { assetId, assetUuid, root }: AssetName): Asset | undefined => {
  const byId = assetId === undefined ? undefined : findAsset(snapshot, { id: assetId })
  // Two branches may have given out the same id: what has another uuid somewhere else is another asset.
  const isIt = assetUuid === undefined || byId?.entry?.uuid === assetUuid || byId?.root === root
  if (byId !== undefined && isIt) return byId
  const there = findAsset(snapshot, { root })
  const isFree = there !== undefined && (assetId === undefined || there.entry === undefined)
  if (isFree && assetUuid !== undefined && uuidOf(there) === assetUuid) return there
  const byUuid = assetUuid === undefined ? undefined : findAsset(snapshot, { uuid: assetUuid })
  if (byUuid !== undefined && (assetId === undefined || byUuid.entry === undefined)) return byUuid
  return isFree && assetId === undefined ? there : undefined
}
