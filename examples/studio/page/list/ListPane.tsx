/** The pane on the left: the filter, and the list of what it finds. */
import type { AssetList as Found } from "prometeu-packer"
import type { Ref, RefObject } from "react"
import { Button } from "../parts/Button.tsx"
import { Empty } from "../parts/Notice.tsx"
import { count } from "../parts/Text.tsx"
import { AssetList, type ListHandle } from "./AssetList.tsx"
import { Filter, type Filtering, noFilter } from "./Filter.tsx"
import type { Selection } from "./Selection.ts"

interface ListPaneProps {
  readonly found: Found
  readonly filtering: Filtering
  readonly onFilter: (filtering: Filtering) => void
  readonly selection: Selection
  readonly onSelect: (selection: Selection) => void
  readonly onOpen: () => void
  readonly onCreate: () => void
  readonly input: Ref<HTMLInputElement>
  readonly list: RefObject<ListHandle | null>
}

const NothingToShow = ({ isFiltered, onCreate, onShowAll }: {
  readonly isFiltered: boolean
  readonly onCreate: () => void
  readonly onShowAll: () => void
}) =>
  isFiltered
    ? (
      <Empty icon="search" title="Nothing found" action={<Button onClick={onShowAll}>Show all assets</Button>}>
        No asset is like that.
      </Empty>
    )
    : (
      <Empty icon="folder" title="No assets yet" action={<Button icon="add" onClick={onCreate}>New asset</Button>}>
        Make one here, or put a folder with an asset.json below assets/ and refresh.
      </Empty>
    )

/** The filter and the list. */
export const ListPane = (
  { filtering, found: { assets, total }, input, list, onCreate, onFilter, onOpen, onSelect, selection }: ListPaneProps
) => {
  const isFiltered = Object.values(filtering).some((value) => value !== "")
  const { size } = selection.marked
  return (
    <nav className="list-pane" aria-label="Assets">
      <Filter filtering={filtering} input={input} onChange={onFilter} onLeave={() => list.current?.focus()} />
      {assets.length === 0
        ? <NothingToShow isFiltered={isFiltered} onCreate={onCreate} onShowAll={() => onFilter(noFilter)} />
        : <AssetList assets={assets} handle={list} onOpen={onOpen} onSelect={onSelect} selection={selection} />}
      <p className="list-foot" aria-live="polite">
        {isFiltered ? `${count(total, "asset")} found` : count(total, "asset")}
        {size > 1 ? `, ${size.toLocaleString("en")} selected` : ""}
      </p>
    </nav>
  )
}
