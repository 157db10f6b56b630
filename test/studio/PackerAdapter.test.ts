/** The adapter: what comes out of it is what went in, in order, with progress at most once per frame. */
import { assert, describe, expectTypeOf, it } from "@effect/vitest"
import { Clock, Effect, Layer, Stream } from "effect"
import { TestClock } from "effect/testing"
import {
  Command,
  isTerminal,
  type PackerEvent,
  PackerEventSink,
  ProjectRuntime,
  pubSubSink,
  severalSinks
} from "../../src/index.ts"
import { StudioEventBus, studioEventBus, StudioPackerAdapter, studioPackerAdapter } from "../../src/studio.ts"
import {
  CollectedEvents,
  collectingSink,
  inFolder,
  memoryProject,
  SimulatedDisk,
  workspaceFiles
} from "../../src/testing.ts"
import { turns } from "../support/Projects.ts"
import { legalStream, type Step, told, type ToldKind } from "../support/StudioEvents.ts"

/** An event, and when it came. */
interface At {
  readonly event: PackerEvent
  readonly time: number
}

const frame = 16

const studio = () => Layer.fresh(Layer.provideMerge(studioPackerAdapter, studioEventBus))

/** What the bus got so far. It grows. */
const listen = Effect.gen(function*() {
  const heard: Array<At> = []
  const events = yield* (yield* StudioEventBus).subscribe
  const hear = Stream.runForEach(events, (event) =>
    Effect.map(Clock.currentTimeMillis, (time) => {
      if (event._tag === "PackerTold") heard.push({ event: event.event, time })
    }))
  yield* Effect.forkScoped(hear, { startImmediately: true })
  return heard
})

/** Sends a stream through an adapter, and gives what went in and what came out. */
const through = Effect.fnUntraced(function*(steps: ReadonlyArray<Step>) {
  const sink = yield* PackerEventSink
  const out = yield* listen
  const sent: Array<At> = []
  for (const { event, wait } of steps) {
    sent.push({ event, time: yield* Clock.currentTimeMillis })
    yield* sink.publish(event)
    yield* Effect.yieldNow
    if (wait > 0) yield* TestClock.adjust(wait)
  }
  yield* TestClock.adjust(100)
  return { sent, out }
}, Effect.scoped)

const operationsOf = (events: ReadonlyArray<At>) =>
  Map.groupBy(events, ({ event: { operation_id, project_id } }) => `${project_id} ${operation_id}`)

/** What is wrong with what came out. */
const problemsOf = (sent: ReadonlyArray<At>, out: ReadonlyArray<At>): ReadonlyArray<string> => {
  const problems: Array<string> = []
  const sentAt = new Map(sent.map(({ event, time }) => [event, time]))
  const seen = new Set<PackerEvent>()
  for (const { event, time } of out) {
    const since = sentAt.get(event)
    if (since === undefined) problems.push(`"${event.summary}" was never sent`)
    if (seen.has(event)) problems.push(`"${event.summary}" came twice`)
    seen.add(event)
    if (event.kind !== "progress_updated" && since !== time) problems.push(`"${event.summary}" came late`)
    if (since !== undefined && time - since > frame) problems.push(`"${event.summary}" waited longer than a frame`)
  }
  for (const { event } of sent) {
    if (event.kind !== "progress_updated" && !seen.has(event)) problems.push(`"${event.summary}" never came`)
  }
  for (const came of operationsOf(out).values()) {
    const sequences = came.map(({ event }) => event.sequence)
    if (sequences.some((sequence, i) => sequence <= (sequences[i - 1] ?? 0))) {
      problems.push(`order: ${came.map(({ event }) => event.summary).join(", ")}`)
    }
    const times = came.flatMap(({ event, time }) => event.kind === "progress_updated" ? [time] : [])
    if (times.some((time, i) => time - (times[i - 1] ?? -frame) < frame)) {
      problems.push(`too often: ${times.join(", ")}`)
    }
  }
  // Progress that nothing followed for a frame is the newest there is, and has to be seen.
  for (const went of operationsOf(sent).values()) {
    for (const [i, { event, time }] of went.entries()) {
      const isLeftAlone = event.kind === "progress_updated" && (went[i + 1]?.time ?? Infinity) - time > frame
      if (isLeftAlone && !seen.has(event)) problems.push(`"${event.summary}" was the newest, and never came`)
    }
  }
  return problems
}

const send = (...events: ReadonlyArray<readonly [kind: ToldKind, wait: number]>) =>
  Effect.gen(function*() {
    const steps = events.map(([kind, wait], i) => ({ event: told({ operation: "op", kind, sequence: i + 1 }), wait }))
    const { out } = yield* through(steps)
    return out.map(({ event: { sequence }, time }) => [sequence, time])
  }).pipe(Effect.provide(studio()))

