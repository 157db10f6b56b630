/** REGISTER: takes an asset root that is there into the registry, and gives it an identity if it has none. */
import * as Result from "effect/Result"

import type { Asset } from "../Asset.ts"
import { type Blocker, blocker } from "../Blocker.ts"
import type { Register } from "../Command.ts"
import type { AssetUuid } from "../Identity.ts"
import type { Manifest } from "../Manifest.ts"
import { setUuid } from "../ManifestEdit.ts"
import { doubtfulAt, type DoubtfulEntry } from "../Registry.ts"
import { resultFn } from "../ResultFn.ts"
import type { Snapshot } from "../Snapshot.ts"
import { warning } from "../Warning.ts"
import { editable, manifestBlockers, writeManifest } from "./EditManifest.ts"
import { newEntry } from "./Entry.ts"
import {
  type AssetRule,
  at,
  notFound,
  obstacleBlockers,
  placeBlockers,
  type Planning,
  possible,
  projectBlockers,
  refused,
  seenAt,
  subjectOf,
  unlessBlocked
} from "./Rule.ts"
import { clashBlockers, legalRoot, lookAtTarget, nestedBlockers } from "./Target.ts"

const standing: AssetRule<Register>["standing"] = (snapshot, asset) => [
  ...placeBlockers(snapshot, asset),
  ...(asset.entry === undefined
    ? [...manifestBlockers(asset), ...nestedBlockers(snapshot, asset.root)]
    : [blocker("registry/already-registered", `${subjectOf(asset)}: it is registered already`, at(asset))])
]

/** The rule of `register`. */
export const register: AssetRule<Register> = {
  looks: (snapshot, { root }) => lookAtTarget(snapshot, root, "adopt"),

  standing,

  plan: resultFn(function*(planning: Planning, command: Register) {
    const { snapshot } = planning
    const project = projectBlockers(snapshot)
    const root = yield* Result.mapError(legalRoot(command.root), (illegal) => [...project, ...illegal])
    const asset = snapshot.assets.get(root)
    if (asset === undefined) {
      const obstacles = obstacleBlockers(seenAt(planning, root), `"${root}"`, root)
      return yield* refused(project, obstacles, clashBlockers(snapshot, root), [notFound({ root })])
    }
    yield* unlessBlocked(standing(snapshot, asset))
    const source = yield* editable(planning, asset)
    const { manifest } = source.source
    const replaces = doubtfulAt(snapshot.registry, root)
    const uuid = command.identity === "new" ? undefined : yield* keptUuid(snapshot, asset, manifest, replaces)
    const included = replaces.find(({ entry }) => entry !== undefined)?.entry?.included
    const entry = yield* newEntry(planning, root, uuid, included)
    const written = manifest.uuid === entry.uuid
      ? undefined
      : yield* writeManifest(planning, asset, source, setUuid(source.source, entry.uuid))
    return yield* possible({
      registry: [{ before: undefined, after: entry, replaces }],
      files: written === undefined ? [] : [written.step],
      facts: new Map(written === undefined ? [] : [[root, written.facts]]),
      warnings: replaces.length === 0
        ? []
        : [warning("registry/entry-replaced", `${subjectOf(asset)}: it gets a new entry with a new id`, at(asset))]
    })
  })
}

/** The uuid that an asset keeps, `undefined` if it has none, or why it cannot keep the one it has. */
const keptUuid = (
  { registry }: Snapshot,
  asset: Asset,
  manifest: Manifest,
  replaces: ReadonlyArray<DoubtfulEntry>
): Result.Result<AssetUuid | undefined, ReadonlyArray<Blocker>> => {
  const ownerOf = (uuid: string): string | undefined =>
    registry.byUuid.get(uuid)?.root ??
      registry.doubtful.find((entry) => entry.uuid === uuid && !replaces.includes(entry))?.source
  if (manifest.uuid === undefined) {
    const own = replaces.flatMap(({ uuid }) => uuid === undefined ? [] : [uuid])
    return Result.succeed(own.find((uuid) => ownerOf(uuid) === undefined))
  }
  const owner = ownerOf(manifest.uuid)
  if (owner === undefined) return Result.succeed(manifest.uuid)
  const cause = `${subjectOf(asset)}: its uuid ${manifest.uuid} is registered for "${owner}"`
  return Result.fail([blocker("identity/copied", cause, at(asset))])
}
