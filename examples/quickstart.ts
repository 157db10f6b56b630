/** Quickstart: open a project folder, list what is there, register an asset, read it back, and follow the events. */
import { NodeRuntime } from "@effect/platform-node"
import { Effect, Layer, Stream } from "effect"
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { dirname, join } from "node:path"
import { Command, isTerminal, PackerEvents, ProjectId, ProjectRuntime, pubSubSink } from "prometeu-packer"
import * as Packer from "prometeu-packer/node"
import { workspaceFiles } from "prometeu-packer/testing"

/** A project folder with two assets, one of them broken; it is removed in the end. */
const demoFolder = Effect.acquireRelease(
  Effect.sync(() => {
    const root = mkdtempSync(join(tmpdir(), "quickstart-"))
    const files = workspaceFiles({
      "ui/atlas": { manifest: { name: "ui_atlas" }, files: { "confirm.png": "(pixels)" } },
      "sfx/broken": { manifest: "{ \"name\": " }
    })
    for (const [path, content] of Object.entries(files)) {
      mkdirSync(dirname(join(root, path)), { recursive: true })
      writeFileSync(join(root, path), content)
    }
    return root
  }),
  (root) => Effect.sync(() => rmSync(root, { recursive: true }))
)

const tour = Effect.fn("tour")(function*(say: (line: string) => void) {
  const packer = yield* ProjectRuntime
  const events = yield* PackerEvents

  // Reads come from memory, at one generation.
  say("The assets of the project:")
  for (const { diagnostics, registration, root } of (yield* packer.listAssets()).assets) {
    say(`  ${root}: ${registration}, ${diagnostics.error === 0 ? "fine" : "broken"}`)
  }
  for (const { message } of (yield* packer.getAssetDetails({ root: "sfx/broken" })).diagnostics) say(`  ! ${message}`)

  // A preview says what a command would do. Nothing happens yet.
  const command = Command.register({ root: "ui/atlas" })
  const preview = yield* packer.preview(command)
  say("\nRegistering ui/atlas would do this:")
  for (const { after, kind } of preview.registryMutations) say(`  registry: ${kind} id ${after?.assetId}`)
  for (const { kind, to } of preview.filesystemMutations) say(`  disk: ${kind} ${to}`)

  // Exactly what was shown is applied. The outcome means durable, and visible for every reader.
  const outcome = yield* packer.execute(command, { expecting: preview })
  const { summary } = yield* packer.getAssetDetails({ id: 1 })
  say(`\nGeneration ${outcome.generation} shows it:`)
  say(`  ${summary.name} at ${summary.root} is ${summary.registration} with id ${summary.assetId}`)

  // Events tell the same in order, to the one that ends the operation.
  say("\nWhat was told of it:")
  yield* Stream.runForEach(yield* events.operation(outcome.operationId), (event) =>
    Effect.sync(() => {
      const end = isTerminal(event) ? ", and that was all" : ""
      say(`  ${event.position}. ${event.kind}: ${event.summary}${end}`)
    }))
})

/** Runs the example; `say` gets each line it has to show. */
export const quickstart = (say: (line: string) => void) =>
  Effect.scoped(Effect.gen(function*() {
    const root = yield* demoFolder
    // The host supplies the project and a sink for the events; without the sink this does not compile.
    const project = Packer.layer({ projectId: ProjectId.make("demo"), root })
    yield* Effect.provide(tour(say), Layer.provideMerge(project, pubSubSink))
  }))

if (import.meta.main) NodeRuntime.runMain(quickstart(console.log))
