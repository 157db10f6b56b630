/** What is listed, marked and open, in step with the workspace of the Studio. */
import { Exit } from "effect"
import { useCallback, useEffect, useState } from "react"
import { useLive, useStudio } from "../bridge/react.ts"
import { type Filtering, noFilter, queryOf } from "../list/Filter.tsx"
import { nothing, type Selection } from "../list/Selection.ts"

/** The filter and the selection. One marked asset is open; it stays so wherever it is moved. */
export const useChosen = () => {
  const { assets, run, workspace } = useStudio()
  const view = useLive(assets)
  const [filtering, setFiltering] = useState(noFilter)
  const [selection, setSelection] = useState(nothing)
  const openRoot = view.selected?.details.summary.root

  const filter = useCallback((filtering: Filtering) => {
    setFiltering(filtering)
    void run(workspace.filter(queryOf(filtering)))
  }, [run, workspace])

  const select = useCallback((selection: Selection) => {
    setSelection(selection)
    const [root] = selection.marked
    if (selection.marked.size > 1) return
    void run(root === undefined ? workspace.deselect : workspace.select({ root }))
  }, [run, workspace])

  const open = useCallback(async (root: string) => {
    const exit = await run(workspace.select({ root }))
    if (Exit.isSuccess(exit)) setSelection({ marked: new Set([root]), active: root, anchor: root })
  }, [run, workspace])

  // What is open went somewhere else, or is gone: the mark goes with it.
  useEffect(() => {
    setSelection((before) => {
      if (before.marked.size > 1) return before
      const [root] = before.marked
      if (root === openRoot) return before
      return openRoot === undefined
        ? { ...before, marked: new Set() }
        : { marked: new Set([openRoot]), active: openRoot, anchor: openRoot }
    })
  }, [openRoot])

  return { view, filtering, filter, selection, select, open }
}
