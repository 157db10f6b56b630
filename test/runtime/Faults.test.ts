/** What an open project does when the disk refuses, forgets, or will not say. */
import { assert, describe, it } from "@effect/vitest"
import { Duration, Effect, Layer, type Scope } from "effect"
import { TestClock } from "effect/testing"
import { Command } from "../../src/domain/Command.ts"
import { isTerminal, type PackerEvent } from "../../src/domain/Event.ts"
import { readOnlyReason } from "../../src/domain/Snapshot.ts"
import type { Disk } from "../../src/services/Disk.ts"
import { defaultPackerSettings, PackerConfig } from "../../src/services/PackerConfig.ts"
import { ProjectRuntime } from "../../src/services/ProjectRuntime.ts"
import { SnapshotPatch } from "../../src/services/SnapshotPatch.ts"
import { CollectedEvents, collectingSink } from "../../src/testing/CollectingSink.ts"
import { type FaultyDisk, faultyDisk } from "../../src/testing/FaultyDisk.ts"
import { memoryProject } from "../../src/testing/MemoryProject.ts"
import { SimulatedDisk } from "../../src/testing/SimulatedDisk.ts"
import { inFolder, manifestText, workspaceFiles } from "../../src/testing/WorkspaceFiles.ts"
import { assertLegal } from "../contracts/Runtime.ts"

const registered = workspaceFiles({
  "ui/atlas": { id: 1, manifest: { name: "atlas" } },
  "sfx/click": { id: 2, manifest: { name: "click" } }
})
const index = "/game/assets/.prometeu/index.json"
const manifestPath = "/game/assets/ui/atlas/asset.json"
const rename = (name: string, id = 1) => Command.updateContract({ asset: { id }, name })

/** The journal is written by the group commit and by nothing else that these tests do. */
const quiet = Layer.succeed(PackerConfig, {
  ...defaultPackerSettings,
  checkpointAfter: Duration.hours(1),
  checkpointAtLatest: Duration.hours(2)
})

const project = (disk: Disk["Service"], prefix = "u") => memoryProject({ disk, prefix }).pipe(Layer.provide(quiet))

const tagOf = <A>(effect: Effect.Effect<A, { readonly _tag: string }>): Effect.Effect<string> =>
  Effect.match(effect, { onFailure: ({ _tag }) => _tag, onSuccess: () => "success" })

const opened = <A, E>(
  disk: Disk["Service"],
  body: Effect.Effect<A, E, ProjectRuntime | CollectedEvents | Scope.Scope>,
  prefix?: string
) =>
  Effect.gen(function*() {
    const result = yield* Effect.scoped(Effect.provide(body, project(disk, prefix), { local: true }))
    assertLegal(yield* (yield* CollectedEvents).all)
    return result
  }).pipe(Effect.provide(collectingSink, { local: true }))

const withFaults = <A, E>(
  body: (
    faulty: FaultyDisk,
    memory: SimulatedDisk
  ) => Effect.Effect<A, E, ProjectRuntime | CollectedEvents | Scope.Scope>
) => {
  const memory = SimulatedDisk.of(inFolder("/game", registered))
  const faulty = faultyDisk(memory.disk)
  return opened(faulty.disk, body(faulty, memory))
}

const kindsOf = (events: ReadonlyArray<PackerEvent>) => events.map(({ kind }) => kind)

