/**
 * Starting the Studio, and what is said when that does not work.
 *
 * What goes wrong at the start is said in a sentence, and ends the process. A project that somebody else has open does too: who
 * has it is named, and there is nothing to show until that is over.
 */
import { Cause, Console, Effect, Exit, Layer, type Runtime } from "effect"
import { join } from "node:path"

import { type Options, readOptions, usualPort } from "./Options.ts"
import { Problem } from "./Problem.ts"
import { demoIn, projectIn } from "./ProjectFolders.ts"
import { serverUrl, studioServer } from "./StudioServer.ts"

const demos = join(import.meta.dirname, "..", "..", "..", ".studio-demo")

const isTaken = (cause: unknown): boolean => cause instanceof Error && "code" in cause && cause.code === "EADDRINUSE"

const notAt = (port: number, cause: unknown): Problem =>
  new Problem({
    message: `Port ${port} cannot be used: ${isTaken(cause) ? "somebody else listens there" : String(cause)}. ` +
      "Choose another one with --port, or none."
  })

const serve = Effect.fnUntraced(function*(page: Effect.Effect<string, Problem>, options: Options) {
  const { assets, folder, port, takeOver } = options
  const project = yield* folder === undefined ? demoIn(demos, assets) : projectIn(folder)
  const built = yield* page
  const at = (port: number) => Layer.build(studioServer({ project, page: built, port, takeOver }))
  const wanted = at(port ?? usualPort)
  const anyOther = Effect.catchIf(wanted, (error) => error._tag === "ServeError" && isTaken(error.cause), () => at(0))
  const context = yield* (port === undefined ? anyOther : wanted).pipe(
    Effect.catchTag("ServeError", ({ cause }) => Effect.fail(notAt(port ?? usualPort, cause)))
  )
  const url = yield* Effect.provideContext(serverUrl, context)
  yield* Console.log(`${project.root}\nThe Studio is at ${url}`)
  return yield* Effect.never
}, Effect.scoped)

/**
 * A Studio for the project in a folder, or for a demo, until it is ended; the page comes from where this is said.
 */
export const studio = (page: Effect.Effect<string, Problem>, args: ReadonlyArray<string>, startedIn: string) =>
  Effect.gen(function*() {
    const options = yield* Effect.fromResult(readOptions(args, startedIn))
    return yield* "help" in options ? Console.log(options.help) : serve(page, options)
  }).pipe(Effect.tapError(({ message }) => Console.error(message)))

/** How the process ends. Whoever ends the Studio with Ctrl+C has what was wanted: the project is closed. */
export const ending: {
  readonly disableErrorReporting: boolean
  readonly teardown: Runtime.Teardown
} = {
  disableErrorReporting: true,
  teardown: (exit, end) => end(Exit.isSuccess(exit) || Cause.hasInterruptsOnly(exit.cause) ? 0 : 1)
}
