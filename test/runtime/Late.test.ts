/** Folders that are durably elsewhere and still where they were, and what else must not stop a project. */
import { assert, describe, it } from "@effect/vitest"
import { Duration, Effect, Layer, Logger, Result, type Scope, Tracer } from "effect"
import { TestClock } from "effect/testing"
import { Command } from "../../src/domain/Command.ts"
import type { PackerEvent } from "../../src/domain/Event.ts"
import { defaultPackerSettings, PackerConfig } from "../../src/services/PackerConfig.ts"
import { PackerEventSink } from "../../src/services/PackerEventSink.ts"
import { ProjectRuntime } from "../../src/services/ProjectRuntime.ts"
import { CollectedEvents, collectingSink } from "../../src/testing/CollectingSink.ts"
import { type FaultyDisk, faultyDisk } from "../../src/testing/FaultyDisk.ts"
import { memoryProject } from "../../src/testing/MemoryProject.ts"
import { SimulatedDisk } from "../../src/testing/SimulatedDisk.ts"
import { steppableProject } from "../../src/testing/SteppableProject.ts"
import { inFolder, workspaceFiles } from "../../src/testing/WorkspaceFiles.ts"
import { assertLegal } from "../support/Legal.ts"

const files = inFolder(
  "/game",
  workspaceFiles({ "ui/atlas": { id: 1 }, "sfx/click": { id: 2 }, "sfx/clack": { id: 3 } })
)
const exclude = Command.setBuildParticipation({ asset: { id: 1 }, included: false })

const quiet = Layer.succeed(PackerConfig, {
  ...defaultPackerSettings,
  checkpointAfter: Duration.hours(1),
  checkpointAtLatest: Duration.hours(2)
})

const tagOf = <A>(effect: Effect.Effect<A, { readonly _tag: string }>): Effect.Effect<string> =>
  Effect.match(effect, { onFailure: ({ _tag }) => _tag, onSuccess: () => "success" })

const opened = <A, E>(
  body: (faulty: FaultyDisk) => Effect.Effect<A, E, ProjectRuntime | CollectedEvents | Scope.Scope>
) =>
  Effect.gen(function*() {
    const faulty = faultyDisk(SimulatedDisk.of(files).disk)
    const layer = Layer.provide(memoryProject({ disk: faulty.disk }), quiet)
    yield* Effect.scoped(Effect.provide(body(faulty), layer, { local: true }))
    assertLegal(yield* (yield* CollectedEvents).all)
  }).pipe(Effect.provide(collectingSink, { local: true }))

const isPublish = (event: PackerEvent): boolean => event.kind === "action_applied" && event.details.action === "publish"

describe("a folder that is durably elsewhere and cannot be moved yet", () => {
  it.effect("counts where it will be: no refresh finds it where it still is, and no command is about it", () =>
    opened((faulty) =>
      Effect.gen(function*() {
        const runtime = yield* ProjectRuntime
        const events = yield* CollectedEvents
        const rootsNow = Effect.map(runtime.listAssets(), ({ assets }) => assets.map(({ root }) => String(root)))
        const moved = ["deep/new/click", "sfx/clack", "ui/atlas"]
        faulty.failWhere(({ call, path }) => call === "rename" && path.endsWith("/sfx/click") ? "EBUSY" : undefined)
        const outcome = yield* runtime.execute(Command.relocate({ asset: { id: 2 }, to: "deep/new/click" }))
        assert.deepStrictEqual(outcome.warnings.map(({ code }) => code), ["commit/not-published"])
        assert.match(outcome.warnings[0]?.message ?? "", /failed with EBUSY; close programs/)
        assert.deepStrictEqual(yield* rootsNow, moved)
        yield* runtime.refresh()
        assert.deepStrictEqual(yield* rootsNow, moved)
        assert.strictEqual(yield* tagOf(runtime.refreshAsset({ root: "sfx/click" })), "AssetNotFound")
        const create = Command.create({ root: "sfx/click", name: "x", family: "tile_bank" })
        for (const command of [create, Command.register({ root: "sfx/click" })]) {
          assert.strictEqual(yield* tagOf(runtime.execute(command)), "PublishPending")
        }
        yield* runtime.execute(exclude)
        faulty.heal()
        yield* TestClock.adjust("10 seconds")
        yield* events.first(isPublish)
        const before = (yield* events.all).length
        yield* runtime.refresh()
        assert.deepStrictEqual(yield* rootsNow, moved)
        const later = (yield* events.all).slice(before).map(({ kind }) => kind)
        assert.notInclude(later, "divergence_detected")
        assert.notInclude(later, "asset_discovered")
        yield* runtime.execute(create)
        yield* runtime.flush
      })
    ))

  it.effect("is told when it goes, also if its asset is gone already", () =>
    opened((faulty) =>
      Effect.gen(function*() {
        const runtime = yield* ProjectRuntime
        const events = yield* CollectedEvents
        faulty.failWhere(({ call, path }) => call === "rename" && path.endsWith("/sfx/clack") ? "EBUSY" : undefined)
        const both = [2, 3].map((id) => Command.delete({ asset: { id } }))
        const outcome = yield* runtime.execute(Command.batch({ commands: both }))
        assert.deepStrictEqual(outcome.warnings.map(({ code }) => code), ["commit/not-published"])
        assert.strictEqual((yield* runtime.listAssets()).total, 1)
        yield* runtime.refresh()
        assert.strictEqual((yield* runtime.listAssets()).total, 1)
        assert.strictEqual(yield* tagOf(runtime.flush), "PublishPending")
        faulty.heal()
        yield* TestClock.adjust("10 seconds")
        yield* events.first(isPublish)
        yield* runtime.flush
        yield* runtime.refresh()
        assert.strictEqual((yield* runtime.listAssets()).total, 1)
      })
    ))
})

