/**
 * Putting in place what is durable in the journal.
 *
 * Each place is looked at once more right before its rename. What is there and was not planned on is somebody else's: it
 * is never overwritten. What a folder moves into is made durable before it, and the move itself before the next step, so
 * that after a crash each move of a row either happened with all before it, or did not.
 */
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"

import type { Divergence } from "../../domain/Divergence.ts"
import { parentsOf } from "../../domain/Path.ts"
import type { FileState } from "../../domain/Seen.ts"
import type { DiskError } from "../../services/Disk.ts"
import type { MoveFolder, PutFile, RecordStep } from "../journal/Record.ts"
import { renamePatiently } from "../Rename.ts"
import { lookAgain } from "../Sight.ts"
import type { StagedFile } from "./Staging.ts"
import { absolute, folderOf, largestLook, type Terms } from "./Terms.ts"
import { noteFile, noteFolder, type Unflushed } from "./Unflushed.ts"

/** What came of one step. */
export type Publication =
  | { readonly _tag: "Done" }
  /** The disk refused, and nothing changed; it may be tried again. */
  | { readonly _tag: "Refused"; readonly fault: DiskError }
  /** It is done, but it is not known to be durable, and what follows needs that. */
  | { readonly _tag: "InDoubt"; readonly fault: DiskError }
  /** Somebody else has been there. */
  | { readonly _tag: "Overtaken"; readonly divergence: Divergence }

/** Where steps are carried out: what they make is noted there until it is flushed. */
export interface Publishing extends Terms {
  readonly unflushed: Unflushed
  /** Counts the changes: what is flushed later knows by it what it has flushed. */
  readonly count: number
}

const done: Publication = { _tag: "Done" }

const overtaken = Effect.fnUntraced(function*(expected: FileState, found: FileState) {
  const divergence: Divergence = { expected, found, noticedAt: yield* Clock.currentTimeMillis }
  return { _tag: "Overtaken", divergence } satisfies Publication
})

/** What is on the way to a path and is no folder: nothing outside of the project is ever written through a link. */
export const obstacleTo = (terms: Terms, path: string): Effect.Effect<FileState | undefined, DiskError> => {
  const parents = parentsOf(path)
  return Effect.map(terms.disk.way(parents.map((parent) => absolute(terms, parent))), (way) => {
    const last = way.at(-1)
    if (last !== undefined) {
      return last.kind === "folder"
        ? undefined
        : { _tag: last.kind === "link" ? "Link" : "NoFile" }
    }
    return parents.length === 0 ? undefined : { _tag: "Absent" }
  })
}

/** What is in the way of a folder is in the way of what goes into it as well, and is told there. */
const makeFolder = Effect.fnUntraced(function*(publishing: Publishing, path: string) {
  const { count, disk, unflushed } = publishing
  if ((yield* obstacleTo(publishing, path)) !== undefined) return done
  const there = absolute(publishing, path)
  if ((yield* disk.stat(there)) === undefined) yield* disk.makeFolder(there)
  noteFolder(unflushed, path, count)
  return done
})

/** Makes sure that what was done is durable. */
const certain = (flush: Effect.Effect<void, DiskError>): Effect.Effect<Publication> =>
  Effect.match(flush, { onSuccess: () => done, onFailure: (fault) => ({ _tag: "InDoubt", fault }) })

const moveFolder = Effect.fnUntraced(function*(publishing: Publishing, { folder, from, to }: MoveFolder) {
  const { disk } = publishing
  // Flushes take their time, so they come before the last look.
  if ((yield* obstacleTo(publishing, to)) === undefined) yield* flushWay(publishing, to)
  const obstacle = (yield* obstacleTo(publishing, from)) ?? (yield* obstacleTo(publishing, to))
  if (obstacle !== undefined) return yield* overtaken({ _tag: "NoFile" }, obstacle)
  const source = yield* disk.stat(absolute(publishing, from))
  const target = yield* disk.stat(absolute(publishing, to))
  const isOurs = source?.kind === "folder" && (folder === undefined || source.inode === folder)
  if (!isOurs) return yield* overtaken({ _tag: "NoFile" }, { _tag: "Absent" })
  // On a disk that does not tell letter case apart, a folder is in its own way.
  if (target !== undefined && target.inode !== source.inode) {
    return yield* overtaken({ _tag: "Absent" }, { _tag: target.kind === "link" ? "Link" : "NoFile" })
  }
  yield* renamePatiently(publishing, absolute(publishing, from), absolute(publishing, to), source.inode)
  return yield* certain(flushBothEnds(publishing, from, to))
})

/** Makes the names on the way to a path durable: whatever goes into a folder that a crash could take is lost with it. */
export const flushWay = Effect.fnUntraced(function*(terms: Terms, path: string) {
  for (const parent of ["", ...parentsOf(path)].slice(0, -1)) yield* terms.disk.flushFolder(absolute(terms, parent))
})

/** Makes a move durable: before it is, the next step must not be. */
export const flushBothEnds = Effect.fnUntraced(function*(terms: Terms, from: string, to: string) {
  for (const end of new Set([folderOf(to), folderOf(from)])) yield* terms.disk.flushFolder(absolute(terms, end))
})

const putFile = Effect.fnUntraced(function*(
  publishing: Publishing,
  { after, before, path }: PutFile,
  staged: StagedFile
) {
  const { count, unflushed } = publishing
  const expected: FileState = { _tag: "File", fingerprint: staged.fingerprint }
  const obstacle = yield* obstacleTo(publishing, path)
  if (obstacle !== undefined) return yield* overtaken(expected, obstacle)
  const target = absolute(publishing, path)
  const found = yield* lookAgain(publishing, target, staged.replaces, largestLook)
  const there = found._tag === "File" ? found.fingerprint.hash : undefined
  const isPlanned = found._tag === "Absent"
    ? before === undefined
    : there !== undefined && (there === before || there === after)
  if (!isPlanned) return yield* overtaken(expected, found)
  yield* renamePatiently(publishing, staged.path, target, staged.fingerprint.inode)
  noteFile(unflushed, path, count)
  return done
})

/** Carries out one step. */
export const publishStep = (
  publishing: Publishing,
  step: RecordStep,
  staged: ReadonlyMap<string, StagedFile>
): Effect.Effect<Publication> => {
  const carryOut = (): Effect.Effect<Publication, DiskError> => {
    switch (step._tag) {
      case "MakeFolder":
        return makeFolder(publishing, step.path)
      case "MoveFolder":
        return moveFolder(publishing, step)
      case "PutFile": {
        const file = staged.get(step.path)
        return file === undefined ? Effect.succeed(done) : putFile(publishing, step, file)
      }
    }
  }
  return Effect.catch(
    Effect.suspend(carryOut),
    (fault): Effect.Effect<Publication> => Effect.succeed({ _tag: "Refused", fault })
  )
}
