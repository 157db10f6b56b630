/** A process that commits and is killed, again and again: nothing it acknowledged is ever missing, and nothing is there by halves. */
import { Context, Effect, Layer, Schema } from "effect"
import * as fs from "node:fs"
import { compareText } from "../../src/domain/Path.ts"
import { folderLock } from "../../src/layers/FolderLock.ts"
import { readJournal } from "../../src/layers/journal/Frames.ts"
import { journaledCommitter } from "../../src/layers/JournaledCommitter.ts"
import { nodeDisk } from "../../src/layers/NodeDisk.ts"
import { nodeHostInfo } from "../../src/layers/NodeHostInfo.ts"
import { sha256 } from "../../src/layers/Sha256.ts"
import { DurableCommitter } from "../../src/services/DurableCommitter.ts"
import { ProjectFolder } from "../../src/services/ProjectFolder.ts"
import { seeded } from "../../src/testing/Seeded.ts"
import { type MortalProcess, mortalProcess, mortalProject } from "./kills/MortalProcess.ts"
import type { Findings, Piece } from "./Part.ts"

/** Long enough for several commands, and short enough to meet each part of one. */
const longest = 40

const spawnChild = mortalProcess(new URL("./kills/commitChild.ts", import.meta.url))

const AssetState = Schema.Struct({
  root: Schema.String,
  name: Schema.optionalKey(Schema.String),
  // What its entry says, if it has one.
  id: Schema.optionalKey(Schema.Int),
  uuid: Schema.optionalKey(Schema.String),
  included: Schema.optionalKey(Schema.Boolean)
})
/** One asset, as a process expects it and as the disk has it. */
type AssetState = typeof AssetState.Type
const decodeStates = Schema.decodeUnknownSync(Schema.fromJsonString(Schema.Array(AssetState)))

const decodeIndex = Schema.decodeUnknownSync(Schema.fromJsonString(Schema.Struct({
  assets: Schema.Array(Schema.Struct({
    asset_id: Schema.Int,
    asset_uuid: Schema.String,
    root: Schema.String,
    included_in_build: Schema.Boolean
  }))
})))
const decodeManifest = Schema.decodeUnknownSync(Schema.fromJsonString(Schema.Struct({
  name: Schema.String,
  asset_uuid: Schema.optionalKey(Schema.String)
})))

/** A text that is equal for equal projects. */
const digest = (states: ReadonlyArray<AssetState>): string =>
  JSON.stringify(
    states
      .toSorted((a, b) => compareText(a.root, b.root))
      .map(({ id, included, name, root, uuid }) => [root, name, id, uuid, included])
  )

const manifestsIn = (folder: string): ReadonlyArray<string> =>
  fs.readdirSync(folder, { recursive: true, encoding: "utf8" })
    .map((path) => path.replaceAll("\\", "/"))
    .filter((path) => path.endsWith("/asset.json") && !path.startsWith(".prometeu/"))
    .map((path) => path.slice(0, -"/asset.json".length))

/** What is on disk, and what of it does not fit together: read with nothing of the packer. */
const lookAt = ({ assets, journal, registry, stage }: ProjectFolder["Service"]) => {
  const problems: Array<string> = []
  const entries = decodeIndex(fs.readFileSync(registry, "utf8")).assets
  for (const key of ["asset_id", "asset_uuid", "root"] as const) {
    if (new Set(entries.map((entry) => entry[key])).size < entries.length) problems.push(`two entries have one ${key}`)
  }
  const states = manifestsIn(assets).map((root): AssetState => {
    const { asset_uuid, name } = decodeManifest(fs.readFileSync(`${assets}/${root}/asset.json`, "utf8"))
    const entry = entries.find((entry) => entry.root === root)
    if (entry === undefined) return { root, name }
    if (entry.asset_uuid !== asset_uuid) {
      problems.push(`"${root}" is ${asset_uuid}, and ${entry.asset_uuid} in its entry`)
    }
    // A file that lies in the folder of an asset goes wherever that goes.
    const note = `${assets}/${root}/whose.txt`
    if (!fs.existsSync(note)) fs.writeFileSync(note, entry.asset_uuid)
    else if (fs.readFileSync(note, "utf8") !== entry.asset_uuid) problems.push(`"${root}" has the files of another one`)
    return { root, name, id: entry.asset_id, uuid: entry.asset_uuid, included: entry.included_in_build }
  })
  for (const { root } of entries) {
    if (!states.some((state) => state.root === root)) problems.push(`"${root}" has an entry and is not there`)
  }
  const left = fs.readdirSync(stage)
  if (left.length > 0) problems.push(`${left.length} staged files are left`)
  const content = readJournal(fs.readFileSync(journal))
  if (content._tag === "Failure" || content.success.frames.length > 0) problems.push("the journal is not empty")
  return { states, problems }
}

