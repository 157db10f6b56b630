/** The workspace of a project on a disk. */
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Result from "effect/Result"

import { type AssetRoot, compareText, parentsOf } from "../domain/Path.ts"
import type { FileSeen, Hash, Look, RootScan, RootSeen, Scan } from "../domain/Seen.ts"
import { sortSteps, type Steps } from "../domain/Steps.ts"
import { Disk, DiskError, type DiskStat } from "../services/Disk.ts"
import { FolderReader } from "../services/FolderReader.ts"
import { ProjectFolder } from "../services/ProjectFolder.ts"
import { type Ground, type Taking, Workspace } from "../services/Workspace.ts"
import { makeBreather } from "./Breather.ts"
import { surveyAll, type SurveyOptions, type WalkOptions } from "./FolderWalk.ts"
import { lookAtRoot } from "./Looking.ts"
import { makePatience } from "./Patience.ts"
import { seeFile } from "./Sight.ts"
import { folderSteps, type Territory, territoryAt } from "./Territory.ts"

/** What a workspace on a disk goes by. */
export interface DiskWorkspaceOptions {
  readonly hash: Hash
  /** The most bytes of a manifest that are read. */
  readonly manifestLimit: number
  /** The most bytes of the registry that are read. */
  readonly registryLimit: number
  /** How many folders are looked at at once. */
  readonly concurrency: number
}

/** How long a scan goes on before it tells again how far it is. */
const progressNanos = 50_000_000n

/**
 * The workspace of a project on a disk.
 *
 * Every path that is looked at below a folder was found in that folder, or its parents were looked at one by one before:
 * that is how no link is ever followed. What is left is the moment between a look and the next call.
 */
export const diskWorkspace = (
  options: DiskWorkspaceOptions
): Layer.Layer<Workspace, never, Disk | ProjectFolder> => Layer.effect(Workspace, makeWorkspace(options))

const makeWorkspace = Effect.fnUntraced(function*(options: DiskWorkspaceOptions) {
  const disk = yield* Disk
  const folder = yield* ProjectFolder
  const reader = yield* FolderReader
  const reading = reader?.disk === disk ? reader : undefined
  const { assets } = folder
  const patience = yield* makePatience
  const walkOptions = Effect.map(
    makeBreather,
    (breather): WalkOptions => ({ ...options, disk, assets, reading, patience, breather })
  )

  /** Where `assets/` is, or would be, and where those below it are; fails if even the project is not there. */
  const groundOf = Effect.fnUntraced(function*(...own: ReadonlyArray<string>) {
    const [root, ...below] = yield* disk.way([folder.root, assets, ...own])
    if (root === undefined) return yield* new DiskError({ call: "stat", path: folder.root, errno: "ENOENT" })
    yield* expectFolder(folder.root, root)
    const [stat, ...rest] = below
    if (stat !== undefined) yield* expectFolder(assets, stat)
    const { device } = stat ?? root
    const nearest = rest.findLast((stat) => stat?.kind === "folder")
    return { isThere: stat !== undefined, device, runtimeDevice: nearest?.device ?? device }
  })
  // What the packer keeps goes into its own folder, or to where that will be made.
  const ground = groundOf(folder.own, folder.runtime)

  const readFile = Effect.fnUntraced(function*(path: string, limit: number): Effect.fn.Return<FileSeen> {
    const way = yield* Effect.result(disk.way([assets, ...parentsOf(path).map((parent) => `${assets}/${parent}`)]))
    if (Result.isFailure(way)) return { _tag: "Unreadable", reason: way.failure.errno }
    const last = way.success.at(-1)
    if (last?.kind !== "folder") return { _tag: last?.kind === "link" ? "Link" : "Absent" }
    return yield* seeFile(disk, `${assets}/${path}`, limit, options.hash)
  })

  const scan = Effect.fnUntraced(function*<Root extends Spelled>(taking: Taking<Root>) {
    const walk = yield* walkOptions
    const reporter = yield* makeReporter(taking.progress)
    const { isThere } = yield* groundOf()
    const registry = yield* readFile(folder.registry.slice(assets.length + 1), options.registryLimit)
    yield* walk.breather.pause
    const outside = territoryAt("", { filesCount: false })
    const roots: Array<Root> = []
    const onRoot = (root: RootScan): void => void roots.push(taking.root(root))
    const walked = isThere ? survey({ ...walk, onFolders: reporter.folders, onRoot }, outside) : Effect.void
    // The walk waits for threads that read, and reads itself: the registry is done with between its slices.
    yield* Effect.all([walked, walk.breather.run(taking.registry(registry))], { concurrency: 2, discard: true })
    yield* reporter.end(roots.length)
    return yield* walk.breather.run(scanSteps(registry, outside, roots))
  })

  const observe = Effect.fnUntraced(function*(looks: ReadonlyArray<Look>, known?: Ground) {
    const walk = yield* walkOptions
    const { device, runtimeDevice } = known ?? (yield* ground)
    const seen = new Map<string, RootSeen>()
    for (const { list, spelling } of wanted(looks)) {
      seen.set(spelling, yield* lookAtRoot(walk, { device, list, spelling }))
      yield* walk.breather.pause
    }
    const roots = new Map<AssetRoot, RootSeen>()
    for (const { root, spelling } of looks) {
      const found = seen.get(spelling)
      if (found !== undefined) roots.set(root, found)
    }
    return { at: yield* Clock.currentTimeMillis, roots, runtimeDevice }
  })

  return Workspace.of({ scan, ground, observe, readFile })
})

/** Fails if what is at the path of a folder is something else. */
const expectFolder = (path: string, { kind }: DiskStat): Effect.Effect<void, DiskError> =>
  kind === "folder"
    ? Effect.void
    : Effect.fail(new DiskError({ call: "stat", path, errno: kind === "link" ? "ELOOP" : "ENOTDIR" }))

/** Every asset root there is. A folder that was removed since it was seen is an empty one. */
const survey = (walk: SurveyOptions, outside: Territory) =>
  Effect.catchIf(surveyAll(walk, outside), ({ errno }) => errno === "ENOENT", () => Effect.void)

/** Each spelling once: with its folder, if anybody asks for that. */
const wanted = (looks: ReadonlyArray<Look>): Iterable<Look> => {
  const bySpelling = new Map<string, Look>()
  for (const look of looks) {
    if (look.list !== "no" || !bySpelling.has(look.spelling)) bySpelling.set(look.spelling, look)
  }
  return bySpelling.values()
}

type Spelled = Pick<RootScan, "spelling">

function* scanSteps<Root extends Spelled>(
  registry: FileSeen,
  outside: Territory,
  roots: ReadonlyArray<Root>
): Steps<Scan<Root>> {
  const { links, unreadable } = yield* folderSteps(outside)
  return { registry, roots: yield* sortSteps(roots, bySpelling), links, unreadable }
}

const bySpelling = (a: Spelled, b: Spelled): number => compareText(a.spelling, b.spelling)

/** Tells how far a scan is: now and then, and at its end. */
const makeReporter = Effect.fnUntraced(function*(onProgress: Taking<unknown>["progress"]) {
  const clock = yield* Clock.Clock
  let folders = 0
  let told = clock.monotonicTimeNanosUnsafe()
  return {
    /** So many more folders, and so many assets in all. */
    folders: (more: number, assets: number) =>
      Effect.suspend(() => {
        folders += more
        const now = clock.monotonicTimeNanosUnsafe()
        if (now - told < progressNanos) return Effect.void
        told = now
        return onProgress({ folders, assets })
      }),
    end: (assets: number) => Effect.suspend(() => onProgress({ folders, assets }))
  }
})
