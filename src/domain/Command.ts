/** Requests to change the workspace. */
import * as Schema from "effect/Schema"

import { AssetRef } from "./Identity.ts"

/** The parts of an output that a command sets; for a new asset, what is absent is the family's default. */
export const OutputInput = Schema.Struct({
  /** One of the formats of the family; with another one than before, what is left out is the default of that. */
  format: Schema.optionalKey(Schema.String),
  /** One of the codecs of the format. */
  codec: Schema.optionalKey(Schema.String),
  /** What the format wants to know; all of it, keys that are left out are gone. */
  metadata: Schema.optionalKey(Schema.JsonObject)
})
/** The parts of an output that a command sets. */
export type OutputInput = typeof OutputInput.Type

/** Makes a folder with a manifest, and registers it. */
export const Create = Schema.TaggedStruct("create", {
  /** The folder, relative to `assets/`. */
  root: Schema.String,
  /** How people call the asset. */
  name: Schema.String,
  /** The id of a family of the catalog. */
  family: Schema.String,
  output: Schema.optionalKey(OutputInput),
  /** Whether it is loaded beforehand; `false` if it is left out. */
  preload: Schema.optionalKey(Schema.Boolean)
})
/** Makes a folder with a manifest, and registers it. */
export type Create = typeof Create.Type

/** Takes an asset root that is there into the registry; `identity: "new"` gives it a new uuid. */
export const Register = Schema.TaggedStruct("register", {
  /** The folder with the manifest, relative to `assets/`. */
  root: Schema.String,
  /** `new` gives it a uuid of its own, as for a copy; `keep` is what holds if it is left out. */
  identity: Schema.optionalKey(Schema.Literals(["keep", "new"]))
})
/** Takes an asset root that is there into the registry. */
export type Register = typeof Register.Type

/** Takes an asset out of the registry and leaves its files. */
export const Unregister = Schema.TaggedStruct("unregister", { asset: AssetRef })
/** Takes an asset out of the registry and leaves its files. */
export type Unregister = typeof Unregister.Type

/** Sets whether an asset takes part in the build. */
export const SetBuildParticipation = Schema.TaggedStruct("setBuildParticipation", {
  asset: AssetRef,
  /** Whether it takes part. */
  included: Schema.Boolean
})
/** Sets whether an asset takes part in the build. */
export type SetBuildParticipation = typeof SetBuildParticipation.Type

/** Edits name, preload or output in the manifest. */
export const UpdateContract = Schema.TaggedStruct("updateContract", {
  asset: AssetRef,
  /** How people call the asset. */
  name: Schema.optionalKey(Schema.String),
  /** Whether it is loaded beforehand. */
  preload: Schema.optionalKey(Schema.Boolean),
  output: Schema.optionalKey(OutputInput)
})
/** Edits name, preload or output in the manifest. */
export type UpdateContract = typeof UpdateContract.Type

/** Moves an asset's folder; both its ids stay. */
export const Relocate = Schema.TaggedStruct("relocate", {
  asset: AssetRef,
  /** Where the folder goes, relative to `assets/`. */
  to: Schema.String
})
/** Moves an asset's folder; both its ids stay. */
export type Relocate = typeof Relocate.Type

/** Moves an asset's folder to the trash and takes it out of the registry. */
export const Delete = Schema.TaggedStruct("delete", { asset: AssetRef })
/** Moves an asset's folder to the trash and takes it out of the registry. */
export type Delete = typeof Delete.Type

/** Writes which files a bank holds, in which order. */
export const ApplyBankComposition = Schema.TaggedStruct("applyBankComposition", {
  asset: AssetRef,
  /** The files, relative to the asset's folder, in the order of the bank. */
  files: Schema.Array(Schema.String)
})
/** Writes which files a bank holds, in which order. */
export type ApplyBankComposition = typeof ApplyBankComposition.Type

/** A command that is not a batch. */
export const SingleCommand = Schema.Union([
  Create,
  Register,
  Unregister,
  SetBuildParticipation,
  UpdateContract,
  Relocate,
  Delete,
  ApplyBankComposition
])
/** A command that is not a batch. */
export type SingleCommand = typeof SingleCommand.Type

/** Several commands as one: all or none, each planned on the state that the one before leaves. */
export const Batch = Schema.TaggedStruct("batch", {
  /** At most `batchLimit` commands; no batches. */
  commands: Schema.Array(SingleCommand)
})
/** Several commands as one. */
export type Batch = typeof Batch.Type

const CommandSchema = Schema.Union([...SingleCommand.members, Batch])

type Input<C> = Omit<C, "_tag">

/**
 * A request to change the workspace: its schema, and a constructor for each kind.
 *
 * @example
 * const command = Command.register({ root: "ui/atlas" })
 */
export const Command = Object.assign(CommandSchema, {
  create: (input: Input<Create>): Create => ({ _tag: "create", ...input }),
  register: (input: Input<Register>): Register => ({ _tag: "register", ...input }),
  unregister: (input: Input<Unregister>): Unregister => ({ _tag: "unregister", ...input }),
  setBuildParticipation: (input: Input<SetBuildParticipation>): SetBuildParticipation => ({
    _tag: "setBuildParticipation",
    ...input
  }),
  updateContract: (input: Input<UpdateContract>): UpdateContract => ({ _tag: "updateContract", ...input }),
  relocate: (input: Input<Relocate>): Relocate => ({ _tag: "relocate", ...input }),
  delete: (input: Input<Delete>): Delete => ({ _tag: "delete", ...input }),
  applyBankComposition: (input: Input<ApplyBankComposition>): ApplyBankComposition => ({
    _tag: "applyBankComposition",
    ...input
  }),
  batch: (input: Input<Batch>): Batch => ({ _tag: "batch", ...input })
})
/** A request to change the workspace. */
export type Command = typeof CommandSchema.Type

/** A command in a few words, for messages. */
export const showCommand = (command: Command): string => {
  switch (command._tag) {
    case "create":
    case "register":
      return `${command._tag} "${command.root}"`
    case "batch":
      return command.commands.length === 1 ? "a batch of 1 command" : `a batch of ${command.commands.length} commands`
    default: {
      const { asset } = command
      return `${command._tag} ${"id" in asset ? `id ${asset.id}` : "uuid" in asset ? asset.uuid : `"${asset.root}"`}`
    }
  }
}
