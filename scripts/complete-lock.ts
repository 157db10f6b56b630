/**
 * `npm run lock:complete`: adds the optional packages of other platforms that npm left out of the lock file.
 *
 * A registry that carries binaries for some platforms only makes npm leave the others out, and `npm ci` then refuses
 * the lock. Run this after a package with native builds was added.
 */
import { readFileSync, writeFileSync } from "node:fs"

interface Entry {
  readonly version?: string
  readonly dev?: boolean
  readonly license?: string
  readonly engines?: unknown
  readonly optionalDependencies?: Readonly<Record<string, string>>
}

type Packages = Readonly<Record<string, Entry>>

const systems = new Set([
  "aix",
  "android",
  "darwin",
  "freebsd",
  "linux",
  "netbsd",
  "openbsd",
  "openharmony",
  "sunos",
  "win32"
])
const processors = new Set([
  "arm",
  "arm64",
  "ia32",
  "loong64",
  "mips64el",
  "ppc64",
  "riscv64",
  "s390x",
  "x64",
  "wasm32"
])
const libraries: Readonly<Record<string, string>> = { musl: "musl", gnu: "glibc", glibc: "glibc" }

/** The folders in which a package looks for its dependencies, innermost first. */
const foldersOf = (place: string): ReadonlyArray<string> => {
  const parts = place.split("/node_modules/")
  return [...parts.map((_, depth) => `${parts.slice(0, parts.length - depth).join("/node_modules/")}/`), ""]
}

const isThere = (packages: Packages, place: string, name: string): boolean =>
  foldersOf(place).some((folder) => packages[`${folder}node_modules/${name}`] !== undefined)

/** The entries that are missing, by their places in the lock file; only exact versions for a platform in their name. */
export const missingEntries = (packages: Packages): Readonly<Record<string, unknown>> => {
  const missing: Record<string, unknown> = {}
  for (const [place, { dev, engines, license, optionalDependencies }] of Object.entries(packages)) {
    for (const [name, version] of Object.entries(optionalDependencies ?? {})) {
      const words = name.split(/[/-]/)
      const os = words.filter((word) => systems.has(word))
      const cpu = words.filter((word) => processors.has(word))
      const libc = words.flatMap((word) => libraries[word] ?? [])
      const isExact = /^\d+\.\d+\.\d+(?:-[\w.]+)?$/.test(version)
      if (isThere(packages, place, name) || !isExact || os.length + cpu.length === 0) continue
      missing[`node_modules/${name}`] = {
        version,
        ...(cpu.length > 0 ? { cpu } : {}),
        ...(dev === true ? { dev } : {}),
        ...(libc.length > 0 ? { libc } : {}),
        license: license ?? "MIT",
        optional: true,
        ...(os.length > 0 ? { os } : {}),
        ...(engines === undefined ? {} : { engines })
      }
    }
  }
  return missing
}

if (import.meta.main) {
  const file = new URL("../package-lock.json", import.meta.url)
  const lock: { packages: Packages } = JSON.parse(readFileSync(file, "utf8"))
  const missing = missingEntries(lock.packages)
  const entries = Object.entries({ ...lock.packages, ...missing }).toSorted(([a], [b]) => a.localeCompare(b, "en"))
  writeFileSync(file, `${JSON.stringify({ ...lock, packages: Object.fromEntries(entries) }, null, 2)}\n`)
  console.log(`${Object.keys(missing).length} added`)
}
