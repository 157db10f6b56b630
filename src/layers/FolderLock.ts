/**
 * The lock on a project: a folder of numbered files, of which the one with the highest number is the lock.
 *
 * **What it promises.** At any time at most one process has finished taking the lock and sees that it holds it. A lock
 * whose holder runs is never taken over, however slow the holder is. Whoever ends, in whatever way, leaves nothing that
 * a person has to delete.
 *
 * **Why that is true.** Whoever wants the lock looks at the highest number, and if nobody holds that one, makes the
 * file with the next number. Three rules carry the rest:
 *
 * - A number is made in one step, with all of its content, by exactly one process: a file with a name of its own gets
 *   the number as a second name. Only those who looked at the same state try the same number, and one of them gets it.
 * - The highest number is never renamed, replaced or deleted, not even by its owner, who releases it by a change inside
 *   the file. So the highest number only grows, and whoever finds a higher one than his has lost.
 * - Deleted is only what is lower than a number that was taken, the lowest first, and it is deleted before the taking
 *   ends. A lower file is a dead one, or one whose owner has lost and has yet to find out.
 *
 * **Tricky cases.**
 *
 * - *A looks, sleeps, and meanwhile B and then C take and leave the lock.* The number that A is going to make may be
 *   free again, because C deleted it. A makes it, looks once more, finds C's, which is higher, and starts over.
 * - *A looks once more while C comes.* A folder that changes while it is listed may show neither B's number, deleted just
 *   now, nor C's, too new. But C deletes the lowest first: if B's was deleted meanwhile, A's was before, and A looks
 *   whether its own is still there after it has listed.
 * - *The holder is stopped, or the machine sleeps.* Nothing is decided by how long something takes, so nothing happens.
 * - *A dies in the middle.* What it made has a dead holder. A file with a name of its own is deleted by the next holder.
 * - *A release or a power failure tears the content.* Nobody who runs is taken for dead by that: see the next case.
 * - *The file system knows no second names.* Then the number is made empty and filled. A number without readable content
 *   belongs to whoever has a readable file with a name of its own for that number; that one is deleted only after the
 *   number is filled. Who finds neither waits, and looks again, because the two were perhaps not looked at at once.
 * - *`git clean` deletes the folder.* The path of the number leads nowhere, or to the file of somebody else. Inodes of
 *   deleted files are given away again at once, but not as long as the file is open: the owner keeps it open.
 * - *The owner releases what is not at its path any more.* It changes the file that it has open, wherever that is, so
 *   it cannot hit what somebody else put there.
 */
import * as DateTime from "effect/DateTime"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Scope from "effect/Scope"

import { ProjectLocked } from "../domain/OpeningErrors.ts"
import { Disk, DiskError, type DiskFile, type DiskStat } from "../services/Disk.ts"
import { HostInfo } from "../services/HostInfo.ts"
import { ProjectFolder } from "../services/ProjectFolder.ts"
import { ProjectLock } from "../services/ProjectLock.ts"
import { type LockRecord, parseLock, printLock, standingOf } from "./LockRecord.ts"
import { uniqueName } from "./UniqueName.ts"
import { writeWhole } from "./WholeWrite.ts"

/** How a lock is taken, beyond the rules. */
export interface FolderLockOptions {
  /** The nonce of a lock of which a person says that its holder is gone. It never outweighs a holder that runs. */
  readonly takeOver?: string
  /** How long whoever makes a number is given to fill it, before somebody looks who that is; 100 ms unless told otherwise. */
  readonly patience?: Duration.Duration
}

/** How often somebody else may be faster before this one gives up. */
const rounds = 16

const defaultPatience = Duration.millis(100)

/** A lock is some 400 bytes. What is larger is none. */
const largest = 65_536

/** Why a folder cannot be written by us at all; every other failure may pass. */
const forbidden = new Set(["EROFS", "EACCES", "EPERM"])

/** What is answered where files have one name only; `EISDIR` is what Windows says of exFAT. */
const linkless = new Set(["EPERM", "ENOTSUP", "EOPNOTSUPP", "ENOSYS", "EINVAL", "EMLINK", "EISDIR"])

/** What is answered when something came or went between two calls: then another look is worth it. */
const outrun = new Set(["EEXIST", "ENOENT"])

const isOneOf = (errnos: ReadonlySet<string>) => (error: DiskError | ProjectLocked): error is DiskError =>
  error._tag === "DiskError" && errnos.has(error.errno)

const quietly = Effect.ignore({ log: "Debug" })

const decoder = new TextDecoder()
const everything = new TextEncoder().encode("*\n")

/** A file in the folder of the lock: a number, or a claim, which is a file that somebody makes to get that number. */
interface Entry {
  readonly name: string
  readonly number: number
  readonly isClaim: boolean
}

const entryOf = (name: string): Entry | undefined => {
  const [, number, claim] = /^([1-9]\d{0,14})(\.[a-z\d]+)?$/.exec(name) ?? []
  return number === undefined ? undefined : { name, number: Number(number), isClaim: claim !== undefined }
}

