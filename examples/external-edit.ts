/** An edit behind the packer's back: the command that meets it says so, nothing is overwritten, and a refresh adopts it. */
import { NodeRuntime } from "@effect/platform-node"
import { Effect, Layer } from "effect"
import { Command, ProjectRuntime } from "prometeu-packer"
import {
  CollectedEvents,
  collectingSink,
  inFolder,
  manifestText,
  memoryProject,
  SimulatedDisk,
  testUuid,
  workspaceFiles
} from "prometeu-packer/testing"

/** Runs the example; `say` gets each line it has to show. */
export const externalEdit = (say: (line: string) => void) => {
  const disk = SimulatedDisk.of(
    inFolder("/game", workspaceFiles({ "ui/atlas": { id: 1, manifest: { name: "atlas" } } }))
  )
  const manifest = "/game/assets/ui/atlas/asset.json"
  const tour = Effect.gen(function*() {
    const packer = yield* ProjectRuntime
    const rename = packer.execute(Command.updateContract({ asset: { id: 1 }, name: "ours" }))

    // Somebody saves the manifest in a text editor. There is no watcher: nobody sees it yet.
    disk.put(manifest, manifestText({ name: "theirs", asset_uuid: testUuid(1) }))
    say(`shown: ${(yield* packer.getAssetDetails({ id: 1 })).summary.name}`)

    // A command looks before it writes.
    const message = yield* Effect.match(rename, { onSuccess: () => "renamed", onFailure: ({ message }) => message })
    say(`refused: ${message}`)
    say(`on disk: ${/"name": "(\w+)"/.exec(disk.text(manifest) ?? "")?.[1]}`)
    const { actions } = yield* packer.getAssetActions({ id: 1 })
    say(`enabled now: ${actions.filter(({ enabled }) => enabled).map(({ action }) => action).join(", ") || "nothing"}`)

    // To refresh it is to say: what is on disk is right.
    yield* packer.refreshAsset({ id: 1 })
    say(`adopted: ${(yield* packer.getAssetDetails({ id: 1 })).summary.name}`)
    yield* rename
    say(`renamed: ${(yield* packer.getAssetDetails({ id: 1 })).summary.name}`)

    say("told:")
    for (const { kind, summary } of yield* (yield* CollectedEvents).all) say(`  ${kind}: ${summary}`)
  })
  return Effect.provide(tour, Layer.provideMerge(memoryProject({ disk: disk.disk }), collectingSink))
}

if (import.meta.main) NodeRuntime.runMain(externalEdit(console.log))
