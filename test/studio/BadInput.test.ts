/** What a Studio makes of what should not be: a packer that refuses everything, dies, or tells things out of place. */
import { assert, describe, it } from "@effect/vitest"
import { Effect, Exit, Fiber, Layer, Option, Result, Scope, Stream } from "effect"
import { TestClock } from "effect/testing"
import { Cancelled, CommitFailed, type OperationHandle, OperationId, ProjectRuntime } from "../../src/index.ts"
import {
  Activity,
  BankCompositionEditor,
  bankCompositionEditor,
  type EditorState,
  filesOf,
  Progress,
  StudioEventBus
} from "../../src/studio.ts"
import { collectingSink, faultyDisk, memoryProject, recordingDisk } from "../../src/testing.ts"
import { start, turns } from "../support/Projects.ts"
import { heardOnBus, studioDisk, studioOn, studioOver } from "../support/Studio.ts"
import { type Told, told } from "../support/StudioEvents.ts"

const failing = new CommitFailed({ call: "write", path: "/game", errno: "ENOSPC" })

/** A packer of which some parts are different. */
const changed = (change: (packer: ProjectRuntime["Service"]) => Partial<ProjectRuntime["Service"]>) =>
  studioOver(
    Layer.effect(
      ProjectRuntime,
      Effect.map(ProjectRuntime, (packer) => ProjectRuntime.of({ ...packer, ...change(packer) }))
    ).pipe(
      Layer.provide(memoryProject({ disk: studioDisk().disk }))
    )
  )

const handle = (awaited: OperationHandle["await"], cancel = Effect.succeed(false)): OperationHandle => ({
  operationId: OperationId.make("mine"),
  await: awaited,
  poll: Effect.succeed(Option.some(Result.fail(failing))),
  events: Stream.empty,
  cancel
})

/** An editor with the draft `b.png, a.png, x.png`, that was applied once. */
const applied = Effect.gen(function*() {
  const heard = yield* heardOnBus
  const editor = yield* (yield* BankCompositionEditor).open({ id: 1 })
  yield* editor.edit
  yield* editor.moveUp("b.png")
  yield* editor.add("x.png")
  const isApplied = yield* editor.apply
  yield* turns
  return {
    editor,
    isApplied,
    heard,
    failed: () => heard.filter(({ _tag }) => _tag === "BankCompositionApplyFailed").length
  }
})

const assertKept = (state: EditorState) => {
  assert.strictEqual(state._tag, "Editing")
  assert.deepStrictEqual(state._tag === "Editing" && filesOf(state.draft), ["b.png", "a.png", "x.png"])
}

describe("a packer that fails every apply", () => {
  const all = changed(() => ({ submit: () => Effect.succeed(handle(Effect.fail(failing))) }))

  it.effect("gets the draft as often as somebody tries, and never takes a row of it", () =>
    Effect.gen(function*() {
      const { editor, failed, isApplied } = yield* applied
      assert.isFalse(isApplied)
      for (let time = 1; time <= 20; time++) {
        const state = yield* editor.state
        assertKept(state)
        assert.strictEqual(state._tag === "Editing" && state.lastFailure?.error, failing)
        assert.strictEqual(failed(), time)
        assert.isFalse(yield* editor.retry)
        yield* turns
      }
      assert.isTrue(yield* editor.reset)
      assert.isTrue(yield* editor.cancel)
      assert.strictEqual((yield* editor.state)._tag, "ReadOnly")
    }).pipe(Effect.provide(all)))

  it.effect("is said so even where it accepts nothing, cannot look, or dies", () =>
    Effect.gen(function*() {
      const ways = [
        changed(() => ({ submit: () => Effect.fail(failing).pipe(Effect.orDie) })),
        changed(() => ({ submit: () => Effect.succeed(handle(Effect.die(new Error("a defect")))) })),
        changed(() => ({ submit: () => Effect.succeed(handle(Effect.interrupt)) })),
        changed(() => ({ preview: () => Effect.fail(failing) })),
        changed(() => ({ preview: () => Effect.die(new Error("a defect")) }))
      ]
      for (const way of ways) {
        const { editor, failed, isApplied } = yield* Effect.provide(applied, way)
        assert.isFalse(isApplied)
        const state = yield* editor.state
        assertKept(state)
        assert.isNotEmpty(state._tag === "Editing" ? state.lastFailure?.message : "")
        assert.strictEqual(failed(), 1)
      }
    }))

  it.effect("and does not let go of a preview that cannot be had", () =>
    Effect.gen(function*() {
      const editor = yield* (yield* BankCompositionEditor).open({ id: 1 })
      yield* editor.edit
      yield* TestClock.adjust("1 second")
      const state = yield* editor.state
      assert.strictEqual(state._tag === "Editing" && state.previewFailure?.error, failing)
      assert.isTrue(yield* editor.remove("a.png"))
      assert.isTrue(yield* editor.cancel)
    }).pipe(Effect.provide(changed(() => ({ preview: () => Effect.fail(failing) })))))
})

