/**
 * The durable committer: stage, journal, publish.
 *
 * What it promises, and where each promise is kept:
 *
 * - **Before or after, never between.** A change is in the journal whole, or it did not happen. `journal.append` returns
 *   when its one flush has: that moment is the commit point, and nothing anyone can see was touched before it.
 * - **A refusal costs nothing.** Whatever can be refused for the change's own sake, a full disk or a missing permission or
 *   a file that is another one now, is met by `stage`, which takes back what it had written.
 * - **Four ends and no fifth.** It did not happen (refused by the disk, by what is there now, or by what is not in place
 *   yet); durable and in place; durable and not in place; unknown. A flush that may have dropped something is never tried
 *   again, since systems say so once: from then on nothing is committed, and the journal is left for the next opening.
 *
 * What is committed, put in place or adopted runs under one semaphore, uninterruptible: a caller that goes away leaves
 * nothing half done. Staging, and taking back what was staged, run under another one. Interleavings that need a thought:
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
import type * as Scope from "effect/Scope"
import * as Semaphore from "effect/Semaphore"

import type { PlannedChange, Unstaged } from "../domain/Commit.ts"
import { idOf } from "../domain/RegistryMerge.ts"
import type { FileState, Hash } from "../domain/Seen.ts"
import { Disk, type DiskError } from "../services/Disk.ts"
import { DurableCommitter, type Recovery, type Staged } from "../services/DurableCommitter.ts"
import { HostInfo } from "../services/HostInfo.ts"
import { ProjectFolder } from "../services/ProjectFolder.ts"
import { ProjectLock } from "../services/ProjectLock.ts"
import { type Books, recordOf, unsavedChanges } from "./commit/Books.ts"
import { type Alone, checkpoint, isExpected, lateRoots, lateSources, lookAtRegistry } from "./commit/Checkpoint.ts"
import { checkFooting } from "./commit/Footing.ts"
import { absent, commitGroup, type Committer, halted, refusal } from "./commit/Group.ts"
import { purgeTrash } from "./commit/Keeping.ts"
import { publishLate } from "./commit/Placing.ts"
import { recover, type Recovered } from "./commit/Recovery.ts"
import { fingerprintsOf, stageChange, type StagedChange, unstage, withReceipt } from "./commit/Staging.ts"
import type { CommitterSettings, Terms } from "./commit/Terms.ts"
import { leavesDoubt } from "./commit/Unflushed.ts"
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

const changesFolders = ({ files }: PlannedChange): boolean =>
  files.some(({ _tag }) => _tag === "move-directory" || _tag === "trash-directory")

/** Brings the registry file up to date whenever the project was quiet for a while, or too long has passed. */
const keepUp = Effect.fnUntraced(function*(
  { books, journal, settings: { checkpointAfter, checkpointAtLatest } }: Committer,
  changed: Latch.Latch,
  bringUp: Effect.Effect<DiskError | undefined>
) {
  const rounds = Math.max(1, Math.floor(Duration.toMillis(checkpointAtLatest) / Duration.toMillis(checkpointAfter)))
  yield* changed.await
  yield* changed.close
  for (let round = 0; round < rounds; round++) {
    const { count } = books
    yield* Effect.sleep(checkpointAfter)
    const { left, whole } = journal.room()
    if (books.count === count || left < whole / 2) break
  }
  if ((yield* bringUp) === undefined) return
  yield* Effect.sleep(checkpointAtLatest)
  yield* changed.open
}, (effect) => Effect.forever(effect))

const make = Effect.fnUntraced(function*(hash: Hash, settings: CommitterSettings) {
  const real = yield* Disk
  const disk = settings.durability === "full" ? real : withoutFlushes(real)
  const lock = yield* ProjectLock
  const terms: Terms = { disk, host: yield* HostInfo, folder: yield* ProjectFolder, hash, settings }
  const registryFile = yield* Effect.catch(
    lookAtRegistry(terms, { _tag: "Absent" }),
    () => Effect.succeed<FileState>({ _tag: "Unreadable" })
  )
  // Others get a turn between two large files.
  yield* Effect.yieldNow
  const recovered = yield* recover(terms, registryFile, lock.unwritable)
  const { books, recovery } = recovered
  if (recovered._tag === "Idle") return idle(terms, recovered)
  return yield* run({
    ...terms,
    lock,
    books,
    journal: recovered.journal,
    underway: { changes: new Set(), folders: new Set(), files: new Map() }
  }, recovery)
  // Cut short, it would leave the journal open.
}, Effect.uninterruptible)

