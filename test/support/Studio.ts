/** A Studio over a project in memory, as a host would put it together. */
import { Clock, Effect, Layer, Stream } from "effect"
import { Command, type Disk, type ProjectRuntime } from "../../src/index.ts"
import {
  activity,
  assetsWorkspace,
  bankCompositionEditor,
  progress,
  type StudioEvent,
  StudioEventBus,
  studioEventBus,
  studioPackerAdapter
} from "../../src/studio.ts"
import { inFolder, memoryProject, SimulatedDisk, workspaceFiles } from "../../src/testing.ts"

const rows = (...files: ReadonlyArray<string>) => files.map((file, index) => ({ file, index }))

/** A project with one bank of two files, which could hold two more; and another asset beside it. */
export const studioDisk = (): SimulatedDisk =>
  SimulatedDisk.of(inFolder(
    "/game",
    workspaceFiles({
      "ui/atlas": {
        id: 1,
        manifest: { name: "atlas", artifacts: rows("a.png", "b.png") },
        files: { "a.png": "a", "b.png": "bb", "x.png": "xxx", "y.png": "yyyy" }
      },
      "ui/other": { id: 2, manifest: { name: "other" } },
      "ui/free": { manifest: { name: "free" } }
    })
  ))

/** Everything that `prometeu-packer/studio` has, over a runtime. */
export const studioOver = <E, R>(runtime: Layer.Layer<ProjectRuntime, E, R>) =>
  Layer.mergeAll(assetsWorkspace, bankCompositionEditor).pipe(
    Layer.provideMerge(runtime),
    Layer.provideMerge(Layer.mergeAll(studioPackerAdapter, activity, progress)),
    Layer.provideMerge(studioEventBus),
    Layer.fresh
  )

/** The same over a real project on a disk in memory. */
export const studioOn = (disk: Disk["Service"]) => studioOver(memoryProject({ disk }))

/** The command that writes which files the bank holds. */
export const compose = (...files: ReadonlyArray<string>) => Command.applyBankComposition({ asset: { id: 1 }, files })

/** What the bus got so far, with the time. It grows. */
export const heardOnBus = Effect.gen(function*() {
  const heard: Array<StudioEvent & { readonly time: number }> = []
  const events = yield* (yield* StudioEventBus).subscribe
  const hear = Stream.runForEach(events, (event) =>
    Effect.map(Clock.currentTimeMillis, (time) => {
      heard.push({ ...event, time })
    }))
  yield* Effect.forkScoped(hear, { startImmediately: true })
  return heard
})
