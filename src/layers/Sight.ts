/** How a file is seen: from what the disk says of it to what the rules are told. */
import * as Effect from "effect/Effect"

import type { FileSeen, Hash } from "../domain/Seen.ts"
import type { Disk } from "../services/Disk.ts"
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
