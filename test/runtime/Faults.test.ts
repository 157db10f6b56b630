/** What an open project does when the disk refuses, forgets, or will not say. */
import { assert, describe, it } from "@effect/vitest"
import { Duration, Effect, Fiber, Layer, type Scope, Stream, Tracer } from "effect"
import { TestClock } from "effect/testing"
import { Command } from "../../src/domain/Command.ts"
import { isTerminal, type PackerEvent } from "../../src/domain/Event.ts"
import { OperationId } from "../../src/domain/Identity.ts"
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
import { assertLegal } from "../support/Legal.ts"

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

describe("a clean-up of files that version control ignores", () => {
  it.effect("is told by the first command that needs them, and ends commits", () => {
    const memory = SimulatedDisk.of(inFolder("/game", registered))
    return opened(
      memory.disk,
      Effect.gen(function*() {
        const runtime = yield* ProjectRuntime
        memory.remove("/game/assets/.prometeu/runtime")
        assert.strictEqual(yield* tagOf(runtime.execute(rename("mine"))), "ProjectReadOnly")
        const status = yield* Stream.runHead(Stream.filter(runtime.statusChanges, ({ _tag }) => _tag === "read-only"))
        assert.include(JSON.stringify(status), "was removed or replaced while the project was open")
        assert.include(memory.text(manifestPath), "\"atlas\"")
      })
    )
  })
})

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
        // What counts is what is durable; to read what is still on disk changes nothing.
        yield* runtime.refreshAsset({ id: 2 })
        yield* runtime.refresh()
        assert.isFalse((yield* runtime.getAssetDetails({ id: 2 })).summary.diverged)
        assert.strictEqual((yield* runtime.getAssetDetails({ id: 2 })).summary.name, "two")
        faulty.heal()
        yield* TestClock.adjust("10 seconds")
        const late = yield* events.first((event) =>
          event.kind === "action_applied" && event.details.action === "publish"
        )
        assert.deepStrictEqual(kindsOf(yield* events.of(late.operation_id)).at(0), "asset_changed")
        assert.include(memory.text("/game/assets/sfx/click/asset.json"), "\"two\"")
        yield* runtime.refresh()
        assert.strictEqual((yield* runtime.getAssetDetails({ id: 2 })).summary.name, "two")
        yield* runtime.execute(rename("three", 2))
        yield* runtime.flush
      })
    ))
})

