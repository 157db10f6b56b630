/**
 * Who is near whom: which roots lie below a folder, which differ by letter case only, which carry the same uuid.
 *
 * These indexes are kept beside the assets, so that no question about neighbours walks the project.
 */
import { type Asset, manifestOf } from "./Asset.ts"
import { hashText, HashTrie } from "./HashTrie.ts"
import { type AssetRoot, compareText, foldPath, parentsOf } from "./Path.ts"
import { SortedMap } from "./SortedMap.ts"
import type { Steps } from "./Steps.ts"

/** How a folder name is spelled by the roots that go through it, and by how many of them. */
export interface FolderSpelling {
  readonly path: string
  readonly roots: number
}

/** All assets, and who is near whom. */
export interface Neighbours {
  readonly assets: SortedMap<AssetRoot, Asset>
  /** Every folder on the way to an asset root, and the roots themselves, by `foldPath`. */
  readonly folders: HashTrie<string, ReadonlyArray<FolderSpelling>>
  /** The roots whose manifests carry a uuid, by that uuid. */
  readonly carriers: HashTrie<string, ReadonlyArray<AssetRoot>>
}

/** How many assets are worked on between two pauses. */
const sliceSize = 128

/** Every folder that `root` goes through, itself included. */
const wayTo = (root: string): ReadonlyArray<string> => [...parentsOf(root), root]

/** The neighbours of all assets, which are sorted by root, in steps. */
export function* neighboursOf(assets: ReadonlyArray<Asset>): Steps<Neighbours> {
  const through = new Map<string, number>()
  const carriers = new Map<string, Array<AssetRoot>>()
  const goThrough = (path: string, roots: number) => through.set(path, (through.get(path) ?? 0) + roots)
  // Neighbours in order go through the same folders: those are counted once for all of them.
  let folder = ""
  let inFolder = 0
  const leaveFolder = () => {
    if (folder !== "") { for (const path of wayTo(folder)) goThrough(path, inFolder) }
  }
  for (const [place, asset] of assets.entries()) {
    const { root } = asset
    const end = root.lastIndexOf("/")
    if (end !== folder.length || !root.startsWith(folder)) {
      leaveFolder()
      folder = root.slice(0, Math.max(0, end))
      inFolder = 0
    }
    inFolder++
    goThrough(root, 1)
    const uuid = manifestOf(asset)?.uuid
    const others = uuid === undefined ? undefined : carriers.get(uuid)
    if (others !== undefined) others.push(root)
    else if (uuid !== undefined) carriers.set(uuid, [root])
    if (place % sliceSize === 0) yield
  }
  leaveFolder()
  return {
    assets: yield* SortedMap.bySteps<AssetRoot, Asset>(compareText, assets, ({ root }) => root),
    folders: yield* HashTrie.fromSteps(hashText, yield* spellingsOf(through)),
    carriers: yield* HashTrie.fromSteps<string, ReadonlyArray<AssetRoot>>(hashText, carriers)
  }
}

/** The neighbours with another asset at a root, or none. */
export const putAsset = (
  { assets, carriers, folders }: Neighbours,
  root: AssetRoot,
  asset: Asset | undefined
): Neighbours => {
  const before = assets.get(root)
  const by = before === undefined ? (asset === undefined ? 0 : 1) : (asset === undefined ? -1 : 0)
  const [was, is] = [before, asset].map((one) => one === undefined ? undefined : manifestOf(one)?.uuid)
  return {
    assets: asset === undefined ? assets.remove(root) : assets.set(root, asset),
    carriers: was === is ? carriers : putCarrier(carriers, root, was, is),
    folders: by === 0 ? folders : putFolders(folders, root, by)
  }
}

/** Every folder on the way to a root, by what it is on systems that do not tell letter case apart. */
function* spellingsOf(through: ReadonlyMap<string, number>): Steps<ReadonlyMap<string, ReadonlyArray<FolderSpelling>>> {
  const byFold = new Map<string, ReadonlyArray<FolderSpelling>>()
  for (const [path, roots] of through) {
    const key = foldPath(path)
    const known = byFold.get(key)
    byFold.set(key, known === undefined ? [{ path, roots }] : sortSpellings([...known, { path, roots }]))
    if (byFold.size % (sliceSize * 8) === 0) yield
  }
  return byFold
}

const sortSpellings = (spellings: ReadonlyArray<FolderSpelling>): ReadonlyArray<FolderSpelling> =>
  spellings.toSorted((a, b) => compareText(a.path, b.path))

/** One more or one less root through a folder; folders that no root goes through are dropped. */
const counted = (
  spellings: ReadonlyArray<FolderSpelling>,
  path: string,
  by: 1 | -1
): ReadonlyArray<FolderSpelling> => {
  const known = spellings.find((spelling) => spelling.path === path)
  const others = known === undefined ? spellings : spellings.filter((spelling) => spelling !== known)
  const roots = (known?.roots ?? 0) + by
  return roots === 0 ? others : sortSpellings([...others, { path, roots }])
}

