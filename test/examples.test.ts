import { assert, describe, it } from "@effect/vitest"
import { quickstart } from "../examples/quickstart.ts"

describe("the example quickstart", () => {
  it("shows a project, a preview, and what is visible afterwards", () => {
    const lines: Array<string> = []
    quickstart((line) => lines.push(line))
    const shown = lines.join("\n")
    for (
      const expected of [
        "ui/atlas: unregistered, 0 errors",
        "registry: added id 1",
        "disk: write-file ui/atlas/asset.json",
        "Generation 2 shows it",
        "ui_atlas at ui/atlas is registered with id 1",
        "event: asset_changed, 1 asset changed",
        "would lie inside the folder that is moved, \"ui/atlas\""
      ]
    ) assert.include(shown, expected)
  })
})
