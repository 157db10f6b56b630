/** What can be said on the command line. */
import { parseArgs } from "node:util"
import { type Part, parts } from "../Parts.ts"

/** How the proof is run. */
export interface Options {
  /** Prints one JSON object, and nothing else. */
  readonly json: boolean
  readonly seed: number
  /** How long it may take. */
  readonly seconds: number
  /** The share of a whole run: 1 unless there is less time than that takes. */
  readonly share: number
  readonly parts: ReadonlyArray<Part>
  /** Only the piece of this seed. */
  readonly piece: number | undefined
}

/** How long a whole run may take. */
const wholeSeconds = 1180

/** What is printed for whoever asks. */
export const usage =
  `npm run test:crash -- [--json] [--seed <number>] [--seconds <number>] [--only <part>] [--piece <part>:<number>]

  --json      prints one JSON object at the end
  --seed      begins with another number, to look at other samples (20261 unless told otherwise)
  --seconds   looks at a share of everything that fits into about so many seconds (everything in ${wholeSeconds} at most)
  --only      does one part: ${parts.map(({ name }) => name).join(", ")}
  --piece     does one piece again, by what a violation says in front, as "rows:20261000027"
`

const wrong = (what: string): never => {
  throw new Error(what)
}

const whole = (what: string, text: string, most: number): number => {
  const number = text === "" ? Number.NaN : Number(text)
  return Number.isSafeInteger(number) && number >= 0 && number <= most
    ? number
    : wrong(`${what} "${text}" is no number`)
}

const named = (name: string): Part => parts.find((part) => part.name === name) ?? wrong(`there is no part "${name}"`)

/** Reads the command line, or says what is wrong with it. */
export const readOptions = (args: ReadonlyArray<string>): Options | { readonly wrong: string } => {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: {
        json: { type: "boolean" },
        seed: { type: "string" },
        seconds: { type: "string" },
        only: { type: "string" },
        piece: { type: "string" },
        help: { type: "boolean" }
      }
    })
    if (values.help === true) return { wrong: "" }
    const seconds = Number(values.seconds ?? wholeSeconds)
    if (!(seconds > 0)) return { wrong: `--seconds "${values.seconds}" is no time` }
    const [part = "", piece = ""] = values.piece?.split(":") ?? []
    const only = values.piece === undefined ? values.only : part
    return {
      json: values.json ?? false,
      seed: whole("--seed", values.seed ?? "20261", 1_000_000_000),
      seconds,
      share: Math.min(1, seconds / wholeSeconds),
      parts: only === undefined ? parts : [named(only)],
      piece: values.piece === undefined ? undefined : whole("--piece", piece, Number.MAX_SAFE_INTEGER)
    }
  } catch (error) {
    return { wrong: error instanceof Error ? error.message : String(error) }
  }
}
