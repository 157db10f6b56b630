/**
 * A disk in memory that forgets like a real one.
 *
 * What is written and what is durable are two things. `crash` gives the disk that is found after a power failure, with
 * some of what was not flushed; `kill` the one after the end of the process, with all of it. No call ever waits, so a
 * test can open a project on tens of thousands of such disks.
 */
import * as Layer from "effect/Layer"

import { compareText, isInside, parentsOf } from "../domain/Path.ts"
import { Disk } from "../services/Disk.ts"
import type { DiskCall } from "./DiskCall.ts"
import type { Spot } from "./DiskImage.ts"
import { DiskMemory } from "./DiskMemory.ts"
import { contentOf, type DiskNode, fileNode, folderNode, linkNode } from "./DiskNodes.ts"
import { simulatedCalls } from "./SimulatedCalls.ts"

/** How a disk in memory fails. */
export interface SimulatedDiskOptions {
  /** What was written and not flushed can be lost in pieces of this size; 512 unless told otherwise. */
  readonly tearBytes?: number
}

const encoder = new TextEncoder()
const decoder = new TextDecoder()
const bytesOf = (content: string | Uint8Array): Uint8Array =>
  typeof content === "string" ? encoder.encode(content) : content

/** A disk in memory that forgets like a real one. */
export class SimulatedDisk {
  readonly #memory: DiskMemory
  readonly #tearBytes: number
  readonly #openFiles = new Set<{ readonly inode: number }>()
  readonly #readOnly: Set<string>
  #capacity: number
  #listener: ((call: DiskCall) => void) | undefined
  #disk: Disk["Service"] | undefined

  private constructor(memory: DiskMemory, tearBytes: number, readOnly: Iterable<string>, capacity: number) {
    this.#memory = memory
    this.#tearBytes = tearBytes
    this.#readOnly = new Set(readOnly)
    this.#capacity = capacity
  }

  /** A disk with these files, by absolute path; they and the folders on the way to them are durable. */
  static of(
    files: Readonly<Record<string, string | Uint8Array>> = {},
    { tearBytes = 512 }: SimulatedDiskOptions = {}
  ): SimulatedDisk {
    const disk = new SimulatedDisk(DiskMemory.empty(), tearBytes, [], Infinity)
    for (const [path, content] of Object.entries(files)) disk.put(path, content)
    return disk
  }

