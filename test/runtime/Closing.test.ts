/** Closing at any moment finishes what was accepted; opening that is cut short, or fails, leaves nothing behind. */
import { assert, describe, it } from "@effect/vitest"
import { Context, Duration, Effect, Exit, Fiber, Latch, Layer, Option, Scheduler, Scope, Stream } from "effect"
import { TestClock } from "effect/testing"
import { Command } from "../../src/domain/Command.ts"
import { isTerminal, type PackerEvent } from "../../src/domain/Event.ts"
import type { Disk } from "../../src/services/Disk.ts"
import { defaultPackerSettings, PackerConfig, type PackerSettings } from "../../src/services/PackerConfig.ts"
import { PackerEventSink } from "../../src/services/PackerEventSink.ts"
import { ProjectRuntime } from "../../src/services/ProjectRuntime.ts"
import type { DiskCall } from "../../src/testing/DiskCall.ts"
import { type FaultyDisk, faultyDisk } from "../../src/testing/FaultyDisk.ts"
import { memoryProject, type MemoryProjectOptions } from "../../src/testing/MemoryProject.ts"
import { seeded } from "../../src/testing/Seeded.ts"
import { SimulatedDisk } from "../../src/testing/SimulatedDisk.ts"
import { inFolder, workspaceFiles } from "../../src/testing/WorkspaceFiles.ts"
import { assertLegal } from "../support/Legal.ts"
import { root } from "../support/Workspace.ts"

const seed = Number(process.env["SEED"] ?? 4_407)
const files = inFolder(
  "/game",
  workspaceFiles({
    "ui/atlas": { id: 1, manifest: { name: "atlas" } },
    "sfx/click": { id: 2, manifest: { name: "click" } }
  })
)
const index = "/game/assets/.prometeu/index.json"
const manifestPath = "/game/assets/ui/atlas/asset.json"
const rename = (name: string) => Command.updateContract({ asset: { id: 1 }, name })
const include = (included: boolean) => Command.setBuildParticipation({ asset: { id: 2 }, included })
type Runtime = ProjectRuntime["Service"]

interface Settings extends Partial<Omit<MemoryProjectOptions, "disk">> {
  readonly config?: Partial<PackerSettings>
}

/** A sink that keeps what it gets, and a project with it. */
const projectOn = (disk: Disk["Service"], { config = {}, ...options }: Settings = {}) => {
  const events: Array<PackerEvent> = []
  const publish = (event: PackerEvent) => Effect.sync(() => void events.push(event))
  const layer = memoryProject({ disk, ...options }).pipe(
    Layer.provide(Layer.succeed(PackerEventSink, { publish })),
    Layer.provide(Layer.succeed(PackerConfig, { ...defaultPackerSettings, ...config }))
  )
  return { events, layer: Layer.fresh(layer) }
}

interface Opened {
  readonly memory: SimulatedDisk
  readonly faulty: FaultyDisk
  readonly runtime: Runtime
  readonly events: ReadonlyArray<PackerEvent>
  /** Ends the scope of the layer. */
  readonly end: Effect.Effect<void>
}

/** An opening whose scope the test ends; all of its events are legal then, and nothing is left open. */
const opened = <A, E>(body: (opened: Opened) => Effect.Effect<A, E>, settings?: Settings) =>
  Effect.gen(function*() {
    const memory = SimulatedDisk.of(files)
    const faulty = faultyDisk(memory.disk)
    const { events, layer } = projectOn(faulty.disk, settings)
    const scope = yield* Scope.make()
    const runtime = Context.get(yield* Layer.buildWithScope(layer, scope), ProjectRuntime)
    const end = Scope.close(scope, Exit.void)
    yield* Effect.ensuring(body({ memory, faulty, runtime, events, end }), end)
    assert.strictEqual(memory.openFiles, 0)
    assertLegal(events)
    yield* assertReopens(memory)
  })

/** Another process can open what was closed, and finds nothing to do. */
const assertReopens = Effect.fnUntraced(function*(memory: SimulatedDisk) {
  const { events, layer } = projectOn(memory.disk, { prefix: "again", process: { pid: 200, started: "later" } })
  yield* Effect.provide(ProjectRuntime, layer, { local: true })
  assert.deepStrictEqual(events.filter(isTerminal).map(({ kind }) => kind), ["action_applied"])
  assertLegal(events)
  assert.strictEqual(memory.openFiles, 0)
  return events.find(isTerminal)?.summary ?? ""
})

