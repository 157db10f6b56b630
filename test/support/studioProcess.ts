/** The Studio in a process of its own, with a page that is built already: `studioProcess.ts <page> [arguments]`. */
import * as NodeRuntime from "@effect/platform-node/NodeRuntime"
import { Effect } from "effect"
import { ending, studio } from "../../examples/studio/server/Start.ts"

const [page = "", ...args] = process.argv.slice(2)
NodeRuntime.runMain(studio(Effect.succeed(page), args, process.cwd()), ending)
