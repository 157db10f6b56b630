/** REGISTER: takes an asset root that is there into the registry, and gives it an identity if it has none. */
import * as Result from "effect/Result"

import type { Asset } from "../Asset.ts"
import type { Register } from "../Command.ts"
import { showRef } from "../Identity.ts"
import type { AssetUuid } from "../Identity.ts"
import type { Manifest } from "../Manifest.ts"
import { setUuid } from "../ManifestEdit.ts"
import { type AssetRoot, parentsOf } from "../Path.ts"
import { onDiskOf } from "../Reading.ts"
import { doubtfulAt } from "../Registry.ts"
import type { Snapshot } from "../Snapshot.ts"
import { type Blocker, blocker, warning } from "../Verdict.ts"
import { editable, manifestBlockers, writeManifest } from "./EditManifest.ts"
import { newEntry } from "./Entry.ts"
import {
  type AssetRule,
  at,
  obstacleBlockers,
  placeBlockers,
  type Planning,
  possible,
  projectBlockers,
  refused,
  seenAt,
  subjectOf
} from "./Rule.ts"
import { legalRoot, lookAtTarget, spellingFor } from "./Target.ts"

/** The rule of `register`. */
export const register: AssetRule<Register> = {
  looks: (snapshot, { root }) => lookAtTarget(snapshot, root, "adopt"),

  standing: (snapshot, asset) => {
    const state = asset.registration
    return [
      ...placeBlockers(snapshot, asset),
      ...(state === "registered" || state === "missing"
        ? [blocker("registry/already-registered", `${subjectOf(asset)}: it is registered already`, at(asset))]
        : [...manifestBlockers(asset), ...nestedBlockers(snapshot, asset.root)])
    ]
  },

  plan: (planning, command) => {
    const { snapshot } = planning
    const root = legalRoot(command.root)
    if (Result.isFailure(root)) return refused([...projectBlockers(snapshot), ...root.failure])
    const known = snapshot.assets.get(root.success)
    const asset = known ?? unknownAsset(planning, root.success)
    if (asset === undefined) {
      const seen = seenAt(planning, root.success)
      const blockers = [...projectBlockers(snapshot), ...obstacleBlockers(seen, `"${root.success}"`, root.success)]
      return refused(
        blockers.length > 0
          ? blockers
          : [
            blocker("asset/not-found", `There is no manifest to register: ${showRef({ root: command.root })}`, {
              root: command.root
            })
          ]
      )
    }
    const standing = register.standing(snapshot, asset)
    if (standing.length > 0) return refused(standing)
    const source = editable(planning, asset)
    if (Result.isFailure(source)) return refused(source.failure)
    const uuid = uuidFor(planning, asset, source.success.source.manifest, command.identity ?? "keep")
    if (Result.isFailure(uuid)) return refused(uuid.failure)
    const replaces = doubtfulAt(snapshot.registry, asset.root)
    const included = replaces.find((doubtful) => doubtful.entry !== undefined)?.entry?.included
    const entry = newEntry(planning, asset.root, {
      ...(uuid.success === undefined ? {} : { uuid: uuid.success }),
      ...(included === undefined ? {} : { included })
    })
    if (Result.isFailure(entry)) return refused(entry.failure)
    const effects = {
      registry: [{ before: undefined, after: entry.success, replaces }],
      warnings: replaces.length === 0
        ? []
        : [
          warning(
            "registry/entry-replaced",
            `${subjectOf(asset)}: its registry entry is replaced, and it gets a new id`,
            at(asset)
          )
        ]
    }
    if (source.success.source.manifest.uuid === entry.success.uuid) {
      const { divergence, notPublished, onDisk } = asset
      return possible({ ...effects, facts: new Map([[asset.root, { divergence, notPublished, onDisk }]]) })
    }
    const written = writeManifest(planning, asset, source.success, setUuid(source.success.source, entry.success.uuid))
    return Result.match(written, {
      onFailure: refused,
      onSuccess: ({ facts, step }) => possible({ ...effects, files: [step], facts: new Map([[asset.root, facts]]) })
    })
  }
}

const nestedBlockers = (snapshot: Snapshot, root: AssetRoot): ReadonlyArray<Blocker> =>
  parentsOf(root)
    .filter((parent) => snapshot.assets.get(parent as AssetRoot)?.onDisk !== undefined)
    .map((outer) => blocker("root/nested", `"${root}" lies inside the asset at "${outer}"`, { root, path: outer }))

/** An asset root that appeared since the last scan: registering it is how the snapshot gets to know it. */
const unknownAsset = (planning: Planning, root: AssetRoot): Asset | undefined => {
  const { manifest, folder, kind, obstacle } = seenAt(planning, root)
  if (obstacle !== undefined || kind !== "folder" || manifest._tag === "Absent" || folder === undefined) {
    return undefined
  }
  const spelling = spellingFor(planning.snapshot, root)
  return {
    root,
    onDisk: onDiskOf({ spelling, manifest, folder }, planning.snapshot.rules),
    divergence: undefined,
    notPublished: undefined,
    registration: "unregistered",
    entry: undefined,
    diagnostics: [],
    summary: { root, registration: "unregistered", diverged: false, diagnostics: { error: 0, warning: 0, info: 0 } }
  }
}

/** The uuid to keep, `undefined` for a new one, or why there is none to keep. */
const uuidFor = (
  { snapshot }: Planning,
  asset: Asset,
  manifest: Manifest,
  identity: "keep" | "new"
): Result.Result<AssetUuid | undefined, ReadonlyArray<Blocker>> => {
  if (identity === "new") return Result.succeed(undefined)
  const replaced = doubtfulAt(snapshot.registry, asset.root)
  const owner = (uuid: string): string | undefined =>
    snapshot.registry.byUuid.get(uuid)?.root ??
      snapshot.registry.doubtful.find((entry) => entry.uuid === uuid && !replaced.includes(entry))?.source
  if (manifest.uuid === undefined) {
    return Result.succeed(
      replaced.map((doubtful) => doubtful.entry?.uuid).find((uuid) => uuid !== undefined && owner(uuid) === undefined)
    )
  }
  const other = owner(manifest.uuid)
  return other === undefined
    ? Result.succeed(manifest.uuid)
    : Result.fail([
      blocker(
        "identity/copied",
        `${subjectOf(asset)}: its uuid ${manifest.uuid} is registered for "${other}"`,
        at(asset)
      )
    ])
}
