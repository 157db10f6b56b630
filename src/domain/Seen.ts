/** What the shell saw on the disk, in words the rules understand. Bytes and hashes come from the shell. */
import type { AssetUuid } from "./Identity.ts"
import type { AssetRoot, FilePath } from "./Path.ts"

/** A hash of bytes, as lower-case hexadecimal digits. The shell brings it. */
export type Hash = (bytes: Uint8Array) => string

/** How a file is recognized: its hash decides, the rest only spares reading it again. */
export interface Fingerprint {
  readonly hash: string
  readonly size: number
  readonly mtimeMs: number
  readonly inode: string
}

/** What was at the place of a file. */
export type FileSeen =
  | { readonly _tag: "Absent" }
  | { readonly _tag: "File"; readonly fingerprint: Fingerprint; readonly bytes: Uint8Array }
  /** What an earlier command of the same batch or group will have written: these very bytes, not their like. */
  | { readonly _tag: "Planned"; readonly bytes: Uint8Array }
  /** Larger than the limit, and so not read. */
  | { readonly _tag: "TooLarge"; readonly size: number }
  | { readonly _tag: "Link" }
  /** A folder, a device, a socket: something that is no file. */
  | { readonly _tag: "NoFile" }
  | { readonly _tag: "Unreadable"; readonly reason: string }

/** What a file was, without its bytes: what is remembered of it, and what two looks are compared by. */
export type FileState =
  | { readonly _tag: "Absent" }
  | { readonly _tag: "File"; readonly fingerprint: Fingerprint }
  | { readonly _tag: "Planned"; readonly bytes: Uint8Array }
  | { readonly _tag: "TooLarge"; readonly size: number }
  | { readonly _tag: "Link" }
  | { readonly _tag: "NoFile" }
  | { readonly _tag: "Unreadable" }

/** The state of a file that was seen. */
export const stateOf = (seen: FileSeen): FileState => {
  switch (seen._tag) {
    case "File":
      return { _tag: "File", fingerprint: seen.fingerprint }
    case "Planned":
    case "TooLarge":
      return seen
    case "Unreadable":
      return { _tag: "Unreadable" }
    default:
      return { _tag: seen._tag }
  }
}

/** True if two looks found the same content: size, times and inode do not count, a rewrite of equal bytes is no change. */
export const sameContent = (a: FileState, b: FileState): boolean => {
  if (a._tag === "File" && b._tag === "File") return a.fingerprint.hash === b.fingerprint.hash
  if (a._tag === "Planned" && b._tag === "Planned") return a.bytes === b.bytes
  if (a._tag === "TooLarge" && b._tag === "TooLarge") return a.size === b.size
  return a._tag === b._tag
}

/** A state in a few words. */
export const showState = (state: FileState): string => {
  switch (state._tag) {
    case "Absent":
      return "nothing"
    case "File":
      return `a file of ${state.fingerprint.size} bytes with hash ${state.fingerprint.hash.slice(0, 12)}`
    case "Planned":
      return `a file of ${state.bytes.length} bytes that is about to be written`
    case "TooLarge":
      return `a file of ${state.size} bytes`
    case "Link":
      return "a symbolic link"
    case "NoFile":
      return "something that is no file"
    case "Unreadable":
      return "something that cannot be read"
  }
}

/** The files of an asset, side by side: an object for each would be as many more places in memory on every read. */
export interface FolderFiles {
  /** Sorted. Folders with files of the same names share one list. */
  readonly paths: ReadonlyArray<FilePath>
  /** How many bytes each of them has. */
  readonly sizes: ReadonlyArray<number>
  /** When each of them was changed last, in milliseconds since 1970. */
  readonly mtimesMs: ReadonlyArray<number>
}

/** Something in a folder that is not followed, not usable, or not readable. */
export interface Trouble {
  readonly kind: "symlink" | "illegal-name" | "unreadable"
  /** As it is spelled on disk, relative to the folder that was listed. */
  readonly path: string
  readonly reason: string
}

