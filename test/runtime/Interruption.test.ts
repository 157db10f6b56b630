/** Whoever asks may go away at any moment, and may change their mind: no operation is harmed by that. */
import { assert, describe, it } from "@effect/vitest"
import { Cause, Effect, Exit, Fiber, Layer, Option, Result, Scheduler, type Scope, Stream } from "effect"
import { TestClock } from "effect/testing"
import { Command } from "../../src/domain/Command.ts"
import type { PackerError } from "../../src/domain/Errors.ts"
import { isTerminal } from "../../src/domain/Event.ts"
import type { SinkReentry } from "../../src/domain/StreamErrors.ts"
import { diskWorkspace } from "../../src/layers/DiskWorkspace.ts"
import type { ProjectOptions } from "../../src/layers/Project.ts"
import { sha256 } from "../../src/layers/Sha256.ts"
import { defaultPackerSettings, PackerConfig } from "../../src/services/PackerConfig.ts"
import { PackerEventSink } from "../../src/services/PackerEventSink.ts"
import { ProjectRuntime } from "../../src/services/ProjectRuntime.ts"
import { Workspace } from "../../src/services/Workspace.ts"
import { CollectedEvents, collectingSink } from "../../src/testing/CollectingSink.ts"
import { type FaultyDisk, faultyDisk } from "../../src/testing/FaultyDisk.ts"
import { memoryProject } from "../../src/testing/MemoryProject.ts"
import { seeded } from "../../src/testing/Seeded.ts"
import { SimulatedDisk } from "../../src/testing/SimulatedDisk.ts"
import { inFolder, workspaceFiles } from "../../src/testing/WorkspaceFiles.ts"
import { assertLegal } from "../support/Legal.ts"

const seed = Number(process.env["SEED"] ?? 2_207)
const files = inFolder(
  "/game",
  workspaceFiles({
    "ui/atlas": { id: 1, manifest: { name: "atlas" } },
    "sfx/click": { id: 2, manifest: { name: "click" } }
  })
)
const manifestPath = "/game/assets/ui/atlas/asset.json"
const rename = (name: string) => Command.updateContract({ asset: { id: 1 }, name })
const create = (root: string) => Command.create({ root, name: root, family: "tile_bank" })
const other = (included: boolean) => Command.setBuildParticipation({ asset: { id: 2 }, included })

interface Ground {
  readonly memory: SimulatedDisk
  readonly faulty: FaultyDisk
}

/** One opening of a small project, with all of its events legal at its end. */
const opened = <A, E>(
  body: (ground: Ground) => Effect.Effect<A, E, ProjectRuntime | CollectedEvents | Scope.Scope>,
  options: Partial<Omit<ProjectOptions, "hash">> = {}
) =>
  Effect.gen(function*() {
    const memory = SimulatedDisk.of(files)
    const faulty = faultyDisk(memory.disk)
    const project = memoryProject({ disk: faulty.disk, ...options })
    const result = yield* Effect.scoped(Effect.provide(body({ memory, faulty }), project, { local: true }))
    assert.strictEqual(memory.openFiles, 0)
    assertLegal(yield* (yield* CollectedEvents).all)
    return result
  }).pipe(Effect.provide(collectingSink, { local: true }))

/** Lets a fiber, and those it forks, give way after so few steps that others may come between any two of them. */
const slowly = (steps: number) => Effect.provideService(Scheduler.MaxOpsBeforeYield, steps)

/** Gives every other fiber so many turns. */
const turns = (count: number) => Effect.repeat(Effect.yieldNow, { times: count }).pipe(slowly(2048))

const wasInterrupted = <A, E>(exit: Exit.Exit<A, E>) => Exit.isFailure(exit) && Cause.hasInterruptsOnly(exit.cause)

const tagOf = <A>(effect: Effect.Effect<A, { readonly _tag: string }>): Effect.Effect<string> =>
  Effect.match(effect, { onFailure: ({ _tag }) => _tag, onSuccess: () => "success" })

