/**
 * One state of a disk in memory: files, folders and links by their inode, and the names that lead to them.
 *
 * Names are kept apart from what they name, as on a real disk: a folder that nothing names is gone with all in it, and
 * nobody has to take care of that. Images share what they have in common; whoever changes a thing copies it first,
 * unless nobody else can have it.
 */
import { maxSegmentBytes } from "../domain/Path.ts"
import { contentDigest, type Digest, placed, textDigest } from "./DiskDigest.ts"
import {
  type DiskNode,
  type FileNode,
  fileNode,
  type FolderNode,
  folderNode,
  roomFor,
  rootInode,
  type Slot
} from "./DiskNodes.ts"

/** The errnos that a disk in memory gives by itself. */
export type Errno =
  | "EBADF"
  | "EBUSY"
  | "EEXIST"
  | "EINVAL"
  | "EISDIR"
  | "ELOOP"
  | "ENAMETOOLONG"
  | "ENOENT"
  | "ENOSPC"
  | "ENOTDIR"
  | "ENOTEMPTY"
  | "EPERM"
  | "EROFS"
  | "EXDEV"

/** What a name in a folder leads to from now on. */
export interface NameEdit extends Slot {
  readonly inode: number | undefined
}

/** One change of an image, which is made whole or not at all. */
export type Change =
  | {
    readonly _tag: "Names"
    readonly path: string
    readonly edits: ReadonlyArray<NameEdit>
    /** Folders that have no name any more after this. */
    readonly gone: ReadonlyArray<number>
    readonly at: number
  }
  /** Bytes written at a position; what is missing before them reads as zeros. */
  | {
    readonly _tag: "Bytes"
    readonly path: string
    readonly inode: number
    readonly position: number
    readonly bytes: Uint8Array
    readonly at: number
  }
  /** All of a file replaced in place. */
  | {
    readonly _tag: "Content"
    readonly path: string
    readonly inode: number
    readonly bytes: Uint8Array
    readonly at: number
  }

/** Where a path leads: a name in a folder, and what it names. */
export interface Spot {
  readonly folder: FolderNode
  readonly name: string
  readonly node: DiskNode | undefined
  /** The folder and those above it. */
  readonly above: ReadonlyArray<number>
  /** The path without links. */
  readonly real: string
}

/** As Linux has it; the zero that ends a path there counts as well. */
const maxPathBytes = 4095
const maxLinks = 40

const encoder = new TextEncoder()
const isLonger = (text: string, bytes: number): boolean =>
  text.length * 3 > bytes && (text.length > bytes || encoder.encode(text).length > bytes)

/** One state of a disk in memory. */
export class DiskImage {
  #nodes: Map<number, DiskNode>
  /** What carries this mark is in no other image. */
  #mark: object = {}

  private constructor(nodes: Map<number, DiskNode>) {
    this.#nodes = nodes
  }

  /** An image with nothing but the folder `/`. */
  static empty(): DiskImage {
    return new DiskImage(new Map([[rootInode, folderNode(rootInode, "device", 0)]]))
  }

  /** The same image once more: from now on the two change apart. */
  fork(): DiskImage {
    this.#mark = {}
    return new DiskImage(new Map(this.#nodes))
  }

  /** The same image without what no name leads to any more. */
  reachable(): DiskImage {
    this.#mark = {}
    return new DiskImage(this.#reachable())
  }

  #reachable(): Map<number, DiskNode> {
    const nodes = new Map<number, DiskNode>()
    const left = [rootInode]
    for (let inode = left.pop(); inode !== undefined; inode = left.pop()) {
      const node = this.node(inode)
      nodes.set(inode, node)
      if (node.kind === "folder") left.push(...node.entries.values())
    }
    return nodes
  }

  /** What has an inode; there must be something. */
  node(inode: number): DiskNode {
    const node = this.#nodes.get(inode)
    if (node === undefined) throw new Error(`There is no inode ${inode}.`)
    return node
  }

  /** Adds a thing that has no name yet. */
  add(node: DiskNode): void {
    this.#nodes.set(node.inode, node)
  }

  /** Makes a change. */
  apply(change: Change): void {
    switch (change._tag) {
      case "Names":
        for (const edit of change.edits) this.#name(edit, change.at)
        break
      case "Bytes": {
        const end = change.position + change.bytes.length
        const file = this.#file(change.inode, end)
        file.bytes.set(change.bytes, change.position)
        file.size = Math.max(file.size, end)
        file.mtimeMs = change.at
        break
      }
      case "Content":
        this.add(fileNode(change.inode, this.node(change.inode).device, change.at, change.bytes))
        break
    }
  }

  #name({ folder, inode, name }: NameEdit, at: number): void {
    const changed = this.#folder(folder)
    changed.mtimeMs = at
    if (inode === undefined) {
      changed.entries.delete(name)
      return
    }
    if (this.node(inode).kind === "folder") this.#place(this.#folder(inode), { folder, name })
    changed.entries.set(name, inode)
  }

  /** Where only some of several renames came through, a folder must still not end up in two places. */
  #place(moved: FolderNode, to: Slot): void {
    const from = moved.place
    moved.place = to
    if (from === undefined) return
    const { entries } = this.#folder(from.folder)
    if (entries.get(from.name) === moved.inode) entries.delete(from.name)
  }

