/**
 * Why a command failed. One tag for each thing a caller would do differently.
 *
 * Every message says what happened, to which asset where there is one, and what to do.
 */
import * as Schema from "effect/Schema"

import { Blocker } from "./Blocker.ts"
import { OperationId, ProjectId } from "./Identity.ts"
import { Preview } from "./Preview.ts"

/** There is no such asset. List the assets to see what there is. */
export class AssetNotFound extends Schema.TaggedError<AssetNotFound>()("AssetNotFound", {
  /** The reference in words: whatever a host asks for can be shown. */
  asset: Schema.String
}) {
  override get message(): string {
    return `There is no such asset: ${this.asset}. List the assets to see what there is.`
  }
}

/** The plan has blockers: the command cannot be applied in this state. */
export class CommandBlocked extends Schema.TaggedError<CommandBlocked>()("CommandBlocked", {
  /** The command in words. */
  command: Schema.String,
  /** Every reason, each with its code. */
  blockers: Schema.Array(Blocker)
}) {
  override get message(): string {
    return `Not possible: ${this.command}. ${this.blockers.map((blocker) => blocker.message).join(" ")}`
  }
}

/** The plan made now is not the one that was shown. Show the new preview, and apply that. */
export class PreviewStale extends Schema.TaggedError<PreviewStale>()("PreviewStale", {
  /** What the command would do now. */
  preview: Preview
}) {
  override get message(): string {
    return "What the command would do is no longer what the preview showed; nothing was done. " +
      "Look at the new preview and apply that."
  }
}

/** One file that was found changed behind the packer's back. */
export const DivergedFile = Schema.Struct({
  /** The asset whose manifest it is; absent if it is the registry. */
  root: Schema.optionalKey(Schema.String),
  /** What the packer knew, in words. */
  expected: Schema.String,
  /** What is there, in words. */
  found: Schema.String
})

/** One file that was found changed behind the packer's back. */
export type DivergedFile = typeof DivergedFile.Type

/** Files were changed behind the packer's back. Refresh the assets, or the project, to adopt what is on disk. */
export class Diverged extends Schema.TaggedError<Diverged>()("Diverged", {
  /** The files that were met; there may be more that nothing has met. */
  files: Schema.Array(DivergedFile)
}) {
  override get message(): string {
    const files = this.files.map(({ expected, found, root }) =>
      `${root === undefined ? "the registry" : `the asset at "${root}"`} (${expected} was expected, ${found} is there)`
    )
    return `Changed behind the packer's back: ${files.join(", ")}. Nothing was done; refresh to adopt what is on disk.`
  }
}

/** The project is read-only. */
export class ProjectReadOnly extends Schema.TaggedError<ProjectReadOnly>()("ProjectReadOnly", {
  /** Why, in words. */
  reason: Schema.String
}) {
  override get message(): string {
    return `The project is read-only: ${this.reason}. Mend that and refresh, or open the project again.`
  }
}

const errnoRemedies: Readonly<Record<string, string>> = {
  ENOSPC: "Make room on the disk",
  EDQUOT: "Make room on the disk",
  EACCES: "Give permission to write there",
  EPERM: "Give permission to write there",
  EROFS: "Make the disk writable",
  EMFILE: "Close files that are open",
  ENFILE: "Close files that are open",
  EBUSY: "Close programs that hold it open",
  EIO: "Check the disk",
  ELOOP: "Put a folder in the place of the link",
  ENOENT: "See that the folder is there"
}

const DiskFault = {
  /** What was asked of the disk. */
  call: Schema.String,
  /** Of which file or folder. */
  path: Schema.String,
  /** What the system said. */
  errno: Schema.String
}

/** The disk refused before the commit point: nothing has changed, and later commands work when the fault is gone. */
export class CommitFailed extends Schema.TaggedError<CommitFailed>()("CommitFailed", DiskFault) {
  override get message(): string {
    return `Nothing has changed: ${this.call} of "${this.path}" failed with ${this.errno}. ` +
      `${errnoRemedies[this.errno] ?? "Mend that"}, and try again.`
  }
}

