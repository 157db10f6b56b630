/**
 * `npm run docs`: writes every page, schema and table of the docs that follows from the code.
 *
 * `--check` writes nothing and says what is not current. The pages of the API need `dist`: `npm run build` comes first.
 */
import { spawnSync } from "node:child_process"
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs"
import { dirname, join } from "node:path"
import { apiPage } from "./docs/api.ts"
import { readmeErrors } from "./docs/errors.ts"
import { doors } from "./docs/links.ts"
import { pages } from "./docs/pages.ts"
import { readmeSpeed } from "./docs/speed.ts"

/** The README with another table in place of the one whose first column has this name. */
const withTable = (readme: string, column: string, table: string): string => {
  const found = new RegExp(`^\\| ${column} .*\\n(?:\\|.*\\n)+`, "m").exec(readme)
  if (found === null) throw new Error(`README.md has no table that begins with "${column}".`)
  return `${readme.slice(0, found.index)}${table}\n${readme.slice(found.index + found[0].length)}`
}

/** The README with its table of errors as the code has it. */
export const withErrors = (readme: string): string => withTable(readme, "tag", readmeErrors())

/** The README with the figures of the last whole run of the benchmarks. */
const withSpeed = (readme: string): string => withTable(readme, "figure", readmeSpeed())

/** Everything that is written, by its place. */
const written = (): ReadonlyMap<string, string> =>
  new Map([
    ...Object.entries(pages).map(([place, page]) => [place, page()] as const),
    ...doors.map((door) => [`docs/${door.page}`, apiPage(door)] as const),
    ["README.md", withSpeed(withErrors(readFileSync("README.md", "utf8")))]
  ])

/** A text as the formatter of the project leaves it. */
const formatted = (place: string, text: string): string => {
  const run = spawnSync(join("node_modules", ".bin", "dprint"), ["fmt", "--stdin", place], {
    input: text,
    encoding: "utf8",
    maxBuffer: Infinity,
    shell: process.platform === "win32"
  })
  if (run.status !== 0) throw new Error(`${place}: ${run.stderr}`)
  return run.stdout
}

const isChecking = process.argv.includes("--check")
for (const [place, text] of written()) {
  const current = existsSync(place) ? readFileSync(place, "utf8") : undefined
  const wanted = formatted(place, text)
  if (current === wanted) continue
  if (isChecking) {
    console.error(`${place} is not what the code says: run \`npm run docs\``)
    process.exitCode = 1
  } else {
    mkdirSync(dirname(place), { recursive: true })
    writeFileSync(place, wanted)
    console.log(place)
  }
}
