/** Sinks that are slow, that die, that never take anything, and that call back. */
import { assert, describe, it } from "@effect/vitest"
import {
  Clock,
  Context,
  Deferred,
  Duration,
  Effect,
  Fiber,
  Latch,
  Layer,
  Option,
  Queue,
  type Scope,
  Stream
} from "effect"
import { TestClock } from "effect/testing"
import { Command } from "../../src/domain/Command.ts"
import { isTerminal, type PackerEvent } from "../../src/domain/Event.ts"
import { ProjectId } from "../../src/domain/Identity.ts"
import { diskWorkspace } from "../../src/layers/DiskWorkspace.ts"
import { functionSink } from "../../src/layers/FunctionSink.ts"
import { pubSubSink } from "../../src/layers/PubSubSink.ts"
import { queueSink } from "../../src/layers/QueueSink.ts"
import { severalSinks } from "../../src/layers/SeveralSinks.ts"
import { sha256 } from "../../src/layers/Sha256.ts"
import { defaultPackerSettings, PackerConfig, type PackerSettings } from "../../src/services/PackerConfig.ts"
import { PackerEventSink } from "../../src/services/PackerEventSink.ts"
import { ProjectRuntime } from "../../src/services/ProjectRuntime.ts"
import { Workspace } from "../../src/services/Workspace.ts"
import { memoryProject, type MemoryProjectOptions } from "../../src/testing/MemoryProject.ts"
import { SimulatedDisk } from "../../src/testing/SimulatedDisk.ts"
import { inFolder, workspaceFiles } from "../../src/testing/WorkspaceFiles.ts"
import { assertLegal } from "../support/Legal.ts"

const files = inFolder(
  "/game",
  workspaceFiles({
    "ui/atlas": { id: 1, manifest: { name: "atlas" } },
    "sfx/click": { id: 2, manifest: { name: "click" } }
  })
)
const rename = (name: string) => Command.updateContract({ asset: { id: 1 }, name })

interface Settings extends Partial<Omit<MemoryProjectOptions, "disk">> {
  readonly config?: Partial<PackerSettings>
}

const project = (sink: Layer.Layer<PackerEventSink>, { config = {}, ...options }: Settings = {}) =>
  memoryProject({ disk: SimulatedDisk.of(files).disk, ...options }).pipe(
    Layer.provide(sink),
    Layer.provide(Layer.succeed(PackerConfig, { ...defaultPackerSettings, ...config }))
  )

/** One opening with a sink of the test's, closed at the end. */
const opened = <A, E>(
  publish: (event: PackerEvent) => Effect.Effect<void>,
  body: (runtime: ProjectRuntime["Service"]) => Effect.Effect<A, E, Scope.Scope>,
  settings: Settings = {}
) =>
  Effect.scoped(
    Effect.flatMap(ProjectRuntime, body).pipe(
      Effect.provide(project(Layer.succeed(PackerEventSink, { publish }), settings), { local: true })
    )
  )

/** A sink that keeps what it gets, and takes nothing as long as its latch is closed. */
const held = () => {
  const events: Array<PackerEvent> = []
  const latch = Latch.makeUnsafe(true)
  const entered = Latch.makeUnsafe()
  const publish = (event: PackerEvent) =>
    Effect.suspend(() => {
      events.push(event)
      if (latch.isOpen()) return Effect.void
      entered.openUnsafe()
      return latch.await
    })
  return { events, latch, entered, publish }
}

/** A workspace whose scans tell so many times how far they are. */
const talkative = (times: number) =>
  Layer.effect(
    Workspace,
    Effect.map(Workspace, (workspace) =>
      Workspace.of({
        ...workspace,
        scan: (taking) =>
          Effect.andThen(
            Effect.forEach(Array.from({ length: times }), (_, folders) => taking.progress({ folders, assets: 0 }), {
              discard: true
            }),
            workspace.scan(taking)
          )
      }))
  ).pipe(Layer.provide(diskWorkspace({ hash: sha256, manifestLimit: 1e6, registryLimit: 1e6, concurrency: 2 })))

const tagOf = <A>(effect: Effect.Effect<A, { readonly _tag: string }>): Effect.Effect<string> =>
  Effect.match(effect, { onFailure: ({ _tag }) => _tag, onSuccess: () => "success" })

/** Lets time pass until something has ended; gives the milliseconds that it took. */
const elapsing = <A, E>(effect: Effect.Effect<A, E>) =>
  Effect.gen(function*() {
    const before = yield* Clock.currentTimeMillis
    const fiber = yield* Effect.forkChild(effect, { startImmediately: true })
    while (fiber.pollUnsafe() === undefined) yield* TestClock.adjust("50 millis")
    yield* Fiber.join(fiber)
    return (yield* Clock.currentTimeMillis) - before
  })

