/** What every open project must do, whatever disk it is on. */
import { assert, describe, it } from "@effect/vitest"
import { Effect, Fiber, Layer, Result, Stream } from "effect"
import { Command } from "../../src/domain/Command.ts"
import type { PackerError } from "../../src/domain/Errors.ts"
import { isTerminal, type PackerEvent } from "../../src/domain/Event.ts"
import { ProjectId } from "../../src/domain/Identity.ts"
import type { Preview } from "../../src/domain/Preview.ts"
import type { ProjectOptions } from "../../src/layers/Project.ts"
import { ProjectRuntime } from "../../src/services/ProjectRuntime.ts"
import { CollectedEvents, collectingSink } from "../../src/testing/CollectingSink.ts"
import { manifestText, workspaceFiles } from "../../src/testing/WorkspaceFiles.ts"
import type { Ground, MakeGround } from "../support/Grounds.ts"
import { assertLegal } from "../support/Legal.ts"

const register = (root: string) => Command.register({ root })
const include = (root: string, included: boolean) => Command.setBuildParticipation({ asset: { root }, included })

const tagOf = <A>(effect: Effect.Effect<A, { readonly _tag: string }>): Effect.Effect<string> =>
  Effect.match(effect, { onFailure: ({ _tag }) => _tag, onSuccess: () => "success" })

const kinds = (events: ReadonlyArray<PackerEvent>): ReadonlyArray<string> => events.map(({ kind }) => kind)

const atlas = { "ui/atlas": { manifest: { name: "atlas" }, files: { "a.png": "aa", "b.png": "bb" } } }
const registered = { "ui/atlas": { ...atlas["ui/atlas"], id: 1 }, "sfx/click": { id: 2, manifest: { name: "click" } } }

/**
 * Runs the contract on one kind of ground. Whoever embeds a project opens and closes it, and may have no types; whoever asks
 * for one from afar does and has not.
 */
