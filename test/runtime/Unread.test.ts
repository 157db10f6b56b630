/** What could not be read once says nothing of what is there: it is nobody's edit, and it is not gone. */
import { assert, describe, it } from "@effect/vitest"
import { Effect, Layer, type Scope } from "effect"
import { Command } from "../../src/domain/Command.ts"
import { OperationId } from "../../src/domain/Identity.ts"
import { ProjectRuntime } from "../../src/services/ProjectRuntime.ts"
import { CollectedEvents, collectingSink } from "../../src/testing/CollectingSink.ts"
import type { DiskCall } from "../../src/testing/DiskCall.ts"
import { type FaultyDisk, faultyDisk } from "../../src/testing/FaultyDisk.ts"
import { memoryProject } from "../../src/testing/MemoryProject.ts"
import { SimulatedDisk } from "../../src/testing/SimulatedDisk.ts"
import { inFolder, workspaceFiles } from "../../src/testing/WorkspaceFiles.ts"
import { assertLegal } from "../support/Legal.ts"

const files = inFolder(
  "/game",
  workspaceFiles({
    "ui/atlas": { id: 1, manifest: { name: "atlas" }, files: { "a.png": "(pixels)" } },
    "sfx/click": { id: 2, manifest: { name: "click" } }
  })
)

/** Fails from the beginning where this is true, opens, and does something. */
const openedWhere = <A, E>(
  memory: SimulatedDisk,
  fails: (call: DiskCall) => boolean,
  body: (faulty: FaultyDisk) => Effect.Effect<A, E, ProjectRuntime | CollectedEvents | Scope.Scope>
) =>
  Effect.gen(function*() {
    const faulty = faultyDisk(memory.disk)
    faulty.failWhere((call) => fails(call) ? "EIO" : undefined)
    const process = { pid: 300, started: "start-300" }
    const project = memoryProject({ disk: faulty.disk, prefix: "b", process })
    const result = yield* Effect.scoped(Effect.provide(body(faulty), project, { local: true }))
    const events = yield* (yield* CollectedEvents).all
    assertLegal(events)
    assert.notInclude(events.map(({ kind }) => kind), "divergence_detected")
    return result
  }).pipe(Effect.provide(Layer.fresh(collectingSink), { local: true }))

const rootsOf = Effect.map(
  ProjectRuntime.use((runtime) => runtime.listAssets()),
  ({ assets }) => assets.map(({ name, root }) => `${root} ${name ?? "?"}`)
)
const all = ["sfx/click click", "ui/atlas atlas"]

describe("what could not be read when the project was opened", () => {
  for (
    const [what, call, path] of [
      ["a folder", "list", "/game/assets/ui"],
      ["the folder of an asset", "list", "/game/assets/ui/atlas"],
      ["a manifest", "readFile", "/game/assets/ui/atlas/asset.json"],
      ["the registry", "readFile", "/game/assets/.prometeu/index.json"]
    ] as const
  ) {
    it.effect(`${what}: read again later, it is there, and nobody has edited it`, () =>
      openedWhere(
        SimulatedDisk.of(files),
        (made) => made.call === call && made.path === path,
        (faulty) =>
          Effect.gen(function*() {
            const runtime = yield* ProjectRuntime
            const { snapshot } = yield* runtime.snapshot
            const told = [snapshot, ...snapshot.assets.values()].flatMap(({ diagnostics }) =>
              diagnostics.map(({ code }) => code)
            )
            assert.isTrue(told.some((code) => code.endsWith("/unreadable")))
            faulty.heal()
            yield* runtime.refresh()
            assert.deepStrictEqual(yield* rootsOf, all)
            yield* runtime.execute(Command.updateContract({ asset: { id: 1 }, name: "mine" }))
          })
      ))
  }
})

describe("an asset whose folder could not be read when the project was opened", () => {
  for (const path of ["/game/assets/ui", "/game/assets/ui/atlas"]) {
    it.effect(`is adopted by itself, and nobody has edited it: ${path}`, () =>
      openedWhere(
        SimulatedDisk.of(files),
        (made) => made.call === "list" && made.path === path,
        (faulty) =>
          Effect.gen(function*() {
            const runtime = yield* ProjectRuntime
            faulty.heal()
            yield* runtime.refreshAsset({ id: 1 })
            assert.deepStrictEqual(yield* rootsOf, all)
            yield* runtime.execute(Command.updateContract({ asset: { id: 1 }, name: "mine" }))
          })
      ))
  }
})

describe("what cannot be read meanwhile", () => {
  it.effect("is not told as gone by a refresh, nor as new by the next one", () =>
    openedWhere(SimulatedDisk.of(files), () => false, (faulty) =>
      Effect.gen(function*() {
        const runtime = yield* ProjectRuntime
        faulty.failWhere(({ call, path }) => call === "list" && path === "/game/assets/ui" ? "EIO" : undefined)
        yield* runtime.refresh()
        faulty.heal()
        yield* runtime.refresh()
        assert.deepStrictEqual(yield* rootsOf, all)
      })))

  it.effect("fails a refresh with the call that failed, if it is the project itself", () =>
    openedWhere(SimulatedDisk.of(files), () => false, (faulty) =>
      Effect.gen(function*() {
        const runtime = yield* ProjectRuntime
        faulty.failWhere(({ call, path }) => call === "stat" && path === "/game" ? "EACCES" : undefined)
        const error = yield* Effect.flip(runtime.refresh())
        assert.strictEqual(error._tag, "CommitFailed")
        assert.deepInclude(error, { call: "stat", path: "/game", errno: "EACCES" })
      })))

  it.effect("is not missing from a composition", () =>
    openedWhere(SimulatedDisk.of(files), () => false, (faulty) =>
      Effect.gen(function*() {
        const runtime = yield* ProjectRuntime
        faulty.failWhere(({ call, path }) => call === "stat" && path.endsWith("/a.png") ? "EIO" : undefined)
        const compose = Command.applyBankComposition({ asset: { id: 1 }, files: ["a.png"] })
        const error = yield* Effect.flip(runtime.execute(compose))
        assert.deepStrictEqual(
          error._tag === "CommandBlocked" ? error.blockers.map(({ code, path }) => [code, path]) : [],
          [["workspace/unreadable", "a.png"]]
        )
        faulty.heal()
        yield* runtime.execute(compose)
      })))
})

describe("a recovery that fails when the registry is in its place", () => {
  it.effect("has written that itself: a refresh knows of no edit", () =>
    Effect.gen(function*() {
      const memory = SimulatedDisk.of(files)
      let left = memory
      yield* Effect.gen(function*() {
        const unregister = Command.unregister({ asset: { id: 2 } })
        yield* (yield* ProjectRuntime).execute(unregister, { operationId: OperationId.make("gone") })
        left = memory.kill()
      }).pipe(Effect.provide(Layer.provide(memoryProject({ disk: memory.disk }), collectingSink), { local: true }))
      let isInPlace = false
      const fails = ({ call, path, to }: DiskCall): boolean => {
        isInPlace ||= call === "rename" && to?.endsWith("/index.json") === true
        return isInPlace && call === "flushFolder" && path.endsWith("/.prometeu")
      }
      yield* openedWhere(left, fails, () =>
        Effect.gen(function*() {
          const runtime = yield* ProjectRuntime
          assert.strictEqual((yield* runtime.status)._tag, "read-only")
          yield* runtime.refresh()
          assert.strictEqual(
            (yield* runtime.getAssetDetails({ root: "sfx/click" })).summary.registration,
            "unregistered"
          )
        }))
    }))
})