/** The highest number whose name has 15 digits. Nobody comes so far, and who finds it finds no next one. */
const highestNumber = 999_999_999_999_999

/** The number that is the lock; 0 if there is none. */
const highestOf = (entries: ReadonlyArray<Entry>): number =>
  entries.reduce((highest, { isClaim, number }) => isClaim ? highest : Math.max(highest, number), 0)

const entriesIn = Effect.fnUntraced(function*(folder: string) {
  const entries = yield* (yield* Disk).list(folder)
  return entries.flatMap(({ kind, name }) => kind === "folder" ? [] : entryOf(name) ?? [])
})

/** Makes sure that a folder is there, and no link to one. */
const folderAt = Effect.fnUntraced(function*(path: string) {
  const disk = yield* Disk
  if ((yield* disk.stat(path)) === undefined) {
    yield* disk.makeFolder(path).pipe(Effect.catchIf(({ errno }) => errno === "EEXIST", () => Effect.void))
  }
  const stat = yield* disk.stat(path)
  if (stat?.kind === "folder") return stat
  const errno = stat === undefined ? "ENOENT" : stat.kind === "link" ? "ELOOP" : "ENOTDIR"
  return yield* new DiskError({ call: "makeFolder", path, errno })
})

/** Keeps a folder out of version control. An empty file is what a crash in the middle leaves, and counts as none. */
const ignoreAllIn = Effect.fnUntraced(function*(folder: string) {
  const disk = yield* Disk
  const path = `${folder}/.gitignore`
  const stat = yield* disk.stat(path)
  if (stat !== undefined && (stat.kind !== "file" || stat.size > 0)) return
  yield* Effect.acquireUseRelease(
    disk.open(path, stat === undefined ? "create" : "update"),
    (file) => writeWhole(file, 0, everything),
    (file) => file.close
  )
})

/** Makes sure that the lock has its folder, and tells which `runtime/` it is in. */
const makeWay = Effect.fnUntraced(function*({ assets, lock, own, runtime }: ProjectFolder["Service"]) {
  yield* folderAt(assets)
  yield* folderAt(own)
  const stat = yield* folderAt(runtime)
  yield* ignoreAllIn(runtime)
  yield* folderAt(lock)
  return stat
})

/** What stands in a number or a claim; none if it cannot be read. */
const recordAt = Effect.fnUntraced(function*(path: string) {
  const content = yield* (yield* Disk).readFile(path, largest)
  if (content === undefined) return yield* new DiskError({ call: "readFile", path, errno: "ENOENT" })
  return parseLock(decoder.decode(content.bytes))
})

/** Who may hold a number: whoever stands in it, and while it is not filled, whoever has a claim to it. */
const holdersOf = Effect.fnUntraced(function*(lock: string, number: number, patience: Duration.Duration) {
  const record = yield* recordAt(`${lock}/${number}`)
  if (Option.isSome(record)) return [record.value]
  yield* Effect.sleep(patience)
  // In this order: whoever fills the number deletes the claim afterwards.
  const entries = yield* entriesIn(lock)
  const filled = yield* recordAt(`${lock}/${number}`)
  if (Option.isSome(filled)) return [filled.value]
  const claims = entries.filter((entry) => entry.isClaim && entry.number === number)
  const claimed = yield* Effect.forEach(claims, ({ name }) => recordAt(`${lock}/${name}`))
  return claimed.flatMap(Option.toArray)
})

/** A new file with a lock in it, open until the scope ends: then it says that it is released, under whatever name. */
const newRecord = Effect.fnUntraced(function*(path: string, record: LockRecord) {
  const disk = yield* Disk
  const file = yield* Effect.acquireRelease(
    disk.open(path, "create"),
    (file) =>
      writeWhole(file, 0, printLock({ ...record, released: true })).pipe(quietly, Effect.ensuring(quietly(file.close)))
  )
  yield* writeWhole(file, 0, printLock(record))
  return file
})

/** Makes a number in one step, and gives the file that is it now. */
const place = Effect.fnUntraced(function*(claim: DiskFile, path: string, record: LockRecord) {
  const disk = yield* Disk
  // Other machines see the name at once, and the content no sooner than the file server has it.
  yield* claim.flush
  const fill = newRecord(path, record).pipe(Effect.tap((file) => file.flush))
  return yield* disk.link(claim.path, path).pipe(Effect.as(claim), Effect.catchIf(isOneOf(linkless), () => fill))
})

/** A number that was taken, and what its open file is. */
interface Taken {
  readonly path: string
  readonly stat: DiskStat
}

const isAtItsPath = Effect.fnUntraced(function*({ path, stat }: Taken) {
  const found = yield* (yield* Disk).stat(path)
  return found?.inode === stat.inode && found.device === stat.device
})

