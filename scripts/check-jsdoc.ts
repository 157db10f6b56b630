/**
 * Everything a host can import has a JSDoc comment.
 *
 * `npm run check` runs this; `node scripts/check-jsdoc.ts` runs it alone.
 */
import { codeOf, lineOf, readSources, referencesOf, resolve, type Sources } from "./source.ts"

const doors = ["src/index.ts", "src/node.ts", "src/rules.ts", "src/studio.ts", "src/testing.ts"]

/** A name a file declares at its top level. */
interface Declaration {
  readonly name: string
  readonly line: number
  readonly exported: boolean
  readonly documented: boolean
}

/** `export { a as b }`, with the file `a` comes from, if it is not this one. */
interface Listed {
  readonly name: string
  readonly as: string
  readonly from: string | undefined
}

interface Module {
  readonly declarations: ReadonlyMap<string, Declaration>
  readonly listed: ReadonlyArray<Listed>
  /** Files of `export * from` and `export * as X from`. */
  readonly stars: ReadonlyArray<{ readonly from: string; readonly named: boolean }>
}

const declaration =
  /^(export\s+)?(?:default\s+)?(?:declare\s+)?(?:abstract\s+)?(?:async\s+)?(?:const\s+enum|const|let|var|function|class|interface|type|enum|namespace)\b\s*\*?\s*([\w$]+)/gm

const listedIn = (braces: string, from: string | undefined): ReadonlyArray<Listed> =>
  braces.slice(1, -1).split(",").flatMap((item) => {
    const [name, as] = item.trim().replace(/^type\s+/, "").split(/\s+as\s+/)
    return name === undefined || name === "" ? [] : [{ name, as: as ?? name, from }]
  })

const readModule = (file: string, text: string): Module => {
  const code = codeOf(text)
  const declarations = new Map<string, Declaration>()
  for (const match of code.masked.matchAll(declaration)) {
    const name = match[2] ?? ""
    // Overloads, and a type beside the value of its name, are described by the first.
    if (declarations.has(name)) continue
    const comment = code.comments.findLast(({ end }) => end <= match.index)
    const documented = comment !== undefined &&
      text.startsWith("/**", comment.start) &&
      /^[ \t]*\r?\n$/.test(text.slice(comment.end, match.index))
    declarations.set(name, { name, line: lineOf(text, match.index), exported: match[1] !== undefined, documented })
  }

  const listed: Array<Listed> = []
  const stars: Array<{ from: string; named: boolean }> = []
  for (const { exported, specifier } of referencesOf(text, code)) {
    const from = resolve(file, specifier)
    if (exported === undefined || from === undefined) continue
    if (exported.startsWith("{")) listed.push(...listedIn(exported, from))
    else stars.push({ from, named: exported !== "*" })
  }
  for (const match of code.masked.matchAll(/^export\s+(?:type\s+)?(\{[^{}]*\})(?!\s*from\b)/gm)) {
    listed.push(...listedIn(match[1] ?? "{}", undefined))
  }
  return { declarations, listed, stars }
}

/** The public names without a comment, one line each; nothing when all have one. */
export const checkJsdoc = (sources: Sources, from: ReadonlyArray<string> = doors): ReadonlyArray<string> => {
  const modules = new Map([...sources].map(([file, text]) => [file, readModule(file, text)]))
  const problems = new Set<string>()
  const seen = new Set<string>()

  const checkName = (file: string, name: string): boolean => {
    const found = modules.get(file)
    if (found === undefined) return false
    const item = found.listed.find(({ as }) => as === name)
    const own = found.declarations.get(item?.name ?? name)
    if (item?.from !== undefined) return checkName(item.from, item.name)
    if (own === undefined) return found.stars.some((star) => !star.named && checkName(star.from, name))
    if (!own.documented) problems.add(`${file}:${own.line}: "${own.name}" is public and has no JSDoc comment above it`)
    return true
  }

  const checkAll = (file: string): void => {
    const found = modules.get(file)
    if (found === undefined || seen.has(file)) return
    seen.add(file)
    for (const own of found.declarations.values()) if (own.exported) checkName(file, own.name)
    for (const item of found.listed) {
      if (!checkName(file, item.as)) problems.add(`${file}:1: "${item.name}" is exported and declared nowhere`)
    }
    for (const star of found.stars) checkAll(star.from)
  }

  for (const door of from) checkAll(door)
  return [...problems]
}

if (process.argv[1] === import.meta.filename) {
  const problems = checkJsdoc(readSources(process.cwd(), "src"))
  for (const problem of problems) console.error(problem)
  if (problems.length > 0) process.exitCode = 1
}
