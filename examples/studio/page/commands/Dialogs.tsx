/** The dialog that is open, if any. */
import type { Ask } from "./Ask.ts"
import { CreateDialog } from "./CreateDialog.tsx"
import { OneDialog } from "./OneDialog.tsx"
import { SeveralDialog } from "./SeveralDialog.tsx"

/** The dialog of what a person wants to do. */
export const Dialogs = ({ ask, onClose, onMade, onSeveralDone }: {
  readonly ask: Ask | undefined
  readonly onClose: () => void
  readonly onMade: (root: string) => void
  readonly onSeveralDone: () => void
}) => {
  switch (ask?._tag) {
    case undefined:
      return null
    case "Create":
      return <CreateDialog onClose={onClose} onMade={onMade} />
    case "One":
      return <OneDialog action={ask.action} details={ask.details} onClose={onClose} />
    case "Several":
      return <SeveralDialog action={ask.action} assets={ask.assets} onClose={onClose} onDone={onSeveralDone} />
  }
}
