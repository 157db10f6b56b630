/**
 * Finishing what an earlier opening made durable and did not bring to its end.
 *
 * The journal is not touched before everything it says is durable in its plain files: a crash in the middle of this, at
 * any instant and any number of times, begins the same again, and each step finds what is done already. Folders first, in
 * the order in which they were moved; then each file once, with its last content; then the registry.
 */
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"

import type { Standstill } from "../../domain/Standstill.ts"
import type { Unfinished } from "../../domain/Unfinished.ts"
import type { DiskError } from "../../services/Disk.ts"
import type { Finished, Recovery } from "../../services/DurableCommitter.ts"
import { makeBreather } from "../Breather.ts"
import { type Journal, openJournal } from "../journal/Journal.ts"
import type { JournalRecord } from "../journal/Record.ts"
import { type Books, type Entry, openBooks, recordOf } from "./Books.ts"
import { lookAtRegistry } from "./Checkpoint.ts"
import { type Found, lookingAt, readRecords } from "./Found.ts"
import { clearLeftovers } from "./Keeping.ts"
import { checkWay, prepareFolders, waysOf } from "./OwnFolders.ts"
import { putsOf, redoPut } from "./RedoFiles.ts"
import { redoFolders, type Redoing } from "./RedoFolders.ts"
import { redoRegistry } from "./RedoRegistry.ts"
import { survey } from "./Survey.ts"
import type { Terms } from "./Terms.ts"
import { flushNoted, noneUnflushed } from "./Unflushed.ts"

/** The recovery of a project that was closed as it should be. */
const nothing: Recovery = { finished: [], discarded: [], overtaken: [], unfinished: undefined }

/** A registry change that has to wait in the journal until somebody decides about it. */
const waiting = (record: JournalRecord): Entry => ({
  count: 0,
  record,
  aside: { files: new Map(), blobs: [], trash: undefined },
  steps: [],
  left: new Set(),
  registry: record.registry
})

/** What recovery found out, and what there is to go on with. */
export type Recovered =
  | { readonly _tag: "Open"; readonly journal: Journal; readonly books: Books; readonly recovery: Recovery }
  /** Nothing can be committed. */
  | { readonly _tag: "Idle"; readonly standstill: Standstill; readonly books: Books; readonly recovery: Recovery }

const standingStill = (
  registryFile: Books["registryFile"],
  standstill: Standstill,
  unfinished: Unfinished | undefined
): Recovered => ({
  _tag: "Idle",
  standstill,
  books: openBooks({ entries: [], registryFile, standstill }),
  recovery: { ...nothing, unfinished }
})

/** Does everything again that is not done, and begins an epoch that holds only what has to wait for somebody. */
const redoAll = Effect.fnUntraced(function*(terms: Terms, registryFile: Books["registryFile"], found: Found) {
  const { content, discarded, records } = found
  const journal = yield* openJournal(terms, content)
  const redo = Effect.gen(function*() {
    yield* journal.settle
    for (const path of waysOf(terms)) yield* terms.disk.flushFolder(path)
    const looking = yield* lookingAt(terms, content)
    const redoing: Redoing = { ...looking, unflushed: noneUnflushed(), overtaken: [] }
    for (const record of records) yield* redoFolders(redoing, record)
    const breather = yield* makeBreather
    for (const puts of putsOf(records).values()) {
      yield* breather.pause
      yield* redoPut(redoing, puts)
    }
    const books = openBooks({ entries: [], registryFile, standstill: undefined })
    const isSettled = yield* redoRegistry(terms, books, records)
    if (!isSettled) books.entries = records.filter(({ registry }) => registry.length > 0).map(waiting)
    yield* flushNoted(terms, redoing.unflushed, 0, () => undefined)
    yield* journal.rotate(books.entries.map(recordOf), 0)
    // From here on, what was finished is known and must be told.
    yield* clearLeftovers(terms)
    const recovery: Recovery = {
      finished: records.map(({ operationId, receipt }): Finished => ({ operationId, receipt })),
      discarded: discarded.map(({ operationId }) => operationId),
      overtaken: redoing.overtaken,
      unfinished: undefined
    }
    return { _tag: "Open", journal, books, recovery } satisfies Recovered
  })
  return yield* Effect.onError(redo, () => Effect.ignore(journal.close))
})

/** The journal of a project that was never opened before. */
const begin = Effect.fnUntraced(function*(terms: Terms, registryFile: Books["registryFile"]) {
  for (const path of waysOf(terms)) yield* terms.disk.flushFolder(path)
  yield* clearLeftovers(terms)
  const journal = yield* openJournal(terms, undefined)
  const books = openBooks({ entries: [], registryFile, standstill: undefined })
  return { _tag: "Open", journal, books, recovery: nothing } satisfies Recovered
})

/** Finishes what an earlier opening left. Where that cannot be done it says why, and what would have to be done. */
export const recover = (
  terms: Terms,
  registryFile: Books["registryFile"],
  unwritable: DiskError | undefined
): Effect.Effect<Recovered> =>
  Effect.catch(
    recoverReadable(terms, registryFile, unwritable),
    (fault) => Effect.succeed(standingStill(registryFile, { _tag: "Unwritable", fault }, undefined))
  )

const recoverReadable = Effect.fnUntraced(function*(
  terms: Terms,
  registryFile: Books["registryFile"],
  unwritable: DiskError | undefined
) {
  yield* checkWay(terms)
  const found = yield* readRecords(terms)
  if (found !== undefined && Result.isFailure(found)) {
    const standstill: Standstill = { _tag: "JournalCorrupt", path: terms.folder.journal, ...found.failure }
    return standingStill(registryFile, standstill, undefined)
  }
  const standStill = Effect.fnUntraced(function*(fault: DiskError) {
    const unfinished = found === undefined ? undefined : yield* survey(terms, found.success)
    // The registry may have got to its place before that: what is written by oneself is no edit of somebody else's.
    const registryNow = yield* Effect.catch(
      lookAtRegistry(terms, registryFile),
      () => Effect.succeed<Books["registryFile"]>({ _tag: "Unreadable" })
    )
    return standingStill(registryNow, { _tag: "Unwritable", fault }, unfinished)
  })
  if (unwritable !== undefined) return yield* standStill(unwritable)
  const work = found === undefined ? begin(terms, registryFile) : redoAll(terms, registryFile, found.success)
  return yield* Effect.catch(Effect.andThen(prepareFolders(terms), work), standStill)
})
