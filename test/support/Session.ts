/** A project that is open on some disk, and takes commands: the parts of the runtime that make changes durable. */
import { Clock, Context, Effect, Layer, Result } from "effect"
import type { Command } from "../../src/domain/Command.ts"
import { looksOf } from "../../src/domain/commands/AllCommands.ts"
import type { CommitResult, PlannedChange } from "../../src/domain/Commit.ts"
import { settle } from "../../src/domain/Commit.ts"
import type { FileStep } from "../../src/domain/FileStep.ts"
import { OperationId } from "../../src/domain/Identity.ts"
import { openSnapshot } from "../../src/domain/Opening.ts"
import { advance, patch, rememberRegistry } from "../../src/domain/Patch.ts"
import { foldPath, isInside } from "../../src/domain/Path.ts"
import { changesNothing, type Plan, plan } from "../../src/domain/Plan.ts"
import { type Observed, sameContent } from "../../src/domain/Seen.ts"
import { readOnlyReason, type Snapshot } from "../../src/domain/Snapshot.ts"
import { layUnfinished } from "../../src/domain/Unfinished.ts"
import type { CommitterSettings } from "../../src/layers/commit/Terms.ts"
import { diskWorkspace } from "../../src/layers/DiskWorkspace.ts"
import { journaledCommitter } from "../../src/layers/JournaledCommitter.ts"
import { sha256 } from "../../src/layers/Sha256.ts"
import { Disk, DiskError } from "../../src/services/Disk.ts"
import { DurableCommitter, type Receipted } from "../../src/services/DurableCommitter.ts"
import { ProjectFolder } from "../../src/services/ProjectFolder.ts"
import { ProjectLock } from "../../src/services/ProjectLock.ts"
import { asFound, Workspace } from "../../src/services/Workspace.ts"
import { testOpening, testUuid } from "../../src/testing/ProjectTree.ts"
import { testHost } from "../../src/testing/TestHost.ts"

/** The root of every project that tests open in memory. */
export const root = "/game"

/** How a test opens a project. */
export interface SessionOptions {
  readonly disk: Disk["Service"]
  /** Tells the names that one opening makes from those of another. */
  readonly prefix: string
  readonly boot?: string
  readonly root?: string
  readonly settings?: Partial<CommitterSettings>
  /** Told when a command is about to become durable, and how that ended. */
  readonly onCommit?: (plan: Plan) => void
  readonly onEnd?: (plan: Plan, result: CommitResult) => void
  /** The lock; one that is held for ever unless a test says otherwise. */
  readonly lock?: Layer.Layer<ProjectLock, never, Disk>
}

const held = Layer.succeed(ProjectLock, { unwritable: undefined, isHeld: Effect.succeed(true) })

const workspaceOptions = { hash: sha256, manifestLimit: 1024 * 1024, registryLimit: 2 ** 30, concurrency: 4 }

const surroundings = ({ boot = "boot-1", disk, lock = held, prefix, root: path = root }: SessionOptions) =>
  Layer.mergeAll(testHost({ boot }, undefined, prefix), ProjectFolder.layer(path), lock).pipe(
    Layer.provideMerge(Layer.succeed(Disk, disk))
  )

const committerOf = ({ settings }: SessionOptions) =>
  journaledCommitter({ hash: sha256, journalBytes: 8192, ...settings })

/** Opens no more than what recovers a project and makes changes durable, in the scope that is around it. */
export const openCommitter = (options: SessionOptions) =>
  Effect.map(
    Layer.build(Layer.fresh(Layer.provide(committerOf(options), surroundings(options)))),
    (context) => Context.get(context, DurableCommitter)
  )

/** What a project shows that is opened where nothing can be written, or what one shows that was opened and closed. */
export const openReadOnly = Effect.fnUntraced(function*(options: Omit<SessionOptions, "lock">) {
  const fault = new DiskError({ call: "makeFolder", path: root, errno: "EROFS" })
  const lock = Layer.succeed(ProjectLock, { unwritable: fault, isHeld: Effect.succeed(false) })
  const parts = Layer.merge(committerOf(options), diskWorkspace(workspaceOptions))
  const context = yield* Layer.build(Layer.fresh(Layer.provide(parts, surroundings({ ...options, lock }))))
  const { recovery, standstill } = Context.get(context, DurableCommitter)
  const scan = yield* Effect.orDie(Context.get(context, Workspace).scan(asFound))
  const { unfinished } = recovery
  return {
    standstill: yield* standstill,
    hasUnfinished: unfinished !== undefined && unfinished.files.length + unfinished.moves.length > 0,
    scan: unfinished === undefined ? scan : layUnfinished(scan, unfinished)
  }
}, Effect.scoped)

/** What came of one command. */
export type Ending =
  | { readonly _tag: "Refused"; readonly plan: Plan }
  | { readonly _tag: "Nothing" }
  | { readonly _tag: "Ended"; readonly result: CommitResult }