describe("what a host brings", () => {
  const project = () => memoryProject({ disk: SimulatedDisk.of(files).disk })

  it.effect("may throw in its tracer: the operation ends, and the next one works", () => {
    let throws = false
    const tracer = Tracer.make({
      span: (options) => {
        if (throws && options.name === "packer.execute") throw new Error("a tracer that throws")
        return new Tracer.NativeSpan(options)
      }
    })
    return Effect.gen(function*() {
      const runtime = yield* ProjectRuntime
      throws = true
      assert.strictEqual(yield* tagOf(runtime.execute(exclude)), "CommitFailed")
      assert.strictEqual(yield* tagOf(runtime.refresh()), "CommitFailed")
      throws = false
      assert.strictEqual(yield* tagOf(runtime.execute(exclude)), "success")
      yield* runtime.flush
    }).pipe(
      Effect.provide(Layer.provide(project(), collectingSink)),
      Effect.provideService(Tracer.Tracer, tracer)
    )
  })

  it.effect("may throw in its logger, and end the fiber of its sink at every event", () => {
    const logger = Layer.effectDiscard(Effect.void).pipe(
      Layer.provideMerge(Logger.layer([Logger.make<unknown, void>(() => {
        throw new Error("a logger that throws")
      })]))
    )
    const sink = Layer.succeed(PackerEventSink, {
      publish: () =>
        Effect.withFiber((fiber) => {
          fiber.interruptUnsafe()
          return Effect.void
        })
    })
    return Effect.gen(function*() {
      const runtime = yield* ProjectRuntime
      const handles = yield* Effect.forEach(
        Array.from({ length: 3000 }, (_, index) => index % 2 === 0),
        (included) => runtime.submit(Command.setBuildParticipation({ asset: { id: 1 }, included }))
      )
      const results = yield* Effect.forEach(handles, ({ await: end }) => Effect.result(end))
      assert.isTrue(results.every(Result.isSuccess))
    }).pipe(Effect.provide(Layer.provide(project(), [sink, logger])))
  })

  it.effect("is told when its sink does not come back from an event", () => {
    const logged: Array<unknown> = []
    const logger = Logger.layer([Logger.make<unknown, void>(({ message }) => {
      logged.push(message)
    })])
    const sink = Layer.succeed(PackerEventSink, { publish: () => Effect.never })
    return Effect.gen(function*() {
      yield* ProjectRuntime
      yield* TestClock.adjust("1 minute")
      const told = logged.filter((message) => String(message).includes("has been at event 1 for 5s"))
      assert.strictEqual(told.length, 1)
      yield* Effect.forkScoped(TestClock.adjust("1 minute"))
    }).pipe(Effect.provide(Layer.provide(project(), [sink, logger])))
  })
})

describe("a refresh that is cancelled", () => {
  it.effect("is not read to its end: the next command has its turn", () => {
    const project = steppableProject({ disk: SimulatedDisk.of(files).disk })
    return Effect.gen(function*() {
      const runtime = yield* ProjectRuntime
      yield* project.hold
      const handle = yield* runtime.submitRefresh()
      yield* project.held
      assert.isTrue(yield* handle.cancel)
      assert.strictEqual(yield* tagOf(handle.await), "Cancelled")
      assert.strictEqual(yield* tagOf(runtime.execute(exclude)), "success")
      yield* project.release
    }).pipe(Effect.provide(Layer.provide(project.layer, collectingSink)))
  })
})
