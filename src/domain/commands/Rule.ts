/** What every command has in common: the form of its rule, and what stands in the way of all of them. */
import * as Result from "effect/Result"

import { type Asset, type Facts, manifestOf } from "../Asset.ts"
import { type Blocker, blocker } from "../Blocker.ts"
import type { SingleCommand } from "../Command.ts"
import { assetSubject } from "../Diagnostic.ts"
import type { FileStep } from "../FileStep.ts"
import { type AssetRef, showRef } from "../Identity.ts"
import type { AssetRoot } from "../Path.ts"
import type { RegistryChange } from "../Registry.ts"
import type { Look, Observed, RootSeen, SeenFolder } from "../Seen.ts"
import { findAsset, readOnlyReason, type Snapshot } from "../Snapshot.ts"
import { type Warning, warning } from "../Warning.ts"

/** What a command is planned on: the state that the one before leaves, and what was looked at for it. */
export interface Planning {
  readonly snapshot: Snapshot
  readonly observed: Observed
  /** The place of the command in its batch, or 0. */
  readonly part: number
}

/** What a command would do. */
export interface Effects {
  readonly warnings: ReadonlyArray<Warning>
  readonly registry: ReadonlyArray<RegistryChange>
  readonly files: ReadonlyArray<FileStep>
  /** What is known of the roots afterwards; `undefined` if nothing is there any more. */
  readonly facts: ReadonlyMap<AssetRoot, Facts | undefined>
}

/** What came of planning a command: what it would do, or every reason why it cannot. */
export type Planned = Result.Result<Effects, ReadonlyArray<Blocker>>

/** All there is to know of one kind of command. */
export interface Rule<C extends SingleCommand> {
  /** What has to be looked at on disk before it can be planned. */
  readonly looks: (snapshot: Snapshot, command: C) => ReadonlyArray<Look>
  /** What it would do, or why not. */
  readonly plan: (planning: Planning, command: C) => Planned
}

/** The rule of a command on an asset: it also tells what stands in the way whatever the arguments, for its action. */
export interface AssetRule<C extends SingleCommand> extends Rule<C> {
  readonly standing: (snapshot: Snapshot, asset: Asset) => ReadonlyArray<Blocker>
}

/** Makes the rule of a command on an asset: it is planned only if there is the asset and nothing stands in the way. */
export const onAsset = <C extends SingleCommand & { readonly asset: AssetRef }>(rule: {
  readonly looks: Rule<C>["looks"]
  readonly standing: AssetRule<C>["standing"]
  readonly plan: (planning: Planning, asset: Asset, command: C) => Planned
}): AssetRule<C> => ({
  looks: rule.looks,
  standing: rule.standing,
  plan: (planning, command) => {
    const { snapshot } = planning
    const asset = findAsset(snapshot, command.asset)
    return asset === undefined
      ? refused(projectBlockers(snapshot), [notFound(command.asset)])
      : Result.flatMap(unlessBlocked(rule.standing(snapshot, asset)), () => rule.plan(planning, asset, command))
  }
})

/** The blocker of a command on an asset that is not there. */
export const notFound = (ref: AssetRef): Blocker =>
  blocker("asset/not-found", `There is no such asset: ${showRef(ref)}`, "root" in ref ? { root: ref.root } : {})

/** A command that can be applied, and what it does. */
export const possible = (effects: Partial<Effects>): Planned =>
  Result.succeed({ warnings: [], registry: [], files: [], facts: new Map(), ...effects })

/** A command that finds everything as it asks already. */
export const nothingToDo = (asset: Asset, cause: string): Planned =>
  possible({ warnings: [warning("command/no-change", `${subjectOf(asset)}: ${cause}`, at(asset))] })

/** A command that cannot be applied: for the first of these reasons that there are. */
export const refused = (
  ...reasons: ReadonlyArray<ReadonlyArray<Blocker>>
): Result.Result<never, ReadonlyArray<Blocker>> => Result.fail(reasons.find((blockers) => blockers.length > 0) ?? [])

/** Goes on only if nothing is in the way. */
export const unlessBlocked = (blockers: ReadonlyArray<Blocker>): Result.Result<void, ReadonlyArray<Blocker>> =>
  blockers.length > 0 ? Result.fail(blockers) : Result.void

/** Nearly always nothing is in the way, and this says so: every page of an asset asks. All share it, so nobody can change it. */
export const nothingInTheWay: ReadonlyArray<Blocker> = Object.freeze([])

/** All of these, without a copy where one list has them all. */
export const allOf = (
  first: ReadonlyArray<Blocker>,
  second: ReadonlyArray<Blocker>,
  third: ReadonlyArray<Blocker> = nothingInTheWay
): ReadonlyArray<Blocker> => joined(joined(first, second), third)

