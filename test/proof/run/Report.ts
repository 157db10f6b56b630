/** What all pieces found together, and how it is told. */
import { cpus } from "node:os"
import type { Family, Part } from "../Parts.ts"
import type { Options } from "./Options.ts"
import type { Told } from "./worker.ts"

const families: ReadonlyArray<Family> = ["crash", "fault", "kill", "history", "fuzz", "mutant"]

/** The counts that stand at the top. */
const headlines = [
  "crashStates",
  "crashPoints",
  "crashPointsVisited",
  "crashPointsExhaustive",
  "recoveryStates",
  "hostCrashStates",
  "faultCases",
  "hostFaultCases",
  "kills",
  "acknowledged",
  "histories",
  "fuzzCases",
  "mutants",
  "mutantsCaught",
  "mutantsRedundant"
]

/** No more of them are told: the first ones say enough. */
const mostTold = 40

/** How a run ended. */
export interface Ending {
  readonly seconds: number
  readonly isComplete: boolean
  /** The parts of which nothing was looked at. */
  readonly missed: ReadonlyArray<string>
}

/** What all pieces found together. */
export class Report {
  readonly #counts = new Map<string, number>()
  readonly #distinct = new Map<string, Set<string>>()
  readonly #violations = new Map<Family, number>(families.map((family) => [family, 0]))
  readonly #told: Array<string> = []
  readonly #notes = new Map<string, Array<object>>()
  readonly #skipped = new Map<string, string>()
  readonly #pieces = new Map<string, number>()

  /** Adds what a piece found. */
  add({ family, name }: Part, seed: number, { counts, distinct, notes = [], skipped, violations }: Told): void {
    this.#pieces.set(name, (this.#pieces.get(name) ?? 0) + 1)
    for (const [count, more] of Object.entries(counts)) this.#counts.set(count, this.count(count) + more)
    for (const [count, texts] of Object.entries(distinct)) {
      const seen = this.#distinct.get(count) ?? new Set()
      this.#distinct.set(count, seen)
      for (const text of texts) seen.add(text)
      this.#counts.set(count, seen.size)
    }
    this.#violations.set(family, this.violations(family) + violations.length)
    for (const violation of violations) {
      if (this.#told.length < mostTold) this.#told.push(`${name}:${seed}: ${violation.slice(0, 1500)}`)
    }
    if (skipped !== undefined) this.#skipped.set(name, skipped)
    if (notes.length > 0) this.#notes.set(name, [...this.#notes.get(name) ?? [], ...notes])
  }

  /** How much was counted of something. */
  count(name: string): number {
    return this.#counts.get(name) ?? 0
  }

  /** How much of a family was wrong. */
  violations(family: Family): number {
    return this.#violations.get(family) ?? 0
  }

  /** How many pieces of a part were done. */
  pieces(name: string): number {
    return this.#pieces.get(name) ?? 0
  }

  /** What is wrong altogether. */
  get allViolations(): number {
    return families.reduce((sum, family) => sum + this.violations(family), 0)
  }

  /** Everything, as an object. */
  json({ seed, share }: Options, { isComplete, missed, seconds }: Ending): object {
    return {
      // These are there also where nothing was counted.
      ...Object.fromEntries(headlines.map((name) => [name, this.count(name)])),
      ...Object.fromEntries(families.map((family) => [`${family}Violations`, this.violations(family)])),
      allViolations: this.allViolations,
      violations: this.#told,
      counts: Object.fromEntries(Array.from(this.#counts).toSorted(([a], [b]) => a < b ? -1 : 1)),
      skipped: Object.fromEntries(this.#skipped),
      ...Object.fromEntries(Array.from(this.#notes, ([name, notes]) => [`${name}Notes`, notes])),
      pieces: Object.fromEntries(this.#pieces),
      node: process.version,
      cores: cpus().length,
      share,
      isComplete,
      missed,
      seed,
      seconds: Math.round(seconds)
    }
  }

  /** Everything, to be read by a person. */
  text({ seed }: Options, { isComplete, missed, seconds }: Ending): string {
    const rows = Array.from(this.#counts).toSorted(([a], [b]) => a < b ? -1 : 1)
    const notes = Array.from(this.#notes.values()).flat().map((note) => `  ${JSON.stringify(note).slice(0, 200)}`)
    return [
      ...rows.map(([name, count]) => `${name.padEnd(32)}${count.toLocaleString("en").padStart(12)}`),
      "",
      ...(notes.length > 0 ? ["faults that were put into the source:", ...notes, ""] : []),
      ...Array.from(this.#skipped, ([name, why]) => `${name} was skipped: ${why}`),
      ...this.#told,
      ...missed.map((name) => `nothing of ${name} was looked at`),
      `${this.allViolations} violations in ${Math.round(seconds)} s, seed ${seed}` +
      (isComplete ? "" : "; time was over before everything was looked at")
    ].join("\n")
  }
}
