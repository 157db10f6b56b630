/** Reads many folders of a disk at once, for walks through large projects. */
import * as Context from "effect/Context"
import type * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"

import type { Disk, DiskContent, DiskEntry, DiskKind, DiskStat } from "./Disk.ts"

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

/** What was found of a folder. */
export type FolderSight =
  | { readonly kind: "failed"; readonly errno: string }
  | {
    readonly kind: "listed"
    readonly entries: ReadonlyArray<EntrySight>
    /** What is in its `asset.json`, if it has one and that was asked for. */
    readonly manifest: FileSight | undefined
  }

/**
 * Looks into folders, and tells of each in the order in which they were asked for: its names, what is in its `asset.json`
 * if that has no more than `manifestLimit` bytes, and what its files are if it holds a manifest or if that was asked for.
 * It finds what the calls of the disk would find. `undefined` if it can do so no more: then these calls are left.
 */
export type ReadFolders = (
  asks: ReadonlyArray<FolderAsk>,
  manifestLimit: number
) => Effect.Effect<ReadonlyArray<FolderSight> | undefined>

/** Reads many folders of one disk at once. */
export interface FolderReading {
  /**
   * The disk whose folders are read. A disk that stands around it is another one: whoever put it there, to count or to
   * hold calls or to let them fail, wants all of them to go through it. So this is asked for the folders of no other.
   */
  readonly disk: Disk["Service"]
  /** It is not worth the beginning for fewer folders than these. */
  readonly worthwhile: number
  /** How many folders are best asked for in one go. */
  readonly batch: number
  /** How many of these goes are best under way at once. */
  readonly inFlight: number
  /** Begins to read, so many folders at once at most. With the scope all of it ends, and nothing stays behind. */
  readonly begin: (atOnce: number) => Effect.Effect<ReadFolders, never, Scope.Scope>
}

/** What comes with a disk that can read many folders at once; most cannot, and are asked call by call. */
export const FolderReader = Context.Reference<FolderReading | undefined>("prometeu-packer/services/FolderReader", {
  defaultValue: () => undefined
})
