/** Whatever is asked of a project: previews come true, refusals are those of the rules, and a new opening agrees. */
import { assert, describe, it } from "@effect/vitest"
import { Effect, Layer, Result, Schema } from "effect"
import type { Command } from "../../src/domain/Command.ts"
import { refusalOf } from "../../src/domain/Refusal.ts"
import type { Snapshot } from "../../src/domain/Snapshot.ts"
import { defaultPackerSettings, PackerConfig } from "../../src/services/PackerConfig.ts"
import { ProjectRuntime } from "../../src/services/ProjectRuntime.ts"
import { CollectedEvents, collectingSink } from "../../src/testing/CollectingSink.ts"
import { memoryProject } from "../../src/testing/MemoryProject.ts"
import type { SimulatedDisk } from "../../src/testing/SimulatedDisk.ts"
import { commandOf, CommandSpec, Oddity, oddTreeOf, ProjectSpec, treeOf } from "../model/Generators.ts"
import { diskOf } from "../proof/crashes/CrashRecording.ts"
import { assertPromised, stateOf } from "../support/DiskChanges.ts"
import { assertLegal } from "../support/Legal.ts"
import { open, run, visible } from "../support/Workspace.ts"

const runs = 300
const Commands = Schema.Array(CommandSpec).check(Schema.isMinLength(1), Schema.isMaxLength(8))
const quick = Layer.succeed(PackerConfig, { ...defaultPackerSettings, durability: "os" })

const folder = (disk: SimulatedDisk): string => {
  const first = disk.entries().find(([path]) => path.endsWith("/assets"))
  return first === undefined ? "/game" : first[0].slice(0, -"/assets".length)
}

/** What a snapshot shows, without what only tells how files are recognized, and without uuids that were made up. */
const shown = (snapshot: Snapshot) => {
  const { assets, ...rest } = visible(snapshot)
  return { ...rest, assets: assets.map(({ manifest, ...asset }) => ({ ...asset, manifest: manifest?._tag })) }
}

/** One opening, at whose end its events are legal. */
const opened = <A, E>(disk: SimulatedDisk, prefix: string, body: Effect.Effect<A, E, ProjectRuntime>) =>
  Effect.gen(function*() {
    const root = folder(disk)
    const result = yield* Effect.provide(body, Layer.provide(memoryProject({ disk: disk.disk, prefix, root }), quick))
    assertLegal(yield* (yield* CollectedEvents).all)
    return result
  }).pipe(Effect.provide(collectingSink, { local: true }))

/** Carries out commands one after the other, and looks whether each does what its preview shows. */
const carryOutAll = (disk: SimulatedDisk, commands: ReadonlyArray<Command>) =>
  Effect.gen(function*() {
    const assets = `${folder(disk)}/assets`
    const runtime = yield* ProjectRuntime
    const tags: Array<string> = []
    for (const command of commands) {
      const preview = yield* runtime.preview(command)
      const before = (yield* runtime.snapshot).snapshot
      const wasOnDisk = stateOf(disk, assets)
      const result = yield* Effect.result(runtime.execute(command, { expecting: preview }))
      const after = (yield* runtime.snapshot).snapshot
      tags.push(Result.isSuccess(result) ? "success" : result.failure._tag)
      assert.strictEqual(Result.isSuccess(result), preview.blockers.length === 0, JSON.stringify(command))
      yield* Effect.ignore(runtime.flush)
      const isOnDisk = stateOf(disk, assets)
      compared++
      if (Result.isFailure(result)) {
        assert.deepStrictEqual(isOnDisk.tree, wasOnDisk.tree)
        continue
      }
      if (wasOnDisk.entries !== undefined) assertPromised(wasOnDisk, isOnDisk, preview)
      const { added, removed, updated } = result.success.changes
      assert.deepStrictEqual(preview.outcome.map(({ root }) => root), [...added, ...updated, ...removed])
      for (const { root, summary } of preview.outcome) {
        assert.deepStrictEqual(after.assets.get(root)?.summary, summary)
      }
      assert.strictEqual(after.generation - before.generation <= 2, true)
    }
    return { tags, snapshot: (yield* runtime.snapshot).snapshot }
  })

const reopened = Effect.flatMap(ProjectRuntime, (runtime) => Effect.map(runtime.snapshot, ({ snapshot }) => snapshot))

const counts = new Map<string, number>()
let compared = 0

describe(`the runtime over ${runs} generated projects`, () => {
  it.effect.prop(
    "does what previews show, refuses what the rules refuse, and shows what a new opening finds",
    { project: ProjectSpec, commands: Commands },
    ({ commands, project }) =>
      Effect.gen(function*() {
        const tree = treeOf(project)
        const disk = diskOf(tree)
        const all = commands.map(commandOf)
        const { snapshot, tags } = yield* opened(disk, "a", carryOutAll(disk, all))
        for (const tag of tags) counts.set(tag, (counts.get(tag) ?? 0) + 1)
        let model = open(tree)
        for (const [step, command] of all.entries()) {
          const next = run(model, command, 900 + 100 * step)
          const refusal = refusalOf(next.plan)
          assert.strictEqual(tags[step], refusal?._tag ?? "success", JSON.stringify(command))
          model = next
        }
        assert.deepStrictEqual(shown(yield* opened(disk, "b", reopened)), shown(snapshot))
      }),
    { arbitrary: { runs, seed: "the runtime" } }
  )

  it("had commands of every ending, and compared the whole tree after each", () => {
    process.stdout.write(
      `${runs} projects, ${compared} commands, whole trees compared: what the preview listed is what changed; ` +
        `${[...counts].map(([tag, count]) => `${count} ${tag}`).join(", ")}\n`
    )
    assert.isAbove(counts.get("success") ?? 0, 100)
    for (const tag of ["CommandBlocked", "AssetNotFound"]) assert.isAbove(counts.get(tag) ?? 0, 20, tag)
  })

  it.effect.prop(
    "however odd they are",
    { project: ProjectSpec, odds: Schema.Array(Oddity).check(Schema.isMaxLength(4)), commands: Commands },
    ({ commands, odds, project }) =>
      Effect.gen(function*() {
        const disk = diskOf(oddTreeOf(project, odds))
        const { snapshot } = yield* opened(disk, "a", carryOutAll(disk, commands.map(commandOf)))
        assert.deepStrictEqual(shown(yield* opened(disk, "b", reopened)), shown(snapshot))
      }),
    { arbitrary: { runs: 100, seed: "odd projects, run" } }
  )

  it.effect.prop(
    "also when everything is asked for at once: outcomes are numbered in the order of acceptance",
    { project: ProjectSpec, commands: Commands },
    ({ commands, project }) =>
      Effect.gen(function*() {
        const disk = diskOf(treeOf(project))
        const snapshot = yield* opened(
          disk,
          "a",
          Effect.gen(function*() {
            const runtime = yield* ProjectRuntime
            const handles = yield* Effect.forEach(commands.map(commandOf), (command) => runtime.submit(command))
            const results = yield* Effect.forEach(handles, ({ await: end }) => Effect.result(end), {
              concurrency: "unbounded"
            })
            const generations = results.flatMap((result) => Result.isSuccess(result) ? [result.success.generation] : [])
            assert.deepStrictEqual(generations, generations.toSorted((a, b) => a - b))
            return (yield* runtime.snapshot).snapshot
          })
        )
        assert.deepStrictEqual(shown(yield* opened(disk, "b", reopened)), shown(snapshot))
      }),
    { arbitrary: { runs: 100, seed: "all at once" } }
  )
})