describe("when the disk refuses", () => {
  it.effect("a command before its commit point, nothing has changed, and the next one works", () =>
    withFaults((faulty, memory) =>
      Effect.gen(function*() {
        const runtime = yield* ProjectRuntime
        const before = memory.text(manifestPath)
        faulty.failWhere(({ call }) => call === "write" ? "ENOSPC" : undefined)
        const error = yield* Effect.flip(runtime.execute(rename("mine")))
        assert.strictEqual(error._tag, "CommitFailed")
        assert.include(error.message, "Make room on the disk")
        assert.strictEqual(memory.text(manifestPath), before)
        assert.strictEqual((yield* runtime.listAssets()).generation, 1)
        faulty.heal()
        yield* runtime.execute(rename("mine"))
        assert.include(memory.text(manifestPath), "\"mine\"")
      })
    ))

  it.effect("to be looked at, the command fails and marks nothing", () =>
    withFaults((faulty) =>
      Effect.gen(function*() {
        const runtime = yield* ProjectRuntime
        faulty.failWhere(({ call }) => call === "stat" ? "EIO" : undefined)
        assert.strictEqual(yield* tagOf(runtime.execute(rename("mine"))), "CommitFailed")
        assert.strictEqual(yield* tagOf(runtime.preview(rename("mine"))), "CommitFailed")
        faulty.heal()
        assert.strictEqual(yield* tagOf(runtime.execute(rename("mine"))), "success")
      })
    ))

  it.effect("to say whether something is durable, the project is read-only until it is opened again", () =>
    withFaults((faulty) =>
      Effect.gen(function*() {
        const runtime = yield* ProjectRuntime
        faulty.failWhere(({ call, path }) => call.startsWith("flush") && path.includes("journal") ? "EIO" : undefined)
        const handle = yield* runtime.submit(rename("mine"))
        assert.strictEqual(yield* tagOf(handle.await), "CommitUncertain")
        assert.strictEqual((yield* runtime.status)._tag, "read-only")
        assert.deepStrictEqual(
          kindsOf(yield* (yield* CollectedEvents).of(handle.operationId)),
          ["diagnostics_updated", "action_failed"]
        )
        faulty.heal()
        assert.strictEqual(yield* tagOf(runtime.execute(rename("other"))), "ProjectReadOnly")
        assert.strictEqual(yield* tagOf(runtime.flush), "ProjectReadOnly")
        assert.strictEqual((yield* runtime.getAssetDetails({ id: 1 })).summary.name, "atlas")
        const { actions } = yield* runtime.getAssetActions({ id: 1 })
        assert.isFalse(actions.some(({ enabled }) => enabled))
        yield* runtime.refresh()
        assert.strictEqual((yield* runtime.status)._tag, "read-only")
      })
    ))

  it.effect("to put something in place, it succeeds, says so, and is tried again", () =>
    withFaults((faulty, memory) =>
      Effect.gen(function*() {
        const runtime = yield* ProjectRuntime
        const events = yield* CollectedEvents
        // The first file of a group can be taken back; of a batch, the second one cannot.
        faulty.failWhere((call) =>
          call.call === "rename" && call.path.includes("sfx") || isTo(call, "sfx") ? "EBUSY" : undefined
        )
        const batch = Command.batch({ commands: [rename("one"), rename("two", 2)] })
        const outcome = yield* runtime.execute(batch)
        assert.deepStrictEqual(outcome.warnings.map(({ code }) => code), ["commit/not-published"])
        assert.include(memory.text(manifestPath), "\"one\"")
        assert.notInclude(memory.text("/game/assets/sfx/click/asset.json"), "\"two\"")
        assert.strictEqual((yield* runtime.getAssetDetails({ id: 2 })).summary.name, "two")
        assert.strictEqual(yield* tagOf(runtime.execute(rename("three", 2))), "PublishPending")
        assert.strictEqual(yield* tagOf(runtime.flush), "PublishPending")
        yield* runtime.refreshAsset({ id: 2 })
        assert.isFalse((yield* runtime.getAssetDetails({ id: 2 })).summary.diverged)
        faulty.heal()
        yield* TestClock.adjust("10 seconds")
        const late = yield* events.first((event) =>
          event.kind === "action_applied" && event.details.action === "publish"
        )
        assert.deepStrictEqual(kindsOf(yield* events.of(late.operation_id)).at(0), "asset_changed")
        assert.include(memory.text("/game/assets/sfx/click/asset.json"), "\"two\"")
        yield* runtime.execute(rename("three", 2))
        yield* runtime.flush
      })
    ))
})

const isTo = (call: { readonly call: string; readonly to?: string }, part: string): boolean =>
  call.call === "rename" && call.to?.includes(part) === true

