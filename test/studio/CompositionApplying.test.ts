/** Applying a draft that fails, or is cancelled, over a real packer. */
import { assert, describe, it } from "@effect/vitest"
import { Effect, Fiber } from "effect"
import { Command, ProjectRuntime } from "../../src/index.ts"
import { faultyDisk } from "../../src/testing.ts"
import { drafted, execute, open, settled, show, shown, stateOf, written } from "../support/Editor.ts"
import { start, turns } from "../support/Projects.ts"
import { heardOnBus, studioDisk, studioOn } from "../support/Studio.ts"

describe("applying that fails", () => {
  it.effect("keeps the draft to the last row, says why, tells it on the bus, and can be tried again", () => {
    const disk = studioDisk()
    const faulty = faultyDisk(disk.disk)
    return Effect.gen(function*() {
      const heard = yield* heardOnBus
      const editor = yield* drafted
      faulty.failWhere(({ call, mode }) => call === "open" && mode === "create" ? "ENOSPC" : undefined)
      assert.isFalse(yield* editor.apply)
      const state = yield* stateOf(editor)
      assert.strictEqual(shown(state), "Editing b.png,a.png,x.png previewed CommitFailed")
      assert.include(state._tag === "Editing" ? state.lastFailure?.message : "", "Make room on the disk")
      assert.deepStrictEqual(written(disk), ["a.png", "b.png"])
      const [told, ...others] = heard.filter((event) => event._tag === "BankCompositionApplyFailed")
      assert.deepStrictEqual(others, [])
      assert.deepStrictEqual(told?.files, ["b.png", "a.png", "x.png"])
      assert.strictEqual(told?.failure.error?._tag, "CommitFailed")
      const end = heard.find((event) => event._tag === "PackerTold" && event.event.operation_id === told?.operationId)
      assert.strictEqual(end?._tag === "PackerTold" && end.event.kind, "action_failed")

      assert.isFalse(yield* editor.retry)
      assert.strictEqual(yield* show(editor), "Editing b.png,a.png,x.png previewed CommitFailed")
      faulty.heal()
      assert.isTrue(yield* editor.retry)
      assert.strictEqual(yield* show(editor), "ReadOnly b.png,a.png,x.png")
      assert.deepStrictEqual(written(disk), ["b.png", "a.png", "x.png"])
    }).pipe(Effect.provide(studioOn(faulty.disk)))
  })

  it.effect("leaves reset and cancel possible", () => {
    const faulty = faultyDisk(studioDisk().disk)
    return Effect.gen(function*() {
      const editor = yield* drafted
      faulty.failWhere(({ call, mode }) => call === "open" && mode === "create" ? "ENOSPC" : undefined)
      assert.isFalse(yield* editor.apply)
      assert.isTrue(yield* editor.reset)
      assert.strictEqual(yield* show(editor), "Editing a.png,b.png")
      assert.isFalse(yield* editor.retry)
      yield* editor.add("y.png")
      assert.isFalse(yield* editor.apply)
      assert.isTrue(yield* editor.cancel)
      assert.strictEqual(yield* show(editor), "ReadOnly a.png,b.png")
    }).pipe(Effect.provide(studioOn(faulty.disk)))
  })

  it.effect("because the preview is stale brings the new one, and retrying applies that", () => {
    const disk = studioDisk()
    const faulty = faultyDisk(disk.disk)
    return Effect.gen(function*() {
      const packer = yield* ProjectRuntime
      const editor = yield* drafted
      // Somebody else is faster: accepted before, and visible only after the editor has sent its preview.
      const gate = faulty.gate(({ call, mode }) => call === "open" && mode === "create")
      const other = yield* start(packer.execute(Command.updateContract({ asset: { id: 1 }, name: "theirs" })))
      yield* gate.reached
      const applying = yield* start(editor.apply)
      yield* turns
      assert.strictEqual(yield* show(editor), "Applying b.png,a.png,x.png")
      yield* gate.open
      yield* Fiber.join(other)
      assert.isFalse(yield* Fiber.join(applying))
      const state = yield* stateOf(editor)
      assert.strictEqual(shown(state), "Editing b.png,a.png,x.png previewed changed PreviewStale")
      const brought = state._tag === "Editing" && state.lastFailure?.error?._tag === "PreviewStale"
        ? state.lastFailure.error.preview.digest
        : undefined
      yield* settled
      const later = yield* stateOf(editor)
      assert.strictEqual(later._tag === "Editing" && later.preview?.digest, brought)
      assert.isTrue(yield* editor.retry)
      assert.strictEqual(yield* show(editor), "ReadOnly b.png,a.png,x.png")
      assert.include(disk.text("/game/assets/ui/atlas/asset.json"), "theirs")
    }).pipe(Effect.provide(studioOn(faulty.disk)))
  })

  it.effect("because the packer's rules refuse it", () =>
    Effect.gen(function*() {
      const editor = yield* drafted
      yield* execute(Command.delete({ asset: { id: 1 } }))
      yield* settled
      assert.strictEqual(yield* show(editor), "Editing b.png,a.png,x.png previewed deleted")
      assert.isFalse(yield* editor.apply)
      assert.strictEqual(yield* show(editor), "Editing b.png,a.png,x.png previewed deleted AssetNotFound")
      assert.isFalse(yield* editor.reset)
      assert.isTrue(yield* editor.cancel)
      const state = yield* stateOf(editor)
      assert.isTrue(state._tag === "ReadOnly" && state.deleted)
      assert.isFalse(yield* editor.edit)
    }).pipe(Effect.provide(studioOn(studioDisk().disk))))
})