/** The committer of a project in which nothing can be committed. */
const idle = (
  terms: Terms,
  { books, recovery, standstill }: Extract<Recovered, { readonly _tag: "Idle" }>
): DurableCommitter["Service"] => {
  const refused = halted(standstill)
  return DurableCommitter.of({
    recovery,
    standstill: Effect.succeed(standstill),
    halted: Effect.never,
    stage: () => Effect.fail(refused),
    discard: () => Effect.void,
    commit: (group) => Effect.succeed(group.map(() => refused)),
    registryFile: lookBoth(terms, books),
    unsaved: Effect.succeed([]),
    adoptRegistry: () => Effect.fail(refused),
    late: Effect.succeed({ roots: [], sources: [] }),
    publishLate: Effect.succeed([]),
    flush: Effect.succeed({ late: [], isComplete: false, fault: undefined })
  })
}

const lookBoth = (terms: Terms, books: Books) =>
  Effect.map(lookAtRegistry(terms, books.registryFile), (found) => {
    // The same content under another time or inode is the same file: the next look need not read it.
    if (isExpected(books, found)) books.registryFile = found
    return { expected: books.registryFile, found }
  })

/** The committer of a project that is open for changes, until its scope ends. */
const run = Effect.fnUntraced(function*(
  committer: Committer,
  recovery: Recovery
): Effect.fn.Return<DurableCommitter["Service"], never, Scope.Scope> {
  const { books, journal, underway } = committer
  const semaphore = yield* Semaphore.make(1)
  const changed = yield* Latch.make(false)
  const alone: Alone = (effect) => semaphore.withPermit(Effect.uninterruptible(effect))
  const staged = new WeakMap<Staged, StagedChange>()
  const checkpoints = yield* Semaphore.make(1)
  const staging = yield* Semaphore.make(1)

  const isTrashInUse = (path: string): boolean =>
    [...underway.changes, ...books.entries.map(({ aside }) => aside)].some(({ trash }) => trash === path)

  /** Makes all durable. A fault that leaves doubt ends commits; any other is given back, and it can be tried again. */
  const bringUp: Effect.Effect<DiskError | undefined> = Effect.gen(function*() {
    if (books.standstill !== undefined) return undefined
    yield* checkpoint(committer, books, journal, { alone, needed: 0, withRegistry: true })
    yield* Effect.catch(
      // While a change is staged, the folder that it makes in the trash is known to nobody else.
      staging.withPermit(purgeTrash(committer, isTrashInUse)),
      (fault) => Effect.logWarning(`The trash could not be looked through: ${fault.message}`)
    )
    return undefined
  }).pipe(
    Effect.catch((fault) => {
      if (leavesDoubt(fault)) books.standstill ??= { _tag: "Uncertain", fault }
      return Effect.as(Effect.logWarning(`The journal could not be emptied: ${fault.message}`), fault)
    }),
    Effect.uninterruptible,
    (effect) => checkpoints.withPermit(effect)
  )

  /** A clean-up takes the folder of what is staged away with the lock: to try again would be of no use. */
  const whyRefused = (fault: DiskError): Effect.Effect<never, Unstaged> =>
    Effect.flatMap(
      Effect.catch(refusal(committer), () => Effect.succeed(undefined)),
      (standstill) => Effect.fail(standstill === undefined ? absent(fault) : halted(standstill))
    )

  const note = ({ change }: StagedChange) => {
    for (const step of change.files) {
      if (step._tag === "create-directory") underway.folders.add(step.to)
      if (step._tag === "write-file") underway.files.set(step.to, step.bytes)
    }
  }

  const release = (group: ReadonlyArray<StagedChange>) => {
    for (const made of group) underway.changes.delete(made)
    underway.folders.clear()
    underway.files.clear()
    underway.changes.forEach(note)
  }

  // Whatever is registered last ends first: no checkpoint runs any more when the last one does.
  const close = Effect.suspend(() => {
    books.standstill ??= { _tag: "Closed" }
    return Effect.ignore(journal.close)
  })
  yield* Effect.addFinalizer(() => Effect.andThen(bringUp, semaphore.withPermit(close)))
  yield* Effect.forkScoped(Effect.interruptible(keepUp(committer, changed, bringUp)))

  return DurableCommitter.of({
    recovery,
    standstill: Effect.sync(() => books.standstill),
    halted: books.halted.await,
    stage: Effect.fnUntraced(function*(change) {
      if (books.standstill !== undefined) return yield* Effect.fail(halted(books.standstill))
      const [first] = underway.changes
      const isAlone = first === undefined || !(changesFolders(change) || changesFolders(first.change))
      if (!isAlone) return yield* Effect.die(new Error("A change that moves folders is staged and committed alone."))
      const manifests = yield* checkFooting(committer, underway, change)
      const made = yield* Effect.catch(stageChange(committer, change, manifests), whyRefused)
      underway.changes.add(made)
      note(made)
      const ticket: Staged = { change, fingerprints: fingerprintsOf(made) }
      staged.set(ticket, made)
      return ticket
    }, (effect) => staging.withPermit(Effect.uninterruptible(effect))),
    discard: Effect.fnUntraced(function*(ticket) {
      const made = staged.get(ticket)
      if (made === undefined) return
      staged.delete(ticket)
      release([made])
      yield* unstage(committer, made)
    }, (effect) => staging.withPermit(Effect.uninterruptible(effect))),
    commit: (receipted, registry) =>
      Effect.suspend(() => {
        const made: Array<StagedChange> = []
        const group = receipted.flatMap(({ receipt, staged: ticket }) => {
          const change = staged.get(ticket)
          if (change === undefined) return []
          made.push(change)
          return withReceipt(change, receipt)
        })
        if (group.length < receipted.length) {
          return Effect.die(new Error("A change is staged, and then committed once."))
        }
        for (const { staged: ticket } of receipted) staged.delete(ticket)
        return commitGroup(committer, group, registry).pipe(
          Effect.ensuring(Effect.sync(() => release(made)))
        )
      }).pipe(Effect.tap(changed.open), Effect.uninterruptible, (effect) => semaphore.withPermit(effect)),
    registryFile: semaphore.withPermit(Effect.suspend(() => lookBoth(committer, books))),
    unsaved: Effect.sync(() => unsavedChanges(books)),
    adoptRegistry: Effect.fnUntraced(function*({ givesUp, registry, state }) {
      const { standstill } = books
      if (standstill !== undefined && standstill._tag !== "RegistryConflict") {
        return yield* Effect.fail(halted(standstill))
      }
      if (givesUp.size > 0) {
        const left = books.entries.map((entry) => ({
          entry,
          registry: entry.registry.filter((change) => !givesUp.has(idOf(change) ?? 0))
        })).filter(({ entry, registry }) => entry.steps.length + registry.length > 0)
        const records = left.map(({ entry, registry }) => recordOf({ ...entry, registry }))
        yield* Effect.mapError(journal.rotate(records, 0), (fault) => {
          if (leavesDoubt(fault)) books.standstill = { _tag: "Uncertain", fault }
          return absent(fault)
        })
        for (const { entry, registry } of left) entry.registry = registry
        books.entries = left.map(({ entry }) => entry)
        // What says that more ids were given out than there are entries is in the registry alone from now on.
        const [last] = registry.byId.slice(registry.byId.size - 1, 1)
        books.registryIsBehind = registry.nextId > (last?.id ?? 0) + 1
      }
      books.registry = registry
      books.registryFile = state
      // A registry that is being written aside now knows nothing of this one.
      books.registryCount = ++books.count
      books.standstill = undefined
      yield* changed.open
    }, (effect) => semaphore.withPermit(Effect.uninterruptible(effect))),
    publishLate: Effect.suspend(() => publishLate(committer, books)).pipe(
      Effect.tap((ends) => ends.length === 0 ? Effect.void : changed.open),
      Effect.uninterruptible,
      (effect) => semaphore.withPermit(effect)
    ),
    late: Effect.sync(() => ({ roots: lateRoots(books), sources: lateSources(books) })),
    flush: Effect.map(bringUp, (fault) => ({
      fault,
      late: lateRoots(books),
      isComplete: books.standstill === undefined && books.entries.length === 0
    }))
  })
})

/**
 * The durable committer of a project whose lock is held.
 *
 * Building it finishes what an earlier opening left. Where the folder cannot be written, where the journal cannot be
 * believed, and where finishing fails, it is built all the same: ask its `standstill` why nothing can be committed. The
 * end of its scope waits until everything is in its plain file. Each project needs one of its own (`Layer.fresh`).
 */
export const journaledCommitter = (
  { hash, ...settings }: Partial<CommitterSettings> & { readonly hash: Hash }
): Layer.Layer<DurableCommitter, never, Disk | HostInfo | ProjectFolder | ProjectLock> =>
  Layer.effect(DurableCommitter, make(hash, { ...defaultCommitterSettings, ...settings }))
