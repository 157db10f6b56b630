/** Reading the journal that an earlier opening left. */
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"

import { type JournalContent, type JournalFault, largestJournal, readJournal } from "../journal/Frames.ts"
import { decodeRecord, type JournalRecord } from "../journal/Record.ts"
import type { Looking } from "./RedoFolders.ts"
import type { Terms } from "./Terms.ts"

/** What the journal holds. */
export interface Found {
  readonly content: JournalContent
  readonly records: ReadonlyArray<JournalRecord>
  readonly discarded: ReadonlyArray<JournalRecord>
}

/** Reads the journal; nothing if there is none, and why if it cannot be believed. */
export const readRecords = Effect.fnUntraced(function*({ disk, folder }: Terms) {
  const read = yield* disk.readFile(folder.journal, largestJournal)
  if (read === undefined) return undefined
  const corrupt = (fault: JournalFault) => Result.fail(fault)
  if (read.bytes === undefined) return corrupt({ offset: 0, cause: "it is no file, or none that the packer makes" })
  const content = readJournal(read.bytes)
  if (Result.isFailure(content)) return corrupt(content.failure)
  const records: Array<JournalRecord> = []
  for (const { body, lsn, offset } of content.success.frames) {
    const record = decodeRecord(body)
    if (Result.isFailure(record)) return corrupt({ offset, cause: `record ${lsn} is unknown: ${record.failure}` })
    records.push(record.success)
  }
  const discarded = content.success.discarded.flatMap(({ body }) => {
    const record = decodeRecord(body)
    return Result.isSuccess(record) ? [record.success] : []
  })
  return Result.succeed<Found>({ content: content.success, records, discarded })
})

/** What has to be known to tell done from not done. */
export const lookingAt = Effect.fnUntraced(function*(terms: Terms, { header }: JournalContent) {
  const runtime = yield* terms.disk.stat(terms.folder.runtime)
  const isCopy = header.folder !== runtime?.inode
  const mayBeTorn = !isCopy && (header.boot === undefined || header.boot !== terms.host.self.boot)
  return { ...terms, isCopy, mayBeTorn } satisfies Looking
})
