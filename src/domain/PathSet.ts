/** Paths, and whether another one meets any of them: what `meet` says of two, of many at once. */
import { foldPath, parentsOf } from "./Path.ts"

/** Paths that grow in number. */
export interface PathSet {
  readonly isEmpty: () => boolean
  readonly add: (path: string) => void
  /** True if a path leads to the same place as one of them on some system, or one into the other. */
  readonly meets: (path: string) => boolean
}

/** No paths. */
export const makePathSet = (): PathSet => {
  const paths = new Set<string>()
  const above = new Set<string>()
  return {
    isEmpty: () => paths.size === 0,
    add: (path) => {
      const folded = foldPath(path)
      paths.add(folded)
      for (const parent of parentsOf(folded)) above.add(parent)
    },
    meets: (path) => {
      const folded = foldPath(path)
      return paths.has(folded) || above.has(folded) || parentsOf(folded).some((parent) => paths.has(parent))
    }
  }
}