describe("a bus that dies", () => {
  const deadBus = Layer.succeed(StudioEventBus, {
    publish: () => Effect.die(new Error("a defect")),
    subscribe: Effect.succeed(Stream.never)
  })
  const refusing = Layer.effect(
    ProjectRuntime,
    Effect.map(
      ProjectRuntime,
      (packer) => ProjectRuntime.of({ ...packer, submit: () => Effect.succeed(handle(Effect.fail(failing))) })
    )
  ).pipe(Layer.provide(memoryProject({ disk: studioDisk().disk })), Layer.provide(collectingSink))

  it.effect("takes no draft with it, and lets nobody wait for ever", () =>
    Effect.gen(function*() {
      const editor = yield* (yield* BankCompositionEditor).open({ id: 1 })
      yield* editor.edit
      yield* editor.remove("a.png")
      assert.isTrue(Exit.isFailure(yield* Effect.exit(editor.apply)))
      const state = yield* editor.state
      assert.deepStrictEqual(state._tag === "Editing" && filesOf(state.draft), ["b.png"])
      assert.isTrue(yield* editor.cancel)
    }).pipe(Effect.provide(Layer.provide(bankCompositionEditor, Layer.merge(deadBus, refusing)))))
})

describe("a packer that takes its time", () => {
  it.effect("to accept can be cancelled, as soon as there is something to cancel", () =>
    Effect.gen(function*() {
      const editor = yield* (yield* BankCompositionEditor).open({ id: 1 })
      yield* editor.edit
      const applying = yield* start(editor.apply)
      yield* turns
      const cancelling = yield* start(editor.cancel)
      yield* turns
      assert.strictEqual((yield* editor.state)._tag, "Applying")
      yield* TestClock.adjust("1 second")
      assert.isTrue(yield* Fiber.join(cancelling))
      assert.isFalse(yield* Fiber.join(applying))
      const state = yield* editor.state
      assert.strictEqual(state._tag === "Editing" && state.lastFailure?.error?._tag, "Cancelled")
    }).pipe(Effect.provide(changed(() => {
      const cancelled = new Cancelled({ operationId: OperationId.make("mine") })
      return {
        submit: () =>
          Effect.as(
            Effect.sleep("1 second"),
            handle(Effect.fail(cancelled), Effect.succeed(true))
          )
      }
    }))))

  it.effect("and is closed meanwhile: the draft is kept, and the reason is said", () =>
    Effect.gen(function*() {
      const packer = yield* ProjectRuntime
      const editor = yield* (yield* BankCompositionEditor).open({ id: 1 })
      yield* editor.edit
      yield* editor.remove("a.png")
      yield* Effect.forkScoped(TestClock.adjust("1 minute"))
      yield* packer.close
      assert.isFalse(yield* editor.apply)
      const state = yield* editor.state
      assert.strictEqual(state._tag === "Editing" && state.lastFailure?.error?._tag, "RuntimeClosed")
      assert.isTrue(yield* editor.cancel)
    }).pipe(Effect.provide(studioOn(studioDisk().disk))))
})

describe("events out of place", () => {
  const send = (...events: ReadonlyArray<Told>) =>
    Effect.andThen(
      StudioEventBus.use((bus) =>
        Effect.forEach(events, (event) => bus.publish({ _tag: "PackerTold", event: told(event) }), { discard: true })
      ),
      turns
    )

  it.effect("make no operation that did not tell of itself, and end none", () =>
    Effect.gen(function*() {
      const { view } = yield* Activity
      const before = (yield* view).finished.length
      yield* send(
        { operation: "later", kind: "asset_changed", sequence: 7 },
        { operation: "unknown", kind: "action_failed", sequence: 3 },
        { operation: "unknown", kind: "asset_discovered", sequence: 4 }
      )
      assert.strictEqual((yield* view).finished.length, before + 1)
      assert.deepStrictEqual(yield* (yield* Progress).running, [])
    }).pipe(Effect.provide(studioOn(studioDisk().disk))))

  it.effect("that are none are told in the log, and what comes after them is not missed", () =>
    Effect.gen(function*() {
      const bus = yield* StudioEventBus
      const { view } = yield* Activity
      const before = (yield* view).finished.length
      for (const event of [undefined, null, 5, {}, { _tag: "PackerTold" }, { _tag: "PackerTold", event: null }]) {
        yield* bus.publish(event as never)
        yield* turns
      }
      yield* send({ operation: "later", kind: "action_applied" })
      assert.strictEqual((yield* view).finished.length, before + 1)
      yield* send({ operation: "running", kind: "progress_updated" })
      assert.strictEqual((yield* (yield* Progress).running).length, 1)
    }).pipe(Effect.provide(studioOn(studioDisk().disk))))

  it.effect("do not disturb an editor, nor a listener that never reads", () =>
    Effect.gen(function*() {
      const bus = yield* StudioEventBus
      const unread = yield* bus.subscribe
      const editor = yield* (yield* BankCompositionEditor).open({ id: 1 })
      yield* editor.edit
      const before = yield* editor.state
      yield* send(...Array.from({ length: 3000 }, (_, i) => ({ operation: `op${i}`, kind: "action_applied" as const })))
      assert.strictEqual(yield* editor.state, before)
      assert.isTrue(yield* editor.apply)
      assert.strictEqual((yield* (yield* Activity).view).finished.length, 200)
      assert.strictEqual((yield* Effect.flip(Stream.runDrain(unread)))._tag, "SubscriberLagged")
    }).pipe(Effect.provide(studioOn(studioDisk().disk))))
})

