/** Renaming where other programs hold files for a moment, and where a disk says no to what it did. */
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"

import type { Disk } from "../services/Disk.ts"
import type { HostInfo } from "../services/HostInfo.ts"

/** What other programs cause that have a file open for a moment. */
const sharingViolations = new Set(["EPERM", "EBUSY", "EACCES"])
/** How long is waited before each new try, in milliseconds. */
const waits = [10, 20, 40, 80, 160]

/**
 * Renames; where another program may hold a file for a moment, more than once. If the disk refuses and the thing with
 * this inode is at its new place all the same, it was renamed.
 */
export const renamePatiently = Effect.fnUntraced(function*(
  { disk, host }: { readonly disk: Disk["Service"]; readonly host: HostInfo["Service"] },
  from: string,
  to: string,
  inode: string
) {
  for (const wait of host.hasSharingViolations ? waits : []) {
    const tried = yield* Effect.result(disk.rename(from, to))
    if (Result.isSuccess(tried)) return
    if (!sharingViolations.has(tried.failure.errno)) break
    yield* Effect.sleep(Duration.millis(wait))
  }
  const last = yield* Effect.result(disk.rename(from, to))
  if (Result.isSuccess(last)) return
  const isThere = (yield* disk.stat(to))?.inode === inode && (yield* disk.stat(from)) === undefined
  if (!isThere) return yield* last.failure
})
