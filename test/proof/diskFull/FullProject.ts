/** The project of `CommitShapes` on a real disk: as it is at first, as a power failure leaves it, and open. */
import { Cause, Duration, Effect, Exit, Layer, Logger, Result, Schema } from "effect"
import * as fs from "node:fs"
import { dirname } from "node:path"
import type { Command } from "../../../src/domain/Command.ts"
import { isTerminal, type PackerEvent } from "../../../src/domain/Event.ts"
import { ProjectId } from "../../../src/domain/Identity.ts"
import type { Outcome } from "../../../src/domain/Outcome.ts"
import { functionSink } from "../../../src/layers/FunctionSink.ts"
import { layer } from "../../../src/layers/NodeProject.ts"
import { defaultPackerSettings, PackerConfig } from "../../../src/services/PackerConfig.ts"
import { ProjectFolder } from "../../../src/services/ProjectFolder.ts"
import { ProjectRuntime } from "../../../src/services/ProjectRuntime.ts"
import { inlineBytes, shapeFiles } from "./CommitShapes.ts"
import type { PlainState } from "./PlainFiles.ts"

const writeFiles = (root: string): void => {
  for (const [path, content] of Object.entries(shapeFiles)) {
    fs.mkdirSync(dirname(`${root}/${path}`), { recursive: true })
    fs.writeFileSync(`${root}/${path}`, content)
  }
}

/** Makes the project as it is at first. */
export const putProject = (root: string): void => {
  fs.rmSync(ProjectFolder.at(root).assets, { recursive: true, force: true })
  writeFiles(root)
}

const isFolder = (path: string): boolean => fs.statSync(path).isDirectory()

/** The folders of the project, by inode: a folder that is moved stays the same one. */
type Folders = ReadonlyMap<number, string>

export const foldersOf = (root: string): Folders => {
  const { assets } = ProjectFolder.at(root)
  const paths = fs.readdirSync(assets, { recursive: true, encoding: "utf8" }).map((path) => `${assets}/${path}`)
  return new Map(paths.filter(isFolder).map((path) => [fs.statSync(path).ino, path]))
}

/** What the packer keeps for itself, at some moment. */
export type Kept = ReadonlyMap<string, Uint8Array | undefined>

/** Remembers the journal, and what lies beside it, as a power failure would find it now. */
export const keptNow = (root: string): Kept => {
  const { runtime } = ProjectFolder.at(root)
  const kept = new Map<string, Uint8Array | undefined>()
  for (const path of fs.readdirSync(runtime, { recursive: true, encoding: "utf8" })) {
    // Of the trash, a power failure finds what was made for the change, and nothing that was to be moved there.
    if (!/^(?:journal|stage|trash)/.test(path) || /^trash\/[^/]+\/(?!meta\.json)/.test(path)) continue
    kept.set(path, isFolder(`${runtime}/${path}`) ? undefined : fs.readFileSync(`${runtime}/${path}`))
  }
  return kept
}

/**
 * Leaves the project as a power failure does right behind the flush of the journal: of what it says, nothing is in place.
 * Folders are the same ones as before, and it is the same run of the machine.
 */
export const loseWhatIsNotFlushed = (root: string, before: Folders, kept: Kept): void => {
  const { assets, journal, runtime, stage, trash } = ProjectFolder.at(root)
  const back = (folder: string): void => {
    for (const name of fs.readdirSync(folder)) {
      const path = `${folder}/${name}`
      if (!isFolder(path)) continue
      const place = before.get(fs.statSync(path).ino)
      if (place === undefined || place === path) back(path)
      else fs.renameSync(path, place)
    }
  }
  back(assets)
  for (const path of foldersOf(root).values()) {
    const isNew = !path.startsWith(runtime) && !before.has(fs.statSync(path, { throwIfNoEntry: false })?.ino ?? 0)
    if (isNew) fs.rmSync(path, { recursive: true, force: true })
  }
  writeFiles(root)
  for (const path of [journal, stage, trash]) fs.rmSync(path, { recursive: true })
  for (const [path, content] of kept) {
    if (content === undefined) fs.mkdirSync(`${runtime}/${path}`)
    else fs.writeFileSync(`${runtime}/${path}`, content)
  }
}

