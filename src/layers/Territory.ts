/** Folders as they belong together: what is in an asset root, or in none, gathered while it is walked. */
import { inOrder } from "../domain/InOrder.ts"
import { compareText } from "../domain/Path.ts"
import type { FileSeen, FolderSeen } from "../domain/Seen.ts"
import { sortSteps, type Steps } from "../domain/Steps.ts"
import type { FileLook } from "../services/FolderSight.ts"

/** A folder with all below it, up to asset roots inside, which are territories of their own. */
export interface Territory {
  /** As the disk spells it, relative to `assets/`; empty for what lies in no asset root. */
  readonly spelling: string
  readonly outer: Territory | undefined
  readonly manifest: FileSeen
  /** Whether its files are looked at. Links and what cannot be read are told of every territory. */
  readonly filesCount: boolean
  // What follows is relative to the territory, and in the order in which it was met.
  readonly files: Array<FolderSeen["files"][number]>
  readonly links: Array<string>
  readonly unreadable: Array<FolderSeen["unreadable"][number]>
  readonly innerRoots: Array<string>
  /** How many of its folders, itself and the territories inside included, are not looked at to their end yet. */
  left: number
}

/** A territory of which nothing is known yet. */
export const territoryAt = (
  spelling: string,
  { filesCount, manifest, outer }: {
    readonly filesCount: boolean
    readonly manifest?: FileSeen
    readonly outer?: Territory
  }
): Territory => ({
  spelling,
  outer,
  manifest: manifest ?? { _tag: "Absent" },
  filesCount,
  files: [],
  links: [],
  unreadable: [],
  innerRoots: [],
  left: 1
})

/** What a territory holds, sorted: it does not depend on the order in which the disk told it. */
export function* folderSteps({ files, innerRoots, links, unreadable }: Territory): Steps<FolderSeen> {
  return {
    files: yield* sortSteps(files, byPath),
    links: yield* sortSteps(links, compareText),
    unreadable: yield* sortSteps(unreadable, byPath),
    innerRoots: yield* sortSteps(innerRoots, compareText)
  }
}

/** The same of a territory that does not hold much. */
export const folderOf = ({ files, innerRoots, links, unreadable }: Territory): FolderSeen => ({
  files: inOrder(files, byPath),
  links: inOrder(links, compareText),
  unreadable: inOrder(unreadable, byPath),
  innerRoots: inOrder(innerRoots, compareText)
})

const byPath = (a: { readonly path: string }, b: { readonly path: string }): number => compareText(a.path, b.path)

/** So much in a territory is sorted at once: steps would take longer than the sorting, of an asset among 100,000. */
const little = 64

/** True if a territory can be sorted at once. */
export const holdsLittle = ({ files, innerRoots, links, unreadable }: Territory): boolean =>
  files.length + innerRoots.length + links.length + unreadable.length <= little

/** A path below `assets/` as it is in a territory. */
export const within = ({ spelling }: Territory, path: string): string =>
  spelling === "" ? path : path.slice(spelling.length + 1)

/** What is told of a file. */
export const measures = ({ mtimeMs, size }: { readonly size: number; readonly mtimeMs: number }) => ({ size, mtimeMs })

/** What a look at a file found, at its path in the territory. */
export const tellFile = (territory: Territory, path: string, name: string, look: FileLook): void => {
  if (look.kind === "file") territory.files.push({ path, ...measures(look) })
  else if (look.kind === "link") territory.links.push(path)
  else if (look.kind === "failed") tellUnreadable(territory, path, look.errno)
  else if (look.kind === "gone") tellUnreadable(territory, path, reasonIfGone(name))
}

/**
 * Why there is nothing under a name that a folder has just told; nothing to tell if it was removed meanwhile. Bytes that
 * are not UTF-8 reach us with U+FFFD in their place, and then no path leads there.
 */
export const reasonIfGone = (name: string): string | undefined =>
  name.includes("\u{FFFD}") ? "its name is not valid Unicode" : undefined

/** Tells of what cannot be read, unless there is nothing to tell. */
export const tellUnreadable = (territory: Territory, path: string, reason: string | undefined): void => {
  if (reason !== undefined) territory.unreadable.push({ path, reason })
}
