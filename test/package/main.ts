/**
 * `npm run test:package`: the package as somebody gets it who installs it. Says what it measured; ends with an error at the
 * first thing that is not as it should be.
 */
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { pages, printed, programsIn } from "../support/DocsCode.ts"
import { home, makeConsumer, manifest, oldestNode, oldestTypeScript, pack, run } from "./consumer.ts"
import { importing } from "./importing.ts"
import { bundle, oneFile, sizeOf } from "./sizes.ts"

/** Importing an entry point may take so many milliseconds over `effect` itself. */
const maxMillis = 100
/** So many bytes, minified, may reach whoever uses nothing but an id. */
const maxIdBytes = 2000

const entries = Object.keys(manifest.exports)
  .filter((entry) => !entry.endsWith(".json"))
  .map((entry) => entry.replace(/^\./, manifest.name))
const schemas = Object.keys(manifest.exports).filter((entry) => entry.endsWith(".schema.json"))

const say = (line: string): void => void process.stdout.write(`${line}\n`)

const began = performance.now()
const since = (start: number): string => `${((performance.now() - start) / 1000).toFixed(1)} s`

const step = async <A>(name: string, work: () => A | Promise<A>): Promise<A> => {
  const start = performance.now()
  const made = await work()
  say(`ok     ${name} (${since(start)})`)
  return made
}

const expect = (isTrue: boolean, otherwise: string): void => {
  if (!isTrue) throw new Error(otherwise)
}

