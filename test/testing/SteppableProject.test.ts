import { assert, describe, it } from "@effect/vitest"
import { Effect, Layer } from "effect"
import { TestClock } from "effect/testing"
import { Command } from "../../src/domain/Command.ts"
import { ProjectRuntime } from "../../src/services/ProjectRuntime.ts"
import { CollectedEvents, collectingSink } from "../../src/testing/CollectingSink.ts"
import { SimulatedDisk } from "../../src/testing/SimulatedDisk.ts"
import { steppableProject } from "../../src/testing/SteppableProject.ts"
import { inFolder, workspaceFiles } from "../../src/testing/WorkspaceFiles.ts"

const assets = Object.fromEntries(Array.from({ length: 4 }, (_, index) => [`ui/a${index}`, { id: index + 1 }]))
const steppable = () => steppableProject({ disk: SimulatedDisk.of(inFolder("/game", workspaceFiles(assets))).disk })

describe("a steppable project", () => {
  it.effect("holds a refresh before each folder, and reads go on", () => {
    const project = steppable()
    return Effect.gen(function*() {
      const runtime = yield* ProjectRuntime
      const events = yield* CollectedEvents
      yield* project.hold
      const handle = yield* runtime.submitRefresh()
      for (let folder = 1; folder <= 5; folder++) {
        yield* project.held
        assert.strictEqual((yield* handle.poll)._tag, "None")
        assert.strictEqual((yield* runtime.listAssets()).total, 4)
        yield* TestClock.adjust("50 millis")
        yield* project.step
      }
      const progress = yield* events.first((event) =>
        event.operation_id === handle.operationId && event.kind === "progress_updated" &&
        (event.progress?.done ?? 0) > 1
      )
      assert.strictEqual(progress.progress?.unit, "folders")
      yield* project.release
      yield* handle.await
    }).pipe(Effect.provide(Layer.provideMerge(project.layer, collectingSink)))
  })

  it.effect("holds a batch before each file it stages, which nobody sees until it is durable", () => {
    const project = steppable()
    return Effect.gen(function*() {
      const runtime = yield* ProjectRuntime
      const rename = (id: number) => Command.updateContract({ asset: { id }, name: "renamed" })
      yield* project.hold
      const handle = yield* runtime.submit(Command.batch({ commands: [rename(1), rename(2)] }))
      yield* project.step
      yield* project.held
      assert.strictEqual((yield* runtime.getAssetDetails({ id: 1 })).summary.name, "thing")
      assert.isFalse(yield* handle.cancel, "it has entered the commit")
      yield* project.release
      yield* handle.await
      assert.strictEqual((yield* runtime.getAssetDetails({ id: 2 })).summary.name, "renamed")
    }).pipe(Effect.provide(Layer.provideMerge(project.layer, collectingSink)))
  })
})
