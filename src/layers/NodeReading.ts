/**
 * How the disk of this machine is read: synchronous calls of `node:fs`.
 *
 * They are the same in the thread of the packer and in those that help it read a large project. Nothing of Effect is
 * needed here: such a thread would take several times as long to start.
 */
import * as fs from "node:fs"

import type { DiskContent, DiskEntry, DiskKind, DiskStat } from "../services/Disk.ts"
import {
  type EntrySight,
  type FileLook,
  type FileSight,
  type FolderAsk,
  type FolderSight,
  isManifest,
  isRead,
  isThere,
  type ListedFolder
} from "../services/FolderSight.ts"

/** Node's types promise these flags; on Windows they are missing all the same. */
export const flag = (value: number | undefined): number => value ?? 0
const noFollow = flag(fs.constants.O_NOFOLLOW)
/** Keeps the opening of a pipe from waiting for somebody at its other end. Plain files do not care. */
const noWait = flag(fs.constants.O_NONBLOCK)

/** How often a file that changes under the hand is read anew. */
const attempts = 3

/** A failure that is found here, not by the operating system. */
export class Refused extends Error {
  readonly code: string
  constructor(code: string) {
    super(code)
    this.code = code
  }
}

/** What the system said. */
export const errnoOf = (error: unknown): string =>
  error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : "EUNKNOWN"

const isMissing = (error: unknown): boolean => ["ENOENT", "ENOTDIR"].includes(errnoOf(error))

const kindOf = (entry: fs.StatsBase<bigint | number> | fs.Dirent): DiskKind => {
  if (entry.isFile()) return "file"
  if (entry.isDirectory()) return "folder"
  return entry.isSymbolicLink() ? "link" : "other"
}

const exactStatOf = (stats: fs.BigIntStats): DiskStat => ({
  kind: kindOf(stats),
  size: Number(stats.size),
  mtimeMs: Number(stats.mtimeNs) / 1e6,
  inode: String(stats.ino),
  device: String(stats.dev)
})

/**
 * What a call told in numbers. Where these are not exact, as on disks that number their files with 64 bits, it is asked
 * `again`.
 */
export const statOf = (stats: fs.Stats, again: () => fs.BigIntStats | undefined): DiskStat | undefined => {
  const { dev, ino, mtimeMs, size } = stats
  if (Number.isSafeInteger(ino) && Number.isSafeInteger(dev)) {
    return { kind: kindOf(stats), size, mtimeMs, inode: String(ino), device: String(dev) }
  }
  const exact = again()
  return exact && exactStatOf(exact)
}

/** What is at a path; `undefined` if nothing is. */
export const lookAt = (path: string): DiskStat | undefined => {
  try {
    // To be spared the error where nothing is saves most of the time; a way through a file is an error all the same.
    // Numbers take half the time of what is exact on every disk, and leave a tenth of the garbage.
    const stats = fs.lstatSync(path, { throwIfNoEntry: false })
    return stats && statOf(stats, () => fs.lstatSync(path, { bigint: true, throwIfNoEntry: false }))
  } catch (error) {
    if (isMissing(error)) return undefined
    throw error
  }
}

/** What an open file is. */
export const lookAtOpen = (fd: number): DiskStat => {
  const stats = fs.fstatSync(fd)
  const exact = () => fs.fstatSync(fd, { bigint: true })
  // An open file is there, whatever happens to its name.
  return statOf(stats, exact) ?? exactStatOf(exact())
}

/** For calls that would follow a link if one were at the path: where it matters, between here and there, is a race. */
export const expectFolder = (path: string): void => {
  const stat = lookAt(path)
  if (stat === undefined) throw new Refused("ENOENT")
  if (stat.kind !== "folder") throw new Refused("ENOTDIR")
}

/** Opens what is at a path, unless that is a link. */
export const openNoFollow = (path: string, flags: number): number => {
  // Without the flag, a look before the call is the best there is.
  if (noFollow === 0 && lookAt(path)?.kind === "link") throw new Refused("ELOOP")
  return fs.openSync(path, flags | noFollow | noWait, 0o666)
}

