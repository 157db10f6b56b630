/** Projects for tests, and one step of their lives: look, plan, apply, patch, checkpoint. */
import * as Result from "effect/Result"
import type { Asset } from "../../src/domain/Asset.ts"
import type { Command } from "../../src/domain/Command.ts"
import { OperationId } from "../../src/domain/Identity.ts"
import { type AssetRoot, parseRoot } from "../../src/domain/Path.ts"
import { type Plan, plan } from "../../src/domain/Plan.ts"
import type { Snapshot } from "../../src/domain/Snapshot.ts"
import { type ProjectTree, testUuid } from "../../src/testing/ProjectTree.ts"

export { manifestText as manifest } from "../../src/testing/WorkspaceFiles.ts"

export const operation = OperationId.make("operation-1")

/** A text as a root; only for texts that are one. */
export const root = (text: string): AssetRoot => Result.getOrThrow(parseRoot(text))

/** A registry entry as the file has it. */
export const entry = (id: number, root: string, fields: Readonly<Record<string, unknown>> = {}) => ({
  asset_id: id,
  asset_uuid: testUuid(id),
  root,
  included_in_build: true,
  ...fields
})

/** A registry file. */
export const registry = (
  entries: ReadonlyArray<unknown>,
  fields: Readonly<Record<string, unknown>> = {}
): string => JSON.stringify({ schema_version: 1, assets: entries, ...fields })

/** A project on disk and as the packer sees it. */
export interface Project {
  readonly tree: ProjectTree
  readonly snapshot: Snapshot
}

export const open = (tree: ProjectTree): Project => ({ tree, snapshot: tree.open() })

/** Plans a command on what the disk says now. */
export const planFor = ({ snapshot, tree }: Project, command: Command, firstUuid?: number): Plan =>
  plan(snapshot, command, tree.observe(snapshot, command, firstUuid))

/** Carries out a plan: the new project, with the registry file written. Plans with blockers change what they noticed. */
export const carryOut = (project: Project, made: Plan): Project => {
  const tree = project.tree.clone()
  return { tree, snapshot: tree.carryOut(project.snapshot, made, operation) }
}

/** Plans a command and carries it out. */
export const run = (project: Project, command: Command, firstUuid?: number): Project & { readonly plan: Plan } => {
  const made = planFor(project, command, firstUuid)
  return { ...carryOut(project, made), plan: made }
}

/** That an asset is the very one that lists show. */
const isShown = ({ assets }: Snapshot, asset: Asset): boolean => assets.get(asset.root) === asset

/** All of a snapshot that another opening of the same folder must agree on. */
export const visible = (snapshot: Snapshot) => ({
  assets: Array.from(snapshot.assets.values(), ({ diagnostics, onDisk, registration, root, summary }) => ({
    root,
    summary,
    registration,
    diagnostics,
    files: onDisk?.paths.map((path, place) => [path, onDisk.sizes[place]]),
    troubles: onDisk?.troubles,
    reading: onDisk?.reading,
    manifest: onDisk?.manifestState,
    spelling: onDisk?.spelling
  })),
  diagnostics: snapshot.diagnostics,
  registry: {
    entries: Array.from(snapshot.registry.byRoot.values()),
    ids: Array.from(snapshot.registry.byId.values(), ({ root }) => root),
    uuids: Array.from(snapshot.registry.byUuid, ([uuid, { root }]) => [uuid, root]),
    doubtful: snapshot.registry.doubtful,
    nextId: snapshot.registry.nextId,
    lowNextId: snapshot.registry.lowNextId,
    extra: snapshot.registry.extra
  },
  registered: {
    ids: Array.from(snapshot.registered.byId, ([id, asset]) => [id, asset.root, isShown(snapshot, asset)]),
    uuids: Array.from(snapshot.registered.byUuid, ([uuid, asset]) => [uuid, asset.root, isShown(snapshot, asset)])
  },
  folders: Array.from(snapshot.folders),
  carriers: Array.from(snapshot.carriers)
})