/** What callers wait for; each under one id, so that it can be asked for again. */
const waits: Readonly<
  Record<string, (runtime: ProjectRuntime["Service"], id: string) => Effect.Effect<unknown, PackerError | SinkReentry>>
> = {
  execute: (runtime, operationId) => runtime.execute(rename("renamed"), { operationId }),
  submit: (runtime, operationId) => Effect.repeat(runtime.submit(rename("renamed"), { operationId }), { times: 20 }),
  await: (runtime, operationId) =>
    Effect.flatMap(runtime.submit(rename("renamed"), { operationId }), (handle) => handle.await),
  refresh: (runtime, operationId) => runtime.refresh({ operationId }),
  refreshAsset: (runtime, operationId) => runtime.refreshAsset({ id: 1 }, { operationId }),
  preview: (runtime) => runtime.preview(rename("renamed")),
  flush: (runtime) => runtime.flush
}

/** Asks again for the same, and waits. */
const again = (wait: string, runtime: ProjectRuntime["Service"], operationId: string) => {
  if (wait === "refresh") return runtime.refresh({ operationId })
  if (wait === "refreshAsset") return runtime.refreshAsset({ id: 1 }, { operationId })
  return runtime.execute(rename("renamed"), { operationId })
}

describe("a caller who is interrupted", () => {
  it.effect.each(Object.entries(waits))(
    "in %s, at any step, harms nothing",
    ([wait, waitFor]) =>
      Effect.gen(function*() {
        const random = seeded(seed)
        let interrupted = 0
        for (let round = 0; round < 30; round++) {
          const after = Math.floor(random() * (round % 2 === 0 ? 40 : 200))
          const steps = 3 + Math.floor(random() * 5)
          const name = `${wait} interrupted after ${after} turns, ${steps} steps a turn, seed ${seed}`
          yield* opened(({ memory }) =>
            Effect.gen(function*() {
              const runtime = yield* ProjectRuntime
              const id = "the-one"
              const caller = yield* Effect.forkChild(slowly(steps)(waitFor(runtime, id)), {
                startImmediately: true
              })
              yield* turns(after)
              yield* Fiber.interrupt(caller)
              if (wasInterrupted(yield* Fiber.await(caller))) interrupted++
              // Everybody else goes on.
              yield* runtime.execute(other(false))
              yield* runtime.flush
              const first = yield* again(wait, runtime, id)
              assert.deepStrictEqual(yield* again(wait, runtime, id), first, name)
              const handle = wait.startsWith("refresh")
                ? yield* runtime.submitRefresh({
                  operationId: id,
                  ...(wait === "refresh" ? {} : { asset: { id: 1 } })
                })
                : yield* runtime.submit(rename("renamed"), { operationId: id })
              assert.deepStrictEqual(yield* handle.poll, Option.some(Result.succeed(first)), name)
              const events = yield* (yield* CollectedEvents).of(first.operationId)
              assert.strictEqual(events.filter(isTerminal).length, 1, name)
              assert.deepStrictEqual(yield* Stream.runCollect(handle.events), events, name)
              if (!wait.startsWith("refresh")) {
                assert.strictEqual(events.filter(({ kind }) => kind === "asset_changed").length, 1, name)
                assert.include(memory.text(manifestPath) ?? "", "\"renamed\"", name)
              }
            })
          ).pipe(slowly(steps))
        }
        assert.isAtLeast(interrupted, 5)
      })
  )

  it.effect("at each gate of the disk leaves an operation that ends as if nobody had gone", () =>
    Effect.gen(function*() {
      for (const call of ["stat", "readFile", "open", "write", "flushData", "rename"] as const) {
        yield* opened(({ faulty }) =>
          Effect.gen(function*() {
            const runtime = yield* ProjectRuntime
            const gate = faulty.gate((made) => made.call === call)
            // The manifest has another time: it is read again, not only looked at.
            const caller = yield* Effect.forkChild(runtime.execute(rename("renamed"), { operationId: "one" }))
            yield* call === "readFile" ? turns(20) : gate.reached
            yield* Fiber.interrupt(caller)
            yield* gate.open
            const outcome = yield* runtime.execute(rename("renamed"), { operationId: "one" })
            assert.strictEqual(outcome.generation, 2, call)
          })
        )
      }
    }))

  it.effect("leaves nothing undone of handles that nobody looks at", () =>
    opened(() =>
      Effect.gen(function*() {
        const runtime = yield* ProjectRuntime
        for (let n = 0; n < 300; n++) yield* runtime.submit(rename(`n${n}`))
        yield* runtime.execute(other(false))
        const terminal = (yield* (yield* CollectedEvents).all).filter(isTerminal)
        assert.strictEqual(terminal.length, 302)
      })
    ))
})

