/** Moving and deleting from end to end, and folders that somebody else moved, copied, or put something in the place of. */
import { assert, describe, it } from "@effect/vitest"
import { Duration, Effect, Layer, type Scope } from "effect"
import { Command } from "../../src/domain/Command.ts"
import { isTerminal } from "../../src/domain/Event.ts"
import { defaultPackerSettings, PackerConfig, type PackerSettings } from "../../src/services/PackerConfig.ts"
import { ProjectRuntime } from "../../src/services/ProjectRuntime.ts"
import { CollectedEvents, collectingSink } from "../../src/testing/CollectingSink.ts"
import { memoryProject } from "../../src/testing/MemoryProject.ts"
import { testUuid } from "../../src/testing/ProjectTree.ts"
import { SimulatedDisk } from "../../src/testing/SimulatedDisk.ts"
import { inFolder, manifestText, workspaceFiles } from "../../src/testing/WorkspaceFiles.ts"
import { assertLegal } from "../support/Legal.ts"

const workspace = {
  "ui/atlas": { id: 1, manifest: { name: "atlas" }, files: { "a.png": "aa", "deep/b.png": "bb" } },
  "sfx/click": { id: 2 },
  "loose/one": { manifest: { name: "loose" } }
}

const opened = <A, E>(
  body: (disk: SimulatedDisk) => Effect.Effect<A, E, ProjectRuntime | CollectedEvents | Scope.Scope>,
  assets: Parameters<typeof workspaceFiles>[0] = workspace,
  settings: Partial<PackerSettings> = {}
) =>
  Effect.gen(function*() {
    const disk = SimulatedDisk.of(inFolder("/game", workspaceFiles(assets)))
    const config = Layer.succeed(PackerConfig, { ...defaultPackerSettings, ...settings })
    const layer = Layer.provide(memoryProject({ disk: disk.disk }), config)
    yield* Effect.scoped(Effect.provide(body(disk), layer, { local: true }))
    assertLegal(yield* (yield* CollectedEvents).all)
  }).pipe(Effect.provide(collectingSink, { local: true }))

/** What a command ends with: `success`, the tag of its error, or the codes of its blockers. */
const ending = Effect.fnUntraced(function*(command: Command) {
  const runtime = yield* ProjectRuntime
  return yield* Effect.match(runtime.execute(command), {
    onSuccess: () => "success",
    onFailure: (error) =>
      error._tag === "CommandBlocked" ? error.blockers.map(({ code }) => code).join(" ") : error._tag
  })
})

const move = (id: number, to: string) => Command.relocate({ asset: { id }, to })
const remove = (id: number) => Command.delete({ asset: { id } })
const pathsIn = (disk: SimulatedDisk, folder: string): ReadonlyArray<string> =>
  disk.entries().flatMap(([path, content]) =>
    path.startsWith(`${folder}/`) && content instanceof Uint8Array ? [path.slice(folder.length + 1)] : []
  )

