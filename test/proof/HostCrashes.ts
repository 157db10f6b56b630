/**
 * Crashes of a whole host: what it had shown, told or answered is there when the project is opened again, and the events of
 * that opening tell what it had to finish.
 */
import { Effect, Layer, Logger, Result } from "effect"
import { TestClock } from "effect/testing"
import type { PackerEvent, RecoveryReport } from "../../src/domain/Event.ts"
import { isTerminal } from "../../src/domain/Event.ts"
import type { PackerSettings } from "../../src/services/PackerConfig.ts"
import { ProjectRuntime } from "../../src/services/ProjectRuntime.ts"
import { CollectedEvents, collectingSink } from "../../src/testing/CollectingSink.ts"
import { crashStates } from "../../src/testing/CrashStates.ts"
import { memoryProject } from "../../src/testing/MemoryProject.ts"
import { seeded } from "../../src/testing/Seeded.ts"
import type { SimulatedDisk } from "../../src/testing/SimulatedDisk.ts"
import { beginning } from "../support/Commands.ts"
import { illegalities } from "../support/Legal.ts"
import { clockOf } from "./Clocks.ts"
import { assets } from "./crashes/CrashRecording.ts"
import { leftovers } from "./crashes/Expected.ts"
import { type HostMoment, idOf, recordHost, settingsOf } from "./hostCrashes/HostRecording.ts"
import { shownIn, storedOn } from "./hostCrashes/HostState.ts"
import { type HostState, runTwin, type TwinGroup } from "./hostCrashes/Twin.ts"
import type { Piece } from "./Part.ts"

const kinds: ReadonlyArray<Partial<PackerSettings>> = [
  { journalBytes: 8192 },
  { journalBytes: 8192, inlineBytes: 100, trashRetention: 1 },
  { journalBytes: 1024 },
  { journalBytes: 512, inlineBytes: 200 }
]
const tears = [8, 64, 512]

/** Everything there is to compare a project with. */
interface Known {
  readonly groups: ReadonlyArray<TwinGroup>
  readonly states: ReadonlyArray<HostState>
}

/** What an opening found. */
interface Reopened {
  readonly shown: string
  readonly stored: string
  readonly recovery: RecoveryReport | undefined
  readonly problems: ReadonlyArray<string>
}

const recoveryIn = (events: ReadonlyArray<PackerEvent>): RecoveryReport | undefined => {
  const end = events.find(isTerminal)
  return end?.kind === "action_applied" ? end.details.recovery : undefined
}

/** A lock that was about to be taken is given some time before it counts as nobody's. */
const whileTimePasses = <A, E, R>(effect: Effect.Effect<A, E, R>): Effect.Effect<A, E, R> =>
  Effect.raceFirst(
    effect,
    Effect.forever(Effect.andThen(Effect.repeat(Effect.yieldNow, { times: 50 }), TestClock.adjust("10 millis")))
  )

/** Opens a project, asks once more for what recovery finished, and closes it. */
const reopen = (disk: SimulatedDisk, process: number, { groups }: Known, settings: Partial<PackerSettings>) =>
  Effect.gen(function*() {
    const problems: Array<string> = []
    const commands = groups.flatMap((group) => group.commands)
    const body = Effect.gen(function*() {
      const runtime = yield* ProjectRuntime
      const collected = yield* CollectedEvents
      yield* collected.first(isTerminal)
      const recovery = recoveryIn(yield* collected.all)
      const { snapshot } = yield* runtime.snapshot
      const status = yield* runtime.status
      if (status._tag !== "ready") problems.push(`it is ${JSON.stringify(status)}`)
      if ((recovery?.diverged.length ?? 0) > 0) problems.push(`an edit that nobody made: ${JSON.stringify(recovery)}`)
      for (const { changes, operation_id } of recovery?.finished ?? []) {
        const command = commands.find((_, index) => idOf(index) === operation_id)
        if (command === undefined) {
          problems.push(`${operation_id} is finished, and was never asked for`)
          continue
        }
        const again = yield* Effect.result(runtime.execute(command, { operationId: operation_id }))
        const told = Result.isSuccess(again) ? JSON.stringify(again.success.changes) : again.failure._tag
        if (told !== JSON.stringify(changes)) problems.push(`${operation_id} ends as ${told} when it is asked again`)
      }
      const { generation } = (yield* runtime.snapshot).snapshot
      if (generation !== snapshot.generation) problems.push("asking again for what was finished changed something")
      return { shown: shownIn(snapshot), recovery }
    })
    const identity = { pid: process, started: `start-${process}`, boot: `boot-${process}` }
    const layer = memoryProject({ disk: disk.disk, prefix: `r${process}`, process: identity })
    const { recovery, shown } = yield* whileTimePasses(
      Effect.provide(body, Layer.provide(layer, settingsOf(settings)), { local: true })
    )
    problems.push(...illegalities(yield* (yield* CollectedEvents).all))
    if (disk.openFiles > 0) problems.push(`${disk.openFiles} files are open`)
    const left = leftovers(disk, assets)
    if (left.length > 0) problems.push(`left behind: ${left.join(", ")}`)
    return { shown, stored: storedOn(disk), recovery, problems } satisfies Reopened
  }).pipe(
    Effect.provide(collectingSink, { local: true }),
    Effect.catchCause((cause): Effect.Effect<Reopened> =>
      Effect.succeed({ shown: "", stored: "", recovery: undefined, problems: [`it does not open: ${String(cause)}`] })
    )
  )