describe("what was accepted", () => {
  it.effect("comes to its end, however it was accepted while the project closed", () =>
    Effect.gen(function*() {
      const random = seeded(seed)
      const outcomes = new Map<string, number>()
      for (let round = 0; round < 120; round++) {
        const [submitted, closed] = [Math.floor(random() * 40), Math.floor(random() * 10)]
        const steps = 3 + Math.floor(random() * 4)
        const name = `submitted after ${submitted}, closed after ${closed} turns of ${steps} steps, seed ${seed}`
        yield* opened(() =>
          Effect.gen(function*() {
            const runtime = yield* ProjectRuntime
            const both = [runtime.submit(rename("renamed")), runtime.submitRefresh({ asset: { id: 2 } })] as const
            const submitting = yield* Effect.forkChild(
              Effect.exit(Effect.andThen(turns(submitted), both[round % 2] ?? both[0])),
              { startImmediately: true }
            )
            yield* turns(closed)
            yield* runtime.close
            const handles = yield* Fiber.join(submitting)
            outcomes.set(handles._tag, (outcomes.get(handles._tag) ?? 0) + 1)
            if (Exit.isFailure(handles)) return
            assert.isTrue(Option.isSome(yield* handles.value.poll), `it never ran: ${name}`)
          })
        ).pipe(slowly(steps))
      }
      assert.isAtLeast(outcomes.get("Success") ?? 0, 3)
      assert.isAtLeast(outcomes.get("Failure") ?? 0, 3)
    }))

  it.effect("at once with others is carried out, each once", () =>
    Effect.gen(function*() {
      for (let steps = 3; steps < 12; steps++) {
        yield* opened(() =>
          Effect.gen(function*() {
            const runtime = yield* ProjectRuntime
            const callers = Array.from({ length: 20 }, (_, n) =>
              runtime.submit(n % 2 === 0 ? rename(`n${n}`) : other(n % 4 === 1), {
                operationId: `id-${n >> 1}-${n % 2}`
              }))
            const handles = yield* Effect.all([...callers, ...callers], { concurrency: "unbounded" })
            yield* runtime.close
            for (const handle of handles) {
              assert.isTrue(Option.isSome(yield* handle.poll), `${handle.operationId}, ${steps} steps a turn`)
            }
            const terminal = (yield* (yield* CollectedEvents).all).filter(isTerminal)
            assert.strictEqual(terminal.length, 21)
          })
        ).pipe(slowly(steps))
      }
    }))
})

