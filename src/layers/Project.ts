/**
 * A project, put together: this is the one place where the parts of a runtime are wired.
 *
 * Each needs what stands below it, is built after it, and ends before it:
 *
 *     ProjectRuntime, ProjectSnapshot      what hosts talk to
 *     WriteLane                            finishes what was accepted
 *     the first snapshot                   the scan
 *     DurableCommitter, Workspace          finishes what a crash left; writes what is pending
 *     the last events                      waits until the sink has had them
 *     ProjectLock                          releases the lock
 *     the way to the sink, the opening     tells of everything above, of its failures too
 */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Layer from "effect/Layer"
import * as Scope from "effect/Scope"

import type { ProjectId } from "../domain/Identity.ts"
import { type OpeningError, type ProjectLocked, ProjectUnreadable } from "../domain/OpeningErrors.ts"
import type { Hash } from "../domain/Seen.ts"
import { Disk, type DiskError } from "../services/Disk.ts"
import type { DurableCommitter } from "../services/DurableCommitter.ts"
import type { HostInfo } from "../services/HostInfo.ts"
import { PackerConfig } from "../services/PackerConfig.ts"
import type { PackerEventSink } from "../services/PackerEventSink.ts"
import { ProjectFolder } from "../services/ProjectFolder.ts"
import { ProjectLock } from "../services/ProjectLock.ts"
import { ProjectRuntime } from "../services/ProjectRuntime.ts"
import { ProjectSnapshot } from "../services/ProjectSnapshot.ts"
import type { Workspace } from "../services/Workspace.ts"
import { diskWorkspace } from "./DiskWorkspace.ts"
import { folderLock } from "./FolderLock.ts"
import { journaledCommitter } from "./JournaledCommitter.ts"
import { commandLane } from "./runtime/CommandLane.ts"
import { EventPump, eventPump } from "./runtime/EventPump.ts"
import { failedOpening, openProject, ProjectOpened } from "./runtime/OpenProject.ts"
import { projectOpening } from "./runtime/ProjectOpening.ts"
import { makeProjectRuntime } from "./runtime/Runtime.ts"
import { projectSnapshot } from "./runtime/VisibleSnapshot.ts"

/** What a part of a project may need. */
type Ground = Disk | HostInfo | ProjectFolder

/** Which project is opened, and how. */
export interface ProjectOptions {
  /** How the host calls the project; its events carry it. */
  readonly projectId: ProjectId
  /** The folder of the project: an absolute path. */
  readonly root: string
  /** What tells bytes from others: `sha256` of `prometeu-packer/node`, or another that does. */
  readonly hash: Hash
  /** The nonce of a lock whose holder is gone, where only a person can know that: `ProjectLocked` names it. */
  readonly takeOver?: string
  /** Another lock than the one in the project's folder. */
  readonly lock?: Layer.Layer<ProjectLock, ProjectLocked | DiskError, Ground>
  /** Another way to see what is on disk. */
  readonly workspace?: Layer.Layer<Workspace, never, Ground>
  /** Another way to make changes durable. */
  readonly committer?: Layer.Layer<DurableCommitter, never, Ground | ProjectLock>
}

/** Hosts without types may name a folder by anything. */
export const refuseNoPath = (root: unknown): Effect.Effect<void, ProjectUnreadable> =>
  typeof root === "string"
    ? Effect.void
    : Effect.fail(new ProjectUnreadable({ path: `(${root === null ? "null" : typeof root})`, errno: "EINVAL" }))

/** The project's folder under its one name, however it was named; or why there is none. */
const projectFolder = (root: string): Layer.Layer<ProjectFolder, ProjectUnreadable, Disk> =>
  Layer.effect(
    ProjectFolder,
    Effect.gen(function*() {
      const disk = yield* Disk
      yield* refuseNoPath(root)
      const real = yield* disk.realPath(root)
      yield* disk.list(real)
      // Others get a turn between what a project is built of: it runs for the first time in most processes.
      yield* Effect.yieldNow
      return ProjectFolder.at(real)
    }).pipe(Effect.catchTag("DiskError", ({ errno }) => Effect.fail(new ProjectUnreadable({ path: root, errno }))))
  )

