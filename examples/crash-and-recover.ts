/**
 * Crash and recover: a process dies between the moment its change is durable and the moment it is in place; the next
 * opening finishes it.
 */
import { NodeRuntime } from "@effect/platform-node"
import { Effect, Layer, Stream } from "effect"
import { spawnSync } from "node:child_process"
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { dirname, join } from "node:path"
import { fileURLToPath } from "node:url"
import { Command, Disk, PackerEvents, project, ProjectId, ProjectRuntime, pubSubSink } from "prometeu-packer"
import * as Packer from "prometeu-packer/node"
import { faultyDisk, workspaceFiles } from "prometeu-packer/testing"

const projectId = ProjectId.make("demo")
const rename = Command.updateContract({ asset: { id: 1 }, name: "new" })

/** The disk of this machine, but the process kills itself right before it would put a manifest in its place. */
const deadlyDisk = Layer.effect(
  Disk,
  Effect.map(Disk, (disk) => {
    const faulty = faultyDisk(disk)
    faulty.failWhere(({ call, to }) => {
      if (call === "rename" && to?.endsWith("/atlas/asset.json") === true) process.kill(process.pid, "SIGKILL")
      return undefined
    })
    return faulty.disk
  })
).pipe(Layer.provide(Packer.nodeDisk))

/** What the process does that dies. */
const die = (root: string) =>
  ProjectRuntime.use((packer) => packer.execute(rename, { operationId: "renaming" })).pipe(
    Effect.provide(
      project({ projectId, root, hash: Packer.sha256 }).pipe(
        Layer.provide([deadlyDisk, Packer.nodeHostInfo, pubSubSink])
      )
    )
  )

const demoFolder = Effect.acquireRelease(
  Effect.sync(() => {
    const root = mkdtempSync(join(tmpdir(), "crash-and-recover-"))
    for (
      const [path, content] of Object.entries(workspaceFiles({ "ui/atlas": { id: 1, manifest: { name: "old" } } }))
    ) {
      mkdirSync(dirname(join(root, path)), { recursive: true })
      writeFileSync(join(root, path), content)
    }
    return root
  }),
  (root) => Effect.sync(() => rmSync(root, { recursive: true }))
)

/** Runs the example; `say` gets each line it has to show. */
export const crashAndRecover = (say: (line: string) => void) =>
  Effect.scoped(Effect.gen(function*() {
    const root = yield* demoFolder
    const nameOnDisk = () => /"name": "(\w+)"/.exec(readFileSync(join(root, "assets/ui/atlas/asset.json"), "utf8"))?.[1]

    const args = ["--conditions=prometeu-packer-source", fileURLToPath(import.meta.url), "die", root]
    const { signal } = yield* Effect.sync(() => spawnSync(process.execPath, args, { stdio: "ignore" }))
    say(`the process ended by ${signal}; on disk the name is "${nameOnDisk()}"`)

    const recovered = Effect.gen(function*() {
      const packer = yield* ProjectRuntime
      const events = yield* PackerEvents
      say(
        `opened again: the name is "${
          (yield* packer.getAssetDetails({ id: 1 })).summary.name
        }", on disk "${nameOnDisk()}"`
      )
      const told = yield* events.subscribe({ from: "oldest" })
      const end = yield* Stream.runHead(Stream.filter(told, ({ kind }) => kind === "action_applied"))
      if (end._tag === "Some" && end.value.kind === "action_applied") {
        const { finished = [] } = end.value.details.recovery ?? {}
        say(`told: ${end.value.summary} (${
          finished.map(({ action, operation_id }) => `${action} ${operation_id}`).join(", ")
        })`)
      }
      // A host that never got its answer asks again under the same id: nothing is done twice.
      const { changes, generation } = yield* packer.execute(rename, { operationId: "renaming" })
      say(`asked again: it changed ${changes.updated.join(", ")}, and generation ${generation} shows it`)
    })
    yield* Effect.provide(recovered, Layer.provideMerge(Packer.layer({ projectId, root }), pubSubSink))
  }))

if (import.meta.main) {
  const [, , what, root = ""] = process.argv
  if (what === "die") NodeRuntime.runMain(die(root))
  else NodeRuntime.runMain(crashAndRecover(console.log))
}
