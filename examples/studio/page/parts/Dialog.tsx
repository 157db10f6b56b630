/** A dialog in front of the page: the browser keeps the focus in it, and gives it back when it closes. */
import { type ReactNode, useEffect, useId, useRef } from "react"
import { Button } from "./Button.tsx"

interface DialogProps {
  readonly title: ReactNode
  readonly onClose: () => void
  readonly children: ReactNode
  readonly footer?: ReactNode
  readonly wide?: boolean
  /** Makes the content a form that is sent with Enter. */
  readonly onSubmit?: () => void
}

/** A dialog that is open as long as it is drawn. Escape and a click beside it close it. */
export const Dialog = ({ children, footer, onClose, onSubmit, title, wide = false }: DialogProps) => {
  const dialog = useRef<HTMLDialogElement>(null)
  const heading = useId()

  useEffect(() => {
    const before = document.activeElement
    const shown = dialog.current
    shown?.showModal()
    return () => {
      // Nothing behind it can have the focus before it is closed. Whatever opened it may be gone by then.
      shown?.close()
      if (before instanceof HTMLElement && before.isConnected) before.focus()
    }
  }, [])

  return (
    <dialog
      ref={dialog}
      className={wide ? "dialog wide" : "dialog"}
      aria-labelledby={heading}
      onCancel={(event) => {
        event.preventDefault()
        onClose()
      }}
      onMouseDown={(event) => {
        if (event.target === dialog.current) onClose()
      }}
    >
      <form
        method="dialog"
        onSubmit={(event) => {
          event.preventDefault()
          onSubmit?.()
        }}
      >
        <header>
          <h2 id={heading}>{title}</h2>
          <Button kind="quiet" icon="close" aria-label="Close" onClick={onClose} />
        </header>
        <div className="dialog-body">{children}</div>
        {footer === undefined ? null : <footer>{footer}</footer>}
      </form>
    </dialog>
  )
}
