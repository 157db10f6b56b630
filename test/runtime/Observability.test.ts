/** What a host can see of the work: spans, logs, metrics; and that it needs a sink. */
import { assert, describe, expectTypeOf, it } from "@effect/vitest"
import { Config, ConfigProvider, Duration, Effect, Layer, Logger, Metric, References, Tracer } from "effect"
import { Command } from "../../src/domain/Command.ts"
import { defaultFamilies } from "../../src/domain/Family.ts"
import { ProjectId } from "../../src/domain/Identity.ts"
import { layer } from "../../src/layers/NodeProject.ts"
import { FamilyCatalog } from "../../src/services/FamilyCatalog.ts"
import { defaultPackerSettings, PackerConfig, packerSettings } from "../../src/services/PackerConfig.ts"
import { PackerEventSink } from "../../src/services/PackerEventSink.ts"
import { ProjectRuntime } from "../../src/services/ProjectRuntime.ts"
import { SnapshotPatch } from "../../src/services/SnapshotPatch.ts"
import { collectingSink } from "../../src/testing/CollectingSink.ts"
import { memoryProject } from "../../src/testing/MemoryProject.ts"
import { SimulatedDisk } from "../../src/testing/SimulatedDisk.ts"
import { inFolder, workspaceFiles } from "../../src/testing/WorkspaceFiles.ts"

const files = inFolder("/game", workspaceFiles({ "ui/atlas": { id: 1, files: { "a.png": "a" } } }))
const project = () => Layer.provide(memoryProject({ disk: SimulatedDisk.of(files).disk }), collectingSink)
const exclude = Command.setBuildParticipation({ asset: { id: 1 }, included: false })

describe("a runtime", () => {
  it("does not compile without a sink", () => {
    const program = Effect.flatMap(ProjectRuntime, (runtime) => runtime.listAssets()).pipe(
      Effect.provide(layer({ projectId: ProjectId.make("game"), root: "/game" }))
    )
    expectTypeOf<Effect.Services<typeof program>>().toEqualTypeOf<PackerEventSink>()
    expectTypeOf(program).not.toExtend<Effect.Effect<unknown, unknown>>()
    expectTypeOf(Effect.provide(program, collectingSink)).toExtend<Effect.Effect<unknown, unknown>>()
  })

  it.live("makes a span of each operation, with spans for its parts, as a child of whoever asked", () => {
    const spans: Array<Tracer.Span> = []
    const tracer = Tracer.make({
      span: (options) => {
        const span = new Tracer.NativeSpan(options)
        spans.push(span)
        return span
      }
    })
    return Effect.gen(function*() {
      yield* Effect.gen(function*() {
        const runtime = yield* ProjectRuntime
        yield* Effect.withSpan(runtime.execute(exclude, { operationId: "mine" }), "host")
        yield* runtime.refresh()
      }).pipe(Effect.provide(project()))
      const named = (name: string) => spans.filter((span) => span.name === name)
      const [execute, refresh] = named("packer.execute")
      const parentOf = (span: Tracer.Span | undefined) =>
        span?.parent._tag === "Some" && span.parent.value._tag === "Span" ? span.parent.value.name : undefined
      assert.strictEqual(parentOf(execute), "host")
      assert.deepStrictEqual(Object.fromEntries(execute?.attributes ?? []), {
        project: "test-project",
        operation_id: "mine",
        command: "setBuildParticipation",
        generation: 2
      })
      assert.strictEqual(refresh?.attributes.get("command"), "refresh")
      for (const name of ["packer.plan", "packer.patch"]) {
        assert.strictEqual(parentOf(named(name)[0]), "packer.execute", name)
      }
      // A group has one commit; its operations and it link each other.
      const [commit] = named("packer.commit")
      assert.strictEqual(parentOf(named("packer.publish")[0]), "packer.commit")
      assert.deepStrictEqual(execute?.links.map(({ span }) => span.spanId), [commit?.spanId])
      assert.deepStrictEqual(commit?.links.map(({ span }) => span.spanId), [execute?.spanId])
      assert.strictEqual(parentOf(named("packer.scan")[0]), "packer.open")
      for (const span of spans) assert.strictEqual(span.status._tag, "Ended", span.name)
    }).pipe(Effect.provideService(Tracer.Tracer, tracer))
  })

  it.live("counts what it does", () =>
    Effect.gen(function*() {
      const runtime = yield* ProjectRuntime
      yield* runtime.execute(exclude)
      yield* Effect.exit(runtime.execute(Command.unregister({ asset: { id: 9 } })))
      const all = yield* Metric.snapshot
      const of = (id: string, attributes: Readonly<Record<string, string>> = {}) =>
        all.find((metric) =>
          metric.id === id &&
          Object.entries(attributes).every(([key, value]) => metric.attributes?.[key] === value)
        )?.state
      assert.include(of("packer_operations_total", { command: "setBuildParticipation", outcome: "applied" }), {
        count: 1
      })
      assert.include(of("packer_operations_total", { command: "unregister", outcome: "AssetNotFound" }), { count: 1 })
      assert.include(of("packer_snapshot_generation"), { value: 2 })
      assert.include(of("packer_snapshot_assets"), { value: 1 })
      assert.include(of("packer_queue_depth"), { value: 0 })
      assert.include(of("packer_commit_duration"), { count: 1 })
      assert.include(of("packer_group_size"), { count: 1, sum: 1 })
      assert.include(of("packer_scan_duration"), { count: 1 })
      assert.isDefined(of("packer_events_published_total"))
    }).pipe(Effect.provide(project()), Effect.provideService(Metric.MetricRegistry, new Map())))

  it.live("annotates what it logs with the operation", () => {
    const logged: Array<unknown> = []
    const logger = Logger.make<unknown, void>(({ fiber }) => {
      logged.push(fiber.getRef(References.CurrentLogAnnotations))
    })
    const sink = Layer.succeed(PackerEventSink, { publish: () => Effect.void })
    const broken = Layer.succeed(SnapshotPatch, () => {
      throw new Error("a defect")
    })
    return Effect.gen(function*() {
      const runtime = yield* ProjectRuntime
      yield* runtime.execute(exclude, { operationId: "mine" })
      assert.deepInclude(logged, { project: "test-project", operation_id: "mine", command: "setBuildParticipation" })
    }).pipe(
      Effect.provide(
        memoryProject({ disk: SimulatedDisk.of(files).disk }).pipe(
          Layer.provide([sink, broken]),
          Layer.provideMerge(Logger.layer([logger]))
        )
      )
    )
  })
})

