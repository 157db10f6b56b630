/** What a look would find after a plan that has not been carried out yet: later commands of a batch are planned on it. */
import type { FileStep } from "./FileStep.ts"
import { type AssetRoot, isInside, parentsOf } from "./Path.ts"
import type { Observed, RootSeen, SeenFolder } from "./Seen.ts"

/** Paths of steps are spelled as on disk; looks are kept under roots, which are in NFC. */
const rootOf = (spelling: string): AssetRoot =>
  // Steps only name folders of legal roots and folders above them.
  spelling.normalize("NFC") as AssetRoot

/** An asset that left is no longer one that lies inside the folders above it. */
const leaveOuter = (roots: Map<AssetRoot, RootSeen>, outer: string, folder: AssetRoot): void => {
  const root = rootOf(outer)
  const seen = roots.get(root)
  if (seen?._tag !== "Folder" || seen.folder === undefined) return
  const innerRoots = seen.folder.innerRoots.filter((inner) => rootOf(`${outer}/${inner}`) !== folder)
  roots.set(root, { ...seen, folder: { ...seen.folder, innerRoots } })
}

const emptyFolder = ({ device, spelling }: { readonly device: string; readonly spelling: string }): SeenFolder => ({
  _tag: "Folder",
  spelling,
  device,
  folderId: undefined,
  manifest: { _tag: "Absent" },
  folder: { files: [], links: [], unreadable: [], innerRoots: [] }
})

/** Lays what a plan would do to files and folders over what was looked at. */
export const layOver = (observed: Observed, files: ReadonlyArray<FileStep>): Observed => {
  if (files.length === 0) return observed
  const roots = new Map(observed.roots)
  const leave = (folder: AssetRoot): void => {
    for (const [root, seen] of roots) {
      if (root !== folder && !isInside(root, folder)) continue
      const device = "device" in seen ? seen.device : observed.runtimeDevice
      const spelling = "spelling" in seen ? seen.spelling : root
      const way = parentsOf(spelling)
      const gone = way.slice(parentsOf(folder).length)
      const realParent = way[way.length - gone.length - 1] ?? ""
      roots.set(root, { _tag: "Absent", spelling, realParent, missingParents: gone, device })
    }
    for (const outer of parentsOf(folder)) leaveOuter(roots, outer, folder)
  }
  for (const step of files) {
    switch (step._tag) {
      case "create-directory":
        for (const [root, seen] of roots) {
          if (seen._tag !== "Absent") continue
          if (root === rootOf(step.to)) roots.set(root, emptyFolder(seen))
          else if (seen.missingParents.includes(step.to)) {
            const missingParents = seen.missingParents.filter((parent) => parent !== step.to)
            roots.set(root, { ...seen, missingParents, realParent: step.to })
          }
        }
        break
      case "write-file": {
        const root = rootOf(step.to.slice(0, step.to.lastIndexOf("/")))
        const seen = roots.get(root)
        if (seen?._tag === "Folder") roots.set(root, { ...seen, manifest: { _tag: "Planned", bytes: step.bytes } })
        break
      }
      case "move-directory": {
        const seen = roots.get(rootOf(step.from))
        leave(rootOf(step.from))
        if (seen?._tag === "Folder") roots.set(rootOf(step.to), { ...seen, spelling: step.to })
        break
      }
      case "trash-directory":
        leave(rootOf(step.from))
        break
    }
  }
  return { ...observed, roots }
}
