/** The programs in the Markdown files of the docs, and what they have to print. */
import { spawnSync } from "node:child_process"
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { dirname, join } from "node:path"
import { workspaceFiles } from "../../src/testing.ts"

const project = join(import.meta.dirname, "../..")

/** A program of a page. */
export interface Program {
  /** The line of the page on which it begins. */
  readonly line: number
  readonly code: string
  /** What it has to print, if the page says it. */
  readonly prints: string | undefined
}

/** Each block of `ts` in a page; a block of `text` that follows is what it prints. What is only shown is `typescript`. */
export const programsIn = (page: string): ReadonlyArray<Program> =>
  Array.from(page.matchAll(/^```ts\n([\s\S]*?)^```\n(?:\n```text\n([\s\S]*?)^```$)?/gm), (match) => ({
    line: page.slice(0, match.index).split("\n").length + 1,
    code: match[1] ?? "",
    prints: match[2]
  }))

/** The pages that have programs, by their place. The README has tests of its own. */
export const pages: ReadonlyArray<{ readonly page: string; readonly programs: ReadonlyArray<Program> }> = [
  "AGENTS.md",
  "CONTRIBUTING.md",
  ...readdirSync(join(project, "docs"), { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".md"))
    .map((file) => `docs/${file.replaceAll("\\", "/")}`)
].map((page) => ({ page, programs: programsIn(readFileSync(join(project, page), "utf8")) }))
  .filter(({ programs }) => programs.length > 0)

/** With which Node a program runs, where it finds its imports, and whether those of this project are its source. */
export interface Place {
  readonly node: string
  readonly cwd: string
  readonly source: boolean
}

const here: Place = { node: process.execPath, cwd: project, source: true }

/** Runs a program as it stands, in a folder with one asset, which is absent if the program makes it. */
export const printed = (code: string, { cwd, node, source }: Place = here): string => {
  const root = mkdtempSync(join(tmpdir(), "docs-"))
  try {
    const isMade = code.includes("Command.create({ root: \"ui/atlas\"")
    const files = workspaceFiles(isMade ? {} : { "ui/atlas": { id: 1, files: { "confirm.png": "(pixels)" } } })
    for (const [path, content] of Object.entries(files)) {
      mkdirSync(dirname(join(root, path)), { recursive: true })
      writeFileSync(join(root, path), content)
    }
    const { status, stderr, stdout } = spawnSync(
      node,
      [
        ...(source ? ["--conditions=prometeu-packer-source"] : []),
        "--input-type=module-typescript",
        "--eval",
        code.replaceAll("\"/work/my-game\"", JSON.stringify(root))
      ],
      { cwd, encoding: "utf8", env: { ...process.env, NO_COLOR: "1" } }
    )
    if (status !== 0) throw new Error(stderr)
    return stdout
  } finally {
    rmSync(root, { recursive: true })
  }
}