describe("the configuration", () => {
  const limited = { ...defaultPackerSettings, batchLimit: 1 }
  const batch = Command.batch({ commands: [exclude, exclude] })

  it.live("holds for the project that is opened with it", () =>
    Effect.gen(function*() {
      const runtime = yield* ProjectRuntime
      const { blockers } = yield* runtime.preview(batch)
      assert.deepStrictEqual(blockers.map(({ code }) => code), ["batch/too-large"])
    }).pipe(Effect.provide(Layer.provide(project(), Layer.succeed(PackerConfig, limited)))))

  it.effect("comes from the host's, with defaults for what is absent", () =>
    Effect.gen(function*() {
      const settings = yield* Config.nested(packerSettings, "packer")
      assert.deepStrictEqual(settings, {
        ...defaultPackerSettings,
        durability: "os",
        eventBuffer: 7,
        sinkPatience: Duration.seconds(2)
      })
    }).pipe(Effect.provide(ConfigProvider.layer(ConfigProvider.fromUnknown({
      packer: { durability: "os", eventBuffer: "7", sinkPatience: "2 seconds" }
    })))))

  it.effect("refuses numbers that cannot be", () =>
    Effect.gen(function*() {
      const error = yield* Effect.flip(packerSettings)
      assert.include(String(error), "eventBuffer")
    }).pipe(Effect.provide(ConfigProvider.layer(ConfigProvider.fromUnknown({ eventBuffer: "0" })))))

  it.live("takes a studio's own kinds of assets", () => {
    const [first, ...others] = defaultFamilies
    const own = first === undefined ? [] : [{ ...first, id: "voxel_bank" }, ...others]
    return Effect.gen(function*() {
      const runtime = yield* ProjectRuntime
      yield* runtime.execute(Command.create({ root: "a/b", name: "n", family: "voxel_bank" }))
      const { diagnostics } = yield* runtime.getAssetDetails({ id: 1 })
      assert.deepStrictEqual(diagnostics.map(({ code }) => code), ["manifest/unknown-family"])
    }).pipe(Effect.provide(Layer.provide(project(), Layer.succeed(FamilyCatalog, own))))
  })
})
