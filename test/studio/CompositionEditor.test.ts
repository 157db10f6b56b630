/** The editor of a composition over a real packer, on a disk in memory. */
import { assert, describe, it } from "@effect/vitest"
import { Effect, Exit, Fiber, Scope, Stream } from "effect"
import { TestClock } from "effect/testing"
import { Command, ProjectRuntime } from "../../src/index.ts"
import { BankCompositionEditor, blockersOf, capacityOf } from "../../src/studio.ts"
import { faultyDisk, manifestText, recordingDisk, testUuid } from "../../src/testing.ts"
import { drafted, execute, open, rowsOf, settled, show, shown, stateOf, written } from "../support/Editor.ts"
import { start, turns } from "../support/Projects.ts"
import { compose, studioDisk, studioOn } from "../support/Studio.ts"

describe("an editor", () => {
  const disk = studioDisk()
  it.effect("edits, applies, and shows what was read afterwards", () =>
    Effect.gen(function*() {
      const editor = yield* drafted
      assert.isTrue(yield* editor.remove("a.png"))
      assert.isTrue(yield* editor.moveTo("x.png", 0))
      assert.isTrue(yield* editor.moveDown("x.png"))
      assert.isFalse(yield* editor.moveDown("x.png"))
      assert.isTrue(yield* editor.apply)
      // At once: nobody has had a turn to tell the editor of the new generation.
      const state = yield* editor.state
      assert.strictEqual(shown(state), "ReadOnly b.png,x.png")
      assert.deepStrictEqual(state.section.details.composition.available.map(({ file }) => file), ["a.png", "y.png"])
      assert.strictEqual(capacityOf(state)?.totalBytes.used, 5)
      assert.deepStrictEqual(written(disk), ["b.png", "x.png"])
    }).pipe(Effect.provide(studioOn(disk.disk))))

  it.effect("does nothing at the wrong time", () =>
    Effect.gen(function*() {
      const editor = yield* open()
      const nothing = [
        editor.add("x.png"),
        editor.remove("a.png"),
        editor.reset,
        editor.apply,
        editor.retry,
        editor.cancel
      ]
      for (const wrong of nothing) assert.isFalse(yield* wrong)
      assert.isTrue(yield* editor.edit)
      assert.isFalse(yield* editor.edit)
      assert.isFalse(yield* editor.retry)
      assert.isFalse(yield* editor.add("stranger.png"))
      assert.isTrue(yield* editor.cancel)
      assert.strictEqual(yield* show(editor), "ReadOnly a.png,b.png")
    }).pipe(Effect.provide(studioOn(studioDisk().disk))))

  it.effect("has a draft previewed when it was left alone for a moment, the newest only", () =>
    Effect.gen(function*() {
      const editor = yield* open()
      yield* editor.edit
      for (const key of ["x.png", "y.png"]) {
        yield* TestClock.adjust("99 millis")
        yield* editor.add(key)
        assert.strictEqual((yield* show(editor)).includes("previewed"), false)
      }
      yield* TestClock.adjust("99 millis")
      assert.strictEqual(yield* show(editor), "Editing a.png,b.png,x.png,y.png")
      yield* TestClock.adjust("1 millis")
      const state = yield* stateOf(editor)
      assert.strictEqual(shown(state), "Editing a.png,b.png,x.png,y.png previewed")
      assert.strictEqual(capacityOf(state)?.files.used, 4)
      assert.strictEqual(capacityOf(state)?.totalBytes.used, 10)
      yield* editor.remove("a.png")
      assert.strictEqual(capacityOf(yield* stateOf(editor))?.files.used, 4)
      yield* settled
      assert.strictEqual(capacityOf(yield* stateOf(editor))?.files.used, 3)
    }).pipe(Effect.provide(studioOn(studioDisk().disk))))

  it.effect("has the packer look once, however often a draft is changed in that moment", () => {
    const recording = recordingDisk(studioDisk().disk)
    return Effect.gen(function*() {
      const editor = yield* open()
      yield* editor.edit
      recording.clear()
      for (const key of ["x.png", "y.png"]) yield* editor.add(key)
      for (let time = 0; time < 10; time++) yield* editor.moveTo("x.png", time % 4)
      yield* settled
      yield* settled
      assert.strictEqual(
        recording.calls.filter(({ call, path }) => call === "list" && path.endsWith("ui/atlas")).length,
        1
      )
    }).pipe(Effect.provide(studioOn(recording.disk)))
  })

  it.effect("does not let an older preview that took longer win", () => {
    const faulty = faultyDisk(studioDisk().disk)
    return Effect.gen(function*() {
      const editor = yield* open()
      const gate = faulty.gate(({ call, path }) => call === "list" && path.endsWith("ui/atlas"))
      yield* editor.edit
      yield* editor.add("x.png")
      yield* settled
      yield* gate.reached
      yield* editor.add("y.png")
      yield* gate.open
      yield* turns
      assert.strictEqual(yield* show(editor), "Editing a.png,b.png,x.png,y.png")
      yield* settled
      const state = yield* stateOf(editor)
      assert.strictEqual(capacityOf(state)?.files.used, 4)
    }).pipe(Effect.provide(studioOn(faulty.disk)))
  })

  it.effect("applies at once what is not previewed yet, by its preview", () =>
    Effect.gen(function*() {
      const editor = yield* open()
      yield* editor.edit
      yield* editor.remove("a.png")
      assert.isTrue(yield* editor.apply)
      assert.strictEqual(yield* show(editor), "ReadOnly b.png")
    }).pipe(Effect.provide(studioOn(studioDisk().disk))))

  it.effect("resets to what the packer has, and goes on", () =>
    Effect.gen(function*() {
      const editor = yield* drafted
      yield* execute(compose("y.png"))
      assert.isTrue(yield* editor.reset)
      assert.strictEqual(yield* show(editor), "Editing y.png")
      yield* settled
      assert.strictEqual(yield* show(editor), "Editing y.png previewed")
    }).pipe(Effect.provide(studioOn(studioDisk().disk))))

  it.effect("is one for each asset, whoever opens it, as long as somebody has it", () =>
    Effect.gen(function*() {
      const scope = yield* Scope.make()
      const [one, same] = yield* Scope.provide(
        Effect.all([open(), BankCompositionEditor.use((editors) => editors.open({ id: 1 }))]),
        scope
      )
      assert.strictEqual(one, same)
      assert.notStrictEqual(one, yield* open("ui/other"))
      yield* one.edit
      yield* execute(Command.relocate({ asset: { id: 1 }, to: "ui/moved" }))
      assert.strictEqual(yield* Scope.provide(open("ui/moved"), scope), one)
      yield* Scope.close(scope, Exit.void)
      const another = yield* open("ui/moved")
      assert.notStrictEqual(another, one)
      assert.strictEqual(yield* show(another), "ReadOnly a.png,b.png")
      assert.strictEqual((yield* Effect.flip(open("no/such")))._tag, "AssetNotFound")
    }).pipe(Effect.provide(studioOn(studioDisk().disk))))

  it.effect("tells whoever follows it", () =>
    Effect.gen(function*() {
      const editor = yield* open()
      const tags = yield* start(editor.changes.pipe(
        Stream.map(({ _tag }) => _tag),
        Stream.changes,
        Stream.take(3),
        Stream.runCollect
      ))
      yield* turns
      for (const next of [editor.edit, editor.add("x.png"), editor.cancel]) yield* Effect.andThen(next, turns)
      assert.deepStrictEqual(yield* Fiber.join(tags), ["ReadOnly", "Editing", "ReadOnly"])
    }).pipe(Effect.provide(studioOn(studioDisk().disk))))
})

