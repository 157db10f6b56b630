/** DELETE: moves an asset's folder to the trash, whole, and takes it out of the registry. */
import * as Result from "effect/Result"

import { nameOf } from "../Asset.ts"
import type { Delete } from "../Command.ts"
import { warning } from "../Warning.ts"
import { acrossDevices, holdsAssets, innerBlockers } from "./Folder.ts"
import { assetBlockers, at, folderOf, lookAt, onAsset, possible, subjectOf, unlessBlocked } from "./Rule.ts"

/** The rule of `delete`. */
export const remove = onAsset<Delete>({
  looks: (snapshot, { asset }) => lookAt(snapshot, asset, "yes"),

  standing: (snapshot, asset) => [...assetBlockers(snapshot, asset), ...holdsAssets(snapshot, asset)],

  plan: (planning, asset) => {
    const { entry, onDisk, root } = asset
    const registry = entry === undefined ? [] : [{ before: entry, after: undefined, replaces: [] }]
    if (onDisk === undefined) {
      const cause = `${subjectOf(asset)}: its folder is not there, only its registry entry goes`
      return possible({ registry, warnings: [warning("registry/only-entry", cause, at(asset))] })
    }
    return Result.gen(function*() {
      const seen = yield* folderOf(planning, asset)
      yield* unlessBlocked([...innerBlockers(asset, seen), ...acrossDevices(planning, asset, [seen.device])])
      return yield* possible({
        registry,
        files: [{ _tag: "trash-directory", from: onDisk.spelling, folderId: seen.folderId, asset: nameOf(asset) }],
        facts: new Map([[root, undefined]])
      })
    })
  }
})
