/** How a file is seen: from what the disk says of it to what the rules are told. */
import * as Effect from "effect/Effect"

import { type FileSeen, type FileState, type Fingerprint, type Hash, stateOf } from "../domain/Seen.ts"
import { type Disk, DiskError, type DiskStat } from "../services/Disk.ts"
import type { FileSight } from "../services/FolderSight.ts"

/**
 * What is at a path, with its bytes and their hash if it is a file of at most `limit` bytes. The last name of the path is
 * never followed; that those before it are no links is for the caller to know.
 */
export const seeFile = (
  disk: Disk["Service"],
  path: string,
  limit: number,
  hash: Hash
): Effect.Effect<FileSeen> => Effect.map(readSight(disk, path, limit), (sight) => seenIn(sight, hash))

/** What the disk says of what is at a path, with its bytes if it is a file of at most `limit` bytes. */
export const readSight = (disk: Disk["Service"], path: string, limit: number): Effect.Effect<FileSight> =>
  Effect.match(disk.readFile(path, limit), {
    onFailure: ({ errno }): FileSight => ({ kind: "failed", errno }),
    onSuccess: (content): FileSight => content === undefined ? { kind: "gone" } : { kind: "found", ...content }
  })

/** What the rules are told of it. */
export const seenIn = (sight: FileSight, hash: Hash): FileSeen => {
  switch (sight.kind) {
    case "gone":
      return { _tag: "Absent" }
    case "failed":
      return { _tag: "Unreadable", reason: sight.errno }
    case "found": {
      const { bytes, stat: { inode, kind, mtimeMs, size } } = sight
      if (kind !== "file") return { _tag: kind === "link" ? "Link" : "NoFile" }
      return bytes === undefined
        ? { _tag: "TooLarge", size }
        : { _tag: "File", bytes, fingerprint: { hash: hash(bytes), size, mtimeMs, inode } }
    }
  }
}

/** Two writes within one tick of a disk's clock have the same time; the coarsest clocks of disks tick every two seconds. */
const tickMillis = 2000

const isUntouched = (stat: DiskStat | undefined, known: Fingerprint): boolean =>
  stat?.kind === "file" && stat.size === known.size && stat.mtimeMs === known.mtimeMs && stat.inode === known.inode

/**
 * How a file can be recognized without reading it, if it was read when it had been as it is for a while: of one that was
 * written a moment before, the next write may have the same time.
 */
export const recognizable = (state: FileState, lookedAt: number | undefined): Fingerprint | undefined =>
  state._tag === "File" && lookedAt !== undefined && state.fingerprint.mtimeMs + tickMillis < lookedAt
    ? state.fingerprint
    : undefined

/** What is at the path of a file. One that is `known`, and whose size, time and inode are the same, is not read again. */
export const lookAgain = Effect.fnUntraced(function*(
  { disk, hash }: { readonly disk: Disk["Service"]; readonly hash: Hash },
  path: string,
  known: Fingerprint | undefined,
  limit: number
): Effect.fn.Return<FileState, DiskError> {
  if (known !== undefined && isUntouched(yield* disk.stat(path), known)) return { _tag: "File", fingerprint: known }
  const seen = yield* seeFile(disk, path, limit, hash)
  if (seen._tag === "Unreadable") return yield* new DiskError({ call: "readFile", path, errno: seen.reason })
  return stateOf(seen)
})
