/** Every program in the docs compiles, runs as it stands, and prints what its page says. */
import { assert, describe, it } from "@effect/vitest"
import { spawnSync } from "node:child_process"
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { pages, printed } from "../support/DocsCode.ts"

const project = fileURLToPath(new URL("../..", import.meta.url))

describe("the programs of the docs", () => {
  it("are there", () => {
    assert.include(pages.map(({ page }) => page), "docs/guide.md")
  })

  it("compile, each by itself", () => {
    const folder = mkdtempSync(join(tmpdir(), "docs-types-"))
    try {
      for (const { page, programs } of pages) {
        for (const { code, line } of programs) {
          writeFileSync(join(folder, `${page.replaceAll(/[/\\]/g, "-").replace(/\.md$/, "")}-${line}.ts`), code)
        }
      }
      mkdirSync(join(folder, "node_modules"))
      symlinkSync(project, join(folder, "node_modules/prometeu-packer"), "junction")
      for (const name of ["@effect", "@types", "effect"]) {
        symlinkSync(join(project, "node_modules", name), join(folder, "node_modules", name), "junction")
      }
      writeFileSync(join(folder, "package.json"), JSON.stringify({ type: "module" }))
      writeFileSync(
        join(folder, "tsconfig.json"),
        JSON.stringify({
          extends: join(project, "tsconfig.json"),
          compilerOptions: {
            rootDir: "/",
            typeRoots: [join(project, "node_modules/@types")],
            // Each program is one that provides all it needs.
            plugins: [{ name: "@effect/language-service", diagnosticSeverity: { strictEffectProvide: "off" } }]
          },
          include: ["*.ts"]
        })
      )
      const { status, stdout } = spawnSync(
        process.execPath,
        [join(project, "node_modules/typescript/bin/tsc"), "-p", folder],
        { encoding: "utf8" }
      )
      assert.strictEqual(status, 0, stdout)
    } finally {
      rmSync(folder, { recursive: true })
    }
  })

  for (const { page, programs } of pages) {
    it.each(programs)(`run and print what they say: ${page}, line $line`, ({ code, prints }) => {
      const shown = printed(code)
      if (prints !== undefined) assert.strictEqual(shown, prints)
    })
  }
})
