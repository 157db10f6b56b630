/**
 * Finishing what an earlier opening made durable and did not bring to its end.
 *
 * The journal is not touched before everything it says is durable in its plain files: a crash in the middle of this, at
 * any instant and any number of times, begins the same again, and each step finds what is done already. Folders first, in
 * the order in which they were moved; then each file once, with its last content; then the registry.
 */
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"

import { foldPath, parentsOf } from "../../domain/Path.ts"
import { type FileHistory, redoOf } from "../../domain/Redo.ts"
import { emptyRegistry, type Registry } from "../../domain/Registry.ts"
import { readRegistrySteps } from "../../domain/RegistryCodec.ts"
import { mergeChanges } from "../../domain/RegistryMerge.ts"
import { type FileSeen, stateOf } from "../../domain/Seen.ts"
import { DiskError } from "../../services/Disk.ts"
import type { Finished, Overtaken, Recovery, Standstill } from "../../services/DurableCommitter.ts"
import { makeBreather } from "../Breather.ts"
import { type JournalContent, type JournalFault, readJournal } from "../journal/Frames.ts"
import { openJournal } from "../journal/Journal.ts"
import { decodeRecord, type JournalRecord, type MoveFolder, type PutFile, type RecordStep } from "../journal/Record.ts"
import { seeFile } from "../Sight.ts"
import { type Books, type Entry, openBooks, recordOf } from "./Books.ts"
import { putRegistry, writeAside } from "./Checkpoint.ts"
import { clearLeftovers, keep } from "./Keeping.ts"
import { flushBothEnds, flushWay, largestLook, obstacleTo } from "./Publishing.ts"
import { stageFile } from "./Staging.ts"
import { absolute, folderOf, type Terms } from "./Terms.ts"
import { flushNoted, noneUnflushed, noteFile, noteFolder, type Unflushed } from "./Unflushed.ts"

/** What the journal holds. */
interface Found {
  readonly content: JournalContent
  readonly records: ReadonlyArray<JournalRecord>
  readonly discarded: ReadonlyArray<JournalRecord>
}

/** No journal grows to this: one that has is not believed, and not read into memory either. */
const largestJournal = 1024 * 1024 * 1024

/** Reads the journal; nothing if there is none, and why if it cannot be believed. */
const readRecords = Effect.fnUntraced(function*({ disk, folder }: Terms) {
  const read = yield* disk.readFile(folder.journal, largestJournal)
  if (read === undefined) return undefined
  const corrupt = (fault: JournalFault) => Result.fail(fault)
  if (read.bytes === undefined) return corrupt({ offset: 0, cause: "it is no file, or none that the packer makes" })
  const content = readJournal(read.bytes)
  if (Result.isFailure(content)) return corrupt(content.failure)
  const records: Array<JournalRecord> = []
  for (const { body, lsn } of content.success.frames) {
    const record = decodeRecord(body)
    if (Result.isFailure(record)) return corrupt({ offset: 0, cause: `record ${lsn} is unknown: ${record.failure}` })
    records.push(record.success)
  }
  const discarded = content.success.discarded.flatMap(({ body }) => {
    const record = decodeRecord(body)
    return Result.isSuccess(record) ? [record.success] : []
  })
  return Result.succeed<Found>({ content: content.success, records, discarded })
})

/** What redoing works with. */
interface Redoing extends Terms {
  readonly unflushed: Unflushed
  readonly overtaken: Array<Overtaken>
  /** The folder is a copy of the one that the journal was written in: inodes say nothing. */
  readonly isCopy: boolean
  /** The machine went down since: files that were not flushed may be torn or gone. */
  readonly mayBeTorn: boolean
}

type FolderStep = Exclude<RecordStep, PutFile>

const isFolderStep = (step: RecordStep): step is FolderStep => step._tag !== "PutFile"

const isFolderMoved = Effect.fnUntraced(function*(redoing: Redoing, { folder, from, to }: MoveFolder) {
  const { disk, isCopy } = redoing
  const target = yield* disk.stat(absolute(redoing, to))
  if (target === undefined) return false
  if (foldPath(from) === foldPath(to)) {
    // Where letter case does not count, only the list of names tells which of the two it has.
    const names = yield* disk.list(absolute(redoing, folderOf(to)))
    return names.some(({ name }) => name === to.slice(to.lastIndexOf("/") + 1))
  }
  if (isCopy || folder === undefined) return (yield* disk.stat(absolute(redoing, from))) === undefined
  return target.inode === folder
})

