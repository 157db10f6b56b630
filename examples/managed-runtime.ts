/** Managed runtime: a host without Effect code of its own opens a project, and talks to it with promises. */
import { Effect, Layer, ManagedRuntime } from "effect"
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import {
  Command,
  functionSink,
  type OpeningError,
  type PackerError,
  ProjectId,
  ProjectRuntime,
  type SinkReentry
} from "prometeu-packer"
import * as Packer from "prometeu-packer/node"

/** The packer as this host wants it: promises in, callbacks out. */
class PackerClient {
  readonly #runtime: ManagedRuntime.ManagedRuntime<ProjectRuntime, OpeningError>

  constructor(root: string, onEvent: (summary: string) => void) {
    const sink = functionSink(({ summary }) => Effect.sync(() => onEvent(summary)))
    const project = Packer.layer({ projectId: ProjectId.make("demo"), root })
    this.#runtime = ManagedRuntime.make(Layer.provide(project, sink))
  }

  /** The roots of all assets. The first call opens the project. */
  async roots(): Promise<ReadonlyArray<string>> {
    const { assets } = await this.#runtime.runPromise(ProjectRuntime.use((packer) => packer.listAssets()))
    return assets.map(({ root }) => root)
  }

  /** Carries out a command; what is refused is a value with a tag and a message. */
  async execute(command: Command): Promise<"done" | PackerError | SinkReentry> {
    const result = await this.#runtime.runPromise(
      ProjectRuntime.use((packer) => Effect.result(packer.execute(command)))
    )
    return result._tag === "Success" ? "done" : result.failure
  }

  /** Closes the project: what was accepted is finished, and everything is in plain files. */
  close(): Promise<void> {
    return this.#runtime.dispose()
  }
}

/** Runs the example; `say` gets each line it has to show. */
export const managedRuntime = async (say: (line: string) => void): Promise<void> => {
  const root = mkdtempSync(join(tmpdir(), "managed-runtime-"))
  const client = new PackerClient(root, (summary) => say(`  event: ${summary}`))
  try {
    const create = Command.create({ root: "ui/atlas", name: "atlas", family: "tile_bank" })
    say(`create: ${await client.execute(create)}`)
    const again = await client.execute(create)
    say(`create again: ${again === "done" ? again : again.message}`)
    say(`assets: ${(await client.roots()).join(", ")}`)
  } finally {
    await client.close()
    rmSync(root, { recursive: true })
  }
}

if (import.meta.main) await managedRuntime(console.log)