describe("relocate", () => {
  it.effect("moves a folder with all that is in it, and both ids stay", () =>
    opened((disk) =>
      Effect.gen(function*() {
        const runtime = yield* ProjectRuntime
        const before = (yield* runtime.getAssetDetails({ id: 1 })).summary
        assert.strictEqual(yield* ending(move(1, "art/ui/atlas")), "success")
        assert.deepStrictEqual(pathsIn(disk, "/game/assets/art/ui/atlas"), ["a.png", "asset.json", "deep/b.png"])
        assert.deepStrictEqual(pathsIn(disk, "/game/assets/ui/atlas"), [])
        const after = (yield* runtime.getAssetDetails({ uuid: before.assetUuid ?? "" })).summary
        assert.strictEqual(after.root, "art/ui/atlas")
        assert.strictEqual(after.assetId, before.assetId)
      })
    ))

  it.effect("refuses what is illegal, taken, nested or inside itself, and a folder that holds another asset", () =>
    opened((disk) =>
      Effect.gen(function*() {
        disk.putFolder("/game/assets/taken/on/disk")
        for (
          const [to, expected] of [
            ["../outside", "root/illegal"],
            ["sfx/click", "root/taken"],
            ["taken/on/disk", "root/taken"],
            ["sfx/click/inner", "root/nested"],
            ["ui/atlas/inner", "root/inside-itself"],
            ["SFX/Click", "root/collision"]
          ] as const
        ) {
          assert.include(yield* ending(move(1, to)), expected, to)
        }
        disk.put("/game/assets/ui/atlas/inner/asset.json", manifestText())
        assert.include(yield* ending(move(1, "elsewhere")), "root/holds-asset")
        assert.include(yield* ending(remove(1)), "root/holds-asset")
      })
    ))

  it.effect("changes the letter case of a name", () =>
    opened((disk) =>
      Effect.gen(function*() {
        const runtime = yield* ProjectRuntime
        assert.strictEqual(yield* ending(move(1, "ui/Atlas")), "success")
        assert.strictEqual((yield* runtime.getAssetDetails({ id: 1 })).summary.root, "ui/Atlas")
        assert.include(pathsIn(disk, "/game/assets/ui"), "Atlas/a.png")
      })
    ))

  it.effect("and delete are blocked across devices", () =>
    opened((disk) =>
      Effect.gen(function*() {
        disk.mount("/game/assets/other", "another-device")
        assert.strictEqual(yield* ending(move(1, "other/atlas")), "workspace/across-devices")
        disk.put("/game/assets/other/far/asset.json", manifestText({ asset_uuid: testUuid(77) }))
        const runtime = yield* ProjectRuntime
        yield* runtime.refresh()
        assert.strictEqual(yield* ending(Command.delete({ asset: { root: "other/far" } })), "workspace/across-devices")
      })
    ))

  it.effect("repairs the entry of a folder that was moved by hand, and touches no file", () =>
    opened((disk) =>
      Effect.gen(function*() {
        const runtime = yield* ProjectRuntime
        const text = disk.text("/game/assets/sfx/click/asset.json") ?? ""
        disk.remove("/game/assets/sfx/click")
        disk.put("/game/assets/sfx/clock/asset.json", text)
        yield* runtime.refresh()
        const { diagnostics } = yield* runtime.getAssetDetails({ id: 2 })
        assert.include(diagnostics.map(({ code }) => code), "identity/moved-outside")
        const preview = yield* runtime.preview(move(2, "sfx/clock"))
        assert.deepStrictEqual(preview.filesystemMutations, [])
        assert.strictEqual(yield* ending(move(2, "sfx/clock")), "success")
        assert.strictEqual(disk.text("/game/assets/sfx/clock/asset.json"), text)
        assert.strictEqual((yield* runtime.getAssetDetails({ id: 2 })).summary.registration, "registered")
      })
    ))
})

describe("delete", () => {
  it.effect("puts the folder into the trash with a note, and loses nothing", () =>
    opened((disk) =>
      Effect.gen(function*() {
        const runtime = yield* ProjectRuntime
        yield* runtime.execute(remove(1), { operationId: "thrown-away" })
        const trash = "/game/assets/.prometeu/runtime/trash"
        const kept = pathsIn(disk, trash)
        assert.strictEqual(kept.filter((path) => path.endsWith("/deep/b.png")).length, 1)
        const note = kept.find((path) => path.endsWith("meta.json")) ?? ""
        const text = disk.text(`${trash}/${note}`) ?? ""
        for (const part of ["thrown-away", "ui/atlas", testUuid(1)]) assert.include(text, part)
        // An id is never given out again.
        yield* runtime.execute(Command.create({ root: "ui/atlas", name: "new", family: "tile_bank" }))
        assert.strictEqual((yield* runtime.getAssetDetails({ root: "ui/atlas" })).summary.assetId, 3)
      })
    ))

  it.effect("of a folder that is gone removes the entry; the trash keeps as much as it was told to", () =>
    opened(
      (disk) =>
        Effect.gen(function*() {
          const runtime = yield* ProjectRuntime
          disk.remove("/game/assets/sfx/click")
          yield* runtime.refresh()
          assert.strictEqual(yield* ending(remove(2)), "success")
          for (let round = 0; round < 4; round++) {
            yield* runtime.execute(Command.create({ root: `tmp/${round}`, name: "n", family: "tile_bank" }))
            yield* runtime.execute(Command.delete({ asset: { root: `tmp/${round}` } }))
            yield* runtime.flush
          }
          const notes = pathsIn(disk, "/game/assets/.prometeu/runtime/trash").filter((path) =>
            path.endsWith("meta.json")
          )
          assert.strictEqual(notes.length, 2)
          assert.isTrue(
            notes.every((path) => (disk.text(`/game/assets/.prometeu/runtime/trash/${path}`) ?? "").includes("tmp/"))
          )
        }),
      workspace,
      { trashRetention: 2, checkpointAfter: Duration.hours(1), checkpointAtLatest: Duration.hours(2) }
    ))
})