describe("cancelling", () => {
  /** Holds the lane in a command on the other asset, and gives what lets it go on. */
  const holdLane = Effect.fnUntraced(function*(runtime: ProjectRuntime["Service"], faulty: FaultyDisk) {
    const gate = faulty.gate(({ call, path }) => call === "flushData" && path.includes("journal"))
    const first = yield* runtime.submit(other(false))
    yield* gate.reached
    return { first, go: gate.open }
  })

  it.effect("what waits ends it at once, and it touches nothing", () =>
    opened(({ faulty, memory }) =>
      Effect.gen(function*() {
        const runtime = yield* ProjectRuntime
        const { first, go } = yield* holdLane(runtime, faulty)
        const handle = yield* runtime.submit(rename("renamed"), { operationId: "waits" })
        const waiting = yield* Effect.forkChild(Effect.flip(handle.await))
        assert.isTrue(yield* handle.cancel)
        assert.isFalse(yield* handle.cancel)
        assert.strictEqual((yield* Fiber.join(waiting))._tag, "Cancelled")
        assert.isTrue(Option.isNone(yield* first.poll))
        yield* go
        yield* first.await
        assert.strictEqual(yield* tagOf(runtime.execute(rename("renamed"), { operationId: "waits" })), "Cancelled")
        assert.include(memory.text(manifestPath) ?? "", "\"atlas\"")
        const events = yield* Stream.runCollect(handle.events)
        assert.deepStrictEqual(events.map(({ kind }) => kind), ["action_failed"])
      })
    ))

  it.effect("while it is looked for on disk ends it, and it touches nothing", () =>
    opened(({ faulty, memory }) =>
      Effect.gen(function*() {
        const runtime = yield* ProjectRuntime
        // Somebody else edits: what is noticed by a look that nobody wants any more is not told either.
        memory.replace(manifestPath, `${memory.text(manifestPath)} `)
        const gate = faulty.gate(({ call, path }) => call === "readFile" && path === manifestPath)
        const handle = yield* runtime.submit(rename("renamed"))
        yield* gate.reached
        assert.isTrue(yield* handle.cancel)
        assert.strictEqual(yield* tagOf(handle.await), "Cancelled")
        yield* gate.open
        yield* runtime.execute(other(false))
        assert.include(memory.text(manifestPath) ?? "", "\"atlas\"")
        assert.deepStrictEqual((yield* Stream.runCollect(handle.events)).map(({ kind }) => kind), ["action_failed"])
      })
    ))

  it.effect("what entered its commit is too late", () =>
    opened(({ faulty, memory }) =>
      Effect.gen(function*() {
        const runtime = yield* ProjectRuntime
        for (const [n, call] of (["open", "write", "flushData", "rename"] as const).entries()) {
          const gate = faulty.gate((made) => made.call === call)
          const handle = yield* runtime.submit(rename(`late-${n}`))
          yield* gate.reached
          assert.isFalse(yield* handle.cancel, call)
          yield* gate.open
          yield* handle.await
          assert.isFalse(yield* handle.cancel)
          assert.include(memory.text(manifestPath) ?? "", `"late-${n}"`)
        }
      })
    ))

  it.effect("a refresh that still reads ends it, and its end stays its last event", () =>
    opened(({ faulty }) =>
      Effect.gen(function*() {
        const runtime = yield* ProjectRuntime
        const gate = faulty.gate(({ call }) => call === "list")
        const handle = yield* runtime.submitRefresh({ operationId: "refresh" })
        yield* gate.reached
        assert.isTrue(yield* handle.cancel)
        assert.strictEqual(yield* tagOf(handle.await), "Cancelled")
        yield* gate.open
        yield* runtime.execute(other(false))
        const events = yield* (yield* CollectedEvents).of(handle.operationId)
        assert.deepStrictEqual(events.map(({ kind }) => kind), ["action_failed"])
      })
    ))

  it.effect("a refresh of one asset that is looked for ends it", () =>
    opened(({ faulty, memory }) =>
      Effect.gen(function*() {
        const runtime = yield* ProjectRuntime
        memory.replace(manifestPath, `${memory.text(manifestPath)} `)
        const gate = faulty.gate(({ call, path }) => call === "readFile" && path === manifestPath)
        const handle = yield* runtime.submitRefresh({ asset: { id: 1 } })
        yield* gate.reached
        assert.isTrue(yield* handle.cancel)
        yield* gate.open
        yield* runtime.execute(other(false))
        const events = yield* (yield* CollectedEvents).of(handle.operationId)
        assert.deepStrictEqual(events.map(({ kind }) => kind), ["action_failed"])
      })
    ))

  it.effect("what then dies of a defect ends it once", () => {
    const dying = Layer.effect(
      Workspace,
      Effect.map(Workspace, (workspace) =>
        Workspace.of({
          ...workspace,
          observe: (looks) => Effect.andThen(workspace.observe(looks), Effect.die(new Error("a defect of ours")))
        }))
    ).pipe(
      Layer.provide(diskWorkspace({ hash: sha256, manifestLimit: 1e6, registryLimit: 1e6, concurrency: 2 }))
    )
    return opened(({ faulty }) =>
      Effect.gen(function*() {
        const runtime = yield* ProjectRuntime
        const gate = faulty.gate(({ call, path }) => call === "readFile" && path === manifestPath)
        const handle = yield* runtime.submit(rename("renamed"))
        yield* gate.reached
        assert.isTrue(yield* handle.cancel)
        yield* gate.open
        yield* Effect.exit(runtime.execute(rename("again")))
        const events = yield* (yield* CollectedEvents).of(handle.operationId)
        assert.strictEqual(events.filter(isTerminal).length, 1)
      }), { workspace: dying })
  })

  it.effect("what is told to be under way ends with its end", () =>
    opened(({ faulty }) =>
      Effect.gen(function*() {
        const runtime = yield* ProjectRuntime
        const gate = faulty.gate(({ call, path }) => call === "readFile" && path === manifestPath)
        const handle = yield* runtime.submit(rename("renamed"))
        yield* gate.reached
        yield* TestClock.adjust("100 millis")
        yield* (yield* CollectedEvents).first(({ kind, operation_id }) =>
          kind === "progress_updated" && operation_id === handle.operationId
        )
        assert.isTrue(yield* handle.cancel)
        yield* TestClock.adjust("1 second")
        yield* gate.open
        yield* runtime.execute(other(false))
        const events = yield* Stream.runCollect(handle.events)
        assert.deepStrictEqual(events.map(({ kind }) => kind), ["progress_updated", "action_failed"])
      })
    ))

  it.effect("by several at once succeeds for one of them", () =>
    opened(({ faulty }) =>
      Effect.gen(function*() {
        const runtime = yield* ProjectRuntime
        const { go } = yield* holdLane(runtime, faulty)
        const handle = yield* runtime.submit(rename("renamed"), { operationId: "one" })
        const same = yield* runtime.submit(rename("renamed"), { operationId: "one" })
        const told = yield* Effect.all([handle.cancel, same.cancel, handle.cancel], { concurrency: "unbounded" })
        assert.deepStrictEqual(told.filter((cancelled) => cancelled), [true])
        yield* go
        assert.strictEqual(yield* tagOf(same.await), "Cancelled")
      })
    ))
})

