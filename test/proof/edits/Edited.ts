/** What somebody else does to a project, and where. */
import { Command } from "../../../src/domain/Command.ts"
import { isInside } from "../../../src/domain/Path.ts"
import type { SimulatedDisk } from "../../../src/testing/SimulatedDisk.ts"
import { manifest } from "../../support/Workspace.ts"
import { assets, diskOf } from "../crashes/CrashRecording.ts"
import { project } from "../faults/FaultsWorkloads.ts"

const outside = "/outside"
const mark = "somebody else was here"

/** What somebody does to the place of a manifest, or to a folder on the way there. */
export const edits = ["write", "replace", "remove", "folder", "link", "link on the way"] as const
/** One of them. */
export type Edit = typeof edits[number]

/** A command, the manifest it writes, and a folder on the way to that. */
export interface Edited {
  readonly name: string
  readonly command: Command
  readonly target: string
  readonly way: string
  /** False if the command moves the folder, and the manifest in it as it is. */
  readonly writes: boolean
}

const x = { asset: { root: "ui/x" } }

/** Every command that writes or moves something. */
export const cases: ReadonlyArray<Edited> = [
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
  {
    name: "two in one",
    command: Command.batch({
      commands: [
        Command.updateContract({ ...x, name: "other" }),
        Command.create({ root: "empty/new", name: "new", family: "tile_bank" })
      ]
    }),
    target: "ui/x/asset.json",
    way: "ui",
    writes: true
  },
  { name: "delete", command: Command.delete(x), target: "ui/x/asset.json", way: "ui", writes: false },
  {
    name: "exclude",
    command: Command.setBuildParticipation({ asset: { root: "snd/one" }, included: false }),
    target: ".prometeu/index.json",
    way: "snd",
    writes: false
  },
  {
    name: "unregister",
    command: Command.unregister(x),
    target: ".prometeu/index.json",
    way: "snd",
    writes: false
  }
]

const foreign = manifest({ name: "foreign", note: mark })
const foreignRegistry = JSON.stringify({ schema_version: 1, assets: [], note: mark })

const decoder = new TextDecoder()

const filesOf = (disk: SimulatedDisk): ReadonlyArray<readonly [string, string]> =>
  disk.entries().map(([path, node]) => [path, typeof node === "string" ? node : decoder.decode(node)] as const)

/** True if what somebody wrote is still somewhere. */
export const isMarked = (disk: SimulatedDisk): boolean => filesOf(disk).some(([, content]) => content.includes(mark))

/** All that is outside of `assets/`, where nothing may ever change. */
export const around = (disk: SimulatedDisk): string =>
  JSON.stringify(filesOf(disk).filter(([path]) => path !== assets && !isInside(path, assets)))

/** Does it. */
export const apply = (disk: SimulatedDisk, edit: Edit, { target, way }: Edited): void => {
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

/** A project, and things outside of it that links can lead to. */
export const start = (): SimulatedDisk => {
  const disk = diskOf(project())
  disk.put(`${outside}/asset.json`, "a canary")
  for (const { target, way } of cases) {
    disk.putFolder(`${outside}/${way}`)
    if (isInside(target, way)) disk.put(`${outside}/${target}`, "a canary")
  }
  return disk
}

/** True if an edit leaves bytes that must never be lost. */
export const leavesMark = (edit: Edit): boolean => edit === "write" || edit === "replace" || edit === "folder"