const putFolders = (folders: Neighbours["folders"], root: AssetRoot, by: 1 | -1): Neighbours["folders"] =>
  wayTo(root).reduce((next, path) => {
    const key = foldPath(path)
    const spellings = counted(next.get(key) ?? [], path, by)
    return spellings.length === 0 ? next.remove(key) : next.set(key, spellings)
  }, folders)

const putCarrier = (
  carriers: Neighbours["carriers"],
  root: AssetRoot,
  before: string | undefined,
  after: string | undefined
): Neighbours["carriers"] => {
  let next = carriers
  if (before !== undefined) {
    const rest = (next.get(before) ?? []).filter((other) => other !== root)
    next = rest.length === 0 ? next.remove(before) : next.set(before, rest)
  }
  if (after !== undefined) next = next.set(after, [...next.get(after) ?? [], root].toSorted(compareText))
  return next
}

/** The assets below a folder, in order. */
export function* assetsInside(snapshot: Pick<Neighbours, "assets">, folder: string): Generator<Asset> {
  // The prefix is a place to start from, not a root: it is never looked up as a key.
  const prefix = `${folder}/` as AssetRoot
  for (const [root, asset] of snapshot.assets.entriesFrom(prefix)) {
    if (!root.startsWith(prefix)) return
    yield asset
  }
}

/** The first assets below a folder, in order, of those that are asked for. */
export const firstInside = (
  around: Pick<Neighbours, "assets">,
  folder: string,
  limit: number,
  isAskedFor: (asset: Asset) => boolean
): ReadonlyArray<Asset> => {
  const found: Array<Asset> = []
  for (const asset of assetsInside(around, folder)) {
    if (found.length >= limit) break
    if (isAskedFor(asset)) found.push(asset)
  }
  return found
}

/** A spelling on the way to a root, and another one that some systems cannot tell from it. */
export interface Clash {
  readonly own: string
  readonly other: string
}

/** The first folder on a way that has another spelling, of those through which roots go but for the ones that leave. */
const clashOn = (
  way: ReadonlyArray<string>,
  { folders }: Pick<Neighbours, "folders">,
  leaving: ReadonlyArray<string>
): Clash | undefined => {
  for (const own of way) {
    for (const { path, roots } of folders.get(foldPath(own)) ?? []) {
      if (path !== own && roots > (leaving.includes(path) ? 1 : 0)) return { own, other: path }
    }
  }
  return undefined
}

type Around = Pick<Neighbours, "assets" | "folders">

/** What all roots in a folder have in common. */
interface FolderPlace {
  readonly folders: Neighbours["folders"]
  readonly folder: string
  /** The asset on disk that the folder is, or lies in. */
  readonly outer: AssetRoot | undefined
  readonly clash: Clash | undefined
}

const placeIn = (around: Around, folder: string): FolderPlace => {
  const way = folder === "" ? [] : wayTo(folder)
  // Every folder above a legal root is a legal path; whether it is one of the roots is what is asked.
  const outer = way.map((path) => around.assets.get(path as AssetRoot)).findLast((asset) => asset?.onDisk !== undefined)
  return { folders: around.folders, folder, outer: outer?.root, clash: clashOn(way, around, []) }
}

/** The answers given last: whoever asks of a hundred thousand roots asks of one folder after the other. */
const lastPlaces = new WeakMap<Neighbours["assets"], FolderPlace>()

const placeOf = (around: Around, root: string): FolderPlace => {
  const folder = root.slice(0, Math.max(0, root.lastIndexOf("/")))
  const last = lastPlaces.get(around.assets)
  if (last !== undefined && last.folder === folder && last.folders === around.folders) return last
  const place = placeIn(around, folder)
  lastPlaces.set(around.assets, place)
  return place
}

/** The asset on disk around a root, if one is: the root cannot be one itself then. */
export const outerOf = (around: Around, root: AssetRoot): AssetRoot | undefined => placeOf(around, root).outer

/** Another spelling of a root, or of a folder above it, that some systems cannot tell from this one. */
export const clashOf = (root: string, around: Around, without?: AssetRoot): Clash | undefined =>
  without === undefined
    ? placeOf(around, root).clash ?? clashOn([root], around, [])
    : clashOn(wayTo(root), around, wayTo(without))

/** The roots that meet another spelling of a folder, or meet it no more, since something came to `root` or went. */
export function* clashing(root: AssetRoot, before: Neighbours, after: Neighbours): Generator<AssetRoot> {
  for (const path of wayTo(root)) {
    const key = foldPath(path)
    const [was = [], is = []] = [before.folders.get(key), after.folders.get(key)]
    // Whoever was there meets the same other spellings as before.
    if (was.length === is.length && was.every((spelling, i) => spelling.path === is[i]?.path)) continue
    if (was.length < 2 && is.length < 2) continue
    for (const spelling of is) {
      // A spelled folder is a legal path; whether it is one of the roots is what is asked.
      const itself = after.assets.get(spelling.path as AssetRoot)
      if (itself !== undefined) yield itself.root
      for (const inner of assetsInside(after, spelling.path)) yield inner.root
    }
  }
}
