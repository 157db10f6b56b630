/** What is found of a folder, of its manifest and of its files. Nothing of Effect is needed to tell it. */
import type { DiskContent, DiskEntry, DiskKind, DiskStat } from "./Disk.ts"

/** A folder that is asked for, by its absolute path. */
export interface FolderAsk {
  readonly path: string
  /** Whether the files in it are looked at even if it holds no manifest. */
  readonly filesCount: boolean
}

/** What a look at a file found that its folder had told. */
export type FileLook =
  | Pick<DiskStat, "size" | "mtimeMs"> & { readonly kind: DiskKind }
  | { readonly kind: "gone" }
  | { readonly kind: "failed"; readonly errno: string }

/** One name in a folder, with what a look at it found if it was looked at. */
export interface EntrySight extends DiskEntry {
  readonly look: FileLook | undefined
}

/** What was found in the place of a file that was to be read. */
export type FileSight =
  | { readonly kind: "found"; readonly stat: Omit<DiskStat, "device">; readonly bytes: DiskContent["bytes"] }
  | { readonly kind: "gone" }
  | { readonly kind: "failed"; readonly errno: string }

/** What was found in a folder. */
export interface ListedFolder {
  readonly kind: "listed"
  readonly entries: ReadonlyArray<EntrySight>
  /** What is in its `asset.json`, if it has one and that was asked for. */
  readonly manifest: FileSight | undefined
}

/** What was found of a folder. */
export type FolderSight = { readonly kind: "failed"; readonly errno: string } | ListedFolder

/** True of the name that makes a folder an asset root. */
export const isManifest = ({ name }: DiskEntry): boolean => name === "asset.json"

/** True of a manifest that makes its folder an asset root, whether it could be read or not. */
export const isThere = (manifest: FileSight | undefined): boolean => manifest !== undefined && manifest.kind !== "gone"

/** True of a manifest whose bytes are known. */
export const isRead = (manifest: FileSight | undefined): boolean =>
  manifest?.kind === "found" && manifest.bytes !== undefined
