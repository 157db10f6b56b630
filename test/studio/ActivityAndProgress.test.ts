/** What was done and what goes on, from the bus: from terminal events and from progress, and from nothing else. */
import { assert, describe, it } from "@effect/vitest"
import { Effect, Fiber, Layer, Stream } from "effect"
import { CommitFailed, isTerminal, type OperationId, SubscriberLagged } from "../../src/index.ts"
import {
  Activity,
  activity,
  defaultStudioSettings,
  Progress,
  progress,
  StudioConfig,
  type StudioEvent,
  StudioEventBus,
  studioEventBus
} from "../../src/studio.ts"
import { runningAfter } from "../../src/studio/domain/Operations.ts"
import { turns } from "../support/Projects.ts"
import { legalStream, type Told, told } from "../support/StudioEvents.ts"

const studio = (settings: Partial<typeof defaultStudioSettings> = {}) =>
  Layer.fresh(Layer.provideMerge(Layer.merge(activity, progress), studioEventBus)).pipe(
    Layer.provide(Layer.succeed(StudioConfig, { ...defaultStudioSettings, ...settings }))
  )

const send = (...events: ReadonlyArray<Told>) =>
  Effect.andThen(
    StudioEventBus.use((bus) =>
      Effect.forEach(events, (event) => bus.publish({ _tag: "PackerTold", event: told(event) }), { discard: true })
    ),
    turns
  )
const finished = Effect.map(
  Activity.use(({ view }) => view),
  (view) => view.finished.map(({ operationId }): string => operationId)
)
const running = Effect.map(
  Progress.use(({ running }) => running),
  (running) => running.map(({ operationId, progress }) => `${operationId} ${progress?.done ?? "?"}`)
)

describe("the activity", () => {
  it.effect("holds what terminal events told, the newest first", () =>
    Effect.gen(function*() {
      yield* send(
        { operation: "a", done: 1 },
        { operation: "a", kind: "action_applied", sequence: 2 },
        { operation: "b", kind: "asset_changed" },
        { operation: "b", kind: "action_failed", sequence: 2 }
      )
      const { finished, hasGap } = yield* (yield* Activity).view
      assert.isFalse(hasGap)
      const [failed, applied] = finished
      const event = told({ operation: "b" })
      assert.deepInclude(failed, {
        projectId: event.project_id,
        openingId: event.opening_id,
        operationId: event.operation_id,
        action: "relocate",
        summary: "action_failed 2 of b",
        assets: event.affected_assets,
        startedAt: 5,
        durationMs: 7
      })
      assert.deepStrictEqual(
        failed?.result._tag === "Failed" && failed.result.reason,
        [
          "Nothing has changed: write of \"/game\" failed with ENOSPC. Make room on the disk, and try again."
        ].join()
      )
      assert.isTrue(failed?.result._tag === "Failed" && failed.result.error instanceof CommitFailed)
      assert.isTrue(applied?.result._tag === "Applied" && applied.result.outcome.generation === 2)
      assert.strictEqual(finished.length, 2)
    }).pipe(Effect.provide(studio())))

  it.effect("is bounded", () =>
    Effect.gen(function*() {
      yield* send(...["a", "b", "c", "d"].map((operation) => ({ operation, kind: "action_applied" as const })))
      assert.deepStrictEqual(yield* finished, ["d", "c"])
    }).pipe(Effect.provide(studio({ activityLimit: 2 }))))

  it.effect("holds the end of an operation that nobody ever heard of before", () =>
    Effect.gen(function*() {
      yield* send({ operation: "stranger", kind: "action_applied", sequence: 9 })
      assert.deepStrictEqual(yield* finished, ["stranger"])
      assert.deepStrictEqual(yield* running, [])
    }).pipe(Effect.provide(studio())))

  it.effect("tells whoever follows it", () =>
    Effect.gen(function*() {
      const { changes } = yield* Activity
      const lengths = yield* Effect.forkChild(
        changes.pipe(
          Stream.map(({ finished }) => finished.length),
          Stream.takeUntil((length) => length === 2),
          Stream.runCollect
        ),
        { startImmediately: true }
      )
      yield* turns
      yield* send({ operation: "a", kind: "action_applied" })
      yield* send({ operation: "b", done: 3 }, { operation: "c", kind: "action_applied" })
      assert.deepStrictEqual(yield* Fiber.join(lengths), [0, 1, 2])
    }).pipe(Effect.provide(studio())))
})

