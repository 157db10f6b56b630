/** A Studio without a page: the same parts, and what a person would see of them, line by line. */
import { NodeRuntime } from "@effect/platform-node"
import { Effect, Layer, Stream } from "effect"
import { mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { dirname, join } from "node:path"
import { Command, ProjectId, ProjectRuntime } from "prometeu-packer"
import * as Packer from "prometeu-packer/node"
import {
  Activity,
  activity,
  AssetsWorkspace,
  assetsWorkspace,
  BankCompositionEditor,
  bankCompositionEditor,
  blockersOf,
  capacityOf,
  type EditorState,
  filesOf,
  Progress,
  progress,
  StudioEventBus,
  studioEventBus,
  studioPackerAdapter
} from "prometeu-packer/studio"
import { workspaceFiles } from "prometeu-packer/testing"

const imported = Array.from({ length: 200 }, (_, index) => `imported/tile${index}`)

/** A project folder with a bank of two tiles that could hold more, and an import; it is removed in the end. */
const demoFolder = Effect.acquireRelease(
  Effect.sync(() => {
    const root = mkdtempSync(join(tmpdir(), "studio-"))
    const artifacts = [{ file: "grass.png", index: 0 }, { file: "water.png", index: 1 }]
    const pictures = { "grass.png": "(grass)", "water.png": "(water)", "stone.png": "(stone)", "sand.png": "(sand)" }
    const files = workspaceFiles({
      "tiles/world": { id: 1, manifest: { name: "world", artifacts }, files: pictures },
      "tiles/caves": { manifest: { name: "caves" } },
      ...Object.fromEntries(imported.map((root) => [root, { manifest: { name: "tile" } }]))
    })
    for (const [path, content] of Object.entries(files)) {
      mkdirSync(dirname(join(root, path)), { recursive: true })
      writeFileSync(join(root, path), content)
    }
    return root
  }),
  (root) => Effect.sync(() => rmSync(root, { recursive: true }))
)

/** A composition as a person sees it. */
const lines = (state: EditorState): ReadonlyArray<string> => {
  const files = state._tag === "ReadOnly"
    ? state.section.details.composition.selected.map(({ file }) => file)
    : filesOf(state.draft)
  const used = capacityOf(state)?.files
  return [
    `  ${state._tag}: ${files.join(", ")}${used === undefined ? "" : ` (${used.used} of ${used.limit})`}`,
    ...blockersOf(state).map(({ message }) => `    ! ${message}`),
    ...(state._tag === "Editing" && state.lastFailure !== undefined ? [`    failed: ${state.lastFailure.message}`] : [])
  ]
}

const tour = Effect.fn("tour")(function*(root: string, say: (line: string) => void) {
  const packer = yield* ProjectRuntime
  const workspace = yield* AssetsWorkspace
  const bus = yield* StudioEventBus

  say("The assets with tiles:")
  yield* workspace.filter({ text: "tiles/" })
  yield* workspace.select({ root: "tiles/world" })
  const { list, selected } = yield* workspace.view
  for (const { name, registration, root } of list.assets) say(`  ${name} at ${root}: ${registration}`)
  const enabled = selected?.actions.flatMap(({ action, enabled }) => enabled ? [action] : [])
  say(`  with ${selected?.details.summary.name} one can: ${enabled?.join(", ")}`)

  say("\nIt is moved, and stays selected:")
  yield* packer.execute(Command.relocate({ asset: { id: 1 }, to: "tiles/overworld" }))
  yield* Stream.runHead(Stream.filter(workspace.changes, ({ list }) => list.generation >= 2))
  say(`  ${(yield* workspace.view).selected?.details.summary.root}`)

  say("\nIts tiles are put into another order, and one more is taken in:")
  const editor = yield* (yield* BankCompositionEditor).open({ id: 1 })
  const show = Effect.map(editor.state, (state) => lines(state).forEach((line) => say(line)))
  yield* show
  yield* editor.edit
  yield* editor.moveUp("water.png")
  yield* editor.add("stone.png", 1)
  // The packer says what it thinks of a draft when that was left alone for a moment.
  yield* Stream.runHead(Stream.filter(editor.changes, (state) => state._tag === "Editing" && state.previewed))
  yield* show

  say("\nSomebody takes the new tile away, just before it is applied:")
  const stone = join(root, "assets/tiles/overworld/stone.png")
  renameSync(stone, join(root, "stone.png"))
  const heard = yield* bus.subscribe
  yield* editor.apply
  yield* show
  const [told] = yield* Stream.runCollect(Stream.take(
    Stream.filter(heard, (event) => event._tag === "BankCompositionApplyFailed"),
    1
  ))
  if (told?._tag === "BankCompositionApplyFailed") {
    say(`  on the bus: ${told._tag}, the draft is ${told.files.join(", ")}`)
  }

  say("\nIt is put back, and applied by trying again:")
  renameSync(join(root, "stone.png"), stone)
  while (!(yield* editor.retry)) yield* show
  yield* show

  say("\nAn import is registered, all of it or nothing:")
  const running = (yield* Progress).changes
  yield* Effect.forkScoped(
    Stream.runForEach(running, (operations) =>
      Effect.sync(() => {
        for (const { progress } of operations) say(`  … ${progress?.done} of ${progress?.total} ${progress?.unit}`)
      })),
    { startImmediately: true }
  )
  yield* packer.execute(Command.batch({ commands: imported.map((root) => Command.register({ root })) }))
  const gone = yield* Stream.runHead(Stream.filter(running, (operations) => operations.length === 0))
  say(`  its progress is ${gone._tag === "Some" ? "gone" : "still there"}`)

  say("\nWhat was done, the newest first:")
  const { changes } = yield* Activity
  const isThere = Stream.filter(changes, ({ finished }) => finished[0]?.action === "batch")
  for (const { finished } of yield* Stream.runCollect(Stream.take(isThere, 1))) {
    for (const { result, summary } of finished) say(`  ${result._tag}: ${summary}`)
  }
})

/** Runs the example; `say` gets each line it has to show. */
export const studioInATerminal = (say: (line: string) => void) =>
  Effect.scoped(Effect.gen(function*() {
    const root = yield* demoFolder
    // The bus is there first: without it there is no sink, and without a sink no project.
    const listening = Layer.provideMerge(Layer.mergeAll(studioPackerAdapter, activity, progress), studioEventBus)
    const project = Packer.layer({ projectId: ProjectId.make("demo"), root })
    const studio = Layer.mergeAll(assetsWorkspace, bankCompositionEditor).pipe(
      Layer.provideMerge(project),
      Layer.provideMerge(listening)
    )
    yield* Effect.provide(tour(root, say), studio)
  }))

if (import.meta.main) NodeRuntime.runMain(studioInATerminal(console.log))
