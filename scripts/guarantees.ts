/** Writes the figures of a whole run of the proof into docs/guarantees.md: `npm run docs:guarantees < run.json`. */
import { Schema } from "effect"
import { readFileSync, writeFileSync } from "node:fs"

const Run = Schema.fromJsonString(Schema.Struct({
  counts: Schema.Record(Schema.String, Schema.Finite),
  allViolations: Schema.Finite,
  skipped: Schema.Record(Schema.String, Schema.String),
  mutantsNotes: Schema.Array(Schema.Struct({
    name: Schema.String,
    caughtBy: Schema.optionalKey(Schema.String),
    redundant: Schema.optionalKey(Schema.String)
  })),
  isComplete: Schema.Boolean,
  node: Schema.String,
  cores: Schema.Finite,
  seed: Schema.Finite,
  seconds: Schema.Finite
}))

const page = "docs/guarantees.md"

/** What is shown of the counts, in this order. */
const shown: ReadonlyArray<readonly [count: string, what: string]> = [
  ["crashStates", "different disks that a crash can leave, each opened again"],
  ["crashChecks", "moments and what they can leave, judged"],
  ["crashPoints", "moments, every one of them visited"],
  ["crashPointsExhaustive", "moments of which every state was opened"],
  ["recoveryStates", "different disks that a crash of an opening can leave"],
  ["hostCrashStates", "different disks that the crash of a whole host can leave"],
  ["readOnlyOpenings", "crashes shown where nothing can be written, with something unfinished"],
  ["faultCases", "calls of the committer that failed"],
  ["hostFaultCases", "calls of a whole host that failed"],
  ["editCases", "edits of somebody else, while a command runs or between crash and opening"],
  ["diskFullSteps", "steps on a real disk that is full"],
  ["kills", "real processes killed"],
  ["killsInTheMiddle", "of them in the middle of a command"],
  ["acknowledged", "commands that they had acknowledged"],
  ["lockRounds", "rounds of processes that fight for a lock"],
  ["histories", "histories of concurrent clients"],
  ["historyOperations", "operations in them"],
  ["historyOverlaps", "pairs of operations that overlapped"],
  ["fuzzCases", "hostile inputs to a reader"],
  ["fuzzProjects", "whole projects with hostile files"],
  ["mutants", "faults put into the source"],
  ["mutantsCaught", "of them found"],
  ["mutantsRedundant", "of them redundant: something else keeps the promise as well"]
]

const between = (text: string, heading: string, next: string, content: string): string => {
  const start = text.indexOf(`## ${heading}\n`)
  const end = text.indexOf(`## ${next}\n`)
  if (start < 0 || end < start) throw new Error(`${page} has no "${heading}" before "${next}".`)
  return `${text.slice(0, start)}## ${heading}\n\n${content}\n\n${text.slice(end)}`
}

const run = Schema.decodeUnknownSync(Run)(readFileSync(0, "utf8"))
if (!run.isComplete || run.allViolations > 0) {
  throw new Error("Only the figures of a whole run that found nothing stand in the docs.")
}

const figures = [
  `Seed ${run.seed}, ${run.seconds} seconds on ${run.cores} cores, Node ${run.node}, Linux. No violations.`,
  "",
  "| how many | of what |",
  "| -------: | ------- |",
  ...shown.map(([count, what]) => `| ${(run.counts[count] ?? 0).toLocaleString("en")} | ${what} |`),
  ...Object.entries(run.skipped).map(([part, why]) => `\n\`${part}\` was skipped: ${why}`)
]
const mutants = [
  "Each is a small patch on a copy of `src` (`test/proof/mutants/Mutants.ts`); one that no longer applies fails the run. The",
  "check that found it is the first one that complained.",
  "",
  "| fault | found by |",
  "| ----- | -------- |",
  ...run.mutantsNotes.toSorted((a, b) => a.name < b.name ? -1 : 1).map(({ caughtBy, name, redundant }) =>
    `| ${name} | ${caughtBy === undefined ? `redundant: ${redundant ?? ""}` : `\`${caughtBy}\``} |`
  )
]
const text = between(
  readFileSync(page, "utf8"),
  "The last whole run",
  "Faults that are put into the source",
  figures.join("\n")
)
writeFileSync(page, between(text, "Faults that are put into the source", "To see one again", mutants.join("\n")))
