/** The disk, in the few words the packer needs of it. */
import * as Context from "effect/Context"
import type * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"

/** A call to the disk that failed: which one, where, and with what errno (`ENOSPC`, `EACCES`, …). */
export class DiskError extends Schema.TaggedError<DiskError>()("DiskError", {
  /** Which call it was. */
  call: Schema.String,
  /** Of which file or folder. */
  path: Schema.String,
  /** What the system said. */
  errno: Schema.String
}) {
  override get message(): string {
    return `${this.call} of "${this.path}" failed with ${this.errno}.`
  }
}

/** What can be at a path. A symbolic link is a link whatever it points to. */
export type DiskKind = "file" | "folder" | "link" | "other"

/** What the disk says of one thing, without reading it. */
export interface DiskStat {
  readonly kind: DiskKind
  /** In bytes. */
  readonly size: number
  /** When its content changed last, in milliseconds since 1970, with fractions where the disk has them. */
  readonly mtimeMs: number
  /** The same thing under another name has the same inode; two things on one device never do. */
  readonly inode: string
  readonly device: string
}

/** One name in a folder. */
export interface DiskEntry {
  readonly name: string
  readonly kind: DiskKind
}

/** What is at a path, and its bytes if it is a plain file that is not larger than was asked for. */
export interface DiskContent {
  readonly stat: DiskStat
  readonly bytes: Uint8Array | undefined
}

/** How a file is opened: an existing one to read, an existing one to change, or a new one where nothing may be yet. */
export type OpenMode = "read" | "update" | "create"

/** An open file. Whoever opens one closes it. */
export interface DiskFile {
  readonly path: string
  readonly stat: Effect.Effect<DiskStat, DiskError>
  /** Reads at a position; gives fewer bytes than asked for only where the file ends. */
  readonly read: (position: number, length: number) => Effect.Effect<Uint8Array, DiskError>
  /** Writes at a position, and tells how many bytes were taken: **it may be fewer than were given**. */
  readonly write: (position: number, bytes: Uint8Array) => Effect.Effect<number, DiskError>
  /** Makes content and all that is known of the file durable; not its name, that is its folder's. */
  readonly flush: Effect.Effect<void, DiskError>
  /** Makes the content durable, and its length if that changed. */
  readonly flushData: Effect.Effect<void, DiskError>
  readonly close: Effect.Effect<void, DiskError>
}

/**
 * The disk, in the few words the packer needs of it. All the packer does to files and folders goes through here.
 *
 * Paths are absolute, with `/` between segments. No call but `realPath` follows a symbolic link at its end. Nothing is
 * durable before it is flushed: the content of a file by `flush` or `flushData`, the names in a folder by `flushFolder`.
 * Every call can fail with any errno at any time.
 *
 * `way` and `writeNew` do what several others do. A disk that cannot do that in one go has them made of those:
 * `completeDisk`.
 */
export class Disk extends Context.Service<Disk, {
  /** What is at a path; `undefined` if nothing is, also because the way there leads through something that is no folder. */
  readonly stat: (path: string) => Effect.Effect<DiskStat | undefined, DiskError>
  /**
   * What is at each of these paths, asked in their order; the last one is the first at which there is no folder. So a way that
   * is given folder by folder is never followed through a link. A failure names the very path it was met at.
   */
  readonly way: (paths: ReadonlyArray<string>) => Effect.Effect<ReadonlyArray<DiskStat | undefined>, DiskError>
  /** The names in a folder, in no order. */
  readonly list: (path: string) => Effect.Effect<ReadonlyArray<DiskEntry>, DiskError>
  /** The path that leads to the same thing without links, as the disk spells it. */
  readonly realPath: (path: string) => Effect.Effect<string, DiskError>
  /** True if names in a folder may be made and changed, as far as permissions tell. */
  readonly isWritable: (path: string) => Effect.Effect<boolean, DiskError>
  /** What is at a path, with its bytes if it is a file of at most `limit` bytes; `undefined` as for `stat`. */
  readonly readFile: (path: string, limit: number) => Effect.Effect<DiskContent | undefined, DiskError>
  /** Opens a plain file. `EEXIST` if one to be created is there, `ELOOP` at a link, `EISDIR` at a folder, `EINVAL` at what is no file. */
  readonly open: (path: string, mode: OpenMode) => Effect.Effect<DiskFile, DiskError>
  /**
   * Makes a file of these bytes, as `open`, `write`, `stat` and `close` do, and tells what it is then. A failure names the one
   * of them that it was: after `open` nothing was made, and what is there is somebody else's; after the others it is there, in
   * part or whole.
   */
  readonly writeNew: (path: string, bytes: Uint8Array) => Effect.Effect<DiskStat, DiskError>
  /** Makes a folder whose parent is there; `EEXIST` if anything is at the path. */
  readonly makeFolder: (path: string) => Effect.Effect<void, DiskError>
  /** Renames a file or folder in one step. A file that is in the place of a file is replaced. */
  readonly rename: (from: string, to: string) => Effect.Effect<void, DiskError>
  /** Gives a file a second name where nothing is yet; `EEXIST` if anything is. */
  readonly link: (from: string, to: string) => Effect.Effect<void, DiskError>
  /** Removes the name of a file or link. */
  readonly removeFile: (path: string) => Effect.Effect<void, DiskError>
  /** Removes an empty folder. */
  readonly removeFolder: (path: string) => Effect.Effect<void, DiskError>
  /** Makes the names in a folder durable. */
  readonly flushFolder: (path: string) => Effect.Effect<void, DiskError>
}>()("prometeu-packer/services/Disk") {}