describe("a draft, while something happens to its asset", () => {
  const happening = (what: Effect.Effect<unknown, never, ProjectRuntime>, disk = studioDisk()) =>
    Effect.gen(function*() {
      const editor = yield* drafted
      yield* what
      yield* settled
      return { editor, said: yield* show(editor) }
    }).pipe(Effect.provide(studioOn(disk.disk)))

  it.effect("stays, and says that it was changed", () =>
    Effect.gen(function*() {
      const { said } = yield* happening(Effect.orDie(execute(Command.updateContract({ asset: { id: 1 }, name: "n" }))))
      assert.strictEqual(said, "Editing b.png,a.png,x.png previewed changed")
    }))

  it.effect("stays, and says that it was moved; and is applied where it is", () =>
    Effect.gen(function*() {
      const editor = yield* drafted
      yield* execute(Command.relocate({ asset: { id: 1 }, to: "ui/moved" }))
      yield* settled
      assert.strictEqual(yield* show(editor), "Editing b.png,a.png,x.png previewed moved")
      assert.isTrue(yield* editor.apply)
      const state = yield* stateOf(editor)
      assert.strictEqual(state.section.asset.root, "ui/moved")
      assert.strictEqual(rowsOf(state), "b.png,a.png,x.png")
    }).pipe(Effect.provide(studioOn(studioDisk().disk))))

  it.effect("stays, and says that it diverged, until a refresh adopts what is on disk", () => {
    const disk = studioDisk()
    return Effect.gen(function*() {
      const packer = yield* ProjectRuntime
      const editor = yield* drafted
      disk.put("/game/assets/ui/atlas/asset.json", manifestText({ name: "theirs", asset_uuid: testUuid(1) }))
      assert.isFalse(yield* editor.apply)
      yield* settled
      const state = yield* stateOf(editor)
      assert.strictEqual(shown(state), "Editing b.png,a.png,x.png previewed diverged PreviewStale")
      assert.deepStrictEqual(blockersOf(state).map(({ code }) => code), ["asset/diverged"])
      assert.isFalse(yield* editor.retry)
      assert.strictEqual(yield* show(editor), "Editing b.png,a.png,x.png previewed diverged Diverged")
      yield* packer.refreshAsset({ id: 1 })
      yield* settled
      assert.strictEqual(yield* show(editor), "Editing b.png,a.png,x.png previewed changed Diverged")
      assert.isTrue(yield* editor.retry)
      assert.strictEqual(yield* show(editor), "ReadOnly b.png,a.png,x.png")
    }).pipe(Effect.provide(studioOn(disk.disk)))
  })

  it.effect("is not disturbed by others", () =>
    Effect.gen(function*() {
      const editor = yield* drafted
      const before = yield* editor.state
      yield* execute(Command.updateContract({ asset: { id: 2 }, name: "n" }))
      yield* settled
      assert.strictEqual(yield* editor.state, before)
    }).pipe(Effect.provide(studioOn(studioDisk().disk))))

  it.effect("is shown what an artist put there, when the packer has seen it", () => {
    const disk = studioDisk()
    return Effect.gen(function*() {
      const packer = yield* ProjectRuntime
      const editor = yield* drafted
      disk.put("/game/assets/ui/atlas/new.png", "new")
      yield* packer.refreshAsset({ id: 1 })
      yield* settled
      assert.isTrue(yield* editor.add("new.png", 0))
      assert.isTrue(yield* editor.apply)
      assert.strictEqual(yield* show(editor), "ReadOnly new.png,b.png,a.png,x.png")
    }).pipe(Effect.provide(studioOn(disk.disk)))
  })
})
