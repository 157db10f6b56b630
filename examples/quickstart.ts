/**
 * Quickstart: what the packer knows of a project, what a command would do, and what is visible afterwards.
 *
 * The project lies in memory here: these are the rules of the packer, which touch no disk.
 */
import { Result } from "effect"
import { Command, draftsOfChange, getAssetDetails, listAssets, OperationId, plan, previewOf } from "prometeu-packer"
import { sha256 } from "prometeu-packer/node"
import { ProjectTree } from "prometeu-packer/testing"

/** Runs the example; `say` gets each line it has to show. */
export const quickstart = (say: (line: string) => void): void => {
  const tree = ProjectTree.of({
    "ui/atlas/asset.json": `{
  "schema_version": 1,
  "name": "ui_atlas",
  "family": "tile_bank",
  "output": { "format": "TILES/indexed_v1", "codec": "none", "metadata": { "tile_size": 16 } },
  "artifacts": [{ "index": 0, "file": "confirm.png" }]
}
`,
    "ui/atlas/confirm.png": "(pixels)",
    "sfx/broken/asset.json": "{ \"name\": "
  })

  // A snapshot answers every read, without waiting for anything.
  const snapshot = tree.open()
  say("The assets of the project:")
  for (const { diagnostics, registration, root } of listAssets(snapshot).assets) {
    say(`  ${root}: ${registration}, ${diagnostics.error} errors`)
  }
  for (const asset of snapshot.assets.values()) {
    for (const { message } of asset.diagnostics) say(`  ! ${message}`)
  }

  // A plan says what a command would do, exactly, from what was looked at on disk for it and nothing else.
  const command = Command.register({ root: "ui/atlas" })
  const made = plan(snapshot, command, tree.observe(snapshot, command))
  const preview = previewOf(made, sha256)
  say("\nRegistering ui/atlas would do this:")
  for (const { after, kind } of preview.registryMutations) {
    say(`  registry: ${kind} id ${after?.assetId}, ${after?.assetUuid}`)
  }
  for (const { kind, to } of preview.filesystemMutations) say(`  disk: ${kind} ${to}`)

  // Carrying it out gives the next snapshot, by changing what changed and nothing else.
  const operationId = OperationId.make("quickstart-1")
  const next = tree.carryOut(snapshot, made, operationId)
  say(`\nGeneration ${next.generation} shows it:`)
  const { summary } = Result.getOrThrow(getAssetDetails(next, { id: 1 }))
  say(`  ${summary.name} at ${summary.root} is ${summary.registration} with id ${summary.assetId}`)
  for (const { kind, summary } of draftsOfChange(operationId, snapshot, next, "command")) {
    say(`  event: ${kind}, ${summary}`)
  }

  // What cannot be done says why, and what to do about it.
  const refused = Command.relocate({ asset: { id: 1 }, to: "ui/atlas/inside" })
  say("\nMoving an asset into itself is refused:")
  for (const { message } of plan(next, refused, tree.observe(next, refused)).blockers) say(`  ${message}`)
}

if (import.meta.main) quickstart(console.log)
