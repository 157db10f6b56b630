/** Reads folders of a disk in fewer calls: many at once for walks through large projects, one with all in it for a command. */
import * as Context from "effect/Context"
import type * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"

import type { Disk, DiskEntry } from "./Disk.ts"
import type { FolderAsk, FolderSight, ListedFolder } from "./FolderSight.ts"

/**
 * Looks into folders, and tells of each in the order in which they were asked for: its names, what is in its `asset.json`
 * if that has no more than `manifestLimit` bytes, and what its files are if it holds a manifest or if that was asked for.
 * Each is put together when it is taken. It finds what the calls of the disk would find. `undefined` if it can do so no
 * more: then these calls are left.
 */
export type ReadFolders = (
  asks: ReadonlyArray<FolderAsk>,
  manifestLimit: number
) => Effect.Effect<Iterable<FolderSight> | undefined>

/** Reads folders of one disk. */
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
  /**
   * Reads a folder in the thread that asks, by one call: for whoever has nothing else to do while others read. `undefined` of
   * a folder that holds too much for one call.
   */
  readonly here?: (ask: FolderAsk, manifestLimit: number) => FolderSight | undefined
  /** The same of a folder of which the names are known. It holds up its thread for as long as that takes. */
  readonly looked?: (ask: FolderAsk, manifestLimit: number, entries: ReadonlyArray<DiskEntry>) => ListedFolder
  /** Begins to read, so many folders at once at most. With the scope all of it ends, and nothing stays behind. */
  readonly begin: (atOnce: number) => Effect.Effect<ReadFolders, never, Scope.Scope>
}

/** What comes with a disk that can do so; most cannot, and are asked call by call. */
export const FolderReader = Context.Reference<FolderReading | undefined>("prometeu-packer/services/FolderReader", {
  defaultValue: () => undefined
})
