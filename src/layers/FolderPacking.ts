/**
 * What was found of folders, packed to be sent from one thread to another: all texts as one, all numbers in one array,
 * the bytes of all manifests one after the other. The arrays are handed over and not copied, and of what would be a dozen
 * objects for each folder nothing has to be cloned.
 */
import type { DiskKind, DiskStat } from "../services/Disk.ts"
import type { EntrySight, FileLook, FileSight, FolderSight } from "../services/FolderSight.ts"

/** What was found of folders, packed. */
export interface PackedSights {
  /** Names, errnos and inodes in the order in which they are asked for, each with `end` behind it. */
  readonly texts: string
  readonly numbers: Float64Array<ArrayBuffer>
  readonly bytes: Uint8Array<ArrayBuffer>
}

/** It is in no name on any system. */
const end = "\0"

const kinds: ReadonlyArray<DiskKind> = ["file", "folder", "link", "other"]

// What stands for a folder, its manifest or a file that was looked at; for kinds of things their places in `kinds`.
const gone = 4
const failed = 5
const absent = 6
const listed = 7

class Packer {
  readonly #texts: Array<string> = []
  readonly #numbers: Array<number> = []
  readonly #bytes: Array<Uint8Array> = []

  folder(sight: FolderSight): void {
    if (sight.kind === "failed") return this.#failed(sight.errno)
    this.#numbers.push(listed, sight.entries.length)
    for (const entry of sight.entries) this.#entry(entry)
    this.#manifest(sight.manifest)
  }

  packed(): PackedSights {
    const length = this.#bytes.reduce((sum, part) => sum + part.length, 0)
    const bytes = new Uint8Array(length)
    let at = 0
    for (const part of this.#bytes) {
      bytes.set(part, at)
      at += part.length
    }
    return { texts: this.#texts.join(end), numbers: Float64Array.from(this.#numbers), bytes }
  }

  #failed(errno: string): void {
    this.#numbers.push(failed)
    this.#texts.push(errno)
  }

  #entry({ kind, look, name }: EntrySight): void {
    this.#texts.push(name)
    this.#numbers.push(kinds.indexOf(kind))
    if (look === undefined) this.#numbers.push(absent)
    else if (look.kind === "gone") this.#numbers.push(gone)
    else if (look.kind === "failed") this.#failed(look.errno)
    else this.#numbers.push(kinds.indexOf(look.kind), look.size, look.mtimeMs)
  }

  #manifest(sight: FileSight | undefined): void {
    if (sight === undefined) this.#numbers.push(absent)
    else if (sight.kind === "gone") this.#numbers.push(gone)
    else if (sight.kind === "failed") this.#failed(sight.errno)
    else {
      const { bytes, stat: { inode, kind, mtimeMs, size } } = sight
      this.#numbers.push(kinds.indexOf(kind), size, mtimeMs, bytes === undefined ? -1 : bytes.length)
      this.#texts.push(inode)
      if (bytes !== undefined) this.#bytes.push(bytes)
    }
  }
}

/** Packs what was found of folders. */
export const packSights = (sights: Iterable<FolderSight>): PackedSights => {
  const packer = new Packer()
  for (const sight of sights) packer.folder(sight)
  return packer.packed()
}

class Unpacker {
  readonly #texts: ReadonlyArray<string>
  readonly #numbers: Float64Array
  readonly #bytes: Uint8Array
  #text = 0
  #number = 0
  #byte = 0

  constructor({ bytes, numbers, texts }: PackedSights) {
    this.#texts = texts.split(end)
    this.#numbers = numbers
    this.#bytes = bytes
  }

  folder(): FolderSight {
    if (this.#next() === failed) return { kind: "failed", errno: this.#nextText() }
    const entries: Array<EntrySight> = []
    for (let left = this.#next(); left > 0; left--) {
      entries.push({ name: this.#nextText(), kind: kindAt(this.#next()), look: this.#look() })
    }
    return { kind: "listed", entries, manifest: this.#manifest() }
  }

  #look(): FileLook | undefined {
    const code = this.#next()
    if (code === absent) return undefined
    if (code === gone) return { kind: "gone" }
    if (code === failed) return { kind: "failed", errno: this.#nextText() }
    return { kind: kindAt(code), size: this.#next(), mtimeMs: this.#next() }
  }

  #manifest(): FileSight | undefined {
    const code = this.#next()
    if (code === absent) return undefined
    if (code === gone) return { kind: "gone" }
    if (code === failed) return { kind: "failed", errno: this.#nextText() }
    const stat: Omit<DiskStat, "device"> = {
      kind: kindAt(code),
      size: this.#next(),
      mtimeMs: this.#next(),
      inode: this.#nextText()
    }
    const length = this.#next()
    if (length < 0) return { kind: "found", stat, bytes: undefined }
    const bytes = this.#bytes.subarray(this.#byte, this.#byte + length)
    this.#byte += length
    return { kind: "found", stat, bytes }
  }

  // Whoever unpacks asks for what was packed, in the same order: nothing is missing.

  #next(): number {
    return this.#numbers[this.#number++] ?? absent
  }

  #nextText(): string {
    return this.#texts[this.#text++] ?? ""
  }
}

const kindAt = (code: number): DiskKind => kinds[code] ?? "other"

/** Unpacks what was found of so many folders, one after the other. */
export function* unpackSights(packed: PackedSights, folders: number): Generator<FolderSight> {
  const unpacker = new Unpacker(packed)
  for (let left = folders; left > 0; left--) yield unpacker.folder()
}
