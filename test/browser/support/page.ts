/** Before the first test: the page is built once, and the folder for the pictures is empty. */
import { Effect } from "effect"
import { mkdirSync, rmSync } from "node:fs"

import { builtPage } from "../../../examples/studio/server/BuiltPage.ts"
import { screenshots } from "./Screenshots.ts"

/** Builds the page and empties the folder. */
export const setup = async (): Promise<void> => {
  rmSync(screenshots, { recursive: true, force: true })
  mkdirSync(screenshots, { recursive: true })
  // The page that is tested is the one that a person gets; the test runner has this set to something else.
  const { NODE_ENV } = process.env
  process.env["NODE_ENV"] = "production"
  await Effect.runPromise(builtPage)
  process.env["NODE_ENV"] = NODE_ENV
  console.log(`Screenshots of every flow go to ${screenshots}`)
}
