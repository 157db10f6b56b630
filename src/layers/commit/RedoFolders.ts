/** Doing the folder steps of a record again, from where they were cut off. */
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"

import { foldPath } from "../../domain/Path.ts"
import type { Overtaken } from "../../services/DurableCommitter.ts"
import type { JournalRecord, MoveFolder, PutFile, RecordStep } from "../journal/Record.ts"
import { renamePatiently } from "../Rename.ts"
import { seeFile } from "../Sight.ts"
import { flushBothEnds, flushWay, obstacleTo } from "./Publishing.ts"
import { absolute, folderOf, largestLook, type Terms } from "./Terms.ts"
import { noteFolder, type Unflushed } from "./Unflushed.ts"

/** What telling done from not done needs to know. */
export interface Looking extends Terms {
  /** The folder is a copy of the one that the journal was written in: inodes say nothing. */
  readonly isCopy: boolean
  /** The machine went down since: files that were not flushed may be torn or gone. */
  readonly mayBeTorn: boolean
}

/** What doing it again needs besides. */
export interface Redoing extends Looking {
  readonly unflushed: Unflushed
  readonly overtaken: Array<Overtaken>
}

type FolderStep = Exclude<RecordStep, PutFile>

const isFolderStep = (step: RecordStep): step is FolderStep => step._tag !== "PutFile"

/** True if a folder is the one that was to be moved: by its inode, and in a copy of the project by its manifest. */
const isTheFolder = Effect.fnUntraced(function*(
  looking: Looking,
  { steps }: JournalRecord,
  { folder, manifest, to }: MoveFolder,
  path: string
) {
  const { disk, hash, isCopy } = looking
  const stat = yield* disk.stat(absolute(looking, path))
  if (stat?.kind !== "folder") return false
  if (!isCopy || manifest === undefined) return isCopy || folder === undefined || stat.inode === folder
  const seen = yield* seeFile(disk, absolute(looking, `${path}/asset.json`), largestLook, hash)
  if (seen._tag !== "File") return false
  // The same record may have given it another one since.
  const later = steps.flatMap((step) => step._tag === "PutFile" && step.path === `${to}/asset.json` ? [step.after] : [])
  return [manifest, ...later].includes(seen.fingerprint.hash)
})

/** What is at a path; nothing if the way there is none, or leads through a link. */
const statOnWay = Effect.fnUntraced(function*(looking: Looking, path: string) {
  if ((yield* obstacleTo(looking, path)) !== undefined) return undefined
  return yield* looking.disk.stat(absolute(looking, path))
})

const isFolderMoved = Effect.fnUntraced(function*(redoing: Looking, record: JournalRecord, move: MoveFolder) {
  const { folder, from, manifest, to } = move
  const { disk, isCopy } = redoing
  if ((yield* statOnWay(redoing, to)) === undefined) return false
  if (foldPath(from) === foldPath(to)) {
    // Where letter case does not count, only the list of names tells which of the two it has.
    const names = yield* disk.list(absolute(redoing, folderOf(to)))
    return names.some(({ name }) => name === to.slice(to.lastIndexOf("/") + 1))
  }
  const isKnown = isCopy ? manifest !== undefined : folder !== undefined
  if (!isKnown) return (yield* statOnWay(redoing, from)) === undefined
  return yield* isTheFolder(redoing, record, move, to)
})

/** Moves a folder that was not moved yet. */
const redoMove = Effect.fnUntraced(function*(redoing: Redoing, record: JournalRecord, move: MoveFolder) {
  const { overtaken } = redoing
  const { operationId } = record
  const { from, root, to } = move
  if ((yield* obstacleTo(redoing, to)) === undefined) yield* flushWay(redoing, to)
  const obstacle = (yield* obstacleTo(redoing, from)) ?? (yield* obstacleTo(redoing, to))
  const source = yield* statOnWay(redoing, from)
  const target = yield* statOnWay(redoing, to)
  const isOurs = obstacle === undefined && (yield* isTheFolder(redoing, record, move, from))
  if (isOurs && (target === undefined || target.inode === source?.inode)) {
    yield* renamePatiently(redoing, absolute(redoing, from), absolute(redoing, to), source?.inode ?? "")
    yield* flushBothEnds(redoing, from, to)
    return
  }
  const noticedAt = yield* Clock.currentTimeMillis
  const divergence = { expected: { _tag: "NoFile" }, found: obstacle ?? { _tag: "Absent" }, noticedAt } as const
  overtaken.push({ operationId, path: to, root, divergence, kept: undefined })
})

/** Makes a folder that is not there. */
export const redoFolder = Effect.fnUntraced(function*(redoing: Redoing, path: string) {
  const { disk, unflushed } = redoing
  if ((yield* obstacleTo(redoing, path)) !== undefined) return
  const there = absolute(redoing, path)
  if ((yield* disk.stat(there)) === undefined) yield* disk.makeFolder(there)
  noteFolder(unflushed, path, 0)
})

/**
 * The folder steps of a record that are not done, and the last move that is.
 *
 * Moves are durable one after the other, so the last one that is done has all before it done. Looking from the front would
 * not tell: a folder may have been moved away again since.
 */
export const folderStepsLeft = Effect.fnUntraced(function*(looking: Looking, record: JournalRecord) {
  const steps = record.steps.filter(isFolderStep)
  let last: MoveFolder | undefined
  let next = 0
  for (const [index, step] of steps.entries()) {
    if (step._tag !== "MoveFolder" || !(yield* isFolderMoved(looking, record, step))) continue
    last = step
    next = index + 1
  }
  return { last, left: steps.slice(next) }
})

/** Makes a move durable that was found done. An end that is gone by now is somebody else's, who saw it done. */
const flushEndsThere = Effect.fnUntraced(function*(redoing: Redoing, { from, to }: MoveFolder) {
  for (const end of new Set([folderOf(to), folderOf(from)])) {
    const isThere = end === "" || (yield* statOnWay(redoing, end))?.kind === "folder"
    if (isThere) yield* redoing.disk.flushFolder(absolute(redoing, end))
  }
})

/** Does the folder steps of a record that are not done. */
export const redoFolders = Effect.fnUntraced(function*(redoing: Redoing, record: JournalRecord) {
  const { last, left } = yield* folderStepsLeft(redoing, record)
  // It may have been done and not have become durable, and what follows needs that.
  if (last !== undefined) yield* flushEndsThere(redoing, last)
  for (const step of left) {
    if (step._tag === "MoveFolder") yield* redoMove(redoing, record, step)
    else yield* redoFolder(redoing, step.path)
  }
})
