/** What a page knows: whole generations, and events when what they tell of can be read. */
import { assert, describe, it } from "@effect/vitest"
import { Effect, Layer, Stream } from "effect"
import { Command, ProjectId, ProjectRuntime, type SnapshotChange } from "prometeu-packer"
import { CollectedEvents, collectingSink, memoryProject } from "prometeu-packer/testing"
import { makeKnown } from "../../../examples/studio/client/Known.ts"
import { difference } from "../../../examples/studio/server/Watching.ts"
import type { News } from "../../../examples/studio/shared/News.ts"
import { studioDisk } from "../../support/Studio.ts"

const first = (generation: SnapshotChange["generation"]): SnapshotChange => ({
  generation,
  added: [],
  updated: [],
  removed: []
})

/** A project lives through a command: what it shows before and after, and all that it tells. */
const live = Effect.gen(function*() {
  const packer = yield* ProjectRuntime
  const before = yield* packer.snapshot
  yield* packer.execute(Command.updateContract({ asset: { id: 1 }, name: "renamed" }))
  const after = yield* packer.snapshot
  const change = { ...first(after.snapshot.generation), ...after.snapshot.change }
  const project = {
    projectId: ProjectId.make("game"),
    openingId: packer.openingId,
    name: "game",
    root: "/game",
    isDemo: false
  }
  return {
    opened: { _tag: "Opened", project, status: yield* packer.status } satisfies News,
    before: difference(undefined, before, [first(before.snapshot.generation)]),
    change: difference(before.snapshot, after, [change]),
    events: yield* (yield* CollectedEvents).all
  }
})
const lived = Effect.suspend(() => {
  const project = Layer.provideMerge(memoryProject({ disk: studioDisk().disk }), collectingSink)
  return Effect.provide(live, project, { local: true })
})

describe("what a page knows", () => {
  it.live("is there whole, and an event is told when what it tells of is there", () =>
    Effect.gen(function*() {
      const { before, change, events, opened } = yield* lived
      const { changes, current, take } = yield* makeKnown
      const told = yield* CollectedEvents
      const takeAll = (news: ReadonlyArray<News>) => Effect.forEach(news, take, { discard: true })
      const name = Effect.map(current, ({ view }) => view.listAssets().assets[0]?.name)

      yield* takeAll([opened, ...before])
      // The events are faster than the generation that they tell of.
      yield* takeAll(events.map((event) => ({ _tag: "Told", event })))
      assert.strictEqual(yield* name, "atlas")
      const isLater = events.findIndex(({ kind }) => kind === "asset_changed")
      assert.deepStrictEqual(yield* told.all, events.slice(0, isLater))
      yield* takeAll(change.slice(0, -1))
      assert.strictEqual(yield* name, "atlas", "nothing is seen before all of it is there")
      yield* takeAll(change.slice(-1))
      assert.strictEqual(yield* name, "renamed")
      assert.deepStrictEqual(yield* told.all, events)
      const [here] = yield* Stream.runCollect(Stream.take(changes, 1))
      assert.strictEqual(here?.generation, 2)
    }).pipe(Effect.provide(collectingSink)))

  it.live("stays the same object when all is told again and nothing is different", () =>
    Effect.gen(function*() {
      const { before, change, opened } = yield* lived
      const { current, take } = yield* makeKnown
      yield* Effect.forEach([opened, ...before], take, { discard: true })
      const { view } = yield* current
      yield* Effect.forEach([opened, ...before], take, { discard: true })
      assert.strictEqual((yield* current).view, view)
      yield* Effect.forEach(change, take, { discard: true })
      const { snapshot } = (yield* current).view
      assert.notStrictEqual(snapshot, view.snapshot)
      assert.strictEqual(snapshot.generation, 2)
    }).pipe(Effect.provide(collectingSink)))
})
