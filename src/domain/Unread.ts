/** Where nobody could look: what is there may have been there all the time, and what was there may be there still. */
import * as Result from "effect/Result"

import { type AssetRoot, parentsOf, parseRoot } from "./Path.ts"
import type { Scan, Trouble } from "./Seen.ts"
import type { Snapshot } from "./Snapshot.ts"
import type { Steps } from "./Steps.ts"

/** How many assets are gone through between two pauses. */
const sliceSize = 512

const unreadable = (troubles: ReadonlyArray<Trouble>, folder: string): ReadonlyArray<string> =>
  troubles.flatMap(({ kind, path }) => kind === "unreadable" ? [`${folder}/${path}`] : [])

/** The paths that could not be read, the last time or this time, in steps. */
export function* unreadPlaces(before: Snapshot, scan: Scan): Steps<ReadonlySet<string>> {
  const places = new Set<string>(scan.unreadable.map(({ path }) => path.normalize("NFC")))
  for (const { code, path } of before.troubles) {
    if (code === "workspace/unreadable" && path !== undefined) places.add(path.normalize("NFC"))
  }
  let looked = 0
  for (const { folder, spelling } of scan.roots) {
    for (const { path } of folder.unreadable) places.add(`${spelling}/${path}`.normalize("NFC"))
    if (++looked % sliceSize === 0) yield
  }
  for (const [root, { onDisk }] of before.assets) {
    for (const path of unreadable(onDisk?.troubles ?? [], root)) places.add(path.normalize("NFC"))
    if (++looked % sliceSize === 0) yield
  }
  return places
}

/** Whether nobody could look at a root the last time; what is found there now may have been there all the time. */
export const wasUnread = ({ assets, troubles }: Snapshot, root: AssetRoot): boolean => {
  const above = parentsOf(root)
  const isWay = (place: string): boolean => place === root || above.includes(place)
  const spelled = (place: string): boolean => isWay(place.normalize("NFC"))
  return troubles.some(({ code, path }) => code === "workspace/unreadable" && path !== undefined && spelled(path)) ||
    above.some((parent) => {
      const outer = parseRoot(parent)
      const onDisk = Result.isSuccess(outer) ? assets.get(outer.success)?.onDisk : undefined
      return unreadable(onDisk?.troubles ?? [], parent).some(spelled)
    })
}

/** Whether a root lies where nobody could look. */
export const isUnread = (places: ReadonlySet<string>, root: AssetRoot): boolean =>
  places.size > 0 && (places.has(root) || parentsOf(root).some((parent) => places.has(parent)))
