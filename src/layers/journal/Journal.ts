/**
 * The journal on disk: written ahead, recycled, never erased.
 *
 * Its file is as long as it will be and filled with zeros before it is used, so that a flush has no length and no place
 * on the disk to make durable besides the bytes. See `Frames.ts` for what stands in it, and why.
 */
import * as Effect from "effect/Effect"

import { DiskError, type DiskFile } from "../../services/Disk.ts"
import type { Terms } from "../commit/Terms.ts"
import { leavesDoubt } from "../commit/Unflushed.ts"
import { renamePatiently } from "../Rename.ts"
import { uniqueName } from "../UniqueName.ts"
import { writeWhole } from "../WholeWrite.ts"
import {
  alignedSize,
  encodeFrames,
  encodeHeader,
  firstRegion,
  framedLength,
  type Header,
  type JournalContent,
  largestJournal,
  slots
} from "./Frames.ts"

/** Why records were not appended. */
export type AppendFault =
  /** They may be there in part; nothing made them durable. */
  | { readonly _tag: "NotWritten"; readonly fault: DiskError }
  /** Nobody knows whether they are durable. */
  | { readonly _tag: "NotFlushed"; readonly fault: DiskError }

/** The journal of a project whose lock is held. */
export interface Journal {
  /** True as long as the path of the journal leads to the file that is written. */
  readonly isInPlace: Effect.Effect<boolean, DiskError>
  /** How many bytes of records this epoch can still take, none if it has to be followed by another; how many any could. */
  readonly room: () => { readonly left: number; readonly whole: number }
  /** Writes records behind the last one and makes them durable with one flush. */
  readonly append: (bodies: ReadonlyArray<Uint8Array>) => Effect.Effect<void, AppendFault>
  /**
   * Begins a new epoch that holds only these records: all others are forgotten, in the moment in which its header is
   * durable. What they did has to be durable before. Where the new epoch could not take `needed` bytes more, the journal
   * is made anew, larger.
   */
  readonly rotate: (carried: ReadonlyArray<Uint8Array>, needed: number) => Effect.Effect<void, DiskError>
  /**
   * Makes durable what was read: after the end of a process, it may be no more than what the system still knows. Nothing
   * may be done again on the word of a record that a crash could take back.
   */
  readonly settle: Effect.Effect<void, DiskError>
  readonly close: Effect.Effect<void, DiskError>
}

/** The file that is written now. */
interface Open {
  readonly file: DiskFile
  readonly inode: string
  readonly header: Header
  /** Where its header stands, how many bytes of its region are taken. */
  readonly slot: number
  readonly used: number
}

/** How many bytes are written at once when a journal is filled with zeros. */
const slice = 1024 * 1024

