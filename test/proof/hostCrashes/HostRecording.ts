/**
 * A host whose project is open, with every moment of that remembered.
 *
 * What was shown, told or answered is promised: a crash must not take it back. So each moment remembers besides the disk
 * how far the promises go, and how much was asked for. Meanwhile it looks at what a host can rely on: whoever is told of a
 * change can read it, and whoever gets an outcome was told before.
 */
import { Duration, Effect, Layer, Result } from "effect"
import { TestClock } from "effect/testing"
import type { PackerEvent } from "../../../src/domain/Event.ts"
import { isTerminal } from "../../../src/domain/Event.ts"
import { OperationId } from "../../../src/domain/Identity.ts"
import { functionSink } from "../../../src/layers/FunctionSink.ts"
import { defaultPackerSettings, PackerConfig, type PackerSettings } from "../../../src/services/PackerConfig.ts"
import { ProjectRuntime } from "../../../src/services/ProjectRuntime.ts"
import { ProjectSnapshot } from "../../../src/services/ProjectSnapshot.ts"
import { memoryProject } from "../../../src/testing/MemoryProject.ts"
import type { ProjectTree } from "../../../src/testing/ProjectTree.ts"
import type { SimulatedDisk } from "../../../src/testing/SimulatedDisk.ts"
import { illegalities } from "../../support/Legal.ts"
import { assets, diskOf } from "../crashes/CrashRecording.ts"
import { shownIn } from "./HostState.ts"
import type { HostState, TwinGroup } from "./Twin.ts"

/** A moment at which everything may stop. */
export interface HostMoment {
  readonly disk: SimulatedDisk
  /** How many commands were promised, and how many were asked for. */
  readonly promised: number
  readonly asked: number
  /** The call that would be next. */
  readonly before: string
}

/** The id that a command has, by its number among all. */
export const idOf = (index: number): OperationId => OperationId.make(`c${index}`)

/** A project of so much room, where large files stand beside the journal and deletions are kept by their number. */
export const settingsOf = (settings: Partial<PackerSettings>) =>
  Layer.succeed(PackerConfig, { ...defaultPackerSettings, ...settings })

/** What the host does. */
export interface HostDoings {
  readonly tree: ProjectTree
  readonly tearBytes: number
  readonly settings: Partial<PackerSettings>
  readonly groups: ReadonlyArray<TwinGroup>
  /** The state before the first command, and after each. */
  readonly states: ReadonlyArray<HostState>
  readonly random: () => number
}

/** Gives the groups to a project, each at once, and remembers every moment. */
export const recordHost = Effect.fnUntraced(
  function*({ groups, random, settings, states, tearBytes, tree }: HostDoings) {
    const disk = diskOf(tree, tearBytes)
    const problems: Array<string> = []
    const moments: Array<HostMoment> = []
    const events: Array<PackerEvent> = []
    const told = new Set<string>()
    let [shown, answered, asked] = [0, 0, 0]
    let current: (() => { readonly generation: number; readonly text: string }) | undefined

    /** How many commands are in what is shown. Those that change nothing and come next are in it as well. */
    const look = (): number => {
      const now = current?.()
      if (now === undefined) return 0
      const index = states.findLastIndex(({ generation }, index) => generation === now.generation && index <= asked)
      if (index < 0) problems.push(`generation ${now.generation} is shown, which is none of what was asked for`)
      else if (states[index]?.shown !== now.text) problems.push(`generation ${now.generation} shows ${now.text}`)
      // The first state with this generation is all that it promises.
      return Math.max(0, states.findIndex(({ generation }) => generation === now.generation))
    }
    const sink = functionSink((event) =>
      Effect.sync(() => {
        events.push(event)
        const { details, kind, operation_id } = event
        const generation = "generation" in details
          ? details.generation
          : kind === "action_applied"
          ? event.details.outcome.generation
          : 0
        if (current !== undefined && current().generation < generation) {
          problems.push(`${kind} of ${operation_id} is told at generation ${generation}, which cannot be read yet`)
        }
        if (!isTerminal(event)) return
        told.add(operation_id)
        shown = Math.max(shown, look())
      })
    )
    const body = Effect.gen(function*() {
      const runtime = yield* ProjectRuntime
      const { current: snapshot } = yield* ProjectSnapshot
      current = () => {
        const now = Effect.runSync(snapshot)
        return { generation: now.generation, text: shownIn(now) }
      }
      for (const { commands, outcomes } of groups) {
        const first = asked
        asked += commands.length
        const handles = yield* Effect.forEach(
          commands,
          (command, part) => Effect.orDie(runtime.submit(command, { operationId: idOf(first + part) }))
        )
        for (const [part, handle] of handles.entries()) {
          const outcome = Result.getOrUndefined(yield* Effect.result(handle.await))
          if (!told.has(handle.operationId)) problems.push(`${handle.operationId} is answered, and was not told`)
          const expected = outcomes[part]
          if (outcome?.generation !== expected?.generation) {
            problems.push(`${handle.operationId} ended as ${JSON.stringify(outcome)}, not ${JSON.stringify(expected)}`)
          }
          answered = Math.max(answered, first + part + 1)
        }
        const form = random()
        if (form < 0.3) yield* Effect.orDie(runtime.flush)
        // Long enough for the packer to bring everything to its plain file by itself.
        else if (form < 0.6) yield* TestClock.adjust(Duration.seconds(1))
      }
    })
    const remember = (before: string) => {
      shown = Math.max(shown, look())
      moments.push({ disk: disk.fork(), promised: Math.max(shown, answered), asked, before })
    }
    disk.onCall(({ call, path }) => remember(`${call} ${path.slice(assets.length)}`))
    const layer = memoryProject({ disk: disk.disk, prefix: "h" }).pipe(
      Layer.provide([settingsOf(settings), sink])
    )
    yield* Effect.provide(body, layer, { local: true })
    remember("the end")
    disk.onCall(undefined)
    problems.push(...illegalities(events))
    if (disk.openFiles > 0) problems.push(`${disk.openFiles} files are open`)
    return { moments, problems }
  }
)
