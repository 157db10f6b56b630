/** What a preview shows while a commit is under way. */
import { assert, describe, it } from "@effect/vitest"
import { Effect, Fiber } from "effect"
import { Command } from "../../src/domain/Command.ts"
import { ProjectRuntime } from "../../src/services/ProjectRuntime.ts"
import { collectingSink } from "../../src/testing/CollectingSink.ts"
import { faultyDisk } from "../../src/testing/FaultyDisk.ts"
import { memoryProject } from "../../src/testing/MemoryProject.ts"
import { SimulatedDisk } from "../../src/testing/SimulatedDisk.ts"
import { inFolder, workspaceFiles } from "../../src/testing/WorkspaceFiles.ts"

const create = (root: string) => Command.create({ root, name: "new", family: "tile_bank" })

describe("a preview", () => {
  it.effect("shows nothing of folders that a commit has made and that is not visible yet", () =>
    Effect.gen(function*() {
      const memory = SimulatedDisk.of(inFolder("/game", workspaceFiles({ "sfx/click": { id: 1 } })))
      const faulty = faultyDisk(memory.disk)
      const body = Effect.gen(function*() {
        const runtime = yield* ProjectRuntime
        const gate = faulty.gate(({ call, to }) => call === "rename" && to === "/game/assets/ui/x/asset.json")
        const creating = yield* runtime.submit(create("ui/x"))
        yield* gate.reached
        const previewing = yield* Effect.forkChild(runtime.preview(create("ui/deep/z")), { startImmediately: true })
        // By now it has looked at the folders, or waits for its turn.
        for (let turn = 0; turn < 50; turn++) yield* Effect.yieldNow
        yield* gate.open
        yield* creating.await
        const { baseGeneration, filesystemMutations } = yield* Fiber.join(previewing)
        const made = filesystemMutations.flatMap(({ kind, to }) => kind === "create-directory" ? [to] : [])
        assert.strictEqual(baseGeneration, 2)
        assert.deepStrictEqual(made, ["ui/deep", "ui/deep/z"])
      })
      yield* Effect.provide(body, memoryProject({ disk: faulty.disk }), { local: true })
    }).pipe(Effect.provide(collectingSink, { local: true })))
})
