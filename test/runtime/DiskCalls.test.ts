/** What an operation asks of the disk depends on what it is about, and not on how large the project is. */
import { assert, describe, it } from "@effect/vitest"
import { Duration, Effect, Layer } from "effect"
import { TestClock } from "effect/testing"
import { Command } from "../../src/domain/Command.ts"
import type { AssetNotFound } from "../../src/domain/Errors.ts"
import { defaultPackerSettings, PackerConfig } from "../../src/services/PackerConfig.ts"
import { PackerEventSink } from "../../src/services/PackerEventSink.ts"
import { ProjectRuntime } from "../../src/services/ProjectRuntime.ts"
import type { DiskCall } from "../../src/testing/DiskCall.ts"
import { memoryProject } from "../../src/testing/MemoryProject.ts"
import { recordingDisk } from "../../src/testing/RecordingDisk.ts"
import { SimulatedDisk } from "../../src/testing/SimulatedDisk.ts"
import { type AssetFiles, inFolder, workspaceFiles } from "../../src/testing/WorkspaceFiles.ts"

type Runtime = ProjectRuntime["Service"]

/** The assets that operations are about are the same in every project; all others are elsewhere. */
const workspaceOf = (size: number) => {
  const assets: Record<string, AssetFiles> = {
    "t/one": { id: 1, manifest: { name: "one" }, files: { "a.png": "aa", "b.png": "bb" } },
    "t/two": { id: 2, manifest: { name: "two" } },
    "t/free": { manifest: { name: "free" } },
    "t/moved": { id: 3, manifest: { name: "moved" }, files: { "sub/a.png": "aa" } },
    "t/gone": { id: 4, manifest: { name: "gone" } }
  }
  for (let n = 5; n < size; n++) {
    assets[`all/part-${n % 50}/asset-${n}`] = n % 10 === 9 ? {} : { id: n, files: { "x.png": "xx" } }
  }
  return SimulatedDisk.of(inFolder("/game", workspaceFiles(assets)))
}

const rename = (id: number, name: string) => Command.updateContract({ asset: { id }, name })

/** Commands of every kind, in this order; each changes something. */
const commands: Readonly<Record<string, Command>> = {
  create: Command.create({ root: "t/new/far", name: "far", family: "tile_bank" }),
  register: Command.register({ root: "t/free" }),
  unregister: Command.unregister({ asset: { id: 2 } }),
  setBuildParticipation: Command.setBuildParticipation({ asset: { id: 1 }, included: false }),
  updateContract: rename(1, "renamed"),
  applyBankComposition: Command.applyBankComposition({ asset: { id: 1 }, files: ["b.png", "a.png"] }),
  "batch of 2": Command.batch({
    commands: [rename(1, "again"), Command.setBuildParticipation({ asset: { id: 1 }, included: true })]
  }),
  relocate: Command.relocate({ asset: { id: 3 }, to: "t/away/moved" }),
  delete: Command.delete({ asset: { id: 4 } }),
  // A folder that was moved or deleted has an epoch of the journal to itself: the next command begins another one.
  "after a delete": rename(1, "after")
}
/** Commands whose only flush is that of the journal. */
const plain = [
  "register",
  "unregister",
  "setBuildParticipation",
  "updateContract",
  "applyBankComposition",
  "batch of 2"
]

/** Not more calls than these: who makes more of them should know that. */
const mostCalls = {
  refreshAsset: 10,
  create: 33,
  register: 26,
  unregister: 9,
  setBuildParticipation: 9,
  updateContract: 25,
  applyBankComposition: 28,
  "batch of 2": 25,
  relocate: 61,
  delete: 51,
  "after a delete": 29
}

const reads: Readonly<Record<string, (runtime: Runtime) => Effect.Effect<unknown, AssetNotFound>>> = {
  listAssets: (runtime) => runtime.listAssets({ text: "one" }),
  getAssetDetails: (runtime) => runtime.getAssetDetails({ id: 1 }),
  getAssetActions: (runtime) => runtime.getAssetActions({ root: "t/one" }),
  snapshot: (runtime) =>
    Effect.map(
      runtime.snapshot,
      (view) => [view.listAssets(), view.getAssetDetails({ id: 1 }), view.getAssetActions({ id: 1 })]
    ),
  status: (runtime) => runtime.status
}

