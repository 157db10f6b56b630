/** Preview, then apply: exactly what was shown happens, or nothing; and then one sees what would happen instead. */
import { NodeRuntime } from "@effect/platform-node"
import { Effect, Layer } from "effect"
import { Command, type Preview, ProjectRuntime } from "prometeu-packer"
import { collectingSink, inFolder, memoryProject, SimulatedDisk, workspaceFiles } from "prometeu-packer/testing"

const disk = () =>
  SimulatedDisk.of(inFolder("/game", workspaceFiles({ "ui/atlas": { id: 1, manifest: { name: "atlas" } } })))

/** A preview as an editor may show it before it asks "Do it?". */
const lines = (preview: Preview): ReadonlyArray<string> => [
  ...preview.blockers.map(({ message }) => `  cannot: ${message}`),
  ...preview.registryMutations.map(({ after, before, kind }) =>
    `  registry: ${kind} ${before?.root ?? "nothing"} to ${after?.root ?? "nothing"}`
  ),
  ...preview.filesystemMutations.map(({ from, kind, to }) =>
    `  disk: ${kind} ${[from, to].filter(Boolean).join(" to ")}`
  )
]

/** Runs the example; `say` gets each line it has to show. */
export const previewThenApply = (say: (line: string) => void) =>
  Effect.gen(function*() {
    const packer = yield* ProjectRuntime
    const command = Command.relocate({ asset: { id: 1 }, to: "ui/icons/atlas" })

    const shown = yield* packer.preview(command)
    say("Moving the atlas would do this:")
    for (const line of lines(shown)) say(line)

    // Meanwhile somebody else of the team moves it somewhere else.
    yield* packer.execute(Command.relocate({ asset: { id: 1 }, to: "ui/theme/atlas" }))

    // What was approved is not what would be done now: nothing is done, and the new preview comes with the error.
    const now = yield* packer.execute(command, { expecting: shown }).pipe(
      Effect.as(shown),
      Effect.catchTag("PreviewStale", ({ preview }) => Effect.succeed(preview))
    )
    say(
      `\nApproved and done are ${
        now.digest === shown.digest ? "the same" : "not the same"
      } any more. Now it would do this:`
    )
    for (const line of lines(now)) say(line)

    const outcome = yield* packer.execute(command, { expecting: now })
    say(`\nDone, as generation ${outcome.generation}: ${(yield* packer.getAssetDetails({ id: 1 })).summary.root}`)

    const refused = yield* packer.preview(Command.relocate({ asset: { id: 1 }, to: "ui/icons/atlas/inside" }))
    say("\nMoving it into itself is refused beforehand:")
    for (const line of lines(refused)) say(line)
  }).pipe(Effect.provide(Layer.provide(memoryProject({ disk: disk().disk }), collectingSink)))

if (import.meta.main) NodeRuntime.runMain(previewThenApply(console.log))
