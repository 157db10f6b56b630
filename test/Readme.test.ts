import { assert, describe, it } from "@effect/vitest"
import { spawnSync } from "node:child_process"
import { readFileSync } from "node:fs"

const readme = new URL("../README.md", import.meta.url)

describe("the README's code", () => {
  it("runs as it stands", () => {
    const code = /```ts\n(.*?)```/s.exec(readFileSync(readme, "utf8"))?.[1]
    const { status, stderr, stdout } = spawnSync(
      process.execPath,
      ["--conditions=prometeu-packer-source", "--input-type=module-typescript", "--eval", code ?? ""],
      { cwd: new URL("..", import.meta.url), encoding: "utf8" }
    )
    assert.strictEqual(status, 0, stderr)
    assert.include(stdout, "kind: 'write-file'")
    assert.include(stdout, "registration: 'registered'")
  })
})