const tagOf = <A>(effect: Effect.Effect<A, { readonly _tag: string }>): Effect.Effect<string> =>
  Effect.match(effect, { onFailure: ({ _tag }) => _tag, onSuccess: () => "success" })

const slowly = (steps: number) => Effect.provideService(Scheduler.MaxOpsBeforeYield, steps)
const turns = (count: number) => Effect.repeat(Effect.yieldNow, { times: count }).pipe(slowly(2048))

/** Waits until the project is no longer open. */
const isClosing = (runtime: Runtime) =>
  Stream.runHead(Stream.filter(runtime.statusChanges, ({ _tag }) => _tag === "closing" || _tag === "closed"))

describe("closing", () => {
  it.effect("in the middle of a command finishes that and those that wait, and then writes what is pending", () =>
    opened(({ end, events, faulty, memory, runtime }) =>
      Effect.gen(function*() {
        const gate = faulty.gate(({ call }) => call === "flushData")
        const handles = [
          yield* runtime.submit(rename("one")),
          yield* runtime.submit(include(false)),
          yield* runtime.submitRefresh(),
          yield* runtime.submit(rename("two"))
        ]
        const flushing = yield* Effect.forkChild(runtime.flush, { startImmediately: true })
        yield* gate.reached
        const closing = yield* Effect.forkChild(end, { startImmediately: true })
        yield* isClosing(runtime)
        assert.strictEqual(yield* tagOf(runtime.execute(rename("late"))), "RuntimeClosed")
        assert.strictEqual(yield* tagOf(runtime.flush), "RuntimeClosed")
        for (const handle of handles) assert.isTrue(Option.isNone(yield* handle.poll))
        yield* gate.open
        yield* Fiber.join(closing)
        yield* Fiber.join(flushing)
        assert.deepStrictEqual(
          events.filter(isTerminal).slice(1).map(({ kind, operation_id }) => [operation_id, kind]),
          handles.map(({ operationId }) => [operationId, "action_applied"])
        )
        for (const handle of handles) assert.isTrue(Option.isSome(yield* handle.poll))
        assert.include(memory.text(manifestPath) ?? "", "\"two\"")
        assert.include(memory.text(index) ?? "", "\"included_in_build\":false")
        assert.strictEqual((yield* runtime.status)._tag, "closed")
      })
    ))

  it.effect("twice, by several at once, and by the end of the scope, closes once", () =>
    opened(({ end, faulty, memory, runtime }) =>
      Effect.gen(function*() {
        const gate = faulty.gate(({ call }) => call === "flushData")
        const handle = yield* runtime.submit(rename("one"))
        yield* gate.reached
        const closing = yield* Effect.forEach([runtime.close, runtime.close, end, runtime.close], (close) =>
          Effect.forkChild(
            Effect.andThen(
              close,
              Effect.sync(() =>
                assert.strictEqual(memory.openFiles, 0)
              )
            ),
            { startImmediately: true }
          ))
        yield* turns(100)
        for (const fiber of closing) assert.isUndefined(fiber.pollUnsafe())
        yield* gate.open
        yield* Effect.forEach(closing, Fiber.join)
        assert.isTrue(Option.isSome(yield* handle.poll))
        yield* runtime.close
        yield* end
      })
    ))

  it.effect("whose caller goes away is not over before it is over", () =>
    opened(({ end, faulty, memory, runtime }) =>
      Effect.gen(function*() {
        const gate = faulty.gate(({ call }) => call === "flushData")
        yield* runtime.submit(rename("one"))
        yield* gate.reached
        const first = yield* Effect.forkChild(runtime.close, { startImmediately: true })
        yield* isClosing(runtime)
        const leaving = yield* Effect.forkChild(Fiber.interrupt(first), { startImmediately: true })
        yield* turns(10)
        const second = yield* Effect.forkChild(
          Effect.andThen(end, Effect.sync(() => [memory.openFiles, memory.text(manifestPath)?.includes("\"one\"")])),
          { startImmediately: true }
        )
        yield* turns(100)
        yield* gate.open
        yield* Fiber.join(leaving)
        assert.deepStrictEqual(yield* Fiber.join(second), [0, true])
      })
    ))

  it.effect("whose caller goes away at any step closes, and the end of the scope waits for that", () =>
    Effect.gen(function*() {
      const random = seeded(seed)
      for (let round = 0; round < 60; round++) {
        const steps = 3 + Math.floor(random() * 5)
        const after = Math.floor(random() * 60)
        yield* opened(({ end, memory, runtime }) =>
          Effect.gen(function*() {
            yield* runtime.submit(rename("one"))
            const first = yield* Effect.forkChild(runtime.close, { startImmediately: true })
            yield* turns(after)
            first.interruptUnsafe()
            yield* end
            assert.strictEqual(memory.openFiles, 0, `interrupted after ${after} turns of ${steps} steps, seed ${seed}`)
          })
        ).pipe(slowly(steps))
      }
    }))

  it.effect("with ten thousand commands that wait finishes all of them, in order, and each costs the same", () =>
    Effect.gen(function*() {
      const timed = (count: number) =>
        Effect.gen(function*() {
          let time = 0
          yield* opened(({ events, faulty, runtime }) =>
            Effect.gen(function*() {
              const gate = faulty.gate(({ call }) => call === "flushData")
              yield* runtime.submit(include(false))
              yield* gate.reached
              const began = performance.now()
              const handles = yield* Effect.forEach(
                Array.from({ length: count }),
                (_, n) => runtime.submit(include(n % 2 === 0), { operationId: `n-${n}` })
              )
              const closing = yield* Effect.forkChild(runtime.close, { startImmediately: true })
              yield* isClosing(runtime)
              yield* gate.open
              yield* Fiber.join(closing)
              time = performance.now() - began
              const ended = events.filter(isTerminal).slice(2)
              assert.isTrue(
                ended.every(({ kind, operation_id }, n) => kind === "action_applied" && operation_id === `n-${n}`)
              )
              assert.strictEqual(ended.length, count)
              const last = yield* (handles.at(-1)?.await ?? Effect.die("there is one"))
              assert.strictEqual(last.generation, count + 2)
            })
          )
          return time
        })
      const some = yield* timed(1250)
      const many = yield* timed(10_000)
      // Eight times as many: 64 times as long, if each had to do with all the others.
      assert.isBelow(many / some, 24, `${Math.round(some)} ms and ${Math.round(many)} ms`)
    }))

  it.effect("leaves reads, ends streams, and answers retries", () =>
    opened(({ events, runtime }) =>
      Effect.gen(function*() {
        const first = yield* runtime.execute(rename("one"), { operationId: "one" })
        const refreshed = yield* runtime.refresh({ operationId: "refresh" })
        const changes = yield* Effect.forkChild(Stream.runCollect(runtime.changes), { startImmediately: true })
        const statuses = yield* Effect.forkChild(Stream.runCollect(runtime.statusChanges), { startImmediately: true })
        yield* runtime.execute(rename("two"))
        yield* runtime.close
        assert.deepStrictEqual(yield* runtime.execute(rename("one"), { operationId: "one" }), first)
        assert.deepStrictEqual(yield* runtime.refresh({ operationId: "refresh" }), refreshed)
        assert.strictEqual(
          yield* tagOf(runtime.execute(rename("other"), { operationId: "one" })),
          "OperationIdConflict"
        )
        const told = events.length
        assert.strictEqual(yield* tagOf(runtime.execute(rename("three"))), "RuntimeClosed")
        assert.strictEqual(yield* tagOf(runtime.submit(rename("three"), { operationId: "new" })), "RuntimeClosed")
        assert.strictEqual(yield* tagOf(runtime.refresh()), "RuntimeClosed")
        assert.strictEqual(yield* tagOf(runtime.refreshAsset({ id: 1 })), "RuntimeClosed")
        assert.strictEqual(yield* tagOf(runtime.submitRefresh()), "RuntimeClosed")
        assert.strictEqual(yield* tagOf(runtime.flush), "RuntimeClosed")
        assert.strictEqual(yield* tagOf(runtime.execute(rename("x"), { operationId: "no id" })), "InvalidCommand")
        assert.strictEqual(events.length, told)
        const view = yield* runtime.snapshot
        assert.deepStrictEqual(view.listAssets({ text: "two" }).total, 1)
        assert.strictEqual(view.position, told)
        assert.strictEqual((yield* runtime.getAssetDetails({ id: 1 })).position, told)
        assert.isDefined(yield* runtime.getAssetActions({ id: 1 }))
        assert.strictEqual((yield* runtime.preview(rename("three"))).blockers.length, 0)
        assert.deepStrictEqual((yield* Fiber.join(changes)).map(({ generation }) => generation), [2, 3])
        assert.deepStrictEqual((yield* Fiber.join(statuses)).map(({ _tag }) => _tag), ["ready", "closing", "closed"])
        assert.deepStrictEqual((yield* Stream.runCollect(runtime.changes)).map(({ generation }) => generation), [3])
        assert.deepStrictEqual((yield* Stream.runCollect(runtime.statusChanges)).map(({ _tag }) => _tag), ["closed"])
      })
    ))

  it.effect("while everything is read again finishes reading", () =>
    opened(({ end, faulty, memory, runtime }) =>
      Effect.gen(function*() {
        memory.put("/game/assets/new/asset.json", memory.text(manifestPath)?.replace(/"asset_uuid.*\n/, "") ?? "")
        const gate = faulty.gate(({ call }) => call === "list")
        const refresh = yield* runtime.submitRefresh()
        yield* gate.reached
        const closing = yield* Effect.forkChild(end, { startImmediately: true })
        yield* isClosing(runtime)
        yield* gate.open
        yield* Fiber.join(closing)
        assert.deepStrictEqual((yield* refresh.await).changes.added, ["new"].map((added) => root(added)))
        assert.strictEqual((yield* runtime.listAssets()).total, 3)
      })
    ))

  it.effect("cancels what waits if its caller wants that still", () =>
    opened(({ end, faulty, runtime }) =>
      Effect.gen(function*() {
        const gate = faulty.gate(({ call }) => call === "flushData")
        yield* runtime.submit(rename("one"))
        const handle = yield* runtime.submit(rename("two"))
        yield* gate.reached
        const closing = yield* Effect.forkChild(end, { startImmediately: true })
        yield* isClosing(runtime)
        assert.isTrue(yield* handle.cancel)
        yield* gate.open
        yield* Fiber.join(closing)
        assert.strictEqual(yield* tagOf(handle.await), "Cancelled")
      })
    ))

  it.effect("on a disk that refuses everything ends all the same, and gives the lock away", () =>
    Effect.gen(function*() {
      for (const errno of ["EIO", "ENOSPC", "EROFS"]) {
        const memory = SimulatedDisk.of(files)
        const faulty = faultyDisk(memory.disk)
        const { events, layer } = projectOn(faulty.disk)
        yield* Effect.gen(function*() {
          const runtime = yield* ProjectRuntime
          yield* runtime.execute(include(false))
          faulty.failWhere(() => errno)
          yield* runtime.close
          assert.strictEqual((yield* runtime.status)._tag, "closed")
        }).pipe(Effect.provide(layer, { local: true }))
        assert.strictEqual(memory.openFiles, 0, errno)
        assertLegal(events)
        yield* assertReopens(memory)
        assert.include(memory.text(index) ?? "", "\"included_in_build\":false")
      }
    }))
})

describe("a publication that is late", () => {
  const isPublishing = ({ call, to }: DiskCall) => call === "rename" && to === manifestPath
  const late = (body: (opened: Opened) => Effect.Effect<void>) => {
    let memory = SimulatedDisk.of()
    return opened((it) =>
      Effect.gen(function*() {
        memory = it.memory
        it.faulty.failWhere((call) => isPublishing(call) ? "ENOSPC" : undefined)
        // The last of what is committed can be taken back as long as its first file is not in place.
        const first = Command.updateContract({ asset: { id: 2 }, name: "first" })
        const outcome = yield* Effect.orDie(it.runtime.execute(Command.batch({ commands: [first, rename("late")] })))
        assert.deepStrictEqual(outcome.warnings.map(({ code }) => code), ["commit/not-published"])
        yield* body(it)
      })
    ).pipe(Effect.tap(() => Effect.sync(() => assert.include(memory.text(manifestPath) ?? "", "\"late\""))))
  }

  it.effect("when the project closes is finished by the next opening", () =>
    late(({ end, memory }) =>
      Effect.gen(function*() {
        yield* end
        assert.include(memory.text(manifestPath) ?? "", "\"atlas\"")
      })
    ))

  it.effect("that comes to its place while the project closes is told", () =>
    late(({ end, events, faulty, runtime }) =>
      Effect.gen(function*() {
        faulty.heal()
        const gate = faulty.gate(isPublishing)
        yield* TestClock.adjust(defaultPackerSettings.publishAgainAfter)
        yield* gate.reached
        const closing = yield* Effect.forkChild(end, { startImmediately: true })
        yield* isClosing(runtime)
        yield* turns(20)
        yield* gate.open
        yield* Fiber.join(closing)
        const details = yield* Effect.orDie(runtime.getAssetDetails({ id: 1 }))
        assert.notInclude(JSON.stringify(details), "not-published")
        const last = events.at(-1)
        assert.isTrue(last?.kind === "action_applied" && last.details.action === "publish")
      })
    ))

  it.effect("does not keep the project from closing in time", () =>
    late(({ end, faulty }) =>
      Effect.gen(function*() {
        const gate = faulty.gate(isPublishing)
        yield* TestClock.adjust(defaultPackerSettings.publishAgainAfter)
        yield* gate.reached
        const closing = yield* Effect.forkChild(end, { startImmediately: true })
        yield* turns(20)
        yield* gate.open
        yield* Fiber.join(closing)
        faulty.heal()
      })
    ))
})

describe("opening", () => {
  /** A disk that a process left in the middle of its work: a record to be finished, staged files, a dead lock. */
  const leftBehind = Effect.gen(function*() {
    const memory = SimulatedDisk.of(files)
    const { layer } = projectOn(memory.disk, {
      config: { checkpointAfter: Duration.hours(1), checkpointAtLatest: Duration.hours(2) }
    })
    let left = memory
    yield* Effect.gen(function*() {
      const runtime = yield* ProjectRuntime
      yield* runtime.execute(Command.create({ root: "new", name: "new", family: "tile_bank" }))
      yield* runtime.execute(Command.relocate({ asset: { id: 1 }, to: "moved/atlas" }))
      left = memory.kill()
    }).pipe(Effect.provide(layer, { local: true }))
    return left
  })

  const openingOn = (disk: Disk["Service"]) =>
    projectOn(disk, { prefix: "b", process: { pid: 300, started: "start-300" } })

  for (
    const [name, makeDisk] of Object.entries({
      "a clean project": Effect.sync(() => SimulatedDisk.of(files)),
      "one that a crash left": leftBehind
    })
  ) {
    it.effect(`${name}, interrupted at each call of the disk, leaves nothing`, () =>
      Effect.gen(function*() {
        const base = yield* makeDisk
        const counting = faultyDisk(base.fork().disk)
        yield* Effect.provide(ProjectRuntime, Layer.fresh(openingOn(counting.disk).layer), { local: true })
        const { calls } = counting
        let cancelled = 0
        for (let stop = 0; stop < calls; stop++) {
          const memory = base.fork()
          const faulty = faultyDisk(memory.disk)
          let made = 0
          const gate = faulty.gate(({ call }) => call !== "close" && made++ === stop)
          const { events, layer } = openingOn(faulty.disk)
          const opening = yield* Effect.forkChild(Effect.scoped(Layer.build(layer)), { startImmediately: true })
          yield* gate.reached
          const stopping = yield* Effect.forkChild(Fiber.interrupt(opening), { startImmediately: true })
          yield* gate.open
          yield* Fiber.join(stopping)
          const at = `stopped at call ${stop}`
          assert.strictEqual(memory.openFiles, 0, at)
          assertLegal(events)
          const [end, more] = events.filter(isTerminal)
          assert.isUndefined(more, at)
          if (end?.kind === "action_failed" && end.details.error._tag === "Cancelled") cancelled++
          // Some calls are made by the end of the scope, when it was open.
          else assert.strictEqual(end?.kind, "action_applied", at)
          const summary = yield* assertReopens(memory)
          assert.include(summary, name === "a clean project" ? "2 assets" : "3 assets", at)
        }
        assert.isAtLeast(cancelled, 10)
      }))

    it.effect(`${name}, on a disk that fails at each call, is typed, and leaves nothing`, () =>
      Effect.gen(function*() {
        const base = yield* makeDisk
        const counting = faultyDisk(base.fork().disk)
        yield* Effect.provide(ProjectRuntime, Layer.fresh(openingOn(counting.disk).layer), { local: true })
        const { calls } = counting
        for (const times of ["once", "forever"] as const) {
          for (let stop = 0; stop < calls; stop += times === "once" ? 1 : 4) {
            const memory = base.fork()
            const faulty = faultyDisk(memory.disk)
            faulty.failAt(stop, "EIO", times)
            const { events, layer } = openingOn(faulty.disk)
            const exit = yield* Effect.exit(Effect.scoped(Layer.build(layer)))
            const at = `EIO ${times} from call ${stop}`
            assert.strictEqual(memory.openFiles, 0, at)
            assertLegal(events)
            const [end, more] = events.filter(isTerminal)
            assert.isUndefined(more, at)
            assert.strictEqual(end?.kind, Exit.isSuccess(exit) ? "action_applied" : "action_failed", at)
            if (Exit.isFailure(exit)) {
              const [reason] = exit.cause.reasons
              assert.isTrue(reason?._tag === "Fail" && reason.error._tag === "ProjectUnreadable", at)
            }
            const summary = yield* assertReopens(memory)
            assert.include(summary, name === "a clean project" ? "2 assets" : "3 assets", at)
          }
        }
      }))
  }

  it.effect("interrupted after any number of steps leaves nothing, at its very end too", () =>
    Effect.gen(function*() {
      const random = seeded(seed)
      const ends = new Map<string, number>()
      for (let steps = 3; steps < 7; steps++) {
        const open = (layer: ReturnType<typeof openingOn>["layer"], isOpen: () => void) =>
          Effect.forkChild(
            slowly(steps)(Effect.scoped(
              Layer.build(layer).pipe(
                Effect.tap(() => Effect.sync(isOpen)),
                Effect.andThen(Effect.never)
              )
            )),
            { startImmediately: true }
          )
        // How long it takes if nobody interrupts it.
        const ready = Latch.makeUnsafe()
        const undisturbed = yield* open(openingOn(SimulatedDisk.of(files).disk).layer, () => ready.openUnsafe())
        let whole = 0
        for (; !ready.isOpen(); whole++) yield* turns(1)
        yield* Fiber.interrupt(undisturbed)
        const last = Array.from({ length: 14 }, (_, n) => whole - n)
        const any = Array.from({ length: 6 }, () => Math.floor(random() * whole))
        for (const after of [...last, ...any]) {
          const memory = SimulatedDisk.of(files)
          const { events, layer } = openingOn(memory.disk)
          const opening = yield* open(layer, () => {})
          for (let turn = 0; turn < after; turn++) yield* turns(1)
          yield* Fiber.interrupt(opening)
          const at = `stopped after ${after} of ${whole} turns of ${steps} steps, seed ${seed}`
          assert.strictEqual(memory.openFiles, 0, at)
          const terminal = events.filter(isTerminal)
          assert.strictEqual(terminal.length, events.length === 0 ? 0 : 1, `${at}: ${events.length} events`)
          assertLegal(events)
          const end = terminal[0]?.kind ?? "none"
          ends.set(end, (ends.get(end) ?? 0) + 1)
          yield* assertReopens(memory)
        }
      }
      assert.isAtLeast(ends.get("action_failed") ?? 0, 5, JSON.stringify([...ends]))
      assert.isAtLeast(ends.get("action_applied") ?? 0, 5, JSON.stringify([...ends]))
    }))

  it.effect.each([undefined, null, 5, {}])(
    "%o, as a host without types may name a folder, says that it is no path",
    (root) =>
      Effect.gen(function*() {
        const { events, layer } = projectOn(SimulatedDisk.of(files).disk, { root: root as never })
        const { message } = yield* Effect.flip(Effect.scoped(Layer.build(layer)))
        assert.include(message, "is no path of a folder")
        assert.deepStrictEqual(events.map(({ kind }) => kind), ["action_failed"])
      })
  )

  it.effect("what is not there, and what is locked, fails, tells so once, and can be tried again", () =>
    Effect.gen(function*() {
      const memory = SimulatedDisk.of()
      const nowhere = openingOn(memory.disk)
      const attempt = Effect.scoped(Layer.build(nowhere.layer))
      assert.strictEqual(yield* tagOf(attempt), "ProjectUnreadable")
      assert.deepStrictEqual(nowhere.events.map(({ kind }) => kind), ["action_failed"])
      for (const [path, text] of Object.entries(files)) memory.put(path, text)
      assert.strictEqual(yield* tagOf(attempt), "success")

      const { layer } = projectOn(memory.disk)
      const locked = projectOn(memory.disk, { prefix: "b" })
      const again = Effect.scoped(Layer.build(locked.layer))
      yield* Effect.andThen(ProjectRuntime, tagOf(again)).pipe(
        Effect.provide(layer, { local: true }),
        Effect.map((tag) => assert.strictEqual(tag, "ProjectLocked"))
      )
      assert.deepStrictEqual(locked.events.map(({ kind }) => kind), ["action_failed"])
      const [failed] = locked.events
      assert.isTrue(failed?.kind === "action_failed" && failed.details.error._tag === "ProjectLocked")
      assert.strictEqual(yield* tagOf(again), "success")
      assert.strictEqual(memory.openFiles, 0)
    }))
})
