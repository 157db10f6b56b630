/** Dragging rows of a draft with a pointer: within the bank, into it, and out of it. */
import { type PointerEvent as ReactPointerEvent, type RefObject, useCallback, useEffect, useRef, useState } from "react"

/** Where a row can be. */
export type Side = "bank" | "available"

/** A row on its way. */
export interface Drag {
  readonly key: string
  readonly from: Side
  readonly x: number
  readonly y: number
  /** What it is over. */
  readonly over: Side | undefined
  /** Between which rows of the bank it would come: before this one, counted from 0. */
  readonly gap: number
}

/** How far a pointer moves before it drags: less is a click. */
const threshold = 4

/** How near to the edge of a list it scrolls. */
const edge = 32

const contains = (element: Element | null, x: number, y: number): boolean => {
  if (element === null) return false
  const { bottom, left, right, top } = element.getBoundingClientRect()
  return x >= left && x <= right && y >= top && y <= bottom
}

const gapAt = (list: Element, y: number): number => {
  const rows = [...list.querySelectorAll("[role=option]")]
  const below = rows.findIndex((row) => {
    const { height, top } = row.getBoundingClientRect()
    return y < top + height / 2
  })
  return below < 0 ? rows.length : below
}

/** Follows a drag between the list of the bank and that of what is available. Escape gives it up. */
export const useDrag = (
  bank: RefObject<HTMLElement | null>,
  available: RefObject<HTMLElement | null>,
  onDrop: (drag: Drag) => void
) => {
  const [drag, setDrag] = useState<Drag | undefined>(undefined)
  const end = useRef<(() => void) | undefined>(undefined)
  const drop = useRef(onDrop)
  drop.current = onDrop

  useEffect(() => () => end.current?.(), [])

  const start = useCallback((event: ReactPointerEvent, key: string, from: Side) => {
    const isOnGrip = event.target instanceof Element && event.target.closest(".grip") !== null
    // A finger that is not on the grip scrolls.
    if (event.button !== 0 || (event.pointerType === "touch" && !isOnGrip)) return
    const { clientX, clientY } = event
    const going = new AbortController()
    let now: Drag | undefined

    const stop = () => {
      going.abort()
      end.current = undefined
      setDrag(undefined)
    }
    const move = ({ clientX: x, clientY: y }: PointerEvent) => {
      if (now === undefined && Math.hypot(x - clientX, y - clientY) < threshold) return
      const over = contains(bank.current, x, y) ? "bank" : contains(available.current, x, y) ? "available" : undefined
      const list = bank.current
      if (over === "bank" && list !== null) {
        const { bottom, top } = list.getBoundingClientRect()
        if (y < top + edge) list.scrollTop -= edge / 4
        if (y > bottom - edge) list.scrollTop += edge / 4
      }
      now = { key, from, x, y, over, gap: over === "bank" && list !== null ? gapAt(list, y) : 0 }
      setDrag(now)
    }
    const { signal } = going
    addEventListener("pointermove", move, { signal })
    addEventListener("pointerup", () => {
      const dropped = now
      stop()
      if (dropped !== undefined) drop.current(dropped)
    }, { signal })
    addEventListener("pointercancel", stop, { signal })
    addEventListener("keydown", (event) => {
      if (event.key !== "Escape" || now === undefined) return
      event.preventDefault()
      event.stopPropagation()
      stop()
    }, { signal, capture: true })
    end.current = stop
  }, [available, bank])

  return { drag, start }
}
