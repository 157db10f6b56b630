/**
 * The assets that the registry has, by their ids. Going from an id to its entry, from there to a root and from the root to
 * the asset takes about a microsecond more where nothing of it is in the cache.
 *
 * All of it follows from the assets; it is kept beside them as their neighbours are.
 */
import type { Asset } from "./Asset.ts"
import { hashNumber, hashText, HashTrie } from "./HashTrie.ts"
import type { Steps } from "./Steps.ts"

/** The assets that have an entry in the registry. */
export interface Registered {
  readonly byId: HashTrie<number, Asset>
  readonly byUuid: HashTrie<string, Asset>
}

/** The registered ones of these assets, in steps. */
export function* registeredOf(assets: Iterable<Asset>): Steps<Registered> {
  const byId: Array<readonly [number, Asset]> = []
  const byUuid: Array<readonly [string, Asset]> = []
  for (const asset of assets) {
    if (asset.entry === undefined) continue
    byId.push([asset.entry.id, asset])
    if (byUuid.push([asset.entry.uuid, asset]) % sliceSize === 0) yield
  }
  return {
    byId: yield* HashTrie.fromSteps(hashNumber, byId),
    byUuid: yield* HashTrie.fromSteps(hashText, byUuid)
  }
}

/** How many assets are looked at between two pauses. */
const sliceSize = 1024

const put = <K>(
  assets: HashTrie<K, Asset>,
  [before, was]: Named<K>,
  [after, is]: Named<K>
): HashTrie<K, Asset> => {
  // One that moved may have been put in at its new root before it is taken out at the old one: then it stays.
  const left = before !== undefined && before !== after && assets.get(before) === was ? assets.remove(before) : assets
  return after === undefined || is === undefined ? left : left.set(after, is)
}

type Named<K> = readonly [K | undefined, Asset | undefined]

/** The registered assets after one of them became another, or came, or went. */
export const putRegistered = (
  { byId, byUuid }: Registered,
  was: Asset | undefined,
  is: Asset | undefined
): Registered => ({
  byId: put(byId, [was?.entry?.id, was], [is?.entry?.id, is]),
  byUuid: put(byUuid, [was?.entry?.uuid, was], [is?.entry?.uuid, is])
})
