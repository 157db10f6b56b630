/** The rows of a long list that can be seen: only those are drawn. */
import { type RefObject, useCallback, useEffect, useRef, useState } from "react"

/** Rows beyond the edges, so that scrolling shows no gaps. */
const beyond = 6

interface Window {
  readonly first: number
  readonly last: number
}

interface RowWindow<E> extends Window {
  readonly scroller: RefObject<E | null>
  /** Scrolls as little as it takes to see a row whole. */
  readonly reveal: (index: number) => void
}

/** Follows what can be seen of `count` rows that are all `height` high. */
export const useWindow = <E extends HTMLElement>(count: number, height: number): RowWindow<E> => {
  const scroller = useRef<E>(null)
  const [{ first, last }, setWindow] = useState<Window>({ first: 0, last: 0 })

  useEffect(() => {
    const element = scroller.current
    if (element === null) return
    const look = () => {
      const first = Math.max(0, Math.floor(element.scrollTop / height) - beyond)
      const last = Math.min(count, Math.ceil((element.scrollTop + element.clientHeight) / height) + beyond)
      setWindow((now) => now.first === first && now.last === last ? now : { first, last })
    }
    look()
    const sizes = new ResizeObserver(look)
    sizes.observe(element)
    element.addEventListener("scroll", look, { passive: true })
    return () => {
      sizes.disconnect()
      element.removeEventListener("scroll", look)
    }
  }, [count, height])

  const reveal = useCallback((index: number) => {
    const element = scroller.current
    if (element === null) return
    const top = index * height
    if (top < element.scrollTop) element.scrollTop = top
    else if (top + height > element.scrollTop + element.clientHeight) {
      element.scrollTop = top + height - element.clientHeight
    }
  }, [height])

  return { scroller, first, last, reveal }
}
