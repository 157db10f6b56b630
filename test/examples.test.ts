import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { readdirSync, readFileSync } from "node:fs"
import { batchImport } from "../examples/batch-import.ts"
import { bridgeToHostBus } from "../examples/bridge-to-host-bus.ts"
import { crashAndRecover } from "../examples/crash-and-recover.ts"
import { externalEdit } from "../examples/external-edit.ts"
import { layerSubstitution } from "../examples/layer-substitution.ts"
import { managedRuntime } from "../examples/managed-runtime.ts"
import { previewThenApply } from "../examples/preview-then-apply.ts"
import { quickstart } from "../examples/quickstart.ts"
import { studioInATerminal } from "../examples/studio-in-a-terminal.ts"
import { telemetry } from "../examples/telemetry.ts"

/** Each example by its name, and what it has to show, in this order. */
const examples: Readonly<
  Record<
    string,
    readonly [run: (say: (line: string) => void) => Effect.Effect<void, Error>, shows: ReadonlyArray<string>]
  >
> = {
  quickstart: [quickstart, [
    "sfx/broken: unregistered, broken",
    "ui/atlas: unregistered, fine",
    "registry: added id 1",
    "disk: write-file ui/atlas/asset.json",
    "Generation 2 shows it",
    "ui_atlas at ui/atlas is registered with id 1",
    "asset_changed: \"ui/atlas\" changed",
    "action_applied: register: \"ui/atlas\" changed, and that was all"
  ]],
  "layer-substitution": [layerSubstitution, [
    "in memory: 1 asset, 4 events",
    "on a full disk: CommitFailed, 0 assets",
    "with voxels: 1 asset"
  ]],
  "bridge-to-host-bus": [bridgeToHostBus, [
    "{\"type\":\"busy\"",
    "{\"type\":\"done\",\"what\":\"open: 1 asset\",\"ok\":true}",
    "{\"type\":\"changed\",\"roots\":[\"ui/atlas\"]}",
    "setBuildParticipation",
    "\"ok\":false}"
  ]],
  "batch-import": [(say) => batchImport(say, say), [
    "500 assets are not registered.",
    "[....................] 0 of 500",
    "[####################] 500 of 500",
    "Generation 2 has 500 more registered assets.",
    "Command 2 of 2",
    "There are still 500 assets."
  ]],
  "preview-then-apply": [previewThenApply, [
    "disk: move-directory ui/atlas to ui/icons/atlas",
    "not the same any more",
    "disk: move-directory ui/theme/atlas to ui/icons/atlas",
    "Done, as generation 3: ui/icons/atlas",
    "cannot: "
  ]],
  "external-edit": [externalEdit, [
    "shown: atlas",
    "refused: Changed behind the packer's back",
    "on disk: theirs",
    "adopted: theirs",
    "renamed: ours",
    "divergence_detected"
  ]],
  "crash-and-recover": [crashAndRecover, [
    "the process ended by SIGKILL; on disk the name is \"old\"",
    "opened again: the name is \"new\", on disk \"new\"",
    "updateContract renaming",
    "asked again: it changed ui/atlas, and generation 1 shows it"
  ]],
  "managed-runtime": [(say) => Effect.promise(() => managedRuntime(say)), [
    "event: open: 0 assets",
    "create: done, as generation 2",
    "create again: Not possible: create \"ui/atlas\".",
    "assets: ui/atlas"
  ]],
  "studio-in-a-terminal": [studioInATerminal, [
    "caves at tiles/caves: unregistered",
    "world at tiles/world: registered",
    "and stays selected:",
    "tiles/overworld",
    "ReadOnly: grass.png, water.png (2 of 256)",
    "Editing: water.png, stone.png, grass.png (3 of 256)",
    "Editing: water.png, stone.png, grass.png",
    "\"stone.png\" is not there",
    "failed: What the command would do is no longer what the preview showed",
    "on the bus: BankCompositionApplyFailed, the draft is water.png, stone.png, grass.png",
    "ReadOnly: water.png, stone.png, grass.png (3 of 256)",
    "its progress is gone",
    "Applied: batch: 200 assets changed",
    "Applied: applyBankComposition",
    "Failed: applyBankComposition",
    "Applied: relocate",
    "Applied: open"
  ]],
  telemetry: [telemetry, [
    "packer.open open",
    "  packer.scan",
    "host.import",
    "  packer.execute register",
    "    packer.plan",
    "packer_operations_total register applied: 1",
    "packer_operations_total unregister AssetNotFound: 1"
  ]]
}

describe("the example", () => {
  for (const [name, [run, shows]] of Object.entries(examples)) {
    it.live(`${name} shows what it says`, () =>
      Effect.gen(function*() {
        const lines: Array<string> = []
        yield* run((line) => lines.push(line))
        let shown = lines.join("\n")
        for (const expected of shows) {
          assert.include(shown, expected)
          shown = shown.slice(shown.indexOf(expected) + expected.length)
        }
      }))
  }

  it("of each file is run here, and by a script", () => {
    const files = readdirSync(new URL("../examples", import.meta.url)).filter((file) => file.endsWith(".ts"))
    const { scripts } = JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8")) as {
      readonly scripts: Readonly<Record<string, string>>
    }
    for (const file of files) {
      const name = file.replace(/\.ts$/, "")
      assert.property(examples, name)
      assert.include(scripts[`example:${name}`], `examples/${file}`)
    }
  })
})
