/** Which assets of the list are marked, as in any file browser: one, some by Ctrl or Space, a range by Shift. */

/** How a row is picked. */
export type Picking = "only" | "toggle" | "range"

/** What is marked. Where it is one asset or none, `marked` is what is open. */
export interface Selection {
  readonly marked: ReadonlySet<string>
  /** The row that the keyboard is at. */
  readonly active: string | undefined
  /** Where a range begins. */
  readonly anchor: string | undefined
}

/** Nothing is marked. */
export const nothing: Selection = { marked: new Set(), active: undefined, anchor: undefined }

/** Picks a row of a list of roots. */
export const pick = (selection: Selection, roots: ReadonlyArray<string>, root: string, how: Picking): Selection => {
  switch (how) {
    case "only":
      return { marked: new Set([root]), active: root, anchor: root }
    case "toggle": {
      const marked = new Set(selection.marked)
      if (!marked.delete(root)) marked.add(root)
      return { marked, active: root, anchor: root }
    }
    case "range": {
      const from = roots.indexOf(selection.anchor ?? root)
      const to = roots.indexOf(root)
      const range = from < 0 ? [root] : roots.slice(Math.min(from, to), Math.max(from, to) + 1)
      return { marked: new Set(range), active: root, anchor: from < 0 ? root : selection.anchor }
    }
  }
}
