/** Commands that come at the same time share a flush, and nobody can tell but by the clock. */
import { assert, describe, it } from "@effect/vitest"
import { Duration, Effect, Layer, Result, type Scope } from "effect"
import { Command } from "../../src/domain/Command.ts"
import type { PackerEvent } from "../../src/domain/Event.ts"
import { patchSteps } from "../../src/domain/Patch.ts"
import { defaultPackerSettings, PackerConfig } from "../../src/services/PackerConfig.ts"
import { ProjectRuntime } from "../../src/services/ProjectRuntime.ts"
import { SnapshotPatch } from "../../src/services/SnapshotPatch.ts"
import type { OperationHandle } from "../../src/services/WriteLane.ts"
import { CollectedEvents, collectingSink } from "../../src/testing/CollectingSink.ts"
import { type FaultyDisk, faultyDisk } from "../../src/testing/FaultyDisk.ts"
import { memoryProject } from "../../src/testing/MemoryProject.ts"
import { testUuid } from "../../src/testing/ProjectTree.ts"
import { type RecordingDisk, recordingDisk } from "../../src/testing/RecordingDisk.ts"
import { SimulatedDisk } from "../../src/testing/SimulatedDisk.ts"
import { inFolder, workspaceFiles } from "../../src/testing/WorkspaceFiles.ts"
import { assertLegal } from "../support/Legal.ts"
import { root, visible } from "../support/Workspace.ts"

const assets = {
  ...Object.fromEntries(Array.from({ length: 80 }, (_, index) => [`ui/a${index}`, { id: index + 1 }])),
  "copies/one": { manifest: { asset_uuid: testUuid(500) } },
  "copies/two": { manifest: { asset_uuid: testUuid(500) } }
}
const rename = (id: number, name = "renamed") => Command.updateContract({ asset: { id }, name })
const include = (id: number, included: boolean) => Command.setBuildParticipation({ asset: { id }, included })

const quiet = Layer.succeed(PackerConfig, {
  ...defaultPackerSettings,
  checkpointAfter: Duration.hours(1),
  checkpointAtLatest: Duration.hours(2)
})

interface Under {
  readonly memory: SimulatedDisk
  readonly faulty: FaultyDisk
  readonly recording: RecordingDisk
}

const opened = <A, E>(
  body: (under: Under) => Effect.Effect<A, E, ProjectRuntime | CollectedEvents | Scope.Scope>,
  patching = patchSteps
) =>
  Effect.gen(function*() {
    const memory = SimulatedDisk.of(inFolder("/game", workspaceFiles(assets)))
    const recording = recordingDisk(memory.disk)
    const faulty = faultyDisk(recording.disk)
    const layer = Layer.provide(memoryProject({ disk: faulty.disk }), [quiet, Layer.succeed(SnapshotPatch, patching)])
    const result = yield* Effect.scoped(Effect.provide(body({ memory, faulty, recording }), layer))
    assertLegal(yield* (yield* CollectedEvents).all)
    return result
  }).pipe(Effect.provide(collectingSink, { local: true }))

/** Has commands accepted while the first one waits for its flush; then they are carried out. */
const whileFlushing = Effect.fnUntraced(function*(
  { faulty, recording }: Under,
  first: Command,
  commands: ReadonlyArray<Command>,
  meanwhile: (handles: ReadonlyArray<OperationHandle>) => Effect.Effect<void> = () => Effect.void
) {
  const runtime = yield* ProjectRuntime
  const gate = faulty.gate(({ call, path }) => call.startsWith("flush") && path.includes("/journal"))
  const held = yield* runtime.submit(first)
  yield* gate.reached
  const handles = yield* Effect.forEach(commands, (command) => runtime.submit(command))
  yield* meanwhile(handles)
  recording.clear()
  yield* gate.open
  yield* held.await
  const results = yield* Effect.forEach(handles, (handle) => Effect.result(handle.await), { concurrency: "unbounded" })
  return { results, flushes: recording.count("flushData") + recording.count("flush") - 1 }
})

/** What is told of operations, in the order of positions, without names and times that differ from run to run. */
const told = (events: ReadonlyArray<PackerEvent>) => {
  const ids = [...new Set(events.map((event) => event.operation_id))]
  return events.map(({ affected_assets, kind, operation_id, sequence, summary }) => ({
    operation: ids.indexOf(operation_id),
    sequence,
    kind,
    summary,
    affected_assets
  }))
}

