/** Several projects of one host, in memory: what tests do with them, and what must be left at the end. */
import { assert } from "@effect/vitest"
import { Context, Duration, Effect, Exit, Latch, Layer, Scope, Stream } from "effect"
import { Command } from "../../src/domain/Command.ts"
import { ProjectId } from "../../src/domain/Identity.ts"
import type { ProjectStatus } from "../../src/domain/Status.ts"
import { projectRuntimes } from "../../src/layers/KeyedProjects.ts"
import { project } from "../../src/layers/Project.ts"
import { sha256 } from "../../src/layers/Sha256.ts"
import { Disk } from "../../src/services/Disk.ts"
import { defaultPackerSettings, PackerConfig } from "../../src/services/PackerConfig.ts"
import type { PackerEventSink } from "../../src/services/PackerEventSink.ts"
import { type ProjectKey, ProjectRuntimes } from "../../src/services/ProjectRuntimes.ts"
import { CollectedEvents, collectingSink } from "../../src/testing/CollectingSink.ts"
import { aroundDisk, type DiskCall } from "../../src/testing/DiskCall.ts"
import { faultyDisk } from "../../src/testing/FaultyDisk.ts"
import { SimulatedDisk } from "../../src/testing/SimulatedDisk.ts"
import { testHost } from "../../src/testing/TestHost.ts"
import { inFolder, workspaceFiles } from "../../src/testing/WorkspaceFiles.ts"
import { assertLegal } from "./Legal.ts"

const files = workspaceFiles({ "ui/atlas": { id: 1, manifest: { name: "atlas" } } })
/** A project in a folder of its name, or in another one. */
export const keyOf = (name: string, root = `/${name}`): ProjectKey => ({ projectId: ProjectId.make(name), root })
/** The two projects that are there. */
export const [one, two] = [keyOf("one"), keyOf("two")]
/** A command that any of them takes. */
export const rename = (name: string) => Command.updateContract({ asset: { id: 1 }, name })
/** How long a project stays open that nobody uses. */
export const idle = Duration.minutes(5)

/** Lets every other fiber go on until it waits for something else than its turn. */
export const turns = Effect.repeat(Effect.yieldNow, { times: 200 })
/** Starts something, and goes on when that waits for something. */
export const start = <A, E, R>(effect: Effect.Effect<A, E, R>) => Effect.forkChild(effect, { startImmediately: true })
/** The tag of the error, or `success`. */
export const tagOf = <A, R>(effect: Effect.Effect<A, { readonly _tag: string }, R>): Effect.Effect<string, never, R> =>
  Effect.match(effect, { onFailure: ({ _tag }) => _tag, onSuccess: () => "success" })

/** The folders that are locked. */
export const locked = (disk: SimulatedDisk): ReadonlyArray<string> =>
  disk.entries().flatMap(([path]) => {
    const [, root] = /^(.+)\/assets\/\.prometeu\/runtime\/lock\/\d+$/.exec(path) ?? []
    return root !== undefined && disk.text(path)?.includes("\"released\":false") === true ? [root] : []
  })

/** The first call of the scan of a project. */
export const scanOf = (root: string) => ({ call, path }: DiskCall) => call === "list" && path === `${root}/assets`
/** What releases a lock, once it is taken. */
export const unlocking = ({ call, path }: DiskCall) => call === "write" && path.includes("/lock/")

/** Where the projects are. */
export interface Ground {
  readonly memory: SimulatedDisk
  readonly faulty: ReturnType<typeof faultyDisk>
  readonly projects: ProjectRuntimes["Service"]
  /** The folders that were opened, in order. */
  readonly openings: ReadonlyArray<string>
  /** Ends the layer. */
  readonly end: Effect.Effect<void>
}

/** How the projects are different from the usual. */
export interface GroundOptions {
  readonly idleTimeToLive?: Duration.Duration
  readonly around?: Parameters<typeof aroundDisk>[1]
}

/** Two projects on one disk with one sink; at the end nothing is left of them, and all of their events were legal. */
export const grounds = <A, E>(
  body: (ground: Ground) => Effect.Effect<A, E, CollectedEvents | PackerEventSink | Scope.Scope>,
  { around = (_, run) => run, idleTimeToLive = idle }: GroundOptions = {}
) =>
  Effect.gen(function*() {
    const memory = SimulatedDisk.of({ ...inFolder("/one", files), ...inFolder("/two", files) })
    const faulty = faultyDisk(aroundDisk(memory.disk, around))
    const openings: Array<string> = []
    const open = new Set<string>()
    const watched = ({ projectId, root }: ProjectKey) =>
      Layer.effectDiscard(Effect.acquireRelease(
        Effect.sync(() => {
          assert.isFalse(open.has(projectId), `${projectId} is opened twice`)
          open.add(projectId)
          openings.push(root)
        }),
        () => Effect.sync(() => open.delete(projectId))
      ))
    const scope = yield* Scope.make()
    const context = yield* Layer.buildWithScope(
      Layer.fresh(projectRuntimes((key) => Layer.provideMerge(project({ ...key, hash: sha256 }), watched(key)))).pipe(
        Layer.provide([
          Layer.succeed(Disk, faulty.disk),
          testHost(),
          Layer.succeed(PackerConfig, { ...defaultPackerSettings, idleTimeToLive })
        ])
      ),
      scope
    )
    const end = Scope.close(scope, Exit.void)
    const projects = Context.get(context, ProjectRuntimes)
    const result = yield* Effect.scoped(body({ memory, faulty, projects, openings, end }))
    yield* end
    assert.deepStrictEqual(locked(memory), [])
    assert.strictEqual(memory.openFiles, 0)
    assert.strictEqual(open.size, 0)
    const openingsTold = Map.groupBy(yield* (yield* CollectedEvents).all, (event) => event.opening_id)
    for (const told of openingsTold.values()) assertLegal(told)
    return result
  }).pipe(Effect.provide(collectingSink, { local: true }))

/** All the statuses of a project from now on. */
export const statuses = Effect.fnUntraced(function*(projects: ProjectRuntimes["Service"], key: ProjectKey) {
  const seen: Array<ProjectStatus["_tag"]> = []
  let grown = Latch.makeUnsafe()
  const read = yield* projects.statusChanges(key).pipe(
    Stream.runForEach(({ _tag }) =>
      Effect.sync(() => {
        seen.push(_tag)
        const latch = grown
        grown = Latch.makeUnsafe()
        latch.openUnsafe()
      })
    ),
    Effect.forkScoped
  )
  const until = (count: number): Effect.Effect<void> =>
    Effect.suspend(() => seen.length >= count ? Effect.void : Effect.flatMap(grown.await, () => until(count)))
  yield* until(1)
  return { seen, until, read }
})
