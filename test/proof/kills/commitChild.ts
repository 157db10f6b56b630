/**
 * A process that changes a project until it is killed: `commitChild.ts <root> <seed>`.
 *
 * It says `ready`, and with the first line on its standard input it opens the project. Then it says a line each, before it
 * goes on: `open` with what it found, `begin` with what the project will be before a command is made durable, `done` when
 * it is answered. It ends when nobody listens to it any more.
 */
import { Context, Effect, Exit, Layer, Random, Result, Scope } from "effect"
import { randomUUID } from "node:crypto"
import { once } from "node:events"
import * as fs from "node:fs"
import { flushCompileCache } from "node:module"
import type { Command } from "../../../src/domain/Command.ts"
import { looksOf } from "../../../src/domain/commands/AllCommands.ts"
import { settle } from "../../../src/domain/Commit.ts"
import { AssetUuid, OperationId } from "../../../src/domain/Identity.ts"
import { openSnapshot } from "../../../src/domain/Opening.ts"
import { patch } from "../../../src/domain/Patch.ts"
import { changesNothing, plan } from "../../../src/domain/Plan.ts"
import type { Snapshot } from "../../../src/domain/Snapshot.ts"
import { diskWorkspace } from "../../../src/layers/DiskWorkspace.ts"
import { folderLock } from "../../../src/layers/FolderLock.ts"
import { journaledCommitter } from "../../../src/layers/JournaledCommitter.ts"
import { nodeDisk } from "../../../src/layers/NodeDisk.ts"
import { nodeHostInfo } from "../../../src/layers/NodeHostInfo.ts"
import { sha256 } from "../../../src/layers/Sha256.ts"
import { DurableCommitter } from "../../../src/services/DurableCommitter.ts"
import { ProjectFolder } from "../../../src/services/ProjectFolder.ts"
import { asFound, Workspace } from "../../../src/services/Workspace.ts"
import { testOpening } from "../../../src/testing/ProjectTree.ts"
import { seeded } from "../../../src/testing/Seeded.ts"
import { chooseGroup } from "../../support/Commands.ts"

const [root = "", seed = "1"] = process.argv.slice(2)
const workspaceOptions = { hash: sha256, manifestLimit: 1024 * 1024, registryLimit: 2 ** 30, concurrency: 4 }
// A small journal has to make room now and then, and a small limit puts some files beside it.
const committer = journaledCommitter({ hash: sha256, journalBytes: 16_384, inlineBytes: 250 })
const layer = Layer.merge(committer, diskWorkspace(workspaceOptions)).pipe(
  Layer.provide(folderLock()),
  Layer.provide([nodeDisk, nodeHostInfo, ProjectFolder.layer(root)])
)

/** Whoever reads this can rely on it: it is written before anything else happens. */
const say = (word: string, state?: unknown) =>
  Effect.sync(() => fs.writeSync(1, `${word} ${JSON.stringify(state ?? {})}\n`))

/** What has to be found on disk, where this snapshot is the project. */
const stateOf = ({ assets }: Snapshot) =>
  Array.from(assets.values(), ({ summary: { assetId, assetUuid, includedInBuild, name, root } }) => ({
    root,
    name,
    ...(assetId === undefined ? {} : { id: assetId, uuid: assetUuid, included: includedInBuild })
  }))

const commitForever = Effect.gen(function*() {
  // Nothing closes this scope: the process is killed.
  const context = yield* Layer.buildWithScope(layer, Scope.makeUnsafe())
  const committer = Context.get(context, DurableCommitter)
  const workspace = Context.get(context, Workspace)
  const random = seeded(Number(seed))
  let snapshot = openSnapshot(yield* workspace.scan(asFound), testOpening)
  yield* say("open", stateOf(snapshot))

  const run = Effect.fnUntraced(function*(command: Command, id: OperationId) {
    const parts = command._tag === "batch" ? command.commands.length : 1
    const made = plan(snapshot, command, {
      ...yield* workspace.observe(looksOf(snapshot, command)),
      // Nobody else writes here.
      registry: snapshot.registryFacts.state,
      newUuids: Array.from({ length: parts }, () => AssetUuid.make(randomUUID()))
    })
    if (made.blockers.length > 0 || changesNothing(made)) return
    const none = { fingerprints: new Map(), notPublished: new Map(), diverged: new Map() }
    yield* say("begin", stateOf(patch(snapshot, { operationId: id, plan: made, ...none })))
    const change = { operationId: id, files: made.files, registry: made.registry }
    const [result] = yield* committer.commit(
      [{ staged: yield* committer.stage(change), receipt: command._tag }],
      snapshot.registry
    )
    const settled = result === undefined ? undefined : settle(id, made, result)
    if (settled === undefined || Result.isFailure(settled)) yield* say("failed", result)
    else {
      snapshot = patch(snapshot, settled.success.committed)
      yield* say("done")
    }
  })

  for (let step = 0;; step++) {
    const name = yield* Random.nextIntBetween(0, 1_000_000)
    for (const [part, command] of chooseGroup(snapshot, random, name).entries()) {
      yield* run(command, OperationId.make(`s${seed}-${step}-${part}`))
    }
  }
})

// Whoever is killed keeps nothing for the next one: what was compiled is kept now, if the parent wants it.
flushCompileCache()
await Effect.runPromise(say("ready"))
await once(process.stdin, "data")
process.stdin.once("close", () => process.exit(1))
const exit = await Effect.runPromiseExit(commitForever)
await Effect.runPromise(say("failed", Exit.isFailure(exit) ? String(exit.cause) : "it ended"))