describe("cancelling", () => {
  it.effect("before anything is sent goes back to editing, and nothing is told", () => {
    const disk = studioDisk()
    const faulty = faultyDisk(disk.disk)
    return Effect.gen(function*() {
      const heard = yield* heardOnBus
      const editor = yield* open()
      yield* editor.edit
      yield* editor.add("x.png")
      const gate = faulty.gate(({ call, path }) => call === "list" && path.endsWith("ui/atlas"))
      const applying = yield* start(editor.apply)
      yield* gate.reached
      assert.strictEqual(yield* show(editor), "Applying a.png,b.png,x.png")
      assert.isFalse(yield* editor.remove("a.png"))
      assert.isTrue(yield* editor.cancel)
      assert.strictEqual(yield* show(editor), "Editing a.png,b.png,x.png")
      yield* gate.open
      assert.isFalse(yield* Fiber.join(applying))
      yield* settled
      assert.strictEqual(yield* show(editor), "Editing a.png,b.png,x.png previewed")
      assert.deepStrictEqual(heard, [])
      assert.deepStrictEqual(written(disk), ["a.png", "b.png"])
      assert.isTrue(yield* editor.apply)
    }).pipe(Effect.provide(studioOn(faulty.disk)))
  })

  it.effect("cancels an operation that waits for its turn, and keeps the draft", () => {
    const disk = studioDisk()
    const faulty = faultyDisk(disk.disk)
    return Effect.gen(function*() {
      const packer = yield* ProjectRuntime
      const editor = yield* drafted
      const gate = faulty.gate(({ call, mode }) => call === "open" && mode === "create")
      const other = yield* start(packer.execute(Command.updateContract({ asset: { id: 2 }, name: "theirs" })))
      yield* gate.reached
      const applying = yield* start(editor.apply)
      yield* turns
      const state = yield* editor.state
      assert.isDefined(state._tag === "Applying" && state.operationId)
      assert.isTrue(yield* editor.cancel)
      assert.strictEqual(yield* show(editor), "Editing b.png,a.png,x.png previewed Cancelled")
      assert.isFalse(yield* Fiber.join(applying))
      yield* gate.open
      yield* Fiber.join(other)
      yield* turns
      assert.deepStrictEqual(written(disk), ["a.png", "b.png"])
    }).pipe(Effect.provide(studioOn(faulty.disk)))
  })

  it.effect("is too late when the operation is being committed", () => {
    const faulty = faultyDisk(studioDisk().disk)
    return Effect.gen(function*() {
      const editor = yield* drafted
      const gate = faulty.gate(({ call }) => call === "flush" || call === "flushData")
      const applying = yield* start(editor.apply)
      yield* gate.reached
      assert.isFalse(yield* editor.cancel)
      yield* gate.open
      assert.isTrue(yield* Fiber.join(applying))
      assert.strictEqual(yield* show(editor), "ReadOnly b.png,a.png,x.png")
    }).pipe(Effect.provide(studioOn(faulty.disk)))
  })

  it.effect("is not what it is to stop waiting", () => {
    const disk = studioDisk()
    const faulty = faultyDisk(disk.disk)
    return Effect.gen(function*() {
      const editor = yield* drafted
      const gate = faulty.gate(({ call, mode }) => call === "open" && mode === "create")
      const applying = yield* start(editor.apply)
      yield* gate.reached
      yield* Fiber.interrupt(applying)
      yield* gate.open
      yield* settled
      assert.strictEqual(yield* show(editor), "ReadOnly b.png,a.png,x.png")
      assert.deepStrictEqual(written(disk), ["b.png", "a.png", "x.png"])
    }).pipe(Effect.provide(studioOn(faulty.disk)))
  })
})
