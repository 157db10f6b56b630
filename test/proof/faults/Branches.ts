/** What a project may be where it is not known which changes happened, and how it differs from what it is. */
import type { CommitResult } from "../../../src/domain/Commit.ts"
import { isInside } from "../../../src/domain/Path.ts"
import type { Plan } from "../../../src/domain/Plan.ts"
import { digest, type Expected, expectedAfter } from "../crashes/Expected.ts"

const own = ".prometeu"
const isOwn = (path: string): boolean => path === own || isInside(path, own)

/** One of the states that may be found. Behind one that did not happen, none of the same flush can have happened. */
export interface Branch {
  readonly state: Expected
  readonly isCut: boolean
}

/** The states that may be found after one more plan. */
export const branchesAfter = (
  branches: ReadonlyArray<Branch>,
  plan: Plan,
  { _tag }: CommitResult
): ReadonlyArray<Branch> => {
  switch (_tag) {
    case "Absent":
    case "Outdated":
    case "Late":
    case "Halted":
      return branches
    case "Durable":
      return branches.map(({ isCut, state }) => ({ isCut, state: expectedAfter(state, plan) }))
    case "Unknown":
      return branches.flatMap((branch) =>
        branch.isCut
          ? [branch]
          : [{ state: expectedAfter(branch.state, plan), isCut: false }, { state: branch.state, isCut: true }]
      )
  }
}

/** What everyone can see, without what is in some places; the registry file may be behind. */
export const visible = (
  { tree }: Pick<Expected, "tree">,
  without: ReadonlyArray<string>
): Pick<Expected, "tree" | "trash"> => ({
  tree: new Map(
    Array.from(tree).filter(([path]) =>
      !isOwn(path) && !without.some((place) => path === place || isInside(path, place))
    )
  ),
  trash: []
})

/** Where two projects differ; `undefined` if nowhere. */
export const difference = (
  is: Pick<Expected, "tree" | "trash">,
  expected: Pick<Expected, "tree" | "trash">
): string | undefined => {
  if (digest(is) === digest(expected)) return undefined
  const paths = [...new Set([...is.tree.keys(), ...expected.tree.keys()])].filter((path) =>
    is.tree.get(path) !== expected.tree.get(path)
  )
  const shown = (node: string | undefined): string => node === undefined ? "nothing" : JSON.stringify(node)
  return paths.length === 0
    ? `${is.trash.length} in the trash, not ${expected.trash.length}`
    : paths.map((path) => `${path} is ${shown(is.tree.get(path))}, not ${shown(expected.tree.get(path))}`).join("; ")
}

/** The places that a plan is about. */
export const placesOf = ({ files }: Plan): ReadonlyArray<string> =>
  files.flatMap((step) => "from" in step ? "to" in step ? [step.from, step.to] : [step.from] : [step.to])
