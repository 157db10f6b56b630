/** What a plan does to files and folders, in order. Paths are relative to `assets/`, in the spelling of the disk. */
import type { AssetName } from "./Identity.ts"
import type { FileState } from "./Seen.ts"

/** One step of a plan. */
export type FileStep =
  | { readonly _tag: "create-directory"; readonly to: string }
  /** Writes a whole file; `before` is what has to be there when it is done. */
  | { readonly _tag: "write-file"; readonly to: string; readonly bytes: Uint8Array; readonly before: FileState }
  /** Moves a folder with all that is in it; `folderId` tells it from any other. */
  | {
    readonly _tag: "move-directory"
    readonly from: string
    readonly to: string
    readonly folderId: string | undefined
  }
  /** Moves a folder out of the workspace, into the packer's trash. */
  | {
    readonly _tag: "trash-directory"
    readonly from: string
    readonly folderId: string | undefined
    readonly asset: AssetName
  }

const manifestIn = (folder: string): string => `${folder}/asset.json`

/**
 * Steps, one after the other, as fewer with the same result: folders first, in order, then each file once, with its
 * last content, at its last place. A folder that is made and then moved is made at its last place; what is made, or
 * written, and then deleted is left out. The only files that plans write are manifests; what they move or delete are
 * asset roots, and none of these lies inside another.
 */
export const netSteps = (steps: Iterable<FileStep>): ReadonlyArray<FileStep> => {
  const folders = new Set<FileStep>()
  const made = new Map<string, FileStep>()
  const moves: Array<Extract<FileStep, { readonly _tag: "move-directory" }>> = []
  const writes = new Map<string, Extract<FileStep, { readonly _tag: "write-file" }>>()
  /** Takes back the making of a folder, if these steps make it. */
  const unmake = (folder: string): boolean => {
    const making = made.get(folder)
    if (making === undefined) return false
    folders.delete(making)
    return made.delete(folder)
  }
  const make = (step: FileStep, folder: string): void => {
    folders.add(step)
    made.set(folder, step)
  }
  /** Moves a folder, or takes back the last move if this one is its reverse. */
  const move = (step: Extract<FileStep, { readonly _tag: "move-directory" }>): void => {
    const last = moves.at(-1)
    if (last?.from === step.to && last.to === step.from) {
      moves.pop()
      folders.delete(last)
    } else {
      moves.push(step)
      folders.add(step)
    }
  }
  for (const step of steps) {
    switch (step._tag) {
      case "create-directory":
        make(step, step.to)
        break
      case "write-file":
        writes.set(step.to, { ...step, before: writes.get(step.to)?.before ?? step.before })
        break
      case "move-directory": {
        const write = writes.get(manifestIn(step.from))
        if (write !== undefined) {
          writes.delete(write.to)
          writes.set(manifestIn(step.to), { ...write, to: manifestIn(step.to) })
        }
        if (unmake(step.from)) make({ _tag: "create-directory", to: step.to }, step.to)
        else move(step)
        break
      }
      case "trash-directory":
        writes.delete(manifestIn(step.from))
        if (!unmake(step.from)) folders.add(step)
        break
    }
  }
  return [...folders, ...writes.values()]
}