/** Deletes what is lower than a number that was taken; the order is part of the promise. */
const deleteBelow = Effect.fnUntraced(function*(number: number, entries: ReadonlyArray<Entry>, lock: string) {
  const disk = yield* Disk
  for (const entry of entries.toSorted((a, b) => a.number - b.number)) {
    const remove = disk.removeFile(`${lock}/${entry.name}`)
    if (entry.isClaim && entry.number <= number) yield* quietly(remove)
    // A number that stays would let its holder believe that it still has the lock.
    if (!entry.isClaim && entry.number < number) {
      yield* remove.pipe(Effect.catchIf(({ errno }) => errno === "ENOENT", () => Effect.void))
    }
  }
})

/** Takes the lock once; fails with an errno of `outrun` if somebody else came between. */
const takeOnce = Effect.fnUntraced(function*({ patience = defaultPatience, takeOver }: FolderLockOptions) {
  const disk = yield* Disk
  const host = yield* HostInfo
  const places = yield* ProjectFolder
  const { lock, root } = places

  const runtime = yield* makeWay(places)
  const highest = highestOf(yield* entriesIn(lock))
  const number = highest + 1
  const path = `${lock}/${number}`
  const record: LockRecord = {
    version: 1,
    nonce: yield* uniqueName(host),
    since: DateTime.formatIso(yield* DateTime.now),
    folder: { device: runtime.device, inode: runtime.inode },
    holder: host.self,
    released: false
  }

  const refuseIfHeld = Effect.gen(function*() {
    for (const found of highest === 0 ? [] : yield* holdersOf(lock, highest, patience)) {
      const { holder, nonce, since } = found
      const { host: name, pid } = holder
      const standing = yield* standingOf(found, runtime, host)
      if (standing === "void" || (standing === "outOfSight" && nonce === takeOver)) continue
      const outOfSight = standing === "outOfSight"
      const { boot, host: ownName, machine, pid: ownPid, started } = host.self
      const isHere = !outOfSight && pid === ownPid && name === ownName && holder.started === started &&
        holder.machine === machine && holder.boot === boot
      return yield* new ProjectLocked({ path: root, pid, host: name, since, nonce, outOfSight, isHere })
    }
  })

  if (number > highestNumber) {
    yield* refuseIfHeld
    return yield* new DiskError({ call: "link", path, errno: "EOVERFLOW" })
  }

  // The claim comes first, so that a folder that cannot be written is found out even where somebody else holds the lock.
  const claimPath = `${path}.${record.nonce}`
  const file = yield* newRecord(claimPath, record).pipe(
    Effect.tap(refuseIfHeld),
    Effect.flatMap((claim) => place(claim, path, record)),
    Effect.ensuring(quietly(disk.removeFile(claimPath)))
  )

  const taken: Taken = { path, stat: yield* file.stat }
  const entries = yield* entriesIn(lock)
  if (highestOf(entries) > number || !(yield* isAtItsPath(taken))) {
    return yield* new DiskError({ call: "link", path, errno: "EEXIST" })
  }
  yield* deleteBelow(number, entries, lock)
  return taken
})

/**
 * Takes the lock until the scope ends. It can be interrupted anywhere: every file that is made is a resource of the scope
 * from the moment it is there.
 */
const take = Effect.fnUntraced(function*(options: FolderLockOptions) {
  const scope = yield* Effect.scope
  const inScopeOfItsOwn = Effect.gen(function*() {
    const inner = yield* Scope.fork(scope)
    return yield* takeOnce(options).pipe(
      Scope.provide(inner),
      Effect.onError((cause) => Scope.close(inner, Exit.failCause(cause)))
    )
  })
  return yield* inScopeOfItsOwn.pipe(Effect.retry({ times: rounds - 1, while: isOneOf(outrun) }))
})

/**
 * The lock on a project, as a file in its folder `runtime/lock/`. It needs no server, no clock and no heartbeat.
 *
 * Taking it makes `assets/.prometeu/runtime`, also in a folder that was no project before. A folder that cannot be written
 * gives a `ProjectLock` that is not held and says why.
 */
export const folderLock = (
  options: FolderLockOptions = {}
): Layer.Layer<ProjectLock, ProjectLocked | DiskError, Disk | HostInfo | ProjectFolder> =>
  Layer.effect(
    ProjectLock,
    Effect.gen(function*() {
      const disk = yield* Disk
      const taken = yield* take(options).pipe(Effect.catchIf(isOneOf(forbidden), Effect.succeed))
      if (taken instanceof DiskError) return ProjectLock.of({ unwritable: taken, isHeld: Effect.succeed(false) })

      let released = false
      yield* Effect.addFinalizer(() =>
        Effect.sync(() => {
          released = true
        })
      )
      const isHeld = Effect.suspend(() => released ? Effect.succeed(false) : isAtItsPath(taken))
      return ProjectLock.of({ unwritable: undefined, isHeld: Effect.provideService(isHeld, Disk, disk) })
    })
  )
