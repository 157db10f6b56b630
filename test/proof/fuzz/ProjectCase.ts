/** One hostile project, opened with the whole runtime, used, closed and opened again. */
import { Cause, Clock, Context, Effect, Exit, Fiber, Layer, Option, References, Result } from "effect"
import { isDeepStrictEqual } from "node:util"
import { Command } from "../../../src/domain/Command.ts"
import type { PackerEvent } from "../../../src/domain/Event.ts"
import type { OpeningError } from "../../../src/domain/OpeningErrors.ts"
import { readRegistry } from "../../../src/domain/RegistryCodec.ts"
import type { Snapshot } from "../../../src/domain/Snapshot.ts"
import type { ProjectStatus } from "../../../src/domain/Status.ts"
import { defaultPackerSettings, PackerConfig } from "../../../src/services/PackerConfig.ts"
import { ProjectRuntime } from "../../../src/services/ProjectRuntime.ts"
import { CollectedEvents, collectingSink } from "../../../src/testing/CollectingSink.ts"
import { memoryProject } from "../../../src/testing/MemoryProject.ts"
import type { SimulatedDisk } from "../../../src/testing/SimulatedDisk.ts"
import { illegalities } from "../../support/Legal.ts"
import { visible } from "../../support/Workspace.ts"
import { shown } from "./Checked.ts"
import { type Dice, diceOf } from "./Dice.ts"
import { guardedDisk } from "./GuardedDisk.ts"
import { assets, type HostileProject, hostileProject, pathFor, runtimeFolder } from "./HostileProject.ts"
import { checkJournal } from "./JournalCheck.ts"
import { type JumpingClock, jumpingClock } from "./JumpingClock.ts"

const settings = Layer.succeed(PackerConfig, { ...defaultPackerSettings, journalBytes: 4096 })

const index = `${assets}/.prometeu/index.json`

/** More often than this may nobody wait in one opening. */
const mostJumps = 2000

type Runtime = ProjectRuntime["Service"]

/** What came of one opening. */
interface Session<A> {
  readonly result: Result.Result<A, OpeningError> | undefined
  readonly problems: ReadonlyArray<string>
}

/** Waits for something, as long as it is not certain that it hangs. */
const orHanging = <A, E>(work: Effect.Effect<A, E>, { clock, jumps }: JumpingClock) =>
  Effect.gen(function*() {
    const fiber = yield* Effect.forkDetach(Effect.provideService(work, Clock.Clock, clock))
    const start = performance.now()
    let waits = true
    const hangs = Effect.callback<undefined>((resume) => {
      const look = (): void => {
        if (!waits) return
        if (jumps() > mostJumps || performance.now() - start > 20_000) resume(Effect.succeed(undefined))
        else setImmediate(look)
      }
      setImmediate(look)
    })
    const exit = yield* Effect.raceFirst(Fiber.await(fiber), hangs)
    waits = false
    return exit
  })

/** Opens a project, does something with it, and closes it. */
const session = Effect.fnUntraced(function*<A>(
  disk: SimulatedDisk,
  prefix: string,
  body: (runtime: Runtime) => Effect.Effect<A>
): Effect.fn.Return<Session<A>> {
  const guarded = guardedDisk(disk)
  const problems: Array<string> = []
  const clock = jumpingClock()
  let events: ReadonlyArray<PackerEvent> = []
  const opened = Effect.gen(function*() {
    const sink = yield* Layer.build(Layer.fresh(collectingSink))
    const project = memoryProject({ disk: guarded.disk, prefix }).pipe(
      Layer.provide(settings),
      Layer.provide(Layer.succeedContext(sink))
    )
    const use = Effect.scoped(Effect.flatMap(
      Layer.build(Layer.fresh(project)),
      (context) => body(Context.get(context, ProjectRuntime))
    ))
    return yield* Effect.ensuring(
      use,
      Effect.tap(Context.get(sink, CollectedEvents).all, (all) =>
        Effect.sync(() => {
          events = all
        }))
    )
  }).pipe(Effect.scoped, Effect.provideService(References.MinimumLogLevel, "None"))
  const exit = yield* orHanging(opened, clock)
  if (exit === undefined) {
    return { result: undefined, problems: [`${prefix}: it hangs: ${clock.jumps()} waits, ${guarded.calls()} calls`] }
  }
  const error = Exit.isFailure(exit) ? Cause.findErrorOption(exit.cause) : Option.none()
  const result = Exit.isSuccess(exit)
    ? Result.succeed(exit.value)
    : Option.isSome(error) && !Cause.hasDies(exit.cause)
    ? Result.fail(error.value)
    : undefined
  if (Exit.isFailure(exit) && result === undefined) problems.push(`it dies: ${Cause.pretty(exit.cause)}`)
  problems.push(...guarded.strayCalls, ...illegalities(events))
  if (disk.openFiles > 0) problems.push(`${disk.openFiles} files are left open`)
  return { result, problems: problems.map((problem) => `${prefix}: ${problem}`) }
})

