/** Walks folders, and sorts what it meets under the asset roots it belongs to. */
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"

import { inOrder } from "../domain/InOrder.ts"
import { compareText, foldPath } from "../domain/Path.ts"
import type { FileSeen, FolderSeen, Hash, RootScan } from "../domain/Seen.ts"
import { sortSteps, type Steps } from "../domain/Steps.ts"
import type { Disk, DiskEntry, DiskError } from "../services/Disk.ts"
import type { FolderReading, ReadFolders } from "../services/FolderReader.ts"
import {
  type EntrySight,
  type FileLook,
  type FolderSight,
  isManifest,
  type ListedFolder
} from "../services/FolderSight.ts"
import type { Breather } from "./Breather.ts"
import { readLevel } from "./FolderLevel.ts"
import { lookAtEntries, lookInto } from "./FolderLook.ts"
import type { Patience } from "./Patience.ts"
import { seenIn } from "./Sight.ts"

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
  /** How many of its folders, itself and the territories inside included, are not looked at to their end yet. */
  left: number
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
  innerRoots: [],
  left: 1
})

/** What a territory holds, sorted: it does not depend on the order in which the disk told it. */
export function* folderSteps({ files, innerRoots, links, unreadable }: Territory): Steps<FolderSeen> {
  return {
    files: yield* sortSteps(files, byPath),
    links: yield* sortSteps(links, compareText),
    unreadable: yield* sortSteps(unreadable, byPath),
    innerRoots: yield* sortSteps(innerRoots, compareText)
  }
}

/** The same of a territory that does not hold much. */
const folderOf = ({ files, innerRoots, links, unreadable }: Territory): FolderSeen => ({
  files: inOrder(files, byPath),
  links: inOrder(links, compareText),
  unreadable: inOrder(unreadable, byPath),
  innerRoots: inOrder(innerRoots, compareText)
})

const byPath = (a: { readonly path: string }, b: { readonly path: string }): number => compareText(a.path, b.path)

/** So much in a territory is sorted at once: steps would take longer than the sorting, of an asset among 100,000. */
const little = 64

const holdsLittle = ({ files, innerRoots, links, unreadable }: Territory): boolean =>
  files.length + innerRoots.length + links.length + unreadable.length <= little

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

/** What a look at a file found, at its path in the territory. */
const tellFile = (territory: Territory, path: string, name: string, look: FileLook): void => {
  if (look.kind === "file") territory.files.push({ path, ...measures(look) })
  else if (look.kind === "link") territory.links.push(path)
  else if (look.kind === "failed") tellUnreadable(territory, path, look.errno)
  else if (look.kind === "gone") tellUnreadable(territory, path, reasonIfGone(name))
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
  if (reason !== undefined) territory.unreadable.push({ path, reason })
}