describe("nothing of a Studio", () => {
  const writing = new Set(["write", "makeFolder", "rename", "link", "removeFile", "removeFolder", "flush", "flushData"])

  it.effect("writes: only the commands of the packer do", () => {
    const recording = recordingDisk(studioDisk().disk)
    const writes = () => recording.calls.filter(({ call, mode }) => writing.has(call) || mode === "create").length
    return Effect.gen(function*() {
      const editor = yield* (yield* BankCompositionEditor).open({ id: 1 })
      yield* TestClock.adjust("1 minute")
      yield* (yield* ProjectRuntime).flush
      recording.clear()
      yield* editor.edit
      yield* editor.add("x.png")
      yield* TestClock.adjust("1 second")
      yield* editor.moveUp("x.png")
      yield* editor.reset
      yield* editor.remove("a.png")
      yield* TestClock.adjust("1 second")
      yield* editor.cancel
      yield* editor.edit
      yield* editor.moveUp("b.png")
      yield* TestClock.adjust("1 second")
      assert.isAbove(recording.calls.length, 0)
      assert.strictEqual(writes(), 0)
      assert.isTrue(yield* editor.apply)
      assert.isAbove(writes(), 0)
    }).pipe(Effect.provide(studioOn(recording.disk)))
  })

  it.effect("is waited for that has ended", () => {
    const faulty = faultyDisk(studioDisk().disk)
    return Effect.gen(function*() {
      const scope = yield* Scope.make()
      const editor = yield* Scope.provide((yield* BankCompositionEditor).open({ id: 1 }), scope)
      yield* editor.edit
      yield* editor.remove("a.png")
      const gate = faulty.gate(({ call }) => call === "flush" || call === "flushData")
      const applying = yield* start(editor.apply)
      yield* gate.reached
      yield* Scope.close(scope, Exit.void)
      const ended = yield* Fiber.await(applying)
      assert.isTrue(Exit.hasInterrupts(ended))
      yield* gate.open
      yield* turns
      const { composition } = yield* (yield* ProjectRuntime).getAssetDetails({ id: 1 })
      assert.deepStrictEqual(composition.selected.map(({ file }) => file), ["b.png"])

      const sudden = yield* Scope.make()
      const begun = yield* Scope.provide((yield* BankCompositionEditor).open({ id: 1 }), sudden)
      yield* begun.edit
      const attempt = yield* start(begun.apply)
      yield* Scope.close(sudden, Exit.void)
      assert.isTrue(Exit.hasInterrupts(yield* Fiber.await(attempt)))

      const other = yield* Scope.make()
      const late = yield* Scope.provide((yield* BankCompositionEditor).open({ id: 2 }), other)
      yield* late.edit
      yield* Scope.close(other, Exit.void)
      assert.isFalse(yield* late.apply)
      assert.strictEqual((yield* late.state)._tag, "Editing")
    }).pipe(Effect.provide(studioOn(faulty.disk)))
  })

  it.effect("is needed for an operation to go on", () => {
    const disk = studioDisk()
    return Effect.gen(function*() {
      const packer = yield* ProjectRuntime
      const exit = yield* Effect.exit(Effect.scoped(Effect.gen(function*() {
        const editor = yield* (yield* BankCompositionEditor).open({ id: 1 })
        yield* editor.edit
        yield* editor.remove("a.png")
        yield* TestClock.adjust("1 second")
        yield* start(editor.apply)
        yield* turns
      })))
      assert.isTrue(Exit.isSuccess(exit))
      yield* turns
      const { composition } = yield* packer.getAssetDetails({ id: 1 })
      assert.deepStrictEqual(composition.selected.map(({ file }) => file), ["b.png"])
    }).pipe(Effect.provide(studioOn(disk.disk)))
  })
})
