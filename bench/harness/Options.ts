/** What can be said on the command line. */
import { parseArgs } from "node:util"
import { type SuiteName, suiteNames } from "../Fields.ts"
import type { Scale } from "./Suite.ts"

/** How the benchmarks are run. */
export interface Options {
  /** Prints one JSON object, and nothing else. */
  readonly json: boolean
  readonly scale: Scale
  readonly suites: ReadonlyArray<SuiteName>
  /** The folder whose disk is measured, if it is not for us to find one. */
  readonly dir: string | undefined
  /** Keeps the results beside the benchmarks. */
  readonly save: boolean
  /** Where a CPU profile of every process is put. */
  readonly profile: string | undefined
}

/** What is printed for whoever asks. */
export const usage =
  `npm run bench -- [--json] [--quick] [--only <suite>] [--dir <folder>] [--save] [--profile <folder>]

  --json      prints one JSON object at the end
  --quick     the short form: fewer rounds, smaller projects, under two minutes
  --smallest  only to see that everything runs: what it measures means nothing
  --only      runs one suite: ${suiteNames.join(", ")}; may be given more than once
  --dir       measures the disk of this folder, whatever it is
  --save      keeps the results in bench/results, with the chart; of whole runs only
  --profile   puts a CPU profile of every process into this folder
`

const isSuite = (name: string): name is SuiteName => suiteNames.some((suite) => suite === name)

/** Reads the command line, or says what is wrong with it; nothing, if it only asks what it may say. */
export const readOptions = (args: ReadonlyArray<string>): Options | { readonly wrong: string } => {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: {
        json: { type: "boolean", default: false },
        quick: { type: "boolean", default: false },
        smallest: { type: "boolean", default: false },
        only: { type: "string", multiple: true, default: [] },
        dir: { type: "string" },
        save: { type: "boolean", default: false },
        profile: { type: "string" },
        help: { type: "boolean", default: false }
      }
    })
    if (values.help) return { wrong: "" }
    const unknown = values.only.find((name) => !isSuite(name))
    if (unknown !== undefined) return { wrong: `there is no suite "${unknown}"` }
    const scale = values.smallest ? "smallest" : values.quick ? "quick" : "whole"
    if (values.save && (scale !== "whole" || values.only.length > 0)) {
      return { wrong: "--save keeps whole runs only" }
    }
    return {
      json: values.json,
      scale,
      suites: suiteNames.filter((name) => values.only.length === 0 || values.only.includes(name)),
      dir: values.dir,
      save: values.save,
      profile: values.profile
    }
  } catch (error) {
    return { wrong: error instanceof Error ? error.message : String(error) }
  }
}