/** Waits until a command with this name is visible, by reading. */
const isVisible = (runtime: ProjectRuntime["Service"], name: string) =>
  Effect.repeat(
    Effect.map(Effect.orDie(runtime.getAssetDetails({ id: 1 })), (view) => JSON.stringify(view).includes(`"${name}"`)),
    { until: (visible) => visible }
  )

describe("a slow sink", () => {
  it.effect("gets progress merged to the newest, and all else in order", () => {
    const { entered, events, latch, publish } = held()
    return Effect.gen(function*() {
      yield* opened(publish, (runtime) =>
        Effect.gen(function*() {
          yield* runtime.execute(rename("before"))
          latch.closeUnsafe()
          yield* runtime.submit(rename("one"))
          yield* entered.await
          const refresh = yield* runtime.submitRefresh()
          const batch = yield* runtime.submit(Command.batch({ commands: [rename("two"), rename("three")] }))
          yield* isVisible(runtime, "three")
          const taken = events.length
          latch.openUnsafe()
          yield* batch.await
          const later = events.slice(taken)
          const progress = later.filter(({ kind, operation_id }) =>
            kind === "progress_updated" && operation_id === refresh.operationId
          )
          assert.strictEqual(progress.length, 1)
          assert.include(progress[0]?.progress?.message ?? "", "2 assets")
          assert.deepStrictEqual(
            yield* Stream.runCollect(refresh.events),
            events.filter(({ operation_id }) => operation_id === refresh.operationId)
          )
        }), { workspace: talkative(500) })
      assertLegal(events)
    })
  })

  it.effect("makes commands wait for what must not be dropped, and not for progress that was merged", () => {
    const { entered, events, latch, publish } = held()
    return Effect.gen(function*() {
      yield* opened(
        publish,
        (runtime) =>
          Effect.gen(function*() {
            yield* runtime.execute(rename("before"))
            latch.closeUnsafe()
            yield* runtime.submit(rename("one"))
            yield* entered.await
            // Five hundred times progress, of which one waits; two events more, and a command has two.
            yield* runtime.submitRefresh()
            yield* runtime.submit(rename("two"))
            for (let turn = 0; turn < 2000; turn++) yield* Effect.yieldNow
            const { assets } = yield* runtime.listAssets({ text: "two" })
            assert.strictEqual(assets.length, 1, "the command waits for progress that nobody will ever get")
            latch.openUnsafe()
          }).pipe(Effect.ensuring(Effect.sync(() => latch.openUnsafe()))),
        { workspace: talkative(500), config: { eventBuffer: 8 } }
      )
      assertLegal(events)
    })
  })

  it.effect("of which nothing is taken makes commands wait when the buffer is full, and reads and previews go on", () => {
    const { entered, events, latch, publish } = held()
    return Effect.gen(function*() {
      yield* opened(publish, (runtime) =>
        Effect.gen(function*() {
          yield* runtime.execute(rename("before"))
          latch.closeUnsafe()
          const handles = yield* Effect.forEach(Array.from({ length: 20 }), (_, n) => runtime.submit(rename(`n${n}`)))
          yield* entered.await
          for (let turn = 0; turn < 2000; turn++) yield* Effect.yieldNow
          const { generation } = yield* runtime.listAssets()
          // What one command tells may go beyond the buffer, and no second one begins.
          assert.isAtLeast(generation, 3)
          assert.isAtMost(generation, 6)
          const preview = yield* runtime.preview(rename("shown"))
          assert.strictEqual(preview.blockers.length, 0)
          assert.strictEqual((yield* runtime.getAssetActions({ id: 1 })).generation, generation)
          for (const handle of handles) assert.isTrue(Option.isNone(yield* handle.poll))
          const flushing = yield* Effect.forkChild(runtime.flush, { startImmediately: true })
          latch.openUnsafe()
          for (const handle of handles) yield* handle.await
          yield* Fiber.join(flushing)
        }), { config: { eventBuffer: 4 } })
      assertLegal(events)
    })
  })

  // Less than one is what a host without types may ask for: it counts as one.
  it.effect.each([1, 0, -1])("with the smallest buffer gets everything: %i", (eventBuffer) => {
    const events: Array<PackerEvent> = []
    const publish = (event: PackerEvent) => Effect.andThen(Effect.yieldNow, Effect.sync(() => void events.push(event)))
    return Effect.gen(function*() {
      yield* opened(
        publish,
        (runtime) =>
          Effect.forEach(Array.from({ length: 50 }), (_, n) => runtime.execute(rename(`n${n}`)), {
            concurrency: "unbounded"
          }),
        { config: { eventBuffer } }
      )
      assertLegal(events)
      assert.strictEqual(events.filter(isTerminal).length, 51)
    })
  })
})