describe("the adapter", () => {
  let runs = 0
  let counted = { sent: 0, out: 0, ends: 0 }

  it.effect.prop(
    "invents nothing, loses no end, keeps the order and the pace, whatever legal stream comes",
    { steps: legalStream },
    ({ steps }) =>
      Effect.gen(function*() {
        const { out, sent } = yield* through(steps)
        assert.deepStrictEqual(problemsOf(sent, out), [])
        runs++
        counted = {
          sent: counted.sent + sent.length,
          out: counted.out + out.length,
          ends: counted.ends + out.filter(({ event }) => isTerminal(event)).length
        }
      }).pipe(Effect.provide(studio())),
    { arbitrary: { runs: 1500, seed: "studio adapter" } }
  )

  it("was shown many streams", () => {
    const { ends, out, sent } = counted
    process.stdout.write(`adapter: ${runs} streams, ${sent} events in, ${out} out, ${ends} ends\n`)
    assert.isAtLeast(runs, 1500)
    assert.isBelow(out, sent)
  })

  it.effect("lets the first progress through, and then the newest of each frame", () =>
    Effect.gen(function*() {
      const out = yield* send(...Array.from({ length: 20 }, () => ["progress_updated", 4] as const))
      assert.deepStrictEqual(out, [[1, 0], [4, 16], [8, 32], [12, 48], [16, 64], [20, 80]])
    }))

  it.effect("lets progress through at once that is slower than frames", () =>
    Effect.gen(function*() {
      const out = yield* send(["progress_updated", 17], ["progress_updated", 40], ["progress_updated", 17])
      assert.deepStrictEqual(out, [[1, 0], [2, 17], [3, 57]])
    }))

  it.effect("drops progress that still waits at the end", () =>
    Effect.gen(function*() {
      const out = yield* send(["progress_updated", 1], ["progress_updated", 1], ["action_failed", 0])
      assert.deepStrictEqual(out, [[1, 0], [3, 2]])
    }))

  it.effect("lets everything else through at once, and keeps the pace", () =>
    Effect.gen(function*() {
      const out = yield* send(
        ["progress_updated", 1],
        ["progress_updated", 1],
        ["asset_changed", 1],
        ["progress_updated", 1],
        ["asset_discovered", 1],
        ["progress_updated", 20],
        ["action_applied", 0]
      )
      assert.deepStrictEqual(out, [[1, 0], [3, 2], [5, 4], [6, 16], [7, 25]])
    }))

  it.effect("has a pace for each operation, also where they have the same name", () =>
    Effect.gen(function*() {
      const one = { operation: "op", project: "p1" }
      const same = [one, { ...one, project: "p2" }, { ...one, opening: "o2" }, { ...one, operation: "other" }]
      const { out } = yield* through(same.map((of) => ({ event: told(of), wait: 0 })))
      assert.deepStrictEqual(out.map(({ time }) => time), [0, 0, 0, 0])
    }).pipe(Effect.provide(studio())))

  it.effect("ends with its layer, and publishes nothing after that", () =>
    Effect.gen(function*() {
      const out = yield* listen
      yield* Effect.gen(function*() {
        const sink = yield* PackerEventSink
        yield* sink.publish(told({ operation: "op" }))
        yield* sink.publish(told({ operation: "op", sequence: 2 }))
      }).pipe(Effect.provide(studioPackerAdapter, { local: true }))
      yield* TestClock.adjust(100)
      assert.deepStrictEqual(out.map(({ event }) => event.sequence), [1])
    }).pipe(Effect.provide(studioEventBus, { local: true })))
})

describe("the order of things", () => {
  const disk = () => SimulatedDisk.of(inFolder("/game", workspaceFiles({ "ui/atlas": { id: 1 } }))).disk

  it("without a bus does not compile", () => {
    const project = Layer.provide(memoryProject({ disk: disk() }), studioPackerAdapter)
    const program = Effect.provide(ProjectRuntime.use((packer) => packer.listAssets()), project)
    expectTypeOf<Layer.Services<typeof project>>().toEqualTypeOf<StudioEventBus>()
    expectTypeOf(program).not.toExtend<Effect.Effect<unknown, unknown>>()
    expectTypeOf(Effect.provide(program, studioEventBus)).toExtend<Effect.Effect<unknown, unknown>>()
  })

  it.live("has the bus before the project: the opening is told from its first event on", () =>
    Effect.gen(function*() {
      const heard = yield* listen
      yield* Effect.scoped(Layer.build(Layer.provide(memoryProject({ disk: disk() }), studioPackerAdapter)))
      yield* turns
      assert.strictEqual(heard[0]?.event.position, 1)
      assert.strictEqual(heard.at(-1)?.event.kind, "action_applied")
    }).pipe(Effect.scoped, Effect.provide(studioEventBus, { local: true })))

  it.live("publishes of a real packer what that told, and every end of it", () =>
    Effect.gen(function*() {
      const heard = yield* listen
      const { all } = yield* CollectedEvents
      yield* Effect.gen(function*() {
        const packer = yield* ProjectRuntime
        const roots = Array.from({ length: 40 }, (_, i) => `new/tile${i}`)
        const create = (root: string) => Command.create({ root, name: "tile", family: "tile_bank" })
        yield* packer.execute(Command.batch({ commands: roots.map(create) }))
        yield* Effect.exit(packer.execute(Command.unregister({ asset: { id: 99 } })))
        yield* packer.refresh()
      }).pipe(Effect.provide(memoryProject({ disk: disk() })))
      yield* turns
      const told = yield* all
      const ends = told.filter(isTerminal)
      assert.deepStrictEqual(ends.map(({ kind }) => kind === "action_applied"), [true, true, false, true])
      const came = heard.map(({ event }) => event)
      assert.deepStrictEqual(came.filter(isTerminal), ends)
      assert.isTrue(came.every((event) => told.includes(event)))
      const others = told.filter(({ kind }) => kind !== "progress_updated")
      assert.deepStrictEqual(came.filter(({ kind }) => kind !== "progress_updated"), others)
    }).pipe(
      Effect.scoped,
      Effect.provide(Layer.fresh(Layer.provideMerge(severalSinks(studioPackerAdapter, collectingSink), studioEventBus)))
    ))

  it.effect("can be a sink beside others", () =>
    Effect.gen(function*() {
      const heard = yield* listen
      yield* PackerEventSink.use((sink) => sink.publish(told({ operation: "op", kind: "action_applied" })))
      yield* turns
      assert.strictEqual(heard.length, 1)
      yield* StudioPackerAdapter
    }).pipe(
      Effect.provide(Layer.fresh(Layer.provideMerge(severalSinks(studioPackerAdapter, pubSubSink), studioEventBus)))
    ))
})