describe("a batch", () => {
  it.effect("moves, writes into what it moved, and deletes, as one: one generation, one terminal event", () =>
    opened((disk) =>
      Effect.gen(function*() {
        const runtime = yield* ProjectRuntime
        const events = yield* CollectedEvents
        const batch = Command.batch({
          commands: [
            move(1, "art/atlas"),
            Command.updateContract({ asset: { root: "art/atlas" }, name: "moved and renamed" }),
            Command.applyBankComposition({ asset: { id: 1 }, files: ["a.png"] }),
            Command.create({ root: "ui/atlas", name: "in its place", family: "tile_bank" }),
            remove(2),
            Command.register({ root: "loose/one" })
          ]
        })
        const outcome = yield* runtime.execute(batch)
        assert.strictEqual(Number(outcome.generation), 2)
        assert.include(disk.text("/game/assets/art/atlas/asset.json"), "moved and renamed")
        assert.include(disk.text("/game/assets/art/atlas/asset.json"), "a.png")
        assert.include(disk.text("/game/assets/ui/atlas/asset.json"), "in its place")
        const told = yield* events.of(outcome.operationId)
        assert.strictEqual(told.filter(isTerminal).length, 1)
        assert.strictEqual(told.find(({ kind }) => kind === "progress_updated")?.progress?.total, 6)
      })
    ))

  it.effect("that contradicts itself does nothing, and says which of its commands", () =>
    opened((disk) =>
      Effect.gen(function*() {
        const runtime = yield* ProjectRuntime
        const before = disk.entries()
        for (
          const commands of [
            [remove(1), Command.updateContract({ asset: { id: 1 }, name: "gone" })],
            [move(1, "x/y"), move(2, "x/y")],
            [Command.unregister({ asset: { id: 1 } }), Command.unregister({ asset: { id: 1 } })]
          ]
        ) {
          const { blockers } = yield* runtime.preview(Command.batch({ commands }))
          assert.isTrue(blockers.length > 0 && blockers.every(({ part }) => part === 1), JSON.stringify(blockers))
          assert.notStrictEqual(yield* ending(Command.batch({ commands })), "success")
        }
        assert.deepStrictEqual(disk.entries(), before)
      })
    ))
})

describe("a folder that somebody else changed", () => {
  it.effect("gone, or replaced by a file or a link: the command fails, and touches nothing", () =>
    Effect.forEach(["gone", "file", "link"], (how) =>
      opened((disk) =>
        Effect.gen(function*() {
          const runtime = yield* ProjectRuntime
          disk.remove("/game/assets/ui/atlas")
          if (how === "file") disk.put("/game/assets/ui/atlas", "text")
          if (how === "link") disk.putLink("/game/assets/ui/atlas", "/game/assets/sfx/click")
          const before = disk.entries()
          const rename = Command.updateContract({ asset: { id: 1 }, name: "mine" })
          assert.strictEqual(yield* ending(rename), "Diverged", how)
          assert.deepStrictEqual(disk.entries(), before)
          assert.isTrue((yield* runtime.getAssetDetails({ id: 1 })).summary.diverged)
          yield* runtime.refreshAsset({ id: 1 })
          assert.strictEqual((yield* runtime.getAssetDetails({ id: 1 })).summary.registration, "missing")
        })
      )))

  it.effect("copied: it gets an identity of its own, if that is asked for", () =>
    opened((disk) =>
      Effect.gen(function*() {
        const runtime = yield* ProjectRuntime
        disk.put("/game/assets/ui/copy/asset.json", disk.text("/game/assets/ui/atlas/asset.json") ?? "")
        yield* runtime.refresh()
        const { diagnostics } = yield* runtime.getAssetDetails({ root: "ui/copy" })
        assert.include(diagnostics.map(({ code }) => code), "identity/copied")
        assert.include(yield* ending(Command.register({ root: "ui/copy" })), "identity/copied")
        assert.strictEqual(yield* ending(Command.register({ root: "ui/copy", identity: "new" })), "success")
        const { summary } = yield* runtime.getAssetDetails({ root: "ui/copy" })
        assert.notStrictEqual(summary.assetUuid, testUuid(1))
        assert.include(disk.text("/game/assets/ui/copy/asset.json"), summary.assetUuid ?? "none")
      })
    ))

  it.effect("a picture that an artist has just added is there after the next command on its asset", () =>
    opened((disk) =>
      Effect.gen(function*() {
        const runtime = yield* ProjectRuntime
        disk.put("/game/assets/ui/atlas/new.png", "nn")
        yield* runtime.execute(Command.applyBankComposition({ asset: { id: 1 }, files: ["a.png"] }))
        const { composition } = yield* runtime.getAssetDetails({ id: 1 })
        assert.deepStrictEqual(composition.available.map(({ file }) => file), ["deep/b.png", "new.png"])
      })
    ))
})