describe("when it goes wrong beside the commands", () => {
  it.effect("a flush that nobody waits for ends commits, and everybody can see that", () =>
    withFaults((faulty) =>
      Effect.gen(function*() {
        const runtime = yield* ProjectRuntime
        const events = yield* CollectedEvents
        yield* runtime.execute(rename("mine"))
        faulty.failWhere(({ call, path }) =>
          call.startsWith("flush") && path.includes("asset.json") ? "EIO" : undefined
        )
        assert.strictEqual(yield* tagOf(runtime.flush), "ProjectReadOnly")
        assert.strictEqual((yield* runtime.status)._tag, "read-only")
        const halt = yield* events.first((event) => event.kind === "action_applied" && event.details.action === "halt")
        assert.isTrue(halt.kind === "action_applied" && halt.details.read_only !== undefined)
        const { actions } = yield* runtime.getAssetActions({ id: 1 })
        assert.isFalse(actions.some(({ enabled }) => enabled))
      })
    ))

  it.effect("so does the checkpoint in the background", () => {
    const memory = SimulatedDisk.of(inFolder("/game", registered))
    const faulty = faultyDisk(memory.disk)
    return Effect.gen(function*() {
      const runtime = yield* ProjectRuntime
      const events = yield* CollectedEvents
      yield* runtime.execute(rename("mine"))
      faulty.failWhere(({ call, path }) => call.startsWith("flush") && path.includes("asset.json") ? "EIO" : undefined)
      yield* TestClock.adjust("10 seconds")
      yield* events.first((event) => event.kind === "action_applied" && event.details.action === "halt")
      assert.strictEqual((yield* runtime.status)._tag, "read-only")
    }).pipe(Effect.provide(Layer.provideMerge(memoryProject({ disk: faulty.disk }), collectingSink)))
  })

  it.effect("an ordinary refusal while files are flushed is told as what it is, and passes", () =>
    withFaults((faulty) =>
      Effect.gen(function*() {
        const runtime = yield* ProjectRuntime
        yield* runtime.execute(Command.unregister({ asset: { id: 2 } }))
        faulty.failWhere(({ call, path }) => call === "write" && path.includes("/stage/") ? "ENOSPC" : undefined)
        const error = yield* Effect.flip(runtime.flush)
        assert.strictEqual(error._tag, "PublishPending")
        assert.include(error.message, "ENOSPC")
        faulty.heal()
        yield* runtime.flush
      })
    ))

  it.effect("what was overtaken and could not be kept is kept when there is room, and stands in nobody's way", () =>
    withFaults((faulty, memory) =>
      Effect.gen(function*() {
        const runtime = yield* ProjectRuntime
        const theirs = manifestText({ name: "theirs" })
        // Right before the second file of the batch gets its place, somebody else writes there; and the trash is full.
        const gate = faulty.gate((call) => call.call === "rename" && isTo(call, "ui/atlas"))
        faulty.failWhere(({ call, path, to }) =>
          call !== "stat" && (path.includes("/trash") || to?.includes("/trash") === true) ? "ENOSPC" : undefined
        )
        const handle = yield* runtime.submit(Command.batch({ commands: [rename("one"), rename("two", 2)] }))
        yield* gate.reached
        memory.replace("/game/assets/sfx/click/asset.json", theirs)
        yield* gate.open
        const outcome = yield* handle.await
        assert.deepStrictEqual(outcome.warnings.map(({ code }) => code), ["commit/overtaken"])
        assert.strictEqual(
          yield* tagOf(runtime.execute(Command.relocate({ asset: { id: 1 }, to: "ui/b" }))),
          "PublishPending"
        )
        faulty.heal()
        yield* TestClock.adjust("2 seconds")
        yield* runtime.execute(Command.relocate({ asset: { id: 1 }, to: "ui/b" }))
        yield* runtime.flush
        assert.strictEqual(memory.text("/game/assets/sfx/click/asset.json"), theirs)
        assert.isTrue(
          memory.entries().some(([path, content]) =>
            path.includes("/trash/") && content instanceof Uint8Array &&
            new TextDecoder().decode(content).includes("\"two\"")
          )
        )
      })
    ))

  it.effect("a command that takes long says that it runs, and previews of others do not wait for it", () =>
    withFaults((faulty) =>
      Effect.gen(function*() {
        const runtime = yield* ProjectRuntime
        const events = yield* CollectedEvents
        const gate = faulty.gate(({ call, path }) => call === "list" && path === "/game/assets")
        const refresh = yield* runtime.submitRefresh()
        yield* gate.reached
        const { blockers } = yield* runtime.preview(rename("mine"))
        assert.deepStrictEqual(blockers, [])
        yield* gate.open
        yield* refresh.await
        const slow = faulty.gate(({ call, path }) => call === "write" && path.includes("journal"))
        const handle = yield* runtime.submit(rename("mine"))
        yield* slow.reached
        assert.deepStrictEqual(yield* events.of(handle.operationId), [])
        yield* TestClock.adjust("100 millis")
        assert.deepStrictEqual(kindsOf(yield* events.of(handle.operationId)), ["progress_updated"])
        const waiting = yield* Effect.forkChild(runtime.preview(rename("other")))
        yield* slow.open
        yield* handle.await
        const shown = yield* Fiber.join(waiting)
        assert.strictEqual(shown.baseGeneration, 2)
      })
    ))

  it.effect("what was staged is taken back if a host's tracer dies before it is committed", () => {
    const tracer = Tracer.make({
      span: (options) => {
        if (options.name === "packer.patch") throw new Error("a defect of the tracer")
        return new Tracer.NativeSpan(options)
      }
    })
    return withFaults((_, memory) =>
      Effect.gen(function*() {
        const runtime = yield* ProjectRuntime
        const before = memory.text(manifestPath)
        assert.strictEqual(yield* tagOf(runtime.execute(rename("mine"))), "CommitUncertain")
        assert.deepStrictEqual(memory.entries().filter(([path]) => path.includes("/stage/")), [])
        assert.strictEqual(memory.text(manifestPath), before)
      })
    ).pipe(Effect.provideService(Tracer.Tracer, tracer))
  })

  it.effect("a command is told to run once it has for a while, whatever ran before it", () =>
    withFaults((faulty) =>
      Effect.gen(function*() {
        const runtime = yield* ProjectRuntime
        const events = yield* CollectedEvents
        yield* runtime.execute(rename("quick"), { operationId: "quick" })
        yield* TestClock.adjust("60 millis")
        const slow = faulty.gate(({ call, path }) => call === "write" && path.includes("journal"))
        const handle = yield* runtime.submit(rename("slow"))
        yield* slow.reached
        yield* TestClock.adjust("60 millis")
        yield* TestClock.adjust("39 millis")
        assert.deepStrictEqual(yield* events.of(handle.operationId), [])
        yield* TestClock.adjust("1 millis")
        assert.deepStrictEqual(kindsOf(yield* events.of(handle.operationId)), ["progress_updated"])
        yield* TestClock.adjust("1 second")
        yield* slow.open
        yield* handle.await
        const kinds = ["progress_updated", "asset_changed", "action_applied"]
        assert.deepStrictEqual(kindsOf(yield* events.of(handle.operationId)), kinds)
        yield* TestClock.adjust("1 second")
        const last = yield* runtime.execute(rename("last"))
        for (const id of ["quick", last.operationId]) {
          assert.deepStrictEqual(kindsOf(yield* events.of(OperationId.make(id))), ["asset_changed", "action_applied"])
        }
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

  it.effect("and if that is not possible either, nothing is committed any more", () => {
    const faulty = faultyDisk(SimulatedDisk.of(inFolder("/game", registered)).disk)
    return Effect.gen(function*() {
      const runtime = yield* ProjectRuntime
      faulty.failWhere(({ call, path }) => call === "list" && path === "/game/assets" ? "EIO" : undefined)
      const outcome = yield* runtime.execute(rename("mine"))
      assert.deepStrictEqual(outcome.warnings.map(({ code }) => code), ["snapshot/not-shown"])
      assert.deepStrictEqual(outcome.changes.updated.map(String), ["ui/atlas"])
      faulty.heal()
      assert.strictEqual(yield* tagOf(runtime.execute(rename("other"))), "ProjectReadOnly")
      yield* runtime.refresh()
      assert.strictEqual((yield* runtime.status)._tag, "read-only")
      assert.strictEqual((yield* runtime.getAssetDetails({ id: 1 })).summary.name, "mine")
    }).pipe(
      Effect.provide(
        project(faulty.disk).pipe(
          Layer.provide(Layer.succeed(SnapshotPatch, () => {
            throw new Error("a defect")
          })),
          Layer.provide(collectingSink)
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
          assert.deepStrictEqual<unknown>(
            end.details.recovery?.finished.map(({ action, operation_id }) => [action, operation_id]),
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
        yield* runtime.execute(Command.create({ root: "fine", name: "fine", family: "tile_bank" }))
        yield* runtime.execute(Command.setBuildParticipation({ asset: { id: 2 }, included: false }))
        const before = memory.text(index) ?? ""
        const theirs =
          "{\"asset_id\":3,\"asset_uuid\":\"0198c0de-7000-7000-8000-0000000000aa\",\"root\":\"theirs\",\"included_in_build\":true}"
        memory.replace(index, before.replace("  ]", `    ,${theirs}\n  ]`))
        assert.strictEqual(yield* tagOf(runtime.execute(rename("mine"))), "Diverged")
        const refreshed = yield* Effect.result(runtime.refresh({ onConflict }))
        const after = yield* tagOf(runtime.execute(Command.unregister({ asset: { root: "fine" } })))
        return { runtime, refreshed, memory, after }
      })
    )

  it.effect("fails the refresh, and nothing is dropped", () =>
    Effect.gen(function*() {
      const { after, refreshed, runtime } = yield* conflict("fail")
      assert.strictEqual(refreshed._tag, "Failure")
      if (refreshed._tag === "Failure") assert.strictEqual(refreshed.failure._tag, "RegistryConflict")
      assert.strictEqual(after, "Diverged")
      assert.strictEqual((yield* runtime.getAssetDetails({ root: "ours" })).summary.assetId, 3)
    }))

  it.effect("gives up for the file what contradicts it if asked, lists that, and keeps everything else", () =>
    Effect.gen(function*() {
      const { after, memory, refreshed, runtime } = yield* conflict("keep-file")
      assert.strictEqual(refreshed._tag, "Success")
      if (refreshed._tag !== "Success") return
      assert.deepStrictEqual(refreshed.success.warnings.map(({ code }) => code), ["registry/change-given-up"])
      assert.strictEqual((yield* runtime.getAssetDetails({ id: 3 })).summary.root, "theirs")
      assert.strictEqual((yield* runtime.getAssetDetails({ root: "ours" })).summary.registration, "unregistered")
      assert.strictEqual(after, "success", "a change that contradicted nothing is still there")
      assert.isFalse((yield* runtime.getAssetDetails({ id: 2 })).summary.includedInBuild)
      const text = memory.text(index) ?? ""
      for (
        const kept of ["\"root\":\"theirs\"", "\"root\":\"sfx/click\",\"included_in_build\":false"]
      ) {
        assert.include(text, kept)
      }
      assert.notInclude(text, "\"root\":\"ours\"")
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
