/** The folder that is opened: the one that is asked for, or the demo. */
import { Effect } from "effect"
import { mkdir, readdir, rename, rm, stat, writeFile } from "node:fs/promises"
import { basename, dirname, join } from "node:path"

import { demoFiles, manyFiles } from "./demo/DemoFiles.ts"
import type { OpenedProject } from "./OpenedProject.ts"
import { Problem } from "./Problem.ts"

const codeOf = (error: unknown): string =>
  error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : "unknown"

/** How many names of what is there are said. */
const named = 8

/** A folder that holds a project already. Elsewhere the packer would begin one, which is seldom what was meant. */
export const projectIn = (root: string): Effect.Effect<OpenedProject["Service"], Problem> =>
  Effect.tryPromise({
    try: async () => {
      const entries = await readdir(root, { withFileTypes: true })
      if (entries.some((entry) => entry.name === "assets")) return { root, name: basename(root) || root, isDemo: false }
      const names = entries.map((entry) => entry.isDirectory() ? `${entry.name}/` : entry.name).sort()
      const there = names.length === 0
        ? "It is empty."
        : `It holds ${names.slice(0, named).join(", ")}${
          names.length > named ? `, and ${names.length - named} more` : ""
        }.`
      throw new Problem({
        message: `"${root}" is no project: there is no folder "assets" in it. ${there}\n` +
          `Name the folder that holds "assets", or make one to begin a project: mkdir "${join(root, "assets")}"`
      })
    },
    catch: (error) => {
      if (error instanceof Problem) return error
      switch (codeOf(error)) {
        case "ENOENT":
          return new Problem({ message: `There is no folder "${root}". Name one that is there, or none for the demo.` })
        case "ENOTDIR":
          return new Problem({ message: `"${root}" is a file. Name the folder of a project, or none for the demo.` })
        case "EACCES":
          return new Problem({ message: `The folder "${root}" cannot be read. Give permission to read it.` })
        default:
          return new Problem({ message: `The folder "${root}" cannot be read (${codeOf(error)}).` })
      }
    }
  })

const exists = async (path: string) => {
  try {
    await stat(path)
    return true
  } catch {
    return false
  }
}

/** Makes a project whole, or not at all: it is in its place when every file of it is written. */
const make = async (root: string, files: Readonly<Record<string, string | Uint8Array>>) => {
  const draft = `${root}.${process.pid}`
  const folders = new Set(Object.keys(files).map((path) => dirname(join(draft, path))))
  try {
    for (const folder of folders) await mkdir(folder, { recursive: true })
    for (const [path, content] of Object.entries(files)) await writeFile(join(draft, path), content)
    await rename(draft, root)
  } finally {
    await rm(draft, { recursive: true, force: true })
  }
}

/** The demo project, with its few assets or with so many; it is made if it is not there yet. */
export const demoIn = (
  home: string,
  assets: number | undefined
): Effect.Effect<OpenedProject["Service"], Problem> => {
  const name = assets === undefined ? "demo" : `demo-${assets}`
  const root = join(home, name)
  return Effect.tryPromise({
    try: async () => {
      if (!await exists(root)) {
        await mkdir(home, { recursive: true })
        await make(root, assets === undefined ? demoFiles() : manyFiles(assets))
      }
      return { root, name, isDemo: true }
    },
    catch: (error) =>
      new Problem({
        message: `The demo project cannot be made in "${root}" (${codeOf(error)}). ` +
          "See that there is room and permission to write there, or name the folder of a project."
      })
  })
}
