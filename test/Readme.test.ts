import { assert, describe, it } from "@effect/vitest"
import { spawnSync } from "node:child_process"
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { dirname, join } from "node:path"
import { workspaceFiles } from "../src/testing.ts"

const readme = readFileSync(new URL("../README.md", import.meta.url), "utf8")
const [embedding = "", studio = "", testing = ""] = Array.from(
  readme.matchAll(/```ts\n(.*?)```/gs),
  ([, code = ""]) => code
)

/** Runs code as it stands; its imports are those of this project. */
const run = (code: string): string => {
  const { status, stderr, stdout } = spawnSync(
    process.execPath,
    ["--conditions=prometeu-packer-source", "--input-type=module-typescript", "--eval", code],
    { cwd: new URL("..", import.meta.url), encoding: "utf8" }
  )
  assert.strictEqual(status, 0, stderr)
  return stdout
}

/** A file whose types are checked has the same code. */
const assertChecked = (code: string, file: string): void =>
  assert.strictEqual(code, readFileSync(new URL(`support/${file}`, import.meta.url), "utf8"))

describe("the README's code", () => {
  it("for embedding runs as it stands, in a folder that is there", () => {
    assertChecked(embedding, "readmeEmbedding.ts")
    assert.include(embedding, "\"/work/my-game\"")
    const root = mkdtempSync(join(tmpdir(), "readme-"))
    try {
      const shown = run(embedding.replace("\"/work/my-game\"", JSON.stringify(root)))
      assert.include(shown, "[ 'ui/atlas is registered' ]")
      assert.include(shown, "action_applied create: \"ui/atlas\" added")
      assert.isTrue(existsSync(join(root, "assets/.prometeu/index.json")))
    } finally {
      rmSync(root, { recursive: true })
    }
  })

  it("for an editor runs as it stands, in a folder with an asset", () => {
    assertChecked(studio, "readmeStudio.ts")
    assert.include(studio, "\"/work/my-game\"")
    const root = mkdtempSync(join(tmpdir(), "readme-"))
    try {
      const files = workspaceFiles({ "ui/atlas": { id: 1, files: { "confirm.png": "(pixels)" } } })
      for (const [path, content] of Object.entries(files)) {
        mkdirSync(dirname(join(root, path)), { recursive: true })
        writeFileSync(join(root, path), content)
      }
      const shown = run(studio.replace("\"/work/my-game\"", JSON.stringify(root)))
      assert.include(shown, "true [ 'confirm.png' ]")
      assert.include(shown, "[ 'applyBankComposition Applied', 'open Applied' ]")
    } finally {
      rmSync(root, { recursive: true })
    }
  })

  it("for tests runs as it stands", () => {
    assertChecked(testing, "readmeTesting.ts")
    assert.include(run(testing), "{ said: 'ui/atlas was edited', isTold: true }")
  })

  it("names every example", () => {
    const { scripts } = JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8")) as {
      readonly scripts: Readonly<Record<string, string>>
    }
    for (const name of Object.keys(scripts)) if (name.startsWith("example:")) assert.include(readme, `npm run ${name}`)
  })
})