/** What has to be in the package, and what must not. */
const checkFiles = (files: ReadonlyArray<string>): void => {
  const targets = Object.values(manifest.exports).map((target) => typeof target === "string" ? target : target.default)
  const wanted = ["README.md", "LICENSE", "CHANGELOG.md", "AGENTS.md", "docs/guide.md"]
  for (const file of [...wanted, ...targets.map((target) => target.replace(/^\.\//, ""))]) {
    expect(files.includes(file), `${file} is not in the package.`)
  }
  for (const file of files.filter((file) => /^dist\/.*\.js$/.test(file) && !/chunk-/.test(file))) {
    expect(files.includes(file.replace(/\.js$/, ".d.ts")), `${file} has no types in the package.`)
  }
  const stray = files.find((file) => !/^(?:dist|src|schemas|docs)\/|^(?:[A-Z]+\.md|LICENSE|package\.json)$/.test(file))
  expect(stray === undefined, `${stray} does not belong into the package.`)
  const changes = readFileSync(join(home, "CHANGELOG.md"), "utf8")
  expect(changes.includes(`## ${manifest.version}`), `CHANGELOG.md says nothing of ${manifest.version}.`)
  for (const file of files.filter((file) => file.startsWith("dist/"))) {
    expect(!readFileSync(join(home, file), "utf8").includes(home), `${file} names a folder of this machine.`)
  }
}

/** Each way in which hosts set up their compiler. */
const setups = [
  { name: `strict, TypeScript ${oldestTypeScript}`, compiler: "oldest-typescript", strict: true, module: "NodeNext" },
  {
    name: "strictest",
    strict: true,
    module: "NodeNext",
    exactOptionalPropertyTypes: true,
    noUncheckedIndexedAccess: true
  },
  { name: "not strict", strict: false, module: "NodeNext" },
  { name: "strict, for a bundler", strict: true, module: "ESNext", moduleResolution: "bundler" }
]

/** Every entry point, and every type of its own. */
const everything = entries
  .map((entry, index) => `import * as entry${index} from "${entry}"\nexport type Of${index} = typeof entry${index}\n`)
  .join("") + "export const values = [" + entries.map((_, index) => `entry${index}`).join(", ") + "]\n"

const compile = (folder: string): void => {
  for (const { compiler = "typescript", name, ...options } of setups) {
    const config = `tsconfig.${name.replaceAll(/\W+/g, "-")}.json`
    const base = { target: "ES2022", lib: ["ES2022", "DOM"], types: ["node"], noEmit: true, skipLibCheck: false }
    writeFileSync(join(folder, config), JSON.stringify({ compilerOptions: { ...base, ...options }, include: ["*.ts"] }))
    run(process.execPath, [`node_modules/${compiler}/bin/tsc`, "-p", config], folder)
  }
}

/** The programs of the README and of the docs. */
const programs = [
  { page: "README.md", programs: programsIn(readFileSync(join(home, "README.md"), "utf8")) },
  ...pages
].flatMap(({ page, programs }) => programs.map((program) => ({ ...program, page })))

const work = mkdtempSync(join(tmpdir(), "package-"))
try {
  if (!existsSync(join(home, "node_modules"))) throw new Error("run `npm ci` first")
  await step("built", () => run("npm", ["run", "--silent", "build"], home))
  const { file, files } = await step("packed", () => pack(work))
  await step(`${files.length} files: all that belongs there, and nothing else`, () => checkFiles(files))
  const host = join(work, "host")
  const { node } = await step("installed in a project of somebody else", () => makeConsumer(host, file))
  const nodes = [
    { node, name: run(node, ["--version"], host).trim() },
    { node: process.execPath, name: process.version }
  ]
  expect(nodes[0]?.name === `v${oldestNode}`, `The oldest Node is ${nodes[0]?.name}, not ${oldestNode}.`)

  for (const [index, { code }] of programs.entries()) writeFileSync(join(host, `program${index}.ts`), code)
  writeFileSync(join(host, "everything.ts"), everything)
  await step(
    `types of ${entries.length} entry points and ${programs.length} programs: ${
      setups.map(({ name }) => name).join("; ")
    }`,
    () => compile(host)
  )

  for (const { name, node } of nodes) {
    await step(`${programs.length} programs of the README and the docs run on Node ${name}`, () => {
      for (const { code, line, page, prints } of programs) {
        const shown = printed(code, { node, cwd: host, source: false })
        expect(prints === undefined || shown === prints, `${page}:${line} prints on Node ${name}:\n${shown}`)
      }
    })
    await step(`JSON Schemas are imported on Node ${name}`, () => {
      for (const schema of schemas) {
        const place = schema.replace(/^\./, manifest.name)
        const program = `import schema from "${place}" with { type: "json" }; process.stdout.write(schema.title)`
        expect(run(node, ["--input-type=module", "--eval", program], host) !== "", `${place} has no title.`)
      }
    })
    for (const entry of entries) {
      const millis = await step(
        `${entry} is imported on Node ${name}, and nothing else happens`,
        () => importing(host, node, entry)
      )
      say(`       ${millis.toFixed(0)} ms over effect itself`)
      expect(millis < maxMillis, `Importing ${entry} takes ${millis.toFixed(0)} ms, more than ${maxMillis}.`)
    }
  }

  await step("put into one file of CommonJS, it can be loaded", async () => {
    for (const entry of entries) {
      const text = await oneFile(
        host,
        `import * as own from "${entry}"\nprocess.stdout.write(String(Object.keys(own).length))`
      )
      writeFileSync(join(host, "one.cjs"), text)
      expect(Number(run(process.execPath, ["one.cjs"], host)) > 0, `${entry} has nothing in it there.`)
    }
  })

  say("\nown code, minified and compressed, in bytes:")
  for (const entry of entries) {
    const { gzipped, minified } = sizeOf(await bundle(host, `export * from "${entry}"`))
    say(`       ${entry.padEnd(24)} ${String(minified).padStart(7)} ${String(gzipped).padStart(7)}`)
  }
  const small = await bundle(host, `import { AssetId } from "${manifest.name}"\nglobalThis.id = AssetId`)
  const { gzipped, minified } = sizeOf(small)
  say(`       ${"nothing but AssetId".padEnd(24)} ${String(minified).padStart(7)} ${String(gzipped).padStart(7)}`)
  expect(minified <= maxIdBytes, `Whoever uses nothing but AssetId gets ${minified} bytes, more than ${maxIdBytes}.`)
  say(`\nok, in ${since(began)}`)
} catch (error) {
  say(`FAILED ${error instanceof Error ? error.message : String(error)}`)
  process.exitCode = 1
} finally {
  rmSync(work, { recursive: true })
}