/** Moves a folder that was not moved yet. */
const redoMove = Effect.fnUntraced(function*(redoing: Redoing, { operationId }: JournalRecord, move: MoveFolder) {
  const { disk, isCopy, overtaken } = redoing
  const { folder, from, root, to } = move
  const obstacle = (yield* obstacleTo(redoing, from)) ?? (yield* obstacleTo(redoing, to))
  const source = yield* disk.stat(absolute(redoing, from))
  const target = yield* disk.stat(absolute(redoing, to))
  const isOurs = source?.kind === "folder" && (isCopy || folder === undefined || source.inode === folder)
  if (obstacle === undefined && isOurs && (target === undefined || target.inode === source.inode)) {
    yield* flushWay(redoing, to)
    yield* disk.rename(absolute(redoing, from), absolute(redoing, to))
    yield* flushBothEnds(redoing, from, to)
    return
  }
  const noticedAt = yield* Clock.currentTimeMillis
  const divergence = { expected: { _tag: "NoFile" }, found: obstacle ?? { _tag: "Absent" }, noticedAt } as const
  overtaken.push({ operationId, path: to, root, divergence, kept: undefined })
})

const redoFolder = Effect.fnUntraced(function*(redoing: Redoing, path: string, atOnce: boolean) {
  const { disk, unflushed } = redoing
  if ((yield* obstacleTo(redoing, path)) !== undefined) return
  const there = absolute(redoing, path)
  if ((yield* disk.stat(there)) === undefined) yield* disk.makeFolder(there)
  if (atOnce) yield* disk.flushFolder(absolute(redoing, folderOf(path)))
  noteFolder(unflushed, path, 0)
})

/**
 * Folder steps are durable one after the other, so the last one that is done has all before it done, and the first one
 * behind it is where to go on. Looking from the front would not tell: a folder may have been moved away again since.
 */
const redoFolders = Effect.fnUntraced(function*(redoing: Redoing, record: JournalRecord) {
  const steps = record.steps.filter(isFolderStep)
  let next = 0
  for (const [index, step] of steps.entries()) {
    if (step._tag !== "MoveFolder" || !(yield* isFolderMoved(redoing, step))) continue
    next = index + 1
  }
  const last = steps[next - 1]
  if (last?._tag === "MoveFolder") yield* flushBothEnds(redoing, last.from, last.to)
  const isOrdered = steps.some((step) => step._tag === "MoveFolder")
  for (const step of steps.slice(next)) {
    if (step._tag === "MoveFolder") yield* redoMove(redoing, record, step)
    else yield* redoFolder(redoing, step.path, isOrdered)
  }
})

/** All that the records made of one file. */
interface Puts {
  readonly record: JournalRecord
  readonly last: PutFile
  readonly history: FileHistory
}

const putsOf = (records: ReadonlyArray<JournalRecord>): ReadonlyMap<string, Puts> => {
  const puts = new Map<string, Puts>()
  for (const record of records) {
    for (const step of record.steps) {
      if (step._tag !== "PutFile") continue
      const history = puts.get(step.path)?.history ?? { before: step.before, after: [] }
      puts.set(step.path, { record, last: step, history: { ...history, after: [...history.after, step.after] } })
    }
  }
  return puts
}

/** Makes the folders on the way that went down with the machine: somebody had made them, and they were not durable. */
const remakeWay = Effect.fnUntraced(function*(redoing: Redoing, path: string) {
  for (const parent of parentsOf(path)) yield* redoFolder(redoing, parent, false)
})

/** The bytes that were to be written; nothing if somebody removed or changed what the journal relies on. */
const plannedBytes = Effect.fnUntraced(function*({ disk, folder, hash }: Terms, { after, blob, bytes }: PutFile) {
  if (blob === undefined) return bytes
  const kept = (yield* disk.readFile(`${folder.stage}/${blob}`, Number.MAX_SAFE_INTEGER))?.bytes
  return kept !== undefined && hash(kept) === after ? kept : undefined
})

const redoPut = Effect.fnUntraced(function*(redoing: Redoing, { history, last, record }: Puts) {
  const { disk, hash, mayBeTorn, overtaken, unflushed } = redoing
  const { path, root } = last
  const target = absolute(redoing, path)
  if (mayBeTorn) yield* remakeWay(redoing, path)
  const obstacle = yield* obstacleTo(redoing, path)
  const found: FileSeen = yield* seeFile(disk, target, largestLook, hash)
  if (found._tag === "Unreadable") return yield* new DiskError({ call: "readFile", path: target, errno: found.reason })
  const redo = obstacle === undefined ? redoOf(history, found, mayBeTorn) : "leave"
  noteFile(unflushed, path, 0)
  if (redo === "done") return
  const bytes = yield* plannedBytes(redoing, last)
  if (redo === "leave" || bytes === undefined) {
    const kept = bytes === undefined
      ? undefined
      : yield* keep(redoing, record.operationId, root, "the asset.json that was to be written", bytes)
    const expected = {
      _tag: "File",
      fingerprint: { hash: last.after, size: bytes?.length ?? 0, mtimeMs: 0, inode: "" }
    } as const
    const divergence = { expected, found: obstacle ?? stateOf(found), noticedAt: yield* Clock.currentTimeMillis }
    overtaken.push({ operationId: record.operationId, path, root, divergence, kept })
    return
  }
  if (redo === "keep-and-write" && found._tag === "File" && found.bytes.length > 0) {
    yield* keep(redoing, record.operationId, root, "the asset.json that was found torn", found.bytes)
  }
  const { path: source } = yield* stageFile(redoing, bytes, false)
  yield* disk.rename(source, target)
})

