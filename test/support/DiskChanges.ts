/** What is different between two states of a disk, and what a preview says will be. */
import { assert } from "@effect/vitest"
import type { EntryView, Preview } from "../../src/domain/Preview.ts"
import { sha256 } from "../../src/layers/Sha256.ts"
import type { SimulatedDisk } from "../../src/testing/SimulatedDisk.ts"

const under = (path: string, folder: string): boolean => path === folder || path.startsWith(`${folder}/`)
const runtime = ".prometeu/runtime"
const trash = `${runtime}/trash`
const index = ".prometeu/index.json"

/** A disk as hashes by path below `assets/`; of what belongs to this machine, only the trash. */
const treeOnDisk = (disk: SimulatedDisk, assets: string): ReadonlyMap<string, string> =>
  new Map(
    disk.entries().flatMap(([path, content]) => {
      if (!path.startsWith(`${assets}/`)) return []
      const relative = path.slice(assets.length + 1)
      if (under(relative, runtime) && !under(relative, trash)) return []
      return [[relative, content instanceof Uint8Array ? sha256(content) : content] as const]
    })
  )

/** The entries of the registry file, each with its keys in one order. */
const entriesIn = (disk: SimulatedDisk, assets: string): ReadonlyArray<string> => {
  const text = disk.text(`${assets}/${index}`)
  if (text === undefined) return []
  const { assets: entries } = JSON.parse(text) as { readonly assets: ReadonlyArray<unknown> }
  const keys = ([a]: readonly [string, unknown], [b]: readonly [string, unknown]) => a < b ? -1 : 1
  return entries.map((entry) =>
    JSON.stringify(
      typeof entry === "object" && entry !== null ? Object.fromEntries(Object.entries(entry).toSorted(keys)) : entry
    )
  )
}

/** What is in one list and not in the other, as often as it is more often there. */
const without = (some: ReadonlyArray<string>, others: ReadonlyArray<string>): ReadonlyArray<string> => {
  const left = [...others]
  return some.filter((item) => {
    const at = left.indexOf(item)
    if (at >= 0) left.splice(at, 1)
    return at < 0
  })
}

/** A state of a disk, to be held against what a preview says of the next one. */
export interface DiskState {
  readonly tree: ReadonlyMap<string, string>
  readonly entries: ReadonlyArray<string> | undefined
}

/** The state of a disk now; without entries if its registry cannot be read. */
export const stateOf = (disk: SimulatedDisk, assets: string): DiskState => {
  const tree = treeOnDisk(disk, assets)
  try {
    return { tree, entries: entriesIn(disk, assets) }
  } catch {
    return { tree, entries: undefined }
  }
}

/** The tree that a preview promises without the packer's own folder, and what it promises to put into the trash. */
const promised = (before: DiskState, preview: Preview) => {
  let tree = new Map(Array.from(before.tree).filter(([path]) => !under(path, ".prometeu")))
  const trashed: Array<string> = []
  for (const { after, from = "", kind, to = "" } of preview.filesystemMutations) {
    switch (kind) {
      case "create-directory":
        tree.set(to, "folder")
        break
      case "write-file":
        tree.set(to, after?.hash ?? "")
        break
      case "move-directory":
        tree = new Map(
          Array.from(tree, ([path, node]) => [under(path, from) ? to + path.slice(from.length) : path, node])
        )
        break
      case "trash-directory":
        for (const [path, node] of tree) if (under(path, from) && node !== "folder") trashed.push(node)
        tree = new Map(Array.from(tree).filter(([path]) => !under(path, from)))
        break
    }
  }
  return { tree, trashed }
}

/** Holds that what is different between two states of a disk is what a preview listed, and nothing else. */
export const assertPromised = (before: DiskState, after: DiskState, preview: Preview): void => {
  const { tree, trashed } = promised(before, preview)
  const now = Array.from(after.tree).filter(([path]) => !under(path, ".prometeu"))
  assert.deepStrictEqual(Object.fromEntries(now), Object.fromEntries(tree))

  // Whatever the trash has more than before is what was deleted, and a note about each of it.
  const isNew = ([path]: readonly [string, string]) => under(path, trash) && !before.tree.has(path)
  const thrown = Array.from(after.tree).filter(isNew).filter(([path, node]) =>
    node !== "folder" && !path.endsWith("/meta.json")
  )
  assert.deepStrictEqual(thrown.map(([, hash]) => hash).toSorted(), trashed.toSorted())

  const was = before.entries ?? []
  const is = after.entries ?? []
  const added = without(is, was)
  const gone = without(was, is)
  const mutations = preview.registryMutations
  assert.strictEqual(added.length, mutations.filter((mutation) => mutation.after !== undefined).length)
  assert.strictEqual(
    gone.length,
    mutations.reduce((sum, { before, replaces = [] }) => sum + (before === undefined ? 0 : 1) + replaces.length, 0)
  )
  const holds = (lines: ReadonlyArray<string>, { assetId, assetUuid, includedInBuild, root }: EntryView) =>
    lines.some((line) =>
      [`"asset_id":${assetId},`, `"${assetUuid}"`, `"included_in_build":${includedInBuild}`, JSON.stringify(root)]
        .every((part) => line.includes(part))
    )
  for (const mutation of mutations) {
    if (mutation.after !== undefined) assert.isTrue(holds(added, mutation.after), JSON.stringify(mutation))
    if (mutation.before !== undefined) assert.isTrue(holds(gone, mutation.before), JSON.stringify(mutation))
  }
}