const commandFor = (dice: Dice): Command => {
  const path = pathFor(dice)
  const asset = dice.chance(0.7)
    ? dice.pick([{ id: 1 }, { id: 2 }, { root: "loose" }])
    : dice.pick([{ root: path }, { uuid: path }, { id: 2 ** 60 }])
  switch (dice.below(9)) {
    case 0:
      return Command.register({ root: path, ...(dice.chance(0.3) ? { identity: "new" as const } : {}) })
    case 1:
      return Command.updateContract({ asset, name: dice.chance(0.5) ? "renamed" : path })
    case 2:
      return Command.relocate({ asset, to: path })
    case 3:
      return Command.delete({ asset })
    case 4:
      return Command.create({ root: path, name: "new", family: "tile_bank" })
    case 5:
      return Command.applyBankComposition({ asset, files: ["a.png", path] })
    case 6:
      return Command.unregister({ asset })
    case 7:
      return Command.setBuildParticipation({ asset, included: dice.chance(0.5) })
    default:
      return Command.batch({
        commands: [Command.register({ root: "loose" }), Command.relocate({ asset: { root: "loose" }, to: path })]
      })
  }
}

/** What a snapshot shows that another opening has to show as well, unless files were found to be somebody else's. */
const shownBy = (snapshot: Snapshot) => {
  const assets = Array.from(snapshot.assets.values())
  if (assets.some(({ divergence }) => divergence !== undefined)) return undefined
  const { assets: rows, ...rest } = visible(snapshot)
  return { ...rest, assets: rows.map(({ manifest, ...asset }) => ({ ...asset, manifest: manifest?._tag })) }
}

/** Reads all there is to read. */
const reads = (runtime: Runtime) =>
  Effect.gen(function*() {
    const { assets } = yield* runtime.listAssets()
    for (const { root } of assets) {
      yield* Effect.orDie(runtime.getAssetDetails({ root }))
      yield* Effect.orDie(runtime.getAssetActions({ root }))
    }
    return { status: yield* runtime.status, shows: shownBy((yield* runtime.snapshot).snapshot) }
  })

/** What was seen of a project that was open. */
interface Used {
  readonly status: ProjectStatus
  readonly shows: ReturnType<typeof shownBy>
  readonly answers: ReadonlyArray<string>
  readonly second: string
}

const use = (dice: Dice, disk: SimulatedDisk) => (runtime: Runtime): Effect.Effect<Used> =>
  Effect.gen(function*() {
    const { status } = yield* reads(runtime)
    const answers: Array<string> = []
    for (let times = dice.below(4); times >= 0; times--) {
      const refreshes = dice.chance(0.1)
      const answer = yield* Effect.result(refreshes ? runtime.refresh() : runtime.execute(commandFor(dice)))
      answers.push(Result.isFailure(answer) ? answer.failure._tag : refreshes ? "refreshed" : "done")
    }
    const again = memoryProject({ disk: disk.disk, prefix: "z" }).pipe(Layer.provide(collectingSink))
    const second = yield* Effect.result(Effect.scoped(Layer.build(Layer.fresh(again))))
    const { shows } = yield* reads(runtime)
    return { status, shows, answers, second: Result.isSuccess(second) ? "opens" : second.failure._tag }
  })

/** What came of one project. */
export interface ProjectFound {
  /** How the first opening ended: `ready`, `read-only`, or the tag of the error. */
  readonly answer: string
  readonly answers: ReadonlyArray<string>
  readonly problems: ReadonlyArray<string>
  readonly made: HostileProject
}

