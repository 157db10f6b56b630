/**
 * What a look tells by the way: that a manifest or the registry was changed behind the packer's back, which files an
 * asset has now, and that a root that nobody knew of is one. It becomes visible whatever becomes of the command that looked.
 */
import type { Asset, Facts } from "./Asset.ts"
import { divergenceBetween } from "./Divergence.ts"
import { clashOf } from "./Neighbours.ts"
import type { AssetRoot } from "./Path.ts"
import { contentOf, onDiskOf, sameFiles } from "./Reading.ts"
import type { Revision } from "./Revise.ts"
import { type FileState, type Look, manifestStateOf, type Observed, type RootSeen } from "./Seen.ts"
import { readOnlyReason, type RegistryFacts, type Snapshot } from "./Snapshot.ts"

/** What the looks of a command tell besides what was asked, if anything. */
export const notice = (snapshot: Snapshot, looks: ReadonlyArray<Look>, observed: Observed): Revision | undefined => {
  if (readOnlyReason(snapshot) !== undefined) return undefined
  const facts = new Map<AssetRoot, Facts>()
  for (const look of looks) {
    const { list, root } = look
    const asset = snapshot.assets.get(root)
    const seen = observed.roots.get(root)
    if (seen === undefined) continue
    if (asset === undefined) {
      const found = list === "adopt" ? discovered(snapshot, look, seen) : undefined
      if (found !== undefined) facts.set(root, found)
      continue
    }
    // A folder that was not there is still not there, whatever stands in its way now.
    const found = asset.onDisk === undefined && seen._tag !== "Folder" ? absent : manifestStateOf(seen)
    const diverged = unnoticed(asset, found, observed.at)
    const { divergence, notPublished, onDisk } = asset
    if (diverged !== undefined) facts.set(root, diverged)
    else if (list === "adopt" && seen._tag === "Folder" && seen.folder !== undefined && onDisk !== undefined) {
      // Of an asset that commands are refused on anyway, nothing is taken over by the way.
      if (divergence !== undefined || notPublished !== undefined || found._tag === "Unreadable") continue
      const content = contentOf(seen.folder, snapshot.settings)
      if (!sameFiles(onDisk, content)) facts.set(root, { onDisk: { ...onDisk, ...content }, divergence, notPublished })
    }
  }
  const registry = registryNotice(snapshot, observed)
  if (facts.size === 0 && registry === undefined) return undefined
  return { facts, registry: [], ...(registry === undefined ? {} : { registryFacts: registry }) }
}

/**
 * An asset root that appeared since the last scan. One that differs from a known one by letter case only may be that one:
 * on some systems a look at "UI/atlas" finds "ui/atlas".
 */
const discovered = (snapshot: Snapshot, { root }: Look, seen: RootSeen): Facts | undefined => {
  if (seen._tag !== "Folder" || seen.folder === undefined || seen.manifest._tag === "Absent") return undefined
  if (clashOf(root, snapshot) !== undefined) return undefined
  const onDisk = onDiskOf({ spelling: seen.spelling, manifest: seen.manifest, folder: seen.folder }, snapshot.settings)
  return { onDisk, divergence: undefined, notPublished: undefined }
}

/** What is known of an asset whose manifest is found changed for the first time. */
export const unnoticed = (asset: Asset, found: FileState, at: number): Facts | undefined => {
  const { divergence, notPublished, onDisk } = asset
  // What is durable and not in place yet is no edit of somebody else's; commands on it are refused anyway.
  if (divergence !== undefined || notPublished !== undefined) return undefined
  const expected = onDisk?.manifestState ?? absent
  // A read that failed says nothing of what is there, nor of what was there before the next one.
  if (found._tag === "Unreadable" || expected._tag === "Unreadable") return undefined
  const noticed = divergenceBetween(expected, found, at)
  return noticed === undefined ? undefined : { onDisk, divergence: noticed, notPublished }
}

const absent: FileState = { _tag: "Absent" }

/** What is known of the registry file if it is found changed for the first time. */
export const registryNotice = (
  { registryFacts }: Snapshot,
  { at, registry }: Pick<Observed, "at" | "registry">
): RegistryFacts | undefined => {
  const { divergence: known, state } = registryFacts
  if (known !== undefined || registry._tag === "Unreadable" || state._tag === "Unreadable") return undefined
  const divergence = divergenceBetween(state, registry, at)
  return divergence === undefined ? undefined : { ...registryFacts, divergence }
}
