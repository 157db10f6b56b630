/** The benchmarks themselves, in their smallest form: so that they run when somebody wants to know. */
import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { type ChildProcess, spawn } from "node:child_process"
import { mkdtempSync, readdirSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { fileURLToPath } from "node:url"
import { fields } from "../../bench/Fields.ts"

const script = fileURLToPath(new URL("../../bench/main.ts", import.meta.url))

/** A place for everything that a run leaves for the time it takes; on Windows and macOS too. */
const ownTemporary = Effect.acquireRelease(
  Effect.sync(() => mkdtempSync(`${tmpdir()}/bench-test-`)),
  (folder) => Effect.sync(() => rmSync(folder, { recursive: true, force: true }))
)

const start = (temporary: string, args: ReadonlyArray<string>) =>
  Effect.acquireRelease(
    Effect.sync(() => {
      const env = { ...process.env, TMPDIR: temporary, TEMP: temporary, TMP: temporary }
      const flags = ["--conditions=prometeu-packer-source", script, "--smallest", ...args]
      const child = spawn(process.execPath, flags, { env, stdio: ["ignore", "pipe", "pipe"] })
      const said = { stdout: "", stderr: "" }
      child.stdout.on("data", (data: Buffer) => said.stdout += data.toString())
      child.stderr.on("data", (data: Buffer) => said.stderr += data.toString())
      return { child, said }
    }),
    ({ child }) => Effect.andThen(Effect.sync(() => child.kill()), ended(child))
  )

const ended = (child: ChildProcess): Effect.Effect<number | null> =>
  Effect.callback((resume) => {
    if (child.exitCode !== null || child.signalCode !== null) return resume(Effect.succeed(child.exitCode))
    child.once("close", (code) => resume(Effect.succeed(code)))
  })

describe("the benchmarks", () => {
  it.effect("measure every field, and leave nothing behind", () =>
    Effect.scoped(Effect.gen(function*() {
      const temporary = yield* ownTemporary
      const { child, said } = yield* start(temporary, ["--json"])
      assert.strictEqual(yield* ended(child), 0, said.stderr + said.stdout)
      const report = JSON.parse(said.stdout)
      assert.deepStrictEqual(report.failed, {})
      for (const { name } of fields) {
        const { missing, value } = report.fields[name]
        // Dropping the cache of a whole machine is for those who want to know.
        if (name === "open.droppedCacheVsRaw50k") assert.isString(missing)
        // In so small a project there may be no such block at all.
        else if (name === "open.shareOfBlocksOver20Millis") assert.isAtLeast(value, 0)
        else assert.isAbove(value, 0, name)
      }
      assert.deepStrictEqual(readdirSync(temporary), [])
    })), 300_000)

  it.effect(
    "leave nothing behind when somebody at a terminal has had enough",
    () =>
      Effect.scoped(Effect.gen(function*() {
        const temporary = yield* ownTemporary
        const { child, said } = yield* start(temporary, ["--only", "commit"])
        yield* Effect.callback<void>((resume) => {
          child.stderr.on("data", () => {
            if (said.stderr.includes("commit: project of")) resume(Effect.void)
          })
        })
        assert.lengthOf(readdirSync(temporary), 1)
        child.kill("SIGINT")
        assert.notStrictEqual(yield* ended(child), 0)
        assert.deepStrictEqual(readdirSync(temporary), [])
      })),
    60_000
  )
})
