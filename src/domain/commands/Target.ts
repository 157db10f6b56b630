/** Where a new root may be: what `create` and `relocate` ask of the place they put an asset at. */
import * as Result from "effect/Result"

import { type Blocker, blocker } from "../Blocker.ts"
import type { FileStep } from "../FileStep.ts"
import { assetsInside, clashOf, firstInside, outerOf } from "../Neighbours.ts"
import { type AssetRoot, isInside, parentsOf, parseRoot } from "../Path.ts"
import type { Look, RootSeen } from "../Seen.ts"
import type { Snapshot } from "../Snapshot.ts"
import { obstacleBlockers, type Planning, refused, seenAt, unlessBlocked } from "./Rule.ts"

/** A place that is free for an asset. */
export interface Target {
  readonly root: AssetRoot
  readonly spelling: string
  readonly device: string
  /** The folder that moves is there already, under another letter case. */
  readonly itself: boolean
  /** Folders on the way that have to be made, outermost first. */
  readonly missingParents: ReadonlyArray<string>
}

/**
 * How a root that is not there yet is to be spelled: as the disk spells the folders above it, where assets below them
 * tell. A folder that came from a disk with another Unicode normalization is not made a second time beside itself.
 */
const spellingFor = (snapshot: Snapshot, root: AssetRoot): string => {
  for (const parent of parentsOf(root).toReversed()) {
    const spelling = spellingBelow(snapshot, parent)
    if (spelling === undefined) continue
    return spelling.split("/").slice(0, parent.split("/").length).join("/") + root.slice(parent.length)
  }
  return root
}

/** Among so many assets one is on disk, in any project that is not all missing. */
const maxAsked = 64

/** How the disk spells some asset below a folder. */
const spellingBelow = (snapshot: Snapshot, folder: string): string | undefined => {
  let asked = 0
  for (const { onDisk } of assetsInside(snapshot, folder)) {
    if (onDisk !== undefined || ++asked === maxAsked) return onDisk?.spelling
  }
  return undefined
}

/** The look at a place that an asset shall have. */
export const lookAtTarget = (snapshot: Snapshot, input: string, list: Look["list"]): ReadonlyArray<Look> => {
  const root = parseRoot(input)
  if (Result.isFailure(root)) return []
  const spelling = snapshot.assets.get(root.success)?.onDisk?.spelling ?? spellingFor(snapshot, root.success)
  return [{ root: root.success, spelling, list }]
}

/** The root that a text names, or the blocker that says why it names none. */
export const legalRoot = (input: string): Result.Result<AssetRoot, ReadonlyArray<Blocker>> =>
  Result.mapError(parseRoot(input), (problem) => [
    blocker("root/illegal", `The root ${JSON.stringify(input)} is not allowed: ${problem.message}`, { root: input })
  ])

/** A root inside an asset that is there cannot be one itself. */
export const nestedBlockers = (snapshot: Snapshot, root: AssetRoot): ReadonlyArray<Blocker> => {
  const outer = outerOf(snapshot, root)
  return outer === undefined
    ? []
    : [blocker("root/nested", `"${root}" lies inside the asset at "${outer}"`, { root, path: outer })]
}

/** What keeps a place from taking an asset, as far as the snapshot can tell; `moving` leaves its own place. */
const placeTaken = (snapshot: Snapshot, root: AssetRoot, moving?: AssetRoot): ReadonlyArray<Blocker> => {
  const subject = `"${root}"`
  if (snapshot.assets.get(root) !== undefined) {
    return [blocker("root/taken", `${subject}: an asset is there or registered there`, { root })]
  }
  // A folder above a legal root is a legal path; whether an asset is there is what is asked.
  const outer = parentsOf(root).find((parent) =>
    parent !== moving && snapshot.assets.get(parent as AssetRoot) !== undefined
  )
  const [inner] = firstInside(snapshot, root, 1, (asset) => asset.root !== moving)
  return [
    ...(outer === undefined ? [] : [
      blocker("root/nested", `${subject} lies inside the asset at "${outer}"`, { root, path: outer })
    ]),
    ...(inner === undefined ? [] : [
      blocker("root/nested", `${subject} would lie around the asset at "${inner.root}"`, { root, path: inner.root })
    ]),
    ...clashBlockers(snapshot, root, moving)
  ]
}

/** A root that some systems cannot tell from another one, as far as the snapshot can tell. */
export const clashBlockers = (snapshot: Snapshot, root: AssetRoot, moving?: AssetRoot): ReadonlyArray<Blocker> => {
  const clash = clashOf(root, snapshot, moving)
  if (clash === undefined) return []
  const cause = `"${clash.own}" and "${clash.other}" are the same on some systems`
  return [blocker("root/collision", cause, { root, path: clash.other })]
}

/** A place for an asset, or all that keeps it from being one; `moving` is the asset that goes there. */
export const targetAt = (
  planning: Planning,
  root: AssetRoot,
  moving?: { readonly root: AssetRoot; readonly folderId: string | undefined }
): Result.Result<Target, ReadonlyArray<Blocker>> => {
  const taken = placeTaken(planning.snapshot, root, moving?.root)
  if (taken.length > 0) return Result.fail(taken)
  const seen = seenAt(planning, root)
  if (seen._tag === "Absent") {
    return Result.map(unlessBlocked(caseBlockers(root, seen)), () => ({ root, itself: false, ...seen }))
  }
  // On a disk that does not tell case apart, a case-only move finds the folder itself at its target.
  if (seen._tag === "Folder" && seen.folderId !== undefined && seen.folderId === moving?.folderId) {
    return Result.succeed({ root, itself: true, missingParents: [], ...seen })
  }
  return refused(obstacleBlockers(seen, `"${root}"`, root), [
    blocker("root/taken", `"${root}": something is there on disk`, { root })
  ])
}

/** A disk that does not tell case apart says where a folder is, and spells it in another way than the root does. */
const caseBlockers = (
  root: AssetRoot,
  { realParent }: Extract<RootSeen, { readonly _tag: "Absent" }>
): ReadonlyArray<Blocker> => {
  const real = realParent.normalize("NFC")
  const cause = `"${root}" lies in a folder that the disk spells "${real}"`
  return real === "" || isInside(root, real) ? [] : [blocker("root/collision", cause, { root, path: real })]
}

/** Makes the folders on the way to a root that are not there. */
export const makeParents = ({ missingParents }: Target): ReadonlyArray<FileStep> =>
  missingParents.map((to): FileStep => ({ _tag: "create-directory", to }))
