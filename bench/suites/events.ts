/** Events per second to 4 subscribers: our sink, which keeps them and tells who is too slow, and a bare `PubSub`. */
import { Effect, Fiber, Latch, PubSub, Stream } from "effect"
import {
  AssetRoot,
  defaultPackerSettings,
  Generation,
  OpeningId,
  OperationId,
  type PackerEvent,
  PackerEvents,
  PackerEventSink,
  ProjectId,
  pubSubSink
} from "prometeu-packer"

import { type EventDraft, numbered } from "../../src/domain/Event.ts"
import { median, rounded, spreadOf, summaryOf } from "../harness/Statistics.ts"
import type { Suite } from "../harness/Suite.ts"

const subscribers = 4

const drafted: EventDraft = {
  kind: "asset_changed",
  project_id: ProjectId.make("bench"),
  opening_id: OpeningId.make("opening"),
  operation_id: OperationId.make("operation"),
  summary: "\"ui/atlas\" changed",
  affected_assets: [{ root: AssetRoot.make("ui/atlas") }],
  details: { generation: Generation.make(2), added: [], updated: [AssetRoot.make("ui/atlas")], removed: [] }
}

const event = (position: number): PackerEvent => numbered(drafted, { sequence: 1, position, timestamp: 1 })

/** Reads a stream up to the last event; it has to get all of them. */
const readToEnd = Effect.fnUntraced(function*<E>(stream: Stream.Stream<PackerEvent, E>, count: number) {
  const end = yield* Latch.make(false)
  let had = 0
  const reading = Stream.runForEach(stream, ({ position }) =>
    Effect.sync(() => {
      had++
      if (position === count) end.openUnsafe()
    }))
  yield* Effect.raceFirst(reading, end.await)
  if (had !== count) return yield* Effect.die(new Error(`${had} of ${count} events came`))
})

/** Publishes so many events, one after the other, and tells how many there were in a second until all were read. */
const rate = <E>(
  streams: ReadonlyArray<Stream.Stream<PackerEvent, E>>,
  publish: (event: PackerEvent) => Effect.Effect<unknown>,
  count: number
) =>
  Effect.gen(function*() {
    const readers = yield* Effect.forEach(streams, (stream) => Effect.forkChild(readToEnd(stream, count)))
    yield* Effect.yieldNow
    const start = performance.now()
    for (let position = 1; position <= count; position++) yield* publish(event(position))
    yield* Fiber.joinAll(readers)
    return count / ((performance.now() - start) / 1000)
  })

const ours = (count: number) =>
  Effect.gen(function*() {
    const events = yield* PackerEvents
    const sink = yield* PackerEventSink
    const streams = yield* Effect.all(Array.from({ length: subscribers }, () => events.subscribe()))
    return yield* rate(streams, (event) => sink.publish(event), count)
  }).pipe(Effect.scoped, Effect.provide(pubSubSink, { local: true }))

/** It makes publishers wait for the slowest reader, so that nothing is lost here either. */
const bare = (count: number) =>
  Effect.gen(function*() {
    const pubsub = yield* PubSub.bounded<PackerEvent>(defaultPackerSettings.subscriberBuffer)
    const subscriptions = yield* Effect.all(Array.from({ length: subscribers }, () => PubSub.subscribe(pubsub)))
    return yield* rate(subscriptions.map(Stream.fromSubscription), (event) => PubSub.publish(pubsub, event), count)
  }).pipe(Effect.scoped)

/** Runs the suite. */
export const events: Suite = async ({ by, say }) => {
  const count = by(100_000, 20_000, 2000)
  const rounds = by(15, 5, 3)
  const rates = { ours: [] as Array<number>, bare: [] as Array<number> }
  for (let round = 0; round < rounds + 3; round++) {
    say(round < 3 ? "warming up" : `round ${round - 2} of ${rounds}`)
    const one = await Effect.runPromise(ours(count))
    const other = await Effect.runPromise(bare(count))
    if (round < 3) continue
    rates.ours.push(one)
    rates.bare.push(other)
  }
  return {
    figures: {
      "events.vsRawPubSub": {
        value: rounded(median(rates.ours) / median(rates.bare)),
        spread: spreadOf(rates.ours.map((rate, round) => rate / (rates.bare[round] ?? Number.NaN)))
      }
    },
    details: { subscribers, events: count, perSecond: summaryOf(rates.ours), barePerSecond: summaryOf(rates.bare) }
  }
}
