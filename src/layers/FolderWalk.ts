/** Walks folders, and sorts what it meets under the asset roots it belongs to. */
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"

import { compareText, foldPath } from "../domain/Path.ts"
import type { FileSeen, FolderSeen, Hash } from "../domain/Seen.ts"
import { sortSteps, type Steps } from "../domain/Steps.ts"
import type { Disk, DiskEntry, DiskError } from "../services/Disk.ts"
import type { Breather } from "./Breather.ts"
import { seeFile } from "./Sight.ts"

/** What a walk goes by. */
export interface WalkOptions {
  readonly disk: Disk["Service"]
  /** The absolute path that all others are relative to. */
  readonly assets: string
  readonly hash: Hash
  readonly manifestLimit: number
  /** How many folders are looked at at once. */
  readonly concurrency: number
  readonly breather: Breather
}

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
  innerRoots: []
})

/** What a territory holds, sorted: it does not depend on the order in which the disk told it. */
export function* folderSteps(territory: Territory): Steps<FolderSeen> {
  return {
    files: yield* sorted(territory.files, byPath),
    links: yield* sorted(territory.links, compareText),
    unreadable: yield* sorted(territory.unreadable, byPath),
    innerRoots: yield* sorted(territory.innerRoots, compareText)
  }
}

const byPath = (a: { readonly path: string }, b: { readonly path: string }): number => compareText(a.path, b.path)

function* sorted<A>(items: ReadonlyArray<A>, compare: (a: A, b: A) => number): Steps<ReadonlyArray<A>> {
  // Most lists have one item or none, and nearly all of them belong to an asset among 100,000.
  return items.length < 2 ? items : yield* sortSteps(items, compare)
}

/** A folder that is still to be listed. */
interface Stop {
  readonly path: string
  readonly name: string
  /** The territory that it lies in, unless it turns out to begin one. */
  readonly around: Territory
}

interface Walk extends WalkOptions {
  /** What roots inside are: surveyed themselves, or only named by those around them. */
  readonly inner: "survey" | "name"
  readonly found: Array<Territory>
  readonly queue: Array<Stop>
}

/**
 * Walks the folder of a territory and all below it, and gives the territories that begin in it; fails only if that very
 * folder cannot be listed. `onFolder` is told, for each folder, how many there were so far.
 *
 * It goes level by level: the depth of the folders costs neither stack nor open files, and of one level no more than
 * `concurrency` are looked at at once. What is gone by the time it is looked at was never there.
 */
export const walkTerritory = Effect.fnUntraced(function*(
  options: WalkOptions,
  start: Territory,
  inner: Walk["inner"],
  onFolder: (found: number) => Effect.Effect<void> = () => Effect.void
): Effect.fn.Return<ReadonlyArray<Territory>, DiskError> {
  const walk: Walk = { ...options, inner, found: [], queue: [] }
  const told = Effect.suspend(() => onFolder(walk.found.length))
  yield* visit(walk, start.spelling, start, yield* walk.disk.list(absolute(walk.assets, start.spelling)))
  yield* told
  for (let level = walk.queue.splice(0); level.length > 0; level = walk.queue.splice(0)) {
    yield* Effect.forEach(level, (stop) => Effect.andThen(enter(walk, stop), told), {
      concurrency: walk.concurrency,
      discard: true
    })
  }
  return walk.found
})

const enter = Effect.fnUntraced(function*(walk: Walk, { around, name, path }: Stop) {
  yield* walk.breather.pause
  const entries = yield* Effect.result(walk.disk.list(absolute(walk.assets, path)))
  if (Result.isSuccess(entries)) {
    const territory = entries.success.some(isManifest) ? yield* begin(walk, path, around) : around
    yield* visit(walk, path, territory, entries.success)
    return
  }
  const { errno } = entries.failure
  tellUnreadable(around, path, errno === "ENOENT" || errno === "ENOTDIR" ? reasonIfGone(name) : errno)
})

/** The territory of a folder that was found to hold a manifest. */
const begin = Effect.fnUntraced(function*(walk: Walk, path: string, around: Territory) {
  const surveyed = walk.inner === "survey"
  const manifest = surveyed
    ? yield* seeFile(walk.disk, absolute(walk.assets, `${path}/asset.json`), walk.manifestLimit, walk.hash)
    : undefined
  if (manifest?._tag === "Absent") return around
  const territory = territoryAt(path, {
    outer: around,
    filesCount: surveyed,
    ...(manifest === undefined ? {} : { manifest })
  })
  walk.found.push(territory)
  for (let outer: Territory | undefined = around; outer !== undefined; outer = outer.outer) {
    if (outer.spelling !== "") outer.innerRoots.push(within(outer, path))
  }
  return territory
})

const visit = Effect.fnUntraced(function*(
  walk: Walk,
  folder: string,
  territory: Territory,
  entries: ReadonlyArray<DiskEntry>
) {
  const isItsOwn = folder === territory.spelling && folder !== ""
  for (const entry of entries) {
    const path = folder === "" ? entry.name : `${folder}/${entry.name}`
    const manifest = isItsOwn && isManifest(entry) ? territory.manifest : undefined
    switch (entry.kind) {
      case "folder":
        if (folder !== "" || foldPath(entry.name) !== ".prometeu") {
          walk.queue.push({ path, name: entry.name, around: territory })
        }
        break
      case "link":
        if (manifest === undefined) territory.links.push(within(territory, path))
        break
      case "file":
        // A manifest that was read need not be looked at once more.
        if (manifest?._tag === "File") territory.files.push({ path: entry.name, ...measures(manifest.fingerprint) })
        else if (territory.filesCount) yield* lookAtFile(walk, territory, path, entry.name)
        break
      case "other":
        break
    }
    if (walk.breather.isOver()) yield* walk.breather.pause
  }
})

const lookAtFile = (walk: Walk, territory: Territory, path: string, name: string): Effect.Effect<void> =>
  Effect.match(walk.disk.stat(absolute(walk.assets, path)), {
    onFailure: ({ errno }) => tellUnreadable(territory, path, errno),
    onSuccess: (stat) => {
      if (stat === undefined) tellUnreadable(territory, path, reasonIfGone(name))
      else if (stat.kind === "link") territory.links.push(within(territory, path))
      else if (stat.kind === "file") territory.files.push({ path: within(territory, path), ...measures(stat) })
    }
  })

const isManifest = ({ name }: DiskEntry): boolean => name === "asset.json"

const absolute = (assets: string, path: string): string => path === "" ? assets : `${assets}/${path}`

const within = ({ spelling }: Territory, path: string): string =>
  spelling === "" ? path : path.slice(spelling.length + 1)

const measures = ({ mtimeMs, size }: { readonly size: number; readonly mtimeMs: number }) => ({ size, mtimeMs })

/**
 * Why there is nothing under a name that a folder has just told; nothing to tell if it was removed meanwhile. Bytes that
 * are not UTF-8 reach us with U+FFFD in their place, and then no path leads there.
 */
const reasonIfGone = (name: string): string | undefined =>
  name.includes("\u{FFFD}") ? "its name is not valid Unicode" : undefined

const tellUnreadable = (territory: Territory, path: string, reason: string | undefined): void => {
  if (reason !== undefined) territory.unreadable.push({ path: within(territory, path), reason })
}
