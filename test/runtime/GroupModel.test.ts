/** Over generated projects: commands that form groups end as they do one after the other. */
import { assert, describe, it } from "@effect/vitest"
import { Duration, Effect, Layer, Result, Schema } from "effect"
import { Command } from "../../src/domain/Command.ts"
import type { PackerEvent } from "../../src/domain/Event.ts"
import type { Snapshot } from "../../src/domain/Snapshot.ts"
import { defaultPackerSettings, PackerConfig } from "../../src/services/PackerConfig.ts"
import { ProjectRuntime } from "../../src/services/ProjectRuntime.ts"
import { CollectedEvents, collectingSink } from "../../src/testing/CollectingSink.ts"
import { type FaultyDisk, faultyDisk } from "../../src/testing/FaultyDisk.ts"
import { memoryProject } from "../../src/testing/MemoryProject.ts"
import type { SimulatedDisk } from "../../src/testing/SimulatedDisk.ts"
import { EditSpec } from "../model/Edits.ts"
import { commandOf, CommandSpec, ProjectSpec, treeOf } from "../model/Generators.ts"
import { diskOf } from "../proof/crashes/CrashRecording.ts"
import { assertLegal } from "../support/Legal.ts"
import { manifest } from "../support/Workspace.ts"

const runs = 100
const Commands = Schema.Array(CommandSpec).check(Schema.isMinLength(3), Schema.isMaxLength(16))
const first = Command.create({ root: "zz/held", name: "held", family: "tile_bank" })

/** What a snapshot shows, without uuids that were made up. */
const shown = ({ assets, registry }: Snapshot) => ({
  assets: Array.from(assets.values(), ({ diagnostics, summary }) => ({
    ...summary,
    assetUuid: summary.assetUuid !== undefined,
    codes: diagnostics.map(({ code }) => code)
  })),
  nextId: registry.nextId
})

const told = (events: ReadonlyArray<PackerEvent>) =>
  events.flatMap(({ affected_assets, kind, operation_id, summary }) =>
    // Progress is told while commands are planned, which a group does before it tells the ends of others.
    kind === "progress_updated"
      ? []
      : [{
        operation_id: operation_id.startsWith("op-") ? operation_id : "open",
        kind,
        summary,
        roots: affected_assets.map(({ root }) => root)
      }]
  )

type Carry = (commands: ReadonlyArray<Command>, faulty: FaultyDisk) => Effect.Effect<
  ReadonlyArray<Result.Result<object, { readonly _tag: string }>>,
  never,
  ProjectRuntime
>

const idOf = (index: number) => ({ operationId: `op-${index}` })

const apart: Carry = (commands) =>
  Effect.gen(function*() {
    const runtime = yield* ProjectRuntime
    yield* Effect.result(runtime.execute(first, { operationId: "op-first" }))
    return yield* Effect.forEach(commands, (command, index) => Effect.result(runtime.execute(command, idOf(index))))
  })

/** Has all of them accepted while the first one waits for its flush, if it comes to that. */
const together: Carry = (commands, faulty) =>
  Effect.gen(function*() {
    const runtime = yield* ProjectRuntime
    const gate = faulty.gate(({ call, path }) => call.startsWith("flush") && path.includes("/journal"))
    const held = yield* Effect.orDie(runtime.submit(first, { operationId: "op-first" }))
    yield* Effect.raceFirst(gate.reached, Effect.result(held.await))
    const handles = yield* Effect.forEach(commands, (command, index) =>
      Effect.orDie(runtime.submit(command, idOf(index))))
    yield* gate.open
    return yield* Effect.forEach(handles, (handle) =>
      Effect.result(handle.await), { concurrency: "unbounded" })
  })

const quiet = Layer.succeed(PackerConfig, {
  ...defaultPackerSettings,
  checkpointAfter: Duration.hours(1),
  checkpointAtLatest: Duration.hours(2)
})

type Edit = typeof EditSpec.Type

/** Edits an asset on a disk behind the packer's back. */
const edit = (memory: SimulatedDisk, assets: string, { how, root }: Edit): void => {
  const manifestPath = `${assets}/${root}/asset.json`
  const text = memory.text(manifestPath)
  switch (how) {
    case "write manifest":
      return memory.replace(manifestPath, manifest({ name: "edited by hand" }))
    case "same bytes":
      return text === undefined ? undefined : memory.replace(manifestPath, text)
    case "add file":
      return memory.replace(`${assets}/${root}/one.png`, "added by hand")
    case "remove manifest":
      return text === undefined ? undefined : memory.remove(manifestPath)
    default:
  }
}

/** Carries out commands on a project of its own, and gives all that anybody can see of it. */
const seen = (
  project: typeof ProjectSpec.Type,
  commands: ReadonlyArray<Command>,
  carry: Carry,
  edits: ReadonlyArray<Edit> = []
) =>
  Effect.gen(function*() {
    const memory = diskOf(treeOf(project))
    const assets = memory.entries().find(([path]) => path.endsWith("/assets"))
    const root = assets === undefined ? "/game" : assets[0].slice(0, -"/assets".length)
    const faulty = faultyDisk(memory.disk)
    const layer = Layer.provide(memoryProject({ disk: faulty.disk, root }), quiet)
    const body = Effect.gen(function*() {
      for (const one of edits) edit(memory, `${root}/assets`, one)
      const results = yield* carry(commands, faulty)
      const { snapshot } = yield* (yield* ProjectRuntime).snapshot
      return { results, snapshot: shown(snapshot) }
    })
    const { results, snapshot } = yield* Effect.provide(body, layer, { local: true })
    const events = yield* (yield* CollectedEvents).all
    assertLegal(events)
    const endings = results.map((result) => Result.isSuccess(result) ? result.success : result.failure._tag)
    const files = memory.entries().flatMap(([path]) => path.includes("/.prometeu/") ? [] : [path])
    return { endings, snapshot, events: told(events), files }
  }).pipe(Effect.provide(collectingSink, { local: true }))

describe(`groups over ${runs} generated projects`, () => {
  const met = { diverged: 0, changed: 0 }

  it.effect.prop(
    "end as if their commands had come one after the other: outcomes, generations, events, what is shown and on disk",
    { project: ProjectSpec, commands: Commands },
    ({ commands, project }) =>
      Effect.gen(function*() {
        const all = commands.map(commandOf)
        assert.deepStrictEqual(yield* seen(project, all, together), yield* seen(project, all, apart))
      }),
    { arbitrary: { runs, seed: "groups" } }
  )

  it.effect.prop(
    "end so also where somebody has edited behind the packer's back",
    {
      project: ProjectSpec,
      commands: Commands,
      edits: Schema.Array(EditSpec).check(Schema.isMinLength(4), Schema.isMaxLength(8))
    },
    ({ commands, edits, project }) =>
      Effect.gen(function*() {
        const all = commands.map(commandOf)
        const [inGroups, oneByOne] = [
          yield* seen(project, all, together, edits),
          yield* seen(project, all, apart, edits)
        ]
        assert.deepStrictEqual(inGroups, oneByOne)
        if (inGroups.events.some(({ kind }) => kind === "divergence_detected")) met.diverged++
        met.changed += inGroups.endings.filter((ending) => typeof ending !== "string").length
      }),
    { arbitrary: { runs, seed: "groups and edits" } }
  )

  it("met edits, and commands that were carried out beside them", () => {
    assert.isAbove(met.diverged, 5, JSON.stringify(met))
    assert.isAbove(met.changed, 50, JSON.stringify(met))
  })
})