describe("a sink that dies", () => {
  const deaths: Readonly<Record<string, (event: PackerEvent) => Effect.Effect<void>>> = {
    "of a defect at each event": () => Effect.die(new Error("the bus is broken")),
    "of a defect at some events": ({ position }) => position % 3 === 0 ? Effect.die("broken") : Effect.void,
    "later, at each event": () => Effect.andThen(Effect.yieldNow, Effect.die("broken")),
    "by interrupting what it does": () => Effect.interrupt,
    "by interrupting the fiber it runs in": () =>
      Effect.andThen(
        Effect.withFiber((fiber) => Effect.sync(() => fiber.interruptUnsafe())),
        Effect.yieldNow
      ),
    "by throwing before there is an effect": () => {
      throw new Error("thrown by a function of the host")
    }
  }
  for (const [how, die] of Object.entries(deaths)) {
    it.effect(`${how} takes no command with it, and gets the next event`, () => {
      const events: Array<PackerEvent> = []
      const publish = (event: PackerEvent) => {
        events.push(event)
        return die(event)
      }
      return Effect.gen(function*() {
        let refreshed: ReadonlyArray<PackerEvent> = []
        const body = (runtime: ProjectRuntime["Service"]) =>
          Effect.gen(function*() {
            const handle = yield* runtime.submit(rename("one"))
            yield* handle.await
            yield* runtime.execute(rename("two"))
            yield* runtime.refresh()
            yield* runtime.flush
            refreshed = yield* Stream.runCollect(handle.events)
          })
        const time = yield* elapsing(Effect.raceFirst(opened(publish, body), Effect.sleep("1 minute")))
        assert.isBelow(time, 5000, "somebody waits for ever")
        assertLegal(events)
        assert.deepStrictEqual(
          refreshed,
          events.filter(({ operation_id }) => operation_id === refreshed[0]?.operation_id)
        )
        assert.strictEqual(events.filter(isTerminal).length, 4)
      })
    })
  }

  it.effect("by throwing beside others leaves the others their event", () => {
    const { events, publish } = held()
    const throwing = Layer.succeed(PackerEventSink, {
      publish: () => {
        throw new Error("thrown by a function of the host")
      }
    })
    return Effect.gen(function*() {
      const sink = severalSinks(throwing, Layer.succeed(PackerEventSink, { publish }))
      const body = Effect.flatMap(ProjectRuntime, (runtime) => runtime.execute(rename("one")))
      yield* elapsing(Effect.raceFirst(Effect.provide(body, project(sink), { local: true }), Effect.sleep("1 minute")))
      assertLegal(events)
      assert.strictEqual(events.filter(isTerminal).length, 2)
    })
  })
})

describe("a sink that takes nothing any more", () => {
  const stuck: Readonly<Record<string, Effect.Effect<void>>> = {
    "and can be interrupted": Effect.never,
    "and cannot be interrupted": Effect.uninterruptible(Effect.never)
  }
  for (const [how, never] of Object.entries(stuck)) {
    it.effect(`${how} makes closing wait as long as the host says, and everybody gets their outcome`, () =>
      Effect.gen(function*() {
        let isStuck = false
        const events: Array<PackerEvent> = []
        const publish = (event: PackerEvent) => {
          events.push(event)
          return isStuck ? never : Effect.void
        }
        yield* opened(publish, (runtime) =>
          Effect.gen(function*() {
            yield* runtime.execute(rename("before"))
            isStuck = true
            const handles = yield* Effect.forEach(Array.from({ length: 10 }), (_, n) => runtime.submit(rename(`n${n}`)))
            const waiting = yield* Effect.forEach(handles, (handle) => Effect.forkChild(handle.await))
            const time = yield* elapsing(runtime.close)
            assert.isAtLeast(time, 3000)
            assert.isAtMost(time, 3200)
            for (const [n, fiber] of waiting.entries()) {
              const outcome = yield* Fiber.join(fiber)
              assert.strictEqual(outcome.generation, 3 + n)
            }
            for (const handle of handles) {
              const told = yield* Stream.runCollect(handle.events)
              assert.deepStrictEqual(told.map(({ sequence }) => sequence), told.map((_, index) => index + 1))
              assert.strictEqual(told.at(-1)?.kind, "action_applied")
            }
            // Whatever comes late, nothing more is handed over.
            const taken = events.length
            yield* TestClock.adjust("1 minute")
            assert.strictEqual(events.length, taken)
            assert.strictEqual(yield* tagOf(runtime.execute(rename("late"))), "RuntimeClosed")
          }), { config: { eventBuffer: 4, sinkPatience: Duration.seconds(3) } })
      }))
  }

  it.effect("while the project opens lets it open, and be closed", () =>
    Effect.gen(function*() {
      const time = yield* elapsing(opened(() => Effect.never, (runtime) =>
        Effect.gen(function*() {
          assert.strictEqual((yield* runtime.listAssets()).total, 2)
        }), { config: { sinkPatience: Duration.seconds(3) } }))
      assert.isAtMost(time, 3200)
    }))
})