/** Opens the project in this process and closes it: what a person would do after the crash. */
const reopen = (root: string) =>
  Effect.scoped(Effect.gen(function*() {
    const context = yield* Layer.build(Layer.fresh(
      journaledCommitter({ hash: sha256 }).pipe(
        Layer.provide(folderLock()),
        Layer.provide([nodeDisk, nodeHostInfo, ProjectFolder.layer(root)])
      )
    ))
    const committer = Context.get(context, DurableCommitter)
    return { ...committer.recovery, standstill: yield* committer.standstill }
  }))

/** What a process said last of how the project is, and how it will be. */
const followed = ({ said }: MortalProcess, complain: (problem: string) => void) => {
  let [is, willBe, acknowledged]: [string, string | undefined, number] = ["", undefined, 0]
  for (const line of said) {
    const space = line.indexOf(" ")
    const [word, rest] = [line.slice(0, space), line.slice(space + 1)]
    if (word === "open") is = digest(decodeStates(rest))
    if (word === "begin") willBe = digest(decodeStates(rest))
    if (word === "failed") complain(`it could not commit: ${rest}`)
    if (word !== "done") continue
    acknowledged++
    is = willBe ?? ""
    willBe = undefined
  }
  return { is, willBe, acknowledged }
}

/** Kills so many processes in a row, each of which goes on in the folder that the one before it left. */
export const commitKillsOf = (kills: number): Piece => (seed) =>
  Effect.gen(function*() {
    const root = yield* mortalProject
    const random = seeded(seed)
    const violations: Array<string> = []
    let [killed, acknowledged, inFlight, happened, finished] = [0, 0, 0, 0, 0]
    // One waits while the other works: most of the time is the start of a process.
    let next = yield* spawnChild(root, seed)
    for (let round = 0; round < kills; round++) {
      const child = next
      next = yield* spawnChild(root, seed + round + 1)
      const wait = random() * longest
      yield* Effect.promise(async () => {
        await child.hear("ready")
        child.go()
        await child.hear("done")
      })
      yield* Effect.sleep(wait)
      if (yield* Effect.promise(() => child.kill())) killed++
      else violations.push(`kill ${round} of seed ${seed}: it had come to an end by itself: ${child.said.at(-1) ?? ""}`)
      const { overtaken, standstill, ...recovery } = yield* reopen(root)
      finished += recovery.finished.length
      const { problems, states } = lookAt(ProjectFolder.at(root))
      const complain = (problem: string) => void violations.push(`kill ${round} of seed ${seed}: ${problem}`)
      for (const problem of problems) complain(problem)
      if (overtaken.length > 0) complain(`an edit that nobody made: ${JSON.stringify(overtaken)}`)
      if (standstill !== undefined) complain(`nothing can be committed: ${JSON.stringify(standstill)}`)
      const heard = followed(child, complain)
      acknowledged += heard.acknowledged
      if (heard.willBe !== undefined) inFlight++
      const there = digest(states)
      if (there === heard.willBe) happened++
      else if (there !== heard.is) {
        complain(`${there} is there, ${heard.is} was acknowledged, ${String(heard.willBe)} was begun`)
      }
    }
    return {
      counts: {
        kills: killed,
        acknowledged,
        killsInTheMiddle: inFlight,
        killsThatHappened: happened,
        killsFinished: finished
      },
      violations
    } satisfies Findings
  }).pipe(Effect.orDie)
