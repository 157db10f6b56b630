/** What commands make of a registry, without the commands. */
import { Arbitrary, Result, Schema } from "effect"
import { AssetId, AssetUuid } from "../../src/domain/Identity.ts"
import type { AssetRoot } from "../../src/domain/Path.ts"
import {
  applyChanges,
  doubtfulAt,
  type Registry,
  type RegistryChange,
  type RegistryEntry
} from "../../src/domain/Registry.ts"
import { readRegistry } from "../../src/domain/RegistryCodec.ts"
import { integer, pick } from "./Arbitraries.ts"
import { rootTexts, uuidText } from "./RegistrySource.ts"
import { root } from "./Workspace.ts"

/** Something that a person may want: the numbers choose among the entries, and among the roots. */
export const wish = Arbitrary.all({
  kind: pick("register", "register", "mend", "mend", "remove", "relocate", "include", "swap"),
  which: integer(0, 1000),
  other: integer(0, 1000)
})
/** Something that a person may want. */
export type Wish = typeof wish extends Arbitrary.Arbitrary<infer A> ? A : never

const roots = [...new Set(rootTexts.map(root))]

const isId = Schema.is(AssetId)

/** The changes, one after the other, that a wish leads to; none where it cannot be had. */
export const changesFor = (registry: Registry, { kind, other, which }: Wish): ReadonlyArray<RegistryChange> => {
  const change = (before: RegistryEntry | undefined, after: RegistryEntry | undefined): RegistryChange => ({
    before,
    after,
    replaces: []
  })
  const isFree = (place: AssetRoot) =>
    registry.byRoot.get(place) === undefined && doubtfulAt(registry, place).length === 0
  const [entry] = registry.byRoot.slice(which % Math.max(1, registry.byRoot.size), 1)
  if (kind === "register" || kind === "mend") {
    const doubted = registry.doubtful.flatMap((entry) => entry.root ?? [])
    const place = kind === "mend" ? doubted[which % doubted.length] : roots[which % roots.length]
    if (place === undefined || registry.byRoot.get(place) !== undefined || !isId(registry.nextId)) return []
    const replaces = doubtfulAt(registry, place)
    const isUsed = (uuid: string) =>
      registry.byUuid.get(uuid) !== undefined ||
      registry.doubtful.some((entry) => entry.uuid === uuid && !replaces.includes(entry))
    const uuid = [...replaces.map((entry) => entry.uuid), uuidText(other), uuidText((1000 + registry.nextId) % 1e12)]
      .find((uuid) => uuid !== undefined && !isUsed(uuid))
    if (uuid === undefined) return []
    const after = { id: registry.nextId, uuid: AssetUuid.make(uuid), root: place, included: other % 2 === 0, extra: "" }
    return [{ before: undefined, after, replaces }]
  }
  if (entry === undefined) return []
  if (kind === "remove") return [change(entry, undefined)]
  if (kind === "include") return [change(entry, { ...entry, included: !entry.included })]
  const place = roots.find(isFree)
  if (place === undefined) return []
  if (kind === "relocate") return [change(entry, { ...entry, root: place })]
  const [partner] = registry.byRoot.slice(other % registry.byRoot.size, 1)
  if (partner === undefined || partner === entry) return []
  return [
    change(entry, { ...entry, root: place }),
    change(partner, { ...partner, root: entry.root }),
    change({ ...entry, root: place }, { ...entry, root: partner.root })
  ]
}

/** A registry after wishes, one after the other, with the changes they led to. */
export const fulfil = (registry: Registry, wishes: ReadonlyArray<Wish>) =>
  wishes.reduce<{ readonly changes: ReadonlyArray<RegistryChange>; readonly registry: Registry }>(
    (done, wish) =>
      changesFor(done.registry, wish).reduce(({ changes, registry }, change) => ({
        changes: [...changes, change],
        registry: applyChanges(registry, [change])
      }), done),
    { changes: [], registry }
  )

/** The registry in a text. */
export const registryIn = (text: string): Registry => Result.getOrThrow(readRegistry(new TextEncoder().encode(text)))

/** Everything that a registry says, in values that can be compared. */
export const contentOf = (registry: Registry) => ({
  byRoot: [...registry.byRoot],
  byId: [...registry.byId],
  byUuid: [...registry.byUuid],
  doubtful: registry.doubtful,
  nextId: registry.nextId,
  extra: registry.extra
})
