/**
 * What a disk holds: what everybody sees, what is durable, and the changes in between.
 *
 * Each change is a unit that a crash keeps or loses whole: one name change, where a rename is one, or one piece of
 * written content. Units that were flushed are durable; of the others any may survive.
 */
import { type Change, DiskImage, type NameEdit } from "./DiskImage.ts"
import type { DiskNode } from "./DiskNodes.ts"

/** A change that has been made, and of which it is not settled whether it outlives a crash. */
export interface Unit {
  readonly change: Change
  /** The inodes that must be flushed before it is durable: for a rename between two folders, both. */
  readonly waits: ReadonlyArray<number>
}

/** Two changes with a key in common must stay in their order. */
const keysOf = (change: Change): ReadonlyArray<string | number> =>
  change._tag === "Names" ? change.edits.map(({ folder, name }) => `${folder}/${name}`) : [change.inode]

/** What a disk holds, and what of it would outlive a crash. */
export class DiskMemory {
  /** What everybody sees. */
  readonly now: DiskImage
  /** What is durable, apart from units that have to wait for one before them. */
  readonly durable: DiskImage
  #units: Array<Unit>
  #lastInode: number
  #clock: number

  private constructor(
    now: DiskImage,
    durable: DiskImage,
    units: Array<Unit>,
    { clock, lastInode }: { readonly lastInode: number; readonly clock: number }
  ) {
    this.now = now
    this.durable = durable
    this.#units = units
    this.#lastInode = lastInode
    this.#clock = clock
  }

  /** A disk with nothing but the folder `/`. */
  static empty(): DiskMemory {
    return new DiskMemory(DiskImage.empty(), DiskImage.empty(), [], { lastInode: 1, clock: 0 })
  }

  /** The units that a crash may lose, oldest first. */
  get pending(): ReadonlyArray<Unit> {
    return this.#units.filter(({ waits }) => waits.length > 0)
  }

  /** Lets a millisecond pass, and tells the time. */
  tick(): number {
    return ++this.#clock
  }

  /** Adds a thing without a name. Until a name for it is durable, that it is there already shows nowhere. */
  add<N extends DiskNode>(make: (inode: number, at: number) => N): N {
    const node = make(++this.#lastInode, this.tick())
    this.now.add(node)
    this.durable.add(node)
    return node
  }

  /** Changes names, in one step. If what `replaced` was has no name any more, it is gone with all in it. */
  rename(path: string, edits: ReadonlyArray<NameEdit>, replaced?: DiskNode): void {
    this.change(this.#names(path, edits, replaced), [...new Set(edits.map(({ folder }) => folder))])
  }

  /** Changes a name, durably. */
  renameAtOnce(path: string, edit: NameEdit, replaced?: DiskNode): void {
    this.change(this.#names(path, [edit], replaced), [])
  }

  #names(path: string, edits: ReadonlyArray<NameEdit>, replaced: DiskNode | undefined): Change {
    return { _tag: "Names", path, edits, gone: this.now.foldersIn(replaced), at: this.tick() }
  }

  /** Writes bytes, which a crash can tear at every multiple of `tearBytes`. */
  write(path: string, inode: number, position: number, bytes: Uint8Array, tearBytes: number): void {
    const at = this.tick()
    // What is durable already is there whether a crash keeps it or not.
    const isSettled = !this.#units.some(({ change }) => change._tag !== "Names" && change.inode === inode)
    if (isSettled && this.durable.holds(inode, position, bytes)) {
      this.now.apply({ _tag: "Bytes", path, inode, position, bytes, at })
      return
    }
    for (let start = 0; start < bytes.length;) {
      const end = Math.min(bytes.length, start + tearBytes - (position + start) % tearBytes)
      const piece = bytes.subarray(start, end)
      this.change({ _tag: "Bytes", path, inode, position: position + start, bytes: piece, at }, [inode])
      start = end
    }
  }

  /** Makes a change, which is durable when some inodes have been flushed; at once if there are none. */
  change(change: Change, waits: ReadonlyArray<number>): void {
    this.now.apply(change)
    const unit: Unit = { change, waits }
    this.#units.push(unit)
    if (waits.length > 0) return
    this.#forget(unit)
    this.#settle()
  }

  /** Makes durable what only waits for this inode. */
  flush(inode: number): void {
    this.#release(inode)
    this.#settle()
  }

  #release(inode: number): void {
    const durable: Array<Unit> = []
    this.#units = this.#units.map((unit) => {
      if (!unit.waits.includes(inode)) return unit
      const less = { ...unit, waits: unit.waits.filter((other) => other !== inode) }
      if (less.waits.length === 0) durable.push(less)
      return less
    })
    for (const unit of durable) this.#forget(unit)
  }

  /** Nobody can flush a folder that is gone, and a disk that has let go of it has settled what it was part of. */
  #forget({ change }: Unit): void {
    if (change._tag === "Names") { for (const folder of change.gone) this.#release(folder) }
  }

  /** A durable unit may still have to wait: one before it that touches the same name would else come after it. */
  #settle(): void {
    const held = new Set<string | number>()
    this.#units = this.#units.filter((unit) => {
      const keys = keysOf(unit.change)
      if (unit.waits.length === 0 && !keys.some((key) => held.has(key))) {
        this.durable.apply(unit.change)
        return false
      }
      for (const key of keys) held.add(key)
      return true
    })
  }

  /** What is there after a crash that some of the pending units survive. */
  crash(survives: (index: number) => boolean): DiskMemory {
    const image = this.durable.fork()
    let index = 0
    for (const { change, waits } of this.#units) if (waits.length === 0 || survives(index++)) image.apply(change)
    return this.#from(image)
  }

  /** What is there when all that was written has become durable. */
  settled(): DiskMemory {
    return this.#from(this.now)
  }

  #from(image: DiskImage): DiskMemory {
    const left = image.reachable()
    return new DiskMemory(left, left.fork(), [], { lastInode: this.#lastInode, clock: this.#clock })
  }

  /** The same once more: from now on the two change apart. */
  fork(): DiskMemory {
    return new DiskMemory(this.now.fork(), this.durable.fork(), [...this.#units], {
      lastInode: this.#lastInode,
      clock: this.#clock
    })
  }
}
