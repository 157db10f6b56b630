/** Generated folders, out of so few names that manifests, links and files meet each other often. */
import { Schema } from "effect"
import { parentsOf } from "../../src/domain/Path.ts"
import { ProjectTree } from "../../src/testing/ProjectTree.ts"
import type { Place } from "./Places.ts"

/** Some differ in the order of code points and that of UTF-16 units, one is not in NFC; no two look alike to any disk. */
const names = ["a", "b", "u\u0308", "\u{1F600}", "\uFF5E", "a.png", ".prometeu", "asset.json", "asset.json"] as const

/** What lies below `assets/`: later ones that find something in their way are left out. */
export const FolderSpec = Schema.Array(Schema.Struct({
  path: Schema.Array(Schema.Literals(names)).check(Schema.isMinLength(1), Schema.isMaxLength(5)),
  kind: Schema.Literals(["file", "file", "large file", "folder", "link"])
})).check(Schema.isMaxLength(25))

type Kind = (typeof FolderSpec.Type)[number]["kind"]

/** What there is at each path, in an order in which it can be made. */
export const nodesOf = (spec: typeof FolderSpec.Type): ReadonlyMap<string, Kind> => {
  const nodes = new Map<string, Kind>()
  for (const { kind, path } of spec) {
    const joined = path.join("/")
    const parents = parentsOf(joined)
    // What the packer keeps is no link here: the stand-in knows nothing of that.
    const taken = nodes.has(joined) || (joined === ".prometeu" && kind === "link")
    if (taken || parents.some((parent) => (nodes.get(parent) ?? "folder") !== "folder")) continue
    for (const parent of parents) nodes.set(parent, "folder")
    nodes.set(joined, kind)
  }
  return nodes
}

/** The same folder in memory and at a place. */
export const bothOf = (nodes: ReadonlyMap<string, Kind>, place: Place): ProjectTree => {
  const tree = new ProjectTree()
  for (const [path, kind] of nodes) {
    const content = kind === "large file" ? "x".repeat(500) : `content of ${path}`
    if (kind === "folder") {
      tree.putFolder(path)
      place.putFolder(`assets/${path}`)
    } else if (kind === "link") {
      tree.putLink(path)
      place.putLink(`assets/${path}`, "outside")
    } else {
      tree.put(path, content)
      place.put(`assets/${path}`, content)
    }
  }
  return tree
}