describe("inside of a sink call", () => {
  /** Does something at the first event of a kind, in the sink call, once. */
  const inCall = <A>(
    wanted: (event: PackerEvent) => boolean,
    what: (runtime: ProjectRuntime["Service"], event: PackerEvent) => Effect.Effect<A>
  ) =>
    Effect.gen(function*() {
      const runtime = yield* Deferred.make<ProjectRuntime["Service"]>()
      const done = yield* Deferred.make<A>()
      let begun = false
      const publish = (event: PackerEvent) =>
        Effect.suspend(() => {
          if (begun || !wanted(event)) return Effect.void
          begun = true
          return Effect.flatMap(Deferred.await(runtime), (self) => Deferred.complete(done, what(self, event)))
        })
      return { publish, runtime, done: Deferred.await(done) }
    })

  const isRename = (event: PackerEvent) => event.kind === "action_applied" && event.details.action === "updateContract"

  it.effect("whatever waits for the project fails at once", () =>
    Effect.gen(function*() {
      const waits: Readonly<Record<string, (runtime: ProjectRuntime["Service"]) => Effect.Effect<string>>> = {
        execute: (runtime) => tagOf(runtime.execute(rename("two"))),
        refresh: (runtime) => tagOf(runtime.refresh()),
        refreshAsset: (runtime) => tagOf(runtime.refreshAsset({ id: 1 })),
        flush: (runtime) => tagOf(runtime.flush),
        "handle.await": (runtime) => tagOf(Effect.flatMap(runtime.submit(rename("two")), (handle) => handle.await)),
        "a child that waits": (runtime) =>
          Effect.flatMap(
            Effect.forkChild(tagOf(runtime.execute(rename("two"))), { startImmediately: true }),
            Fiber.join
          )
      }
      for (const [name, wait] of Object.entries(waits)) {
        for (const wanted of [isRename, (event: PackerEvent) => event.kind === "asset_changed"]) {
          const { done, publish, runtime } = yield* inCall(wanted, wait)
          yield* opened(publish, (self) =>
            Effect.gen(function*() {
              yield* Deferred.succeed(runtime, self)
              yield* self.execute(rename("one"))
              assert.strictEqual(yield* done, "SinkReentry", name)
              yield* self.execute(rename("three"))
            }))
        }
      }
    }))

  it.effect("what is told can be read, and more can be submitted", () =>
    Effect.gen(function*() {
      const { done, publish, runtime } = yield* inCall(isRename, (self, event) =>
        Effect.orDie(Effect.gen(function*() {
          const view = yield* self.listAssets({ text: "one" })
          const preview = yield* self.preview(rename("two"))
          const handle = yield* self.submit(rename("two"))
          return { view, preview, handle, event }
        })))
      yield* opened(publish, (self) =>
        Effect.gen(function*() {
          yield* Deferred.succeed(runtime, self)
          yield* self.execute(rename("one"))
          const { event, handle, preview, view } = yield* done
          assert.isAtLeast(view.position, event.position - 1)
          assert.strictEqual(view.assets.length, 1)
          assert.strictEqual(preview.blockers.length, 0)
          yield* handle.await
        }))
    }))

  it.effect("another project can be waited for", () =>
    Effect.gen(function*() {
      const { events, publish } = held()
      const another = yield* Layer.build(
        Layer.fresh(
          project(Layer.succeed(PackerEventSink, { publish }), { projectId: ProjectId.make("another"), prefix: "a" })
        )
      )
      const it = Context.get(another, ProjectRuntime)
      const mirror = yield* inCall(isRename, () => tagOf(it.execute(rename("mirrored"))))
      yield* opened(mirror.publish, (self) =>
        Effect.gen(function*() {
          yield* Deferred.succeed(mirror.runtime, self)
          yield* self.execute(rename("one"))
          assert.strictEqual(yield* mirror.done, "success")
        }))
      assert.strictEqual(events.filter(isTerminal).length, 2)
    }))

  it.effect("a fiber can be forked that waits when the call has ended", () =>
    Effect.gen(function*() {
      const ended = yield* Latch.make()
      const { done, publish, runtime } = yield* inCall(isRename, (self) =>
        Effect.forkDetach(Effect.andThen(ended.await, tagOf(self.execute(rename("two"))))))
      yield* opened(publish, (self) =>
        Effect.gen(function*() {
          yield* Deferred.succeed(runtime, self)
          yield* self.execute(rename("one"))
          const forked = yield* done
          yield* ended.open
          assert.strictEqual(yield* Fiber.join(forked), "success")
        }))
    }))

  it.effect("the project can be closed without waiting for ever", () =>
    Effect.gen(function*() {
      const { done, publish, runtime } = yield* inCall(isRename, (self) =>
        Effect.forkDetach(self.close, { startImmediately: true }))
      yield* opened(publish, (self) =>
        Effect.gen(function*() {
          yield* Deferred.succeed(runtime, self)
          yield* self.execute(rename("one"))
          yield* Fiber.join(yield* done)
          assert.strictEqual((yield* self.status)._tag, "closed")
        }))
    }))

  it.effect("who waits for the project to be closed waits no longer than closing waits for the sink", () =>
    Effect.gen(function*() {
      const { publish, runtime } = yield* inCall(isRename, (self) => self.close)
      yield* opened(publish, (self) =>
        Effect.gen(function*() {
          yield* Deferred.succeed(runtime, self)
          const handle = yield* self.submit(rename("one"))
          const time = yield* elapsing(
            Effect.raceFirst(Effect.andThen(handle.await, self.close), Effect.sleep("1 minute"))
          )
          assert.isAtMost(time, 5200)
          assert.strictEqual((yield* self.status)._tag, "closed")
        }))
    }))

  it.effect("another project can be opened, whose sink is a function made right there", () =>
    Effect.gen(function*() {
      const inner = yield* Deferred.make<string>()
      const { done, publish, runtime } = yield* inCall(isRename, () =>
        Effect.gen(function*() {
          const self = yield* Deferred.make<ProjectRuntime["Service"]>()
          const sink = functionSink((event) =>
            isRename(event)
              ? Effect.flatMap(
                Deferred.await(self),
                (other) => Deferred.complete(inner, tagOf(other.execute(rename("two"))))
              )
              : Effect.void
          )
          const body = Effect.gen(function*() {
            const other = yield* ProjectRuntime
            yield* Deferred.succeed(self, other)
            yield* other.submit(rename("one"))
            return yield* Deferred.await(inner)
          })
          return yield* Effect.orDie(
            Effect.provide(body, project(sink, { projectId: ProjectId.make("another"), prefix: "a" }), {
              local: true
            })
          )
        }))
      yield* opened(publish, (self) =>
        Effect.gen(function*() {
          yield* Deferred.succeed(runtime, self)
          const whole = Effect.andThen(self.execute(rename("one")), done)
          const time = yield* elapsing(Effect.raceFirst(whole, Effect.sleep("1 minute")))
          assert.isBelow(time, 10_000, "the inner sink waits for itself")
          assert.strictEqual(yield* Effect.raceFirst(done, Effect.succeed("never")), "SinkReentry")
        }))
    }))
})

