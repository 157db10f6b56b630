/** The two lists of a draft, side by side, and every way to bring a row from one place to another. */
import type { Applying, CompositionEditor, DraftRow, Editing } from "prometeu-packer/studio"
import { type KeyboardEvent, useRef, useState } from "react"
import { useRun } from "../bridge/react.ts"
import { useAnnounce } from "../parts/Announcer.tsx"
import { Button } from "../parts/Button.tsx"
import { Name } from "../parts/Text.tsx"
import { DraftList } from "./DraftList.tsx"
import { type Drag, useDrag } from "./useDrag.ts"

const bankHelp =
  "Alt with the up and down arrows moves a file. Delete takes it out. The right arrow goes to the available files."
const availableHelp = "Enter adds a file to the end of the bank. The left arrow goes to the bank."

/** The row that the keyboard goes to when one goes away. */
const beside = (rows: ReadonlyArray<DraftRow>, key: string): string | undefined => {
  const at = rows.findIndex((row) => row.key === key)
  return (rows[at + 1] ?? rows[at - 1])?.key
}

/** The two lists of a draft. */
export const DraftLists = ({ editor, state }: {
  readonly editor: CompositionEditor
  readonly state: Editing | Applying
}) => {
  const run = useRun()
  const announce = useAnnounce()
  const bank = useRef<HTMLDivElement>(null)
  const available = useRef<HTMLDivElement>(null)
  const { draft, section: { asset: { root } } } = state
  const { rows } = draft
  const [active, setActive] = useState<string | undefined>(undefined)
  const [wanted, setWanted] = useState<string | undefined>(undefined)
  const isFrozen = state._tag === "Applying"
  const frozen = isFrozen ? "It is being applied." : undefined
  const row = rows.find(({ key }) => key === active) ?? rows[0]
  const at = row === undefined ? -1 : rows.indexOf(row)
  const candidate = draft.available.find(({ key }) => key === wanted) ?? draft.available[0]

  const say = (text: string) => announce(text, { shown: false })
  const fileOf = (key: string): string => [...rows, ...draft.available].find((row) => row.key === key)?.file ?? key

  const add = (key: string, place = rows.length) => {
    setWanted(beside(draft.available, key))
    setActive(key)
    run(editor.add(key, place))
    say(`${fileOf(key)} added, position ${place + 1} of ${rows.length + 1}`)
  }
  const remove = (key: string) => {
    setActive(beside(rows, key))
    run(editor.remove(key))
    say(`${fileOf(key)} taken out`)
  }
  const moveTo = (key: string, place: number) => {
    if (place < 0 || place >= rows.length) return
    setActive(key)
    run(editor.moveTo(key, place))
    say(`${fileOf(key)}, position ${place + 1} of ${rows.length}`)
  }

  const drop = ({ from, gap, key, over }: Drag) => {
    if (over === "available" && from === "bank") remove(key)
    if (over !== "bank") return
    const before = rows.findIndex((row) => row.key === key)
    if (from === "available") add(key, gap)
    else moveTo(key, gap > before ? gap - 1 : gap)
  }
  const { drag, start } = useDrag(bank, available, drop)

  const onBankKey = (event: KeyboardEvent, key: string): boolean => {
    const place = rows.findIndex((row) => row.key === key)
    if (event.key === "ArrowRight") available.current?.focus()
    else if (isFrozen) return false
    else if (event.altKey && event.key === "ArrowUp") moveTo(key, place - 1)
    else if (event.altKey && event.key === "ArrowDown") moveTo(key, place + 1)
    else if (event.key === "Delete" || event.key === "Backspace") remove(key)
    else return false
    return true
  }
  const onAvailableKey = (event: KeyboardEvent, key: string): boolean => {
    if (event.key === "ArrowLeft") bank.current?.focus()
    else if (!isFrozen && (event.key === "Enter" || event.key === " ")) add(key)
    else return false
    return true
  }

  const none = frozen ?? (row === undefined ? "There is no file in the bank." : undefined)
  return (
    <div className="draft-lists">
      <div className="draft-side">
        <h4>
          In the bank <span className="aside">{rows.length}</span>
        </h4>
        <DraftList
          side="bank"
          label="In the bank"
          help={bankHelp}
          empty="Drag files here, or add them from the other list."
          root={root}
          rows={rows}
          active={active}
          isFrozen={isFrozen}
          drag={drag}
          list={bank}
          onActive={setActive}
          onGrab={start}
          onKey={onBankKey}
          onDoubleClick={(key) => isFrozen || remove(key)}
        />
        <div className="draft-tools" role="group" aria-label="Selected file of the bank">
          <Button
            icon="up"
            reason={none ?? (at === 0 ? "It is the first one." : undefined)}
            onClick={() => row === undefined || moveTo(row.key, at - 1)}
          >
            Up
          </Button>
          <Button
            icon="down"
            reason={none ?? (at === rows.length - 1 ? "It is the last one." : undefined)}
            onClick={() => row === undefined || moveTo(row.key, at + 1)}
          >
            Down
          </Button>
          <Button icon="dash" reason={none} onClick={() => row === undefined || remove(row.key)}>Take out</Button>
        </div>
      </div>
      <div className="draft-side">
        <h4>
          Available <span className="aside">{draft.available.length}</span>
        </h4>
        <DraftList
          side="available"
          label="Available"
          help={availableHelp}
          empty="Every file is in the bank."
          root={root}
          rows={draft.available}
          active={wanted}
          isFrozen={isFrozen}
          drag={drag}
          list={available}
          onActive={setWanted}
          onGrab={start}
          onKey={onAvailableKey}
          onDoubleClick={(key) => isFrozen || add(key)}
        />
        <div className="draft-tools" role="group" aria-label="Selected available file">
          <Button
            icon="add"
            reason={frozen ?? (candidate === undefined ? "Every file is in the bank." : undefined)}
            onClick={() => candidate === undefined || add(candidate.key)}
          >
            Add
          </Button>
        </div>
      </div>
      {drag === undefined ?
        null :
        (
          <div
            className="drag-ghost"
            style={{ transform: `translate(${drag.x + 12}px, ${drag.y + 8}px)` }}
            aria-hidden="true"
          >
            <Name text={fileOf(drag.key)} />
          </div>
        )}
    </div>
  )
}