/** Reads into `into` from a position until it is full or the file ends, and tells how much that was. */
export const fill = (fd: number, into: Uint8Array, position: number): number => {
  let filled = 0
  while (filled < into.length) {
    const taken = fs.readSync(fd, into, filled, into.length - filled, position + filled)
    if (taken === 0) break
    filled += taken
  }
  return filled
}

/** What is in a file of which somebody may cut a piece off meanwhile: then `undefined`. */
const contentOf = (fd: number, limit: number): DiskContent | undefined => {
  const stat = lookAtOpen(fd)
  if (stat.kind !== "file" || stat.size > limit) return { stat, bytes: undefined }
  const bytes = new Uint8Array(stat.size)
  return fill(fd, bytes, 0) === bytes.length ? { stat, bytes } : undefined
}

/** What is at a path, with its bytes if it is a file of at most `limit` bytes; `undefined` if nothing is. */
export const readWhole = (path: string, limit: number): DiskContent | undefined => {
  for (let left = attempts; left > 0; left--) {
    let fd: number
    try {
      fd = openNoFollow(path, fs.constants.O_RDONLY)
    } catch (error) {
      if (isMissing(error)) return undefined
      const stat = lookAt(path)
      if (stat === undefined) return undefined
      // A link, or a thing that only programs at both ends can open. What cannot be read is still there.
      if (stat.kind !== "file") return { stat, bytes: undefined }
      // A link that has become a file since is worth another look.
      if (errnoOf(error) === "ELOOP") continue
      throw error
    }
    try {
      const content = contentOf(fd, limit)
      if (content !== undefined) return content
    } finally {
      fs.closeSync(fd)
    }
  }
  throw new Refused("EAGAIN")
}

/** The names in a folder. */
export const listFolder = (path: string): Array<DiskEntry> => {
  expectFolder(path)
  // Node itself asks again for entries of which the folder does not say what they are.
  return fs.readdirSync(path, { withFileTypes: true }).map((entry) => ({ name: entry.name, kind: kindOf(entry) }))
}

const failure = (error: unknown) => ({ kind: "failed", errno: errnoOf(error) }) as const

const readManifest = (path: string, limit: number): FileSight => {
  try {
    const content = readWhole(path, limit)
    return content === undefined ? { kind: "gone" } : { kind: "found", ...content }
  } catch (error) {
    return failure(error)
  }
}

const lookAtFile = (path: string): FileLook => {
  try {
    return lookAt(path) ?? { kind: "gone" }
  } catch (error) {
    return failure(error)
  }
}

const listing = (path: string): Array<DiskEntry> | FolderSight => {
  try {
    return listFolder(path)
  } catch (error) {
    return failure(error)
  }
}

/** Looks into a folder. A test compares what is found with what `FolderLook.ts` finds. */
export const lookInto = (ask: FolderAsk, manifestLimit: number): FolderSight => {
  const listed = listing(ask.path)
  return Array.isArray(listed) ? lookAtListed(ask, manifestLimit, listed) : listed
}

/** To ask the disk about more names than these takes longer than the host's thread may be held. */
const many = 256

/** The same of a folder that does not hold much; `undefined` if it does. */
export const lookIntoSmall = (ask: FolderAsk, manifestLimit: number): FolderSight | undefined => {
  const listed = listing(ask.path)
  if (!Array.isArray(listed)) return listed
  return listed.length > many ? undefined : lookAtListed(ask, manifestLimit, listed)
}

/** Looks at what is in a folder that was listed. */
export const lookAtListed = (
  { filesCount, path }: FolderAsk,
  manifestLimit: number,
  entries: ReadonlyArray<DiskEntry>
): ListedFolder => {
  const manifest = entries.some(isManifest) ? readManifest(`${path}/asset.json`, manifestLimit) : undefined
  const looksAtFiles = filesCount || isThere(manifest)
  const wasRead = isRead(manifest)
  const seen = entries.map((entry): EntrySight => {
    const { kind, name } = entry
    const isAsked = looksAtFiles && kind === "file" && !(wasRead && isManifest(entry))
    return { name, kind, look: isAsked ? lookAtFile(`${path}/${name}`) : undefined }
  })
  return { kind: "listed", entries: seen, manifest }
}
