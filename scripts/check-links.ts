/**
 * Every link between the Markdown files of the project leads to a file, and to a heading, that is there.
 *
 * `npm run check` runs this; `node scripts/check-links.ts` runs it alone.
 */
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs"
import { posix, sep } from "node:path"
import { anchorOf, headingsOf } from "./docs/links.ts"

/** Folders with Markdown that is not of the docs. */
const others = /^(?:node_modules|dist|coverage|\.git|test\/corpus)(?:\/|$)/

/** A text with every line kept and nothing of its code. */
const withoutCode = (text: string): string =>
  text
    .replaceAll(/^(`{3,})[\s\S]*?^\1$/gm, (block) => block.replaceAll(/[^\n]/g, ""))
    .replaceAll(/`[^`\n]*`/g, "")

/** The targets of the links and pictures in a text, by line. */
const linksIn = (text: string): ReadonlyArray<{ readonly line: number; readonly target: string }> =>
  withoutCode(text).split("\n").flatMap((content, index) =>
    [...content.matchAll(/\]\(<?([^()\s>]+)>?\)|\b(?:href|src|srcset)="([^"]+)"/g)]
      .map(([, link, attribute]) => ({ line: index + 1, target: link ?? attribute ?? "" }))
  )

const anchorsOf = (page: string): ReadonlySet<string> => {
  const taken = new Map<string, number>()
  return new Set(headingsOf(page).map((heading) => anchorOf(heading, taken)))
}

/** A place that links lead to: its text, if it is a page; `undefined` if there is nothing. */
export type Reader = (place: string) => string | undefined

/** What is wrong with the links of these pages, one line each; nothing when all is well. */
export const checkLinks = (pages: ReadonlyMap<string, string>, read: Reader): ReadonlyArray<string> =>
  [...pages].flatMap(([page, text]) =>
    linksIn(text).flatMap(({ line, target }) => {
      if (/^[a-z]+:/.test(target)) return []
      const [path = "", anchor] = target.split("#")
      const place = path === "" ? page : posix.normalize(posix.join(posix.dirname(page), path))
      const found = pages.get(place) ?? read(place)
      if (place.startsWith("..") || found === undefined) return [`${page}:${line}: there is no "${target}"`]
      if (anchor === undefined || anchorsOf(found).has(anchor)) return []
      return [`${page}:${line}: "${place}" has no heading "${anchor}"`]
    })
  )

if (import.meta.main) {
  const pages = new Map(
    readdirSync(".", { recursive: true, encoding: "utf8" })
      .map((file) => file.split(sep).join("/"))
      .filter((file) => file.endsWith(".md") && !others.test(file))
      .map((file) => [file, readFileSync(file, "utf8")] as const)
  )
  const read: Reader = (place) =>
    existsSync(place) ? statSync(place).isFile() ? readFileSync(place, "utf8") : "" : undefined
  const problems = checkLinks(pages, read)
  for (const problem of problems) console.error(problem)
  if (problems.length > 0) process.exitCode = 1
}
