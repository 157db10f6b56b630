/** An editor, whatever a person, others and the disk do: a draft is lost by nothing but reset, cancel and success. */
import { assert, describe, it } from "@effect/vitest"
import { Arbitrary, Effect, Fiber } from "effect"
import { Command, ProjectRuntime } from "../../src/index.ts"
import { type CompositionEditor, type EditorState, filesOf } from "../../src/studio.ts"
import { faultyDisk } from "../../src/testing.ts"
import { integer, pick } from "../support/Arbitraries.ts"
import { open, settled, written } from "../support/Editor.ts"
import { start, turns } from "../support/Projects.ts"
import { compose, heardOnBus, studioDisk, studioOn } from "../support/Studio.ts"

const acts = [
  "edit",
  "add",
  "add",
  "remove",
  "moveTo",
  "moveUp",
  "reset",
  "cancel",
  "apply",
  "apply",
  "retry",
  "cancelWaiting",
  "cancelLate",
  "wait",
  "othersRename",
  "othersCompose",
  "othersMove",
  "diskFails",
  "diskHeals",
  "artistAdds"
] as const
type Act = typeof acts[number]

/** Before these, somebody begins to edit who does not yet. */
const touchesDraft = new Set<Act>(["add", "remove", "moveTo", "moveUp", "apply", "cancelWaiting", "cancelLate"])

/** One thing that happens, and numbers to choose with. */
const step = Arbitrary.all([pick<Act>(...acts), integer(0, 5), integer(0, 5)])

const draftIn = (state: EditorState) => state._tag === "ReadOnly" ? undefined : filesOf(state.draft)
const tags = { ReadOnly: "ReadOnly", Editing: "Editing", Applying: "Applying" } as const