describe("the progress", () => {
  it.effect("is the newest of each running operation, gone at its end", () =>
    Effect.gen(function*() {
      yield* send({ operation: "a", done: 1 }, { operation: "b", done: 5 }, { operation: "a", done: 2, sequence: 2 })
      assert.deepStrictEqual(yield* running, ["a 2", "b 5"])
      yield* send({ operation: "a", kind: "action_failed", sequence: 3 })
      assert.deepStrictEqual(yield* running, ["b 5"])
      yield* send({ operation: "b", kind: "action_applied", sequence: 2 })
      assert.deepStrictEqual(yield* running, [])
    }).pipe(Effect.provide(studio())))

  it.effect("takes nothing but the end for the end: not all of it done, not a list that changed, not another's end", () =>
    Effect.gen(function*() {
      yield* send(
        { operation: "a", done: 100 },
        { operation: "a", kind: "asset_changed", sequence: 2 },
        { operation: "a", project: "p2", kind: "action_applied", sequence: 3 }
      )
      assert.deepStrictEqual(yield* running, ["a 100"])
      assert.deepStrictEqual(yield* finished, ["a"])
    }).pipe(Effect.provide(studio())))

  it.effect("forgets what went on in an opening before", () =>
    Effect.gen(function*() {
      yield* send({ operation: "a", done: 1 }, { operation: "b", done: 1, project: "p2" })
      yield* send({ operation: "c", done: 0, opening: "o2" })
      assert.deepStrictEqual(yield* running, ["b 1", "c 0"])
    }).pipe(Effect.provide(studio())))

  it.prop(
    "has exactly those that began and did not end, after any legal stream",
    { steps: legalStream },
    ({ steps }) => {
      let now: ReturnType<typeof runningAfter> = []
      const open = new Map<OperationId, number | undefined>()
      for (const { event } of steps) {
        now = runningAfter(now, event)
        if (isTerminal(event)) open.delete(event.operation_id)
        else if (event.kind === "progress_updated") open.set(event.operation_id, event.progress?.done)
        assert.deepStrictEqual(now.map(({ operationId, progress }) => [operationId, progress?.done] as const), [
          ...open
        ])
      }
      assert.deepStrictEqual(now, [])
    },
    { arbitrary: { runs: 500, seed: "studio progress" } }
  )
})

/** A bus that gives each listener something, ends it for being slow, and gives it more when it comes back. */
const fastBus = Layer.effect(
  StudioEventBus,
  Effect.sync(() => {
    let subscribed = 0
    const events = (...given: ReadonlyArray<Told>) =>
      Stream.fromIterable(given.map((event): StudioEvent => ({ _tag: "PackerTold", event: told(event) })))
    const first = events({ operation: "a", done: 1 }, { operation: "b", kind: "action_applied" })
    const later = events({ operation: "c", done: 7 }, { operation: "d", kind: "action_applied" })
    return StudioEventBus.of({
      publish: () => Effect.void,
      subscribe: Effect.sync(() =>
        ++subscribed > 2
          ? Stream.concat(later, Stream.never)
          : Stream.concat(first, Stream.fail(new SubscriberLagged({ lastPosition: 2 })))
      )
    })
  })
)

describe("a bus that is too fast", () => {
  it.effect("leaves a gap in the activity that it admits, and nothing in the progress that may have ended", () =>
    Effect.gen(function*() {
      yield* turns
      assert.isTrue((yield* (yield* Activity).view).hasGap)
      assert.deepStrictEqual(yield* finished, ["d", "b"])
      assert.deepStrictEqual(yield* running, ["c 7"])
    }).pipe(Effect.provide(Layer.fresh(Layer.provide(Layer.merge(activity, progress), fastBus)))))
})
