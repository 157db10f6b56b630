/** Edits of a project behind the packer's back. */
import { Schema } from "effect"
import type { ProjectTree } from "../../src/testing/ProjectTree.ts"
import { manifest } from "../support/Workspace.ts"

/** What somebody does to a folder. */
export const EditSpec = Schema.Struct({
  root: Schema.Literals(["a", "a/b", "ui/x", "ui/y", "snd", "new", "z/deep/er"]),
  how: Schema.Literals([
    "write manifest",
    "same bytes",
    "remove manifest",
    "remove folder",
    "add file",
    "link",
    "registry"
  ])
})

/** Edits a folder behind the packer's back. */
export const edit = (tree: ProjectTree, { how, root }: typeof EditSpec.Type): void => {
  const path = `${root}/asset.json`
  // Nothing lies below a link: whoever writes there has replaced it by a folder.
  if (tree.entries().some(([place, node]) => place === root && node === "link")) tree.remove(root)
  switch (how) {
    case "write manifest":
      return tree.put(path, manifest({ name: "edited by hand" }))
    case "same bytes": {
      const text = tree.text(path)
      return text === undefined ? undefined : tree.put(path, text)
    }
    case "remove manifest":
      return tree.remove(path)
    case "remove folder":
      return tree.remove(root)
    case "add file":
      return tree.put(`${root}/one.png`, "added by hand")
    case "link":
      tree.remove(root)
      return tree.putLink(root)
    case "registry":
      return tree.put(".prometeu/index.json", `{"schema_version":1,"assets":[]}\n`)
  }
}
