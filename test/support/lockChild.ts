/**
 * A process that wants the lock of a project: `lockChild.ts <root>`.
 *
 * It says what it does on its standard output, a line each: `ready`, then for every line `take` on its standard input
 * `held` or why not; for `check` whether it still holds it; for `release` that it is `released`.
 */
import { Context, Effect, Exit, Layer, Scope } from "effect"
import { createInterface } from "node:readline"
import { folderLock } from "../../src/layers/FolderLock.ts"
import { nodeDisk } from "../../src/layers/NodeDisk.ts"
import { nodeHostInfo } from "../../src/layers/NodeHostInfo.ts"
import type { DiskError } from "../../src/services/Disk.ts"
import { ProjectFolder } from "../../src/services/ProjectFolder.ts"
import { ProjectLock } from "../../src/services/ProjectLock.ts"

const [root = ""] = process.argv.slice(2)

const layer = folderLock().pipe(Layer.provide([nodeDisk, nodeHostInfo, ProjectFolder.layer(root)]))

let scope = Scope.makeUnsafe()
let lock: ProjectLock["Service"] | undefined

const take: Effect.Effect<string> = Effect.suspend(() => {
  scope = Scope.makeUnsafe()
  return Layer.buildWithScope(Layer.fresh(layer), scope)
}).pipe(
  Effect.map((context) => {
    lock = Context.get(context, ProjectLock)
    return "held"
  }),
  Effect.catch((error) => Effect.succeed(error._tag === "ProjectLocked" ? `locked by ${error.pid}` : error.message))
)

const commands: Readonly<Record<string, Effect.Effect<string, DiskError>>> = {
  take,
  check: Effect.suspend(() => lock?.isHeld ?? Effect.succeed(false)).pipe(Effect.map(String)),
  release: Effect.suspend(() => Scope.close(scope, Exit.void)).pipe(Effect.as("released"))
}

process.stdout.write("ready\n")
for await (const line of createInterface({ input: process.stdin })) {
  const answer = await Effect.runPromise(commands[line] ?? Effect.succeed(`what is ${line}?`))
  process.stdout.write(`${answer}\n`)
}
