/**
 * The durable committer: stage, journal, publish.
 *
 * What it promises, and where each promise is kept:
 *
 * - **Before or after, never between.** A change is in the journal whole, or it did not happen. `journal.append` returns
 *   when its one flush has: that moment is the commit point, and nothing anyone can see was touched before it.
 * - **A refusal costs nothing.** Whatever can be refused for the change's own sake, a full disk or a missing permission or
 *   a file that is another one now, is met by `stage`, which takes back what it had written.
 * - **Four ends and no fifth.** Absent, durable and in place, durable and not in place yet, unknown. A flush that failed is
 *   never tried again, since systems forget what they could not write: from then on nothing is committed, and the journal
 *   is left for the next opening to read.
 *
 * Everything that changes the books runs under one semaphore, uninterruptible: a caller that goes away leaves nothing half
 * done. Interleavings that need a thought:
 *
 * - *A checkpoint flushes while commits go on.* It works on a count that it took before, and forgets only what was noted up
 *   to it. A file that was put in place again since has a higher count, and stays noted.
 * - *A commit has to make room while a checkpoint flushes.* It makes one of its own, from the start; the other one finds
 *   nothing left to forget. A registry that is older than the one in place is not put there: its count is behind.
 * - *The lane looks at the registry file while a checkpoint renames it.* Both need the semaphore: the look sees the file
 *   before with the expectation before, or both after.
 * - *Somebody deletes the journal, as version control's clean-up does.* Each commit looks first whether lock and journal are
 *   where they were; bytes in a file without a name would be lost.
 */
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Latch from "effect/Latch"
import * as Layer from "effect/Layer"
import * as Result from "effect/Result"
import type * as Scope from "effect/Scope"
import * as Semaphore from "effect/Semaphore"

import type { Change, CommitResult, Unstaged } from "../domain/Commit.ts"
import { applyChanges, type Registry } from "../domain/Registry.ts"
import { type Hash, sameContent } from "../domain/Seen.ts"
import { Disk, DiskError } from "../services/Disk.ts"
import { DurableCommitter, type Recovery, type Staged, type Standstill } from "../services/DurableCommitter.ts"
import { HostInfo } from "../services/HostInfo.ts"
import { ProjectFolder } from "../services/ProjectFolder.ts"
import { ProjectLock } from "../services/ProjectLock.ts"
import { type Books, type Entry, isLate, openBooks, recordOf, unsavedChanges } from "./commit/Books.ts"
import { type Alone, checkpoint, lateRoots, lookAtRegistry } from "./commit/Checkpoint.ts"
import { checkFooting, type Underway } from "./commit/Footing.ts"
import { purgeTrash } from "./commit/Keeping.ts"
import { publishEntry, publishLate } from "./commit/Placing.ts"
import { movesFolders } from "./commit/Publishing.ts"
import { nothing, recover } from "./commit/Recovery.ts"
import { stageChange, type StagedChange, unstage } from "./commit/Staging.ts"
import type { CommitterSettings, Terms } from "./commit/Terms.ts"
import { leavesDoubt } from "./commit/Unflushed.ts"
import { framedLength } from "./journal/Frames.ts"
import type { Journal } from "./journal/Journal.ts"
import { withoutFlushes } from "./WithoutFlushes.ts"

/** How changes are made durable if the host chooses nothing else. */
export const defaultCommitterSettings: CommitterSettings = {
  durability: "full",
  journalBytes: 1024 * 1024,
  inlineBytes: 64 * 1024,
  checkpointAfter: Duration.millis(250),
  checkpointAtLatest: Duration.seconds(5),
  trashLimit: 1000
}

const absent = ({ call, errno, path }: DiskError): Unstaged => ({ _tag: "Absent", fault: { call, path, errno } })

/** The fault that a change is refused with where nothing can be committed. */
const faultOf = (standstill: Standstill, { folder }: Terms): DiskError => {
  switch (standstill._tag) {
    case "Unwritable":
    case "Uncertain":
      return standstill.fault
    case "Dispossessed":
      return new DiskError({ call: "stat", path: standstill.path, errno: "ESTALE" })
    case "JournalCorrupt":
      return new DiskError({ call: "readFile", path: standstill.path, errno: "EBADMSG" })
    case "RegistryConflict":
      return new DiskError({ call: "rename", path: folder.registry, errno: "ESTALE" })
  }
}

