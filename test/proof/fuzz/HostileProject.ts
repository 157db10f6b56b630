/** Projects on a disk in memory in which one file, or one name, is hostile, and canaries all around them. */
import { Effect } from "effect"
import { foldPath } from "../../../src/domain/Path.ts"
import { memoryRoot } from "../../../src/testing/MemoryProject.ts"
import { SimulatedDisk } from "../../../src/testing/SimulatedDisk.ts"
import { inFolder, manifestText, workspaceFiles } from "../../../src/testing/WorkspaceFiles.ts"
import { type Mutated, mutated } from "./Cases.ts"
import { allPaths, corpus, corpusFile, type CorpusKind } from "./Corpus.ts"
import type { Dice } from "./Dice.ts"
import { asOf } from "./JournalMutations.ts"
import { mutatePath } from "./PathMutations.ts"

/** The folder `assets/` of the projects. */
export const assets = `${memoryRoot}/assets`
/** Where the packer keeps what belongs to this machine. */
export const runtimeFolder = `${assets}/.prometeu/runtime`

/** A project with something hostile in it. */
export interface HostileProject {
  readonly disk: SimulatedDisk
  readonly kind: CorpusKind | "paths"
  /** What is hostile about it, so that it can be made again. */
  readonly what: string
  /** The bytes that were made hostile. */
  readonly bytes: Uint8Array
}

const pixels = { "confirm.png": "pixels", "sub/cancel.png": "pixels" }

/** The project that the journals of the corpus belong to. */
const healthy = inFolder(memoryRoot, {
  ...workspaceFiles({
    "ui/atlas": { id: 1, files: pixels },
    "sfx/click": { id: 2, manifest: { family: "sound_bank" } },
    loose: { files: { "a.png": "pixels" } }
  })
})

/** What nobody may touch, and where links lead. */
const canaries = {
  [`${memoryRoot}/outside.txt`]: "canary",
  [`${memoryRoot}/src/asset.json`]: manifestText({ name: "canary" }),
  "/elsewhere/asset.json": manifestText({ name: "canary" }),
  "/elsewhere/inner/asset.json": manifestText({ name: "canary" }),
  "/elsewhere/a.png": "canary"
}

const links = { "linked": "/elsewhere", "ui/linked": "/elsewhere/inner", "loose/a link.png": "/elsewhere/a.png" }

/** The names of all links: whatever moves, they keep them. */
export const linkNames: ReadonlySet<string> = new Set(
  Object.keys(links).map((path) => path.slice(path.lastIndexOf("/") + 1))
)

/** Names of locks that somebody else may have left. */
const lockNames = [
  "1",
  "1",
  "1",
  "2",
  "7",
  "999999999999998",
  "999999999999999",
  "1000000000000000",
  "0",
  "01",
  "1.x",
  "-1"
]

/** True if a disk can hold a file at a path. */
const canBeStored = (path: string): boolean =>
  path.length < 300 && path.isWellFormed() && !path.includes("\0") &&
  path.split("/").every((name) => !["", ".", ".."].includes(name) && Buffer.byteLength(name) < 250)

const putLocks = (dice: Dice, disk: SimulatedDisk, bytes: Uint8Array): string => {
  const names = Array.from({ length: 1 + dice.below(2) }, () => dice.pick(lockNames))
  for (const name of names) disk.put(`${runtimeFolder}/lock/${name}`, bytes)
  return `as lock ${names.join(" and ")}`
}

const putJournal = Effect.fnUntraced(function*(dice: Dice, disk: SimulatedDisk, bytes: Uint8Array) {
  const stat = yield* Effect.orDie(disk.disk.stat(runtimeFolder))
  const isOwn = dice.chance(0.7)
  const boot = dice.chance(0.7) ? "test-boot" : "an earlier boot"
  disk.put(`${runtimeFolder}/journal`, isOwn ? asOf(bytes, { folder: stat?.inode ?? "", boot }) : bytes)
  return isOwn ? `as the journal of this folder, in the run ${boot}` : "as the journal of another folder"
})

