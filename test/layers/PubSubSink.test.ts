import { assert, describe, it } from "@effect/vitest"
import {
  Arbitrary,
  Cause,
  Deferred,
  Effect,
  Exit,
  Fiber,
  Layer,
  Metric,
  type Pull,
  References,
  Result,
  Scope,
  Stream
} from "effect"
import type { PackerEvent } from "../../src/domain/Event.ts"
import type { EventsNotRetained, SubscriberLagged } from "../../src/domain/StreamErrors.ts"
import { PackerEvents, type Subscription } from "../../src/services/PackerEvents.ts"
import { integer } from "../support/Arbitraries.ts"
import {
  eventAt,
  eventsFrom,
  freshPubSubSink,
  openingId,
  operationId,
  projectId,
  publish,
  shown
} from "../support/Events.ts"

type Reading = Stream.Stream<PackerEvent, SubscriberLagged>

const subscribe = (subscription?: Subscription) => PackerEvents.use((events) => events.subscribe(subscription))
const operation = (id: string) => PackerEvents.use((events) => events.operation(operationId(id)))
const after = (position: number, opening = "o1") => ({ from: { opening_id: openingId(opening), position } })
const only = (project: string) => ({ project_id: projectId(project) })

/** The first events of a stream. */
const first = (stream: Reading, count: number) =>
  stream.pipe(Stream.take(count), Stream.runCollect, Effect.map((events) => events.map(shown)))

/** All events of a stream, and the position after which it was too slow, if it was. */
const all = Effect.fnUntraced(function*(stream: Reading) {
  const got: Array<string> = []
  const end = yield* Effect.result(Stream.runForEach(stream, (event) => Effect.sync(() => got.push(shown(event)))))
  return { got, lagged: Result.isFailure(end) ? end.failure.lastPosition : undefined }
})

/** A reader that waits already for what comes. */
const reading = (stream: Reading, count: number) => Effect.forkChild(first(stream, count), { startImmediately: true })

/** What a subscription is told that is refused. */
const refusal = Effect.fnUntraced(function*<A, R>(subscribing: Effect.Effect<A, EventsNotRetained, R>) {
  const { latest, oldest, opening_id } = yield* Effect.flip(subscribing)
  const opening: string | undefined = opening_id
  return { opening_id: opening, oldest, latest }
})
const refused = (subscription: Subscription) => refusal(subscribe(subscription))

const nothing = { opening_id: undefined, oldest: 0, latest: 0 }

const positions = (from: number, to: number, of = "p1/o1") =>
  Array.from({ length: to - from + 1 }, (_, i) => `${of}/${from + i}`)