/** An earlier change of the same files is durable but not in place yet. */
export class PublishPending extends Schema.TaggedError<PublishPending>()("PublishPending", {
  /** The assets whose change is not in place. */
  roots: Schema.Array(Schema.String),
  /** Why, where that is known of all of them. */
  cause: Schema.optionalKey(Schema.String)
}) {
  override get message(): string {
    const roots = this.roots.map((root) => `"${root}"`).join(", ")
    return this.cause === undefined
      ? `An earlier change is durable but not in place yet: ${roots}. Close programs that hold the files open; it is tried again.`
      : `An earlier change is durable but not in place yet: ${roots}, because ${this.cause}`
  }
}

/** The disk would not say whether the change is durable. The project is read-only until it is opened again. */
export class CommitUncertain extends Schema.TaggedError<CommitUncertain>()("CommitUncertain", DiskFault) {
  override get message(): string {
    return `It is not known whether the change is durable: ${this.call} of "${this.path}" failed with ${this.errno}. ` +
      "Open the project again; that settles it."
  }
}

/** The operation was cancelled before it entered a commit: it touched nothing. */
export class Cancelled extends Schema.TaggedError<Cancelled>()("Cancelled", {
  /** The operation that was cancelled. */
  operationId: OperationId
}) {
  override get message(): string {
    return `Operation ${this.operationId} was cancelled; nothing was done.`
  }
}

/** A change of the registry that is durable here, and an entry of the file that contradicts it. */
export const RegistryClash = Schema.Struct({
  /** What both have. */
  key: Schema.Literals(["id", "uuid", "root"]),
  /** The entry that was to be written here, or removed. */
  ours: Schema.String,
  /** What the file says instead. */
  theirs: Schema.String
})
/** A change of the registry that is durable here, and an entry of the file that contradicts it. */
export type RegistryClash = typeof RegistryClash.Type

/** The registry file was changed by someone else so that changes made here cannot be brought into it. */
export class RegistryConflict extends Schema.TaggedError<RegistryConflict>()("RegistryConflict", {
  /** Each change of ours, with the entry that contradicts it. */
  clashes: Schema.Array(RegistryClash)
}) {
  override get message(): string {
    const clashes = this.clashes.map(({ key, ours, theirs }) => `same ${key}: ${ours} here, ${theirs} in the file`)
    return `The registry file contradicts changes made here (${clashes.join("; ")}). ` +
      "Mend assets/.prometeu/index.json and refresh, or refresh with onConflict: \"keep-file\" to give up the changes."
  }
}

/** The project is closing or closed. */
export class RuntimeClosed extends Schema.TaggedError<RuntimeClosed>()("RuntimeClosed", {
  /** The project that is closed. */
  projectId: ProjectId
}) {
  override get message(): string {
    return `Project "${this.projectId}" is closed. Open it again.`
  }
}

/** The operation id was used before, for another command. */
export class OperationIdConflict extends Schema.TaggedError<OperationIdConflict>()("OperationIdConflict", {
  /** The id that was used before. */
  operationId: OperationId
}) {
  override get message(): string {
    return `Operation id ${this.operationId} was used for another command before. Choose a new id.`
  }
}

/** The command is not one, as hosts without types may send. */
export class InvalidCommand extends Schema.TaggedError<InvalidCommand>()("InvalidCommand", {
  /** Everything that is wrong with it, by JSON path. */
  issues: Schema.Array(Schema.Struct({ path: Schema.String, message: Schema.String }))
}) {
  override get message(): string {
    return `This cannot be carried out: ${this.issues.map(({ message, path }) => `${path}: ${message}`).join("; ")}.`
  }
}

/** Every error a command can end with. */
export const PackerError = Schema.Union([
  AssetNotFound,
  CommandBlocked,
  PreviewStale,
  Diverged,
  ProjectReadOnly,
  CommitFailed,
  PublishPending,
  CommitUncertain,
  Cancelled,
  RegistryConflict,
  RuntimeClosed,
  OperationIdConflict,
  InvalidCommand
])
/** Every error a command can end with. */
export type PackerError = typeof PackerError.Type
