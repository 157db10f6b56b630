/** The assets workspace: one generation, read again when there is another one, and a selection that means an asset. */
import { assert, describe, it } from "@effect/vitest"
import { Context, Effect, Fiber, Layer, Queue, Stream } from "effect"
import { Command, Generation, ProjectRuntime, type SnapshotChange } from "../../src/index.ts"
import { type AssetsView, AssetsWorkspace } from "../../src/studio.ts"
import { collectingSink, manifestText, memoryProject, SimulatedDisk, testUuid } from "../../src/testing.ts"
import { turns } from "../support/Projects.ts"
import { compose, studioDisk, studioOn, studioOver } from "../support/Studio.ts"

const execute = (command: Command) => Effect.andThen(ProjectRuntime.use((packer) => packer.execute(command)), turns)
const view = Effect.flatMap(AssetsWorkspace, ({ view }) => view)
const select = (root: string) => AssetsWorkspace.use((workspace) => workspace.select({ root }))
const roots = ({ list }: AssetsView): ReadonlyArray<string> => list.assets.map(({ root }) => root)
const selected = ({ selected }: AssetsView): string | undefined => selected?.details.summary.root

/** Everything in a view is of one generation. */
const assertWhole = ({ list, selected }: AssetsView) => {
  if (selected === undefined) return
  assert.strictEqual(selected.details.generation, list.generation)
  assert.strictEqual(selected.details.position, list.position)
  assert.strictEqual(selected.asset.root, selected.details.summary.root)
}