const joined = (some: ReadonlyArray<Blocker>, others: ReadonlyArray<Blocker>): ReadonlyArray<Blocker> =>
  others.length === 0 ? some : some.length === 0 ? others : [...some, ...others]

/** What stands in the way of every command. */
export const projectBlockers = (snapshot: Snapshot): ReadonlyArray<Blocker> => {
  const reason = readOnlyReason(snapshot)
  if (reason !== undefined) return [blocker("project/read-only", `The project is read-only: ${reason}`)]
  return snapshot.registryFacts.divergence === undefined
    ? nothingInTheWay
    : [blocker("registry/diverged", "The registry file was changed behind the packer's back")]
}

/** What stands in the way of every command on an asset but `register`. */
export const assetBlockers = (snapshot: Snapshot, asset: Asset): ReadonlyArray<Blocker> =>
  allOf(
    placeBlockers(snapshot, asset),
    asset.registration === "unknown" && snapshot.registryFacts.fault === undefined
      ? [blocker("registry/entry-not-believed", `${subjectOf(asset)}: its registry entry does not count`, at(asset))]
      : nothingInTheWay
  )

/** What stands in the way of every command that needs the registry entry of an asset. */
export const entryBlockers = (snapshot: Snapshot, asset: Asset): ReadonlyArray<Blocker> =>
  allOf(
    assetBlockers(snapshot, asset),
    asset.registration === "unregistered"
      ? [blocker("registry/not-registered", `${subjectOf(asset)}: it is not registered`, at(asset))]
      : nothingInTheWay
  )

/** What stands in the way of every command on an asset. */
export const placeBlockers = (snapshot: Snapshot, asset: Asset): ReadonlyArray<Blocker> =>
  allOf(
    projectBlockers(snapshot),
    asset.divergence === undefined
      ? nothingInTheWay
      : [blocker("asset/diverged", `${subjectOf(asset)}: it was changed behind the packer's back`, at(asset))],
    asset.notPublished === undefined
      ? nothingInTheWay
      : [blocker("asset/publish-pending", `${subjectOf(asset)}: an earlier change is not in place yet`, at(asset))]
  )

/** Where a blocker on an asset is. */
export const at = (asset: Asset): { readonly root: AssetRoot } => ({ root: asset.root })

/** How messages name an asset. */
export const subjectOf = (asset: Asset): string => assetSubject(asset.root, manifestOf(asset)?.name)

/** The look at an asset that the snapshot has. */
export const lookAt = (snapshot: Snapshot, ref: AssetRef, list: Look["list"]): ReadonlyArray<Look> => {
  const asset = findAsset(snapshot, ref)
  return asset === undefined ? [] : [{ root: asset.root, spelling: asset.onDisk?.spelling ?? asset.root, list }]
}

/** What was seen at a root. A root that nobody looked at counts as one that cannot be read. */
export const seenAt = ({ observed }: Planning, root: AssetRoot): RootSeen =>
  observed.roots.get(root) ?? { _tag: "Obstacle", kind: "unreadable", path: root }

/** What ends the way to a root, or stands in its place and is never followed. */
export const obstacleBlockers = (seen: RootSeen, subject: string, root: string): ReadonlyArray<Blocker> => {
  const path = seen._tag === "Obstacle" ? seen.path : root
  const who = path === root ? "" : `${subject}: `
  const where = { root, path }
  if (seen._tag === "Link" || (seen._tag === "Obstacle" && seen.kind === "link")) {
    return [blocker("root/link", `${who}"${path}" is a symbolic link`, where)]
  }
  if (seen._tag !== "Obstacle") return []
  return seen.kind === "no-folder"
    ? [blocker("root/not-a-folder", `${who}"${path}" is no folder`, where)]
    : [blocker("workspace/unreadable", `${who}"${path}" cannot be read`, where)]
}

const unreadableManifest = (asset: Asset, reason: string): Blocker => {
  const path = `${asset.root}/asset.json`
  return blocker("workspace/unreadable", `${subjectOf(asset)}: "${path}" cannot be read (${reason})`, {
    ...at(asset),
    path
  })
}

/** The folder of an asset as it was seen, or why there is none to work with. */
export const folderOf = (planning: Planning, asset: Asset): Result.Result<SeenFolder, ReadonlyArray<Blocker>> => {
  const seen = seenAt(planning, asset.root)
  if (seen._tag === "Folder") {
    const known = asset.onDisk?.manifestState._tag === "Unreadable"
    return seen.manifest._tag === "Unreadable" && !known
      ? refused([unreadableManifest(asset, seen.manifest.reason)])
      : Result.succeed(seen)
  }
  return refused(obstacleBlockers(seen, subjectOf(asset), asset.root), [
    blocker("root/missing", `${subjectOf(asset)}: its folder is not there`, at(asset))
  ])
}
