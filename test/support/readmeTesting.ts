import { Console, Effect, Layer } from "effect"
import { Command, ProjectRuntime } from "prometeu-packer"
import {
  CollectedEvents,
  collectingSink,
  inFolder,
  memoryProject,
  SimulatedDisk,
  workspaceFiles
} from "prometeu-packer/testing"

// A host's test: the whole runtime on a disk in memory, with a file that somebody edits behind its back.
const disk = SimulatedDisk.of(inFolder("/game", workspaceFiles({ "ui/atlas": { id: 1 } })))
const project = Layer.provideMerge(memoryProject({ disk: disk.disk }), collectingSink)

const test = Effect.gen(function*() {
  const packer = yield* ProjectRuntime
  disk.put("/game/assets/ui/atlas/asset.json", "{}")
  const said = yield* packer.execute(Command.updateContract({ asset: { id: 1 }, name: "mine" })).pipe(
    Effect.as("renamed"),
    Effect.catchTags({
      Diverged: ({ files }) => Effect.succeed(`${files[0]?.root} was edited`),
      CommandBlocked: ({ blockers }) => Effect.succeed(blockers.map(({ message }) => message).join(" "))
    })
  )
  const kinds = (yield* (yield* CollectedEvents).all).map(({ kind }) => kind)
  return { said, isTold: kinds.includes("divergence_detected") }
})

// { said: "ui/atlas was edited", isTold: true }
await Effect.runPromise(Effect.provide(Effect.flatMap(test, Console.log), project))
