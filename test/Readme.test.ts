import { assert, describe, it } from "@effect/vitest"
import { spawnSync } from "node:child_process"
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"

const readme = readFileSync(new URL("../README.md", import.meta.url), "utf8")

describe("the README's code", () => {
  it("runs as it stands, in a folder that is there", () => {
    const code = /```ts\n(.*?)```/s.exec(readme)?.[1] ?? ""
    // The types of this file are checked.
    assert.strictEqual(code, readFileSync(new URL("support/readme.ts", import.meta.url), "utf8"))
    assert.include(code, "\"/work/my-game\"")
    const root = mkdtempSync(join(tmpdir(), "readme-"))
    try {
      const { status, stderr, stdout } = spawnSync(
        process.execPath,
        [
          "--conditions=prometeu-packer-source",
          "--input-type=module-typescript",
          "--eval",
          code.replace("\"/work/my-game\"", JSON.stringify(root))
        ],
        { cwd: new URL("..", import.meta.url), encoding: "utf8" }
      )
      assert.strictEqual(status, 0, stderr)
      assert.include(stdout, "[ 'ui/atlas is registered' ]")
      assert.include(stdout, "action_applied create: \"ui/atlas\" added")
      assert.isTrue(existsSync(join(root, "assets/.prometeu/index.json")))
    } finally {
      rmSync(root, { recursive: true })
    }
  })

  it("names every example", () => {
    const { scripts } = JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8")) as {
      readonly scripts: Readonly<Record<string, string>>
    }
    for (const name of Object.keys(scripts)) if (name.startsWith("example:")) assert.include(readme, `npm run ${name}`)
  })
})
