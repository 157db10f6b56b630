/** DELETE: moves an asset's folder to the trash, whole, and takes it out of the registry. */
import { nameOf } from "../Asset.ts"
import type { Delete } from "../Command.ts"
import { warning } from "../Verdict.ts"
import { acrossDevices, holdsAssets, innerBlockers } from "./Folder.ts"
import {
  assetBlockers,
  type AssetRule,
  at,
  lookAt,
  obstacleBlockers,
  onAsset,
  possible,
  refused,
  seenAt,
  subjectOf
} from "./Rule.ts"

const standing: AssetRule<Delete>["standing"] = (snapshot, asset) => [
  ...assetBlockers(snapshot, asset),
  ...holdsAssets(snapshot, asset)
]

/** The rule of `delete`. */
export const remove: AssetRule<Delete> = {
  looks: (snapshot, { asset }) => lookAt(snapshot, asset, "yes"),

  standing,

  plan: onAsset(standing, (planning, asset) => {
    const { entry } = asset
    const registry = entry === undefined ? [] : [{ before: entry, after: undefined, replaces: [] }]
    if (asset.onDisk === undefined) {
      return possible({
        registry,
        warnings: [warning("registry/only-entry", `${subjectOf(asset)}: its folder is not there`, at(asset))]
      })
    }
    const seen = seenAt(planning, asset.root)
    const blockers = [
      ...obstacleBlockers(seen, subjectOf(asset), asset.root),
      ...innerBlockers(asset, seen),
      ...acrossDevices(planning, asset, [seen])
    ]
    if (blockers.length > 0) return refused(blockers)
    return possible({
      registry,
      files: [{
        _tag: "trash-directory",
        from: asset.onDisk.spelling,
        folderId: seen.folderId,
        asset: nameOf(asset)
      }],
      facts: new Map([[asset.root, undefined]])
    })
  })
}