describe("subscribing", () => {
  it.effect("gives what comes from now on, whenever the stream is run", () =>
    Effect.gen(function*() {
      yield* publish(eventsFrom(1, 3))
      const stream = yield* subscribe()
      yield* publish(eventsFrom(4, 6))
      assert.deepStrictEqual(yield* first(stream, 3), positions(4, 6))
    }).pipe(Effect.provide(freshPubSubSink())))

  it.effect("takes null for nothing, as hosts without types may send", () =>
    Effect.gen(function*() {
      yield* publish(eventsFrom(1, 3))
      const streams = yield* Effect.forEach([null, { from: null }, { project_id: null }], (nothing) =>
        subscribe(nothing as never))
      yield* publish(eventsFrom(4, 6))
      for (const stream of streams) {
        assert.deepStrictEqual(yield* first(stream, 3), positions(4, 6))
      }
    }).pipe(Effect.provide(freshPubSubSink())))

  it.effect("replays what came after a position, and goes on", () =>
    Effect.gen(function*() {
      yield* publish(eventsFrom(1, 6))
      const streams = yield* Effect.forEach([0, 1, 5, 6], (position) => subscribe(after(position)))
      const waiting = yield* subscribe(after(6)).pipe(Effect.flatMap((stream) => reading(stream, 2)))
      yield* publish(eventsFrom(7, 8))
      const got = yield* Effect.forEach([8, 7, 3, 2], (count, i) => first(streams[i] ?? Stream.empty, count))
      assert.deepStrictEqual(got, [positions(1, 8), positions(2, 8), positions(6, 8), positions(7, 8)])
      assert.deepStrictEqual(yield* Fiber.join(waiting), positions(7, 8))
    }).pipe(Effect.provide(freshPubSubSink())))

  it.effect("replays all that is retained, and no more is", () =>
    Effect.gen(function*() {
      for (let last = 1; last <= 12; last++) {
        yield* publish([eventAt(last)])
        const oldest = Math.max(1, last - 3)
        const stream = yield* subscribe({ from: "oldest" })
        assert.deepStrictEqual(yield* first(stream, last - oldest + 1), positions(oldest, last))
        const same = yield* subscribe(after(oldest - 1))
        assert.deepStrictEqual(yield* first(same, last - oldest + 1), positions(oldest, last))
      }
    }).pipe(Effect.provide(freshPubSubSink({ eventRetention: 4 }))))

  it.effect("retains one event where nothing is to be retained", () =>
    Effect.gen(function*() {
      yield* publish(eventsFrom(1, 5))
      const stream = yield* subscribe({ from: "oldest" })
      yield* publish([eventAt(6)])
      assert.deepStrictEqual(yield* first(stream, 2), positions(5, 6))
    }).pipe(Effect.provide(freshPubSubSink({ eventRetention: 0, subscriberBuffer: 0 }))))

  it.effect("is possible before a project has an event", () =>
    Effect.gen(function*() {
      yield* publish(eventsFrom(1, 3))
      const live = yield* subscribe(only("p2"))
      const oldest = yield* subscribe({ ...only("p2"), from: "oldest" })
      yield* publish(eventsFrom(1, 2, { project: "p2", opening: "o2" }))
      assert.deepStrictEqual(yield* first(live, 2), positions(1, 2, "p2/o2"))
      assert.deepStrictEqual(yield* first(oldest, 2), positions(1, 2, "p2/o2"))
    }).pipe(Effect.provide(freshPubSubSink())))

  it.effect("is possible for a reader that runs inside of publishing", () =>
    Effect.gen(function*() {
      const own = yield* subscribe(only("p1"))
      const common = yield* subscribe()
      // A reader that waits is resumed within the call that publishes.
      const inside = [own, common].map((stream) =>
        Stream.runHead(stream).pipe(Effect.andThen(Effect.all([
          subscribe({ from: "oldest" }),
          subscribe({ ...only("p1"), from: "oldest" })
        ])))
      )
      const subscribing = yield* Effect.forEach(inside, Effect.forkScoped({ startImmediately: true }))
      yield* publish(eventsFrom(1, 3))
      for (const stream of (yield* Effect.forEach(subscribing, Fiber.join)).flat()) {
        assert.deepStrictEqual(yield* first(stream, 3), positions(1, 3))
      }
    }).pipe(Effect.provide(freshPubSubSink())))

  it.effect("gives a stream for one reader", () =>
    Effect.gen(function*() {
      const stream = yield* subscribe()
      yield* publish(eventsFrom(1, 3))
      assert.deepStrictEqual(yield* first(stream, 1), positions(1, 1))
      const second = yield* Effect.exit(first(stream, 1))
      assert.isTrue(Exit.isFailure(second) && Cause.hasDies(second.cause))
    }).pipe(Effect.provide(freshPubSubSink())))

  it.effect("ends with its scope", () =>
    Effect.gen(function*() {
      const scope = yield* Scope.make()
      const stream = yield* Scope.provide(subscribe(), scope)
      const got = yield* Deferred.make<void>()
      const tapped = Stream.tap(
        stream,
        ({ position }) => position === 2 ? Deferred.succeed(got, undefined) : Effect.void
      )
      const reader = yield* reading(tapped, 5)
      yield* publish(eventsFrom(1, 2))
      yield* Deferred.await(got)
      yield* Scope.close(scope, Exit.void)
      assert.deepStrictEqual(yield* Fiber.join(reader), positions(1, 2))
      yield* publish(eventsFrom(3, 4))
    }).pipe(Effect.provide(freshPubSubSink())))

  it.effect("gives what is in the buffer before the sink is closed, and then ends", () =>
    Effect.gen(function*() {
      const layer = yield* Scope.make()
      const services = yield* Layer.buildWithScope(freshPubSubSink(), layer)
      const [behind, waiting] = yield* Effect.provideContext(Effect.all([subscribe(), subscribe(only("p1"))]), services)
      const reader = yield* Effect.forkChild(all(waiting), { startImmediately: true })
      yield* Effect.provideContext(publish(eventsFrom(1, 3)), services)
      yield* Scope.close(layer, Exit.void)
      assert.deepStrictEqual(yield* all(behind), { got: positions(1, 3), lagged: undefined })
      assert.deepStrictEqual(yield* Fiber.join(reader), { got: positions(1, 3), lagged: undefined })
    }))
})

