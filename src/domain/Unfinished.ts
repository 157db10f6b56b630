/**
 * Durable changes that cannot be put in place, because the folder cannot be written: they are shown all the same.
 *
 * A project on a read-only disk opens as it will be once somebody can write there. Nothing that was acknowledged is
 * missing from what it shows.
 */
import { compareText, isInside } from "./Path.ts"
import type { FileSeen, RootScan, Scan } from "./Seen.ts"

/** What is durable and not in place. Paths are relative to `assets/`. */
export interface Unfinished {
  /** Folders that are to be moved, in order. */
  readonly moves: ReadonlyArray<{ readonly from: string; readonly to: string }>
  /** Files that are to be written when all folders are moved. */
  readonly files: ReadonlyArray<{ readonly path: string; readonly bytes: Uint8Array; readonly hash: string }>
  /** The registry file that is to be written; absent if it is as it has to be. */
  readonly registry: { readonly bytes: Uint8Array; readonly hash: string } | undefined
}

const fileOf = ({ bytes, hash }: { readonly bytes: Uint8Array; readonly hash: string }): FileSeen => ({
  _tag: "File",
  bytes,
  fingerprint: { hash, size: bytes.length, mtimeMs: 0, inode: "" }
})

const moved = (path: string, { from, to }: Unfinished["moves"][number]): string =>
  path === from || isInside(path, from) ? to + path.slice(from.length) : path

/** What a scan would find if all of it were in place. */
export const layUnfinished = (scan: Scan, { files, moves, registry }: Unfinished): Scan => {
  const roots = new Map<string, RootScan>()
  for (const root of scan.roots) {
    const spelling = moves.reduce(moved, root.spelling)
    if (!isInside(spelling, ".prometeu")) roots.set(spelling, spelling === root.spelling ? root : { ...root, spelling })
  }
  for (const file of files) {
    const spelling = file.path.slice(0, file.path.lastIndexOf("/"))
    const folder = roots.get(spelling)?.folder ?? { files: [], links: [], unreadable: [], innerRoots: [] }
    roots.set(spelling, { spelling, folder, manifest: fileOf(file) })
  }
  return {
    ...scan,
    roots: [...roots.values()].toSorted((a, b) => compareText(a.spelling, b.spelling)),
    registry: registry === undefined ? scan.registry : fileOf(registry)
  }
}