describe("an editor", () => {
  let runs = 0
  const counts = new Map<string, number>()
  const count = (what: string) => counts.set(what, (counts.get(what) ?? 0) + 1)

  it.effect.prop(
    "keeps its draft whatever happens, and applies what it shows or nothing",
    { steps: Arbitrary.array(step, { minLength: 8, maxLength: 40 }) },
    ({ steps }) => {
      const disk = studioDisk()
      const faulty = faultyDisk(disk.disk)
      return Effect.gen(function*() {
        const packer = yield* ProjectRuntime
        const heard = yield* heardOnBus
        const failures = () => heard.filter(({ _tag }) => _tag === "BankCompositionApplyFailed").length
        const editor = yield* open()
        let root = "ui/atlas"
        let names = 0

        /** Applies in some way; whether that succeeds, it is all or nothing. */
        const attempt = Effect.fnUntraced(function*(way: Effect.Effect<boolean>) {
          const before = yield* editor.state
          const told = failures()
          const isApplied = yield* way
          yield* turns
          const after = yield* editor.state
          if (isApplied) {
            count("applied")
            assert.strictEqual(after._tag, tags.ReadOnly)
            assert.deepStrictEqual(written(disk, root), draftIn(before))
            const now = yield* packer.getAssetDetails({ id: 1 })
            assert.deepStrictEqual(after.section.details.composition, now.composition)
            return
          }
          assert.deepStrictEqual(draftIn(after), draftIn(before))
          assert.strictEqual(after._tag, before._tag)
          const hasFailed = after._tag === "Editing" && before !== after && after.lastFailure !== undefined
          if (hasFailed) count(`failed: ${after.lastFailure?.error?._tag}`)
          assert.strictEqual(failures(), told + (hasFailed ? 1 : 0))
        })
        const othersDo = (command: Command) => Effect.exit(packer.execute(command))

        const cancel = Effect.tap(editor.cancel, (isCancelled) => Effect.sync(() => count(`cancel ${isCancelled}`)))
        /** Cancels before anything is sent, or while it waits behind another command. */
        const cancelWaiting = Effect.fnUntraced(function*(soon: number) {
          const gate = faulty.gate(({ call, mode }) => call === "open" && mode === "create")
          const other = yield* start(othersDo(Command.updateContract({ asset: { id: 2 }, name: `name${names++}` })))
          yield* gate.reached
          const applying = yield* start(editor.apply)
          for (let turn = 0; turn < soon * 3; turn++) yield* Effect.yieldNow
          if ((yield* editor.state)._tag === "Applying") yield* cancel
          yield* gate.open
          yield* Fiber.join(other)
          return yield* Fiber.join(applying)
        })
        /** Cancels while it is being committed, if it comes so far. */
        const cancelLate = Effect.gen(function*() {
          const gate = faulty.gate(({ call }) => call === "flush" || call === "flushData")
          const applying = yield* start(editor.apply)
          yield* Effect.race(gate.reached, Fiber.await(applying))
          if ((yield* editor.state)._tag === "Applying") yield* cancel
          yield* gate.open
          return yield* Fiber.join(applying)
        })

        const act = Effect.fnUntraced(function*(what: Act, one: number, two: number) {
          const before = yield* editor.state
          const { available = [], rows = [] } = before._tag === "ReadOnly" ? {} : before.draft
          const row = rows[one % Math.max(1, rows.length)]?.key ?? "none"
          switch (what) {
            case "edit":
            case "reset":
            case "cancel":
              return yield* editor[what]
            case "add":
              return yield* editor.add(available[one % Math.max(1, available.length)]?.key ?? "none", two)
            case "remove":
            case "moveUp":
              return yield* editor[what](row)
            case "moveTo":
              return yield* editor.moveTo(row, two)
            case "apply":
            case "retry":
              return yield* attempt(editor[what])
            case "cancelWaiting":
              return yield* attempt(cancelWaiting(two))
            case "cancelLate":
              return yield* attempt(cancelLate)
            case "wait":
              return yield* settled
            case "othersRename":
              return yield* othersDo(Command.updateContract({ asset: { id: 1 }, name: `name${one}` }))
            case "othersCompose":
              return yield* othersDo(compose(...["a.png", "x.png", "y.png"].slice(0, one)))
            case "othersMove": {
              yield* othersDo(Command.relocate({ asset: { id: 1 }, to: `ui/place${one}` }))
              root = (yield* packer.getAssetDetails({ id: 1 })).summary.root
              return
            }
            case "diskFails":
              return faulty.failWhere(({ call, mode }) => call === "open" && mode === "create" ? "ENOSPC" : undefined)
            case "diskHeals":
              return faulty.heal()
            case "artistAdds":
              disk.put(`/game/assets/${root}/new${one}.png`, "n")
              return yield* Effect.exit(packer.refreshAsset({ id: 1 }))
          }
        })

        for (const [what, one, two] of steps) {
          if (touchesDraft.has(what)) yield* editor.edit
          const before = yield* editor.state
          yield* act(what, one, two)
          yield* turns
          assertLegal(what, before, yield* editor.state)
        }
        yield* assertPreviewed(editor)
        runs++
      }).pipe(Effect.provide(studioOn(faulty.disk)))
    },
    { arbitrary: { runs: 120, seed: "studio editor" } }
  )

  it("was walked many ways", () => {
    const seen = Array.from(counts, ([what, times]) => `${what} ${times}`).toSorted().join(", ")
    process.stdout.write(`editor: ${runs} walks (${seen})\n`)
    assert.isAtLeast(runs, 120)
    for (const what of ["applied", "failed: CommitFailed", "failed: Cancelled", "cancel true", "cancel false"]) {
      assert.isAbove(counts.get(what) ?? 0, 0, what)
    }
  })
})

/** What may change a draft. */
const own = new Set<Act>(["edit", "add", "remove", "moveTo", "moveUp", "reset", "cancel"])

/** What a state may become by one thing that happens, when everything has come to rest. */
const assertLegal = (what: Act, before: EditorState, after: EditorState): void => {
  const [from, to] = [before._tag, after._tag]
  assert.notStrictEqual(to, tags.Applying)
  if (from === tags.ReadOnly) assert.strictEqual(to, what === "edit" && after !== before ? tags.Editing : tags.ReadOnly)
  if (from === tags.Editing && to === tags.ReadOnly) {
    assert.include(["cancel", "apply", "retry", "cancelWaiting", "cancelLate"], what)
  }
  if (from === tags.Editing && to === tags.Editing && !own.has(what)) {
    assert.deepStrictEqual(draftIn(after), draftIn(before))
  }
  if (after._tag === "ReadOnly") return
  const { available, rows } = after.draft
  const files = [...rows, ...available].map(({ file }) => file)
  assert.strictEqual(new Set(files).size, files.length)
  const { composition } = after.section.details
  for (const { file } of [...composition.selected, ...composition.available]) assert.include(files, file)
}

/** Left alone, a draft has a preview: of this draft, and of nothing else. */
const assertPreviewed = Effect.fnUntraced(function*(editor: CompositionEditor) {
  yield* settled
  const state = yield* editor.state
  if (state._tag !== "Editing") return
  assert.isTrue(state.previewed)
  const { command } = state.preview ?? {}
  assert.deepStrictEqual(command?._tag === "applyBankComposition" && command.files, filesOf(state.draft))
})
