/**
 * Imports in `src` point one way, `src/domain` stays pure, and `src/studio` knows of the rest what a host can know.
 *
 * `npm run check` runs this; `node scripts/check-imports.ts` runs it alone.
 */
import { isBuiltin } from "node:module"
import { codeOf, lineOf, readSources, type Reference, referencesOf, resolve, type Sources } from "./source.ts"

/** Which rooms of `src` each room may import from. A room that is not listed does not exist. */
const rooms: Readonly<Record<string, ReadonlyArray<string>>> = {
  domain: ["domain"],
  services: ["domain", "services"],
  layers: ["domain", "services", "layers"],
  "studio/domain": ["studio/domain"],
  "studio/services": ["studio/domain", "studio/services"],
  "studio/layers": ["studio/domain", "studio/services", "studio/layers"],
  testing: ["domain", "services", "layers", "testing"]
}

/** What `src/studio` has of the packer: what every host has. */
const publicDoor = "src/index.ts"

/** What is public and yet not for a Studio, because it leads to the disk: the packer alone writes. */
const diskNames = new Set([
  "Disk",
  "DurableCommitter",
  "HostInfo",
  "ProjectFolder",
  "ProjectLock",
  "Workspace",
  "diskWorkspace",
  "folderLock",
  "journaledCommitter",
  "project"
])

/** What `src/domain` may take from `effect`: data and descriptions of data, nothing that runs. */
const pureEffect = new Set([
  "Array",
  "BigDecimal",
  "BigInt",
  "Boolean",
  "Brand",
  "Chunk",
  "Data",
  "Equal",
  "Equivalence",
  "Filter",
  "Function",
  "Hash",
  "HashMap",
  "HashSet",
  "Inspectable",
  "Iterable",
  "JsonPointer",
  "Match",
  "Newtype",
  "NonEmptyIterable",
  "Number",
  "Optic",
  "Option",
  "Order",
  "Ordering",
  "Pipeable",
  "Predicate",
  "Record",
  "RegExp",
  "Result",
  "Schema",
  "SchemaAST",
  "SchemaGetter",
  "SchemaIssue",
  "SchemaParser",
  "SchemaTransformation",
  "String",
  "Struct",
  "Symbol",
  "Trie",
  "Tuple",
  "Types",
  "Unify",
  "Utils"
])