describe("the workspace", () => {
  it.live("lists what a query finds, with details and actions of the selected asset", () =>
    Effect.gen(function*() {
      const { deselect, filter } = yield* AssetsWorkspace
      assert.deepStrictEqual(roots(yield* view), ["ui/atlas", "ui/free", "ui/other"])
      yield* select("ui/free")
      yield* filter({ registration: "registered" })
      const now = yield* view
      assertWhole(now)
      assert.deepStrictEqual(roots(now), ["ui/atlas", "ui/other"])
      assert.deepStrictEqual(now.query, { registration: "registered" })
      assert.strictEqual(selected(now), "ui/free")
      const enabled = now.selected?.actions.flatMap(({ action, enabled }) => enabled ? [action] : [])
      assert.includeMembers(enabled ?? [], ["register", "delete"])
      assert.notInclude(enabled ?? [], "unregister")
      yield* deselect
      assert.isUndefined((yield* view).selected)
    }).pipe(Effect.provide(studioOn(studioDisk().disk))))

  it.live("reads again when something that it shows has changed", () =>
    Effect.gen(function*() {
      yield* select("ui/atlas")
      const before = yield* view
      yield* execute(Command.updateContract({ asset: { id: 1 }, name: "renamed" }))
      const now = yield* view
      assertWhole(now)
      assert.strictEqual(now.list.generation, before.list.generation + 1)
      assert.strictEqual(now.list.assets[0]?.name, "renamed")
      assert.strictEqual(now.selected?.details.summary.name, "renamed")
      assert.strictEqual(now.list.assets[1], before.list.assets[1])
      yield* execute(Command.create({ root: "a/new", name: "new", family: "tile_bank" }))
      assert.deepStrictEqual(roots(yield* view)[0], "a/new")
    }).pipe(Effect.provide(studioOn(studioDisk().disk))))

  it.live("keeps an asset selected that is moved, by whatever name it was selected", () =>
    Effect.gen(function*() {
      const { filter } = yield* AssetsWorkspace
      yield* filter({ text: "ui/" })
      yield* select("ui/atlas")
      yield* execute(Command.relocate({ asset: { id: 1 }, to: "moved/atlas" }))
      const now = yield* view
      assert.strictEqual(selected(now), "moved/atlas")
      assert.deepStrictEqual(roots(now), ["ui/free", "ui/other"])
      assert.isUndefined(now.gone)
      yield* execute(Command.relocate({ asset: { id: 1 }, to: "ui/again" }))
      assert.strictEqual(selected(yield* view), "ui/again")
    }).pipe(Effect.provide(studioOn(studioDisk().disk))))

  it.live("selects nothing when the asset is gone, and says which one it was, until another one is selected", () =>
    Effect.gen(function*() {
      yield* select("ui/atlas")
      yield* execute(Command.delete({ asset: { id: 1 } }))
      const now = yield* view
      assert.isUndefined(now.selected)
      assert.deepStrictEqual(now.gone?.root, "ui/atlas")
      assert.deepStrictEqual(now.gone?.assetUuid, testUuid(1))
      yield* execute(Command.create({ root: "ui/atlas", name: "atlas", family: "tile_bank" }))
      const later = yield* view
      assert.isUndefined(later.selected)
      assert.isDefined(later.gone)
      yield* select("ui/atlas")
      assert.isUndefined((yield* view).gone)
    }).pipe(Effect.provide(studioOn(studioDisk().disk))))

  it.live("refuses to select what is not there, and keeps what is selected", () =>
    Effect.gen(function*() {
      yield* select("ui/atlas")
      const error = yield* Effect.flip(select("no/such"))
      assert.strictEqual(error._tag, "AssetNotFound")
      assert.include(error.message, "no/such")
      assert.strictEqual(selected(yield* view), "ui/atlas")
    }).pipe(Effect.provide(studioOn(studioDisk().disk))))

  it.live("shows a divergence that a command met, and that it was adopted", () => {
    const disk = studioDisk()
    return Effect.gen(function*() {
      const packer = yield* ProjectRuntime
      yield* select("ui/atlas")
      disk.put("/game/assets/ui/atlas/asset.json", manifestText({ name: "theirs", asset_uuid: testUuid(1) }))
      yield* Effect.flip(packer.execute(compose("x.png")))
      yield* turns
      assert.isDefined((yield* view).selected?.details.divergence)
      assert.isTrue((yield* view).selected?.actions.every(({ enabled }) => !enabled))
      yield* packer.refresh()
      yield* turns
      assert.isUndefined((yield* view).selected?.details.divergence)
      assert.strictEqual((yield* view).selected?.details.summary.name, "theirs")
    }).pipe(Effect.provide(studioOn(disk.disk)))
  })

  it.live("is whole and never goes back, whoever changes what at the same time", () =>
    Effect.gen(function*() {
      const { changes, filter } = yield* AssetsWorkspace
      const seen: Array<AssetsView> = []
      yield* select("ui/atlas")
      const reader = yield* Effect.forkChild(Stream.runForEach(changes, (view) => Effect.sync(() => seen.push(view))), {
        startImmediately: true
      })
      const rename = (i: number) => execute(Command.updateContract({ asset: { id: 1 }, name: `name${i}` }))
      const move = (i: number) => execute(Command.relocate({ asset: { id: 1 }, to: `ui/place${i}` }))
      yield* Effect.forEach(
        Array.from({ length: 30 }, (_, i) => i),
        (i) => i % 3 === 0 ? rename(i) : i % 3 === 1 ? move(i) : filter({ text: i % 2 === 0 ? "ui" : "o" }),
        { concurrency: 3 }
      )
      yield* turns
      yield* Fiber.interrupt(reader)
      assert.isAbove(seen.length, 3)
      for (const [i, view] of seen.entries()) {
        assertWhole(view)
        assert.isAtLeast(view.list.generation, seen[i - 1]?.list.generation ?? 0)
        assert.isDefined(view.selected)
      }
      const { generation } = yield* (yield* ProjectRuntime).listAssets()
      assert.strictEqual((yield* view).list.generation, generation)
    }).pipe(Effect.provide(studioOn(studioDisk().disk))))

  it.live("reads again where its runtime goes over to another opening, whose generations count from 1 too", () =>
    Effect.gen(function*() {
      const opened = Effect.fnUntraced(function*(disk: SimulatedDisk, prefix: string) {
        const project = Layer.fresh(Layer.provide(memoryProject({ disk: disk.disk, prefix }), collectingSink))
        return Context.get(yield* Layer.build(project), ProjectRuntime)
      })
      const [first, second] = [
        yield* opened(studioDisk(), "a"),
        yield* opened(SimulatedDisk.of({ "/game/a": "" }), "b")
      ]
      let now = first
      const generations = yield* Queue.unbounded<SnapshotChange>()
      const packer: typeof first = {
        ...first,
        snapshot: Effect.suspend(() => now.snapshot),
        changes: Stream.fromQueue(generations)
      }
      yield* Effect.gen(function*() {
        assert.lengthOf(roots(yield* view), 3)
        now = second
        yield* Queue.offer(generations, { generation: Generation.make(1), added: [], updated: [], removed: [] })
        yield* turns
        const { list } = yield* view
        assert.deepStrictEqual([list.opening_id, list.generation, list.total], [second.openingId, 1, 0])
      }).pipe(Effect.provide(studioOver(Layer.succeed(ProjectRuntime, packer))))
    }))
})