describe("when a durable change cannot be brought into the snapshot", () => {
  it.effect("it stays durable, succeeds with a warning, and everything is read again, once", () => {
    const memory = SimulatedDisk.of(inFolder("/game", registered))
    return Effect.gen(function*() {
      const runtime = yield* ProjectRuntime
      const outcome = yield* runtime.execute(rename("mine"))
      assert.deepStrictEqual(outcome.warnings.map(({ code }) => code), ["snapshot/reloaded"])
      const { summary } = yield* runtime.getAssetDetails({ id: 1 })
      assert.strictEqual(summary.name, "mine")
      assert.isFalse(summary.diverged)
      yield* runtime.execute(Command.unregister({ asset: { id: 2 } }))
      assert.strictEqual((yield* runtime.getAssetDetails({ root: "sfx/click" })).summary.registration, "unregistered")
      const events = yield* (yield* CollectedEvents).all
      const end = events.find((event) => isTerminal(event) && event.operation_id === outcome.operationId)
      assert.isTrue(end?.kind === "action_applied" && end.details.outcome.warnings.length === 1)
      assert.isFalse(events.some(({ kind }) => kind === "divergence_detected"))
      yield* runtime.flush
      assert.notInclude(memory.text(index), "sfx/click")
    }).pipe(
      Effect.provide(
        project(memory.disk).pipe(
          Layer.provide(Layer.succeed(SnapshotPatch, () => {
            throw new Error("a defect")
          })),
          Layer.provideMerge(collectingSink)
        )
      )
    )
  })
})

describe("after the process was killed", () => {
  it.effect("the next opening finishes what was durable, tells it, and knows its operations", () =>
    Effect.gen(function*() {
      const memory = SimulatedDisk.of(inFolder("/game", registered))
      let killed = memory
      yield* opened(
        memory.disk,
        Effect.gen(function*() {
          const runtime = yield* ProjectRuntime
          yield* runtime.execute(rename("mine"), { operationId: "renamed" })
          yield* runtime.execute(Command.unregister({ asset: { id: 2 } }), { operationId: "gone" })
          killed = memory.crash(() => false)
        })
      )
      yield* opened(
        killed.disk,
        Effect.gen(function*() {
          const runtime = yield* ProjectRuntime
          const events = yield* CollectedEvents
          const end = yield* events.first(isTerminal)
          assert.strictEqual(end.kind, "action_applied")
          if (end.kind !== "action_applied") return
          assert.deepStrictEqual(
            end.details.recovery?.finished.map(({ action, operation_id }) => [action, `${operation_id}`]),
            [
              ["updateContract", "renamed"],
              ["unregister", "gone"]
            ]
          )
          assert.strictEqual((yield* runtime.getAssetDetails({ id: 1 })).summary.name, "mine")
          const count = (yield* events.all).length
          const again = yield* runtime.execute(rename("mine"), { operationId: "renamed" })
          assert.deepStrictEqual(again.changes.updated.map(String), ["ui/atlas"])
          assert.strictEqual(again.generation, 1)
          assert.strictEqual(yield* tagOf(runtime.execute(rename("x"), { operationId: "gone" })), "OperationIdConflict")
          assert.strictEqual((yield* events.all).length, count)
        }),
        "v"
      )
    }))

  it.effect("a file that somebody edited before is left as it is, and the asset opens diverged", () =>
    Effect.gen(function*() {
      const memory = SimulatedDisk.of(inFolder("/game", registered))
      let killed = memory
      yield* opened(
        memory.disk,
        Effect.gen(function*() {
          yield* (yield* ProjectRuntime).execute(rename("mine"))
          killed = memory.crash(() => false)
        })
      )
      const theirs = manifestText({ name: "theirs" })
      killed.replace(manifestPath, theirs)
      yield* opened(
        killed.disk,
        Effect.gen(function*() {
          const runtime = yield* ProjectRuntime
          const { divergence, summary } = yield* runtime.getAssetDetails({ id: 1 })
          assert.isTrue(summary.diverged)
          assert.strictEqual(summary.name, "theirs")
          assert.isDefined(divergence)
          const events = yield* CollectedEvents
          const end = yield* events.first(isTerminal)
          assert.isTrue(end.kind === "action_applied" && end.details.recovery?.totals.diverged === 1)
          assert.include(kindsOf(yield* events.all), "divergence_detected")
          assert.strictEqual(yield* tagOf(runtime.execute(rename("again"))), "Diverged")
          yield* runtime.refreshAsset({ id: 1 })
          assert.strictEqual(yield* tagOf(runtime.execute(rename("again"))), "success")
        }),
        "v"
      )
    }))
})

