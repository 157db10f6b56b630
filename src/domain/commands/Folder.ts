/** What keeps a whole folder from being moved, to another place or to the trash. */
import type { Asset } from "../Asset.ts"
import { type Blocker, blocker } from "../Blocker.ts"
import { firstInside } from "../Neighbours.ts"
import type { SeenFolder } from "../Seen.ts"
import type { Snapshot } from "../Snapshot.ts"
import { at, type Planning, subjectOf } from "./Rule.ts"

const holding = (asset: Asset, inner: string): Blocker =>
  blocker("root/holds-asset", `${subjectOf(asset)}: another asset lies inside it, at "${inner}"`, {
    ...at(asset),
    path: inner
  })

/** So many inner assets are named; a folder may hold thousands. */
const maxNamed = 16

/** Assets inside the folder that the snapshot knows. */
export const holdsAssets = (snapshot: Snapshot, asset: Asset): ReadonlyArray<Blocker> =>
  asset.onDisk === undefined
    ? []
    : firstInside(snapshot, asset.root, maxNamed, (inner) => inner.onDisk !== undefined)
      .map((inner) => holding(asset, inner.root))

/** Asset roots inside the folder that appeared since the snapshot looked. */
export const innerBlockers = (asset: Asset, seen: SeenFolder): ReadonlyArray<Blocker> =>
  (seen.folder?.innerRoots ?? []).slice(0, maxNamed).map((inner) => holding(asset, `${asset.root}/${inner}`))

/** A folder can be moved as one only within a device. */
export const acrossDevices = (
  { observed }: Planning,
  asset: Asset,
  devices: ReadonlyArray<string>
): ReadonlyArray<Blocker> =>
  devices.every((device) => device === observed.runtimeDevice)
    ? []
    : [
      blocker(
        "workspace/across-devices",
        `${subjectOf(asset)}: its folder, the place it goes to and the packer's own folder are not on one device`,
        at(asset)
      )
    ]
