/**
 * Looks for what is wrong with the project that this file lies in: `hunt.ts <seconds> <check> [<check> ...]`.
 *
 * Runs pieces of the checks, most of the first, until one of them complains or the time is over; then says in one line which one did,
 * as `{ "caughtBy": ..., "complaint": ... }`, or `{}`. Before that it says `loaded`: a fault that only keeps the project from being
 * loaded is none.
 */
import { Cause, Effect, Exit, Logger } from "effect"
import { findings, type Hunted } from "./Checks.ts"

const [seconds = "60", ...checks] = process.argv.slice(2)

/** What one piece complains of; what it dies of is a complaint as well. */
const complaintOf = (check: string, seed: number): Promise<string | undefined> =>
  Effect.runPromise(
    Effect.scoped(findings(check, seed)).pipe(
      Effect.exit,
      Effect.map((exit) => Exit.isSuccess(exit) ? exit.value.violations[0] : `it died: ${Cause.pretty(exit.cause)}`),
      Effect.provide(Logger.layer([]))
    )
  )

const hunt = async (): Promise<Hunted> => {
  const end = performance.now() + Number(seconds) * 1000
  for (let seed = 0;; seed++) {
    for (const [index, check] of checks.entries()) {
      // The others have one turn in eight of the first.
      if (index > 0 && seed % 8 !== 7) continue
      if (performance.now() > end) return {}
      const complaint = await complaintOf(check, seed)
      if (complaint !== undefined) return { caughtBy: check, complaint }
    }
  }
}

// Whoever waits for it is gone.
process.stdin.on("end", () => process.exit(1)).resume()
process.stdout.write("loaded\n")
process.stdout.write(`${JSON.stringify(await hunt())}\n`)
process.exit()
