/** One history: a generated project in memory, clients that work on it at the same time, and a schedule by chance. */
import { Clock, Effect, Exit, Layer, Logger, References, Stream } from "effect"
import type { Command } from "../../../src/domain/Command.ts"
import { isTerminal } from "../../../src/domain/Event.ts"
import { defaultPackerSettings, PackerConfig } from "../../../src/services/PackerConfig.ts"
import { PackerEventSink } from "../../../src/services/PackerEventSink.ts"
import { ProjectRuntime } from "../../../src/services/ProjectRuntime.ts"
import { aroundDisk } from "../../../src/testing/DiskCall.ts"
import { memoryProject, memoryRoot } from "../../../src/testing/MemoryProject.ts"
import { ProjectTree } from "../../../src/testing/ProjectTree.ts"
import { seeded } from "../../../src/testing/Seeded.ts"
import type { SimulatedDisk } from "../../../src/testing/SimulatedDisk.ts"
import { modelOf } from "../../model/Model.ts"
import { diskOf } from "../crashes/CrashRecording.ts"
import { letWork, turns } from "./Clients.ts"
import type { History } from "./History.ts"
import { listOf, makeRecorder, rowOf } from "./Recorder.ts"
import { makeTime, seededScheduler } from "./Time.ts"

const assets = `${memoryRoot}/assets`
/** How often time may go on by itself; more than this, and somebody waits for what never comes. */
const mostIdle = 3_000

/** What a history begins with. */
export interface Beginning {
  readonly seed: number
  readonly tree: ProjectTree
  /** Commands that clients may give. */
  readonly commands: ReadonlyArray<Command>
}

/** A history, and how many groups of several commands were made durable in it. */
export interface Ran {
  readonly history: History
  readonly groups: number
}

/** The plain files of a project, without what belongs to this machine. */
const treeOn = (disk: SimulatedDisk): ProjectTree => {
  const tree = ProjectTree.of({})
  for (const [path, content] of disk.entries()) {
    const relative = path.slice(assets.length + 1)
    if (!path.startsWith(`${assets}/`) || relative.startsWith(".prometeu/runtime")) continue
    if (content === "folder") tree.putFolder(relative)
    else if (content !== "link") tree.put(relative, content)
  }
  return tree
}

/** A journal that is full now and then, and quick to copy. */
const settings = Layer.succeed(PackerConfig, { ...defaultPackerSettings, journalBytes: 16 * 1024 })

const rows = Effect.flatMap(
  ProjectRuntime,
  (runtime) => Effect.map(runtime.listAssets(), (list) => list.assets.map(rowOf))
)

/** Runs a history: everything in it is by the seed. */
const happen = ({ commands, tree }: Beginning, random: () => number): Effect.Effect<Ran> =>
  Effect.gen(function*() {
    const recorder = makeRecorder()
    const memory = diskOf(tree)
    const pace = [0, 1, 6][Math.floor(random() * 3)] ?? 0
    const patience = [0, 2, 8][Math.floor(random() * 3)] ?? 0
    let now: Effect.Effect<number> = Effect.succeed(1)
    let flushed = 1
    let groups = 0

    // Each call takes some turns; a flush of the journal takes many now and then, so that a group can form behind it.
    const disk = aroundDisk(memory.disk, (call, run) =>
      Effect.suspend(() => {
        const isJournal = call.call.startsWith("flush") && call.path.includes("/journal")
        const held = isJournal && random() < 0.4 ? 40 : 0
        const count = Math.floor(random() * (pace + 1)) + held
        if (count === 0 && !isJournal) return run
        return Effect.andThen(turns(count), run).pipe(
          Effect.tap(() => isJournal ? look : Effect.void),
          Effect.uninterruptible
        )
      }))
    /** What became visible between two flushes of the journal was made durable by one. */
    const look = Effect.suspend(() =>
      Effect.map(now, (generation) => {
        if (generation - flushed > 1) groups++
        flushed = generation
      })
    )

    const sink = (client: string) =>
      Layer.succeed(PackerEventSink, {
        publish: (event) =>
          Effect.gen(function*() {
            const from = recorder.tick()
            yield* turns(Math.floor(random() * (patience + 1)))
            if (isTerminal(event) && runtime !== undefined) {
              yield* recorder.ask(client, { _tag: "list" }, runtime.listAssets(), listOf)
            }
            recorder.told.push({ event, from, until: recorder.tick() })
          })
      })
    let runtime: ProjectRuntime["Service"] | undefined

    const work = Effect.gen(function*() {
      const opened = yield* ProjectRuntime
      runtime = opened
      now = Effect.map(opened.snapshot, ({ snapshot }) => snapshot.generation)
      yield* Effect.forkScoped(
        Stream.runForEach(opened.changes, (change) =>
          Effect.sync(() => recorder.seen.push({ at: recorder.tick(), change })))
      )
      yield* letWork({ runtime: opened, recorder, random, commands })
      // Whatever was accepted and left alone comes to its end before anybody looks.
      yield* opened.close
      return yield* rows
    })
    const last = yield* Effect.scoped(work).pipe(
      Effect.provide(Layer.provide(memoryProject({ disk, prefix: "a" }), [sink("the sink"), settings]), {
        local: true
      }),
      Effect.orDie
    )
    runtime = undefined
    const end = modelOf(treeOn(memory))
    const told = [...recorder.told]
    const reopened = yield* rows.pipe(
      Effect.provide(
        Layer.provide(memoryProject({ disk: memory.disk, prefix: "b" }), [sink("another sink"), settings]),
        { local: true }
      ),
      Effect.orDie
    )
    const history: History = {
      start: modelOf(tree),
      calls: recorder.calls,
      told,
      seen: recorder.seen,
      end: { rows: last, reopened, disk: end }
    }
    return { history, groups }
  })

/** Runs one history on a clock and by turns of its own; fails with what it waits for if it comes to no end. */
export const runHistory = (beginning: Beginning): Effect.Effect<Ran, string> =>
  Effect.callback<Ran, string>((resume) => {
    const random = seeded(beginning.seed)
    const time = makeTime()
    const steps = [4, 10, 40, 2048][Math.floor(random() * 4)] ?? 2048
    let isDone = false
    let idle = 0
    const stop = (text: string): void => {
      isDone = true
      resume(Effect.fail(text))
    }
    const onIdle = (): boolean => {
      if (isDone) return false
      if (++idle <= mostIdle && time.goOn()) return true
      stop("it comes to no end: everybody waits")
      return false
    }
    const fiber = Effect.runFork(
      happen(beginning, random).pipe(
        Effect.provideService(Clock.Clock, time.clock),
        Effect.provideService(References.MinimumLogLevel, "None"),
        Effect.provideService(References.TracerEnabled, false),
        Effect.provide(Logger.layer([]))
      ),
      { scheduler: seededScheduler(random, steps, onIdle) }
    )
    fiber.addObserver((exit) => {
      if (isDone) return
      isDone = true
      resume(Exit.isSuccess(exit) ? Effect.succeed(exit.value) : Effect.fail(`it died: ${String(exit.cause)}`))
    })
    return Effect.sync(() => fiber.interruptUnsafe())
  })