describe("a handle", () => {
  it.effect("is awaited twice, by many, and by some who go away; and its events are read by all", () =>
    opened(({ faulty }) =>
      Effect.gen(function*() {
        const runtime = yield* ProjectRuntime
        const gate = faulty.gate(({ call }) => call === "flushData")
        const handle = yield* runtime.submit(rename("renamed"))
        const early = yield* Effect.forkChild(Stream.runCollect(handle.events), { startImmediately: true })
        const many = yield* Effect.forEach(Array.from({ length: 50 }), () =>
          Effect.forkChild(handle.await, { startImmediately: true }))
        yield* gate.reached
        assert.isTrue(Option.isNone(yield* handle.poll))
        yield* Effect.forEach(
          many.filter((_, n) =>
            n % 2 === 0
          ),
          Fiber.interrupt
        )
        yield* gate.open
        const outcome = yield* handle.await
        assert.deepStrictEqual(yield* handle.await, outcome)
        for (const fiber of many.filter((_, n) => n % 2 === 1)) {
          assert.deepStrictEqual(yield* Fiber.join(fiber), outcome)
        }
        assert.deepStrictEqual(yield* handle.poll, Option.some(Result.succeed(outcome)))
        const events = yield* (yield* CollectedEvents).of(handle.operationId)
        assert.deepStrictEqual(yield* Fiber.join(early), events)
        assert.deepStrictEqual(yield* Stream.runCollect(handle.events), events)
        assert.deepStrictEqual(yield* Stream.runCollect(Stream.take(handle.events, 1)), events.slice(0, 1))
        yield* runtime.close
        assert.deepStrictEqual(yield* Stream.runCollect(handle.events), events)
      })
    ))

  it.effect("that is held reads its events when all others are forgotten", () =>
    opened(() =>
      Effect.gen(function*() {
        const runtime = yield* ProjectRuntime
        const handle = yield* runtime.submit(rename("first"), { operationId: "first" })
        yield* handle.await
        for (let n = 0; n < 20; n++) yield* runtime.execute(rename(`n${n}`))
        const events = yield* (yield* CollectedEvents).of(handle.operationId)
        assert.deepStrictEqual(yield* Stream.runCollect(handle.events), events)
        const late = yield* runtime.submit(rename("first"), { operationId: "first" })
        assert.strictEqual(yield* tagOf(Stream.runCollect(late.events)), "EventsNotRetained")
      })
    ).pipe(Effect.provide(Layer.succeed(PackerConfig, { ...defaultPackerSettings, eventRetention: 4 }))))

  it.effect("whose end the sink has not taken is the same operation, though few are remembered", () =>
    Effect.gen(function*() {
      const taking = yield* Effect.cached(Effect.void)
      const memory = SimulatedDisk.of(files)
      const terminal: Array<string> = []
      const held = faultyDisk(memory.disk)
      // A sink that waits for a call of the disk, which has a gate.
      const gate = held.gate(({ path }) => path === "/sink")
      const sink = Layer.succeed(PackerEventSink, {
        publish: (event) =>
          Effect.sync(() => {
            if (isTerminal(event)) terminal.push(event.operation_id)
          }).pipe(Effect.andThen(Effect.ignore(held.disk.stat("/sink"))), Effect.andThen(taking))
      })
      yield* Effect.gen(function*() {
        const runtime = yield* ProjectRuntime
        const { operationId } = yield* runtime.submit(rename("one"), { operationId: "one" })
        yield* runtime.submit(other(false), { operationId: "two" })
        const both = Effect.all([runtime.preview(rename("one")), runtime.preview(other(false))])
        // Both are done, and the sink has had the end of neither.
        const areDone = Effect.map(
          both,
          (previews) => previews.every((shown) => shown.filesystemMutations.length === 0)
        )
        yield* Effect.repeat(areDone, { until: (done) => done })
        yield* turns(50)
        const retried = yield* runtime.submit(rename("one"), { operationId: "one" })
        yield* retried.cancel
        yield* gate.open
        yield* retried.await
        yield* runtime.execute(other(true))
        assert.deepStrictEqual(terminal.filter((id) => id === operationId), [operationId])
      }).pipe(Effect.provide(
        memoryProject({ disk: memory.disk }).pipe(
          Layer.provide(sink),
          Layer.provide(Layer.succeed(PackerConfig, { ...defaultPackerSettings, rememberedOperations: 1 }))
        )
      ))
    }))
})

