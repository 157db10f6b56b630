/**
 * Reading TypeScript as text, as far as the checks beside this file need it: which bytes are code, and which modules a
 * file names.
 */
import { readdirSync, readFileSync } from "node:fs"
import { join, relative, sep } from "node:path"

/** Files by their path from the root of the project, with `/` between the parts. */
export type Sources = ReadonlyMap<string, string>

/** Every `.ts` file under one folder of the project. */
export const readSources = (root: string, folder: string): Sources => {
  const files = readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith(".ts"))
    .map((entry) => join(entry.parentPath, entry.name))
    .toSorted()
  return new Map(files.map((file) => [relative(root, file).split(sep).join("/"), readFileSync(file, "utf8")]))
}

/** A text with everything but code blanked out: every offset and every line keeps its place. */
export interface Code {
  /** Comments are spaces, and so is what stands between quotes; the quotes stay. */
  readonly masked: string
  /** Where each comment starts and ends, in order. */
  readonly comments: ReadonlyArray<{ readonly start: number; readonly end: number }>
}

/** After these a `/` divides nothing, so it starts a regular expression. */
const beforeRegExp = /(?:^|[(,=:[!&|?{};+\-*%<>~^]|\b(?:return|typeof|case|in|of|yield|await|void|throw|else|do))\s*$/

const endOfRegExp = (text: string, start: number): number => {
  let inClass = false
  for (let at = start + 1; at < text.length; at++) {
    const char = text[at]
    if (char === "\\") at++
    else if (char === "\n") return start + 1
    else if (char === "[") inClass = true
    else if (char === "]") inClass = false
    else if (char === "/" && !inClass) return at + 1
  }
  return start + 1
}

const endOfString = (text: string, start: number): number => {
  for (let at = start + 1; at < text.length; at++) {
    const char = text[at]
    if (char === "\\") at++
    else if (char === text[start] || char === "\n") return at
  }
  return text.length
}

/** Tells code from comments, strings, templates and regular expressions. */
export const codeOf = (text: string): Code => {
  const comments: Array<{ start: number; end: number }> = []
  let masked = ""
  const keep = (end: number): void => {
    masked += text.slice(masked.length, end)
  }
  const blank = (end: number): void => {
    masked += text.slice(masked.length, end).replace(/[^\n]/g, " ")
  }
  /** For each `${` that is open: how many braces are open inside it. */
  const holes: Array<number> = []
  /** Blanks the text of a template, from `at` to its next hole or its end. */
  const template = (at: number): number => {
    for (let index = at; index < text.length; index++) {
      if (text[index] === "\\") index++
      else if (text[index] === "`") {
        blank(index)
        keep(index + 1)
        return index + 1
      } else if (text[index] === "$" && text[index + 1] === "{") {
        blank(index)
        keep(index + 2)
        holes.push(0)
        return index + 2
      }
    }
    blank(text.length)
    return text.length
  }

  let at = 0
  while (at < text.length) {
    const char = text[at]
    const pair = text.slice(at, at + 2)
    if (pair === "//" || pair === "/*") {
      const close = text.indexOf(pair === "//" ? "\n" : "*/", at + 2)
      const end = close < 0 ? text.length : pair === "//" ? close : close + 2
      comments.push({ start: at, end })
      blank(end)
      at = end
    } else if (char === "\"" || char === "'") {
      const end = endOfString(text, at)
      keep(at + 1)
      blank(end)
      keep(Math.min(end + 1, text.length))
      at = end + 1
    } else if (char === "`") {
      keep(at + 1)
      at = template(at + 1)
    } else if (char === "/" && beforeRegExp.test(masked.slice(-200))) {
      const end = endOfRegExp(text, at)
      keep(at + 1)
      blank(end)
      at = end
    } else {
      const open = holes.length - 1
      const depth = holes[open]
      keep(at + 1)
      at++
      if (depth === undefined) continue
      if (char === "{") holes[open] = depth + 1
      if (char === "}") {
        if (depth > 0) {
          holes[open] = depth - 1
        } else {
          holes.pop()
          at = template(at)
        }
      }
    }
  }
  return { masked, comments }
}

/** The line an offset is on, counted from one. */
export const lineOf = (text: string, offset: number): number => text.slice(0, offset).split("\n").length

/** One place where a file names another module. */
export interface Reference {
  readonly specifier: string
  readonly line: number
  /** Where the statement starts and ends in the text. */
  readonly start: number
  readonly end: number
  /** Gone when the program runs: `import type`, `export type`. */
  readonly typeOnly: boolean
  /** What stands between `export` and `from`: `*`, `* as X` or `{ a, b as c }`; nothing for an import. */
  readonly exported: string | undefined
  /** The names between the braces, as the other module has them; nothing where there are no braces. */
  readonly imported: ReadonlyArray<string> | undefined
}

const names = String.raw`(?:\*(?:\s*as\s+[\w$]+)?|\{[^{}]*\})`
const quoted = String.raw`(?<quote>["'])(?<blank> *)\k<quote>`
const statements: ReadonlyArray<RegExp> = [
  new RegExp(
    String.raw`^[ \t]*import\s+(?<type>type\s+)?(?:[\w$]+\s*(?:,\s*${names}\s*)?|${names}\s*)\bfrom\s*${quoted}`,
    "gm"
  ),
  new RegExp(String.raw`^[ \t]*export\s*(?<type>type\s*)?(?<exported>${names})\s*from\s*${quoted}`, "gm"),
  new RegExp(String.raw`^[ \t]*import\s*${quoted}`, "gm"),
  new RegExp(String.raw`(?<![.\w$])import\s*\(\s*${quoted}`, "g")
]

/** What stands between the braces of a statement, by its names in the other module. */
const namesIn = (statement: string): ReadonlyArray<string> | undefined => {
  const braces = /^[^{}]*?(?:import|export)\s+(?:type\s+)?\{([^{}]*)\}/.exec(statement)?.[1]
  return braces?.split(",").flatMap((item) => {
    const [name = ""] = item.trim().replace(/^type\s+/, "").split(/\s+/)
    return name === "" ? [] : [name]
  })
}

/** The modules a file names, in the order of the text. */
export const referencesOf = (text: string, code: Code = codeOf(text)): ReadonlyArray<Reference> =>
  statements
    .flatMap((statement) => [...code.masked.matchAll(statement)])
    .map((match): Reference => {
      const groups = match.groups ?? {}
      const end = match.index + match[0].length
      return {
        specifier: text.slice(end - 1 - (groups["blank"] ?? "").length, end - 1),
        line: lineOf(text, end),
        start: match.index,
        end,
        typeOnly: groups["type"] !== undefined,
        exported: groups["exported"],
        imported: namesIn(match[0])
      }
    })
    .toSorted((a, b) => a.start - b.start)

/** The file a relative specifier stands for, from the root of the project; nothing for a package. */
export const resolve = (from: string, specifier: string): string | undefined => {
  if (!specifier.startsWith(".")) return undefined
  const parts = from.split("/").slice(0, -1)
  for (const part of specifier.split("/")) {
    if (part === "..") parts.pop()
    else if (part !== ".") parts.push(part)
  }
  return parts.join("/")
}