/** A command that is staged and waits for others. */
interface Member {
  readonly at: number
  readonly plan: Plan
  readonly id: OperationId
  readonly ready: Receipted
}

const isMove = ({ _tag }: FileStep): boolean => _tag === "move-directory" || _tag === "trash-directory"
const meet = (a: string, b: string): boolean => a === b || isInside(a, b) || isInside(b, a)

/** Opens a project in the scope that is around it. */
export const openSession = Effect.fnUntraced(function*(options: SessionOptions) {
  const parts = Layer.merge(committerOf(options), diskWorkspace(workspaceOptions))
  const context = yield* Layer.build(Layer.fresh(Layer.provide(parts, surroundings(options))))
  const committer = Context.get(context, DurableCommitter)
  const workspace = Context.get(context, Workspace)
  let snapshot = openSnapshot(yield* Effect.orDie(workspace.scan(asFound)), testOpening)
  let operations = 0

  const observe = Effect.fnUntraced(function*(on: Snapshot, command: Command, firstUuid: number) {
    const looks = looksOf(on, command)
    const seen = yield* workspace.observe(looks)
    const { expected, found } = yield* committer.registryFile
    const parts = command._tag === "batch" ? command.commands.length : 1
    const observed: Observed = {
      ...seen,
      registry: sameContent(expected, found) ? on.registryFacts.state : found,
      newUuids: Array.from({ length: parts }, (_, part) => testUuid(firstUuid + part))
    }
    return observed
  })

  /** Commits what is staged, and shows it. */
  const finish = Effect.fnUntraced(function*(group: ReadonlyArray<Member>, endings: Array<Ending>) {
    if (group.length === 0) return
    for (const { plan: made } of group) options.onCommit?.(made)
    const results = yield* committer.commit(group.map(({ ready }) => ready), snapshot.registry)
    for (const [index, { at, id, plan: made }] of group.entries()) {
      const result = results[index]
      if (result === undefined) throw new Error("There is a result for each change.")
      endings[at] = { _tag: "Ended", result }
      options.onEnd?.(made, result)
      const settled = settle(id, made, result)
      if (Result.isFailure(settled)) continue
      const noticed = made.noticed === undefined ? snapshot : advance(snapshot, made.noticed, id)
      snapshot = patch(noticed, settled.success.committed)
    }
  })

  /** Runs commands, in groups of those that do not touch what another one does. */
  const run = Effect.fnUntraced(function*(commands: ReadonlyArray<Command>) {
    const endings: Array<Ending> = []
    let group: Array<Member> = []
    let touched: Array<string> = []
    let next = snapshot
    const close = Effect.suspend(() => finish(group, endings)).pipe(Effect.andThen(Effect.sync(() => {
      group = []
      touched = []
      next = snapshot
    })))
    for (const [at, command] of commands.entries()) {
      const id = OperationId.make(`${options.prefix}-${++operations}`)
      if (looksOf(next, command).some(({ root }) => touched.some((other) => meet(foldPath(root), other)))) yield* close
      const lookedAt = yield* Clock.currentTimeMillis
      const planned = Effect.suspend(() =>
        Effect.map(observe(next, command, 10_000 * operations), (observed) => plan(next, command, observed))
      )
      let looked = yield* Effect.result(planned)
      if (Result.isSuccess(looked) && looked.success.files.some(isMove) && group.length > 0) {
        yield* close
        looked = yield* Effect.result(planned)
      }
      if (Result.isFailure(looked)) {
        endings[at] = { _tag: "Ended", result: { _tag: "Absent", fault: looked.failure } }
        continue
      }
      const made = looked.success
      if (made.blockers.length > 0 || changesNothing(made)) {
        endings[at] = made.blockers.length > 0 ? { _tag: "Refused", plan: made } : { _tag: "Nothing" }
        if (made.noticed !== undefined && group.length === 0) snapshot = next = advance(snapshot, made.noticed, id)
        continue
      }
      const change: PlannedChange = {
        operationId: id,
        files: made.files,
        registry: made.registry,
        lookedAt
      }
      const staged = yield* Effect.result(committer.stage(change))
      if (Result.isFailure(staged)) {
        endings[at] = { _tag: "Ended", result: staged.failure }
        continue
      }
      group.push({ at, plan: made, id, ready: { staged: staged.success, receipt: command._tag } })
      for (const { root } of looksOf(next, command)) touched.push(foldPath(root))
      const none = { fingerprints: new Map(), notPublished: new Map(), diverged: new Map() }
      const noticed = made.noticed === undefined ? next : advance(next, made.noticed, id)
      next = patch(noticed, { operationId: id, plan: made, ...none })
      if (made.files.some(isMove)) yield* close
    }
    yield* close
    return endings
  })

  return {
    committer,
    workspace,
    snapshot: () => snapshot,
    readOnly: readOnlyReason(snapshot),
    remember: Effect.map(committer.registryFile, ({ expected }) => {
      snapshot = rememberRegistry(snapshot, expected)
    }),
    run
  }
})
