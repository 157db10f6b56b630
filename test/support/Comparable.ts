/** What two looks at the same things have in common: not the order of lists, nor what only a disk knows. */
import type { FileSeen, FolderSeen, RootSeen, Scan } from "../../src/domain/Seen.ts"

const byText = (a: string, b: string): number => a < b ? -1 : a === b ? 0 : 1
const byPath = (a: { readonly path: string }, b: { readonly path: string }): number => byText(a.path, b.path)

const comparableFile = (seen: FileSeen): unknown =>
  seen._tag === "File" ? { hash: seen.fingerprint.hash, size: seen.fingerprint.size, bytes: [...seen.bytes] } : seen

const comparableFolder = ({ files, innerRoots, links, unreadable }: FolderSeen): unknown => ({
  files: files.map(({ path, size }) => ({ path, size })).toSorted(byPath),
  links: links.toSorted(byText),
  unreadable: unreadable.toSorted(byPath),
  innerRoots: innerRoots.toSorted(byText)
})

/** A scan, without what only a disk knows. */
export const comparableScan = ({ links, registry, roots, unreadable }: Scan): unknown => ({
  registry: comparableFile(registry),
  roots: Object.fromEntries(roots.map(({ folder, manifest, spelling }) => [
    spelling,
    { manifest: comparableFile(manifest), folder: comparableFolder(folder) }
  ])),
  links: links.toSorted(byText),
  unreadable
})

/** What was seen at roots, without what only a disk knows. */
export const comparableRoots = (roots: ReadonlyMap<string, RootSeen>): unknown =>
  Array.from(roots, ([root, seen]) => [root, comparableRoot(seen)])

const comparableRoot = (seen: RootSeen): unknown => {
  if (seen._tag === "Absent") return { ...seen, device: "" }
  if (seen._tag !== "Folder") return seen
  return {
    spelling: seen.spelling,
    manifest: comparableFile(seen.manifest),
    folder: seen.folder === undefined ? "not listed" : comparableFolder(seen.folder)
  }
}
