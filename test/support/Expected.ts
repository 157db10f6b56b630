/** What a project has to be after each of a row of plans: plain maps, changed one step after the other. */
import type { FileStep } from "../../src/domain/FileStep.ts"
import { compareText, isInside } from "../../src/domain/Path.ts"
import type { Plan } from "../../src/domain/Plan.ts"
import { applyChanges, type Registry } from "../../src/domain/Registry.ts"
import { printRegistry } from "../../src/domain/RegistryCodec.ts"
import type { SimulatedDisk } from "../../src/testing/SimulatedDisk.ts"

/** Text by path; folders and links by their kind. */
type Tree = ReadonlyMap<string, string>

/** A project at one moment: its files without the packer's own, and what was deleted so far. */
export interface Expected {
  readonly tree: Tree
  readonly registry: Registry
  readonly trash: ReadonlyArray<string>
}

const decoder = new TextDecoder()
const runtime = ".prometeu/runtime"
const index = ".prometeu/index.json"

const below = (entries: Iterable<readonly [string, string]>, folder: string): string =>
  JSON.stringify(
    Array.from(entries)
      .filter(([path]) => isInside(path, folder))
      .map(([path, node]) => [path.slice(folder.length), node])
      .toSorted((a, b) => compareText(String(a[0]), String(b[0])))
  )

const after = ({ trash, tree }: Expected, steps: ReadonlyArray<FileStep>): Pick<Expected, "tree" | "trash"> => {
  const now = new Map(tree)
  const thrown = [...trash]
  for (const step of steps) {
    switch (step._tag) {
      case "create-directory":
        now.set(step.to, "folder")
        break
      case "write-file":
        now.set(step.to, decoder.decode(step.bytes))
        break
      case "move-directory":
        for (const [path, node] of Array.from(now)) {
          if (path !== step.from && !isInside(path, step.from)) continue
          now.delete(path)
          now.set(step.to + path.slice(step.from.length), node)
        }
        break
      case "trash-directory":
        thrown.push(below(now, step.from))
        for (const path of Array.from(now.keys())) if (path === step.from || isInside(path, step.from)) now.delete(path)
        break
    }
  }
  return { tree: now, trash: thrown }
}

/** What a project has to be after one more plan. */
export const expectedAfter = (before: Expected, { files, registry }: Plan): Expected => {
  const { trash, tree } = after(before, files)
  if (registry.length === 0) return { tree, trash, registry: before.registry }
  const changed = applyChanges(before.registry, registry)
  return {
    tree: new Map([...tree, [".prometeu", "folder"], [index, printRegistry(changed)]]),
    trash,
    registry: changed
  }
}

const texts = (disk: SimulatedDisk, assets: string): ReadonlyArray<readonly [string, string]> =>
  disk.entries().flatMap(([path, node]) =>
    isInside(path, assets) && path !== `${assets}/${runtime}/journal`
      ? [[path.slice(assets.length + 1), typeof node === "string" ? node : decoder.decode(node)] as const]
      : []
  )

/** A project as it is on a disk. */
export const found = (disk: SimulatedDisk, assets: string): Pick<Expected, "tree" | "trash"> => {
  const entries = texts(disk, assets)
  const thrown = entries
    .flatMap(([path, node]) => node === "folder" ? [path] : [])
    .filter((path) => /^\.prometeu\/runtime\/trash\/[^/]+\/\d+$/.test(path))
    .map((path) => below(entries, path))
  return {
    tree: new Map(entries.filter(([path]) => path !== runtime && !isInside(path, runtime))),
    trash: thrown
  }
}

/** A text that is equal for equal projects. */
export const digest = ({ trash, tree }: Pick<Expected, "tree" | "trash">): string =>
  JSON.stringify([Array.from(tree).toSorted(([a], [b]) => compareText(a, b)), [...trash].toSorted(compareText)])

/** What is left of work in progress: nothing, once a project was opened again. */
export const leftovers = (disk: SimulatedDisk, assets: string): ReadonlyArray<string> => {
  const paths = texts(disk, assets).map(([path]) => path)
  return paths.filter((path) => {
    if (isInside(path, `${runtime}/stage`) || path.startsWith(`${runtime}/journal-`)) return true
    const isTrash = /^\.prometeu\/runtime\/trash\/[^/]+$/.test(path)
    return isTrash && !paths.some((other) => isInside(other, path) && other !== `${path}/meta.json`)
  })
}
