/** Calls to a disk as tests talk of them, and a disk around another one that sees each of them go by. */
import * as Effect from "effect/Effect"

import { completeDisk, type SingleDiskCalls } from "../layers/CompleteDisk.ts"
import type { Disk, DiskError, DiskFile, OpenMode } from "../services/Disk.ts"

/** The name of a call: of the disk, or of a file that it opened. */
export type DiskCallName = Exclude<keyof SingleDiskCalls | keyof DiskFile, "path">

/** One call to a disk. */
export interface DiskCall {
  readonly call: DiskCallName
  readonly path: string
  /** Where a rename or a link leads. */
  readonly to?: string
  readonly mode?: OpenMode
  /** How many bytes were to be written. */
  readonly bytes?: number
}

/** Stands around every call: may look at it, hold it, or answer in its place. */
export type AroundCall = <A>(call: DiskCall, run: Effect.Effect<A, DiskError>) => Effect.Effect<A, DiskError>

/** Stands around what is to be written: may pass on less of it. */
export type AroundWrite = (
  call: DiskCall,
  bytes: Uint8Array,
  write: (bytes: Uint8Array) => Effect.Effect<number, DiskError>
) => Effect.Effect<number, DiskError>

/** A disk around another one, which also goes for the files that are opened on it. */
export const aroundDisk = (
  inner: Disk["Service"],
  around: AroundCall,
  aroundWrite: AroundWrite = (call, bytes, write) => around(call, write(bytes))
): Disk["Service"] => {
  const aroundFile = (file: DiskFile): DiskFile => {
    const { path } = file
    return {
      path,
      stat: around({ call: "stat", path }, file.stat),
      read: (position, length) => around({ call: "read", path }, file.read(position, length)),
      write: (position, bytes) =>
        aroundWrite({ call: "write", path, bytes: bytes.length }, bytes, (some) => file.write(position, some)),
      flush: around({ call: "flush", path }, file.flush),
      flushData: around({ call: "flushData", path }, file.flushData),
      close: around({ call: "close", path }, file.close)
    }
  }
  return completeDisk({
    stat: (path) => around({ call: "stat", path }, inner.stat(path)),
    list: (path) => around({ call: "list", path }, inner.list(path)),
    realPath: (path) => around({ call: "realPath", path }, inner.realPath(path)),
    isWritable: (path) => around({ call: "isWritable", path }, inner.isWritable(path)),
    readFile: (path, limit) => around({ call: "readFile", path }, inner.readFile(path, limit)),
    open: (path, mode) => Effect.map(around({ call: "open", path, mode }, inner.open(path, mode)), aroundFile),
    makeFolder: (path) => around({ call: "makeFolder", path }, inner.makeFolder(path)),
    rename: (from, to) => around({ call: "rename", path: from, to }, inner.rename(from, to)),
    link: (from, to) => around({ call: "link", path: from, to }, inner.link(from, to)),
    removeFile: (path) => around({ call: "removeFile", path }, inner.removeFile(path)),
    removeFolder: (path) => around({ call: "removeFolder", path }, inner.removeFolder(path)),
    flushFolder: (path) => around({ call: "flushFolder", path }, inner.flushFolder(path))
  })
}
