/** What a disk in memory is made of: files, folders and links, each with its inode. */
import type { Digest } from "./DiskDigest.ts"

/** What every kind of thing has; the one image that owns it may change it in place. */
interface Thing {
  readonly inode: number
  device: string
  mtimeMs: number
  readonly owner: object | undefined
}

/** A file: its first `size` bytes count, those behind are zeros that it can grow into. */
export interface FileNode extends Thing {
  readonly kind: "file"
  bytes: Uint8Array
  size: number
  /** Of the content; computed when it is asked for. */
  digest: Digest | undefined
}

/** A folder; it knows its place because, unlike a file, it can only have one. */
export interface FolderNode extends Thing {
  readonly kind: "folder"
  readonly entries: Map<string, number>
  place: Slot | undefined
}

/** A symbolic link to an absolute path. */
export interface LinkNode extends Thing {
  readonly kind: "link"
  readonly target: string
}

/** Anything that a name can lead to. */
export type DiskNode = FileNode | FolderNode | LinkNode

/** A name in a folder. */
export interface Slot {
  readonly folder: number
  readonly name: string
}

/** The inode of the folder `/`. */
export const rootInode = 1

/** Room for a content: whole words, because that is how contents are hashed. */
export const roomFor = (size: number): number => Math.ceil(size / 64) * 64

/** A file with a content of its own. */
export const fileNode = (inode: number, device: string, mtimeMs: number, content: Uint8Array): FileNode => {
  const bytes = new Uint8Array(roomFor(content.length))
  bytes.set(content)
  return { kind: "file", inode, device, mtimeMs, owner: undefined, bytes, size: content.length, digest: undefined }
}

/** A folder without names. */
export const folderNode = (inode: number, device: string, mtimeMs: number): FolderNode => ({
  kind: "folder",
  inode,
  device,
  mtimeMs,
  owner: undefined,
  entries: new Map(),
  place: undefined
})

/** A link to an absolute path. */
export const linkNode = (inode: number, device: string, mtimeMs: number, target: string): LinkNode => ({
  kind: "link",
  inode,
  device,
  mtimeMs,
  owner: undefined,
  target
})

/** The content of a file, as a copy that stays what it is. */
export const contentOf = (file: FileNode): Uint8Array => file.bytes.slice(0, file.size)