describe("a preview that looks while commands are carried out", () => {
  it.effect("shows what is true of one generation, and can be applied if nothing came in between", () =>
    Effect.gen(function*() {
      const random = seeded(seed)
      const met = new Set<number>()
      for (let round = 0; round < 30; round++) {
        const after = Math.floor(random() * 120)
        const steps = 3 + Math.floor(random() * 5)
        const name = `looks after ${after} turns of ${steps} steps, seed ${seed}`
        yield* opened(({ memory }) =>
          Effect.gen(function*() {
            const runtime = yield* ProjectRuntime
            const hashes = new Map([[1, sha256(memory.bytes(manifestPath) ?? new Uint8Array())]])
            const changing = yield* Effect.forkChild(
              Effect.forEach(["one", "two"], (text) =>
                Effect.map(runtime.execute(rename(text)), ({ generation }) =>
                  hashes.set(generation, sha256(memory.bytes(manifestPath) ?? new Uint8Array())))),
              { startImmediately: true }
            )
            yield* turns(after)
            const preview = yield* runtime.preview(rename("shown"))
            const relocation = yield* runtime.preview(Command.relocate({ asset: { id: 1 }, to: "away" }))
            yield* Fiber.join(changing)
            assert.deepStrictEqual([...preview.blockers, ...relocation.blockers], [], name)
            met.add(preview.baseGeneration)
            assert.strictEqual(preview.filesystemMutations[0]?.before?.hash, hashes.get(preview.baseGeneration), name)
            const isNewest = preview.baseGeneration === 3
            const applied = yield* tagOf(runtime.execute(rename("shown"), { expecting: preview }))
            assert.strictEqual(applied, isNewest ? "success" : "PreviewStale", name)
          })
        ).pipe(slowly(steps))
      }
      assert.isAtLeast(met.size, 2)
    }))
})