describe("events that are not retained", () => {
  it.effect("are told with what is", () =>
    Effect.gen(function*() {
      assert.deepStrictEqual(yield* refused(after(0)), nothing)
      yield* publish(eventsFrom(1, 6))
      const retained = { opening_id: "o1", oldest: 3, latest: 6 }
      for (const asked of [after(0), after(1), after(7), after(-1), after(4, "o0")]) {
        assert.deepStrictEqual(yield* refused(asked), retained)
        assert.deepStrictEqual(yield* refused({ ...asked, ...only("p1") }), retained)
      }
      assert.deepStrictEqual(yield* refused({ ...only("p2"), ...after(4) }), nothing)
    }).pipe(Effect.provide(freshPubSubSink({ eventRetention: 4 }))))

  it.effect("are those after a position that is none, as hosts without types may send", () =>
    Effect.gen(function*() {
      yield* publish(eventsFrom(1, 3))
      const retained = { opening_id: "o1", oldest: 1, latest: 3 }
      for (const position of [Number.NaN, undefined, {}, "x"]) {
        assert.deepStrictEqual(yield* refused(after(position as never)), retained)
      }
    }).pipe(Effect.provide(freshPubSubSink())))

  it.effect("are told without an opening where there are several", () =>
    Effect.gen(function*() {
      yield* publish([eventAt(1), eventAt(1, { project: "p2", opening: "o2" })])
      assert.deepStrictEqual(yield* refused(after(0, "o3")), nothing)
      assert.deepStrictEqual(yield* refused(after(2, "o2")), { opening_id: "o2", oldest: 1, latest: 1 })
    }).pipe(Effect.provide(freshPubSubSink())))

  it.effect("are those of the opening before", () =>
    Effect.gen(function*() {
      yield* publish(eventsFrom(1, 3))
      const live = yield* subscribe(only("p1"))
      const replayed = yield* subscribe({ ...only("p1"), ...after(1) })
      yield* publish(eventsFrom(1, 2, { opening: "o2" }))
      assert.deepStrictEqual(yield* refused(after(3)), { opening_id: "o2", oldest: 1, latest: 2 })
      assert.deepStrictEqual(yield* first(live, 2), positions(1, 2, "p1/o2"))
      assert.deepStrictEqual(yield* first(replayed, 4), [...positions(2, 3), ...positions(1, 2, "p1/o2")])
      const again = yield* subscribe({ from: "oldest" })
      assert.deepStrictEqual(yield* first(again, 2), positions(1, 2, "p1/o2"))
    }).pipe(Effect.provide(freshPubSubSink())))

  it.effect("are those before a position that never came", () =>
    Effect.gen(function*() {
      yield* publish([...eventsFrom(1, 3), ...eventsFrom(5, 6)])
      assert.deepStrictEqual(yield* refused(after(3)), { opening_id: "o1", oldest: 5, latest: 6 })
      yield* publish([eventAt(7, { opening: "o2" })])
      assert.deepStrictEqual(yield* refused(after(6)), { opening_id: "o2", oldest: 7, latest: 7 })
      assert.deepStrictEqual(yield* first(yield* subscribe({ from: "oldest" }), 1), positions(7, 7, "p1/o2"))
    }).pipe(Effect.provide(freshPubSubSink())))
})

