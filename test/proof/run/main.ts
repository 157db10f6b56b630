/**
 * The proof: `npm run test:crash`. Crashes, faults, kills, histories, fuzz, and faults put into the source, on two cores.
 *
 * It ends with 1 if anything was wrong, if there was a part of which nothing was looked at, or if a whole run did not get
 * to everything; with 2 if the command line says nothing that it understands.
 */
import { Agenda } from "./Agenda.ts"
import { Worker } from "./Crew.ts"
import { type Options, readOptions, usage } from "./Options.ts"
import { Report } from "./Report.ts"

/** As many processes as the time of a whole run is meant for. */
const hands = 2

/** A line that says how far it is, where somebody looks. */
const showProgress = (report: Report, part: string, seconds: number): void => {
  if (!process.stderr.isTTY) return
  const counts = ["crashStates", "faultCases", "kills", "histories", "fuzzCases", "mutantsCaught"]
    .map((name) => `${name} ${report.count(name).toLocaleString("en")}`)
  process.stderr.write(`\r\u001b[K${Math.round(seconds)} s  ${counts.join("  ")}  (${part})`)
}

const run = async (options: Options): Promise<boolean> => {
  const begun = performance.now()
  const seconds = () => (performance.now() - begun) / 1000
  const report = new Report()
  const agenda = new Agenda(options, report)
  const workers = Array.from({ length: hands }, () => new Worker())
  let end: "done" | "late" | "stopped" = "done"
  const stop = () => {
    end = "stopped"
    for (const worker of workers) void worker.end()
  }
  process.once("SIGINT", stop).once("SIGTERM", stop)
  await Promise.all(workers.map(async (worker) => {
    for (let next = agenda.next(); next !== undefined && end !== "stopped"; next = agenda.next()) {
      const { part, seed } = next
      if (seconds() > options.seconds && report.pieces(part.name) > 0) {
        end = "late"
        break
      }
      const told = await worker.do({ part: part.name, seed })
      if (end === "done") report.add(part, seed, told)
      showProgress(report, part.name, seconds())
    }
    await worker.end()
  }))
  if (process.stderr.isTTY) process.stderr.write("\r\u001b[K")
  const ending = { seconds: seconds(), isComplete: end === "done", missed: agenda.missed }
  const print = options.json
    ? JSON.stringify(report.json(options, ending))
    : report.text(options, ending)
  // Whoever reads no further has what was wanted.
  process.stdout.on("error", () => {}).write(`${print}\n`)
  const isShort = options.share < 1 || options.piece !== undefined
  return report.allViolations === 0 && ending.missed.length === 0 && (end === "done" || (isShort && end === "late"))
}

const options = readOptions(process.argv.slice(2))
if ("wrong" in options) {
  process.stderr.write(`${options.wrong}\n${usage}`)
  process.exitCode = options.wrong === "" ? 0 : 2
} else process.exitCode = await run(options) ? 0 : 1