/** Takes over the journal that was read, or makes the first one of a project. */
export const openJournal = Effect.fnUntraced(function*(terms: Terms, found: JournalContent | undefined) {
  const { disk, folder, host } = terms
  const initial = alignedSize(terms.settings.journalBytes)
  const { self } = host
  const runtime = yield* disk.stat(folder.runtime)
  const identity = { folder: runtime?.inode ?? "", ...(self.boot === undefined ? {} : { boot: self.boot }) }
  const bodiesLength = (bodies: ReadonlyArray<Uint8Array>) =>
    bodies.reduce((length, body) => length + framedLength(body), 0)

  /** The name of a new journal is not durable yet: as long as it is not, a crash brings back the old one. */
  let owesName = false
  /** A header may be half written, and may become whole by itself: as long as no later one is, nothing is appended. */
  let owesHeader = false

  const flushName = Effect.suspend(() =>
    owesName
      ? Effect.andThen(
        disk.flushFolder(folder.runtime),
        Effect.sync(() => {
          owesName = false
        })
      )
      : Effect.void
  )

  /** Makes a new file that holds only these records, and puts it in the place of the journal. */
  const replace = Effect.fnUntraced(function*(next: Header, bodies: ReadonlyArray<Uint8Array>) {
    if (next.start + 2 * next.size > largestJournal) {
      return yield* new DiskError({ call: "write", path: folder.journal, errno: "EFBIG" })
    }
    const temporary = `${folder.journal}-${yield* uniqueName(host)}`
    const file = yield* disk.open(temporary, "create")
    const fill = Effect.gen(function*() {
      const end = next.start + 2 * next.size
      for (let at = 0; at < end; at += slice) yield* writeWhole(file, at, new Uint8Array(Math.min(slice, end - at)))
      yield* writeWhole(file, slots[0], encodeHeader(next))
      const frames = encodeFrames(bodies, { carried: true, epoch: next.epoch, first: next.lsn + 1 })
      yield* writeWhole(file, next.start, frames)
      yield* file.flush
      const { inode } = yield* file.stat
      yield* renamePatiently(terms, temporary, folder.journal, inode)
      return inode
    })
    const inode = yield* Effect.onError(
      fill,
      () => Effect.andThen(Effect.ignore(file.close), Effect.ignore(disk.removeFile(temporary)))
    )
    owesName = true
    owesHeader = false
    return { file, inode, header: next, slot: slots[0], used: bodiesLength(bodies) } satisfies Open
  })

  const takeOver = Effect.fnUntraced(function*({ frames, header, slot }: JournalContent) {
    const file = yield* disk.open(folder.journal, "update")
    const { inode } = yield* Effect.onError(file.stat, () => Effect.ignore(file.close))
    return { file, inode, header, slot, used: bodiesLength(frames.map((frame) => frame.body)) } satisfies Open
  })

  /** Faults of a journal that was made under another name are those of the journal. */
  const named = <A>(effect: Effect.Effect<A, DiskError>): Effect.Effect<A, DiskError> =>
    Effect.mapError(effect, (fault) =>
      fault.path === open.file.path
        ? new DiskError({ call: fault.call, path: folder.journal, errno: fault.errno })
        : fault)

  let open: Open = found === undefined
    ? yield* replace({ epoch: 1, lsn: 0, start: firstRegion, size: initial, ...identity }, [])
    : yield* takeOver(found)
  yield* Effect.onError(flushName, () => Effect.ignore(open.file.close))
  let lastLsn = open.header.lsn + (found?.frames.length ?? 0)
  let lastEpoch = Math.max(open.header.epoch, found?.topEpoch ?? 0)

  /** Begins an epoch in a new file, which takes over at once. */
  const rotateInto = Effect.fnUntraced(function*(carried: ReadonlyArray<Uint8Array>, epoch: number, size: number) {
    const { file } = open
    const next = { epoch, lsn: lastLsn, start: firstRegion, size, carried: carried.length, ...identity }
    open = yield* replace(next, carried)
    lastLsn += carried.length
    yield* Effect.ignore(file.close)
    yield* flushName
  })

  /** Begins an epoch in the same file. */
  const rotateHere = Effect.fnUntraced(function*(carried: ReadonlyArray<Uint8Array>, epoch: number) {
    const { file, header, slot } = open
    const start = header.start === firstRegion ? firstRegion + header.size : firstRegion
    const next = { ...header, ...identity, epoch, lsn: lastLsn, start, carried: carried.length }
    if (carried.length > 0) {
      yield* writeWhole(file, start, encodeFrames(carried, { carried: true, epoch, first: lastLsn + 1 }))
      yield* file.flushData
    }
    const other = slot === slots[0] ? slots[1] : slots[0]
    owesHeader = true
    yield* writeWhole(file, other, encodeHeader(next))
    yield* file.flushData
    owesHeader = false
    open = { ...open, header: next, slot: other, used: bodiesLength(carried) }
    lastLsn += carried.length
  })

  const journal: Journal = {
    isInPlace: Effect.map(disk.stat(folder.journal), (there) => there?.inode === open.inode),
    room: () => ({ left: owesHeader ? 0 : open.header.size - open.used, whole: open.header.size }),
    append: Effect.fnUntraced(function*(bodies) {
      const { file, header, used } = open
      const bytes = encodeFrames(bodies, { carried: false, epoch: header.epoch, first: lastLsn + 1 })
      const notWritten = (fault: DiskError): AppendFault => ({ _tag: "NotWritten", fault })
      if (owesHeader || used + bytes.length > header.size) {
        return yield* Effect.fail(notWritten(new DiskError({ call: "write", path: folder.journal, errno: "ENOSPC" })))
      }
      yield* Effect.mapError(
        flushName,
        (fault): AppendFault => leavesDoubt(fault) ? { _tag: "NotFlushed", fault } : notWritten(fault)
      )
      yield* Effect.mapError(named(writeWhole(file, header.start + used, bytes)), notWritten)
      yield* Effect.mapError(named(file.flushData), (fault): AppendFault => ({ _tag: "NotFlushed", fault }))
      open = { ...open, used: used + bytes.length }
      lastLsn += bodies.length
    }),
    rotate: Effect.fnUntraced(function*(carried, needed) {
      yield* flushName
      const { size } = open.header
      const required = bodiesLength(carried) + needed
      // An epoch is never tried twice: frames of an attempt that was cut short would count in the next one.
      const epoch = ++lastEpoch
      const larger = required > size ? 2 ** Math.ceil(Math.log2(2 * required)) : size
      // What was large once does not stay large for ever.
      const next = carried.length === 0 && needed <= initial && size > 4 * initial ? initial : larger
      // A header that may be there by half may point to the other region: what is in it stays.
      if (next !== size || owesHeader) yield* rotateInto(carried, epoch, next)
      else yield* named(rotateHere(carried, epoch))
    }),
    settle: Effect.gen(function*() {
      const { file, header, used } = open
      // A system that could not write something once may hold it for written, so it is written again, the same bytes.
      for (const [at, length] of [[0, firstRegion], [header.start, used]] as const) {
        for (let done = 0; done < length; done += slice) {
          const bytes = yield* file.read(at + done, Math.min(slice, length - done))
          yield* writeWhole(file, at + done, bytes)
        }
      }
      yield* file.flush
      yield* disk.flushFolder(folder.runtime)
    }),
    close: Effect.suspend(() => open.file.close)
  }
  return journal
})
