/** What is different between two folders, and what a preview says will be. */
import type { Preview } from "../../src/domain/Preview.ts"
import type { ProjectTree } from "../../src/testing/ProjectTree.ts"

const under = (path: string, folder: string): boolean => path === folder || path.startsWith(`${folder}/`)

/** A folder as text by path, the packer's own folder left out. */
export const contentOf = (tree: ProjectTree): ReadonlyMap<string, string> =>
  new Map(tree.entries().filter(([path]) => !under(path, ".prometeu")))

/** The paths that are new, gone or different. */
export const changedPaths = (before: ProjectTree, after: ProjectTree): ReadonlyArray<string> => {
  const [was, is] = [contentOf(before), contentOf(after)]
  return [...new Set([...was.keys(), ...is.keys()])].filter((path) => was.get(path) !== is.get(path)).toSorted()
}

/** The folder that a preview promises, made from the one before by nothing but what the preview lists. */
export const promised = (before: ProjectTree, preview: Preview): ReadonlyMap<string, string | undefined> => {
  let tree = new Map<string, string | undefined>(contentOf(before))
  for (const { after, from = "", kind, to = "" } of preview.filesystemMutations) {
    switch (kind) {
      case "create-directory":
        tree.set(to, "folder")
        break
      case "write-file":
        tree.set(to, after?.hash)
        break
      case "move-directory":
        tree = new Map(
          Array.from(tree, ([path, node]) => [under(path, from) ? to + path.slice(from.length) : path, node])
        )
        break
      case "trash-directory":
        tree = new Map(Array.from(tree).filter(([path]) => !under(path, from)))
        break
    }
  }
  return tree
}
