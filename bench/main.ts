/**
 * The benchmarks: `npm run bench`. What is measured how stands in `README.md` beside this file.
 *
 * It ends with 1 if a suite failed, with 2 if the command line says nothing that it understands. A figure that does not
 * reach its target is told, and is no failure.
 */
import { NodeRuntime } from "@effect/platform-node"
import { Effect } from "effect"
import { mkdirSync } from "node:fs"

import type { SuiteName } from "./Fields.ts"
import { type Ended, runSuite } from "./harness/Children.ts"
import { machine, revisionHere } from "./harness/Machine.ts"
import { type Options, readOptions, usage } from "./harness/Options.ts"
import { measuredDisk } from "./harness/ReferenceDisk.ts"
import { jsonOf, linesOf, reportOf, tableOf } from "./harness/Report.ts"
import { saveResults } from "./harness/Results.ts"

/** A line that says how far it is: one that is written over where somebody looks. */
const showProgress = (text: string): void => {
  process.stderr.write(process.stderr.isTTY ? `\r\u001b[K${text}` : `${text}\n`)
}

/** What a suite found, as soon as that is known. */
const showFigures = (end: Ended): void => {
  const figures = end._tag === "Found" ? Object.entries(end.findings.figures) : []
  const told = end._tag === "Found" ? figures.map(([name, { value }]) => `${name} ${value}`) : [end.message]
  process.stderr.write(told.map((line) => `${process.stderr.isTTY ? "\r\u001b[K" : ""}${line}\n`).join(""))
}

const bench = Effect.fnUntraced(function*({ dir, json, profile, save, scale, suites }: Options) {
  const start = performance.now()
  const seconds = () => (performance.now() - start) / 1000
  const startedAt = new Date().toISOString()
  const here = machine()
  showProgress("finding a disk")
  const disk = yield* measuredDisk(scale, dir)
  if (profile !== undefined) mkdirSync(profile, { recursive: true })
  const ended = new Map<SuiteName, Ended>()
  for (const suite of suites) {
    const say = (text: string) => showProgress(`${Math.round(seconds())} s  ${suite}: ${text}`)
    say("starting")
    const end = yield* runSuite({ suite, scale, dir: disk.dir, profile, say })
    ended.set(suite, end)
    showFigures(end)
  }
  if (process.stderr.isTTY) process.stderr.write("\r\u001b[K")
  const report = reportOf({
    scale,
    machine: here,
    fileSystem: disk.fileSystem,
    revision: revisionHere(),
    startedAt,
    seconds: Math.round(seconds()),
    ended
  })
  if (save) saveResults(report)
  console.log(json ? JSON.stringify(jsonOf(report)) : tableOf(report, linesOf(ended)))
  if (Object.keys(report.failed).length > 0) process.exitCode = 1
})

const options = readOptions(process.argv.slice(2))
if ("wrong" in options) {
  process.stderr.write(`${options.wrong}\n${usage}`)
  process.exitCode = options.wrong === "" ? 0 : 2
} else NodeRuntime.runMain(Effect.scoped(bench(options)))