const changesFolders = ({ files }: Change): boolean =>
  files.some(({ _tag }) => _tag === "move-directory" || _tag === "trash-directory")

/** What every part of an open committer works with. */
interface Committer extends Terms {
  readonly lock: ProjectLock["Service"]
  readonly books: Books
  readonly journal: Journal
  /** What is staged and not committed yet. */
  readonly underway: Underway
}

/** Why nothing can be committed now, if so; whoever took the lock or the journal away is noticed here. */
const refusal = Effect.fnUntraced(function*({ books, folder, journal, lock }: Committer) {
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
  const late = moves ? books.entries.find(isLate) : undefined
  if (late !== undefined) {
    const [path = ""] = lateRoots(books)
    return yield* new DiskError({ call: "rename", path, errno: "EBUSY" })
  }
  const isAmbiguous = books.entries.some((entry) =>
    entry.steps.length > 0 && !isLate(entry) && (moves || movesFolders(entry.record))
  )
  const alone: Alone = (effect) => effect
  if (isAmbiguous) yield* checkpoint(committer, books, journal, { alone, needed, withRegistry: false })
  if (journal.room().left < needed) yield* checkpoint(committer, books, journal, { alone, needed, withRegistry: true })
})

/** Makes changes durable and puts them in place. */
const commitGroup = Effect.fnUntraced(function*(
  committer: Committer,
  group: ReadonlyArray<StagedChange>,
  registry: Registry
) {
  const { books, journal } = committer
  const all = (result: CommitResult): ReadonlyArray<CommitResult> => group.map(() => result)
  const giveUp = (result: CommitResult) =>
    Effect.as(Effect.forEach(group, (staged) => unstage(committer, staged), { discard: true }), all(result))
  const uncertain = (fault: DiskError) => {
    books.standstill ??= { _tag: "Uncertain", fault }
    return fault
  }
  const doubtful = (fault: DiskError) => leavesDoubt(fault) ? uncertain(fault) : fault

  const standstill = yield* Effect.result(refusal(committer))
  if (Result.isFailure(standstill)) return yield* giveUp(absent(standstill.failure))
  if (standstill.success !== undefined) return yield* giveUp(absent(faultOf(standstill.success, committer)))

  const bodies = group.map(({ record }) => recordOf({ record, steps: record.steps, registry: record.registry }))
  const moves = group.some(({ record }) => movesFolders(record))
  const room = yield* Effect.result(makeRoom(committer, bodies, moves))
  if (Result.isFailure(room)) return yield* giveUp(absent(doubtful(room.failure)))

  const appended = yield* Effect.result(journal.append(bodies))
  if (Result.isFailure(appended)) {
    const { _tag, fault } = appended.failure
    if (_tag === "NotWritten") {
      // Some of it may be in the file and become durable by itself: only a new epoch makes sure that it never counts.
      const retracted = yield* Effect.result(journal.rotate(books.entries.map(recordOf), 0))
      if (Result.isSuccess(retracted)) return yield* giveUp(absent(fault))
    }
    return all({ _tag: "Unknown", fault: uncertain(fault) })
  }

  // The commit point lies behind: from here on, all of it will be visible, whatever happens.
  const results: Array<CommitResult> = []
  let after = registry
  for (const [index, aside] of group.entries()) {
    books.count++
    const { record } = aside
    const { registry: changes, steps } = record
    const entry: Entry = { count: books.count, record, aside, steps, left: new Set(steps), registry: changes }
    const others = books.entries
    books.entries = [...others, entry]
    // The last one can be taken back as long as nothing of it is visible: nothing that is durable builds on it.
    const placed = yield* publishEntry(committer, books, entry, index === group.length - 1)
    if (placed._tag === "Durable") {
      if (placed.doubt !== undefined) uncertain(placed.doubt)
      after = applyChanges(after, changes)
      results.push(placed.result)
      continue
    }
    const forgotten = yield* Effect.result(journal.rotate(others.map(recordOf), 0))
    if (Result.isFailure(forgotten)) {
      results.push({ _tag: "Unknown", fault: uncertain(forgotten.failure) })
      continue
    }
    books.entries = others
    yield* unstage(committer, aside)
    results.push(placed.refusal)
  }
  books.registry = after
  return results
})

