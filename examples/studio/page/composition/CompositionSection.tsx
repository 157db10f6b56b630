/** Which files a bank holds: to look at, or to edit. */
import type { AssetName, Family } from "prometeu-packer"
import { useEffect, useRef } from "react"
import type { OpenEditor } from "../bridge/Drafts.ts"
import { useLive } from "../bridge/react.ts"
import { CompositionEditing } from "./CompositionEditing.tsx"
import { CompositionView } from "./CompositionView.tsx"
import { useEditor } from "./useEditor.ts"

const Shown = ({ family, open: { editor, state } }: {
  readonly open: OpenEditor
  readonly family: Family | undefined
}) => {
  const now = useLive(state)
  const place = useRef<HTMLDivElement>(null)
  const isEditing = now._tag !== "ReadOnly"
  const wasEditing = useRef(isEditing)

  // The button that a person pressed is gone: the keyboard goes on with what is there instead.
  useEffect(() => {
    if (wasEditing.current === isEditing) return
    wasEditing.current = isEditing
    if (document.activeElement !== document.body) return
    place.current?.querySelector<HTMLElement>(isEditing ? "[role=listbox]" : "button")?.focus()
  }, [isEditing])

  return (
    <div className="composition-place" ref={place}>
      {now._tag === "ReadOnly"
        ? <CompositionView editor={editor} state={now} family={family} />
        : <CompositionEditing editor={editor} state={now} />}
    </div>
  )
}

/** Which files a bank holds. */
export const CompositionSection = ({ asset, family }: {
  readonly asset: AssetName
  readonly family: Family | undefined
}) => {
  const open = useEditor(asset)
  return (
    <section className="section composition" aria-label="Composition">
      {open === undefined ? <div className="skeleton" /> : <Shown open={open} family={family} />}
    </section>
  )
}
