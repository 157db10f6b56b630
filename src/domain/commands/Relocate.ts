/**
 * RELOCATE: moves an asset's folder and takes its registry entry along; both its ids stay.
 *
 * Where the folder was moved by hand already (the old root is gone, and the new one holds the asset's uuid), only the
 * entry changes.
 */
import * as Result from "effect/Result"

import type { Asset } from "../Asset.ts"
import type { Relocate } from "../Command.ts"
import { type AssetRoot, isInside, parentsOf } from "../Path.ts"
import { onDiskOf } from "../Reading.ts"
import type { RegistryEntry } from "../Registry.ts"
import { type Blocker, blocker, warning } from "../Verdict.ts"
import { acrossDevices, holdsAssets, innerBlockers } from "./Folder.ts"
import {
  assetBlockers,
  type AssetRule,
  at,
  lookAt,
  obstacleBlockers,
  onAsset,
  placeBlockers,
  type Planned,
  type Planning,
  possible,
  refused,
  seenAt,
  subjectOf
} from "./Rule.ts"
import { legalRoot, lookAtTarget, makeParents, spellingFor, targetAt } from "./Target.ts"

const standing: AssetRule<Relocate>["standing"] = (snapshot, asset) => [
  ...assetBlockers(snapshot, asset),
  ...holdsAssets(snapshot, asset)
]

/** The rule of `relocate`. */
export const relocate: AssetRule<Relocate> = {
  looks: (snapshot, { asset, to }) => [...lookAt(snapshot, asset, "adopt"), ...lookAtTarget(snapshot, to, "adopt")],

  standing,

  plan: onAsset(standing, (planning, asset, command) => {
    const to = legalRoot(command.to)
    if (Result.isFailure(to)) return refused(to.failure)
    if (to.success === asset.root) {
      return possible({
        warnings: [warning("command/no-change", `${subjectOf(asset)}: it is there already`, at(asset))]
      })
    }
    if (isInside(to.success, asset.root)) {
      return refused([
        blocker("root/inside-itself", `"${to.success}" lies inside the asset at "${asset.root}"`, at(asset))
      ])
    }
    return asset.onDisk === undefined ? follow(planning, asset, to.success) : move(planning, asset, to.success)
  })
}

const entryChange = (before: RegistryEntry | undefined, root: AssetRoot) =>
  before === undefined ? [] : [{ before, after: { ...before, root }, replaces: [] }]

/** Moves the folder. */
const move = (planning: Planning, asset: Asset, to: AssetRoot): Planned => {
  const { divergence, notPublished, onDisk, root } = asset
  const source = seenAt(planning, root)
  const target = targetAt(planning, to, { root, folderId: source.folderId })
  const blockers = [
    ...obstacleBlockers(source, subjectOf(asset), root),
    ...innerBlockers(asset, source),
    ...(Result.isFailure(target) ? target.failure : acrossDevices(planning, asset, [source, target.success.seen]))
  ]
  if (onDisk === undefined || Result.isFailure(target) || blockers.length > 0) return refused(blockers)
  const { seen, spelling } = target.success
  return possible({
    registry: entryChange(asset.entry, to),
    files: [
      ...makeParents(seen),
      { _tag: "move-directory", from: onDisk.spelling, to: spelling, folderId: source.folderId }
    ],
    facts: new Map([
      [root, undefined],
      [to, { divergence, notPublished, onDisk: { ...onDisk, spelling } }]
    ])
  })
}

/** Follows a folder that was moved by hand: only the entry changes. */
const follow = (planning: Planning, asset: Asset, to: AssetRoot): Planned => {
  const { snapshot } = planning
  const { entry } = asset
  const there = snapshot.assets.get(to)
  const seen = seenAt(planning, to)
  const outer = parentsOf(to).find((parent) => snapshot.assets.get(parent as AssetRoot)?.onDisk !== undefined)
  const blockers: ReadonlyArray<Blocker> = [
    ...(there === undefined ? [] : placeBlockers(snapshot, there)),
    ...(there === undefined || there.registration === "unregistered"
      ? []
      : [blocker("root/taken", `"${to}": another asset is registered there`, { root: to })]),
    ...(outer === undefined ? [] : [
      blocker("root/nested", `"${to}" lies inside the asset at "${outer}"`, { root: to, path: outer })
    ]),
    ...obstacleBlockers(seen, `"${to}"`, to)
  ]
  if (blockers.length > 0) return refused(blockers)
  const missing = refused([
    blocker(
      "root/missing",
      `${subjectOf(asset)}: its folder is not there, and "${to}" does not hold its uuid`,
      at(asset)
    )
  ])
  if (entry === undefined || seen.folder === undefined || seen.kind !== "folder") return missing
  const spelling = there?.onDisk?.spelling ?? spellingFor(snapshot, to)
  const onDisk = onDiskOf({ spelling, manifest: seen.manifest, folder: seen.folder }, snapshot.rules)
  if (onDisk.reading._tag !== "Valid" || onDisk.reading.manifest.uuid !== entry.uuid) return missing
  return possible({
    registry: entryChange(entry, to),
    facts: new Map([[to, there ?? { divergence: undefined, notPublished: undefined, onDisk }]]),
    warnings: [warning("registry/only-entry", `${subjectOf(asset)}: its folder is at "${to}" already`, at(asset))]
  })
}