  /** The disk as the packer uses it. */
  get disk(): Disk["Service"] {
    this.#disk ??= simulatedCalls({
      memory: this.#memory,
      tearBytes: this.#tearBytes,
      openFiles: this.#openFiles,
      free: () => this.free,
      isReadOnly: (path) => [...this.#readOnly].some((folder) => path === folder || isInside(path, folder)),
      before: (call) => this.#listener?.(call)
    })
    return this.#disk
  }

  /** The disk as a service. */
  get layer(): Layer.Layer<Disk> {
    return Layer.succeed(Disk, this.disk)
  }

  /**
   * Has a listener told of every call that changes something or makes it durable, before it does: the place to look at
   * what a crash right then would leave. `undefined` ends that.
   */
  onCall(listener: ((call: DiskCall) => void) | undefined): void {
    this.#listener = listener
  }

  // What others do. It is durable at once, as far as what it is done to is: a file that somebody saves in a folder which
  // a crash loses is lost with it.

  /** Writes a file, in place if there is one, and makes the folders on the way to it. */
  put(path: string, content: string | Uint8Array): void {
    const { node } = this.#spot(path)
    if (node === undefined) return this.replace(path, content)
    if (node.kind !== "file") throw new Error(`"${path}" is a ${node.kind}.`)
    const bytes = bytesOf(content).slice()
    this.#memory.change({ _tag: "Content", path, inode: node.inode, bytes, at: this.#memory.tick() }, [])
  }

  /** Puts a new file in the place of whatever is at a path, and makes the folders on the way to it. */
  replace(path: string, content: string | Uint8Array): void {
    this.#putNew(path, (inode, device, at) => fileNode(inode, device, at, bytesOf(content)))
  }

  /** Makes a folder, and those on the way to it. One that is there already stays. */
  putFolder(path: string): void {
    if (this.#spot(path).node?.kind !== "folder") this.#putNew(path, folderNode)
  }

  /** Makes a symbolic link to an absolute path, and the folders on the way to it. */
  putLink(path: string, target: string): void {
    this.#putNew(path, (inode, device, at) => linkNode(inode, device, at, target))
  }

  #putNew(path: string, make: (inode: number, device: string, at: number) => DiskNode): void {
    const { folder, name, node } = this.#spot(path)
    const { inode } = this.#memory.add((inode, at) => make(inode, folder.device, at))
    this.#memory.renameAtOnce(path, { folder: folder.inode, name, inode }, node)
  }

  /** Where a path leads, once the folders on the way to it are there. */
  #spot(path: string): Spot {
    for (const parent of parentsOf(path)) {
      if (parent !== "" && this.#walk(parent)?.node === undefined) this.#putNew(parent, folderNode)
    }
    const spot = this.#walk(path)
    if (spot === undefined) throw new Error(`There is no way to "${path}".`)
    return spot
  }

  #walk(path: string): Spot | undefined {
    const spot = this.#memory.now.walk(path)
    return typeof spot === "string" ? undefined : spot
  }

  /** Removes whatever is at a path, and all below it. */
  remove(path: string): void {
    const spot = this.#walk(path)
    if (spot?.node === undefined) return
    this.#memory.renameAtOnce(path, { folder: spot.folder.inode, name: spot.name, inode: undefined }, spot.node)
  }

  /** Puts a folder, with all below it, on a device of its own. */
  mount(path: string, device: string): void {
    this.putFolder(path)
    const inode = this.#spot(path).node?.inode
    if (inode === undefined) return
    this.#memory.now.setDevice(inode, device)
    this.#memory.durable.setDevice(inode, device)
  }

  /** Lets nobody but others change what is at a path and below it; or lets them again. */
  setReadOnly(path: string, readOnly = true): void {
    if (readOnly) this.#readOnly.add(path)
    else this.#readOnly.delete(path)
  }

  /** Says how many bytes all files together may have. */
  setCapacity(bytes: number): void {
    this.#capacity = bytes
  }

  /** How many bytes there is room for. */
  get free(): number {
    if (this.#capacity === Infinity) return Infinity
    return this.#capacity - this.#memory.now.used(Array.from(this.#openFiles, ({ inode }) => inode))
  }

  // What is there.

  /** Everything there is, sorted by path. */
  entries(): ReadonlyArray<readonly [path: string, content: Uint8Array | "folder" | "link"]> {
    return Array.from(
      this.#memory.now.tree(),
      ([path, node]) => [path, node.kind === "file" ? contentOf(node) : node.kind] as const
    ).toSorted((a, b) => compareText(a[0], b[0]))
  }

  /** The bytes of the file at a path, if there is one. */
  bytes(path: string): Uint8Array | undefined {
    const node = this.#walk(path)?.node
    return node?.kind === "file" ? contentOf(node) : undefined
  }

  /** The text of the file at a path, if there is one. */
  text(path: string): string | undefined {
    const bytes = this.bytes(path)
    return bytes === undefined ? undefined : decoder.decode(bytes)
  }

  /** How many files are open now. */
  get openFiles(): number {
    return this.#openFiles.size
  }

  // What outlives what.

  /** How much was done and is not durable yet: a crash may lose any of it. */
  get pending(): number {
    return this.#memory.pending.length
  }

  /** The disk as it is found after a power failure that these of the pending units survive. */
  crash(survives: (index: number) => boolean): SimulatedDisk {
    return this.#with(this.#memory.crash(survives))
  }

  /** The disk as it is found after the end of the process: nothing is lost, and in time all of it became durable. */
  kill(): SimulatedDisk {
    return this.#with(this.#memory.settled())
  }

  /** The same disk once more, with what is pending and without what is open. */
  fork(): SimulatedDisk {
    return this.#with(this.#memory.fork())
  }

  #with(memory: DiskMemory): SimulatedDisk {
    return new SimulatedDisk(memory, this.#tearBytes, this.#readOnly, this.#capacity)
  }

  /** Equal for disks of which a crash that nothing pending survives leaves the same names, contents and links. */
  fingerprint(): string {
    return this.#memory.durable.fingerprint()
  }
}