type Entries = ReturnType<SimulatedDisk["entries"]>

const outside = (entries: Entries): Entries => entries.filter(([path]) => !path.startsWith(`${assets}/`))
const untouchable = (entries: Entries): Entries =>
  entries.filter(([path]) => !path.startsWith(`${runtimeFolder}/lock`) && path !== `${runtimeFolder}/.gitignore`)

/** What has to keep a project from being changed. */
const obstacleIn = (disk: SimulatedDisk): "journal" | "registry" | undefined => {
  const journal = disk.bytes(`${runtimeFolder}/journal`)
  const answer = journal === undefined ? "empty" : checkJournal(diceOf(0), journal).answer
  if (answer === "fault" || answer.startsWith("unknown")) return "journal"
  const registry = disk.bytes(index)
  return registry !== undefined && Result.isFailure(readRegistry(registry)) ? "registry" : undefined
}

/** What an opening that may not touch something has touched. */
const touched = (disk: SimulatedDisk, before: SimulatedDisk, used: Used): ReadonlyArray<string> => {
  const obstacle = obstacleIn(before)
  if (used.status._tag !== "read-only") {
    return obstacle === undefined ? [] : [`its ${obstacle} cannot be read, and it can be changed`]
  }
  const problems: Array<string> = []
  if (!isDeepStrictEqual(disk.bytes(index), before.bytes(index))) {
    problems.push("a read-only project wrote its registry")
  }
  if (used.answers.includes("done")) problems.push("a read-only project carried out a command")
  if (obstacle === "journal") {
    if (!used.status.reason.includes("is damaged at byte")) problems.push("a damaged journal is not the reason")
    const [then, now] = [before, disk].map((one) => untouchable(one.entries()))
    if (!isDeepStrictEqual(now, then)) problems.push("a project with a damaged journal was touched")
  }
  return problems
}

/** A project, opened, used, closed, and opened again. */
export const tryProject = Effect.fnUntraced(
  function*(dice: Dice, made: HostileProject): Effect.fn.Return<ProjectFound> {
    const { disk } = made
    const before = disk.fork()
    const canaries = outside(disk.entries())
    const problems: Array<string> = []
    const first = yield* session(disk, "a", use(dice, disk))
    problems.push(...first.problems)
    let answer = "died"
    let answers: ReadonlyArray<string> = []
    let showed: Used["shows"]
    if (first.result !== undefined && Result.isFailure(first.result)) {
      answer = first.result.failure._tag
      if (!isDeepStrictEqual(disk.bytes(index), before.bytes(index))) {
        problems.push("a refused opening wrote the registry")
      }
    } else if (first.result !== undefined) {
      const used = first.result.success
      answer = used.status._tag
      answers = used.answers
      showed = used.shows
      problems.push(...touched(disk, before, used))
      if (used.status._tag === "ready" && used.second !== "ProjectLocked") problems.push(`a second one ${used.second}`)
    }
    const second = yield* session(disk, "b", reads)
    problems.push(...second.problems)
    if (!isDeepStrictEqual(outside(disk.entries()), canaries)) problems.push("something outside of assets/ changed")
    if (
      second.result !== undefined && Result.isSuccess(second.result) && second.result.success.status._tag === "ready"
    ) {
      const { shows } = second.result.success
      if (answer === "ready" && showed !== undefined && shows !== undefined && !isDeepStrictEqual(shows, showed)) {
        problems.push("another opening shows something else")
      }
      const left = disk.entries().filter(([path]) =>
        path.startsWith(`${runtimeFolder}/stage/`) || path.startsWith(`${runtimeFolder}/journal-`)
      )
      for (const [path] of left) problems.push(`${path} was left behind`)
    }
    return { answer, answers, problems, made }
  }
)

/** The project of a seed, opened, used, closed, and opened again. */
export const projectCase = (seed: number): Effect.Effect<ProjectFound> => {
  const dice = diceOf(seed)
  return Effect.flatMap(hostileProject(dice), (made) => tryProject(dice, made))
}

/** A project in words, so that it can be made again. */
export const shownProject = ({ bytes, kind, what }: HostileProject): string => `${kind}, ${what}: ${shown(bytes)}`