describe("the events of a handle", () => {
  it.effect("are the same whatever the sink is", () =>
    Effect.gen(function*() {
      const queue = yield* Queue.unbounded<PackerEvent>()
      const dropping = yield* Queue.dropping<PackerEvent>(1)
      const { publish } = held()
      const sinks: Readonly<Record<string, Layer.Layer<PackerEventSink>>> = {
        pubSub: pubSubSink,
        function: functionSink(publish),
        queue: queueSink(queue),
        "a queue that drops": queueSink(dropping),
        several: severalSinks(pubSubSink, functionSink(publish)),
        "one that dies": functionSink(() => Effect.die("broken"))
      }
      const seen = new Set<string>()
      for (const [name, sink] of Object.entries(sinks)) {
        const body = Effect.gen(function*() {
          const runtime = yield* ProjectRuntime
          const handle = yield* runtime.submit(Command.batch({ commands: [rename("one"), rename("two")] }))
          const early = yield* Effect.forkChild(Stream.runCollect(handle.events), { startImmediately: true })
          yield* handle.await
          const events = yield* Stream.runCollect(handle.events)
          assert.deepStrictEqual(yield* Fiber.join(early), events, name)
          seen.add(JSON.stringify(events))
        })
        yield* Effect.provide(body, project(sink), { local: true })
      }
      assert.strictEqual(seen.size, 1)
    }))
})
