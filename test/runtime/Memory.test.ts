/** What an open project keeps in memory. */
import { assert, describe, it } from "@effect/vitest"
import { Effect, Layer } from "effect"
import { setFlagsFromString } from "node:v8"
import { runInNewContext } from "node:vm"
import type { RootScan } from "../../src/domain/Seen.ts"
import { diskWorkspace } from "../../src/layers/DiskWorkspace.ts"
import { ProjectRuntime } from "../../src/services/ProjectRuntime.ts"
import { Workspace } from "../../src/services/Workspace.ts"
import { collectingSink } from "../../src/testing/CollectingSink.ts"
import { memoryProject } from "../../src/testing/MemoryProject.ts"
import { contentHash } from "../../src/testing/ProjectTree.ts"
import { SimulatedDisk } from "../../src/testing/SimulatedDisk.ts"
import { inFolder, workspaceFiles } from "../../src/testing/WorkspaceFiles.ts"

setFlagsFromString("--expose-gc")
const collectGarbage: () => void = runInNewContext("gc")

describe("an open project", () => {
  it.live("keeps nothing of what its scan read", () =>
    Effect.gen(function*() {
      const read: Array<WeakRef<RootScan>> = []
      const watched = Layer.effect(
        Workspace,
        Effect.map(Workspace, (workspace) =>
          Workspace.of({
            ...workspace,
            scan: (taking) =>
              workspace.scan({
                ...taking,
                root: (root) => {
                  read.push(new WeakRef(root))
                  return taking.root(root)
                }
              })
          }))
      ).pipe(Layer.provide(
        diskWorkspace({ hash: contentHash, manifestLimit: 1e6, registryLimit: 1e6, concurrency: 2 })
      ))
      const disk = SimulatedDisk.of(inFolder("/game", workspaceFiles({ "ui/a": { id: 1 }, "ui/b": { id: 2 } })))
      yield* Effect.gen(function*() {
        const runtime = yield* ProjectRuntime
        // What a weak reference leads to stays until the end of the turn in which that was made or asked.
        yield* Effect.sleep("10 millis")
        collectGarbage()
        assert.deepStrictEqual(read.map((root) => root.deref()), [undefined, undefined])
        assert.strictEqual((yield* runtime.listAssets()).total, 2)
      }).pipe(Effect.provide(memoryProject({ disk: disk.disk, workspace: watched }), { local: true }))
    }).pipe(Effect.provide(collectingSink, { local: true })))
})
