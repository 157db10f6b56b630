/** Batch import: a folder full of assets that nobody registered, taken over as one, with a progress bar in the terminal. */
import { NodeRuntime } from "@effect/platform-node"
import { Effect, Layer, Stream } from "effect"
import { Command, type ProgressReport, ProjectRuntime, pubSubSink } from "prometeu-packer"
import { inFolder, memoryProject, SimulatedDisk, workspaceFiles } from "prometeu-packer/testing"

const imported = Object.fromEntries(
  Array.from({ length: 500 }, (_, index) => [
    `imported/set${Math.floor(index / 50)}/tile${index}`,
    { manifest: { name: `tile_${index}` }, files: { "tile.png": "(pixels)" } }
  ])
)

/** A bar of twenty characters. */
const bar = ({ done, total = 1 }: ProgressReport): string => {
  const filled = Math.round((done / total) * 20)
  return `[${"#".repeat(filled)}${".".repeat(20 - filled)}] ${done} of ${total}`
}

/** Runs the example; `say` gets each line it has to show, and `draw` what stands in the place of the bar. */
export const batchImport = (say: (line: string) => void, draw: (bar: string) => void) => {
  const tour = Effect.gen(function*() {
    const packer = yield* ProjectRuntime
    const { assets } = yield* packer.listAssets({ registration: "unregistered" })
    say(`${assets.length} assets are not registered.`)

    // All of them or none: one plan, one commit, one generation, one terminal event.
    const batch = Command.batch({ commands: assets.map(({ root }) => Command.register({ root })) })
    const handle = yield* packer.submit(batch)
    yield* Stream.runForEach(handle.events, ({ progress }) =>
      Effect.sync(() => {
        if (progress !== undefined) draw(bar(progress))
      }))
    const { changes, generation } = yield* handle.await
    say(`Generation ${generation} has ${changes.updated.length} more registered assets.`)

    // One that cannot be registered, and none is.
    const mixed = Command.batch({
      commands: [
        Command.create({ root: "imported/new", name: "new", family: "tile_bank" }),
        Command.register({ root: "imported/set0/tile0" })
      ]
    })
    const ended = packer.execute(mixed)
    say(yield* Effect.match(ended, { onSuccess: () => "done", onFailure: ({ message }) => message }))
    say(`There are still ${(yield* packer.listAssets()).total} assets.`)
  })
  const disk = SimulatedDisk.of(inFolder("/game", workspaceFiles(imported)))
  return Effect.provide(tour, Layer.provide(memoryProject({ disk: disk.disk }), pubSubSink))
}

if (import.meta.main) {
  const { stdout } = process
  NodeRuntime.runMain(batchImport(console.log, (bar) => stdout.write(stdout.isTTY ? `\r${bar}` : `${bar}\n`)))
}
