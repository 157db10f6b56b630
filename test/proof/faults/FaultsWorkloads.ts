/** Projects and what is done to them, to be done again and again on disks that fail. */
import { Effect, Exit, Scope } from "effect"
import { Command } from "../../../src/domain/Command.ts"
import type { CommitterSettings } from "../../../src/layers/commit/Terms.ts"
import { ProjectTree, testUuid } from "../../../src/testing/ProjectTree.ts"
import type { SimulatedDisk } from "../../../src/testing/SimulatedDisk.ts"
import { openSession } from "../../support/Session.ts"
import { entry, manifest, registry } from "../../support/Workspace.ts"
import { diskOf } from "../crashes/CrashRecording.ts"

/** What is done next: commands at once, everything brought to its plain file, or a while in which nothing happens. */
type Act = ReadonlyArray<Command> | "flush" | "wait"

/** A project on a disk, and what is done to it once it is open. */
export interface Workload {
  readonly name: string
  /** Forked for each run, so that every one begins the same. */
  readonly start: SimulatedDisk
  readonly boot: string
  readonly acts: ReadonlyArray<Act>
  readonly settings: Partial<CommitterSettings>
}

/** A project with assets in and outside of the registry, near the top and deep. */
export const project = (): ProjectTree => {
  const tree = ProjectTree.of({
    "a/asset.json": manifest({ name: "a" }),
    "a/note.txt": "a note",
    "b/asset.json": manifest({ asset_uuid: testUuid(7), name: "b" }),
    "ui/x/asset.json": manifest({ asset_uuid: testUuid(1) }),
    "ui/x/one.png": "one",
    "ui/x/sub/two.png": "two",
    "ui/deep/er/z/asset.json": manifest({ asset_uuid: testUuid(2), name: "z" }),
    "ui/deep/er/z/z.png": "z",
    "snd/one/asset.json": manifest({ asset_uuid: testUuid(3), name: "sound" }),
    "probe/asset.json": manifest({ asset_uuid: testUuid(4), name: "probe" }),
    ".prometeu/index.json": registry(
      [entry(1, "ui/x"), entry(2, "ui/deep/er/z"), entry(3, "snd/one"), entry(4, "probe")],
      { more: [1] }
    )
  })
  tree.putFolder("empty")
  return tree
}

const at = (root: string) => ({ asset: { root } })
const family = "tile_bank"
const update = (root: string, name: string) => Command.updateContract({ ...at(root), name })

/** What ends in the middle, for an opening to finish. */
const unfinished: ReadonlyArray<ReadonlyArray<Command>> = [
  [update("ui/x", "first"), Command.register({ root: "a" }), Command.create({ root: "new/one", name: "one", family })],
  [update("ui/x", "second"), Command.unregister(at("snd/one"))]
]

const moved: ReadonlyArray<ReadonlyArray<Command>> = [
  [Command.batch({
    commands: [
      Command.relocate({ ...at("ui/x"), to: "new/far/off" }),
      Command.delete(at("snd/one")),
      Command.create({ root: "snd/one", name: "again", family })
    ]
  })],
  [update("b", "b once more"), Command.register({ root: "b" })]
]

/** The disk as it is after commands that were answered, before anything was brought to its plain file. */
const interrupted = Effect.fnUntraced(function*(
  groups: ReadonlyArray<ReadonlyArray<Command>>,
  settings: Partial<CommitterSettings>
) {
  const disk = diskOf(project())
  const scope = yield* Scope.make()
  const session = yield* Scope.provide(openSession({ disk: disk.disk, prefix: "a", settings }), scope)
  for (const group of groups) yield* session.run(group)
  const left = disk.fork()
  yield* Scope.close(scope, Exit.void)
  return left
})

const small = { journalBytes: 2048 }

/** Everything that a committer does, in short pieces. */
export const workloads: Effect.Effect<ReadonlyArray<Workload>> = Effect.gen(function*() {
  const start = diskOf(project())
  const on = (name: string, acts: ReadonlyArray<Act>, settings: Partial<CommitterSettings> = {}): Workload => ({
    name,
    start,
    boot: "boot-1",
    acts,
    settings: { ...small, ...settings }
  })
  const after = Effect.fnUntraced(function*(
    name: string,
    groups: ReadonlyArray<ReadonlyArray<Command>>,
    crash: (disk: SimulatedDisk) => SimulatedDisk,
    boot: string,
    settings: Partial<CommitterSettings> = {}
  ) {
    const chosen = { ...small, ...settings }
    const left = crash(yield* Effect.orDie(interrupted(groups, chosen)))
    return { name, start: left, boot, acts: [[update("b", "after")]], settings: chosen } satisfies Workload
  })
  const kill = (disk: SimulatedDisk) => disk.kill()
  const losePower = (disk: SimulatedDisk) => disk.crash(() => false)
  return [
    on("register and write a uuid", [[Command.register({ root: "a" })]]),
    on("register", [[Command.register({ root: "b" })]]),
    on("create in new folders", [[Command.create({ root: "new/far/off", name: "off", family })]]),
    on("update", [[update("ui/x", "other")]]),
    on("compose", [[Command.applyBankComposition({ ...at("ui/x"), files: ["one.png"] })]]),
    on("unregister", [[Command.unregister(at("snd/one"))]]),
    on("relocate into new folders", [[Command.relocate({ ...at("ui/x"), to: "new/far/off" })]]),
    on("relocate from deep", [[Command.relocate({ ...at("ui/deep/er/z"), to: "ui/y" })]]),
    on("delete", [[Command.delete(at("ui/x"))]]),
    on("batch", [[Command.batch({
      commands: [
        Command.create({ root: "new/one", name: "one", family }),
        Command.relocate({ ...at("ui/x"), to: "new/two" }),
        Command.delete(at("snd/one")),
        update("ui/deep/er/z", "other")
      ]
    })]]),
    on("three at once", [[
      update("ui/x", "other"),
      Command.register({ root: "a" }),
      Command.create({ root: "new/one", name: "one", family })
    ]]),
    on("a file too large for the journal", [[
      update("ui/x", "other"),
      Command.create({ root: "new/one", name: "one", family })
    ]], { inlineBytes: 100 }),
    on("a journal that gets full", [
      [update("ui/x", "one"), update("b", "one")],
      [update("ui/x", "two")],
      [Command.register({ root: "a" })]
    ], { journalBytes: 1536 }),
    on("a journal that is too small", [[update("ui/x", "one")], [update("ui/x", "two")]], { journalBytes: 256 }),
    on("moves behind other changes", [
      [Command.register({ root: "a" })],
      [Command.relocate({ ...at("a"), to: "ui/a" })],
      [update("ui/a", "moved")]
    ]),
    on("flushes", [[Command.register({ root: "a" })], "flush", [update("ui/x", "other")], "flush"]),
    on("a quiet while", [[Command.register({ root: "a" })], "wait", [update("ui/x", "other")], "wait"]),
    yield* after("after a kill", unfinished, kill, "boot-1"),
    yield* after("after a loss of power", unfinished, losePower, "boot-2"),
    yield* after("after a kill, with moves", moved, kill, "boot-1"),
    yield* after("after a loss of power, with moves", moved, losePower, "boot-2"),
    yield* after("after a loss of power, with large files", unfinished, losePower, "boot-2", { inlineBytes: 100 })
  ]
})