/** Things that read the world around a program. `src/domain` is handed what it needs instead. */
const impure: ReadonlyArray<readonly [pattern: RegExp, name: string]> = [
  [/\bDate\.now\b/g, "Date.now"],
  [/\bnew\s+Date\s*\(/g, "new Date("],
  [/\bMath\.random\b/g, "Math.random"],
  [/(?<![.\w$])crypto\b/g, "crypto"],
  [/(?<![.\w$])process\./g, "process."],
  [/(?<![.\w$])performance\./g, "performance."],
  [/(?<![.\w$])(?:setTimeout|setInterval|setImmediate|queueMicrotask)\b/g, "a timer"],
  [/(?<![.\w$])console\./g, "console."],
  [/(?<![.\w$])globalThis\b/g, "globalThis"]
]

/** The room a file of `src` is in: the folder, or `door` for the files that stand in `src` itself. */
const roomOf = (file: string): string => {
  const [, room = "", part = ""] = file.split("/")
  if (part === "") return "door"
  return room === "studio" ? `studio/${part}` : room
}

/** Rooms that hold data and pure functions only. */
const isPure = (room: string): boolean => room === "domain" || room === "studio/domain"

const isStudio = (room: string): boolean => room.startsWith("studio/")

const checkPackage = (room: string, reference: Reference): string | undefined => {
  const { specifier, typeOnly } = reference
  if (specifier === "effect") return "import the module (\"effect/Schema\"), not all of \"effect\""
  const isOwnOnly = isPure(room) || isStudio(room)
  if (isBuiltin(specifier)) {
    return isOwnOnly || room === "services"
      ? `src/${room} must not import the Node builtin "${specifier}"`
      : undefined
  }
  if (!isOwnOnly) return undefined
  if (!specifier.startsWith("effect/")) return `src/${room} must not import the package "${specifier}"`
  const module = specifier.slice("effect/".length)
  if (!isPure(room)) {
    return /^(?:FileSystem|Path|Stdio|Terminal|.*\/.*)$/.test(module)
      ? `src/${room} must not import "${specifier}": it leads out of the program`
      : undefined
  }
  if (pureEffect.has(module)) return undefined
  if (module !== "Effect") return `src/${room} must not import "${specifier}": it is not plain data`
  return typeOnly ? undefined : `src/${room} may import "effect/Effect" only with \`import type\``
}

/** What a Studio takes from the packer is named, and is nothing that leads to the disk. */
const checkPublic = (room: string, { imported, specifier }: Reference): string | undefined => {
  if (imported === undefined) return `src/${room} must name what it takes from "${specifier}"`
  const name = imported.find((name) => diskNames.has(name))
  return name === undefined ? undefined : `src/${room} must not import ${name}: a Studio never touches the disk`
}

const checkFile = (room: string, target: string, reference: Reference): string | undefined => {
  const { specifier } = reference
  if (!specifier.endsWith(".ts")) return `"${specifier}" must end with ".ts"`
  if (!target.startsWith("src/")) return `src must not import "${specifier}" from outside src`
  const to = roomOf(target)
  if (room === "door") return undefined
  if (isStudio(room) && target === publicDoor) return checkPublic(room, reference)
  if (to === "door") return `src/${room} must not import the front door "${specifier}"`
  if (rooms[room]?.includes(to) === true) return undefined
  return `src/${room} must not import from src/${to} ("${specifier}")`
}

/** A front door says what is public and nothing else. */
const checkDoor = (file: string, text: string): ReadonlyArray<string> => {
  const { masked } = codeOf(text)
  let rest = masked
  for (const reference of referencesOf(text)) {
    if (reference.exported === undefined) continue
    const blank = masked.slice(reference.start, reference.end).replace(/[^\n]/g, " ")
    rest = rest.slice(0, reference.start) + blank + rest.slice(reference.end)
  }
  const other = rest.search(/[^\s;]/)
  return other < 0 ? [] : [`${file}:${lineOf(text, other)}: a front door holds nothing but \`export … from\``]
}

/** Every cycle once, from the file of it that comes first in the alphabet. */
const findCycles = (graph: ReadonlyMap<string, ReadonlyArray<string>>): ReadonlyArray<string> => {
  const found = new Map<string, string>()
  const done = new Set<string>()
  const walk = (file: string, path: ReadonlyArray<string>): void => {
    const start = path.indexOf(file)
    if (start >= 0) {
      const cycle = path.slice(start)
      const first = cycle.indexOf(cycle.toSorted()[0] ?? file)
      const turned = [...cycle.slice(first), ...cycle.slice(0, first + 1)].join(" → ")
      found.set(turned, `${path[start] ?? file}: import cycle: ${turned}`)
      return
    }
    if (done.has(file)) return
    for (const next of graph.get(file) ?? []) walk(next, [...path, file])
    done.add(file)
  }
  for (const file of graph.keys()) walk(file, [])
  return [...found.values()]
}

/** What is wrong with the imports of these files, one line each; nothing when all is well. */
export const checkImports = (sources: Sources): ReadonlyArray<string> => {
  const problems: Array<string> = []
  const graph = new Map<string, ReadonlyArray<string>>()
  for (const [file, text] of sources) {
    const room = roomOf(file)
    if (room !== "door" && rooms[room] === undefined) {
      problems.push(
        `${file}:1: src/${room} is no room of this house; say in scripts/check-imports.ts what it may import`
      )
      continue
    }
    const code = codeOf(text)
    const targets: Array<string> = []
    for (const reference of referencesOf(text, code)) {
      const target = resolve(file, reference.specifier)
      const problem = target === undefined
        ? checkPackage(room, reference)
        : checkFile(room, target, reference)
      if (problem !== undefined) problems.push(`${file}:${reference.line}: ${problem}`)
      if (target !== undefined) targets.push(target)
    }
    graph.set(file, targets)
    if (room === "door") problems.push(...checkDoor(file, text))
    if (!isPure(room)) continue
    for (const [pattern, name] of impure) {
      for (const match of code.masked.matchAll(pattern)) {
        problems.push(`${file}:${lineOf(text, match.index)}: src/${room} must not use ${name}`)
      }
    }
  }
  return [...problems, ...findCycles(graph)]
}

if (process.argv[1] === import.meta.filename) {
  const problems = checkImports(readSources(process.cwd(), "src"))
  for (const problem of problems) console.error(problem)
  if (problems.length > 0) process.exitCode = 1
}
