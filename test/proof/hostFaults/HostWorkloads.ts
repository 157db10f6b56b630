/** What a host does with a project, to be done again and again on disks that fail. */
import { Effect, Exit, Scope } from "effect"
import { Command } from "../../../src/domain/Command.ts"
import type { AssetRef } from "../../../src/domain/Identity.ts"
import { SimulatedDisk } from "../../../src/testing/SimulatedDisk.ts"
import type { TestIdentity } from "../../../src/testing/TestHost.ts"
import { root } from "../../support/Session.ts"
import { manifest } from "../../support/Workspace.ts"
import { diskOf } from "../crashes/CrashRecording.ts"
import { project } from "../faults/FaultsWorkloads.ts"
import { nothingTold, openHost, processOf } from "./OpenHost.ts"

/** What a host does next, and waits for. */
export type HostAct =
  /** Several are submitted before any of them is waited for. */
  | { readonly _tag: "commands"; readonly commands: ReadonlyArray<Command> }
  | { readonly _tag: "preview"; readonly command: Command }
  | { readonly _tag: "refreshAsset"; readonly asset: AssetRef }
  | { readonly _tag: "refresh" }
  | { readonly _tag: "flush" }
  /** Nothing for a while, in which the project tidies up. */
  | { readonly _tag: "wait" }

/** What somebody else writes. */
interface HostEdit {
  readonly path: string
  readonly text: string
  /** The asset that shows it. */
  readonly root: string
}

/** A project on a disk, and what a host does with it. */
export interface HostWorkload {
  readonly name: string
  /** Forked for each run, so that every one begins the same. */
  readonly start: SimulatedDisk
  readonly process: TestIdentity
  /** The calls of opening are among those that fail; else only those of what is done then, to the end of closing. */
  readonly isOpening: boolean
  /** What somebody else writes as soon as it is open: something new, that nothing but a refresh shows. */
  readonly edit: HostEdit | undefined
  readonly acts: ReadonlyArray<HostAct>
  /** What is durable and not in its place when it begins. */
  readonly unfinished: ReadonlyArray<string>
  /** A command that nothing is in the way of, another one each time. */
  readonly probe: (n: number) => Command
}

const at = (root: string) => ({ asset: { root } })
const family = "tile_bank"
const update = (root: string, name: string) => Command.updateContract({ ...at(root), name })
const create = (root: string) => Command.create({ root, name: "made", family })
const probe = (n: number) => update("probe", `probe ${n}`)

const commands = (...all: ReadonlyArray<Command>): HostAct => ({ _tag: "commands", commands: all })

const batch = Command.batch({
  commands: [
    create("new/one"),
    Command.relocate({ ...at("ui/x"), to: "new/two" }),
    Command.delete(at("snd/one")),
    update("ui/deep/er/z", "other")
  ]
})

/** What a host had done that ended in the middle. */
const before: ReadonlyArray<readonly [id: string, command: Command]> = [
  ["before-1", update("ui/x", "first")],
  ["before-2", Command.register({ root: "a" })],
  ["before-3", Command.relocate({ ...at("snd/one"), to: "far/off" })],
  ["before-4", create("new/one")],
  ["before-5", Command.setBuildParticipation({ ...at("ui/x"), included: false })]
]

/** The disk as it is after commands that were answered, before anything else was done. */
const interrupted = Effect.gen(function*() {
  const disk = diskOf(project())
  const scope = yield* Scope.make()
  const process = processOf(100, "boot-1")
  const runtime = yield* openHost({ disk: disk.disk, prefix: "a", process }, nothingTold(), scope)
  for (const [operationId, command] of before) yield* runtime.execute(command, { operationId })
  const left = disk.fork()
  yield* Scope.close(scope, Exit.void)
  return left
})

/** Everything that a host does with a project, in short pieces. */
export const hostWorkloads: Effect.Effect<ReadonlyArray<HostWorkload>> = Effect.gen(function*() {
  const start = diskOf(project())
  const plain = {
    start,
    process: processOf(200, "boot-1"),
    isOpening: false,
    edit: undefined,
    unfinished: [],
    probe,
    acts: []
  }
  const doing = (name: string, ...acts: ReadonlyArray<HostAct>): HostWorkload => ({ ...plain, name, acts })
  const fresh = SimulatedDisk.of()
  fresh.putFolder(root)
  const left = yield* Effect.orDie(interrupted)
  const unfinished = { ...plain, isOpening: true, unfinished: before.map(([id]) => id) }
  return [
    {
      ...plain,
      name: "opening a fresh folder",
      start: fresh,
      isOpening: true,
      probe: (n) => create(`probe/n${n}`)
    },
    { ...plain, name: "opening a project", isOpening: true },
    { ...unfinished, name: "opening after a kill", start: left.kill() },
    {
      ...unfinished,
      name: "opening after a loss of power",
      start: left.crash(() => false),
      process: processOf(200, "boot-2")
    },
    doing("register", commands(Command.register({ root: "b" }))),
    doing("register and write a uuid", commands(Command.register({ root: "a" }))),
    doing("create", commands(create("new/far/off"))),
    doing("update", commands(update("ui/x", "other"))),
    doing("compose", commands(Command.applyBankComposition({ ...at("ui/x"), files: ["one.png"] }))),
    doing("leave out", commands(Command.setBuildParticipation({ ...at("ui/x"), included: false }))),
    doing("unregister", commands(Command.unregister(at("snd/one")))),
    doing("relocate", commands(Command.relocate({ ...at("ui/deep/er/z"), to: "ui/y" }))),
    doing("relocate into new folders", commands(Command.relocate({ ...at("ui/x"), to: "new/far/off" }))),
    doing("delete", commands(Command.delete(at("ui/x")))),
    doing("batch", commands(batch)),
    doing("three at once", commands(update("ui/x", "other"), Command.register({ root: "a" }), create("new/one"))),
    doing("one after the other", commands(Command.register({ root: "a" })), commands(update("a", "more"))),
    doing("preview", { _tag: "preview", command: batch }),
    {
      ...doing("refresh an asset", { _tag: "refreshAsset", asset: { root: "ui/x" } }),
      edit: { path: `${root}/assets/ui/x/new.png`, text: "new", root: "ui/x" }
    },
    {
      ...doing("refresh", commands(update("ui/x", "other")), { _tag: "refresh" }),
      edit: { path: `${root}/assets/found/asset.json`, text: manifest({ name: "found" }), root: "found" }
    },
    doing("flush", commands(Command.register({ root: "a" })), { _tag: "flush" }),
    doing("a quiet while", commands(Command.register({ root: "a" })), { _tag: "wait" })
  ]
})
