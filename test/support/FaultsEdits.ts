/**
 * Somebody else edits files while commands are carried out: right before each call that changes something.
 *
 * Only one moment is left out, the one between the last look at a place and the call that puts something there: no system
 * has a call that does both.
 */
import { Cause, Effect, Exit, Scope } from "effect"
import { Command } from "../../src/domain/Command.ts"
import type { CommitResult } from "../../src/domain/Commit.ts"
import { isInside } from "../../src/domain/Path.ts"
import type { DiskCall } from "../../src/testing/DiskCall.ts"
import type { SimulatedDisk } from "../../src/testing/SimulatedDisk.ts"
import { diskOf } from "./CrashExplorer.ts"
import { project } from "./FaultsWorkloads.ts"
import { openCommitter, openSession, root } from "./Session.ts"
import { manifest } from "./Workspace.ts"

const assets = `${root}/assets`
const outside = "/outside"
const mark = "somebody else was here"

/** What somebody does to the place of a manifest, or to a folder on the way there. */
const edits = ["write", "replace", "remove", "folder", "link", "link on the way"] as const
type Edit = typeof edits[number]

/** A command, the manifest it writes, and a folder on the way to that. */
interface Edited {
  readonly name: string
  readonly command: Command
  readonly target: string
  readonly way: string
  /** False if the command moves the folder, and the manifest in it as it is. */
  readonly writes: boolean
}

const x = { asset: { root: "ui/x" } }

const cases: ReadonlyArray<Edited> = [
  { name: "register", command: Command.register({ root: "a" }), target: "a/asset.json", way: "a", writes: true },
  {
    name: "update",
    command: Command.updateContract({ ...x, name: "other" }),
    target: "ui/x/asset.json",
    way: "ui",
    writes: true
  },
  {
    name: "compose",
    command: Command.applyBankComposition({ ...x, files: ["one.png"] }),
    target: "ui/x/asset.json",
    way: "ui/x",
    writes: true
  },
  {
    name: "create",
    command: Command.create({ root: "empty/new", name: "new", family: "tile_bank" }),
    target: "empty/new/asset.json",
    way: "empty",
    writes: true
  },
  {
    name: "relocate",
    command: Command.relocate({ ...x, to: "empty/x" }),
    target: "ui/x/asset.json",
    way: "ui/x",
    writes: false
  },
  { name: "delete", command: Command.delete(x), target: "ui/x/asset.json", way: "ui", writes: false },
  {
    name: "unregister",
    command: Command.unregister(x),
    target: ".prometeu/index.json",
    way: "snd",
    writes: false
  }
]

/** What was looked at, and what was wrong. */
export interface EditsSeen {
  readonly cases: number
  readonly violations: ReadonlyArray<string>
  readonly endings: ReadonlyMap<string, number>
}

const foreign = manifest({ name: "foreign", note: mark })
const foreignRegistry = JSON.stringify({ schema_version: 1, assets: [], note: mark })

const decoder = new TextDecoder()

const filesOf = (disk: SimulatedDisk): ReadonlyArray<readonly [string, string]> =>
  disk.entries().map(([path, node]) => [path, typeof node === "string" ? node : decoder.decode(node)] as const)

const isMarked = (disk: SimulatedDisk): boolean => filesOf(disk).some(([, content]) => content.includes(mark))

/** All that is outside of `assets/`, where nothing may ever change. */
const around = (disk: SimulatedDisk): string =>
  JSON.stringify(filesOf(disk).filter(([path]) => path !== assets && !isInside(path, assets)))

const isPut = ({ call, path, to }: DiskCall, place: string): boolean =>
  to === place || (call !== "rename" && path === place)

/** True if the call is the one that follows the last look at what is edited. */
const isTooLate = (call: DiskCall, edit: Edit, { target, way }: Edited): boolean => {
  if (edit !== "link on the way") return isPut(call, `${assets}/${target}`)
  const goesThrough = (path: string | undefined) => path !== undefined && isInside(path, `${assets}/${way}`)
  return goesThrough(call.path) || goesThrough(call.to) || call.path === `${assets}/${way}`
}

