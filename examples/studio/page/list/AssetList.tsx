/** The list of assets: of thousands, those are drawn that can be seen. */
import type { AssetSummary } from "prometeu-packer"
import {
  type KeyboardEvent,
  type Ref,
  useCallback,
  useEffect,
  useId,
  useImperativeHandle,
  useMemo,
  useRef
} from "react"
import { useLive, useStudio } from "../bridge/react.ts"
import { AssetRow, rowHeight } from "./AssetRow.tsx"
import { iconOf, pictureOf } from "./pictures.ts"
import { pick, type Picking, type Selection } from "./Selection.ts"
import { useWindow } from "./useWindow.ts"

/** What others may do with the list. */
export interface ListHandle {
  readonly focus: () => void
}

const steps: Readonly<Record<string, (at: number, page: number, last: number) => number>> = {
  ArrowDown: (at) => at + 1,
  ArrowUp: (at) => at - 1,
  PageDown: (at, page) => at + page,
  PageUp: (at, page) => at - page,
  Home: () => 0,
  End: (_, __, last) => last
}

/** The list of assets. */
export const AssetList = ({ assets, handle, onOpen, onSelect, selection }: {
  readonly assets: ReadonlyArray<AssetSummary>
  readonly selection: Selection
  readonly onSelect: (selection: Selection) => void
  /** The keyboard goes on to the details. */
  readonly onOpen: () => void
  readonly handle: Ref<ListHandle>
}) => {
  const { drafts, families, snapshot } = useStudio()
  const view = useLive(snapshot)
  const withDraft = useLive(drafts.roots)
  const id = useId()
  const { first, last, reveal, scroller } = useWindow<HTMLDivElement>(assets.length, rowHeight)
  const roots: ReadonlyArray<string> = useMemo(() => assets.map(({ root }) => root), [assets])
  const at = selection.active === undefined ? -1 : roots.indexOf(selection.active)

  useImperativeHandle(handle, () => ({
    focus: () => {
      const [root] = roots
      if (selection.active === undefined && root !== undefined) onSelect({ ...selection, active: root })
      scroller.current?.focus()
    }
  }))

  // Only where a person goes: what others add above does not scroll the list away from what is looked at.
  const revealed = useRef<string>(undefined)
  useEffect(() => {
    if (at < 0 || revealed.current === selection.active) return
    revealed.current = selection.active
    reveal(at)
  }, [at, reveal, selection.active])

  const onPick = useCallback((root: string, how: Picking) => onSelect(pick(selection, roots, root, how)), [
    onSelect,
    roots,
    selection
  ])

  const onKeyDown = (event: KeyboardEvent) => {
    const isAll = event.key.toLowerCase() === "a" && (event.ctrlKey || event.metaKey)
    const step = steps[event.key]
    const active = roots[at]
    if (isAll) onSelect({ ...selection, marked: new Set(roots) })
    else if (step !== undefined) {
      const page = Math.max(1, Math.floor((scroller.current?.clientHeight ?? rowHeight) / rowHeight) - 1)
      const to = roots[Math.min(Math.max(0, step(at, page, roots.length - 1)), roots.length - 1)]
      if (to !== undefined) onPick(to, event.shiftKey ? "range" : "only")
    } else if (event.key === " " && active !== undefined) onPick(active, "toggle")
    else if (event.key === "Enter" && active !== undefined) {
      if (!selection.marked.has(active)) onPick(active, "only")
      onOpen()
    } else if (event.key === "Escape") {
      onSelect({ ...selection, marked: new Set(selection.marked.size > 1 && active !== undefined ? [active] : []) })
    } else return
    event.preventDefault()
  }

  /** The rows that can be seen, and the one the keyboard is at, which screen readers have to find. */
  const drawn = Array.from({ length: Math.max(0, Math.min(last, assets.length) - first) }, (_, place) => first + place)
  if (at >= 0 && (at < first || at >= last)) drawn.push(at)

  return (
    <div
      ref={scroller}
      className="rows"
      role="listbox"
      aria-label="Assets"
      aria-multiselectable="true"
      aria-activedescendant={at < 0 ? undefined : `${id}${at}`}
      tabIndex={0}
      onKeyDown={onKeyDown}
    >
      <div className="rows-all" role="presentation" style={{ height: assets.length * rowHeight }}>
        {drawn.map((index) => {
          const summary = assets[index]
          return summary === undefined ? null : (
            <AssetRow
              key={summary.root}
              id={`${id}${index}`}
              summary={summary}
              picture={pictureOf(view, summary.root)}
              icon={iconOf(families, summary)}
              index={index}
              total={assets.length}
              isMarked={selection.marked.has(summary.root)}
              isActive={index === at}
              hasDraft={withDraft.has(summary.root)}
              onPick={onPick}
            />
          )
        })}
      </div>
    </div>
  )
}
