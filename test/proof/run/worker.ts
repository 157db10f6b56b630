/** A process that does pieces of the proof: gets the name of a part and a seed, and answers with what it found. */
import { Cause, Effect, Exit, Fiber, Logger } from "effect"
import type { Findings } from "../Part.ts"
import { parts } from "../Parts.ts"

/** What a worker is asked for. */
export interface Asked {
  readonly part: string
  readonly seed: number
}

/** The same findings, as they travel between processes. */
export interface Told extends Omit<Findings, "distinct"> {
  readonly distinct: Readonly<Record<string, ReadonlyArray<string>>>
}

const told = ({ distinct = {}, ...findings }: Findings): Told => ({
  ...findings,
  distinct: Object.fromEntries(Object.entries(distinct).map(([name, texts]) => [name, Array.from(texts)]))
})

let running: Fiber.Fiber<Findings> | undefined
let isStopping = false

/** A piece that dies has found something. */
const work = async ({ part, seed }: Asked): Promise<Told> => {
  const found = parts.find(({ name }) => name === part)
  if (found === undefined) return told({ counts: {}, violations: [`there is no part "${part}"`] })
  running = Effect.runFork(Effect.scoped(found.piece(seed)).pipe(Effect.provide(Logger.layer([]))))
  const exit = await Effect.runPromise(Fiber.await(running))
  running = undefined
  return told(
    Exit.isSuccess(exit) ? exit.value : { counts: {}, violations: [`it died: ${Cause.pretty(exit.cause)}`] }
  )
}

process.on("message", (asked: Asked) => {
  void work(asked).then((findings) => isStopping ? undefined : process.send?.(findings))
})

/** Lets the piece that is under way clean up after itself, and ends. */
const stop = async (): Promise<void> => {
  if (isStopping) return
  isStopping = true
  if (running !== undefined) await Effect.runPromise(Fiber.interrupt(running))
  process.exit()
}

// Nobody listens any more, or somebody at a terminal has had enough.
for (const end of ["disconnect", "SIGINT", "SIGTERM"]) process.on(end, () => void stop())
