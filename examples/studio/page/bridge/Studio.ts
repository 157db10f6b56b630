/** Everything the page shows and asks, put together over a project from anywhere. */
import { Context, Effect, type Exit, Layer, ManagedRuntime, Schedule, Stream } from "effect"
import {
  type Families,
  FamilyCatalog,
  findAsset,
  type PackerEventSink,
  ProjectRuntime,
  type ProjectStatus,
  type SnapshotView
} from "prometeu-packer"
import {
  Activity,
  activity,
  type ActivityView,
  type AssetsView,
  AssetsWorkspace,
  assetsWorkspace,
  bankCompositionEditor,
  Progress,
  progress,
  type RunningOperation,
  studioEventBus,
  studioPackerAdapter
} from "prometeu-packer/studio"
import { Connection, type ConnectionView } from "../../shared/Connection.ts"
import { type Drafts, makeDrafts } from "./Drafts.ts"
import { follow, type Live } from "./Live.ts"

/** What the components of the page have. */
export interface Studio {
  readonly packer: ProjectRuntime["Service"]
  readonly workspace: AssetsWorkspace["Service"]
  /** Where a file of an asset is, to show or to play it. */
  readonly fileUrl: (root: string, file: string) => string
  readonly families: Families
  readonly drafts: Drafts
  readonly snapshot: Live<SnapshotView>
  readonly assets: Live<AssetsView>
  readonly activity: Live<ActivityView>
  readonly running: Live<ReadonlyArray<RunningOperation>>
  readonly status: Live<ProjectStatus>
  readonly connection: Live<ConnectionView>
  /** Runs something as long as the page lives. */
  readonly run: <A, E>(effect: Effect.Effect<A, E>) => Promise<Exit.Exit<A, E>>
}

/** The parts that live in the runtime of the page. */
class Opened extends Context.Service<Opened, Omit<Studio, "run">>()("prometeu-packer/examples/studio/page/Opened") {}

/** A project from anywhere: over the network as in this example, or in memory. */
export type AnyProject = Layer.Layer<ProjectRuntime | Connection, never, PackerEventSink>

/** The parts of an editor, over a project. The bus is there first, so that the opening is in the activity. */
const partsOver = (project: AnyProject) => {
  const listening = Layer.provideMerge(Layer.mergeAll(studioPackerAdapter, activity, progress), studioEventBus)
  return Layer.mergeAll(assetsWorkspace, bankCompositionEditor).pipe(
    Layer.provideMerge(project),
    Layer.provideMerge(listening)
  )
}

/** The newest snapshot, whenever there is another one; a page that was too slow goes on with the newest. */
const snapshotsOf = (packer: ProjectRuntime["Service"]) =>
  packer.changes.pipe(
    Stream.buffer({ capacity: 1, strategy: "sliding" }),
    Stream.mapEffect(() => packer.snapshot),
    Stream.retry(Schedule.recurs(Infinity))
  )

const makeStudio = Effect.gen(function*() {
  const packer = yield* ProjectRuntime
  const workspace = yield* AssetsWorkspace
  const connection = yield* Connection
  const finished = yield* Activity
  const running = yield* Progress
  const snapshot = yield* follow({ current: packer.snapshot, changes: snapshotsOf(packer) })
  return {
    packer,
    workspace,
    families: yield* FamilyCatalog,
    fileUrl: (root: string, file: string) => {
      const files = findAsset(snapshot.get().snapshot, { root })?.onDisk
      const place = files?.paths.findIndex((path) => path === file) ?? -1
      const [size, mtimeMs] = [files?.sizes[place], files?.mtimesMs[place]]
      // A file that was changed has another address: the browser does not show what it kept.
      return connection.fileUrl(root, file) + (mtimeMs === undefined ? "" : `?${size}-${Math.round(mtimeMs)}`)
    },
    drafts: yield* makeDrafts,
    snapshot,
    assets: yield* follow({ current: workspace.view, changes: workspace.changes }),
    activity: yield* follow({ current: finished.view, changes: finished.changes }),
    running: yield* follow({ current: running.running, changes: running.changes }),
    status: yield* follow({ current: packer.status, changes: packer.statusChanges }),
    connection: yield* follow({ current: connection.view, changes: connection.changes })
  }
})

/** Opens the Studio over a project, for as long as the page lives. */
export const openStudio = async (project: AnyProject): Promise<Studio> => {
  const runtime = ManagedRuntime.make(Layer.effect(Opened, makeStudio).pipe(Layer.provide(partsOver(project))))
  const parts = await runtime.runPromise(Opened)
  return { ...parts, run: (effect) => runtime.runPromiseExit(effect) }
}
