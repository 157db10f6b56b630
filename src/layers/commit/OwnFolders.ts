/** The folders of the packer itself: that no link leads to them, and that they are there. */
import * as Effect from "effect/Effect"

import { DiskError } from "../../services/Disk.ts"
import type { Terms } from "./Terms.ts"

/** The folders whose names lead to what the packer keeps, and that of the project above them. */
export const waysOf = (
  { folder }: Terms
): ReadonlyArray<string> => [folder.root, folder.assets, folder.own, folder.runtime]

/** No link leads to what the packer keeps: what is behind one is not read, and not written. */
export const checkWay = Effect.fnUntraced(function*({ disk, folder }: Terms) {
  for (const path of [folder.assets, folder.own, folder.runtime]) {
    const kind = (yield* disk.stat(path))?.kind ?? "folder"
    if (kind !== "folder") {
      return yield* new DiskError({ call: "stat", path, errno: kind === "link" ? "ELOOP" : "ENOTDIR" })
    }
  }
})

/** Makes the folders that the committer works in, durable, if they are not there. */
export const prepareFolders = Effect.fnUntraced(function*({ disk, folder }: Terms) {
  let isNew = false
  for (const path of [folder.assets, folder.own, folder.runtime, folder.stage, folder.trash]) {
    const stat = yield* disk.stat(path)
    if (stat === undefined) {
      yield* disk.makeFolder(path)
      isNew = true
    } else if (stat.kind !== "folder") {
      return yield* new DiskError({ call: "makeFolder", path, errno: stat.kind === "link" ? "ELOOP" : "EEXIST" })
    }
  }
  if (isNew) yield* disk.flushFolder(folder.runtime)
})
