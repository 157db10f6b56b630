/** What has to be true of any bytes that are read as a journal, and of any text that is read as a lock. */
import { Option, Result } from "effect"
import { isDeepStrictEqual } from "node:util"
import { printEntry, readRegistry } from "../../../src/domain/RegistryCodec.ts"
import { type JournalContent, readJournal } from "../../../src/layers/journal/Frames.ts"
import { decodeRecord, encodeRecord, type JournalRecord } from "../../../src/layers/journal/Record.ts"
import { parseLock, printLock } from "../../../src/layers/LockRecord.ts"
import type { Checked } from "./Checked.ts"
import type { Dice } from "./Dice.ts"

const decoder = new TextDecoder()
const encoder = new TextEncoder()

const plain = ({ discarded, frames, header, slot, topEpoch }: JournalContent) => ({
  header,
  slot,
  topEpoch,
  frames: frames.map(({ body, lsn, offset }) => ({ lsn, offset, body: body.toString("base64") })),
  discarded: discarded.map(({ body, lsn, offset }) => ({ lsn, offset, body: body.toString("base64") }))
})

/** Why a path of a record would lead out of `assets/`, or to where only the packer itself goes. */
const wayOut = (path: string): string | undefined => {
  const segments = path.split("/")
  if (segments.some((segment) => ["", ".", ".."].includes(segment))) return "leads elsewhere"
  if (/[\\\0:]/.test(path)) return "has a character that leads elsewhere"
  if (segments[0]?.toLowerCase() === ".prometeu" && !path.startsWith(".prometeu/runtime/trash/")) {
    return "is the packer's"
  }
  return undefined
}

const pathsOf = ({ steps }: JournalRecord): ReadonlyArray<string> =>
  steps.flatMap((step) =>
    step._tag === "MoveFolder"
      ? [step.from, step.to]
      : step._tag === "PutFile" && step.blob !== undefined
      ? [step.path, `blob-${step.blob}`]
      : [step.path]
  )

const recordProblems = (record: JournalRecord): ReadonlyArray<string> => {
  const problems: Array<string> = []
  const again = decodeRecord(Buffer.from(encodeRecord(record)))
  if (Result.isFailure(again)) problems.push(`a record is written as what is none: ${again.failure}`)
  else if (!isDeepStrictEqual(again.success, record)) problems.push("a record is written as something else")
  for (const path of pathsOf(record)) {
    const way = wayOut(path)
    if (way !== undefined) problems.push(`a record names ${JSON.stringify(path)}, which ${way}`)
  }
  for (const entry of record.registry.flatMap(({ after, before }) => [after ?? [], before ?? []].flat())) {
    const file = `{"schema_version":1,"assets":[\n${printEntry(entry)}\n]}`
    const read = readRegistry(encoder.encode(file))
    const found = Result.isSuccess(read) ? read.success.byId.get(entry.id) : undefined
    if (!isDeepStrictEqual(found, entry)) problems.push(`a record has an entry that is printed as another: ${file}`)
  }
  return problems
}

/** Reads bytes as a journal, and its bodies as records. */
export const checkJournal = (dice: Dice, bytes: Uint8Array): Checked => {
  const read = readJournal(bytes)
  if (Result.isFailure(read)) {
    const { cause, offset } = read.failure
    const isPlace = Number.isInteger(offset) && offset >= 0 && offset <= bytes.length
    return {
      answer: "fault",
      problems: isPlace && cause !== "" ? [] : [`a fault without a place: ${offset}, "${cause}"`]
    }
  }
  const problems: Array<string> = []
  const content = plain(read.success)
  const { discarded, frames, header } = content
  if (!isDeepStrictEqual(Result.map(readJournal(bytes), plain), Result.succeed(content))) {
    problems.push("is read in two ways")
  }
  for (const [index, { lsn, offset }] of frames.entries()) {
    if (lsn !== header.lsn + 1 + index) problems.push(`record ${index} has the number ${lsn}`)
    if (offset < header.start || offset >= header.start + header.size) problems.push(`record ${lsn} is in no region`)
  }
  if (frames.length < (header.carried ?? 0)) problems.push("what was carried is not there")
  for (let times = 0; times < 3; times++) {
    const cut = readJournal(bytes.subarray(0, dice.below(bytes.length)))
    if (Result.isFailure(cut)) continue
    const less = plain(cut.success)
    if (less.header.epoch === header.epoch && less.frames.length > frames.length) {
      problems.push("has more records if it is cut")
    }
  }
  const longer = new Uint8Array(bytes.length + 64)
  longer.set(bytes)
  const more = readJournal(longer)
  if (Result.isFailure(more) || !isDeepStrictEqual(plain(more.success).frames, frames)) {
    problems.push("is read otherwise with zeros behind it")
  }
  let isUnknown = false
  for (const { body, lsn } of [...read.success.frames, ...read.success.discarded]) {
    const record = decodeRecord(body)
    if (Result.isSuccess(record)) problems.push(...recordProblems(record.success))
    else {
      // What was discarded need not be known.
      if (lsn <= header.lsn + frames.length) isUnknown = true
      if (record.failure === "") problems.push("a record is refused without a reason")
    }
  }
  const tail = discarded.length === 0 ? "" : "+discarded"
  return { answer: `${isUnknown ? "unknown record" : frames.length > 0 ? "records" : "empty"}${tail}`, problems }
}

/** Reads bytes as what stands in a lock. */
export const checkLock = (_dice: Dice, bytes: Uint8Array): Checked => {
  const lock = parseLock(decoder.decode(bytes))
  if (Option.isNone(lock)) return { answer: "none", problems: [] }
  const problems: Array<string> = []
  const printed = printLock(lock.value)
  const again = parseLock(decoder.decode(printed))
  // As texts, because JSON has no text of its own for -0.
  if (JSON.stringify(again) !== JSON.stringify(lock)) problems.push("a lock is written as another one")
  const [held, released] = [false, true].map((released) => printLock({ ...lock.value, released }).length)
  if (held !== released) problems.push("a lock is longer when it is released")
  return { answer: lock.value.released ? "released" : "held", problems }
}
