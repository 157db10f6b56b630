/** One asset of the list. */
import type { AssetSummary } from "prometeu-packer"
import { memo } from "react"
import { Icon, type IconName } from "../parts/Icon.tsx"
import { Signs } from "../parts/States.tsx"
import { Name, Path } from "../parts/Text.tsx"
import { Thumbnail } from "../parts/Thumbnail.tsx"
import type { Picking } from "./Selection.ts"

/** How high a row is; `list.css` says the same. */
export const rowHeight = 56

interface AssetRowProps {
  readonly summary: AssetSummary
  readonly picture: string | undefined
  /** What stands for it without a picture. */
  readonly icon: IconName
  readonly id: string
  readonly index: number
  readonly total: number
  readonly isMarked: boolean
  readonly isActive: boolean
  readonly hasDraft: boolean
  readonly onPick: (root: string, how: Picking) => void
}

/** One asset of the list: the same as long as nothing in it is different. */
export const AssetRow = memo((
  { hasDraft, icon, id, index, isActive, isMarked, onPick, picture, summary, total }: AssetRowProps
) => {
  const { name, root } = summary
  return (
    <div
      id={id}
      role="option"
      className={isActive ? "row active" : "row"}
      style={{ transform: `translateY(${index * rowHeight}px)` }}
      aria-selected={isMarked}
      aria-setsize={total}
      aria-posinset={index + 1}
      onClick={(event) => {
        const isOnBox = event.target instanceof Element && event.target.closest(".box") !== null
        onPick(root, event.shiftKey ? "range" : isOnBox || event.ctrlKey || event.metaKey ? "toggle" : "only")
      }}
    >
      <span className="box" aria-hidden="true">
        <Icon name="check" size={12} />
      </span>
      <Thumbnail root={root} file={picture} icon={icon} />
      <span className="row-text">
        <Name className="row-name" text={name ?? root.split("/").at(-1) ?? root} />
        <Path className="row-root" text={root} />
      </span>
      <Signs summary={summary} hasDraft={hasDraft} />
    </div>
  )
})