describe("several projects", () => {
  const one = eventsFrom(1, 3)
  const other = eventsFrom(1, 3, { project: "p2", opening: "o2" })
  const mixed = one.flatMap((event, i) => [event, ...other.slice(i, i + 1)])

  it.effect("are told apart, or together in the order in which their events came", () =>
    Effect.gen(function*() {
      const [everything, ones, others] = yield* Effect.all([subscribe(), subscribe(only("p1")), subscribe(only("p2"))])
      yield* publish(mixed)
      assert.deepStrictEqual(yield* first(everything, 6), mixed.map(shown))
      assert.deepStrictEqual(yield* first(ones, 3), positions(1, 3))
      assert.deepStrictEqual(yield* first(others, 3), positions(1, 3, "p2/o2"))
    }).pipe(Effect.provide(freshPubSubSink())))

  it.effect("are replayed together, or only the one whose position is given", () =>
    Effect.gen(function*() {
      yield* publish(mixed)
      const everything = yield* subscribe({ from: "oldest" })
      const from = yield* subscribe(after(1, "o2"))
      yield* publish([eventAt(4), eventAt(4, { project: "p2", opening: "o2" })])
      const live = ["p1/o1/4", "p2/o2/4"]
      assert.deepStrictEqual(yield* first(everything, 8), [...positions(1, 3), ...positions(1, 3, "p2/o2"), ...live])
      assert.deepStrictEqual(yield* first(from, 4), [...positions(2, 3, "p2/o2"), ...live])
    }).pipe(Effect.provide(freshPubSubSink())))

  it.effect("do not fill each other's buffers", () =>
    Effect.gen(function*() {
      const [quiet, busy] = yield* Effect.all([subscribe(only("p2")), subscribe(only("p1"))])
      yield* publish(other.slice(0, 1))
      yield* publish(eventsFrom(1, 100))
      yield* publish(other.slice(1))
      assert.deepStrictEqual(yield* first(quiet, 3), positions(1, 3, "p2/o2"))
      assert.deepStrictEqual(yield* all(busy), { got: [], lagged: 0 })
    }).pipe(Effect.provide(freshPubSubSink({ subscriberBuffer: 8 }))))
})

