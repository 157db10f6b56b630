/** How the Studio was started. */
import { Result } from "effect"
import { resolve } from "node:path"
import { parseArgs } from "node:util"

import { Problem } from "./Problem.ts"

/** The port, unless somebody wants another one or has this one. */
export const usualPort = 4870

/** The most assets of a demo project. */
const mostAssets = 100_000

const usage = `Usage: npm run studio [-- [options] [folder]]

Opens the project in the folder; without one, a demo project, which is made at the first start.

  --port <number>       the port to listen at, on 127.0.0.1; ${usualPort} or a free one without it
  --assets <number>     a demo project with so many assets
  --take-over <nonce>   opens although somebody else has it open, who is gone for certain; the message that says so
                        names the nonce
  --help                shows this`

/** How the Studio was started. */
export interface Options {
  /** The folder of the project; without one, the demo. */
  readonly folder: string | undefined
  readonly port: number | undefined
  readonly assets: number | undefined
  readonly takeOver: string | undefined
}

const wrong = (why: string) => Result.fail(new Problem({ message: `${why}\n\n${usage}` }))

const number = (text: string | undefined, most: number): number | undefined =>
  text !== undefined && /^\d{1,6}$/.test(text) && Number(text) > 0 && Number(text) <= most ? Number(text) : undefined

/** Reads how the Studio was started; paths are relative to where that was. */
export const readOptions = (
  args: ReadonlyArray<string>,
  startedIn: string
): Result.Result<Options | { readonly help: string }, Problem> => {
  let parsed
  try {
    parsed = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        port: { type: "string" },
        assets: { type: "string" },
        "take-over": { type: "string" },
        help: { type: "boolean" }
      }
    })
  } catch (error) {
    return wrong(error instanceof Error ? error.message : String(error))
  }
  const { positionals: [folder, ...more], values } = parsed
  if (values.help === true) return Result.succeed({ help: usage })
  if (more.length > 0) return wrong(`One folder can be opened, and "${more.join("\", \"")}" came too.`)
  if (folder !== undefined && values.assets !== undefined) return wrong("--assets is for the demo, without a folder.")
  const port = number(values.port, 65_535)
  if (values.port !== undefined && port === undefined) {
    return wrong(`"${values.port}" is no port: that is a number from 1 to 65535.`)
  }
  const assets = number(values.assets, mostAssets)
  if (values.assets !== undefined && assets === undefined) {
    return wrong(`"${values.assets}" is no number of assets: that is one from 1 to ${mostAssets}.`)
  }
  return Result.succeed({
    folder: folder === undefined ? undefined : resolve(startedIn, folder),
    port,
    assets,
    takeOver: values["take-over"]
  })
}
