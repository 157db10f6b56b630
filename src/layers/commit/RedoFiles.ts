/** Bringing files to the content that records gave them last. */
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"

import { parentsOf } from "../../domain/Path.ts"
import { type FileHistory, redoOf } from "../../domain/Redo.ts"
import { stateOf } from "../../domain/Seen.ts"
import { DiskError } from "../../services/Disk.ts"
import type { JournalRecord, PutFile } from "../journal/Record.ts"
import { renamePatiently } from "../Rename.ts"
import { seeFile } from "../Sight.ts"
import { keep } from "./Keeping.ts"
import { obstacleTo } from "./Publishing.ts"
import { type Looking, redoFolder, type Redoing } from "./RedoFolders.ts"
import { stageFile } from "./Staging.ts"
import { absolute, largestLook, type Terms } from "./Terms.ts"
import { noteFile } from "./Unflushed.ts"

/** All that the records made of one file. */
export interface Puts {
  /** The last record that did. */
  readonly record: JournalRecord
  readonly last: PutFile
  /** In order. */
  readonly steps: ReadonlyArray<PutFile>
}

/** What records made of each file, by its path. */
export const putsOf = (records: ReadonlyArray<JournalRecord>): ReadonlyMap<string, Puts> => {
  const puts = new Map<string, Puts>()
  for (const record of records) {
    for (const step of record.steps) {
      if (step._tag !== "PutFile") continue
      puts.set(step.path, { record, last: step, steps: [...puts.get(step.path)?.steps ?? [], step] })
    }
  }
  return puts
}

/** Makes the folders on the way that went down with the machine: somebody had made them, and they were not durable. */
const remakeWay = Effect.fnUntraced(function*(redoing: Redoing, path: string) {
  for (const parent of parentsOf(path)) yield* redoFolder(redoing, parent)
})

/** The bytes that were to be written; nothing if somebody removed or changed what the journal relies on. */
export const plannedBytes = Effect.fnUntraced(
  function*({ disk, folder, hash }: Terms, { after, blob, bytes }: PutFile) {
    if (blob === undefined) return bytes
    const kept = (yield* disk.readFile(`${folder.stage}/${blob}`, Number.MAX_SAFE_INTEGER))?.bytes
    return kept !== undefined && hash(kept) === after ? kept : undefined
  }
)

/** What the records made of a file; with its contents if it may be torn: then any of them can be what is left. */
const historyOf = Effect.fnUntraced(function*(looking: Looking, { steps }: Puts) {
  const images: Array<Uint8Array> = []
  for (const step of looking.mayBeTorn ? steps : []) {
    const bytes = yield* plannedBytes(looking, step)
    if (bytes !== undefined) images.push(bytes)
  }
  return { before: steps[0]?.before, after: steps.map(({ after }) => after), images } satisfies FileHistory
})

/** What is at the place of a file, and what is to be done about it. */
export const decidePut = Effect.fnUntraced(function*(looking: Looking, puts: Puts) {
  const { disk, hash, mayBeTorn } = looking
  const { path } = puts.last
  const there = absolute(looking, path)
  const obstacle = yield* obstacleTo(looking, path)
  if (obstacle !== undefined) return { redo: "leave", found: obstacle, bytes: undefined } as const
  const seen = yield* seeFile(disk, there, largestLook, hash)
  if (seen._tag === "Unreadable") return yield* new DiskError({ call: "readFile", path: there, errno: seen.reason })
  const bytes = seen._tag === "File" ? seen.bytes : undefined
  return { redo: redoOf(yield* historyOf(looking, puts), seen, mayBeTorn), found: stateOf(seen), bytes } as const
})

/** Brings a file to its last content, unless somebody else has changed it. */
export const redoPut = Effect.fnUntraced(function*(redoing: Redoing, puts: Puts) {
  const { mayBeTorn, overtaken, unflushed } = redoing
  const { last: { after, path, root }, record: { operationId } } = puts
  if (mayBeTorn) yield* remakeWay(redoing, path)
  const { bytes: torn, found, redo } = yield* decidePut(redoing, puts)
  // What is left as it is belongs to somebody else, and may lie behind a link.
  if (redo !== "leave") noteFile(unflushed, path, 0)
  // What is there already is written again: a system that failed to write it once may hold it for written.
  const bytes = yield* plannedBytes(redoing, puts.last)
  if (redo === "done" && bytes === undefined) return
  if (redo === "leave" || bytes === undefined) {
    const kept = bytes === undefined
      ? undefined
      : yield* keep(redoing, operationId, root, "the asset.json that was to be written", bytes)
    const size = bytes?.length ?? 0
    const expected = { _tag: "File", fingerprint: { hash: after, size, mtimeMs: 0, inode: "" } } as const
    const divergence = { expected, found, noticedAt: yield* Clock.currentTimeMillis }
    overtaken.push({ operationId, path, root, divergence, kept })
    return
  }
  if (redo === "keep-and-write" && torn !== undefined && torn.length > 0) {
    yield* keep(redoing, operationId, root, "the asset.json that was found torn", torn)
  }
  const staged = yield* stageFile(redoing, bytes, false)
  yield* renamePatiently(redoing, staged.path, absolute(redoing, path), staged.fingerprint.inode)
})
