/** The way of a group of changes: room in the journal, the one flush that makes them durable, their places. */
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"

import type { CommitResult, Unstaged } from "../../domain/Commit.ts"
import { applyChanges, type Registry } from "../../domain/Registry.ts"
import { type Standstill, standstillReason } from "../../domain/Standstill.ts"
import type { DiskError } from "../../services/Disk.ts"
import type { ProjectLock } from "../../services/ProjectLock.ts"
import { makeBreather } from "../Breather.ts"
import { framedLength } from "../journal/Frames.ts"
import type { Journal } from "../journal/Journal.ts"
import { movesFolders } from "../journal/Record.ts"
import { inSpan } from "../Spans.ts"
import { type Books, type Entry, isLate, recordOf } from "./Books.ts"
import { type Alone, checkpoint, lateRoots } from "./Checkpoint.ts"
import type { Underway } from "./Footing.ts"
import { publishEntry } from "./Placing.ts"
import { type ReceiptedChange, unstage } from "./Staging.ts"
import type { Terms } from "./Terms.ts"
import { leavesDoubt } from "./Unflushed.ts"

/** A change that the disk refused before its commit point. */
export const absent = ({ call, errno, path }: DiskError): Unstaged => ({ _tag: "Absent", fault: { call, path, errno } })

/** A change that is refused because nothing is committed. */
export const halted = (standstill: Standstill): Unstaged => ({ _tag: "Halted", reason: standstillReason(standstill) })

/** What every part of an open committer works with. */
export interface Committer extends Terms {
  readonly lock: ProjectLock["Service"]
  readonly books: Books
  readonly journal: Journal
  /** What is staged and not committed yet. */
  readonly underway: Underway
}

/** Why nothing can be committed now, if so; whoever took the lock or the journal away is noticed here. */
export const refusal = Effect.fnUntraced(function*({ books, folder, journal, lock }: Committer) {
  if (books.standstill !== undefined) return books.standstill
  const lost = !(yield* lock.isHeld) ? folder.lock : !(yield* journal.isInPlace) ? folder.journal : undefined
  if (lost !== undefined) books.standstill = { _tag: "Dispossessed", path: lost }
  return books.standstill
})

/** Empties the journal as far as these changes need it: of what came before a move, and to have room. */
const makeRoom = Effect.fnUntraced(function*(
  committer: Committer,
  bodies: ReadonlyArray<Uint8Array>,
  moves: boolean
) {
  const { books, journal } = committer
  const needed = bodies.reduce((length, body) => length + framedLength(body), 0)
  const isAmbiguous = Array.from(moves ? books.entries : books.moving).some((entry) =>
    entry.steps.length > 0 && !isLate(entry)
  )
  const alone: Alone = (effect) => effect
  if (isAmbiguous) yield* checkpoint(committer, books, journal, { alone, needed, withRegistry: false })
  if (journal.room().left < needed) yield* checkpoint(committer, books, journal, { alone, needed, withRegistry: true })
})

/** From now on nothing is committed: the disk would not say what is durable. */
const uncertain = (books: Books, fault: DiskError): DiskError => {
  books.standstill ??= { _tag: "Uncertain", fault }
  return fault
}

/** Makes changes durable and puts them in place. */
export const commitGroup = Effect.fnUntraced(function*(
  committer: Committer,
  group: ReadonlyArray<ReceiptedChange>,
  registry: Registry
) {
  const { books, journal } = committer
  const all = (result: CommitResult): ReadonlyArray<CommitResult> => group.map(() => result)
  const giveUp = (result: CommitResult) =>
    Effect.as(Effect.forEach(group, (staged) => unstage(committer, staged), { discard: true }), all(result))
  const doubtful = (fault: DiskError) => leavesDoubt(fault) ? uncertain(books, fault) : fault

  const standstill = yield* Effect.result(refusal(committer))
  if (Result.isFailure(standstill)) return yield* giveUp(absent(standstill.failure))
  if (standstill.success !== undefined) return yield* giveUp(halted(standstill.success))

  const bodies = group.map(({ record }) => recordOf({ record, steps: record.steps, registry: record.registry }))
  const moves = group.some(({ record }) => movesFolders(record))
  // A move needs a journal without other files in it, and what is late has to stay there.
  if (moves && books.late.size > 0) return yield* giveUp({ _tag: "Late", roots: lateRoots(books) })
  const room = yield* Effect.result(makeRoom(committer, bodies, moves))
  if (Result.isFailure(room)) return yield* giveUp(absent(doubtful(room.failure)))
  // A checkpoint beside this one may have met a flush that failed meanwhile: then there may be no room, and no trust.
  if (books.standstill !== undefined) return yield* giveUp(halted(books.standstill))

  const appended = yield* Effect.result(journal.append(bodies))
  if (Result.isFailure(appended)) {
    const { _tag, fault } = appended.failure
    if (_tag === "NotWritten") {
      // Some of it may be in the file and become durable by itself: only a new epoch makes sure that it never counts.
      const retracted = yield* Effect.result(journal.rotate(books.entries.map(recordOf), 0))
      if (Result.isSuccess(retracted)) return yield* giveUp(absent(fault))
    }
    return all({ _tag: "Unknown", fault: uncertain(books, fault) })
  }

  // The commit point lies behind: from here on, all of it will be visible, whatever happens.
  return yield* publishGroup(committer, group, registry)
})

/** Puts what is durable in place, in order. */
const publishGroup = Effect.fnUntraced(function*(
  committer: Committer,
  group: ReadonlyArray<ReceiptedChange>,
  registry: Registry
) {
  const { books, journal } = committer
  const breather = yield* makeBreather
  const results: Array<CommitResult> = []
  let after = registry
  for (const [index, aside] of group.entries()) {
    books.count++
    const { record } = aside
    const { registry: changes, steps } = record
    const entry: Entry = { count: books.count, record, aside, steps, left: new Set(steps), registry: changes }
    books.add(entry)
    // The last one can be taken back as long as nothing of it is visible: nothing that is durable builds on it.
    const placed = yield* publishEntry(committer, books, entry, index === group.length - 1)
    yield* breather.pause
    if (placed._tag === "Durable") {
      if (placed.doubt !== undefined) uncertain(books, placed.doubt)
      after = applyChanges(after, changes)
      results.push(placed.result)
      continue
    }
    const forgotten = yield* Effect.result(journal.rotate(books.entries.slice(0, -1).map(recordOf), 0))
    if (Result.isFailure(forgotten)) {
      results.push({ _tag: "Unknown", fault: uncertain(books, forgotten.failure) })
      continue
    }
    books.takeBack()
    yield* unstage(committer, aside)
    results.push(placed.refusal)
  }
  books.registry = after
  return results
}, inSpan("packer.publish"))
