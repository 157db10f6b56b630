import { assert, describe, it } from "@effect/vitest"
import { Effect, Layer } from "effect"
import { Command } from "../../src/domain/Command.ts"
import { ProjectRuntime } from "../../src/services/ProjectRuntime.ts"
import { CollectedEvents, collectingSink } from "../../src/testing/CollectingSink.ts"
import { memoryProject } from "../../src/testing/MemoryProject.ts"
import { SimulatedDisk } from "../../src/testing/SimulatedDisk.ts"
import { manifest } from "../support/Workspace.ts"

describe("a project", () => {
  it.live("opens, lists, registers durably, and tells", () => {
    const disk = SimulatedDisk.of({ "/game/assets/ui/atlas/asset.json": manifest({}) })
    return Effect.gen(function*() {
      const runtime = yield* ProjectRuntime
      const { assets, generation } = yield* runtime.listAssets()
      console.log(assets, generation)
      const outcome = yield* runtime.execute(Command.register({ root: "ui/atlas" }))
      console.log(outcome)
      console.log(yield* runtime.getAssetDetails({ id: 1 }))
      yield* runtime.flush
      console.log(disk.text("/game/assets/.prometeu/index.json"))
      for (const event of yield* (yield* CollectedEvents).all) {
        console.log(event.position, event.sequence, event.kind, event.summary)
      }
      assert.strictEqual(yield* Effect.map(runtime.status, (s) => s._tag), "ready")
    }).pipe(Effect.provide(Layer.provideMerge(memoryProject({ disk: disk.disk }), collectingSink)))
  })
})
