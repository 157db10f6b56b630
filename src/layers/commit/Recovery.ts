/**
 * Finishing what an earlier opening made durable and did not bring to its end.
 *
 * The journal is not touched before everything it says is durable in its plain files: a crash in the middle of this, at
 * any instant and any number of times, begins the same again, and each step finds what is done already. Folders first, in
 * the order in which they were moved; then each file once, with its last content; then the registry.
 */
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"

import type { RegistryConflict } from "../../domain/Errors.ts"
import { isInside } from "../../domain/Path.ts"
import { emptyRegistry, type Registry } from "../../domain/Registry.ts"
import { printRegistrySteps, readRegistrySteps } from "../../domain/RegistryCodec.ts"
import { mergeChanges } from "../../domain/RegistryMerge.ts"
import { type FileState, stateOf } from "../../domain/Seen.ts"
import type { Unfinished } from "../../domain/Unfinished.ts"
import { DiskError } from "../../services/Disk.ts"
import type { Finished, Recovery, Standstill } from "../../services/DurableCommitter.ts"
import { makeBreather } from "../Breather.ts"
import { type JournalContent, type JournalFault, largestJournal, readJournal } from "../journal/Frames.ts"
import { type Journal, openJournal } from "../journal/Journal.ts"
import { decodeRecord, type JournalRecord } from "../journal/Record.ts"
import { seeFile } from "../Sight.ts"
import { type Books, type Entry, openBooks, recordOf } from "./Books.ts"
import { putRegistry, writeAside } from "./Checkpoint.ts"
import { clearLeftovers } from "./Keeping.ts"
import { decidePut, plannedBytes, putsOf, redoPut } from "./RedoFiles.ts"
import { folderStepsLeft, type Looking, redoFolders, type Redoing } from "./RedoFolders.ts"
import type { Terms } from "./Terms.ts"
import { flushNoted, noneUnflushed } from "./Unflushed.ts"

/** What the journal holds. */
interface Found {
  readonly content: JournalContent
  readonly records: ReadonlyArray<JournalRecord>
  readonly discarded: ReadonlyArray<JournalRecord>
}