const mixed: ReadonlyArray<Command> = [
  ...Array.from({ length: 20 }, (_, index) => rename(index + 2)),
  Command.unregister({ asset: { id: 999 } }),
  ...Array.from({ length: 10 }, (_, index) => include(index + 30, false)),
  include(70, true),
  Command.create({ root: "new/one", name: "one", family: "tile_bank" }),
  Command.create({ root: "new/two", name: "two", family: "tile_bank" }),
  rename(3, "again"),
  Command.relocate({ asset: { id: 3 }, to: "moved/three" }),
  rename(3, "and again"),
  Command.delete({ asset: { id: 4 } }),
  rename(4),
  Command.batch({ commands: [rename(60), include(61, false)] }),
  Command.register({ root: "copies/one" }),
  Command.register({ root: "copies/two" })
]

describe("commands that are accepted while another one becomes durable", () => {
  it.effect("looks at the registry file for each command that was accepted after the last look", () =>
    opened((under) =>
      Effect.gen(function*() {
        const runtime = yield* ProjectRuntime
        const gate = under.faulty.gate(({ call, path }) => call === "readFile" && path.endsWith("ui/a0/asset.json"))
        const first = yield* runtime.submit(rename(1))
        yield* gate.reached
        under.memory.put("/game/assets/.prometeu/index.json", "{}")
        const second = yield* runtime.submit(rename(2))
        yield* gate.open
        const refused = yield* Effect.flip(second.await)
        assert.strictEqual(refused._tag, "Diverged")
        assert.strictEqual((yield* first.await).changes.updated.length, 1)
      })
    ))

  it.effect("share one flush, 64 of them", () =>
    opened((under) =>
      Effect.gen(function*() {
        const commands = Array.from({ length: 64 }, (_, index) => rename(index + 2))
        const { flushes, results } = yield* whileFlushing(under, rename(1), commands)
        assert.isTrue(results.every(Result.isSuccess))
        assert.strictEqual(flushes, 1)
        const generations = results.map((result) => Result.isSuccess(result) ? Number(result.success.generation) : 0)
        assert.deepStrictEqual(generations, commands.map((_, index) => index + 3))
      })
    ))

  it.effect("end as if they had come one after the other: outcomes, generations, events, files", () =>
    Effect.gen(function*() {
      const outcomeOf = (result: Result.Result<object, { readonly _tag: string; readonly message: string }>) =>
        Result.match(result, {
          onSuccess: (outcome) => ({ ...outcome, operationId: undefined }),
          onFailure: ({ _tag, message }) => ({ _tag, message })
        })
      const together = yield* opened((under) =>
        Effect.gen(function*() {
          const { flushes, results } = yield* whileFlushing(under, rename(1), mixed)
          const { snapshot } = yield* (yield* ProjectRuntime).snapshot
          const events = told(yield* (yield* CollectedEvents).all)
          return { results: results.map(outcomeOf), snapshot: visible(snapshot), events, flushes }
        })
      )
      const apart = yield* opened(() =>
        Effect.gen(function*() {
          const runtime = yield* ProjectRuntime
          yield* runtime.execute(rename(1))
          const results = yield* Effect.forEach(mixed, (command) => Effect.result(runtime.execute(command)))
          const { snapshot } = yield* runtime.snapshot
          const events = told(yield* (yield* CollectedEvents).all)
          return { results: results.map(outcomeOf), snapshot: visible(snapshot), events }
        })
      )
      assert.deepStrictEqual(together.results, apart.results)
      assert.deepStrictEqual(together.events, apart.events)
      assert.deepStrictEqual(
        together.snapshot.assets.map(({ summary }) => summary),
        apart.snapshot.assets.map(({ summary }) => summary)
      )
      assert.isBelow(together.flushes, mixed.length)
    }))

  it.effect("fail together if the journal takes none of them; what was refused because of one is planned again", () =>
    opened((under) =>
      Effect.gen(function*() {
        const runtime = yield* ProjectRuntime
        const commands = [rename(2), Command.register({ root: "copies/one" }), Command.register({ root: "copies/two" })]
        const { results } = yield* whileFlushing(under, rename(1), commands, () =>
          Effect.sync(() => {
            let failures = 0
            under.faulty.failWhere(({ call, path }) =>
              call === "write" && path.includes("/journal") && failures++ === 0 ? "ENOSPC" : undefined
            )
          }))
        assert.deepStrictEqual(
          results.map((result) => Result.isSuccess(result) ? "success" : result.failure._tag),
          ["CommitFailed", "CommitFailed", "success"]
        )
        const [one, two] = yield* Effect.forEach(["copies/one", "copies/two"], (root) =>
          runtime.getAssetDetails({ root }))
        assert.strictEqual(one?.summary.registration, "unregistered")
        assert.strictEqual(two?.summary.registration, "registered")
      })
    ))

  it.effect("can be cancelled until they are planned, and stand in nobody's way then", () =>
    opened((under) =>
      Effect.gen(function*() {
        const runtime = yield* ProjectRuntime
        const { results } = yield* whileFlushing(under, rename(1), [rename(2), rename(3), rename(4)], (handles) =>
          Effect.gen(function*() {
            assert.isTrue(yield* handles[1]?.cancel ?? Effect.succeed(false))
          }))
        assert.deepStrictEqual(
          results.map((result) =>
            Result.isSuccess(result) ? "success" : result.failure._tag
          ),
          ["success", "Cancelled", "success"]
        )
        assert.strictEqual((yield* runtime.getAssetDetails({ id: 3 })).summary.name, "thing")
      })
    ))

  it.effect("are carried out in the order of acceptance: a flood on one asset keeps nobody waiting for ever", () =>
    opened((under) =>
      Effect.gen(function*() {
        const flood = Array.from({ length: 30 }, (_, index) => rename(2, `flood ${index}`))
        const { results } = yield* whileFlushing(under, rename(1), [...flood, rename(3), ...flood])
        const generations = results.map((result) => Result.isSuccess(result) ? Number(result.success.generation) : 0)
        assert.deepStrictEqual(generations, results.map((_, index) => index + 3))
      })
    ))

  it.effect("are shown all at once if one of them cannot be: nothing of the group is taken for somebody else's", () =>
    opened(
      (under) =>
        Effect.gen(function*() {
          const runtime = yield* ProjectRuntime
          // A file that somebody added is told first: what was foreseen of the command is not what is shown then.
          under.memory.put("/game/assets/ui/a1/added.png", "a picture")
          const composed = Command.applyBankComposition({ asset: { id: 2 }, files: ["added.png"] })
          const { results } = yield* whileFlushing(under, rename(1), [composed, rename(3), include(4, false)])
          assert.deepStrictEqual(
            results.map((result) => Result.isSuccess(result) ? result.success.warnings.map(({ code }) => code) : []),
            [["snapshot/reloaded"], [], []]
          )
          const changes = results.map((result) =>
            Result.isSuccess(result) ? result.success.changes.updated.map(String) : []
          )
          assert.deepStrictEqual(changes, [["ui/a1"], ["ui/a2"], ["ui/a3"]])
          const events = yield* (yield* CollectedEvents).all
          assert.isFalse(events.some(({ kind }) => kind === "divergence_detected"))
          const { snapshot } = yield* runtime.snapshot
          for (const { divergence } of snapshot.assets.values()) assert.isUndefined(divergence)
          assert.strictEqual((yield* runtime.getAssetDetails({ id: 3 })).summary.name, "renamed")
        }),
      (snapshot, committed) => {
        if (committed.fingerprints.has(root("ui/a1"))) throw new Error("a defect")
        return patchSteps(snapshot, committed)
      }
    ))

  it.effect("get ids of their own, also where none of them can be shown", () =>
    opened(
      (under) =>
        Effect.gen(function*() {
          const runtime = yield* ProjectRuntime
          const roots = ["new/one", "new/two", "new/three"]
          const commands = roots.map((root) => Command.create({ root, name: root.slice(4), family: "tile_bank" }))
          const { results } = yield* whileFlushing(under, rename(1), commands)
          assert.isTrue(results.every(Result.isSuccess))
          const ids = yield* Effect.forEach(
            roots,
            (root) => Effect.map(runtime.getAssetDetails({ root }), ({ summary }) => summary.assetId)
          )
          assert.deepStrictEqual(ids.map(Number), [81, 82, 83])
          yield* runtime.flush
          assert.deepStrictEqual((yield* runtime.snapshot).snapshot.diagnostics, [])
        }),
      () => {
        throw new Error("a defect")
      }
    ))
})
