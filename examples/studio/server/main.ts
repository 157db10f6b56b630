/** `npm run studio`: a Studio for the project in a folder, or for a demo, in the browser. */
import * as NodeRuntime from "@effect/platform-node/NodeRuntime"

import { builtPage } from "./BuiltPage.ts"
import { ending, studio } from "./Start.ts"

NodeRuntime.runMain(studio(builtPage, process.argv.slice(2), process.env["INIT_CWD"] ?? process.cwd()), ending)