/** Brings the registry file up to date whenever the project was quiet for a while, or too long has passed. */
const keepUp = Effect.fnUntraced(function*(
  settings: CommitterSettings,
  books: Books,
  journal: Journal,
  changed: Latch.Latch,
  bringUp: Effect.Effect<void>
) {
  const { checkpointAfter, checkpointAtLatest } = settings
  const rounds = Math.max(1, Math.floor(Duration.toMillis(checkpointAtLatest) / Duration.toMillis(checkpointAfter)))
  yield* changed.await
  yield* changed.close
  for (let round = 0; round < rounds; round++) {
    const { count } = books
    yield* Effect.sleep(checkpointAfter)
    const { left, whole } = journal.room()
    if (books.count === count || left < whole / 2) break
  }
  yield* bringUp
}, (effect) => Effect.forever(effect))

const make = Effect.fnUntraced(function*(hash: Hash, settings: CommitterSettings) {
  const real = yield* Disk
  const disk = settings.durability === "full" ? real : withoutFlushes(real)
  const lock = yield* ProjectLock
  const terms: Terms = { disk, host: yield* HostInfo, folder: yield* ProjectFolder, hash, settings }
  const registryFile = yield* lookAtRegistry(terms, { _tag: "Absent" })
  const halted = (fault: DiskError) => ({
    journal: undefined,
    books: openBooks({ entries: [], registryFile, standstill: { _tag: "Unwritable", fault } }),
    recovery: nothing
  })
  const recovered = lock.unwritable === undefined
    ? yield* Effect.uninterruptible(
      recover(terms, registryFile).pipe(
        Effect.provideService(Disk, disk),
        Effect.catch((fault) => Effect.succeed(halted(fault)))
      )
    )
    : halted(lock.unwritable)
  const { books, journal, recovery } = recovered
  if (journal === undefined) return idle(terms, books, recovery)
  return yield* run({
    ...terms,
    lock,
    books,
    journal,
    underway: { changes: new Set(), folders: new Set(), files: new Map() }
  }, recovery)
})

/** The committer of a project in which nothing can be committed. */
const idle = (terms: Terms, books: Books, recovery: Recovery): DurableCommitter["Service"] => {
  const fault = faultOf(books.standstill ?? { _tag: "Dispossessed", path: terms.folder.journal }, terms)
  return DurableCommitter.of({
    recovery,
    standstill: Effect.succeed(books.standstill),
    stage: () => Effect.fail(absent(fault)),
    discard: () => Effect.void,
    commit: (staged) => Effect.succeed(staged.map(() => absent(fault))),
    registryFile: lookBoth(terms, books),
    unsaved: Effect.succeed([]),
    adoptRegistry: () => Effect.fail(fault),
    publishLate: Effect.succeed([]),
    flush: Effect.succeed({ late: [], isComplete: false })
  })
}

const lookBoth = (terms: Terms, books: Books) =>
  Effect.match(lookAtRegistry(terms, books.registryFile), {
    onSuccess: (found) => {
      // The same content under another time or inode is the same file: the next look need not read it.
      if (sameContent(books.registryFile, found)) books.registryFile = found
      return { expected: books.registryFile, found }
    },
    onFailure: () => ({ expected: books.registryFile, found: { _tag: "Unreadable" } as const })
  })