/** Puts a name into a project wherever names are. */
const putName = (dice: Dice, disk: SimulatedDisk, path: string): string => {
  const places: Array<string> = []
  if (canBeStored(path) && !foldPath(path).startsWith(".prometeu") && dice.chance(0.7)) {
    try {
      disk.put(`${assets}/${path}/asset.json`, manifestText({ name: "hostile" }))
      places.push("a folder")
    } catch {
      // There is something else on the way to it.
    }
  }
  if (dice.chance(0.5)) {
    const text = disk.text(`${assets}/.prometeu/index.json`) ?? ""
    disk.put(`${assets}/.prometeu/index.json`, text.replace("\"sfx/click\"", () => JSON.stringify(path)))
    places.push("an entry")
  }
  if (dice.chance(0.5)) {
    disk.put(`${assets}/loose/asset.json`, manifestText({ artifacts: [{ index: 0, file: path }] }))
    places.push("an artifact")
  }
  return places.join(", ")
}

const newDisk = (): SimulatedDisk => {
  const disk = SimulatedDisk.of({ ...healthy, ...canaries })
  for (const [path, target] of Object.entries(links)) disk.putLink(`${assets}/${path}`, target)
  // What an opening was about to use that was cut short.
  disk.put(`${runtimeFolder}/stage/leftover`, "bytes")
  disk.put(`${runtimeFolder}/journal-leftover`, "bytes")
  return disk
}

/** A project with a hostile file, which comes to a place by chance where there are several. */
export const projectWithFile = Effect.fnUntraced(function*(dice: Dice, kind: CorpusKind, { bytes, from }: Mutated) {
  const disk = newDisk()
  const made = { disk, kind, bytes }
  if (kind === "locks") return { ...made, what: `${from} ${putLocks(dice, disk, bytes)}` } satisfies HostileProject
  if (kind === "journals") {
    return { ...made, what: `${from} ${yield* putJournal(dice, disk, bytes)}` } satisfies HostileProject
  }
  const place = kind === "registries"
    ? `${assets}/.prometeu/index.json`
    : `${assets}/${dice.pick(["ui/atlas", "sfx/click", "loose"])}/asset.json`
  disk.put(place, bytes)
  if (kind === "registries" && dice.chance(0.4)) {
    const journal = dice.pick(["valid-register.gz", "valid-one-record.gz", "valid-registry-conflict.gz"])
    const how = yield* putJournal(dice, disk, corpusFile("journals", journal))
    return { ...made, what: `${from} at ${place}, and ${journal} ${how}` } satisfies HostileProject
  }
  return { ...made, what: `${from} at ${place}` } satisfies HostileProject
})

/** A project with a hostile name. */
export const projectWithName = (dice: Dice, path: string): HostileProject => {
  const disk = newDisk()
  const places = putName(dice, disk, path)
  return { disk, kind: "paths", what: `${JSON.stringify(path)} as ${places}`, bytes: Buffer.from(path) }
}

const kinds = ["manifests", "manifests", "registries", "registries", "journals", "journals", "locks", "paths"] as const

/** The hostile project that dice make. */
export const hostileProject = (dice: Dice): Effect.Effect<HostileProject> => {
  const kind = dice.pick(kinds)
  if (kind === "paths") return Effect.succeed(projectWithName(dice, mutatePath(dice)))
  const { bytes, name } = dice.pick(corpus[kind])
  return projectWithFile(dice, kind, dice.chance(0.2) ? { bytes, from: name } : mutated(dice, kind))
}

/** A path for a command: one of the project's, or one that wants to lead elsewhere. */
export const pathFor = (dice: Dice): string => {
  if (dice.chance(0.5)) {
    return dice.pick(["ui/atlas", "sfx/click", "loose", "new/one", "linked", "ui/linked", "linked/x"])
  }
  return dice.chance(0.5) ? dice.pick(allPaths) : mutatePath(dice)
}