  /** A folder that may be changed in place. */
  #folder(inode: number): FolderNode {
    const node = this.node(inode)
    if (node.kind !== "folder") throw new Error(`Inode ${inode} is no folder.`)
    if (node.owner === this.#mark) return node
    const own: FolderNode = { ...node, owner: this.#mark, entries: new Map(node.entries) }
    this.#nodes.set(inode, own)
    return own
  }

  /** A file that may be changed in place, with room for so many bytes. */
  #file(inode: number, end: number): FileNode {
    const node = this.node(inode)
    if (node.kind !== "file") throw new Error(`Inode ${inode} is no file.`)
    const fits = end <= node.bytes.length
    if (node.owner === this.#mark && fits) {
      node.digest = undefined
      return node
    }
    let bytes = node.bytes
    if (fits) bytes = bytes.slice()
    else {
      bytes = new Uint8Array(roomFor(Math.max(end, node.size * 2)))
      bytes.set(node.bytes)
    }
    const own: FileNode = { ...node, owner: this.#mark, bytes, digest: undefined }
    this.#nodes.set(inode, own)
    return own
  }

  /** True if a file has these bytes at a position. */
  holds(inode: number, position: number, bytes: Uint8Array): boolean {
    const node = this.node(inode)
    if (node.kind !== "file" || position + bytes.length > node.size) return false
    for (let at = 0; at < bytes.length; at++) if (node.bytes[position + at] !== bytes[at]) return false
    return true
  }

  /** Puts a thing, and all below it, on a device. */
  setDevice(inode: number, device: string): void {
    const node = this.node(inode)
    this.#nodes.set(inode, { ...node, owner: undefined, device })
    if (node.kind === "folder") { for (const child of node.entries.values()) this.setDevice(child, device) }
  }

  /** Where a path leads. Links on the way are followed; one at its end only if asked for. */
  walk(path: string, followLast = false, links = 0): Spot | Errno {
    if (isLonger(path, maxPathBytes)) return "ENAMETOOLONG"
    const segments = path.split("/").filter((segment) => segment !== "")
    const above: Array<number> = []
    let spot: Spot | undefined
    let real = ""
    let node: DiskNode | undefined = this.node(rootInode)
    for (const [index, name] of segments.entries()) {
      if (node === undefined) return "ENOENT"
      if (node.kind !== "folder") return "ENOTDIR"
      if (isLonger(name, maxSegmentBytes)) return "ENAMETOOLONG"
      const folder: FolderNode = node
      const inode = folder.entries.get(name)
      node = inode === undefined ? undefined : this.node(inode)
      if (node?.kind === "link" && (followLast || index < segments.length - 1)) {
        if (links === maxLinks) return "ELOOP"
        return this.walk([node.target, ...segments.slice(index + 1)].join("/"), followLast, links + 1)
      }
      real += `/${name}`
      above.push(folder.inode)
      spot = { folder, name, node, above, real }
    }
    if (spot !== undefined) return spot
    // Nothing names the first folder: it stands for its own place.
    return node?.kind === "folder" ? { folder: node, name: "", node, above, real: "/" } : "ENOTDIR"
  }

  /** Everything below a folder with its path, in no order. */
  *tree(inode: number = rootInode, path = ""): Generator<readonly [path: string, node: DiskNode]> {
    const folder = this.node(inode)
    if (folder.kind !== "folder") return
    for (const [name, child] of folder.entries) {
      const node = this.node(child)
      yield [`${path}/${name}`, node]
      if (node.kind === "folder") yield* this.tree(child, `${path}/${name}`)
    }
  }

  /** The folders that are lost with a thing if it loses its name. */
  foldersIn(node: DiskNode | undefined): ReadonlyArray<number> {
    if (node?.kind !== "folder") return []
    return [node.inode, ...Array.from(node.entries.values()).flatMap((inode) => this.foldersIn(this.node(inode)))]
  }

  /** The bytes in all files that have a name, or are among some others. */
  used(others: Iterable<number>): number {
    const nodes = this.#reachable()
    for (const inode of others) nodes.set(inode, this.node(inode))
    let used = 0
    for (const node of nodes.values()) if (node.kind === "file") used += node.size
    return used
  }

  /** Equal for images with the same names, contents and links; times and inodes do not matter. */
  fingerprint(): string {
    const sum = this.#sum(rootInode, 1)
    return sum.map((half) => (half >>> 0).toString(16).padStart(8, "0")).join("")
  }

  /** Names have no order, so what they lead to is added up. */
  #sum(inode: number, place: number): Digest {
    const node = this.node(inode)
    if (node.kind === "file") return placed(node.digest ??= contentDigest(node.bytes, node.size), place)
    if (node.kind === "link") return placed([textDigest(node.target, 3), 3], place)
    let [a, b] = placed([2, 2], place)
    for (const [name, child] of node.entries) {
      const [c, d] = this.#sum(child, textDigest(name, place))
      a = (a + c) | 0
      b = (b + d) | 0
    }
    return [a, b]
  }
}