/** What came of a command. */
export interface Told {
  readonly result: Result.Result<Outcome, unknown>
  /** The ends that the sink was told of. */
  readonly ends: ReadonlyArray<string>
}

/** The project while it is open. */
export interface OpenProject {
  readonly runtime: ProjectRuntime["Service"]
  /** What the lists of assets show, by asset and field. */
  readonly listed: Effect.Effect<PlainState>
  /** Submits commands at once, and waits for what comes of them. */
  readonly run: (commands: ReadonlyArray<Command>) => Effect.Effect<ReadonlyArray<Told>>
  /** Why nothing can be written, if so. */
  readonly readOnly: Effect.Effect<string | undefined>
}

const listedBy = (runtime: ProjectRuntime["Service"]): Effect.Effect<PlainState> =>
  Effect.map(
    runtime.listAssets({ limit: 1000 }),
    ({ assets }) =>
      new Map(assets.flatMap(({ assetId, diverged, includedInBuild, name, registration, root }) =>
        Object.entries({ assetId, diverged, includedInBuild, name, registration }).flatMap((
          [field, value]
        ): ReadonlyArray<[string, string]> => value === undefined ? [] : [[`list:${root}:${field}`, String(value)]])
      ))
  )

/** A command that has not ended when everything else would have. */
class Endless extends Schema.TaggedError<Endless>()("Endless", {}) {}

const patience = "20 seconds"

const runBy = (runtime: ProjectRuntime["Service"], events: ReadonlyArray<PackerEvent>) =>
  Effect.fnUntraced(function*(commands: ReadonlyArray<Command>) {
    const handles = yield* Effect.forEach(commands, (command) => Effect.result(runtime.submit(command)))
    return yield* Effect.forEach(
      handles,
      Effect.fnUntraced(function*(submitted): Effect.fn.Return<Told> {
        if (Result.isFailure(submitted)) return { result: Result.fail(submitted.failure), ends: [] }
        const { await: ended, operationId } = submitted.success
        const inTime = Effect.timeoutOrElse(ended, { duration: patience, orElse: () => Effect.fail(new Endless()) })
        const result = yield* Effect.result(inTime)
        const ends = events.filter((event) => event.operation_id === operationId && isTerminal(event))
        return { result, ends: ends.map(({ kind }) => kind) }
      })
    )
  })

/** How a project is opened. */
export interface FullOpening {
  readonly root: string
  /** Brings the registry up to date soon, and not only when it is closed. */
  readonly checkpointsSoon: boolean
}

/** Opens the project, does something with it, and closes it; or says why it cannot be opened, or what broke. */
export const whileOpen = <A>(
  { checkpointsSoon, root }: FullOpening,
  body: (project: OpenProject) => Effect.Effect<A>
): Effect.Effect<Result.Result<A, string>> =>
  Effect.suspend(() => {
    const events: Array<PackerEvent> = []
    const host = layer({ projectId: ProjectId.make("full"), root }).pipe(
      Layer.provide(functionSink((event) => Effect.sync(() => void events.push(event)))),
      // A small journal has to make room now and then, and a small limit puts some files beside it.
      Layer.provide(Layer.succeed(PackerConfig, {
        ...defaultPackerSettings,
        journalBytes: 16_384,
        inlineBytes,
        checkpointAfter: checkpointsSoon ? Duration.millis(3) : Duration.hours(1),
        checkpointAtLatest: checkpointsSoon ? Duration.millis(20) : Duration.hours(1),
        publishAgainAfter: Duration.millis(20)
      }))
    )
    return Effect.gen(function*() {
      const runtime = yield* ProjectRuntime
      return yield* body({
        runtime,
        listed: listedBy(runtime),
        run: runBy(runtime, events),
        readOnly: Effect.map(runtime.status, (status) => status._tag === "read-only" ? status.reason : undefined)
      })
    }).pipe(Effect.provide(host, { local: true }))
  }).pipe(
    Effect.provide(Logger.layer([])),
    Effect.exit,
    Effect.map((exit) => Exit.isSuccess(exit) ? Result.succeed(exit.value) : Result.fail(Cause.pretty(exit.cause)))
  )
