/**
 * Adopting what is on disk: the explicit way out of a divergence, and the way in for what appeared since the last scan.
 *
 * It happens in two steps, so that nothing changes silently: first it becomes visible what was changed behind the packer's
 * back and nobody had noticed, then that this is how it is from now on. What did not change stays the same object.
 */
import type { Asset, Facts } from "./Asset.ts"
import type { Divergence } from "./Divergence.ts"
import type { RegistryConflict } from "./Errors.ts"
import { type RegistryRead, rootsIn } from "./Found.ts"
import { Generation, type OperationId } from "./Identity.ts"
import { registryNotice, unnoticed } from "./Notice.ts"
import { advance, advanceSteps, changeBetween } from "./Patch.ts"
import type { AssetRoot } from "./Path.ts"
import { onDiskOf, sameOnDisk } from "./Reading.ts"
import { sameEntry } from "./Registry.ts"
import { buildSteps, keepSummary } from "./Revise.ts"
import { type FileState, type Fingerprint, type RootSeen, sameContent, type Scan } from "./Seen.ts"
import type { Snapshot } from "./Snapshot.ts"
import type { Steps } from "./Steps.ts"
import { isUnread, unreadPlaces, wasUnread } from "./Unread.ts"
import { type Warning, warning } from "./Warning.ts"

/** What a refresh makes visible: one snapshot after the other, the same ones where nothing changed. */
export interface Refreshed {
  /** With what was changed behind the packer's back. */
  readonly noticed: Snapshot
  /** With what is on disk. */
  readonly adopted: Snapshot
}

/** What a refresh of a whole project goes by besides its scan. */
export interface RefreshFacts {
  readonly operationId: OperationId
  readonly at: number
  /** The registry file that was found, and the registry it makes with changes that had not reached it. */
  readonly registry: RegistryRead & { readonly file: FileState }
  /** Why nothing can be written, if nothing can. */
  readonly readOnly: string | undefined
  /** Roots that the packer itself has just changed, though the snapshot before does not know: no edits of others. */
  readonly own?: ReadonlySet<AssetRoot>
}

/** What a refresh tells of registry changes that were given up for the file. */
export const givenUp = ({ clashes }: RegistryConflict): ReadonlyArray<Warning> =>
  clashes.map(({ key, ours, theirs }) =>
    warning("registry/change-given-up", `The file says ${theirs}, with the same ${key} as ${ours} here`)
  )

/** What a command tells whose change is durable and could not be brought into the snapshot. */
export const reloaded: Warning = warning("snapshot/reloaded", "The snapshot was made anew from what is on disk")

/** What a command tells whose change is durable and cannot be shown at all. */
export const notShown: Warning = warning(
  "snapshot/not-shown",
  "The snapshot lacks the change, and the project is read-only"
)

/** How many assets are compared between two pauses. */
const sliceSize = 512

const absent: FileState = { _tag: "Absent" }

/** Adopts all that a scan found, in steps. */
export function* refreshSteps(before: Snapshot, scan: Scan, refresh: RefreshFacts): Steps<Refreshed> {
  const { at, operationId, own, readOnly, registry: { fault, file, registry } } = refresh
  const { roots, troubles } = yield* rootsIn(
    scan,
    (found, root) =>
      sameOnDisk(before.assets.get(root)?.onDisk, found, before.settings) ?? onDiskOf(found, before.settings)
  )
  const unread = yield* unreadPlaces(before, scan)
  const diverged = new Map<AssetRoot, Facts>()
  const late = new Map<AssetRoot, Facts>()
  let looked = 0
  for (const [root, asset] of before.assets) {
    if (asset.notPublished !== undefined) late.set(root, asset)
    const isNobodysEdit = own?.has(root) === true || isUnread(unread, root)
    const facts = isNobodysEdit ? undefined : unnoticed(asset, roots.get(root)?.manifestState ?? absent, at)
    if (facts !== undefined) diverged.set(root, facts)
    if (++looked % sliceSize === 0) yield
  }
  const registryFacts = registryNotice(before, { at, registry: file })
  const noticed = yield* advanceSteps(
    before,
    { facts: diverged, registry: [], ...(registryFacts === undefined ? {} : { registryFacts }) },
    operationId
  )
  yield
  const facts = new Map<AssetRoot, Facts>()
  for (const [root, onDisk] of roots) facts.set(root, { onDisk, divergence: undefined, notPublished: undefined })
  // What is durable and not in place yet is what counts; on disk is still what was there before.
  for (const [root, asset] of late) facts.set(root, asset)
  // A registry that became durable and then lost its entries may have no file yet: the one that will be made counts.
  const isStillToBeMade = before.registryFacts.present && sameContent(before.registryFacts.state, file)
  const present = file._tag !== "Absent" || registry.byId.size > 0 || isStillToBeMade
  const after = yield* buildSteps({
    facts,
    registry,
    registryFacts: { present, state: file, fault, divergence: undefined },
    settings: before.settings,
    readOnly,
    troubles,
    keep: (asset) => sameOr(noticed.assets.get(asset.root), asset)
  })
  const touched = new Set<AssetRoot>()
  for (const map of [noticed.assets, after.assets]) {
    for (const [root] of map) if (touched.add(root).size % sliceSize === 0) yield
  }
  const change = yield* changeBetween(noticed, after, touched, operationId)
  const isVisible = change.added.length + change.updated.length + change.removed.length > 0 ||
    JSON.stringify(noticed.diagnostics) !== JSON.stringify(after.diagnostics) || noticed.readOnly !== readOnly ||
    noticed.registryFacts.divergence !== undefined
  if (!isVisible) return { noticed, adopted: { ...noticed, registry, registryFacts: after.registryFacts } }
  const generation = Generation.make(noticed.generation + 1)
  return { noticed, adopted: { ...noticed, ...after, generation, change } }
}

