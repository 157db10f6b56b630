/**
 * The bytes of a journal: two headers, and frames behind them.
 *
 * A header stands in one of two slots that never share a sector and are written in turn, so that one of them is always
 * whole. It begins an **epoch**: only frames of that epoch count. Frames of an epoch stand in one of two regions, in turn
 * as well, so that what is carried into the next epoch can be written before the last one ends. A journal is never
 * emptied by erasing: half an erasure would bring back a past. It is emptied by the next header.
 *
 * A frame counts if its checksum holds, its epoch is the header's, and its number follows the one before it. It also says
 * with which number its flush began: that tells a torn end (the frames behind the hole are of the same flush) from damage
 * (frames of a later flush, which was only written after the earlier one was durable).
 */
import { crc32 } from "node:zlib"

import * as Result from "effect/Result"
import * as Schema from "effect/Schema"

/** Where the slots of the two headers begin. */
export const slots = [0, 4096] as const
/** Where the first region begins. */
export const firstRegion = 8192
/** What a frame takes of the journal besides its body. */
export const frameHead = 32
const alignment = 16

const headerMagic = Buffer.from("PPACKJ01")
const frameMagic = 0x4d_52_46_50
const maxHeader = 2048

/** What a header says. */
export const Header = Schema.Struct({
  epoch: Schema.Natural,
  /** The number of the last record before this epoch. */
  lsn: Schema.Natural,
  /** Where the frames of this epoch begin, and how many bytes they may take. */
  start: Schema.Natural,
  size: Schema.Natural,
  /** How many records were carried into this epoch: they were durable before this header was. */
  carried: Schema.optionalKey(Schema.Natural),
  /** The run of the machine in which it was written, where the system tells it. */
  boot: Schema.optionalKey(Schema.String),
  /** The inode of the folder that the journal is in: a copy of the folder has another. */
  folder: Schema.String
})
/** What a header says. */
export type Header = typeof Header.Type

const decodeHeader = Schema.decodeUnknownResult(Schema.fromJsonString(Header))

/** A header, ready for its slot. */
export const encodeHeader = (header: Header): Uint8Array => {
  const body = Buffer.from(JSON.stringify(header))
  const bytes = Buffer.alloc(headerMagic.length + 8 + body.length)
  headerMagic.copy(bytes)
  bytes.writeUInt32LE(body.length, 8)
  bytes.writeUInt32LE(crc32(body), 12)
  body.copy(bytes, 16)
  return bytes
}

/** Reads what is in a slot; `undefined` if that is no whole header. */
const readHeader = (slot: Buffer): Header | undefined => {
  if (slot.length < 16 || !slot.subarray(0, 8).equals(headerMagic)) return undefined
  const length = slot.readUInt32LE(8)
  if (length > maxHeader || 16 + length > slot.length) return undefined
  const body = slot.subarray(16, 16 + length)
  if (crc32(body) !== slot.readUInt32LE(12)) return undefined
  const header = decodeHeader(body.toString("utf8"))
  return Result.isSuccess(header) ? header.success : undefined
}

/** A frame that counts. */
interface Frame {
  readonly lsn: number
  /** Where it begins in the file. */
  readonly offset: number
  readonly body: Buffer
}

/** What stands in a frame besides its body. */
interface FrameHead {
  readonly lsn: number
  readonly epoch: number
  /** The number of the first frame of the same flush. */
  readonly first: number
  /** True if it was written before the header of its epoch, to be carried into it. */
  readonly carried: boolean
}

/** No journal is larger: one that is, is not believed, and not read into memory either. */
export const largestJournal = 1024 * 1024 * 1024

/** The size of a region that holds as many bytes at least: frames of both regions are found at the same steps. */
export const alignedSize = (size: number): number => Math.ceil(size / alignment) * alignment

const lengthOf = (bodyLength: number): number => Math.ceil((frameHead + bodyLength) / alignment) * alignment

/** How many bytes a body takes in the journal. */
export const framedLength = (body: Uint8Array): number => lengthOf(body.length)

/** The frames of one flush, one behind the other; the first has the number `first`. */
export const encodeFrames = (
  bodies: ReadonlyArray<Uint8Array>,
  { carried, epoch, first }: Omit<FrameHead, "lsn">
): Uint8Array => {
  const bytes = Buffer.alloc(bodies.reduce((length, body) => length + framedLength(body), 0))
  let at = 0
  for (const [index, body] of bodies.entries()) {
    bytes.writeUInt32LE(frameMagic, at)
    bytes.writeUInt32LE(body.length, at + 4)
    bytes.writeUIntLE(first + index, at + 8, 6)
    bytes.writeUInt16LE(carried ? 1 : 0, at + 14)
    bytes.writeUInt32LE(epoch, at + 16)
    bytes.writeUIntLE(first, at + 20, 6)
    bytes.set(body, at + frameHead)
    bytes.writeUInt32LE(checksum(bytes, at, body.length), at + 28)
    at += framedLength(body)
  }
  return bytes
}

