/** Hostile input: whatever lies in a folder or is asked for, there is a typed answer, in time, and nothing outside changes. */
import { Cause, Effect, Exit } from "effect"
import { caseOf } from "./fuzz/Cases.ts"
import { projectCase, shownProject } from "./fuzz/ProjectCase.ts"
import type { Findings, Piece } from "./Part.ts"

/** How many inputs one piece gives to the parsers, and how many projects it opens: about half a second each. */
const casesInPiece = 1500
const projectsInPiece = 40

/** Seeds of pieces are small numbers, and so are those of cases within a piece: no two of them meet. */
const seedOf = (seed: number, index: number): number => Math.imul(seed, 1_000_003) + index

/** What any object has by itself: hostile keys must not change it. */
const prototypeNames = (): string => Object.getOwnPropertyNames(Object.prototype).join()

/** Adds up what came of the cases of a piece. */
class Tally {
  readonly counts: Record<string, number> = { fuzzCases: 0, fuzzProjects: 0 }
  readonly answers = new Set<string>()
  readonly violations: Array<string> = []

  count(name: string): void {
    this.counts[name] = (this.counts[name] ?? 0) + 1
  }
}

const names = {
  manifests: ["fuzzManifestsAccepted", "fuzzManifestsRefused"],
  registries: ["fuzzRegistriesAccepted", "fuzzRegistriesRefused"],
  journals: ["fuzzJournalsAccepted", "fuzzJournalsRefused"],
  locks: ["fuzzLocksAccepted", "fuzzLocksRefused"],
  paths: ["fuzzPathsAccepted", "fuzzPathsRefused"]
} as const

const isAccepted = (answer: string): boolean => /^(?:accepted|doubtful|records|empty|held|released)\b/.test(answer)

/** Gives inputs to the parsers. */
const parse = (tally: Tally, seed: number, cases: number): void => {
  for (let index = 0; index < cases; index++) {
    const one = caseOf(seedOf(seed, index))
    tally.count("fuzzCases")
    tally.count(names[one.kind][isAccepted(one.answer) ? 0 : 1])
    tally.answers.add(`${one.kind} ${one.answer}`)
    for (const problem of one.problems) {
      tally.violations.push(`fuzz seed ${seed}, case ${index} (${one.kind}, ${one.input()}): ${problem}`)
    }
  }
}

const openingNames: Readonly<Record<string, string>> = {
  ready: "fuzzProjectsReady",
  "read-only": "fuzzProjectsReadOnly",
  ProjectLocked: "fuzzProjectsLocked"
}

/** Opens projects. */
const open = Effect.fnUntraced(function*(tally: Tally, seed: number, projects: number) {
  for (let index = 0; index < projects; index++) {
    const exit = yield* Effect.exit(projectCase(seedOf(seed, index)))
    tally.count("fuzzProjects")
    if (Exit.isFailure(exit)) {
      tally.violations.push(`fuzz seed ${seed}, project ${index}: ${Cause.pretty(exit.cause)}`)
      continue
    }
    const { answer, answers, made, problems } = exit.value
    tally.count(openingNames[answer] ?? "fuzzProjectsOther")
    tally.answers.add(`project with hostile ${made.kind} ${answer}`)
    for (const one of answers) {
      tally.count(one === "done" ? "fuzzCommandsDone" : "fuzzCommandsRefused")
      tally.answers.add(`command ${one}`)
    }
    for (const problem of problems) {
      tally.violations.push(`fuzz seed ${seed}, project ${index} (${shownProject(made)}): ${problem}`)
    }
  }
})

/** Fuzzing with these numbers of cases. */
export const fuzzed = Effect.fnUntraced(function*(seed: number, cases: number, projects: number) {
  const before = prototypeNames()
  const tally = new Tally()
  parse(tally, seed, cases)
  yield* open(tally, seed, projects)
  if (prototypeNames() !== before || "polluted" in {}) {
    tally.violations.push(`fuzz seed ${seed}: every object has something new: ${prototypeNames()}`)
  }
  return {
    counts: tally.counts,
    violations: tally.violations,
    distinct: { fuzzAnswers: tally.answers }
  } satisfies Findings
})

/**
 * Inputs made of the files in `test/corpus`: manifests, registries, journals, locks and paths for the parsers, and whole
 * projects with one of them in it.
 */
export const fuzz: Piece = (seed) => fuzzed(seed, casesInPiece, projectsInPiece)
