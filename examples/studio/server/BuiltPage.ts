/** The page, built when it is not there yet or is older than what it is made of. */
import { Console, Effect } from "effect"
import { readdir, rename, rm, stat } from "node:fs/promises"
import { join } from "node:path"

import { Problem } from "./Problem.ts"

const studio = join(import.meta.dirname, "..")
const home = join(studio, "..", "..")

/** What the page is made of. */
const sources = [
  join(studio, "index.html"),
  join(studio, "vite.config.ts"),
  join(studio, "client"),
  join(studio, "page"),
  join(studio, "shared"),
  join(home, "src"),
  join(home, "package-lock.json")
]

const changedAt = async (path: string): Promise<number> => {
  const { mtimeMs } = await stat(path)
  return mtimeMs
}

const newest = async (): Promise<number> => {
  const times = await Promise.all(sources.map(async (source) => {
    const isFolder = (await stat(source)).isDirectory()
    const inside = isFolder ? await readdir(source, { recursive: true, withFileTypes: true }) : []
    // A file that was removed changes its folder.
    const times = await Promise.all(inside.map(({ name, parentPath }) => changedAt(join(parentPath, name))))
    return times.reduce((newest, time) => Math.max(newest, time), await changedAt(source))
  }))
  return Math.max(...times)
}

/** The folder of the built page. */
const folder = join(studio, "dist")

const isBuilt = async (): Promise<boolean> => {
  try {
    return await changedAt(join(folder, "index.html")) >= await newest()
  } catch {
    return false
  }
}

/** Builds the page beside, and then puts it in its place: whoever starts meanwhile finds a whole one. */
const buildIt = async () => {
  // Only who builds has to wait for Vite.
  const { build } = await import("vite")
  const draft = join(studio, `dist-${process.pid}`)
  try {
    await build({ configFile: join(studio, "vite.config.ts"), logLevel: "error", build: { outDir: draft } })
    await rm(folder, { recursive: true, force: true })
    await rename(draft, folder)
  } catch (error) {
    // Somebody else may have built it meanwhile.
    if (!await isBuilt()) throw error
  } finally {
    await rm(draft, { recursive: true, force: true })
  }
}

/** The folder with the page, which is built first if it has to be. */
export const builtPage: Effect.Effect<string, Problem> = Effect.gen(function*() {
  if (yield* Effect.promise(isBuilt)) return folder
  yield* Console.log("Building the page, which takes a few seconds the first time…")
  yield* Effect.tryPromise({
    try: buildIt,
    catch: (error) =>
      new Problem({
        message: `The page cannot be built: ${error instanceof Error ? error.message : String(error)}\n` +
          "Run npm ci, which brings what it is built with."
      })
  })
  return folder
})