describe("what a host without types gets wrong", () => {
  // Types refuse these, and hosts without types do not know that.
  const inputs: Readonly<
    Record<string, (runtime: ProjectRuntime["Service"]) => Effect.Effect<unknown, { readonly _tag: string }>>
  > = {
    "an asset that is a text": (runtime) => runtime.refreshAsset("ui/atlas" as never),
    "an asset that is nothing": (runtime) => runtime.refreshAsset(null as never),
    "an asset that is not given": (runtime) => runtime.refreshAsset(undefined as never),
    "options of one asset that are a text": (runtime) => runtime.refreshAsset({ id: 1 }, "once" as never),
    "an asset that is a number": (runtime) => runtime.refreshAsset(1 as never),
    "an asset with an id that is a text": (runtime) => runtime.refreshAsset({ id: "1" } as never),
    "an asset with a root that is a number": (runtime) => runtime.refreshAsset({ root: 5 } as never),
    "an asset without any name": (runtime) => runtime.refreshAsset({} as never),
    "a choice that there is not": (runtime) => runtime.refresh({ onConflict: "keep-everything" } as never),
    "a command that is nothing": (runtime) => runtime.execute(null as never),
    "an operation id that is a number": (runtime) => runtime.execute(rename("x"), { operationId: 5 } as never),
    "a preview that is empty": (runtime) => runtime.execute(rename("x"), { expecting: {} } as never),
    "a preview that is a text": (runtime) => runtime.execute(rename("x"), { expecting: "yes" } as never),
    "a preview of less": (runtime) =>
      Effect.flatMap(
        runtime.preview(create("one")),
        (expecting) => runtime.execute(Command.batch({ commands: [create("one"), create("two")] }), { expecting })
      ),
    "a preview with uuids that are none": (runtime) =>
      Effect.flatMap(
        runtime.preview(create("one")),
        (preview) => runtime.execute(create("one"), { expecting: { ...preview, newUuids: ["none"] } as never })
      ),
    "a preview without uuids": (runtime) =>
      Effect.flatMap(
        runtime.preview(create("one")),
        (preview) => runtime.execute(create("one"), { expecting: { ...preview, newUuids: [] } })
      )
  }
  for (const [name, wrong] of Object.entries(inputs)) {
    it.effect(`${name}, is told, and harms nobody`, () =>
      opened(({ memory }) =>
        Effect.gen(function*() {
          const runtime = yield* ProjectRuntime
          const tag = yield* tagOf(wrong(runtime))
          assert.include(["InvalidCommand", "AssetNotFound", "PreviewStale"], tag)
          assert.strictEqual((yield* runtime.status)._tag, "ready")
          assert.isUndefined(memory.text("/game/assets/one/asset.json"))
          yield* runtime.execute(rename("later"))
        })
      ))
  }
})