describe("a registry that contradicts what is durable here", () => {
  const conflict = (onConflict: "fail" | "keep-file") =>
    withFaults((_, memory) =>
      Effect.gen(function*() {
        const runtime = yield* ProjectRuntime
        yield* runtime.execute(Command.create({ root: "ours", name: "ours", family: "tile_bank" }))
        const before = memory.text(index) ?? ""
        const theirs =
          "{\"asset_id\":3,\"asset_uuid\":\"0198c0de-7000-7000-8000-0000000000aa\",\"root\":\"theirs\",\"included_in_build\":true}"
        memory.replace(index, before.replace("  ]", `    ,${theirs}\n  ]`))
        assert.strictEqual(yield* tagOf(runtime.execute(rename("mine"))), "Diverged")
        const refreshed = yield* Effect.result(runtime.refresh({ onConflict }))
        return { runtime, refreshed, memory }
      })
    )

  it.effect("fails the refresh, and nothing is dropped", () =>
    Effect.gen(function*() {
      const { refreshed } = yield* conflict("fail")
      assert.strictEqual(refreshed._tag, "Failure")
      if (refreshed._tag === "Failure") assert.strictEqual(refreshed.failure._tag, "RegistryConflict")
    }))

  it.effect("gives up ours for the file if asked, and lists it", () =>
    Effect.gen(function*() {
      const { memory, refreshed, runtime } = yield* conflict("keep-file")
      assert.strictEqual(refreshed._tag, "Success")
      if (refreshed._tag !== "Success") return
      assert.deepStrictEqual(refreshed.success.warnings.map(({ code }) => code), ["registry/change-given-up"])
      assert.strictEqual((yield* runtime.getAssetDetails({ id: 3 })).summary.root, "theirs")
      assert.strictEqual((yield* runtime.getAssetDetails({ root: "ours" })).summary.registration, "unregistered")
      assert.include(memory.text(index), "theirs")
    }))
})

describe("a folder that cannot be written", () => {
  it.effect("is opened read-only, and shows what is durable though not in place", () =>
    Effect.gen(function*() {
      const memory = SimulatedDisk.of(inFolder("/game", registered))
      let killed = memory
      yield* opened(
        memory.disk,
        Effect.gen(function*() {
          yield* (yield* ProjectRuntime).execute(rename("mine"))
          killed = memory.crash(() => false)
        })
      )
      killed.setReadOnly("/game")
      const before = killed.entries()
      yield* opened(
        killed.disk,
        Effect.gen(function*() {
          const runtime = yield* ProjectRuntime
          assert.strictEqual((yield* runtime.status)._tag, "read-only")
          assert.strictEqual((yield* runtime.getAssetDetails({ id: 1 })).summary.name, "mine")
          assert.strictEqual(yield* tagOf(runtime.execute(rename("other"))), "ProjectReadOnly")
          assert.strictEqual(yield* tagOf(runtime.flush), "ProjectReadOnly")
          yield* runtime.refresh()
          assert.strictEqual((yield* runtime.getAssetDetails({ id: 1 })).summary.name, "mine")
          const { snapshot } = yield* runtime.snapshot
          assert.include(readOnlyReason(snapshot), "EROFS")
        }),
        "v"
      )
      assert.deepStrictEqual(killed.entries(), before)
    }))
})
