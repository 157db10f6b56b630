/**
 * RELOCATE: moves an asset's folder and takes its registry entry along; both its ids stay.
 *
 * Where the folder was moved by hand already (the old root is gone, and the new one holds the asset's uuid), only the
 * entry changes.
 */
import * as Result from "effect/Result"

import { type Asset, manifestOf, type OnDisk } from "../Asset.ts"
import { blocker } from "../Blocker.ts"
import type { Relocate } from "../Command.ts"
import type { FileStep } from "../FileStep.ts"
import { type AssetRoot, isInside } from "../Path.ts"
import type { RegistryChange } from "../Registry.ts"
import { resultFn } from "../ResultFn.ts"
import { warning } from "../Warning.ts"
import { acrossDevices, holdsAssets, innerBlockers } from "./Folder.ts"
import {
  assetBlockers,
  at,
  folderOf,
  lookAt,
  nothingToDo,
  obstacleBlockers,
  onAsset,
  placeBlockers,
  type Planning,
  possible,
  seenAt,
  subjectOf,
  unlessBlocked
} from "./Rule.ts"
import { legalRoot, lookAtTarget, makeParents, nestedBlockers, targetAt } from "./Target.ts"

/** The rule of `relocate`. */
export const relocate = onAsset<Relocate>({
  looks: (snapshot, { asset, to }) => [...lookAt(snapshot, asset, "adopt"), ...lookAtTarget(snapshot, to, "adopt")],

  standing: (snapshot, asset) => [...assetBlockers(snapshot, asset), ...holdsAssets(snapshot, asset)],

  plan: resultFn(function*(planning: Planning, asset: Asset, command: Relocate) {
    const to = yield* legalRoot(command.to)
    if (to === asset.root) return yield* nothingToDo(asset, "it is there already")
    if (asset.onDisk === undefined) return yield* follow(planning, asset, to)
    if (isInside(to, asset.root)) {
      const cause = `"${to}" would lie inside the folder that is moved, "${asset.root}"`
      return yield* Result.fail([blocker("root/inside-itself", cause, at(asset))])
    }
    return yield* move(planning, asset, asset.onDisk, to)
  })
})

const entryMoves = ({ entry }: Asset, root: AssetRoot): ReadonlyArray<RegistryChange> =>
  entry === undefined ? [] : [{ before: entry, after: { ...entry, root }, replaces: [] }]

/** Moves the folder. */
const move = resultFn(function*(planning: Planning, asset: Asset, onDisk: OnDisk, to: AssetRoot) {
  const { divergence, notPublished, root } = asset
  const source = yield* folderOf(planning, asset)
  yield* unlessBlocked(innerBlockers(asset, source))
  const target = yield* targetAt(planning, to, { root, folderId: source.folderId })
  yield* unlessBlocked(acrossDevices(planning, asset, [source.device, target.device]))
  return yield* possible({
    registry: entryMoves(asset, to),
    files: [
      ...makeParents(target),
      ...(target.itself ? respell(onDisk.spelling, target.spelling, source.folderId) : [
        { _tag: "move-directory" as const, from: onDisk.spelling, to: target.spelling, folderId: source.folderId }
      ])
    ],
    facts: new Map([
      [root, undefined],
      [to, { divergence, notPublished, onDisk: { ...onDisk, spelling: target.spelling } }]
    ])
  })
})

/** Changes letter case on a disk that does not tell it apart: folder by folder, from the outermost that differs. */
const respell = (from: string, to: string, folderId: string | undefined): ReadonlyArray<FileStep> => {
  const [before, after] = [from.split("/"), to.split("/")]
  return after.flatMap((segment, depth): ReadonlyArray<FileStep> => {
    if (segment === before[depth]) return []
    const above = after.slice(0, depth)
    const step = { from: [...above, before[depth]].join("/"), to: [...above, segment].join("/") }
    return [{ _tag: "move-directory", ...step, folderId: depth === after.length - 1 ? folderId : undefined }]
  })
}

/** Follows a folder that was moved by hand: only the entry changes. */
const follow = resultFn(function*(planning: Planning, asset: Asset, to: AssetRoot) {
  const { snapshot } = planning
  const there = snapshot.assets.get(to)
  if (there !== undefined && there.registration !== "unregistered") {
    return yield* Result.fail([blocker("root/taken", `"${to}": another asset is registered there`, { root: to })])
  }
  yield* unlessBlocked([
    ...nestedBlockers(snapshot, to),
    ...obstacleBlockers(seenAt(planning, to), `"${to}"`, to),
    ...(there === undefined ? [] : placeBlockers(snapshot, there))
  ])
  if (there === undefined || manifestOf(there)?.uuid !== asset.entry?.uuid) {
    const cause = `${subjectOf(asset)}: its folder is not there, and "${to}" does not hold its uuid`
    return yield* Result.fail([blocker("root/missing", cause, at(asset))])
  }
  const cause = `${subjectOf(asset)}: its folder is at "${to}" already, only its registry entry changes`
  return yield* possible({
    registry: entryMoves(asset, to),
    warnings: [warning("registry/only-entry", cause, at(asset))]
  })
})