describe("a subscriber that is too slow", () => {
  const small = { subscriberBuffer: 8 }

  it.effect("is ended after the last event that it got, and no other is", () =>
    Effect.gen(function*() {
      const [quick, quicker] = yield* Effect.all([subscribe(), subscribe(only("p1"))])
      const readers = yield* Effect.forEach([quick, quicker], (stream) => reading(stream, 40))
      const [slow, fromTwo] = [
        yield* subscribe(),
        yield* publish(eventsFrom(1, 4)).pipe(
          Effect.andThen(subscribe(after(2)))
        )
      ]
      const full = yield* subscribe(only("p1"))
      yield* publish(eventsFrom(5, 12))
      assert.deepStrictEqual(yield* first(full, 8), positions(5, 12))
      yield* publish(eventsFrom(13, 40))
      assert.deepStrictEqual(yield* all(slow), { got: [], lagged: 0 })
      assert.deepStrictEqual(yield* all(fromTwo), { got: positions(3, 4), lagged: 4 })
      for (const reader of readers) assert.deepStrictEqual(yield* Fiber.join(reader), positions(1, 40))
    }).pipe(Effect.provide(freshPubSubSink(small))))

  it.effect("is told the position from which it began, if it got nothing", () =>
    Effect.gen(function*() {
      yield* publish(eventsFrom(1, 4))
      const stream = yield* subscribe(after(4))
      yield* publish(eventsFrom(5, 20))
      assert.deepStrictEqual(yield* all(stream), { got: [], lagged: 4 })
    }).pipe(Effect.provide(freshPubSubSink(small))))

  it.effect("gets what came before the gap", () =>
    Effect.gen(function*() {
      const stream = yield* subscribe()
      const [taken, goOn] = [yield* Deferred.make<void>(), yield* Deferred.make<void>()]
      const reader = yield* stream.pipe(
        Stream.tap((event) =>
          event.position === 3 ? Effect.andThen(Deferred.succeed(taken, undefined), Deferred.await(goOn)) : Effect.void
        ),
        all,
        Effect.forkChild({ startImmediately: true })
      )
      yield* publish(eventsFrom(1, 3))
      yield* Deferred.await(taken)
      yield* publish(eventsFrom(4, 12))
      yield* Deferred.succeed(goOn, undefined)
      assert.deepStrictEqual(yield* Fiber.join(reader), { got: positions(1, 3), lagged: 3 })
    }).pipe(Effect.provide(freshPubSubSink(small))))

  it.effect("is counted", () =>
    Effect.gen(function*() {
      const streams = yield* Effect.all([subscribe(), subscribe(only("p1")), subscribe(only("p2"))])
      yield* publish(eventsFrom(1, 20))
      yield* all(streams[0])
      yield* all(streams[1])
      const counted = (yield* Metric.snapshot).find(({ id }) => id === "packer_subscribers_lagged_total")
      assert.deepInclude(counted?.state, { count: 2 })
    }).pipe(Effect.provide(freshPubSubSink(small)), Effect.provideService(Metric.MetricRegistry, new Map())))

  it.effect("can subscribe again", () =>
    Effect.gen(function*() {
      const stream = yield* subscribe()
      yield* publish(eventsFrom(1, 20))
      const { lagged } = yield* all(stream)
      const again = yield* subscribe(after(lagged ?? -1))
      assert.deepStrictEqual(yield* first(again, 20), positions(1, 20))
    }).pipe(Effect.provide(freshPubSubSink(small))))

  it.effect("is not one that had no turn, however many come at once", () =>
    Effect.gen(function*() {
      const readers = yield* Effect.forEach([undefined, only("p1")], (subscription) =>
        Effect.flatMap(subscribe(subscription), (stream) =>
          stream.pipe(
            Stream.mapArrayEffect((events) =>
              Effect.as(Effect.yieldNow, events)
            ),
            (stream) => reading(stream, 5000)
          )))
      yield* publish(eventsFrom(1, 5000))
      for (const reader of readers) assert.deepStrictEqual(yield* Fiber.join(reader), positions(1, 5000))
    }).pipe(Effect.provide(freshPubSubSink({ subscriberBuffer: 64 }))))
})

describe("the events of an operation", () => {
  const of = (position: number, sequence: number, kind: "progress_updated" | "action_applied" = "progress_updated") =>
    eventAt(position, { operation: "op", sequence, kind })

  it.effect("are replayed, and come until the terminal one", () =>
    Effect.gen(function*() {
      yield* publish([eventAt(1), of(2, 1), eventAt(3), of(4, 2)])
      const running = yield* operation("op")
      const waiting = yield* Effect.flatMap(operation("op"), (stream) => Effect.forkChild(all(stream)))
      yield* publish([eventAt(5), of(6, 3), of(7, 4, "action_applied"), eventAt(8)])
      const got = ["p1/o1/2", "p1/o1/4", "p1/o1/6", "p1/o1/7"]
      const whole = { got, lagged: undefined }
      assert.deepStrictEqual(yield* all(running), whole)
      assert.deepStrictEqual(yield* Fiber.join(waiting), whole)
      assert.deepStrictEqual(yield* all(yield* operation("op")), whole)
    }).pipe(Effect.provide(freshPubSubSink())))

  it.effect("are not retained if their first is not, or was never there", () =>
    Effect.gen(function*() {
      assert.deepStrictEqual(yield* refusal(operation("op")), nothing)
      yield* publish([of(1, 1), ...eventsFrom(2, 4)])
      assert.deepStrictEqual(yield* first(yield* operation("op"), 1), ["p1/o1/1"])
      yield* publish([of(5, 2)])
      const gone = { opening_id: "o1", oldest: 2, latest: 5 }
      assert.deepStrictEqual(yield* refusal(operation("op")), gone)
      assert.deepStrictEqual(yield* refusal(operation("unknown")), gone)
    }).pipe(Effect.provide(freshPubSubSink({ eventRetention: 4 }))))

  it.effect("wait in the buffer of their project only, and can be too many for it", () =>
    Effect.gen(function*() {
      yield* publish([of(1, 1)])
      const [quiet, slow] = yield* Effect.all([operation("op"), operation("op")])
      yield* publish(eventsFrom(1, 100, { project: "p2", opening: "o2" }))
      yield* publish([of(2, 2)])
      assert.deepStrictEqual(yield* first(quiet, 2), positions(1, 2))
      yield* publish(eventsFrom(3, 20))
      assert.deepStrictEqual(yield* all(slow), { got: ["p1/o1/1"], lagged: 1 })
    }).pipe(Effect.provide(freshPubSubSink({ subscriberBuffer: 8 }))))

  it.effect("end with an error if the project is opened again before the terminal one", () =>
    Effect.gen(function*() {
      yield* publish([of(1, 1)])
      const stream = yield* operation("op")
      yield* publish([of(2, 2), eventAt(1, { opening: "o2", operation: "op" })])
      assert.deepStrictEqual(yield* all(stream), { got: positions(1, 2), lagged: 2 })
      assert.deepStrictEqual(yield* first(yield* operation("op"), 1), ["p1/o2/1"])
    }).pipe(Effect.provide(freshPubSubSink())))
})

