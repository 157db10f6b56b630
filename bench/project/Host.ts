/** A project, opened the way a host opens it: nothing is switched off, and somebody listens to the events. */
import { Effect, Layer, ManagedRuntime, Stream } from "effect"
import { Command, PackerEvents, ProjectId, ProjectRuntime, pubSubSink } from "prometeu-packer"
import * as Packer from "prometeu-packer/node"

import { restorePool, type Workspace } from "./Workspaces.ts"

/** The most commands that one batch may have. */
const batchLimit = 1000

const listening = Layer.effectDiscard(Effect.gen(function*() {
  const events = yield* PackerEvents
  yield* Effect.forkScoped(Stream.runDrain(yield* events.subscribe()))
}))

/** The layer that opens a project. */
type Opening = ReturnType<typeof Packer.layer>

/** An open project. */
export class Host {
  readonly workspace: Workspace
  readonly packer: ProjectRuntime["Service"]
  /** Closes the project, as the end of a host does. */
  readonly close: () => Promise<void>

  private constructor(workspace: Workspace, packer: ProjectRuntime["Service"], close: () => Promise<void>) {
    this.workspace = workspace
    this.packer = packer
    this.close = close
  }

  /** Opens a project; another layer than the usual one is for counting what that does. */
  static async open(workspace: Workspace, opening: Opening = usual(workspace.folder)): Promise<Host> {
    const runtime = ManagedRuntime.make(Layer.provideMerge(Layer.merge(opening, listening), pubSubSink))
    const packer = await runtime.runPromise(Effect.gen(function*() {
      return yield* ProjectRuntime
    }))
    return new Host(workspace, packer, () => runtime.dispose())
  }

  /** Registers the assets at these roots, one after the other, and tells how many microseconds each took. */
  register(roots: ReadonlyArray<string>): Promise<ReadonlyArray<number>> {
    const { packer } = this
    return Effect.runPromise(Effect.gen(function*() {
      const times: Array<number> = []
      for (const root of roots) {
        const start = performance.now()
        yield* packer.execute(Command.register({ root }))
        times.push((performance.now() - start) * 1000)
      }
      return times
    }))
  }

  /** So many callers register the assets at these roots, each the next one as soon as its last one is durable. */
  registerTogether(roots: ReadonlyArray<string>, callers: number): Promise<void> {
    const { packer } = this
    const rest = roots.values()
    const caller = Effect.gen(function*() {
      for (const root of rest) yield* packer.execute(Command.register({ root }))
    })
    return Effect.runPromise(
      Effect.all(Array.from({ length: callers }, () => caller), { concurrency: "unbounded", discard: true })
    )
  }

  /** Brings everything to its plain file; tells how many milliseconds that took. */
  async flush(): Promise<number> {
    const start = performance.now()
    await Effect.runPromise(this.packer.flush)
    return performance.now() - start
  }

  /** Makes the assets of the pool what they were in the beginning: not registered, and without a uuid. */
  restore(): Promise<void> {
    const { packer, workspace } = this
    return Effect.runPromise(Effect.gen(function*() {
      const { assets } = yield* packer.listAssets({ registration: "unregistered" })
      const unregistered = new Set<string>(assets.map(({ root }) => root))
      const registered = workspace.pool.filter((root) => !unregistered.has(root))
      for (let at = 0; at < registered.length; at += batchLimit) {
        const roots = registered.slice(at, at + batchLimit)
        yield* packer.execute(
          Command.batch({ commands: roots.map((root) => Command.unregister({ asset: { root } })) })
        )
      }
      yield* packer.flush
      restorePool(workspace)
      yield* packer.refresh()
    }))
  }
}

/** The project at a folder, as every host on this machine opens it. */
const usual = (root: string): Opening => Packer.layer({ projectId: ProjectId.make("bench"), root })