/** What is in the folder of an asset besides its manifest. */
export interface FolderContent extends FolderFiles {
  readonly troubles: ReadonlyArray<Trouble>
}

/** A listing of a folder and all below it, up to asset roots inside it, as the disk spells it. */
export interface FolderSeen {
  /** All plain files, `asset.json` among them. */
  readonly files: ReadonlyArray<{ readonly path: string; readonly size: number; readonly mtimeMs: number }>
  readonly links: ReadonlyArray<string>
  readonly unreadable: ReadonlyArray<{ readonly path: string; readonly reason: string }>
  /** Folders below that hold an `asset.json` themselves. */
  readonly innerRoots: ReadonlyArray<string>
}

/** An asset root that a scan found. */
export interface RootScan {
  /** The path as it is spelled on disk, relative to `assets/`. */
  readonly spelling: string
  readonly manifest: FileSeen
  readonly folder: FolderSeen
}

/** Everything a scan of `assets/` found; of each asset root that, or what was made of it while others were looked at. */
export interface Scan<Root = RootScan> {
  readonly registry: FileSeen
  readonly roots: ReadonlyArray<Root>
  /** Links outside of asset roots. */
  readonly links: ReadonlyArray<string>
  /** Folders that could not be read. */
  readonly unreadable: ReadonlyArray<{ readonly path: string; readonly reason: string }>
}

/** What a command wants the shell to look at before it can be planned. */
export interface Look {
  readonly root: AssetRoot
  /** How the root is spelled on disk, as far as the snapshot knows. */
  readonly spelling: string
  /** Whether the folder has to be listed, and whether the snapshot takes over what the list says of the files. */
  readonly list: "no" | "yes" | "adopt"
}

/** What one look found at a root. */
export type RootSeen =
  | {
    readonly _tag: "Absent"
    /** As it was looked for. */
    readonly spelling: string
    /** The nearest folder above that is there, as the disk spells it; empty if that is `assets/` itself. */
    readonly realParent: string
    /** Folders on the way that are not there, outermost first. */
    readonly missingParents: ReadonlyArray<string>
    /** The device of the nearest folder above that is there. */
    readonly device: string
  }
  | SeenFolder
  | { readonly _tag: "Link" }
  /** A file, or something else that is no folder. */
  | { readonly _tag: "Other" }
  /** The way ends before the root: nothing below `path` was looked at. */
  | { readonly _tag: "Obstacle"; readonly kind: "link" | "no-folder" | "unreadable"; readonly path: string }

/** A folder, as a look found it. */
export interface SeenFolder {
  readonly _tag: "Folder"
  /** As it was looked for; on some systems the disk spells it with other letter case. */
  readonly spelling: string
  readonly device: string
  /** Tells it from any other folder whatever its name; absent if it is not made yet. */
  readonly folderId: string | undefined
  readonly manifest: FileSeen
  /** What is in it, if that was asked for. */
  readonly folder: FolderSeen | undefined
}

/** What a look found in the place of the manifest. */
export const manifestStateOf = (seen: RootSeen): FileState => {
  switch (seen._tag) {
    case "Absent":
    case "Link":
      return { _tag: seen._tag }
    case "Folder":
      return stateOf(seen.manifest)
    case "Other":
      return { _tag: "NoFile" }
    case "Obstacle":
      return { _tag: obstacleStates[seen.kind] }
  }
}

const obstacleStates = { link: "Link", "no-folder": "NoFile", unreadable: "Unreadable" } as const

/** All that was looked at for a command, and nothing else. */
export interface Observed {
  readonly roots: ReadonlyMap<AssetRoot, RootSeen>
  readonly registry: FileState
  /** The device of the packer's own folder. */
  readonly runtimeDevice: string
  /** When it was looked at, in milliseconds since 1970. */
  readonly at: number
  /** Made up by the shell, one for each command: the identity it gives if it has to give one. */
  readonly newUuids: ReadonlyArray<AssetUuid>
}
