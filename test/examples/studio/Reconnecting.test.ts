/** A page whose server goes away and comes back: nothing is lost, nothing is done twice, and a draft stays. */
import { assert, describe, it } from "@effect/vitest"
import { Context, Deferred, Effect, Exit, Fiber, Layer, Option, Scope, Stream } from "effect"
import * as fs from "node:fs"
import { Command, isTerminal, type PackerEvent, ProjectRuntime } from "prometeu-packer"
import {
  Activity,
  activity,
  AssetsWorkspace,
  assetsWorkspace,
  BankCompositionEditor,
  bankCompositionEditor,
  filesOf,
  progress,
  studioEventBus,
  studioPackerAdapter
} from "prometeu-packer/studio"
import { CollectedEvents, collectingSink } from "prometeu-packer/testing"
import { Connection, type ConnectionState } from "../../../examples/studio/shared/Connection.ts"
import { cuttable, projectAt, projectOver, serverFor, startStudio } from "../../support/Afar.ts"
import { onDisk } from "../../support/Grounds.ts"
import { illegalities } from "../../support/Legal.ts"

const bank = (...files: ReadonlyArray<string>) =>
  `${
    JSON.stringify({
      schema_version: 1,
      asset_uuid: "0198c0de-7000-7000-8000-000000000001",
      name: "atlas",
      family: "tile_bank",
      output: { format: "TILES/indexed_v1", codec: "none", metadata: { tile_size: 16 } },
      artifacts: files.map((file, index) => ({ index, file }))
    })
  }\n`

const project = onDisk({
  "assets/ui/atlas/asset.json": bank("a.png", "b.png"),
  "assets/ui/atlas/a.png": "a",
  "assets/ui/atlas/b.png": "b",
  "assets/ui/atlas/c.png": "c",
  "assets/ui/other/asset.json": bank().replace("001", "002")
})
const register = (root: string) => Command.register({ root })
const rename = (name: string) => Command.updateContract({ asset: { root: "ui/atlas" }, name })

/** A page at a server: all parts of the Studio, as they stand on a project that is embedded. */
const pageAt = (url: string) =>
  Layer.mergeAll(assetsWorkspace, bankCompositionEditor).pipe(
    Layer.provideMerge(projectAt(url)),
    Layer.provideMerge(Layer.mergeAll(studioPackerAdapter, activity, progress)),
    Layer.provideMerge(studioEventBus),
    Layer.fresh
  )

const whenConnection = (wanted: ConnectionState) =>
  Connection.use(({ changes }) =>
    changes.pipe(Stream.filter(({ state }) => state === wanted), Stream.take(1), Stream.runDrain)
  )
const composition = (root: string): ReadonlyArray<string> => {
  const { artifacts } = JSON.parse(fs.readFileSync(`${root}/assets/ui/atlas/asset.json`, "utf8"))
  return artifacts.map(({ file }: { readonly file: string }) => file)
}

/** What is true of the events that a page got: of each opening all of them, from the first on. */
const assertAllTold = (events: ReadonlyArray<PackerEvent>, openings: number) => {
  const byOpening = Map.groupBy(events, ({ opening_id }) => opening_id)
  assert.strictEqual(byOpening.size, openings)
  for (const told of byOpening.values()) assert.deepStrictEqual(illegalities(told, true), [])
}

