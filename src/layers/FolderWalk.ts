/** Walks folders, and sorts what it meets under the asset roots it belongs to. */
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"

import { foldPath } from "../domain/Path.ts"
import type { Hash, RootScan } from "../domain/Seen.ts"
import type { Steps } from "../domain/Steps.ts"
import type { Disk, DiskEntry, DiskError } from "../services/Disk.ts"
import type { FolderReading, ReadFolders } from "../services/FolderReader.ts"
import { type EntrySight, type FolderSight, isManifest, type ListedFolder } from "../services/FolderSight.ts"
import type { Breather } from "./Breather.ts"
import { readLevel } from "./FolderLevel.ts"
import { lookAtEntries, lookInto } from "./FolderLook.ts"
import type { Patience } from "./Patience.ts"
import { seenIn } from "./Sight.ts"
import {
  folderOf,
  folderSteps,
  holdsLittle,
  measures,
  reasonIfGone,
  tellFile,
  tellUnreadable,
  type Territory,
  territoryAt,
  within
} from "./Territory.ts"

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
  /** Reads folders of this disk in fewer calls, if anything does, */
  readonly reading: FolderReading | undefined
  /** and as long as there is patience with it, those that one command is about. */
  readonly patience: Patience
}

/** What a walk through everything goes by besides. */
export interface SurveyOptions extends WalkOptions {
  /** Told how many folders were looked at since it was told last, and how many asset roots there are so far. */
  readonly onFolders: (folders: number, roots: number) => Effect.Effect<void>
  /** Told of each asset root when all of it was looked at, while others still are. */
  readonly onRoot: (root: RootScan) => void
}

/** A folder that is still to be listed. */
interface Stop {
  readonly path: string
  readonly name: string
  /** The territory that it lies in, unless it turns out to begin one. */
  readonly around: Territory
}

interface Walk extends SurveyOptions {
  /** What roots inside are: surveyed themselves, or only named by those around them. */
  readonly inner: "survey" | "name"
  readonly queue: Array<Stop>
  /** Territories that are whole, and hold so much that they are sorted in steps. */
  readonly whole: Array<Territory>
  /** How many asset roots there are so far. */
  roots: number
}

/** What is known of the folder that a walk begins at: its names, and what a look at each of them found. */
export interface Start {
  readonly entries: ReadonlyArray<DiskEntry>
  readonly sight: ListedFolder | undefined
}

/**
 * Walks the folder of one asset, and all below it; fails only if that very folder cannot be listed. What is known of it
 * already is not asked for again.
 */
export const walkAsset = (
  options: WalkOptions,
  asset: Territory,
  known?: Start
): Effect.Effect<void, DiskError> =>
  walkFrom(asset, known, {
    ...options,
    reading: undefined,
    onFolders: () => Effect.void,
    onRoot: () => {},
    inner: "name",
    queue: [],
    whole: [],
    roots: 0
  })

/**
 * Walks everything, and tells of each asset root in it; fails only if `assets/` itself cannot be listed. What lies in no
 * asset root is told to `outside`.
 */
export const surveyAll = (options: SurveyOptions, outside: Territory): Effect.Effect<void, DiskError> =>
  walkFrom(outside, undefined, { ...options, inner: "survey", queue: [], whole: [], roots: 0 })

/**
 * It goes level by level: the depth of the folders costs neither stack nor open files, and of one level no more than
 * `concurrency` are looked at at once. What is gone by the time it is looked at was never there.
 */
const walkFrom = Effect.fnUntraced(function*(
  start: Territory,
  known: Start | undefined,
  walk: Walk
): Effect.fn.Return<void, DiskError, Scope.Scope> {
  const { breather, concurrency, onFolders } = walk
  const sight = known?.sight ?? (yield* lookAtStart(walk, start, known?.entries))
  if (sight.kind === "listed") yield* breather.run(takeIn(walk, start.spelling, start, sight.entries))
  yield* onFolders(1, walk.roots)
  let read: ReadFolders | undefined
  for (let level = walk.queue.splice(0); level.length > 0; level = walk.queue.splice(0)) {
    const { reading } = walk
    if (reading !== undefined && level.length >= reading.worthwhile) {
      if (read === undefined) {
        read = yield* reading.begin(concurrency)
        // To start a thread takes as long as a slice of a walk, and to ask it for the first time does too.
        yield* Effect.yieldNow
      }
      level = yield* readTogether(walk, reading, read, level)
    }
    yield* Effect.forEach(level, (stop) => visit(walk, stop), { concurrency, discard: true })
  }
}, Effect.scoped)

/** Looks at the folder that a walk begins at. */
const lookAtStart = Effect.fnUntraced(function*(
  walk: Walk,
  { filesCount, manifest, spelling }: Territory,
  known: ReadonlyArray<DiskEntry> | undefined
) {
  const path = absolute(walk.assets, spelling)
  const entries = known ?? (yield* walk.disk.list(path))
  return yield* lookAtEntries(
    { ...walk, path, filesCount, manifest: manifest._tag === "File" ? "known" : "any" },
    entries
  )
})

