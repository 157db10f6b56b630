/** Runs each suite in a process of its own, with a heap of its own. */
import { Effect } from "effect"
import { type ChildProcess, fork } from "node:child_process"
import { fileURLToPath } from "node:url"

import type { SuiteName } from "../Fields.ts"
import type { Findings, Scale } from "./Suite.ts"

/** What the process of a suite tells. */
export type Told =
  | { readonly _tag: "Progress"; readonly text: string }
  | { readonly _tag: "Found"; readonly findings: Findings }
  | { readonly _tag: "Failed"; readonly message: string }

/** What a suite came to. */
export type Ended = Exclude<Told, { readonly _tag: "Progress" }>

const script = fileURLToPath(new URL("../suite.ts", import.meta.url))

const flags = ["--conditions=prometeu-packer-source", "--expose-gc", "--disable-warning=ExperimentalWarning"]

/** What is to be run, where. */
export interface Run {
  readonly suite: SuiteName
  readonly scale: Scale
  readonly dir: string
  readonly profile: string | undefined
  readonly say: (text: string) => void
}

const isRunning = ({ exitCode, signalCode }: ChildProcess): boolean => exitCode === null && signalCode === null

/** Runs a suite, and ends its process with it, also if nobody wants to know any more. */
export const runSuite = ({ dir, profile, say, scale, suite }: Run): Effect.Effect<Ended> =>
  Effect.callback((resume) => {
    const profiling = profile === undefined ? [] : ["--cpu-prof", `--cpu-prof-dir=${profile}/${suite}`]
    const child = fork(script, [suite, scale, dir], {
      execArgv: [...flags, ...profiling],
      stdio: ["ignore", "ignore", "pipe", "ipc"]
    })
    let ended: Ended | undefined
    let stderr = ""
    child.stderr?.on("data", (data: Buffer) => {
      stderr = (stderr + data.toString()).slice(-2000)
    })
    child.on("message", (told: Told) => {
      if (told._tag === "Progress") say(told.text)
      else ended = told
    })
    child.once("close", (code, signal) => {
      resume(Effect.succeed(
        ended ?? { _tag: "Failed", message: `its process ended (${signal ?? code}): ${stderr}` }
      ))
    })
    return Effect.callback<void>((done) => {
      if (!isRunning(child)) return done(Effect.void)
      child.once("exit", () => done(Effect.void))
      child.kill("SIGTERM")
    })
  })