/** The committer of a project that is open for changes, until its scope ends. */
const run = Effect.fnUntraced(function*(
  committer: Committer,
  recovery: Recovery
): Effect.fn.Return<DurableCommitter["Service"], never, Scope.Scope> {
  const { books, journal, settings, underway } = committer
  const semaphore = yield* Semaphore.make(1)
  const changed = yield* Latch.make(false)
  const alone: Alone = (effect) => semaphore.withPermit(Effect.uninterruptible(effect))
  const staged = new WeakMap<Staged, StagedChange>()
  const checkpoints = yield* Semaphore.make(1)

  /** Makes all durable; a fault that leaves doubt ends commits, any other is met again the next time. */
  const bringUp = Effect.gen(function*() {
    if (books.standstill !== undefined) return
    yield* checkpoint(committer, books, journal, { alone, needed: 0, withRegistry: true })
    yield* purgeTrash(committer)
  }).pipe(
    Effect.catch((fault) => {
      if (leavesDoubt(fault)) books.standstill ??= { _tag: "Uncertain", fault }
      const tell = Effect.logWarning(`The journal could not be emptied: ${fault.message}`)
      return Effect.andThen(tell, changed.open)
    }),
    Effect.uninterruptible,
    checkpoints.withPermit
  )

  const release = ({ change }: StagedChange) => {
    for (const step of change.files) {
      if (step._tag === "create-directory") underway.folders.delete(step.to)
      if (step._tag === "write-file" && underway.files.get(step.to) === step.bytes) underway.files.delete(step.to)
    }
    underway.changes.delete(change)
  }

  // Whatever is registered last ends first: no checkpoint runs any more when the last one does.
  yield* Effect.addFinalizer(() => Effect.andThen(bringUp, Effect.ignore(journal.close)))
  yield* Effect.forkScoped(keepUp(settings, books, journal, changed, bringUp))

  return DurableCommitter.of({
    recovery,
    standstill: Effect.sync(() => books.standstill),
    stage: Effect.fnUntraced(function*(change) {
      if (books.standstill !== undefined) return yield* Effect.fail(absent(faultOf(books.standstill, committer)))
      const isAlone = underway.changes.size === 0 || ![...underway.changes, change].some(changesFolders)
      if (!isAlone) return yield* Effect.die(new Error("A change that moves folders is staged and committed alone."))
      yield* checkFooting(committer, underway, change)
      const made = yield* Effect.mapError(stageChange(committer, change), absent)
      for (const step of change.files) {
        if (step._tag === "create-directory") underway.folders.add(step.to)
        if (step._tag === "write-file") underway.files.set(step.to, step.bytes)
      }
      underway.changes.add(change)
      const ticket: Staged = { change }
      staged.set(ticket, made)
      return ticket
    }, Effect.uninterruptible),
    discard: Effect.fnUntraced(function*(ticket) {
      const made = staged.get(ticket)
      if (made === undefined) return
      staged.delete(ticket)
      release(made)
      yield* unstage(committer, made)
    }, Effect.uninterruptible),
    commit: (tickets, registry) =>
      Effect.suspend(() => {
        const group = tickets.flatMap((ticket) => staged.get(ticket) ?? [])
        if (group.length < tickets.length) return Effect.die(new Error("A change is staged, and then committed once."))
        for (const ticket of tickets) staged.delete(ticket)
        return commitGroup(committer, group, registry).pipe(
          Effect.ensuring(Effect.sync(() => group.forEach(release)))
        )
      }).pipe(Effect.tap(changed.open), Effect.uninterruptible, semaphore.withPermit),
    registryFile: semaphore.withPermit(Effect.suspend(() => lookBoth(committer, books))),
    unsaved: Effect.sync(() => unsavedChanges(books)),
    adoptRegistry: Effect.fnUntraced(function*({ givesUp, registry, state }) {
      if (givesUp) {
        const kept = books.entries.map((entry) => ({ entry, record: recordOf({ ...entry, registry: [] }) }))
        const left = kept.filter(({ entry }) => entry.steps.length > 0)
        yield* journal.rotate(left.map(({ record }) => record), 0)
        for (const { entry } of left) entry.registry = []
        books.entries = left.map(({ entry }) => entry)
      }
      books.registry = registry
      books.registryFile = state
      if (books.standstill?._tag === "RegistryConflict") books.standstill = undefined
      yield* changed.open
    }, (effect) => semaphore.withPermit(Effect.uninterruptible(effect))),
    publishLate: semaphore.withPermit(Effect.uninterruptible(Effect.suspend(() => publishLate(committer, books)))),
    flush: Effect.map(bringUp, () => ({
      late: lateRoots(books),
      isComplete: books.standstill === undefined && books.entries.length === 0
    }))
  })
})

/**
 * The durable committer of a project whose lock is held.
 *
 * Building it finishes what an earlier opening left. Where the folder cannot be written, where the journal cannot be
 * believed, and where finishing fails, it is built all the same and says why nothing can be committed.
 */
export const journaledCommitter = (
  { hash, ...settings }: Partial<CommitterSettings> & { readonly hash: Hash }
): Layer.Layer<DurableCommitter, DiskError, Disk | HostInfo | ProjectFolder | ProjectLock> =>
  Layer.effect(DurableCommitter, make(hash, { ...defaultCommitterSettings, ...settings }))
