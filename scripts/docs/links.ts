/** Where the public names stand in the docs. */
import { exportsOf } from "./declarations.ts"

/** The entry points, each with its page of the API. */
export const doors = [
  { entry: "prometeu-packer", file: "src/index.ts", page: "api/index.md" },
  { entry: "prometeu-packer/node", file: "src/node.ts", page: "api/node.md" },
  { entry: "prometeu-packer/rules", file: "src/rules.ts", page: "api/rules.md" },
  { entry: "prometeu-packer/studio", file: "src/studio.ts", page: "api/studio.md" },
  { entry: "prometeu-packer/testing", file: "src/testing.ts", page: "api/testing.md" }
] as const

/** The anchor that a heading gets; `taken` counts those before it on its page. */
export const anchorOf = (heading: string, taken: Map<string, number>): string => {
  const slug = heading
    .replaceAll(/\[([^\]]*)\]\([^)]*\)/g, "$1")
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}\s_-]/gu, "")
    .trim()
    .replaceAll(/\s/g, "-")
  const count = taken.get(slug) ?? 0
  taken.set(slug, count + 1)
  return count === 0 ? slug : `${slug}-${count}`
}

/** The headings of a page, by line, outside of code. */
export const headingsOf = (page: string): ReadonlyArray<string> =>
  page.replaceAll(/^(`{3,})[\s\S]*?^\1$/gm, "").split("\n").flatMap((line) => /^#{1,6} (.*)$/.exec(line)?.[1] ?? [])

let places: ReadonlyMap<string, string> | undefined

/** A link from a page in `docs` to a public name of the main entry; nothing for other names. */
export const linkTo = (name: string): string | undefined => {
  places ??= new Map(anchorsOf("src/index.ts").map(([name, anchor]) => [name, `api/index.md#${anchor}`]))
  const place = places.get(name)
  return place === undefined ? undefined : `[\`${name}\`](${place})`
}

/** The names of an entry point with the anchors of their headings, as the page of the API has them. */
const anchorsOf = (door: string): ReadonlyArray<readonly [name: string, anchor: string]> => {
  const taken = new Map<string, number>()
  const anchors: Array<readonly [string, string]> = []
  let before = ""
  for (const { name, section } of exportsOf(door)) {
    if (section !== before) anchorOf(section, taken)
    before = section
    anchors.push([name, anchorOf(name, taken)])
  }
  return anchors
}
