/** DELETE: moves an asset's folder to the trash, whole, and takes it out of the registry. */
import { type Asset, nameOf, type OnDisk } from "../Asset.ts"
import type { Delete } from "../Command.ts"
import type { RegistryChange } from "../Registry.ts"
import { resultFn } from "../ResultFn.ts"
import { warning } from "../Warning.ts"
import { acrossDevices, holdsAssets, innerBlockers } from "./Folder.ts"
import {
  assetBlockers,
  at,
  folderOf,
  lookAt,
  onAsset,
  type Planning,
  possible,
  subjectOf,
  unlessBlocked
} from "./Rule.ts"

/** The rule of `delete`. */
export const remove = onAsset<Delete>({
  looks: (snapshot, { asset }) => lookAt(snapshot, asset, "yes"),

  standing: (snapshot, asset) => [...assetBlockers(snapshot, asset), ...holdsAssets(snapshot, asset)],

  plan: (planning, asset) => {
    const { entry, onDisk } = asset
    const registry = entry === undefined ? [] : [{ before: entry, after: undefined, replaces: [] }]
    if (onDisk === undefined) {
      const cause = `${subjectOf(asset)}: its folder is not there, only its registry entry goes`
      return possible({ registry, warnings: [warning("registry/only-entry", cause, at(asset))] })
    }
    return trash(planning, asset, onDisk, registry)
  }
})

/** Moves the folder to the trash. */
const trash = resultFn(
  function*(planning: Planning, asset: Asset, { spelling }: OnDisk, registry: ReadonlyArray<RegistryChange>) {
    const seen = yield* folderOf(planning, asset)
    yield* unlessBlocked([...innerBlockers(asset, seen), ...acrossDevices(planning, asset, [seen.device])])
    return yield* possible({
      registry,
      files: [{ _tag: "trash-directory", from: spelling, folderId: seen.folderId, asset: nameOf(asset) }],
      facts: new Map([[asset.root, undefined]])
    })
  }
)