/** Brings the registry changes of records into its file; gives the conflict if they contradict it. */
const redoRegistry = Effect.fnUntraced(function*(terms: Terms, books: Books, records: ReadonlyArray<JournalRecord>) {
  const changes = records.flatMap(({ registry }) => registry)
  if (changes.length === 0) return undefined
  const { disk, folder, hash } = terms
  const breather = yield* makeBreather
  const conflicting = (
    conflict: Extract<Standstill, { readonly _tag: "RegistryConflict" }>["conflict"]
  ): Standstill => ({
    _tag: "RegistryConflict",
    conflict
  })
  const found = yield* seeFile(disk, folder.registry, Number.MAX_SAFE_INTEGER, hash)
  let file: Registry = emptyRegistry
  if (found._tag === "File") {
    const read = yield* breather.run(readRegistrySteps(found.bytes))
    if (Result.isFailure(read)) return conflicting(undefined)
    file = read.success
  } else if (found._tag !== "Absent") return conflicting(undefined)
  const merged = mergeChanges(file, changes)
  if (Result.isFailure(merged)) return conflicting(merged.failure)
  if (merged.success === file) return undefined
  yield* putRegistry(terms, books, yield* writeAside(terms, merged.success))
  return undefined
})

/** Makes the folders that the committer works in, if they are not there; `true` if one had to be made. */
const prepareFolders = Effect.fnUntraced(function*({ disk, folder }: Terms) {
  let isNew = false
  for (const path of [folder.stage, folder.trash]) {
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

/** Finishes what an earlier opening left, and gives the journal and the books to go on with. */
export const recover = Effect.fnUntraced(function*(terms: Terms, registryFile: Books["registryFile"]) {
  const { disk, folder, host, settings } = terms
  const found = yield* readRecords(terms)
  if (found !== undefined && Result.isFailure(found)) {
    const { cause, offset } = found.failure
    const standstill: Standstill = { _tag: "JournalCorrupt", path: folder.journal, offset, cause }
    return { journal: undefined, books: openBooks({ entries: [], registryFile, standstill }), recovery: nothing }
  }
  yield* prepareFolders(terms)
  if (found === undefined) {
    for (const path of [folder.root, folder.assets, folder.own, folder.runtime]) yield* disk.flushFolder(path)
    yield* clearLeftovers(terms)
    const journal = yield* openJournal(undefined, settings.journalBytes)
    return { journal, books: openBooks({ entries: [], registryFile, standstill: undefined }), recovery: nothing }
  }
  const { content, discarded, records } = found.success
  const runtime = yield* disk.stat(folder.runtime)
  const isCopy = content.header.folder !== runtime?.inode
  const { boot } = content.header
  const redoing: Redoing = {
    ...terms,
    unflushed: noneUnflushed(),
    overtaken: [],
    isCopy,
    mayBeTorn: !isCopy && (boot === undefined || boot !== host.self.boot)
  }
  for (const record of records) yield* redoFolders(redoing, record)
  const breather = yield* makeBreather
  for (const puts of putsOf(records).values()) {
    yield* breather.pause
    yield* redoPut(redoing, puts)
  }
  const books = openBooks({ entries: [], registryFile, standstill: undefined })
  books.standstill = yield* redoRegistry(terms, books, records)
  if (books.standstill !== undefined) books.entries = records.filter(({ registry }) => registry.length > 0).map(waiting)
  yield* flushNoted(terms, redoing.unflushed, 0)
  const journal = yield* openJournal(content, settings.journalBytes)
  yield* Effect.onError(
    Effect.andThen(journal.rotate(books.entries.map(recordOf), 0), clearLeftovers(terms)),
    () => Effect.ignore(journal.close)
  )
  const finished = records.map(({ operationId, receipt }): Finished => ({ operationId, receipt }))
  const recovery: Recovery = {
    finished,
    discarded: discarded.map(({ operationId }) => operationId),
    overtaken: redoing.overtaken
  }
  return { journal, books, recovery }
})

/** The recovery of a project that was closed as it should be. */
export const nothing: Recovery = { finished: [], discarded: [], overtaken: [] }
