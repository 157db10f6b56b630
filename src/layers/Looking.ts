/** Looks at the place of one asset root, and at the way there. */
import * as Effect from "effect/Effect"

import { isInside, parentsOf } from "../domain/Path.ts"
import type { Look, RootSeen } from "../domain/Seen.ts"
import type { DiskStat } from "../services/Disk.ts"
import { type Start, walkAsset, type WalkOptions } from "./FolderWalk.ts"
import { seeFile, seenIn } from "./Sight.ts"
import { folderSteps, territoryAt } from "./Territory.ts"

type Obstacle = Extract<RootSeen, { readonly _tag: "Obstacle" }>

/** A folder on the way that is there; its path is empty for `assets/`. */
interface Step {
  readonly path: string
  readonly device: string
}

/** What is at the place of a root; `device` is where the way begins. What the disk refuses to tell stands in the result. */
export const lookAtRoot = Effect.fnUntraced(
  function*(
    options: WalkOptions,
    { device, list, spelling }: { readonly device: string; readonly list: Look["list"]; readonly spelling: string }
  ): Effect.fn.Return<RootSeen, Obstacle> {
    const parents = parentsOf(spelling)
    const way = yield* wayTo(options, [...parents, spelling])
    let nearest: Step = { path: "", device }
    for (const [index, path] of parents.entries()) {
      const stat = way[index]
      if (stat === undefined) {
        return yield* absent(options, { spelling, nearest, missingParents: parents.slice(index) })
      }
      if (stat.kind !== "folder") return obstacle(stat.kind === "link" ? "link" : "no-folder", path)
      nearest = { path, device: stat.device }
    }
    const stat = way[parents.length]
    if (stat === undefined) return yield* absent(options, { spelling, nearest, missingParents: [] })
    if (stat.kind !== "folder") return { _tag: stat.kind === "link" ? "Link" : "Other" }
    return yield* lookInside(options, spelling, stat, list)
  },
  // What ends the way early is an answer like any other.
  Effect.catch((obstacle) => Effect.succeed<RootSeen>(obstacle))
)

const obstacle = (kind: Obstacle["kind"], path: string): Obstacle => ({ _tag: "Obstacle", kind, path })

/** What is along a way; a failure tells where it ended. */
const wayTo = ({ assets, disk }: WalkOptions, paths: ReadonlyArray<string>) =>
  Effect.mapError(
    disk.way(paths.map((path) => `${assets}/${path}`)),
    ({ path }) => obstacle("unreadable", path.slice(assets.length + 1))
  )

const absent = Effect.fnUntraced(function*(
  options: WalkOptions,
  { missingParents, nearest, spelling }: {
    readonly spelling: string
    readonly nearest: Step
    readonly missingParents: ReadonlyArray<string>
  }
) {
  const realParent = nearest.path === "" ? "" : yield* spelledByDisk(options, nearest.path)
  return { _tag: "Absent" as const, spelling, realParent, missingParents, device: nearest.device }
})

/** How the disk spells a folder: on some disks it can be found under other letter case and Unicode normalization too. */
const spelledByDisk = Effect.fnUntraced(function*({ assets, disk }: WalkOptions, path: string) {
  const [above, real] = yield* Effect.mapError(
    Effect.all([disk.realPath(assets), disk.realPath(`${assets}/${path}`)]),
    () => obstacle("unreadable", path)
  )
  // It was a folder a moment ago. If it leads elsewhere by now, somebody put a link in its place.
  if (!isInside(real, above)) return yield* Effect.fail(obstacle("link", path))
  return real.slice(above.length + 1)
})

/** More names than these are looked at one after the other, with pauses. */
const few = 32

/** What is in a folder: its names, and if they are few, and the disk answers at once, what a look at each of them finds. */
const lookAround = Effect.fnUntraced(function*({ disk, manifestLimit, patience, reading }: WalkOptions, path: string) {
  const looked = reading?.looked
  if (looked === undefined || patience.isOver()) return undefined
  const entries = yield* disk.list(path)
  const sight = entries.length > few
    ? undefined
    : patience.look(() => looked({ path, filesCount: true }, manifestLimit, entries))
  return { entries, sight } satisfies Start
})

const lookInside = Effect.fnUntraced(function*(
  options: WalkOptions,
  spelling: string,
  { device, inode }: DiskStat,
  list: Look["list"]
) {
  const { assets, breather, disk, hash, manifestLimit } = options
  const path = `${assets}/${spelling}`
  const unreadable = () => obstacle("unreadable", spelling)
  const known = list === "no" ? undefined : yield* Effect.mapError(lookAround(options, path), unreadable)
  const manifest = known?.sight?.manifest === undefined
    ? yield* seeFile(disk, `${path}/asset.json`, manifestLimit, hash)
    : seenIn(known.sight.manifest, hash)
  const territory = territoryAt(spelling, { filesCount: true, manifest })
  if (list !== "no") yield* Effect.mapError(walkAsset(options, territory, known), unreadable)
  const folder = list === "no" ? undefined : yield* breather.run(folderSteps(territory))
  return { _tag: "Folder" as const, spelling, device, folderId: inode, manifest, folder }
})
