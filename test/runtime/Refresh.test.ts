/** What a refresh finds where nobody but the packer has changed anything. */
import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { Command } from "../../src/domain/Command.ts"
import { ProjectRuntime } from "../../src/services/ProjectRuntime.ts"
import { CollectedEvents, collectingSink } from "../../src/testing/CollectingSink.ts"
import { memoryProject } from "../../src/testing/MemoryProject.ts"
import { SimulatedDisk } from "../../src/testing/SimulatedDisk.ts"
import { inFolder, workspaceFiles } from "../../src/testing/WorkspaceFiles.ts"
import { assertLegal } from "../support/Legal.ts"

describe("a refresh", () => {
  it.effect("does not miss a registry that is durable, without entries again, and not in its file yet", () =>
    Effect.gen(function*() {
      const disk = SimulatedDisk.of(inFolder("/game", workspaceFiles({ "ui/atlas": {} })))
      const body = Effect.gen(function*() {
        const runtime = yield* ProjectRuntime
        yield* runtime.execute(Command.register({ root: "ui/atlas" }))
        const { generation } = yield* runtime.execute(Command.unregister({ asset: { root: "ui/atlas" } }))
        // The clock stands still, so nothing has brought the registry to its file.
        assert.isUndefined(disk.text("/game/assets/.prometeu/index.json"))
        const before = (yield* runtime.snapshot).snapshot
        const outcome = yield* runtime.refresh()
        assert.strictEqual(outcome.generation, generation)
        assert.deepStrictEqual((yield* runtime.snapshot).snapshot.diagnostics, before.diagnostics)
        const told = yield* (yield* CollectedEvents).of(outcome.operationId)
        assert.notInclude(told.map(({ kind }) => kind), "diagnostics_updated")
      })
      yield* Effect.provide(body, memoryProject({ disk: disk.disk }), { local: true })
      assertLegal(yield* (yield* CollectedEvents).all)
      assert.isDefined(disk.text("/game/assets/.prometeu/index.json"))
    }).pipe(Effect.provide(collectingSink, { local: true })))
})
