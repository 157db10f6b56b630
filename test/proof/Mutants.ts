/** Whether the proof finds faults that are put into the source: each in a copy, in a process of its own. */
import { Effect, Option, Schema, type Scope } from "effect"
import { spawn } from "node:child_process"
import type { Hunted } from "./mutants/Checks.ts"
import { type Check, type Mutant, mutants } from "./mutants/Mutants.ts"
import { patchedCopy, whyNot } from "./mutants/Patch.ts"
import type { Findings, Piece } from "./Part.ts"

const checks: ReadonlyArray<Check> = ["crashes", "hostCrashes", "faults", "edits", "hostFaults", "histories", "fuzz"]

/** How long a fault is looked for, and how long where there should be nothing to be found. */
const seconds = 60
const secondsOfNothing = 20

/** Nobody knows whether there is something to be found. */
interface HuntFailed {
  readonly failed: string
}

const decodeHunted = Schema.decodeUnknownSync(Schema.fromJsonString(Schema.Struct({
  caughtBy: Schema.optionalKey(Schema.String),
  complaint: Schema.optionalKey(Schema.String)
})))

/** Runs the hunt in a copy, and gives what it says last. */
const hunted = Effect.fnUntraced(function*(
  copy: string,
  first: Check,
  seconds: number
): Effect.fn.Return<Hunted | HuntFailed, never, Scope.Scope> {
  const order = [first, ...checks.filter((check) => check !== first)]
  const child = yield* Effect.acquireRelease(
    Effect.sync(() => {
      const args = [`${copy}/test/proof/mutants/hunt.ts`, String(seconds), ...order]
      return spawn(process.execPath, ["--conditions=prometeu-packer-source", ...args], { cwd: copy })
    }),
    (child) => Effect.sync(() => child.kill("SIGKILL"))
  )
  const said = Effect.promise(() =>
    new Promise<string>((resolve) => {
      let text = ""
      child.stdout.on("data", (data: Buffer) => (text += data.toString()))
      child.stderr.on("data", (data: Buffer) => (text += data.toString()))
      child.once("close", () => resolve(text.trim()))
    })
  )
  const text = yield* Effect.timeoutOption(said, (seconds + 60) * 1000)
  const lines = Option.getOrElse(text, () => "").split("\n")
  const last = lines.at(-1) ?? ""
  if (last.startsWith("{") && last.endsWith("}")) return decodeHunted(last)
  const what = Option.isNone(text) ? "came to no end" : lines.includes("loaded") ? "ended" : "could not be loaded"
  return { failed: `the hunt ${what}: ${lines.slice(-8).join(" ")}` }
})

/** What came of one mutant. */
interface MutantReport {
  readonly name: string
  readonly caughtBy?: string
  readonly complaint?: string
  readonly redundant?: string
}

const isFailed = (hunted: Hunted | HuntFailed): hunted is HuntFailed => "failed" in hunted

const reportOf = ({ name, redundant }: Mutant, { caughtBy, complaint }: Hunted): MutantReport => ({
  name,
  ...(caughtBy === undefined ? {} : { caughtBy }),
  ...(complaint === undefined ? {} : { complaint: complaint.slice(0, 300) }),
  ...(redundant === undefined ? {} : { redundant })
})

/** The source as it is, which nothing may complain of. */
const asItIs: Mutant = { name: "the source as it is", edits: [], first: "crashes" }

const wrong = (what: string): Findings => ({ counts: { mutants: 1 }, violations: [`mutant ${what}`] })

/** How many pieces are all of them; the one behind the last is none of them. */
export const mutantPieces = mutants.length + 1

/** Looks for one of the faults. */
export const mutantPiece: Piece = (seed) =>
  Effect.gen(function*() {
    const mutant = mutants[seed] ?? asItIs
    const why = whyNot(mutant)
    if (why !== undefined) return wrong(`"${mutant.name}" does not apply: ${why}`)
    const found = yield* hunted(
      yield* patchedCopy(mutant),
      mutant.first,
      mutant === asItIs || mutant.redundant !== undefined ? secondsOfNothing : seconds
    )
    if (isFailed(found)) return wrong(`"${mutant.name}": ${found.failed}`)
    const { caughtBy, complaint = "" } = found
    if (mutant === asItIs) {
      return {
        counts: {},
        violations: caughtBy === undefined ? [] : [`${mutant.name}, ${caughtBy} says: ${complaint}`]
      }
    }
    const isRedundant = mutant.redundant !== undefined
    if ((caughtBy !== undefined) === isRedundant) {
      return wrong(`"${mutant.name}" is ${isRedundant ? `redundant, and caught: ${complaint}` : "not caught"}`)
    }
    return {
      counts: { mutants: 1, mutantsCaught: isRedundant ? 0 : 1, mutantsRedundant: isRedundant ? 1 : 0 },
      violations: [],
      notes: [reportOf(mutant, found)]
    } satisfies Findings
  })