const told = ({ call, path, to }: DiskCall) =>
  // What is made up is numbered.
  `${call} ${path}${to === undefined ? "" : ` ${to}`}`.replaceAll(/u0\d{14}/g, "u")

/** What every kind of operation asks of the disk, in a project of this size. */
const callsAt = Effect.fnUntraced(function*(size: number) {
  const memory = workspaceOf(size)
  const disk = recordingDisk(memory.disk)
  const made = new Map<string, ReadonlyArray<string>>()
  yield* Effect.gen(function*() {
    const runtime = yield* ProjectRuntime
    assert.strictEqual((yield* runtime.listAssets()).total, Math.max(5, size))
    const record = <A, E>(name: string, what: Effect.Effect<A, E>) =>
      Effect.gen(function*() {
        disk.clear()
        const result = yield* what
        made.set(name, disk.calls.map(told))
        return result
      })
    yield* record("refreshAsset", runtime.refreshAsset({ id: 1 }))
    for (const [name, command] of Object.entries(commands)) {
      const preview = yield* record(`preview of ${name}`, runtime.preview(command))
      const { changes } = yield* record(name, runtime.execute(command, { expecting: preview }))
      assert.isAtLeast(changes.added.length + changes.updated.length + changes.removed.length, 1, name)
      for (const [read, run] of Object.entries(reads)) {
        yield* record(read, run(runtime))
        assert.deepStrictEqual(made.get(read), [], `${read} after ${name}`)
      }
    }
    const nothing = Command.setBuildParticipation({ asset: { id: 1 }, included: true })
    yield* record("a command that changes nothing", runtime.execute(nothing))
    yield* record("a command that is blocked", Effect.flip(runtime.execute(Command.register({ root: "t/one" }))))
    yield* record(
      "a retry",
      Effect.andThen(
        runtime.execute(rename(1, "id"), { operationId: "known" }),
        Effect.andThen(Effect.sync(disk.clear), runtime.execute(rename(1, "id"), { operationId: "known" }))
      )
    )
  }).pipe(Effect.provide(
    memoryProject({ disk: disk.disk }).pipe(
      Layer.provide(Layer.succeed(PackerEventSink, { publish: () => Effect.void })),
      // Checkpoints are counted apart.
      Layer.provide(Layer.succeed(PackerConfig, {
        ...defaultPackerSettings,
        checkpointAfter: Duration.hours(1),
        checkpointAtLatest: Duration.hours(2)
      }))
    ),
    { local: true }
  ))
  return made
})

/** Folders and files that an operation on these assets may look at: on the way to them, in them, and the packer's own. */
const allowed = /^(\/game|\/game\/assets|\/game\/assets\/t(\/.*)?|\/game\/assets\/\.prometeu(\/.*)?)$/

describe("the calls of an operation to the disk", () => {
  it.effect("are the same in a project of ten assets, a thousand, and ten thousand", () =>
    Effect.gen(function*() {
      // Their files were not written just now, when their times would say nothing.
      yield* TestClock.setTime(3_600_000)
      const small = yield* callsAt(10)
      for (const [name, calls] of small) {
        for (const call of calls) {
          for (const path of call.split(" ").slice(1)) assert.match(path, allowed, name)
          assert.notMatch(call, /^list \/game\/assets$/, name)
        }
      }
      for (const size of [1000, 10_000]) {
        const large = yield* callsAt(size)
        for (const [name, calls] of small) assert.deepStrictEqual(large.get(name), calls, `${name}, ${size} assets`)
        assert.strictEqual(large.size, small.size)
      }

      const flushes = (name: string) => small.get(name)?.filter((call) => call.startsWith("flush")).length
      for (const name of plain) assert.strictEqual(flushes(name), 1, name)
      const count = (name: string) => small.get(name)?.length ?? 0
      assert.strictEqual(count("a retry"), 0)
      const changing = /^(write|flush|flushData|rename|link|makeFolder|removeFile|removeFolder|flushFolder) /
      for (const [name, calls] of small) {
        const changes = calls.filter((call) => changing.test(call))
        const isQuiet = !(name in commands)
        if (isQuiet) assert.deepStrictEqual(changes, [], name)
      }
      for (const [name, most] of Object.entries(mostCalls)) assert.isAtMost(count(name), most, name)
    }))
})