/** Looks at a folder. */
const visit = Effect.fnUntraced(function*(walk: Walk, stop: Stop) {
  yield* walk.breather.pause
  const { filesCount } = stop.around
  const manifest = walk.inner === "survey" ? "read" : "named"
  const sight = yield* lookInto({ ...walk, path: absolute(walk.assets, stop.path), filesCount, manifest })
  yield* walk.breather.run(enterAll(walk, [stop], [sight]))
  yield* walk.onFolders(1, walk.roots)
})

/** Looks at the folders of a level, many at once; gives those for which that could not be done. */
const readTogether = (walk: Walk, reading: FolderReading, read: ReadFolders, stops: ReadonlyArray<Stop>) =>
  readLevel(
    {
      reading,
      read,
      breather: walk.breather,
      manifestLimit: walk.manifestLimit,
      askOf: ({ around: { filesCount }, path }) => ({ path: absolute(walk.assets, path), filesCount }),
      enter: (some, sights) =>
        Effect.andThen(
          walk.breather.run(enterAll(walk, some, sights)),
          Effect.suspend(() => walk.onFolders(some.length, walk.roots))
        )
    },
    stops
  )

/** Takes in what was found of folders. It makes generators only for those that hold much: of the others there are many. */
function* enterAll(walk: Walk, stops: ReadonlyArray<Stop>, sights: Iterable<FolderSight>): Steps<void> {
  let next = 0
  for (const sight of sights) {
    const stop = stops[next++]
    if (stop === undefined) continue
    const { around, name, path } = stop
    if (sight.kind === "failed") {
      const isGone = sight.errno === "ENOENT" || sight.errno === "ENOTDIR"
      tellUnreadable(around, within(around, path), isGone ? reasonIfGone(name) : sight.errno)
      leave(walk, around)
    } else {
      const { entries } = sight
      const territory = territoryOf(walk, path, around, sight)
      if (entries.length > sliceSize) yield* takeIn(walk, path, territory, entries)
      else {
        takeSome(walk, path, territory, entries)
        leave(walk, territory)
      }
    }
    if (walk.whole.length > 0) yield* tellWhole(walk)
    yield
  }
}

/** The territory of a folder: its own if it holds a manifest, or else the one around it. */
const territoryOf = (
  walk: Walk,
  path: string,
  around: Territory,
  { entries, manifest: sight }: Extract<FolderSight, { readonly kind: "listed" }>
): Territory => {
  const surveyed = walk.inner === "survey"
  const manifest = sight === undefined ? undefined : seenIn(sight, walk.hash)
  const isRoot = surveyed ? manifest !== undefined && manifest._tag !== "Absent" : entries.some(isManifest)
  if (!isRoot) return around
  walk.roots++
  for (let outer: Territory | undefined = around; outer !== undefined; outer = outer.outer) {
    if (outer.spelling !== "") outer.innerRoots.push(within(outer, path))
  }
  return territoryAt(path, {
    outer: around,
    filesCount: surveyed,
    ...(manifest === undefined ? {} : { manifest })
  })
}

/** How many entries of a folder are taken in between two pauses. */
const sliceSize = 512

function* takeIn(
  walk: Walk,
  folder: string,
  territory: Territory,
  entries: ReadonlyArray<EntrySight>
): Steps<void> {
  for (let from = 0; from < entries.length; from += sliceSize) {
    takeSome(walk, folder, territory, entries.slice(from, from + sliceSize))
    yield
  }
  leave(walk, territory)
  yield* tellWhole(walk)
}

const takeSome = (walk: Walk, folder: string, territory: Territory, entries: ReadonlyArray<EntrySight>): void => {
  const isItsOwn = folder === territory.spelling && folder !== ""
  for (const entry of entries) {
    const { kind, look, name } = entry
    const manifest = isItsOwn && isManifest(entry) ? territory.manifest : undefined
    if (kind === "folder") {
      if (folder !== "" || foldPath(name) !== ".prometeu") {
        territory.left++
        walk.queue.push({ path: below(folder, name), name, around: territory })
      }
    } else if (kind === "link") {
      if (manifest === undefined) territory.links.push(within(territory, below(folder, name)))
    } else if (kind === "file") {
      if (manifest?._tag === "File") territory.files.push({ path: name, ...measures(manifest.fingerprint) })
      else if (look !== undefined) {
        tellFile(territory, isItsOwn ? name : within(territory, below(folder, name)), name, look)
      }
    }
  }
}

/** One folder of a territory less is left; with the last one the territory is whole, and told if it holds little. */
const leave = (walk: Walk, last: Territory): void => {
  for (let territory: Territory | undefined = last; territory !== undefined; territory = territory.outer) {
    territory.left--
    if (territory.left > 0) return
    const { manifest, spelling } = territory
    if (walk.inner !== "survey" || spelling === "") continue
    if (holdsLittle(territory)) walk.onRoot({ spelling, manifest, folder: folderOf(territory) })
    else walk.whole.push(territory)
  }
}

/** Tells of territories that are whole and hold much. */
function* tellWhole(walk: Walk): Steps<void> {
  for (const territory of walk.whole.splice(0)) {
    const { manifest, spelling } = territory
    walk.onRoot({ spelling, manifest, folder: yield* folderSteps(territory) })
  }
}

const absolute = (assets: string, path: string): string => path === "" ? assets : `${assets}/${path}`

const below = (folder: string, name: string): string => folder === "" ? name : `${folder}/${name}`
