/**
 * A host that changes a project until it is killed: `hostChild.ts <root> <seed>`.
 *
 * It says `ready`, and with the first line on its standard input it opens the project. Then it says a line each, before it
 * goes on: `open` with what it found; `begin` with commands that it submits at once, and with what the project will be
 * after each of them; `event` for each end that its sink is told of; `done` for each outcome. It ends when nobody listens
 * to it any more.
 */
import { Duration, Effect, Exit, Layer, Logger, Scope } from "effect"
import { once } from "node:events"
import * as fs from "node:fs"
import { flushCompileCache } from "node:module"
import type { AssetSummary } from "../../../src/domain/Asset.ts"
import { Command } from "../../../src/domain/Command.ts"
import { isTerminal, type PackerEvent } from "../../../src/domain/Event.ts"
import { OperationId, ProjectId } from "../../../src/domain/Identity.ts"
import { functionSink } from "../../../src/layers/FunctionSink.ts"
import { layer } from "../../../src/layers/NodeProject.ts"
import { defaultPackerSettings, PackerConfig } from "../../../src/services/PackerConfig.ts"
import { ProjectRuntime } from "../../../src/services/ProjectRuntime.ts"
import { seeded } from "../../../src/testing/Seeded.ts"
import { chooseGroup } from "../../support/Commands.ts"

const [root = "", seed = "1"] = process.argv.slice(2)

/** Whoever reads this can rely on it: it is written before anything else happens. */
const say = (word: string, what: unknown = {}) =>
  Effect.sync(() => fs.writeSync(1, `${word} ${JSON.stringify(what)}\n`))

const sayEnd = (event: PackerEvent) => {
  if (event.kind === "action_failed") return say("event", { id: event.operation_id, kind: event.kind })
  if (event.kind !== "action_applied") return Effect.void
  const { recovery } = event.details
  return say("event", { id: event.operation_id, kind: event.kind, ...(recovery === undefined ? {} : { recovery }) })
}

const host = layer({ projectId: ProjectId.make("killed"), root }).pipe(
  Layer.provide(functionSink((event) => isTerminal(event) ? sayEnd(event) : Effect.void)),
  // A small journal has to make room now and then, a small limit puts some files beside it, and checkpoints come often.
  Layer.provide(Layer.succeed(PackerConfig, {
    ...defaultPackerSettings,
    journalBytes: 16_384,
    inlineBytes: 250,
    checkpointAfter: Duration.millis(15)
  }))
)

/** What is written to the standard output is said. */
const log = Logger.layer([Logger.make(({ logLevel, message }) => {
  if (logLevel !== "Info") process.stderr.write(`${logLevel} ${JSON.stringify(message)}\n`)
})])

const singles = (command: Command) => command._tag === "batch" ? command.commands : [command]

const changeForever = Effect.gen(function*() {
  const runtime = yield* ProjectRuntime
  const random = seeded(Number(seed))
  const state = Effect.map(runtime.listAssets({ limit: 1000 }), ({ assets }) => assets)
  yield* say("open", { assets: yield* state })

  for (let step = 0;; step++) {
    const { snapshot } = yield* runtime.snapshot
    const commands = chooseGroup(snapshot, random, step)
    const before = new Map<string, AssetSummary>((yield* state).map((summary) => [summary.root, summary]))
    const states: Array<ReadonlyArray<AssetSummary>> = []
    for (const [last] of commands.entries()) {
      const all = Command.batch({ commands: commands.slice(0, last + 1).flatMap(singles) })
      const { blockers, outcome } = yield* runtime.preview(all)
      if (blockers.length > 0) break
      const after = new Map(before)
      for (const { root, summary } of outcome) {
        after.delete(root)
        if (summary !== undefined) after.set(root, summary)
      }
      states.push([...after.values()])
    }
    if (states.length < commands.length) continue
    const group = commands.map((command, part) => ({ id: OperationId.make(`s${seed}-${step}-${part}`), command }))
    yield* say("begin", { group, states })
    const handles = yield* Effect.forEach(group, ({ command, id }) => runtime.submit(command, { operationId: id }))
    for (const handle of handles) yield* say("done", yield* handle.await)
    yield* say("state", { assets: yield* state })
  }
})

// Whoever is killed keeps nothing for the next one: what was compiled is kept now, if the parent wants it.
flushCompileCache()
await Effect.runPromise(say("ready"))
await once(process.stdin, "data")
process.stdin.once("close", () => process.exit(1))
const exit = await Effect.runPromiseExit(
  // Nothing closes this scope: the process is killed.
  Effect.flatMap(Layer.buildWithScope(host, Scope.makeUnsafe()), (context) => Effect.provide(changeForever, context))
    .pipe(
      Effect.provide(log)
    )
)
await Effect.runPromise(say("failed", Exit.isFailure(exit) ? String(exit.cause) : "it ended"))
