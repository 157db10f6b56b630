/** Which file shows what an asset is: the first picture of its bank, or one that it could hold. */
import { type Asset, type AssetSummary, type Families, findAsset, type SnapshotView } from "prometeu-packer"
import type { IconName } from "../parts/Icon.tsx"
import { kindIcons, kindOf } from "../parts/Thumbnail.tsx"

// An asset that did not change is the same object as before.
const known = new WeakMap<Asset, string | undefined>()

/** The file that shows what the asset at a root is; without a picture, any file; nothing if it has none. */
export const pictureOf = (view: SnapshotView, root: string): string | undefined => {
  const asset = findAsset(view.snapshot, { root })
  if (asset === undefined) return undefined
  if (!known.has(asset)) {
    const details = view.getAssetDetails({ root })
    const { available, selected } = details._tag === "Success"
      ? details.success.composition
      : { available: [], selected: [] }
    const files = [...selected.filter(({ present }) => present), ...available].map(({ file }) => file)
    known.set(asset, files.find((file) => kindOf(file) === "image") ?? files[0])
  }
  return known.get(asset)
}

/** What stands for an asset without a picture: the kind of files that its family holds. */
export const iconOf = (families: Families, { family, registration }: AssetSummary): IconName => {
  if (registration === "missing") return "missing"
  const [extension] = families.find(({ id }) => id === family)?.extensions ?? []
  return kindIcons[extension === undefined ? "other" : kindOf(extension)]
}