/** What is wrong with what an opening found, if the crash was at some moment. */
const problemsOf = (
  { problems, recovery, shown, stored }: Reopened,
  { asked, promised }: HostMoment,
  { groups, states }: Known
): ReadonlyArray<string> => {
  if (problems.length > 0) return problems
  const isIt = (state: HostState): boolean => state.shown === shown && state.stored === stored
  const index = states.findIndex((state, index) => index >= promised && index <= asked && isIt(state))
  if (index < 0) {
    const other = states.findIndex(isIt)
    const what = other < 0 ? "no state there ever was" : `the state after ${other}`
    return [`${what}, where ${promised} were promised and ${asked} asked for; now ${shown} and ${stored}`]
  }
  const outcomes = groups.flatMap((group) => group.outcomes)
  const finished = new Set(recovery?.finished.map(({ operation_id }) => operation_id))
  const told: Array<string> = []
  // What happened and nobody knows of yet is told now.
  for (let one = promised; one < index; one++) {
    const changed = states[one]?.generation !== states[one + 1]?.generation
    if (outcomes[one] !== undefined && changed && !finished.has(idOf(one))) {
      told.push(`${idOf(one)} happened, and is not told to be finished`)
    }
  }
  for (const id of finished) {
    const one = outcomes.findIndex((_, index) => idOf(index) === id)
    if (one >= index && states[one + 1]?.generation !== states[index]?.generation) {
      told.push(`${id} is told to be finished, and did not happen`)
    }
  }
  return told
}

/** Looks at the crashes of a host that is given some groups of commands. */
export const hostCrashesOf = (most: number): Piece => (seed) =>
  Effect.gen(function*() {
    const random = seeded(seed + 31)
    const tree = beginning()
    const settings = kinds[seed % kinds.length] ?? {}
    const { groups, start } = yield* runTwin(tree, 4, random)
    const known: Known = { groups, states: [start, ...groups.flatMap((group) => group.states)] }
    const tearBytes = tears[seed % tears.length] ?? 512
    const { moments, problems } = yield* recordHost({ tree, tearBytes, settings, ...known, random })
    const violations = [...problems]
    const images = new Map<string, Reopened>()
    const settled = new Set<string>()
    let [crashes, finished] = [0, 0]
    const look = Effect.fnUntraced(function*(disk: SimulatedDisk, what: string, moment: HostMoment) {
      crashes++
      const image = disk.fingerprint()
      let opened = images.get(image)
      if (opened === undefined) {
        opened = yield* reopen(disk, 101, known, settings)
        images.set(image, opened)
        finished += opened.recovery?.finished.length ?? 0
        const now = disk.kill().fingerprint()
        if (opened.problems.length === 0 && !settled.has(now)) {
          settled.add(now)
          const again = yield* reopen(disk, 102, known, settings)
          violations.push(...again.problems)
          if (again.recovery !== undefined) violations.push(`${what}: a second opening found something to finish`)
          if (again.shown !== opened.shown || again.stored !== opened.stored) {
            violations.push(`${what}: a second opening changed something`)
          }
        }
      }
      for (const problem of problemsOf(opened, moment, known)) violations.push(`${what}: ${problem}`)
    })
    for (const moment of moments) {
      for (const { disk } of crashStates(moment.disk, { most, random })) {
        yield* look(disk, `crash before "${moment.before}"`, moment)
      }
    }
    return {
      counts: { hostCrashChecks: crashes, hostFinished: finished },
      violations: violations.map((problem) => `piece ${seed}: ${problem}`),
      distinct: { hostCrashStates: Array.from(images.keys()) }
    }
  }).pipe(Effect.orDie, Effect.provide([clockOf(seed), Logger.layer([])]))