const apply = (disk: SimulatedDisk, edit: Edit, { target, way }: Edited): void => {
  const place = `${assets}/${target}`
  const content = target === ".prometeu/index.json" ? foreignRegistry : foreign
  switch (edit) {
    case "write":
      // In place of whatever else is there by now.
      return disk.bytes(place) === undefined ? disk.replace(place, content) : disk.put(place, content)
    case "replace":
      return disk.replace(place, content)
    case "remove":
      return disk.remove(place)
    case "folder":
      disk.replace(place, "")
      disk.putFolder(place)
      return disk.put(`${place}/inside.txt`, mark)
    case "link":
      return disk.putLink(place, `${outside}/asset.json`)
    case "link on the way":
      disk.remove(`${assets}/${way}`)
      return disk.putLink(`${assets}/${way}`, `${outside}/${way}`)
  }
}

const start = (): SimulatedDisk => {
  const disk = diskOf(project())
  disk.put(`${outside}/asset.json`, "a canary")
  for (const { target, way } of cases) {
    disk.putFolder(`${outside}/${way}`)
    if (isInside(target, way)) disk.put(`${outside}/${target}`, "a canary")
  }
  return disk
}

const run = Effect.fnUntraced(function*(edited: Edited, edit: Edit | undefined, at: number) {
  const { command, target, writes } = edited
  const disk = start()
  const before = around(disk)
  const problems: Array<string> = []
  const calls: Array<DiskCall> = []
  const so = { isRunning: false, isPublished: false, isEdited: false, isEarly: false }
  disk.onCall((call) => {
    if (calls.push(call) - 1 === at && edit !== undefined && !isTooLate(call, edit, edited)) {
      so.isEdited = true
      so.isEarly = so.isRunning && !so.isPublished
      apply(disk, edit, edited)
    }
    if (call.call === "rename" && call.to === `${assets}/${target}`) so.isPublished = true
  })
  const scope = yield* Scope.make()
  const session = yield* Scope.provide(openSession({ disk: disk.disk, prefix: "a" }), scope)
  so.isRunning = true
  const endings = yield* Effect.exit(session.run([command]))
  so.isRunning = false
  let result: CommitResult | undefined
  if (Exit.isFailure(endings)) problems.push(Cause.pretty(endings.cause))
  else {
    const [ending] = endings.value
    if (ending?._tag === "Ended") result = ending.result
  }
  const isPlain = result?._tag === "Durable" && result.diverged.size + result.notPublished.size === 0
  const isBlind = edit === "remove" && command._tag === "create"
  if (so.isEarly && isPlain && writes && !isBlind) problems.push("it was overlooked")
  if (result?._tag === "Unknown") problems.push(`it is unknown: ${JSON.stringify(result.fault)}`)
  const look = (when: string): void => {
    if (around(disk) !== before) problems.push(`${when}, something outside of the project has changed`)
    const leavesMark = edit === "write" || edit === "replace" || edit === "folder"
    if (so.isEdited && leavesMark && !isMarked(disk)) problems.push(`${when}, the edit is gone`)
  }
  look("at once")
  yield* Scope.close(scope, Exit.void)
  look("when it is closed")
  if (disk.openFiles > 0) problems.push(`${disk.openFiles} files are open`)
  disk.onCall(undefined)
  const reopened = yield* Effect.exit(Effect.scoped(openCommitter({ disk: disk.disk, prefix: "b" })))
  if (Exit.isFailure(reopened)) problems.push(Cause.pretty(reopened.cause))
  look("when it is opened again")
  const end = result === undefined ? "Refused" : result._tag === "Durable" && !isPlain ? "Overtaken" : result._tag
  return { problems, calls, end, isEdited: so.isEdited }
})

/** Edits a project at each moment of each command. */
export const exploreEdits: Effect.Effect<EditsSeen> = Effect.gen(function*() {
  const violations: Array<string> = []
  const endings = new Map<string, number>()
  let count = 0
  for (const edited of cases) {
    const { calls } = yield* run(edited, undefined, -1)
    for (const edit of edits) {
      for (const [at, { call, path }] of calls.entries()) {
        const { end, isEdited, problems } = yield* run(edited, edit, at)
        if (!isEdited) continue
        count++
        endings.set(end, (endings.get(end) ?? 0) + 1)
        const where = `${edited.name}: "${edit}" before ${call} ${path.slice(assets.length)} (call ${at})`
        for (const problem of problems) violations.push(`${where}: ${problem}`)
      }
    }
  }
  return { cases: count, violations, endings }
})