export const runtimeContract = (name: string, make: MakeGround, host: "embeds" | "asks" = "embeds"): void => {
  const isEmbedded = host === "embeds"
  /** One opening of the project, at whose end its events are legal. */
  const opened = <A, E>(
    ground: Ground,
    body: Effect.Effect<A, E, ProjectRuntime | CollectedEvents>,
    options: Partial<Omit<ProjectOptions, "hash">> = {}
  ) =>
    Effect.gen(function*() {
      const result = yield* Effect.provide(body, ground.open(options))
      assertLegal(yield* (yield* CollectedEvents).all)
      return result
    }).pipe(Effect.provide(collectingSink, { local: true }))

  const check = <E>(
    title: string,
    assets: Parameters<typeof workspaceFiles>[0],
    body: (ground: Ground) => Effect.Effect<void, E, ProjectRuntime | CollectedEvents>
  ) =>
    it.live(title, () =>
      Effect.gen(function*() {
        const ground = yield* make(workspaceFiles(assets))
        yield* opened(ground, body(ground))
      }))

  describe(name, () => {
    describe("opens", () => {
      check("an empty project, and makes nothing but its own folder", {}, ({ text }) =>
        Effect.gen(function*() {
          const runtime = yield* ProjectRuntime
          const { assets, generation, position, total } = yield* runtime.listAssets()
          assert.deepStrictEqual([assets, generation, total], [[], 1, 0])
          assert.isAtLeast(position, 0)
          assert.deepStrictEqual(yield* runtime.status, { _tag: "ready" })
          assert.isUndefined(text("assets/.prometeu/index.json"))
          assert.strictEqual(text("assets/.prometeu/runtime/.gitignore"), "*\n")
        }))

      check("a project with broken assets, and tells what is wrong", {
        ...atlas,
        broken: { manifest: "{ \"name\": " }
      }, () =>
        Effect.gen(function*() {
          const runtime = yield* ProjectRuntime
          const list = yield* runtime.listAssets({ severity: "error" })
          assert.deepStrictEqual(list.assets.map(({ root }) => root), ["broken"])
          const events = yield* CollectedEvents
          const end = yield* events.first(isTerminal)
          assert.strictEqual(end.kind, "action_applied")
          const all = yield* events.all
          assert.deepStrictEqual(
            new Set(kinds(all)),
            new Set(["progress_updated", "asset_discovered", "diagnostics_updated", "action_applied"])
          )
          assert.strictEqual(new Set(all.map((event) => event.opening_id)).size, 1)
        }))

      it.live("one with a broken registry read-only, and refreshing it when that is mended makes it ready", () =>
        Effect.gen(function*() {
          const ground = yield* make(workspaceFiles(atlas))
          ground.put("assets/.prometeu/index.json", "<<<<<<< ours\n")
          yield* opened(
            ground,
            Effect.gen(function*() {
              const runtime = yield* ProjectRuntime
              const status = yield* runtime.status
              assert.strictEqual(status._tag, "read-only")
              const end = yield* (yield* CollectedEvents).first(isTerminal)
              assert.isTrue(end.kind === "action_applied" && end.details.read_only !== undefined)
              const [asset] = (yield* runtime.listAssets()).assets
              assert.strictEqual(asset?.registration, "unknown")
              assert.strictEqual(yield* tagOf(runtime.execute(register("ui/atlas"))), "ProjectReadOnly")
              yield* runtime.refresh()
              assert.strictEqual((yield* runtime.status)._tag, "read-only")
              ground.put("assets/.prometeu/index.json", "{ \"schema_version\": 1, \"assets\": [] }")
              yield* runtime.refresh()
              assert.deepStrictEqual(yield* runtime.status, { _tag: "ready" })
              yield* runtime.execute(register("ui/atlas"))
              yield* runtime.flush
              assert.include(ground.text("assets/.prometeu/index.json"), "\"root\":\"ui/atlas\"")
            })
          )
        }))

      if (isEmbedded) {
        it.live("no folder that is not there, and tells so", () =>
          Effect.gen(function*() {
            const ground = yield* make({})
            const events = yield* CollectedEvents
            const opening = Effect.provide(ProjectRuntime, ground.open({ root: `${ground.root}/nowhere` }))
            const error = yield* Effect.flip(opening)
            assert.strictEqual(error._tag, "ProjectUnreadable")
            assert.include(error.message, "There is no project folder")
            const all = yield* events.all
            assertLegal(all)
            assert.deepStrictEqual(kinds(all), ["action_failed"])
          }).pipe(Effect.provide(collectingSink)))
      }

      if (isEmbedded) {
        it.live("not twice, under whatever project id, until it is closed; and then again", () =>
          Effect.gen(function*() {
            const ground = yield* make(workspaceFiles(atlas))
            yield* opened(
              ground,
              Effect.gen(function*() {
                const other = ground.open({ projectId: ProjectId.make("another") })
                const second = Effect.provide(ProjectRuntime, Layer.provide(other, collectingSink), { local: true })
                assert.strictEqual(yield* tagOf(second), "ProjectLocked")
                const runtime = yield* ProjectRuntime
                yield* runtime.close
                yield* runtime.close
                assert.strictEqual(yield* tagOf(second), "success")
              })
            )
            yield* opened(ground, Effect.asVoid(ProjectRuntime))
          }))
      }

      check("to closing and closed, for all to see", atlas, () =>
        Effect.gen(function*() {
          const runtime = yield* ProjectRuntime
          const seen = yield* Effect.forkChild(Stream.runCollect(runtime.statusChanges), { startImmediately: true })
          yield* runtime.close
          assert.deepStrictEqual((yield* Fiber.join(seen)).map(({ _tag }) => _tag), ["ready", "closing", "closed"])
          assert.strictEqual(yield* tagOf(runtime.execute(register("ui/atlas"))), "RuntimeClosed")
          assert.strictEqual((yield* runtime.listAssets()).total, 1)
        }))
    })

    describe("reads", () => {
      check("what it knows, at one generation", registered, () =>
        Effect.gen(function*() {
          const runtime = yield* ProjectRuntime
          const view = yield* runtime.snapshot
          yield* runtime.execute(include("ui/atlas", false))
          assert.isTrue(Result.getOrThrow(view.getAssetDetails({ id: 1 })).summary.includedInBuild)
          const details = yield* runtime.getAssetDetails({ root: "ui/atlas" })
          assert.isFalse(details.summary.includedInBuild)
          assert.strictEqual(details.generation, 2)
          const before = view.snapshot.assets.get(details.summary.root)
          const after = (yield* runtime.snapshot).snapshot
          assert.notStrictEqual(after.assets.get(details.summary.root), before)
          const [click] = view.listAssets({ text: "click" }).assets
          assert.strictEqual((yield* runtime.listAssets({ text: "click" })).assets[0], click)
          const { actions } = yield* runtime.getAssetActions({ id: 1 })
          assert.isTrue(actions.find(({ action }) => action === "include")?.enabled)
          assert.strictEqual(yield* tagOf(runtime.getAssetDetails({ id: 99 })), "AssetNotFound")
        }))

      check("each later generation, in order, with who made it", registered, () =>
        Effect.gen(function*() {
          const runtime = yield* ProjectRuntime
          const seen = yield* Effect.forkChild(Stream.runCollect(Stream.take(runtime.changes, 3)), {
            startImmediately: true
          })
          yield* runtime.execute(include("ui/atlas", false), { operationId: "one" })
          yield* runtime.execute(Command.delete({ asset: { id: 2 } }), { operationId: "two" })
          assert.deepStrictEqual<unknown>((yield* Fiber.join(seen)).map((change) => ({ ...change })), [
            { generation: 1, added: [], updated: [], removed: [] },
            { generation: 2, operationId: "one", added: [], updated: ["ui/atlas"], removed: [] },
            { generation: 3, operationId: "two", added: [], updated: [], removed: ["sfx/click"] }
          ])
        }))

      check("no older than its position says", registered, () =>
        Effect.gen(function*() {
          const runtime = yield* ProjectRuntime
          const events = yield* CollectedEvents
          yield* runtime.execute(include("ui/atlas", false))
          const { generation, position } = yield* runtime.listAssets()
          const told = (yield* events.all).filter((event) => event.position <= position)
          assert.isTrue(told.some(({ kind }) => kind === "asset_changed"))
          assert.strictEqual(generation, 2)
        }))
    })

    describe("carries out", () => {
      check("every kind of command: durable, visible, told", registered, ({ text }) =>
        Effect.gen(function*() {
          const runtime = yield* ProjectRuntime
          const uuidOf = (file: string) => /"asset_uuid": "([^"]+)"/.exec(text(file) ?? "")?.[1]
          const created = yield* runtime.execute(
            Command.create({ root: "new/one", name: "one", family: "sound_bank" })
          )
          assert.deepStrictEqual<unknown>(created.changes.added, ["new/one"])
          assert.include(text("assets/new/one/asset.json"), "\"family\": \"sound_bank\"")
          const { assetId, assetUuid } = (yield* runtime.getAssetDetails({ root: "new/one" })).summary
          assert.strictEqual(assetId, 3)
          assert.strictEqual(assetUuid, uuidOf("assets/new/one/asset.json"))

          yield* runtime.execute(Command.unregister({ asset: { id: 3 } }))
          assert.strictEqual((yield* runtime.getAssetDetails({ root: "new/one" })).summary.registration, "unregistered")
          yield* runtime.execute(register("new/one"))
          assert.strictEqual((yield* runtime.getAssetDetails({ root: "new/one" })).summary.assetId, 4)
          yield* runtime.execute(include("new/one", false))
          yield* runtime.execute(Command.updateContract({ asset: { id: 4 }, name: "renamed", preload: true }))
          assert.include(text("assets/new/one/asset.json"), "\"name\": \"renamed\"")
          yield* runtime.execute(Command.applyBankComposition({ asset: { id: 1 }, files: ["b.png", "a.png"] }))
          const { composition } = yield* runtime.getAssetDetails({ id: 1 })
          assert.deepStrictEqual(composition.selected.map(({ file }) => file), ["b.png", "a.png"])
          yield* runtime.execute(Command.relocate({ asset: { id: 1 }, to: "ui/deep/atlas" }))
          assert.isUndefined(text("assets/ui/atlas/a.png"))
          assert.strictEqual(text("assets/ui/deep/atlas/a.png"), "aa")
          const deleted = yield* runtime.execute(Command.delete({ asset: { id: 4 } }))
          assert.deepStrictEqual<unknown>(deleted.changes.removed, ["new/one"])
          assert.isUndefined(text("assets/new/one/asset.json"))
          yield* runtime.execute(Command.batch({
            commands: [include("sfx/click", false), Command.unregister({ asset: { id: 1 } })]
          }))
          yield* runtime.flush
          const index = text("assets/.prometeu/index.json") ?? ""
          assert.strictEqual(index.split("\n").filter((line) => line.includes("{\"asset_id\"")).length, 1)
          assert.include(index, "\"root\":\"sfx/click\",\"included_in_build\":false")
          const visible = (yield* runtime.snapshot).snapshot
          assert.isUndefined(visible.registryFacts.divergence)
          for (const { divergence } of visible.assets.values()) assert.isUndefined(divergence)
        }))

      check(
        "a command that changes nothing without a write or a generation, and says so",
        registered,
        ({ text }) =>
          Effect.gen(function*() {
            const runtime = yield* ProjectRuntime
            const before = text("assets/.prometeu/index.json")
            const outcome = yield* runtime.execute(include("ui/atlas", true))
            assert.deepStrictEqual<unknown>(outcome.changes, { added: [], updated: [], removed: [] })
            assert.deepStrictEqual(outcome.warnings.map(({ code }) => code), ["command/no-change"])
            assert.strictEqual(outcome.generation, 1)
            yield* runtime.flush
            assert.strictEqual(text("assets/.prometeu/index.json"), before)
          })
      )

      check("nothing that it refuses, and tells why", registered, () =>
        Effect.gen(function*() {
          const runtime = yield* ProjectRuntime
          const events = yield* CollectedEvents
          const cases: ReadonlyArray<readonly [Command, PackerError["_tag"]]> = [
            [Command.unregister({ asset: { id: 9 } }), "AssetNotFound"],
            [register("ui/atlas"), "CommandBlocked"],
            [Command.relocate({ asset: { id: 1 }, to: "ui/atlas/inside" }), "CommandBlocked"],
            [Command.create({ root: "UI/atlas", name: "x", family: "tile_bank" }), "CommandBlocked"],
            [Command.applyBankComposition({ asset: { id: 1 }, files: ["none.png"] }), "CommandBlocked"]
          ]
          for (const [command, tag] of cases) {
            const handle = yield* runtime.submit(command)
            assert.strictEqual(yield* tagOf(handle.await), tag, JSON.stringify(command))
            const told = yield* events.of(handle.operationId)
            assert.deepStrictEqual(kinds(told), ["action_failed"])
            if ("asset" in command && tag !== "AssetNotFound") {
              assert.deepStrictEqual<unknown>(told[0]?.affected_assets[0]?.root, "ui/atlas")
            }
          }
          assert.strictEqual((yield* runtime.listAssets()).generation, 1)
        }))

      if (isEmbedded) {
        check("nothing that is no command, without an event", registered, () =>
          Effect.gen(function*() {
            const runtime = yield* ProjectRuntime
            const events = yield* CollectedEvents
            const before = (yield* events.all).length
            const told = (all: ReadonlyArray<PackerEvent>) =>
              all.slice(before).filter(({ kind }) => kind !== "progress_updated").length
            // What a host without types may send.
            const wrong = JSON.parse("{ \"_tag\": \"relocate\", \"asset\": 7 }") as Command
            assert.strictEqual(yield* tagOf(runtime.execute(wrong)), "InvalidCommand")
            assert.strictEqual(yield* tagOf(runtime.preview(wrong)), "InvalidCommand")
            const text = JSON.parse("\"ui/atlas\"") as { readonly root: string }
            assert.strictEqual(yield* tagOf(runtime.refreshAsset(text)), "InvalidCommand")
            const expecting = JSON.parse("{ \"digest\": \"x\", \"newUuids\": [\"y\"] }") as Preview
            assert.strictEqual(yield* tagOf(runtime.execute(register("x"), { expecting })), "InvalidCommand")
            const none = JSON.parse("null") as undefined
            assert.strictEqual(yield* tagOf(runtime.execute(register("ui/atlas"), none)), "CommandBlocked")
            const mistyped = JSON.parse("\"abc\"") as { readonly operationId: string }
            assert.strictEqual(yield* tagOf(runtime.execute(register("x"), mistyped)), "InvalidCommand")
            assert.strictEqual(yield* tagOf(runtime.refresh(none)), "success")
            for (
              const ref of [
                text,
                JSON.parse("null") as { readonly id: number },
                JSON.parse("{}") as { readonly id: number }
              ]
            ) {
              assert.strictEqual(yield* tagOf(runtime.getAssetDetails(ref)), "AssetNotFound")
              assert.strictEqual(yield* tagOf(runtime.getAssetActions(ref)), "AssetNotFound")
            }
            assert.strictEqual((yield* runtime.listAssets(none)).total, 2)
            assert.strictEqual(
              yield* tagOf(runtime.execute(register("x"), { operationId: "not an id" })),
              "InvalidCommand"
            )
            assert.strictEqual(told(yield* events.all), 2, "those two that were accepted")
          }))
      }

      check("an operation once, however often it is asked for by its id", registered, () =>
        Effect.gen(function*() {
          const runtime = yield* ProjectRuntime
          const events = yield* CollectedEvents
          const first = yield* runtime.execute(include("ui/atlas", false), { operationId: "mine" })
          yield* runtime.execute(include("ui/atlas", true))
          const count = (yield* events.all).length
          const again = yield* runtime.submit(include("ui/atlas", false), { operationId: "mine" })
          assert.deepStrictEqual(yield* again.await, first)
          assert.strictEqual((yield* Stream.runCollect(again.events)).at(-1)?.kind, "action_applied")
          assert.isFalse(yield* again.cancel)
          assert.strictEqual(
            yield* tagOf(runtime.execute(include("ui/atlas", true), { operationId: "mine" })),
            "OperationIdConflict"
          )
          assert.strictEqual((yield* events.all).length, count)
          // A failure is an outcome too.
          const refused = runtime.execute(Command.unregister({ asset: { id: 7 } }), { operationId: "refused" })
          assert.strictEqual(yield* tagOf(refused), "AssetNotFound")
          assert.strictEqual(yield* tagOf(refused), "AssetNotFound")
        }))

      check(
        "what a preview showed, or tells that it would be something else",
        registered,
        ({ put }) =>
          Effect.gen(function*() {
            const runtime = yield* ProjectRuntime
            const command = Command.create({ root: "new/one", name: "one", family: "tile_bank" })
            const shown = yield* runtime.preview(command)
            assert.deepStrictEqual(shown.blockers, [])
            const outcome = yield* runtime.execute(command, { expecting: shown })
            const details = yield* runtime.getAssetDetails({ root: "new/one" })
            assert.deepStrictEqual(shown.outcome.map(({ summary }) => summary), [details.summary])
            assert.deepStrictEqual<unknown>(outcome.changes.added, ["new/one"])
            const stale = yield* runtime.preview(Command.updateContract({ asset: { id: 1 }, name: "other" }))
            yield* runtime.execute(Command.updateContract({ asset: { id: 1 }, preload: true }))
            const error = yield* Effect.flip(
              runtime.execute(Command.updateContract({ asset: { id: 1 }, name: "other" }), { expecting: stale })
            )
            assert.strictEqual(error._tag, "PreviewStale")
            if (error._tag === "PreviewStale") {
              yield* runtime.execute(Command.updateContract({ asset: { id: 1 }, name: "other" }), {
                expecting: error.preview
              })
            }
            // A preview that finds an edit says so, and marks nothing.
            put("assets/sfx/click/asset.json", manifestText({ name: "edited" }))
            const generation = (yield* runtime.listAssets()).generation
            const diverged = yield* runtime.preview(Command.updateContract({ asset: { id: 2 }, name: "mine" }))
            assert.deepStrictEqual(diverged.blockers.map(({ code }) => code), ["asset/diverged"])
            assert.strictEqual((yield* runtime.listAssets()).generation, generation)
          })
      )

      check("what many ask for at once, one after the other", registered, () =>
        Effect.gen(function*() {
          const runtime = yield* ProjectRuntime
          const roots = Array.from({ length: 40 }, (_, index) => `many/a${index}`)
          const outcomes = yield* Effect.forEach(
            roots,
            (root) => runtime.execute(Command.create({ root, name: "n", family: "tile_bank" })),
            { concurrency: "unbounded" }
          )
          assert.deepStrictEqual(outcomes.map(({ generation }) => generation), roots.map((_, index) => index + 2))
          assert.strictEqual((yield* runtime.listAssets()).total, 42)
        }))
    })

    describe("meets edits of others", () => {
      check(
        "a manifest: refuses, tells, keeps the edit, and adopts it on request",
        registered,
        ({ put, text }) =>
          Effect.gen(function*() {
            const runtime = yield* ProjectRuntime
            const events = yield* CollectedEvents
            const edited = manifestText({ name: "edited" })
            put("assets/ui/atlas/asset.json", edited)
            const rename = Command.updateContract({ asset: { id: 1 }, name: "mine" })
            const handle = yield* runtime.submit(rename)
            assert.strictEqual(yield* tagOf(handle.await), "Diverged")
            assert.strictEqual(text("assets/ui/atlas/asset.json"), edited)
            const told = kinds(yield* events.of(handle.operationId))
            assert.strictEqual(told[0], "divergence_detected")
            assert.strictEqual(told.at(-1), "action_failed")
            assert.isTrue((yield* runtime.getAssetDetails({ id: 1 })).summary.diverged)
            assert.strictEqual(yield* tagOf(runtime.execute(rename)), "Diverged")

            yield* runtime.refreshAsset({ id: 1 })
            const { diagnostics, summary } = yield* runtime.getAssetDetails({ root: "ui/atlas" })
            assert.isFalse(summary.diverged)
            assert.strictEqual(summary.name, "edited")
            assert.deepStrictEqual(diagnostics.map(({ code }) => code), ["identity/missing-uuid"])
          })
      )

      check(
        "a manifest that a refresh finds: told as a divergence, and then adopted",
        registered,
        ({ put }) =>
          Effect.gen(function*() {
            const runtime = yield* ProjectRuntime
            const events = yield* CollectedEvents
            put("assets/ui/atlas/asset.json", manifestText({ name: "edited", asset_uuid: uuid1 }))
            const handle = yield* runtime.submitRefresh()
            yield* handle.await
            const told = kinds(yield* events.of(handle.operationId))
            assert.isBelow(told.indexOf("divergence_detected"), told.lastIndexOf("asset_changed"))
            assert.isAtLeast(told.indexOf("divergence_detected"), 0)
            assert.strictEqual((yield* runtime.getAssetDetails({ id: 1 })).summary.name, "edited")
            assert.isFalse((yield* runtime.getAssetDetails({ id: 1 })).summary.diverged)
          })
      )

      check("equal bytes: no divergence", registered, ({ put, text }) =>
        Effect.gen(function*() {
          const runtime = yield* ProjectRuntime
          put("assets/ui/atlas/asset.json", text("assets/ui/atlas/asset.json") ?? "")
          put("assets/.prometeu/index.json", text("assets/.prometeu/index.json") ?? "")
          yield* runtime.execute(Command.updateContract({ asset: { id: 1 }, name: "mine" }))
          assert.strictEqual((yield* runtime.getAssetDetails({ id: 1 })).summary.name, "mine")
        }))

      check("assets that come and go: found by a refresh", registered, ({ put, remove }) =>
        Effect.gen(function*() {
          const runtime = yield* ProjectRuntime
          const events = yield* CollectedEvents
          put("assets/new/one/asset.json", manifestText({}))
          remove("assets/sfx/click")
          const handle = yield* runtime.submitRefresh()
          const outcome = yield* handle.await
          assert.deepStrictEqual<unknown>(outcome.changes.added, ["new/one"])
          assert.strictEqual((yield* runtime.getAssetDetails({ id: 2 })).summary.registration, "missing")
          const told = kinds(yield* events.of(handle.operationId))
          for (const kind of ["progress_updated", "asset_discovered", "asset_changed", "diagnostics_updated"]) {
            assert.include(told, kind)
          }
          put("assets/new/two/asset.json", manifestText({}))
          yield* runtime.refreshAsset({ root: "new/two" })
          assert.strictEqual((yield* runtime.getAssetDetails({ root: "new/two" })).summary.registration, "unregistered")
          assert.strictEqual(yield* tagOf(runtime.refreshAsset({ root: "nowhere" })), "AssetNotFound")
          assert.strictEqual(yield* tagOf(runtime.refreshAsset({ id: 77 })), "AssetNotFound")
          const quiet = yield* runtime.refresh()
          assert.deepStrictEqual<unknown>(quiet.changes, { added: [], updated: [], removed: [] })
        }))

      check("the registry: blocks every command until a refresh, which brings ours and theirs together", registered, (
        { put, text }
      ) =>
        Effect.gen(function*() {
          const runtime = yield* ProjectRuntime
          yield* runtime.flush
          const before = text("assets/.prometeu/index.json") ?? ""
          put(
            "assets/.prometeu/index.json",
            before.replace("\"included_in_build\":true", "\"included_in_build\":false")
          )
          assert.strictEqual(yield* tagOf(runtime.execute(include("sfx/click", true))), "Diverged")
          assert.strictEqual(yield* tagOf(runtime.execute(include("sfx/click", true))), "Diverged")
          yield* runtime.refresh()
          assert.isUndefined((yield* runtime.snapshot).snapshot.registryFacts.divergence)
          const { assets } = yield* runtime.listAssets()
          assert.strictEqual(assets.filter(({ includedInBuild }) => includedInBuild === false).length, 1)
          yield* runtime.execute(Command.unregister({ asset: { id: 2 } }))
          yield* runtime.flush
          assert.notInclude(text("assets/.prometeu/index.json"), "sfx/click")
        }))

      check(
        "an asset moved by hand: relocating it there repairs the entry",
        registered,
        ({ move, text }) =>
          Effect.gen(function*() {
            const runtime = yield* ProjectRuntime
            move("assets/sfx/click", "assets/sfx/clock")
            yield* runtime.refresh()
            yield* runtime.execute(Command.relocate({ asset: { id: 2 }, to: "sfx/clock" }))
            yield* runtime.flush
            assert.include(text("assets/.prometeu/index.json"), "sfx/clock")
            assert.strictEqual((yield* runtime.getAssetDetails({ id: 2 })).summary.registration, "registered")
          })
      )
    })

    it.live("shows after opening again what it showed before", () =>
      Effect.gen(function*() {
        const ground = yield* make(workspaceFiles(registered))
        const list = Effect.flatMap(ProjectRuntime, (runtime) => runtime.listAssets())
        const before = yield* opened(
          ground,
          Effect.gen(function*() {
            const runtime = yield* ProjectRuntime
            yield* runtime.execute(Command.create({ root: "new/one", name: "one", family: "tile_bank" }))
            yield* runtime.execute(Command.relocate({ asset: { id: 1 }, to: "ui/moved" }))
            yield* runtime.execute(include("sfx/click", false))
            return yield* list
          })
        )
        const after = yield* opened(ground, list)
        assert.deepStrictEqual(after.assets, before.assets)
        assert.notStrictEqual(after.opening_id, before.opening_id)
        assert.strictEqual(after.generation, 1)
      }))
  })
}

const uuid1 = /"asset_uuid": "([^"]+)"/.exec(String(workspaceFiles(registered)["assets/ui/atlas/asset.json"]))?.[1]
