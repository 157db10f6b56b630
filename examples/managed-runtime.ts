/** Managed runtime: a host without Effect code of its own opens a project, and talks to it with promises. */
import { Effect, Layer, ManagedRuntime } from "effect"
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { Command, functionSink, type OpeningError, ProjectId, ProjectRuntime } from "prometeu-packer"
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

  /** Carries out a command. What is refused is no exception: it is an answer, with what to do. */
  async execute(command: Command): Promise<{ readonly isDone: boolean; readonly message: string }> {
    const executed = ProjectRuntime.use((packer) => packer.execute(command)).pipe(
      Effect.match({
        onSuccess: ({ generation }) => ({ isDone: true, message: `done, as generation ${generation}` }),
        onFailure: ({ message }) => ({ isDone: false, message })
      })
    )
    return this.#runtime.runPromise(executed)
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
    say(`create: ${(await client.execute(create)).message}`)
    say(`create again: ${(await client.execute(create)).message}`)
    say(`assets: ${(await client.roots()).join(", ")}`)
  } finally {
    await client.close()
    rmSync(root, { recursive: true })
  }
}

if (import.meta.main) await managedRuntime(console.log)
