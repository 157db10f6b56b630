/** What is found of a folder, one call to the disk after the other. `NodeReading.ts` finds the same without Effect. */
import * as Effect from "effect/Effect"

import type { Disk, DiskEntry } from "../services/Disk.ts"
import {
  type EntrySight,
  type FileLook,
  type FolderSight,
  isManifest,
  isRead,
  isThere
} from "../services/FolderSight.ts"
import type { Breather } from "./Breather.ts"
import { readSight } from "./Sight.ts"

/** What is looked at in a folder. */
export interface LookOptions {
  readonly disk: Disk["Service"]
  readonly manifestLimit: number
  readonly breather: Breather
  /** The absolute path of the folder. */
  readonly path: string
  /** Whether the files in it are looked at if it holds no manifest. */
  readonly filesCount: boolean
  /**
   * What is done with its manifest. It is `read`, and then the files beside it are looked at; or it is only `named`, and
   * then they are not. One that is `known` was read before. In the folder that a walk begins at it can be a file as `any`.
   */
  readonly manifest: "read" | "named" | "known" | "any"
}

/** Looks into a folder. */
export const lookInto = (options: LookOptions): Effect.Effect<FolderSight> =>
  Effect.matchEffect(options.disk.list(options.path), {
    onFailure: ({ errno }) => Effect.succeed<FolderSight>({ kind: "failed", errno }),
    onSuccess: (entries) => lookAtEntries(options, entries)
  })

/** Looks at what a folder was found to hold. */
export const lookAtEntries = Effect.fnUntraced(function*(
  options: LookOptions,
  entries: ReadonlyArray<DiskEntry>
): Effect.fn.Return<FolderSight> {
  const { breather, disk, path } = options
  const holdsManifest = entries.some(isManifest)
  const manifest = holdsManifest && options.manifest === "read"
    ? yield* readSight(disk, `${path}/asset.json`, options.manifestLimit)
    : undefined
  const isNamedOnly = holdsManifest && options.manifest === "named"
  const filesCount = !isNamedOnly && (options.filesCount || isThere(manifest))
  // A manifest that was read need not be looked at once more.
  const wasRead = options.manifest === "known" || isRead(manifest)
  const seen: Array<EntrySight> = []
  for (const entry of entries) {
    const { kind, name } = entry
    const isAsked = filesCount && kind === "file" && !(wasRead && isManifest(entry))
    seen.push({ name, kind, look: isAsked ? yield* lookAtFile(disk, `${path}/${name}`) : undefined })
    if (breather.isOver()) yield* breather.pause
  }
  return { kind: "listed", entries: seen, manifest }
})

const lookAtFile = (disk: Disk["Service"], path: string) =>
  Effect.match(disk.stat(path), {
    onFailure: ({ errno }): FileLook => ({ kind: "failed", errno }),
    onSuccess: (stat): FileLook => stat ?? { kind: "gone" }
  })
