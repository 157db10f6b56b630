import { Console, Effect, Layer } from "effect"
import { ProjectId } from "prometeu-packer"
import * as Packer from "prometeu-packer/node"
import * as Studio from "prometeu-packer/studio"

// The bus is there first: the adapter is the sink of the project, and needs it.
const listening = Layer.mergeAll(Studio.studioPackerAdapter, Studio.activity, Studio.progress).pipe(
  Layer.provideMerge(Studio.studioEventBus)
)
const studio = Layer.mergeAll(Studio.assetsWorkspace, Studio.bankCompositionEditor).pipe(
  Layer.provideMerge(Packer.layer({ projectId: ProjectId.make("my-game"), root: "/work/my-game" })),
  Layer.provideMerge(listening)
)

const person = Effect.gen(function*() {
  const editors = yield* Studio.BankCompositionEditor
  const editor = yield* editors.open({ root: "ui/atlas" })
  yield* editor.edit
  yield* editor.add("confirm.png", 0)
  const isApplied = yield* editor.apply // exactly what the packer's preview of this draft shows
  const { section } = yield* editor.state // read afterwards; the draft is still there if it failed
  yield* Console.log(isApplied, section.details.composition.selected.map(({ file }) => file))

  const { finished } = yield* (yield* Studio.Activity).view
  yield* Console.log(finished.map(({ action, result }) => `${action} ${result._tag}`))
})

await Effect.runPromise(Effect.scoped(Effect.provide(person, studio)))
