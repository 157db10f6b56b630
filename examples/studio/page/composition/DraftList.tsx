/** One of the two lists of a draft: what the bank is to hold, or what it could hold besides. */
import type { DraftRow } from "prometeu-packer/studio"
import { type KeyboardEvent, type PointerEvent, type RefObject, useEffect, useId } from "react"
import { Icon } from "../parts/Icon.tsx"
import { bytes, Name } from "../parts/Text.tsx"
import { Thumbnail } from "../parts/Thumbnail.tsx"
import type { Drag, Side } from "./useDrag.ts"

interface DraftListProps {
  readonly side: Side
  readonly label: string
  readonly help: string
  readonly empty: string
  readonly root: string
  readonly rows: ReadonlyArray<DraftRow>
  readonly active: string | undefined
  readonly isFrozen: boolean
  readonly drag: Drag | undefined
  readonly list: RefObject<HTMLDivElement | null>
  readonly onActive: (key: string) => void
  readonly onGrab: (event: PointerEvent, key: string, side: Side) => void
  /** A key was pressed; `true` if it meant something. */
  readonly onKey: (event: KeyboardEvent, key: string) => boolean
  readonly onDoubleClick: (key: string) => void
}

const moves: Readonly<Record<string, (at: number, last: number) => number>> = {
  ArrowDown: (at) => at + 1,
  ArrowUp: (at) => at - 1,
  Home: () => 0,
  End: (_, last) => last
}

/** A list of a draft. The keyboard stays on the list, and says which row it is at. */
export const DraftList = (
  { active, drag, empty, help, isFrozen, label, list, onActive, onDoubleClick, onGrab, onKey, root, rows, side }:
    DraftListProps
) => {
  const id = useId()
  const at = Math.max(0, rows.findIndex(({ key }) => key === active))
  const now = rows[at]

  useEffect(() => {
    list.current?.querySelector(".draft-row.active")?.scrollIntoView({ block: "nearest" })
  }, [at, list, rows.length])

  const onKeyDown = (event: KeyboardEvent) => {
    const move = moves[event.key]
    const isMeant = now !== undefined && onKey(event, now.key)
    if (!isMeant && move !== undefined && !event.altKey) {
      const to = rows[Math.min(Math.max(0, move(at, rows.length - 1)), rows.length - 1)]
      if (to !== undefined) onActive(to.key)
    } else if (!isMeant) return
    event.preventDefault()
  }

  const isTarget = drag !== undefined && drag.over === side
  return (
    <div
      ref={list}
      className={isTarget ? "draft-list target" : "draft-list"}
      role="listbox"
      aria-label={label}
      aria-describedby={`${id}help`}
      aria-disabled={isFrozen || undefined}
      aria-activedescendant={now === undefined ? undefined : `${id}${at}`}
      tabIndex={0}
      onKeyDown={onKeyDown}
    >
      {rows.length === 0 ? <p className="draft-empty">{empty}</p> : null}
      {rows.map((row, index) => (
        <div
          key={row.key}
          id={`${id}${index}`}
          role="option"
          aria-selected={row.key === now?.key}
          className={[
            "draft-row",
            row.key === now?.key ? "active" : "",
            drag?.key === row.key && drag.from === side ? "dragged" : "",
            isTarget && side === "bank" && drag.gap === index ? "gap-before" : "",
            isTarget && side === "bank" && drag.gap === rows.length && index === rows.length - 1 ? "gap-after" : ""
          ].join(" ")}
          onPointerDown={(event) => {
            onActive(row.key)
            if (!isFrozen) onGrab(event, row.key, side)
          }}
          onDoubleClick={() => onDoubleClick(row.key)}
        >
          <Icon className="grip" name="grip" />
          {side === "bank" ? <span className="place">{index}</span> : null}
          <Thumbnail
            root={root}
            file={row.present ? row.file : undefined}
            {...(row.present ? {} : { icon: "missing" })}
          />
          <Name text={row.file} />
          <span className="aside">{row.present ? row.size === undefined ? "" : bytes(row.size) : "Not there"}</span>
        </div>
      ))}
      <span className="unseen" id={`${id}help`}>{help}</span>
    </div>
  )
}
