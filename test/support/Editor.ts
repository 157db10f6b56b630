/** An editor of a composition, and how a test says what it shows. */
import { assert } from "@effect/vitest"
import { Effect } from "effect"
import { TestClock } from "effect/testing"
import { type Command, ProjectRuntime } from "../../src/index.ts"
import { BankCompositionEditor, type CompositionEditor, type EditorState, filesOf } from "../../src/studio.ts"
import type { SimulatedDisk } from "../../src/testing.ts"
import { turns } from "./Projects.ts"

/** Opens the editor of the asset at a root. */
export const open = (root = "ui/atlas") => BankCompositionEditor.use((editors) => editors.open({ root }))
/** Its state, when everybody had a turn. */
export const stateOf = Effect.fnUntraced(function*(editor: CompositionEditor) {
  yield* turns
  return yield* editor.state
})
/** Time for a preview. */
export const settled = Effect.andThen(TestClock.adjust("100 millis"), turns)
/** Somebody else does something. */
export const execute = (command: Command) =>
  Effect.andThen(ProjectRuntime.use((packer) => packer.execute(command)), turns)

/** The files of a state, in order. */
export const rowsOf = (state: EditorState): string =>
  state._tag === "ReadOnly"
    ? state.section.details.composition.selected.map(({ file }) => file).join()
    : filesOf(state.draft).join()
/** A state in a few words. */
export const shown = (state: EditorState): string => {
  if (state._tag !== "Editing") return `${state._tag} ${rowsOf(state)}`
  const { lastFailure, meanwhile, previewed } = state
  const happened = Object.entries(meanwhile).flatMap(([what, isSo]) => isSo === true ? [what] : [])
  return ["Editing", rowsOf(state), ...(previewed ? ["previewed"] : []), ...happened, lastFailure?.error?._tag]
    .filter((word) => word !== undefined).join(" ")
}
/** The state of an editor in a few words. */
export const show = (editor: CompositionEditor) => Effect.map(stateOf(editor), shown)

/** An editor with the draft `b.png, a.png, x.png`, previewed. */
export const drafted = Effect.gen(function*() {
  const editor = yield* open()
  yield* editor.edit
  yield* editor.moveUp("b.png")
  yield* editor.add("x.png")
  yield* settled
  assert.strictEqual(yield* show(editor), "Editing b.png,a.png,x.png previewed")
  return editor
})
/** The files of the bank, as its manifest has them. */
export const written = (disk: SimulatedDisk, root = "ui/atlas"): ReadonlyArray<string> =>
  Array.from(disk.text(`/game/assets/${root}/asset.json`)?.matchAll(/"file": "(.*?)"/g) ?? [], ([, file = ""]) => file)