/** The asset as it was, if it shows the same. */
const sameOr = (was: Asset | undefined, is: Asset): Asset => {
  if (was === undefined) return is
  const sameRegistration = was.registration === is.registration &&
    (was.entry === undefined || is.entry === undefined
      ? was.entry === is.entry
      : sameEntry(was.entry, is.entry) && was.entry.extra === is.entry.extra)
  const same = sameRegistration && was.onDisk === is.onDisk && was.divergence === is.divergence &&
    was.notPublished === is.notPublished && JSON.stringify(was.diagnostics) === JSON.stringify(is.diagnostics)
  return same ? was : keepSummary(was, is)
}

/** Adopts what a look found at one root. */
export const refreshAsset = (
  before: Snapshot,
  root: AssetRoot,
  seen: RootSeen,
  { at, operationId }: Pick<RefreshFacts, "at" | "operationId">
): Refreshed => {
  const asset = before.assets.get(root)
  // What is durable and not in place yet is what counts; on disk is still what was there before.
  if (asset?.notPublished !== undefined) return { noticed: before, adopted: before }
  const isThere = seen._tag === "Folder" && seen.folder !== undefined && seen.manifest._tag !== "Absent"
  const scan = isThere && seen.folder !== undefined
    ? { spelling: seen.spelling, manifest: seen.manifest, folder: seen.folder }
    : undefined
  const onDisk = scan === undefined
    ? undefined
    : sameOnDisk(asset?.onDisk, scan, before.settings) ?? onDiskOf(scan, before.settings)
  const isNobodysEdit = asset === undefined || (asset.onDisk === undefined && wasUnread(before, root))
  const changed = isNobodysEdit ? undefined : unnoticed(asset, onDisk?.manifestState ?? absent, at)
  const noticed = changed === undefined
    ? before
    : advance(before, { facts: new Map([[root, changed]]), registry: [] }, operationId)
  const facts: Facts | undefined = onDisk === undefined
    ? undefined
    : { onDisk, divergence: undefined, notPublished: undefined }
  return { noticed, adopted: advance(noticed, { facts: new Map([[root, facts]]), registry: [] }, operationId) }
}

/** The end of a publication that was late: in place with this fingerprint if a file was written, or overtaken. */
export type LateEnd =
  | { readonly _tag: "Published"; readonly fingerprint: Fingerprint | undefined }
  | { readonly _tag: "Overtaken"; readonly divergence: Divergence }

/** The snapshot after a change that was durable came to its place, or found somebody else there. */
export const publishedLate = (
  before: Snapshot,
  root: AssetRoot,
  end: LateEnd,
  operationId: OperationId
): Snapshot => {
  const asset = before.assets.get(root)
  if (asset === undefined) return before
  const { onDisk } = asset
  const fingerprint = end._tag === "Published" ? end.fingerprint : undefined
  const facts: Facts = {
    onDisk: onDisk === undefined || fingerprint === undefined
      ? onDisk
      : { ...onDisk, manifestState: { _tag: "File", fingerprint } },
    divergence: asset.divergence ?? (end._tag === "Overtaken" ? end.divergence : undefined),
    notPublished: undefined
  }
  return advance(before, { facts: new Map([[root, facts]]), registry: [] }, operationId)
}
