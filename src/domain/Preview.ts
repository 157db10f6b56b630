/** What a command would do, as it is shown before it is applied: a plan without bytes. */
import * as Schema from "effect/Schema"

import { AssetSummary } from "./Asset.ts"
import { Blocker } from "./Blocker.ts"
import { Command } from "./Command.ts"
import { CapacityUse } from "./Composition.ts"
import { AssetId, AssetUuid, Generation } from "./Identity.ts"
import { AssetRoot } from "./Path.ts"
import { Warning } from "./Warning.ts"

/** A registry entry as a preview shows it. */
export const EntryView = Schema.Struct({
  root: AssetRoot,
  assetId: AssetId,
  assetUuid: AssetUuid,
  includedInBuild: Schema.Boolean
})
/** A registry entry as a preview shows it. */
export type EntryView = typeof EntryView.Type

/** What a command would do to one registry entry. */
export const RegistryMutation = Schema.Struct({
  kind: Schema.Literals(["added", "removed", "changed"]),
  before: Schema.optionalKey(EntryView),
  after: Schema.optionalKey(EntryView),
  /** The source of entries that cannot be believed and that this one replaces. */
  replaces: Schema.optionalKey(Schema.Array(Schema.String))
})
/** What a command would do to one registry entry. */
export type RegistryMutation = typeof RegistryMutation.Type

/** The content of a file, by hash and size. */
export const FileView = Schema.Struct({ hash: Schema.String, size: Schema.Natural })
/** The content of a file, by hash and size. */
export type FileView = typeof FileView.Type

/** What a command would do to a file or folder; paths are relative to `assets/`, in the spelling of the disk. */
export const FilesystemMutation = Schema.Struct({
  kind: Schema.Literals(["create-directory", "write-file", "move-directory", "trash-directory"]),
  from: Schema.optionalKey(Schema.String),
  to: Schema.optionalKey(Schema.String),
  before: Schema.optionalKey(FileView),
  after: Schema.optionalKey(FileView)
})
/** What a command would do to a file or folder. */
export type FilesystemMutation = typeof FilesystemMutation.Type

/** What an asset will be afterwards; without a summary, nothing is there any more. */
export const AssetOutcome = Schema.Struct({ root: AssetRoot, summary: Schema.optionalKey(AssetSummary) })
/** What an asset will be afterwards. */
export type AssetOutcome = typeof AssetOutcome.Type

/** What a command would do, exactly. Handed back with the command, exactly this is applied, or nothing. */
export const Preview = Schema.Struct({
  command: Command,
  /** The generation it was planned on. */
  baseGeneration: Generation,
  /** The same for two previews exactly if they would do the same; a new `asset_id` does not count. */
  digest: Schema.String,
  /** Any of these, and the command cannot be applied. */
  blockers: Schema.Array(Blocker),
  warnings: Schema.Array(Warning),
  registryMutations: Schema.Array(RegistryMutation),
  filesystemMutations: Schema.Array(FilesystemMutation),
  outcome: Schema.Array(AssetOutcome),
  /**
   * Of `applyBankComposition` alone: how full the bank would be, blocked or not, by the files that were seen on disk. Absent
   * if there is no such asset, or nothing that says what it may hold.
   */
  capacity: Schema.optionalKey(CapacityUse),
  /** Identities made up for this preview, one for each command; applying it uses these. */
  newUuids: Schema.Array(AssetUuid)
})
/** What a command would do, exactly. */
export type Preview = typeof Preview.Type
