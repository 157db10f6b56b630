/** What a look would find after a plan that has not been carried out yet: later commands of a batch are planned on it. */
import type { FileStep } from "./FileStep.ts"
import { type AssetRoot, isInside, parentsOf } from "./Path.ts"
import type { Observed, SeenFolder } from "./Seen.ts"

/** Paths of steps are spelled as on disk; looks are kept under roots, which are in NFC. */
const rootOf = (spelling: string): AssetRoot =>
  // Steps only name folders of legal roots and folders above them.
  spelling.normalize("NFC") as AssetRoot

const emptyFolder = (device: string): SeenFolder => ({
  _tag: "Folder",
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
      const between = parentsOf(root).filter((parent) => isInside(parent, folder))
      roots.set(root, { _tag: "Absent", missingParents: root === folder ? [] : [folder, ...between], device })
    }
  }
  for (const step of files) {
    switch (step._tag) {
      case "create-directory":
        for (const [root, seen] of roots) {
          if (seen._tag !== "Absent") continue
          const missingParents = seen.missingParents.filter((parent) => parent !== step.to)
          const made = root === rootOf(step.to)
          roots.set(root, made ? emptyFolder(seen.device) : { ...seen, missingParents })
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
        if (seen !== undefined) roots.set(rootOf(step.to), seen)
        break
      }
      case "trash-directory":
        leave(rootOf(step.from))
        break
    }
  }
  return { ...observed, roots }
}
