/**
 * `npm run check`: every check that is not a test, one after the other.
 *
 * Each step prints one line; a step that fails prints its output too, and the steps after it still run.
 */
import { spawnSync } from "node:child_process"
import { delimiter, join } from "node:path"

const steps: ReadonlyArray<readonly [name: string, command: string]> = [
  ["types", "tsc && tsc -p examples/studio && tsc -p test/browser"],
  ["lint", "oxlint --deny-warnings"],
  ["format", "dprint check"],
  ["imports", "node scripts/check-imports.ts"],
  ["jsdoc", "node scripts/check-jsdoc.ts"],
  ["unused", "knip"],
  ["links", "node scripts/check-links.ts"],
  ["build", "npm run --silent build"],
  ["docs", "node scripts/docs.ts --check"],
  ["package", "publint --strict"],
  ["resolution", "attw --pack . --profile esm-only"]
]

const env = { ...process.env, PATH: join("node_modules", ".bin") + delimiter + (process.env["PATH"] ?? "") }

const failed: Array<string> = []
for (const [name, command] of steps) {
  const start = performance.now()
  const run = spawnSync(command, { shell: true, env, encoding: "utf8", maxBuffer: Infinity })
  const seconds = ((performance.now() - start) / 1000).toFixed(1).padStart(5)
  console.log(`${run.status === 0 ? "ok    " : "FAILED"} ${name.padEnd(10)} ${seconds} s`)
  if (run.status === 0) continue
  failed.push(name)
  const output = [run.error?.message, run.stdout, run.stderr].map((part) => part?.trim() ?? "").filter(Boolean)
  console.log(`\n$ ${command}\n${output.join("\n")}\n`)
}

console.log(failed.length === 0 ? "\nok" : `\nfailed: ${failed.join(", ")}`)
process.exitCode = failed.length === 0 ? 0 : 1