/** Reads the journal; nothing if there is none, and why if it cannot be believed. */
const readRecords = Effect.fnUntraced(function*({ disk, folder }: Terms) {
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

/** What becomes of the registry file. */
type Merge =
  | { readonly _tag: "Nothing" }
  /** `file` is what it was merged with. */
  | { readonly _tag: "Merged"; readonly registry: Registry; readonly file: FileState }
  | { readonly _tag: "Conflict"; readonly conflict: RegistryConflict | undefined }

/** Brings the registry changes of records into what the file says. */
const mergeRegistry = Effect.fnUntraced(function*(terms: Terms, records: ReadonlyArray<JournalRecord>) {
  const changes = records.flatMap(({ registry }) => registry)
  if (changes.length === 0) return { _tag: "Nothing" } satisfies Merge
  const { disk, folder, hash } = terms
  const path = folder.registry
  const found = yield* seeFile(disk, path, Number.MAX_SAFE_INTEGER, hash)
  if (found._tag === "Unreadable") return yield* new DiskError({ call: "readFile", path, errno: found.reason })
  let file: Registry = emptyRegistry
  if (found._tag === "File") {
    const breather = yield* makeBreather
    const read = yield* breather.run(readRegistrySteps(found.bytes))
    if (Result.isFailure(read)) return { _tag: "Conflict", conflict: undefined } satisfies Merge
    file = read.success
  } else if (found._tag !== "Absent") return { _tag: "Conflict", conflict: undefined } satisfies Merge
  const merged = mergeChanges(file, changes)
  if (Result.isFailure(merged)) return { _tag: "Conflict", conflict: merged.failure } satisfies Merge
  if (merged.success === file) return { _tag: "Nothing" } satisfies Merge
  return { _tag: "Merged", registry: merged.success, file: stateOf(found) } satisfies Merge
})

/** Makes durable a registry file that has all that it needs: whoever wrote that may not have come to it. */
const flushRegistry = Effect.fnUntraced(function*({ disk, folder, host }: Terms) {
  if ((yield* disk.stat(folder.registry)) !== undefined) {
    yield* Effect.acquireUseRelease(
      disk.open(folder.registry, host.hasSharingViolations ? "update" : "read"),
      (file) => file.flush,
      (file) => Effect.ignore(file.close)
    )
  }
  for (const path of [folder.own, folder.stage]) yield* disk.flushFolder(path)
})

/** How often somebody may write the registry file while it is merged. */
const merges = 3

/** Brings registry changes into the file; `false` if they have to wait, with the reason in the books. */
const redoRegistry = Effect.fnUntraced(function*(terms: Terms, books: Books, records: ReadonlyArray<JournalRecord>) {
  for (let tried = 0; tried < merges; tried++) {
    const merged = yield* mergeRegistry(terms, records)
    if (merged._tag === "Nothing") {
      if (records.some(({ registry }) => registry.length > 0)) yield* flushRegistry(terms)
      return true
    }
    if (merged._tag === "Conflict") {
      books.standstill = { _tag: "RegistryConflict", conflict: merged.conflict }
      return false
    }
    const aside = yield* writeAside(terms, merged.registry)
    books.registryFile = merged.file
    if (yield* putRegistry(terms, books, aside, 0)) return true
  }
  books.standstill = { _tag: "RegistryConflict", conflict: undefined }
  return false
})

/** The folders whose names lead to what the packer keeps, and that of the project above them. */
const waysOf = ({ folder }: Terms): ReadonlyArray<string> => [folder.root, folder.assets, folder.own, folder.runtime]

/** No link leads to what the packer keeps: what is behind one is not read, and not written. */
const checkWay = Effect.fnUntraced(function*({ disk, folder }: Terms) {
  for (const path of [folder.assets, folder.own, folder.runtime]) {
    const kind = (yield* disk.stat(path))?.kind ?? "folder"
    if (kind !== "folder") {
      return yield* new DiskError({ call: "stat", path, errno: kind === "link" ? "ELOOP" : "ENOTDIR" })
    }
  }
})

/** Makes the folders that the committer works in, durable, if they are not there. */
const prepareFolders = Effect.fnUntraced(function*({ disk, folder }: Terms) {
  let isNew = false
  for (const path of [folder.assets, folder.own, folder.runtime, folder.stage, folder.trash]) {
    const stat = yield* disk.stat(path)
    if (stat === undefined) {
      yield* disk.makeFolder(path)
      isNew = true
    } else if (stat.kind !== "folder") {
      return yield* new DiskError({ call: "makeFolder", path, errno: stat.kind === "link" ? "ELOOP" : "EEXIST" })
    }
  }
  if (isNew) yield* disk.flushFolder(folder.runtime)
})

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

const lookingAt = Effect.fnUntraced(function*(terms: Terms, { header }: JournalContent) {
  const runtime = yield* terms.disk.stat(terms.folder.runtime)
  const isCopy = header.folder !== runtime?.inode
  const mayBeTorn = !isCopy && (header.boot === undefined || header.boot !== terms.host.self.boot)
  return { ...terms, isCopy, mayBeTorn } satisfies Looking
})

/** What would have to be done, where nothing can be: it is only read. */
const survey = Effect.fnUntraced(function*(terms: Terms, { content, records }: Found) {
  const looking = yield* lookingAt(terms, content)
  const moves: Array<Unfinished["moves"][number]> = []
  for (const record of records) {
    const { left } = yield* folderStepsLeft(looking, record)
    for (const step of left) if (step._tag === "MoveFolder") moves.push({ from: step.from, to: step.to })
  }
  const before = (path: string): string =>
    moves.toReversed().reduce((at, { from, to }) => isInside(at, to) ? from + at.slice(to.length) : at, path)
  const files: Array<Unfinished["files"][number]> = []
  for (const puts of putsOf(records).values()) {
    const { last } = puts
    const { found, redo } = yield* decidePut(looking, { ...puts, last: { ...last, path: before(last.path) } })
    const isNew = found._tag === "Absent" && puts.history.before === undefined
    const bytes = redo === "done" || (redo === "leave" && !isNew) ? undefined : yield* plannedBytes(terms, last)
    if (bytes !== undefined) files.push({ path: last.path, bytes, hash: last.after })
  }
  const merged = yield* mergeRegistry(terms, records)
  const breather = yield* makeBreather
  const printed = merged._tag === "Merged" ? yield* breather.run(printRegistrySteps(merged.registry)) : undefined
  const registry = printed === undefined ? undefined : { bytes: printed, hash: terms.hash(printed) }
  return { moves, files, registry } satisfies Unfinished
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
    return standingStill(registryFile, { _tag: "Unwritable", fault }, unfinished)
  })
  if (unwritable !== undefined) return yield* standStill(unwritable)
  const work = found === undefined ? begin(terms, registryFile) : redoAll(terms, registryFile, found.success)
  return yield* Effect.catch(Effect.andThen(prepareFolders(terms), work), standStill)
})

/** The recovery of a project that was closed as it should be. */
const nothing: Recovery = { finished: [], discarded: [], overtaken: [], unfinished: undefined }
