/** How a file is seen: from what the disk says of it to what the rules are told. */
import * as Effect from "effect/Effect"

import type { FileSeen, Hash } from "../domain/Seen.ts"
import type { Disk, DiskContent } from "../services/Disk.ts"

/**
 * What is at a path, with its bytes and their hash if it is a file of at most `limit` bytes. The last name of the path is
 * never followed; that those before it are no links is for the caller to know.
 */
export const seeFile = (
  disk: Disk["Service"],
  path: string,
  limit: number,
  hash: Hash
): Effect.Effect<FileSeen> =>
  Effect.match(disk.readFile(path, limit), {
    onSuccess: (content) => seenIn(content, hash),
    onFailure: ({ errno }): FileSeen => ({ _tag: "Unreadable", reason: errno })
  })

const seenIn = (content: DiskContent | undefined, hash: Hash): FileSeen => {
  if (content === undefined) return { _tag: "Absent" }
  const { bytes, stat } = content
  if (stat.kind !== "file") return { _tag: stat.kind === "link" ? "Link" : "NoFile" }
  const { inode, mtimeMs, size } = stat
  return bytes === undefined
    ? { _tag: "TooLarge", size }
    : { _tag: "File", bytes, fingerprint: { hash: hash(bytes), size, mtimeMs, inode } }
}