/** A folder in which no lock can be made is opened all the same, to be read. */
const lockOrNone = (lock: Layer.Layer<ProjectLock, ProjectLocked | DiskError, Ground>) =>
  Layer.catchTag(
    lock,
    "DiskError",
    (unwritable) => Layer.succeed(ProjectLock, ProjectLock.of({ unwritable, isHeld: Effect.succeed(false) }))
  )

/** Waits until the sink has had all events, before the lock is released. */
const lastEvents = Layer.effectDiscard(
  Effect.flatMap(EventPump, ({ drain }) => Effect.addFinalizer(() => drain))
)

const parts = ({ committer, hash, lock, projectId, root, takeOver, workspace }: ProjectOptions) =>
  Layer.unwrap(Effect.map(PackerConfig, (config) => {
    const { lockPatience: patience, manifestLimit, registryLimit, scanConcurrency, trashRetention } = config
    const ownLock = lock ?? folderLock({ patience, ...(takeOver === undefined ? {} : { takeOver }) })
    const ownWorkspace = workspace ??
      diskWorkspace({ hash, manifestLimit, registryLimit, concurrency: scanConcurrency })
    const ownCommitter = committer ?? journaledCommitter({
      hash,
      durability: config.durability,
      journalBytes: config.journalBytes,
      inlineBytes: config.inlineBytes,
      checkpointAfter: config.checkpointAfter,
      checkpointAtLatest: config.checkpointAtLatest,
      trashLimit: trashRetention
    })
    return commandLane(hash).pipe(
      Layer.provideMerge(projectSnapshot),
      Layer.provideMerge(openProject),
      Layer.provideMerge(Layer.merge(ownWorkspace, ownCommitter)),
      Layer.provideMerge(lastEvents),
      Layer.provideMerge(lockOrNone(ownLock)),
      Layer.provideMerge(projectFolder(root)),
      Layer.provideMerge(failedOpening(root)),
      Layer.provideMerge(eventPump),
      Layer.provideMerge(projectOpening(projectId))
    )
  }))

/**
 * Opens a project, as long as the layer lives. It asks for the disk, for facts about the machine, and for a sink.
 *
 * Each use is an opening of its own: two for the same folder, by whatever path, refuse each other like two processes do.
 * The end of its scope finishes what was accepted, writes what is pending, and gives the sink its last events.
 */
export const project = (
  options: ProjectOptions
): Layer.Layer<ProjectRuntime | ProjectSnapshot, OpeningError, Disk | HostInfo | PackerEventSink> =>
  Layer.effectContext(Effect.gen(function*() {
    // Others get a turn before: what a host builds around a project runs for the first time in most processes, too.
    yield* Effect.yieldNow
    // A scope of its own, so that it can be closed while somebody still borrows it.
    const scope = yield* Scope.make()
    let ending: Exit.Exit<unknown, unknown> = Exit.void
    // Whoever closes waits for the end of it: it was begun, and goes on whoever goes away.
    const close = Effect.uninterruptible(yield* Effect.cached(Effect.suspend(() => Scope.close(scope, ending))))
    const closeWith = (exit: Exit.Exit<unknown, unknown>) =>
      Effect.suspend(() => {
        ending = exit
        return close
      })
    // Before anything is built, so that nothing stays of an opening that is interrupted, wherever that is.
    yield* Effect.addFinalizer(closeWith)
    const context = yield* Layer.buildWithScope(Layer.fresh(parts(options)), scope).pipe(
      Effect.onError((cause) => closeWith(Exit.failCause(cause)))
    )
    const runtime = yield* Effect.provideContext(makeProjectRuntime(close), context)
    yield* Context.get(context, ProjectOpened).tellIt
    return Context.make(ProjectRuntime, runtime).pipe(
      Context.add(ProjectSnapshot, Context.get(context, ProjectSnapshot))
    )
  }))