describe("a page", () => {
  it.live("gets every event once and reads what there is, when its link was cut while others went on", () =>
    Effect.gen(function*() {
      const { open, root } = yield* project
      const url = yield* serverFor(root, open())
      const { cut, mend, sockets } = cuttable()
      const one = yield* Layer.build(Layer.fresh(Layer.provideMerge(projectOver(url, sockets), collectingSink)))
      const two = yield* Layer.build(Layer.fresh(Layer.provideMerge(projectAt(url), collectingSink)))
      const [mine, others] = [Context.get(one, ProjectRuntime), Context.get(two, ProjectRuntime)]
      const isSame = Effect.map(
        Effect.all([mine.listAssets(), others.listAssets()]),
        ([mine, others]) => assert.deepStrictEqual({ ...mine, position: 0 }, { ...others, position: 0 })
      )
      yield* mine.execute(register("ui/atlas"))
      const generations = yield* Effect.forkChild(
        Effect.flip(Stream.runDrain(mine.changes)),
        { startImmediately: true }
      )

      yield* cut
      yield* Effect.provideContext(whenConnection("lost"), one)
      yield* others.execute(rename("renamed"))
      yield* others.execute(register("ui/other"))
      assert.strictEqual((yield* mine.listAssets({ registration: "registered" })).total, 1, "what was known last")
      const waiting = yield* Effect.forkChild(mine.execute(rename("again")), { startImmediately: true })
      yield* mend
      const outcome = yield* Fiber.join(waiting)
      assert.strictEqual((yield* Context.get(one, Connection).view).state, "open")
      const { generation } = yield* mine.listAssets()
      assert.strictEqual(generation, outcome.generation)
      assert.strictEqual(
        (yield* Fiber.join(generations))._tag,
        "SubscriberLagged",
        "it missed generations, and is told so"
      )

      yield* others.execute(rename("and again"))
      yield* mine.execute(rename("at last"))
      yield* others.refresh()
      yield* isSame
      const events = yield* Context.get(one, CollectedEvents).all
      assertAllTold(events, 1)
      assert.strictEqual(events.filter(isTerminal).length, 7)
    }))

  it.live("keeps its draft when the server is killed, applies it when there is one again, and does nothing twice", () =>
    Effect.gen(function*() {
      const { root } = yield* project
      const first = yield* startStudio(root)
      yield* Effect.gen(function*() {
        const packer = yield* ProjectRuntime
        const editors = yield* BankCompositionEditor
        yield* packer.execute(register("ui/atlas"))
        const opening = packer.openingId
        const editor = yield* editors.open({ root: "ui/atlas" })
        yield* editor.edit
        yield* editor.add("c.png", 0)
        yield* first.kill("SIGKILL")
        yield* whenConnection("lost")
        const lost = yield* editor.state
        assert.strictEqual(lost._tag, "Editing")
        yield* editor.moveDown("c.png")

        // Both are asked for while there is nobody to ask.
        const applied = yield* Effect.forkChild(editor.apply, { startImmediately: true })
        const registered = yield* Effect.forkChild(packer.execute(register("ui/other")), { startImmediately: true })
        const second = yield* startStudio(root, "--port", String(first.port))
        assert.isTrue(yield* Fiber.join(applied))
        yield* Fiber.join(registered)
        yield* whenConnection("open")

        assert.notStrictEqual(packer.openingId, opening)
        assert.deepStrictEqual(composition(root), ["a.png", "c.png", "b.png"])
        const after = yield* editor.state
        assert.strictEqual(after._tag, "ReadOnly")
        assert.deepStrictEqual(after.section.details.composition.selected.map(({ file }) => file), [
          "a.png",
          "c.png",
          "b.png"
        ])
        const { list } = yield* (yield* AssetsWorkspace).view
        assert.deepStrictEqual([list.opening_id, list.total], [packer.openingId, 2])
        const { finished } = yield* (yield* Activity).view
        const done = finished.map(({ action, result }) => `${action} ${result._tag}`)
        assert.deepStrictEqual(done.filter((line) => !line.startsWith("open")).toSorted(), [
          "applyBankComposition Applied",
          "register Applied",
          "register Applied"
        ])
        assert.strictEqual(yield* second.kill("SIGINT"), 0)
      }).pipe(Effect.scoped, Effect.provide(pageAt(first.url)))
    }))

  it.live("gets the outcome of an operation that the server was asked for before it was started again", () =>
    Effect.gen(function*() {
      const { open, root } = yield* project
      const server = yield* Scope.make()
      const url = yield* Scope.provide(serverFor(root, open()), server)
      const { cut, mend, sockets } = cuttable()
      yield* Effect.gen(function*() {
        const packer = yield* ProjectRuntime
        const handle = yield* packer.submit(rename("once"), { operationId: "mine" })
        yield* cut
        assert.isTrue(Option.isNone(yield* handle.poll))
        yield* Scope.close(server, Exit.void)
        yield* serverFor(root, open(), Number(new URL(url).port))
        yield* mend
        assert.strictEqual((yield* handle.await).operationId, "mine")
        assert.isTrue(Option.isSome(yield* handle.poll))
        assert.isFalse(yield* handle.cancel)
        const told = yield* Stream.runCollect(handle.events)
        assert.deepStrictEqual(told.map(({ sequence }) => sequence), Array.from(told, (_, n) => n + 1))
        assert.strictEqual(told.at(-1)?.kind, "action_applied")
        assert.strictEqual((yield* packer.getAssetDetails({ root: "ui/atlas" })).summary.name, "once")
      }).pipe(Effect.provide(Layer.provide(projectOver(url, sockets), collectingSink)))
    }))

  it.live("begins anew when the server has another project than before, and asks nothing of that", () =>
    Effect.gen(function*() {
      const [one, two] = yield* Effect.all([project, project])
      const server = yield* Scope.make()
      const url = yield* Scope.provide(serverFor(one.root, one.open()), server)
      const isAnother = yield* Deferred.make<void>()
      const { sockets } = cuttable()
      const page = projectOver(url, sockets, Effect.asVoid(Deferred.succeed(isAnother, undefined)))
      yield* Effect.gen(function*() {
        const packer = yield* ProjectRuntime
        yield* Scope.close(server, Exit.void)
        yield* whenConnection("lost")
        yield* Effect.forkChild(packer.execute(register("ui/atlas")), { startImmediately: true })
        const other = yield* serverFor(two.root, two.open(), Number(new URL(url).port))
        yield* Deferred.await(isAnother)
        const { state } = yield* (yield* Connection).view
        assert.strictEqual(state, "lost")
        const direct = yield* Effect.provide(ProjectRuntime, Layer.provide(projectAt(other), collectingSink))
        assert.strictEqual((yield* direct.listAssets({ registration: "registered" })).total, 0)
      }).pipe(Effect.provide(Layer.provide(page, collectingSink)))
    }))

  it.live("keeps a draft that cannot be applied, says why, and applies it when that is mended", () =>
    Effect.gen(function*() {
      const { open, put, remove, root } = yield* project
      const url = yield* serverFor(root, open())
      yield* Effect.gen(function*() {
        const editor = yield* (yield* BankCompositionEditor).open({ root: "ui/atlas" })
        yield* editor.edit
        yield* editor.remove("a.png")
        yield* editor.add("c.png")
        remove("assets/ui/atlas/c.png")
        assert.isFalse(yield* editor.apply)
        const failed = yield* editor.state
        if (failed._tag !== "Editing") return assert.fail(failed._tag)
        assert.deepStrictEqual(filesOf(failed.draft), ["b.png", "c.png"])
        assert.strictEqual(failed.lastFailure?.error?._tag, "CommandBlocked")
        assert.include(failed.lastFailure?.message, "c.png")
        assert.deepStrictEqual(composition(root), ["a.png", "b.png"])

        put("assets/ui/atlas/c.png", "c")
        assert.isTrue(yield* editor.retry)
        assert.deepStrictEqual(composition(root), ["b.png", "c.png"])
      }).pipe(Effect.scoped, Effect.provide(pageAt(url)))
    }))

  it.live("is told of an edit behind the packer's back by the command that meets it, and adopts it", () =>
    Effect.gen(function*() {
      const { open, put, root } = yield* project
      const url = yield* serverFor(root, open())
      yield* Effect.gen(function*() {
        const packer = yield* ProjectRuntime
        put("assets/ui/atlas/asset.json", bank("b.png"))
        const error = yield* Effect.flip(packer.execute(rename("mine")))
        assert.strictEqual(error._tag, "Diverged")
        assert.include(error.message, "Changed behind the packer's back")
        assert.isTrue((yield* packer.getAssetDetails({ root: "ui/atlas" })).summary.diverged)
        yield* packer.refreshAsset({ root: "ui/atlas" })
        const { composition, summary } = yield* packer.getAssetDetails({ root: "ui/atlas" })
        assert.deepStrictEqual([summary.diverged, composition.selected.length], [false, 1])
      }).pipe(Effect.provide(pageAt(url)))
    }))
})