const checksum = (bytes: Buffer, at: number, length: number): number =>
  crc32(bytes.subarray(at + frameHead, at + frameHead + length), crc32(bytes.subarray(at, at + 28)))

/** The frame at a place, if a whole one is there. */
const frameAt = (bytes: Buffer, at: number): (FrameHead & { readonly length: number }) | undefined => {
  if (at + frameHead > bytes.length || bytes.readUInt32LE(at) !== frameMagic) return undefined
  const length = bytes.readUInt32LE(at + 4)
  if (at + frameHead + length > bytes.length) return undefined
  if (checksum(bytes, at, length) !== bytes.readUInt32LE(at + 28)) return undefined
  return {
    length,
    lsn: bytes.readUIntLE(at + 8, 6),
    carried: bytes.readUInt16LE(at + 14) === 1,
    epoch: bytes.readUInt32LE(at + 16),
    first: bytes.readUIntLE(at + 20, 6)
  }
}

const magicBytes = Buffer.alloc(4)
magicBytes.writeUInt32LE(frameMagic)

/** The next place at which a frame may begin; to look at each would take ten times as long. */
const nextMagic = (journal: Buffer, from: number): number | undefined => {
  for (let at = journal.indexOf(magicBytes, from); at !== -1; at = journal.indexOf(magicBytes, at + 1)) {
    if ((at - from) % alignment === 0) return at
  }
  return undefined
}

/** What a journal says. */
export interface JournalContent {
  readonly header: Header
  /** Where that header stands. */
  readonly slot: number
  /** The highest epoch of any frame, also of those that were never carried over to the end. */
  readonly topEpoch: number
  readonly frames: ReadonlyArray<Frame>
  /** Whole frames behind a torn one of the same flush: they do not count. */
  readonly discarded: ReadonlyArray<Frame>
}

/** Why a journal cannot be believed, and where. */
export interface JournalFault {
  readonly offset: number
  readonly cause: string
}

/** Reads a journal, or says why it cannot be believed. */
export const readJournal = (bytes: Uint8Array): Result.Result<JournalContent, JournalFault> => {
  const journal = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const corrupt = (offset: number, cause: string) => Result.fail<JournalFault>({ offset, cause })
  const headers = slots.flatMap((slot) => {
    const header = readHeader(journal.subarray(slot, slot + 4096))
    return header === undefined ? [] : [{ header, slot }]
  })
  const newest = headers.toSorted((a, b) => b.header.epoch - a.header.epoch)[0]
  if (newest === undefined) return corrupt(0, "neither of its headers is whole")
  const { header, slot } = newest
  if (header.start < firstRegion || journal.length < header.start + header.size) {
    return corrupt(journal.length, "it is shorter than it was made")
  }
  const region = journal.subarray(header.start, header.start + header.size)
  const frames: Array<Frame> = []
  let at = 0
  for (let lsn = header.lsn + 1;; lsn++) {
    const frame = frameAt(region, at)
    if (frame?.epoch !== header.epoch || frame.lsn !== lsn) break
    const body = region.subarray(at + frameHead, at + frameHead + frame.length)
    frames.push({ lsn, offset: header.start + at, body })
    at += framedLength(body)
  }
  const expected = header.lsn + frames.length + 1
  const place = header.start + at
  if (frames.length < (header.carried ?? 0)) return corrupt(place, `record ${expected} is damaged`)
  const discarded: Array<Frame> = []
  let topEpoch = header.epoch
  for (const start of [firstRegion, firstRegion + header.size]) {
    const end = Math.min(start + header.size, journal.length)
    const upTo = journal.subarray(0, end)
    for (let offset = nextMagic(upTo, start), next = start; offset !== undefined; offset = nextMagic(upTo, next)) {
      const frame = frameAt(upTo, offset)
      // What is inside a whole frame is its body, even where that looks like a frame.
      next = offset + (frame === undefined ? alignment : lengthOf(frame.length))
      if (frame === undefined) continue
      topEpoch = Math.max(topEpoch, frame.epoch)
      if (frame.epoch > header.epoch && !frame.carried) return corrupt(place, "the header of its last epoch is damaged")
      if (frame.epoch !== header.epoch || frame.lsn < expected) continue
      if (frame.first > expected) return corrupt(place, `record ${expected} is damaged, and later ones are behind it`)
      const body = journal.subarray(offset + frameHead, offset + frameHead + frame.length)
      discarded.push({ lsn: frame.lsn, offset, body })
    }
  }
  return Result.succeed({ header, slot, topEpoch, frames, discarded })
}
