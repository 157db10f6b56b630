/** What a project has to be after each of a row of plans: plain maps, changed one step after the other. */
import type { FileStep } from "../../../src/domain/FileStep.ts"
import { compareText, isInside } from "../../../src/domain/Path.ts"
import type { Plan } from "../../../src/domain/Plan.ts"
import { applyChanges, type Registry } from "../../../src/domain/Registry.ts"
import { printRegistry } from "../../../src/domain/RegistryCodec.ts"
import type { SimulatedDisk } from "../../../src/testing/SimulatedDisk.ts"

/** Text by path; folders and links by their kind. */
type Tree = ReadonlyMap<string, string>

/** A folder that was deleted: what was in it, by path, sorted. */
type Deleted = ReadonlyArray<readonly [path: string, node: string]>

/** A project at one moment: its files without the packer's own, and what was deleted so far. */
export interface Expected {
  readonly tree: Tree
  readonly registry: Registry
  /** The folders that each change deleted, in order. */
  readonly trash: ReadonlyArray<ReadonlyArray<Deleted>>
}

const decoder = new TextDecoder()
const runtime = ".prometeu/runtime"
const index = ".prometeu/index.json"

const below = (entries: Iterable<readonly [string, string]>, folder: string): Deleted =>
  Array.from(entries)
    .filter(([path]) => isInside(path, folder))
    .map(([path, node]) => [path.slice(folder.length), node] as const)
    .toSorted(([a], [b]) => compareText(a, b))

const after = ({ trash, tree }: Expected, steps: ReadonlyArray<FileStep>): Pick<Expected, "tree" | "trash"> => {
  const now = new Map(tree)
  const thrown: Array<Deleted> = []
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
  return { tree: now, trash: thrown.length === 0 ? trash : [...trash, thrown] }
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
  const folders = entries.flatMap(([path, node]) => node === "folder" ? [path] : [])
  const thrown = Map.groupBy(
    folders.filter((path) => /^\.prometeu\/runtime\/trash\/[^/]+\/\d+$/.test(path)),
    (path) => path.slice(0, path.lastIndexOf("/"))
  )
  return {
    tree: new Map(entries.filter(([path]) => path !== runtime && !isInside(path, runtime))),
    trash: Array.from(thrown.values(), (paths) => paths.map((path) => below(entries, path)))
  }
}

/** A registry as it is compared: changes that come to nothing leave it as somebody wrote it, in whatever order. */
const registryText = (text: string): string => {
  try {
    const { assets, ...rest } = JSON.parse(text)
    const entries = Array.from(assets, (entry) => JSON.stringify(entry))
    return JSON.stringify([rest, entries.toSorted(compareText)])
  } catch {
    return text
  }
}

/** A text that is equal for equal trees. */
export const treeText = ({ tree }: Pick<Expected, "tree">): string =>
  JSON.stringify(
    Array.from(tree, ([path, node]) => [path, path === index ? registryText(node) : node] as const)
      .toSorted(([a], [b]) => compareText(a, b))
  )

/** A text that is equal for equal projects. */
export const digest = (project: Pick<Expected, "tree" | "trash">): string => {
  const trash = project.trash.map((folders) => JSON.stringify(folders))
  return JSON.stringify([treeText(project), trash.toSorted(compareText)])
}

const isPart = (part: Deleted, whole: Deleted): boolean =>
  part.every(([path, node]) => whole.some(([other, there]) => other === path && there === node))

/**
 * What is wrong with a trash that keeps so many deletions: the newest have to be there whole. Of an older one there may be
 * all, nothing, or what a purge that was cut short has left.
 */
export const trashProblem = (
  found: Expected["trash"],
  expected: Expected["trash"],
  limit: number
): string | undefined => {
  const left = [...found]
  const oldest = Math.max(0, expected.length - limit)
  for (const deleted of expected.slice(oldest)) {
    const whole = left.findIndex((other) => JSON.stringify(other) === JSON.stringify(deleted))
    if (whole < 0) return `the trash does not have ${JSON.stringify(deleted)}`
    left.splice(whole, 1)
  }
  const older = expected.slice(0, oldest).flat()
  const unknown = left.flat().filter((folder) => !older.some((deleted) => isPart(folder, deleted)))
  return unknown.length === 0 ? undefined : `the trash has ${JSON.stringify(unknown)}, which nobody deleted`
}

/** What is left of work in progress: nothing, once a project was opened again. */
export const leftovers = (disk: SimulatedDisk, assets: string): ReadonlyArray<string> => {
  const paths = texts(disk, assets).map(([path]) => path)
  return paths.filter((path) => {
    if (isInside(path, `${runtime}/stage`) || path.startsWith(`${runtime}/journal-`)) return true
    const isTrash = /^\.prometeu\/runtime\/trash\/[^/]+$/.test(path)
    return isTrash && !paths.some((other) => isInside(other, path) && other !== `${path}/meta.json`)
  })
}
