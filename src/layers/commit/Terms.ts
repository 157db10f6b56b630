/** What the parts of the committer share: where things are, how files are told apart, and how much of what there may be. */
import type * as Duration from "effect/Duration"

import type { AssetRoot } from "../../domain/Path.ts"
import type { Hash } from "../../domain/Seen.ts"
import type { Disk } from "../../services/Disk.ts"
import type { HostInfo } from "../../services/HostInfo.ts"
import type { ProjectFolder } from "../../services/ProjectFolder.ts"

/** What a host may choose of how changes are made durable. */
export interface CommitterSettings {
  /** `full` survives the loss of power. `os` survives the end of the process only, and flushes nothing. */
  readonly durability: "full" | "os"
  /** How many bytes of changes the journal takes before files are flushed to make room; it grows if one needs more. */
  readonly journalBytes: number
  /** Files larger than this are made durable by themselves instead of by the journal. */
  readonly inlineBytes: number
  /** How long the project has to be quiet before its registry file is brought up to date. */
  readonly checkpointAfter: Duration.Duration
  /** How long the registry file may stay behind where the project is never quiet, and the pause after one was refused. */
  readonly checkpointAtLatest: Duration.Duration
  /** How many deletions the trash keeps; the oldest go first. */
  readonly trashLimit: number
}

/** What the parts of the committer work with. */
export interface Terms {
  readonly disk: Disk["Service"]
  readonly host: HostInfo["Service"]
  readonly folder: ProjectFolder["Service"]
  readonly hash: Hash
  readonly settings: CommitterSettings
}

/** No file that the packer writes is larger; one that is, is somebody else's, whatever is in it. */
export const largestLook = 64 * 1024 * 1024

/** The absolute path of one below `assets/`, which is the empty path itself. */
export const absolute = ({ folder }: Pick<Terms, "folder">, path: string): string =>
  path === "" ? folder.assets : `${folder.assets}/${path}`

/** The folder that a path is in, with `assets/` itself as the empty path. */
export const folderOf = (path: string): string => path.slice(0, Math.max(0, path.lastIndexOf("/")))

/** The asset root that a folder is, as it is shown. */
export const rootAt = (folder: string): AssetRoot =>
  // Plans only name folders of legal roots; on disk these may be spelled in another normalization.
  folder.normalize("NFC") as AssetRoot