describe("in every order of publishing, subscribing and reading", () => {
  const settings = { eventRetention: 5, subscriberBuffer: 3 }
  const projects = ["p1", "p2"]

  interface Reader {
    readonly project: string | undefined
    readonly pull: Pull.Pull<ReadonlyArray<PackerEvent>, SubscriberLagged>
    replay: ReadonlyArray<PackerEvent>
    live: Array<PackerEvent>
    last: number
  }

  it.effect.prop(
    "a reader gets what it began with and then what comes, or is ended where more waits than its buffer takes",
    { acts: Arbitrary.array(Arbitrary.all([integer(0, 9), integer(0, 99)]), { maxLength: 60 }) },
    ({ acts }) =>
      Effect.gen(function*() {
        const openings = new Map(projects.map((project) => [project, { opening: 1, events: eventsFrom(1, 0) }]))
        const readers: Array<Reader> = []
        const openingOf = (project: string, opening: number) => `${project}-o${opening}`

        const publishNext = Effect.fnUntraced(function*(project: string, again: boolean) {
          const before = openings.get(project) ?? { opening: 0, events: [] }
          const now = again ? { opening: before.opening + 1, events: [] } : before
          const event = eventAt((now.events.at(-1)?.position ?? 0) + 1, {
            project,
            opening: openingOf(project, now.opening)
          })
          openings.set(project, { ...now, events: [...now.events, event].slice(-settings.eventRetention) })
          yield* publish([event])
          for (const reader of readers) if ((reader.project ?? project) === project) reader.live.push(event)
        })

        const begin = Effect.fnUntraced(function*(stream: Reading, rest: Omit<Reader, "pull" | "live">) {
          readers.push({ ...rest, live: [], pull: yield* Stream.toPull(stream) })
        })

        const subscribeSomehow = Effect.fnUntraced(function*(project: string, chance: number) {
          const { events, opening } = openings.get(project) ?? { opening: 0, events: [] }
          const asked: Subscription = chance % 2 === 0 ? only(project) : {}
          const from = { project: asked.project_id, replay: [], last: 0 }
          if (chance < 20) return yield* begin(yield* subscribe(asked), from)
          if (chance < 40) {
            const stream = yield* subscribe({ ...asked, from: "oldest" })
            const together = asked.project_id === undefined ? [...openings.values()] : [{ events }]
            // Projects are replayed in the order in which they were first heard of.
            return yield* begin(stream, { ...from, replay: together.flatMap(({ events }) => events) })
          }
          const oldest = events[0]?.position ?? 0
          const latest = events.at(-1)?.position ?? 0
          const position = chance % (latest + 2)
          const isOld = chance > 90
          const beginning = after(position, openingOf(project, isOld ? opening - 1 : opening))
          const result = yield* Effect.result(subscribe({ ...asked, ...beginning }))
          const isRetained = !isOld && latest > 0 && position >= oldest - 1 && position <= latest
          assert.strictEqual(Result.isSuccess(result), isRetained)
          if (Result.isFailure(result)) return
          const replay = events.filter((event) => event.position > position)
          yield* begin(result.success, { ...from, replay, last: position })
        })

        const read = Effect.fnUntraced(function*(reader: Reader) {
          const { last, live, pull, replay } = reader
          if (replay.length + live.length === 0) return
          const got = yield* Effect.result(pull)
          if (replay.length === 0 && live.length > settings.subscriberBuffer) {
            assert.isTrue(Result.isFailure(got))
            if (Result.isFailure(got)) assert.deepInclude(got.failure, { _tag: "SubscriberLagged", lastPosition: last })
            readers.splice(readers.indexOf(reader), 1)
            return
          }
          const due = replay.length > 0 ? replay : live
          assert.deepStrictEqual(Result.isSuccess(got) ? got.success.map(shown) : [], due.map(shown))
          reader.last = due.at(-1)?.position ?? 0
          if (replay.length > 0) reader.replay = []
          else reader.live = []
        })

        // The sink hears of the projects in this order.
        for (const project of projects) yield* publishNext(project, false)
        for (const [act, chance] of acts) {
          const project = projects[chance % projects.length] ?? "p1"
          const reader = readers[chance % Math.max(1, readers.length)]
          if (act < 5) yield* publishNext(project, chance > 90)
          else if (act < 7) yield* subscribeSomehow(project, chance)
          else if (reader !== undefined) yield* read(reader)
        }
        for (const reader of readers.slice()) {
          yield* read(reader)
          if (readers.includes(reader)) yield* read(reader)
        }
      }).pipe(Effect.scoped, Effect.provide(freshPubSubSink(settings), { local: true })),
    { arbitrary: { runs: 500 } }
  )

  it.effect.prop(
    "one that subscribes again from where it was ended has everything once",
    {
      turns: Arbitrary.array(integer(0, 4), { minLength: 3, maxLength: 40 }),
      buffer: integer(1, 6),
      // So many steps go by before a fiber gives way, so that others come between any two. Of 2 Effect makes no headway.
      steps: integer(3, 12)
    },
    ({ buffer, steps, turns }) =>
      Effect.gen(function*() {
        const last = 60
        let turn = 0
        const someTurns = Effect.suspend(() =>
          Effect.repeat(Effect.yieldNow, { times: turns[turn++ % turns.length] ?? 0 })
        )

        const readFrom = (position: number, subscription: Subscription): Effect.Effect<
          ReadonlyArray<number>,
          EventsNotRetained,
          PackerEvents
        > =>
          Effect.gen(function*() {
            const got: Array<number> = []
            const end = yield* Effect.scoped(Effect.gen(function*() {
              const stream = yield* subscribe({ ...subscription, ...after(position) })
              yield* someTurns
              const each = (event: PackerEvent) =>
                Effect.tap(someTurns, () => Effect.sync(() => got.push(event.position)))
              return yield* stream.pipe(
                Stream.takeUntil((event) => event.position === last),
                Stream.runForEach(each),
                Effect.result
              )
            }))
            if (Result.isSuccess(end)) return got
            assert.strictEqual(end.failure.lastPosition, got.at(-1) ?? position)
            return [...got, ...(yield* readFrom(end.failure.lastPosition, subscription))]
          })

        yield* publish(eventsFrom(1, 1))
        const readers = yield* Effect.forEach([{}, only("p1"), {}, only("p1")], (subscription) =>
          Effect.forkChild(Effect.andThen(someTurns, readFrom(0, subscription))))
        yield* Effect.forEach(eventsFrom(2, last), (event) =>
          Effect.andThen(publish([event]), someTurns))
        const whole = Array.from({ length: last }, (_, i) => i + 1)
        for (const reader of readers) assert.deepStrictEqual(yield* Fiber.join(reader), whole)
      }).pipe(
        Effect.provideService(References.MaxOpsBeforeYield, steps),
        Effect.provide(freshPubSubSink({ subscriberBuffer: buffer }), { local: true })
      ),
    { arbitrary: { runs: 200 } }
  )
})
