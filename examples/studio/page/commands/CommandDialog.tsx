/** The dialog of every command: what it needs to know, what it would do, and the button that does exactly that. */
import { Effect, Exit } from "effect"
import type { Command, Outcome } from "prometeu-packer"
import { type ReactNode, useState } from "react"
import { messageOf, useLive, useStudio } from "../bridge/react.ts"
import { useAnnounce } from "../parts/Announcer.tsx"
import { Button } from "../parts/Button.tsx"
import { Dialog } from "../parts/Dialog.tsx"
import { Notice } from "../parts/Notice.tsx"
import { PreviewView } from "./PreviewView.tsx"
import { type CommandOnItsWay, useCommand } from "./useCommand.ts"

interface CommandDialogProps {
  readonly title: ReactNode
  /** What the button says. */
  readonly confirm: string
  readonly isDanger?: boolean
  readonly wide?: boolean
  /** What would be done; nothing, as long as something is not filled in. */
  readonly command: Command | undefined
  /** What is said when it is done. */
  readonly done: string
  readonly onClose: () => void
  readonly onDone?: (outcome: Outcome) => void
  /** The fields; they may depend on what the packer said. */
  readonly children?: ReactNode | ((way: CommandOnItsWay) => ReactNode)
}

const DivergedNotice = ({ look, roots }: {
  readonly roots: ReadonlyArray<string | undefined>
  readonly look: () => void
}) => {
  const { packer, run } = useStudio()
  const [failure, setFailure] = useState<string | undefined>(undefined)
  const adopt = async () => {
    const known = roots.flatMap((root) => root === undefined ? [] : [root])
    const exit = await run(
      known.length === roots.length
        ? Effect.asVoid(Effect.forEach(known, (root) => packer.refreshAsset({ root })))
        : Effect.asVoid(packer.refresh())
    )
    setFailure(Exit.isSuccess(exit) ? undefined : messageOf(exit.cause))
    look()
  }
  return (
    <Notice
      live
      tone="warning"
      icon="diverged"
      title="Changed on disk by somebody else"
      action={<Button icon="refresh" onClick={() => void adopt()}>Adopt what is on disk</Button>}
    >
      <bdi>{failure ?? "Nothing was overwritten. Adopt what is there now, and look at the preview again."}</bdi>
    </Notice>
  )
}

/** What was changed behind the packer's back and stands in the way: roots of assets; `undefined` is the registry. */
const divergedIn = ({ looked, refused }: CommandOnItsWay): ReadonlyArray<string | undefined> => {
  if (refused !== undefined && refused.diverged.length > 0) return refused.diverged.map(({ root }) => root)
  return (looked.preview?.blockers ?? []).flatMap(({ code, root }) =>
    code === "asset/diverged" ? [root] : code === "registry/diverged" ? [undefined] : []
  )
}

const Trouble = ({ way }: { readonly way: CommandOnItsWay }) => {
  const { look, looked, refused } = way
  const diverged = divergedIn(way)
  if (diverged.length > 0) return <DivergedNotice roots={diverged} look={look} />
  if (refused?.isStale === true) {
    return (
      <Notice live tone="warning" title="This is a new preview">
        What the command would do had changed since you looked. Nothing was done: look again, and confirm.
      </Notice>
    )
  }
  if (refused !== undefined) return <Notice live tone="error" title="It was not done">{refused.message}</Notice>
  if (looked.failure !== undefined) {
    return (
      <Notice
        live
        tone="error"
        title="There is no preview"
        action={<Button icon="refresh" onClick={look}>Look again</Button>}
      >
        {looked.failure}
      </Notice>
    )
  }
  return null
}

const reasonOf = ({ isRunning, looked }: CommandOnItsWay, isComplete: boolean): string | undefined => {
  if (isRunning) return "It is being done."
  if (!isComplete) return "Fill in what is missing first."
  if (looked.failure !== undefined) return "There is no preview to confirm."
  if (!looked.isNewest) return "The preview is not there yet."
  return (looked.preview?.blockers.length ?? 0) > 0 ? "It is not possible: see the reasons above." : undefined
}

/** The dialog of a command. What is confirmed is what the preview shows; if that is no longer true, the new one is shown. */
export const CommandDialog = (
  { children, command, confirm, done, isDanger = false, onClose, onDone, title, wide = false }: CommandDialogProps
) => {
  const announce = useAnnounce()
  const way = useCommand(command, (outcome) => {
    announce(done)
    onClose()
    onDone?.(outcome)
  })
  const { connection } = useStudio()
  const { state } = useLive(connection)
  const { isRunning, looked } = way
  const reason = reasonOf(way, command !== undefined)
  return (
    <Dialog
      title={title}
      wide={wide}
      onClose={onClose}
      onSubmit={() => reason === undefined && way.confirm()}
      footer={
        <>
          <Button kind="quiet" onClick={onClose}>{isRunning ? "Close" : "Cancel"}</Button>
          <Button kind={isDanger ? "danger" : "primary"} type="submit" reason={reason} aria-busy={isRunning}>
            {isRunning ? state === "open" ? "Working…" : "Waiting for the server…" : confirm}
          </Button>
        </>
      }
    >
      {typeof children === "function" ? children(way) : children}
      <section
        className={looked.isNewest ? "preview" : "preview older"}
        aria-label="Preview"
        aria-busy={command !== undefined && !looked.isNewest && looked.failure === undefined}
      >
        <Trouble way={way} />
        {looked.preview === undefined
          ? (
            <p className="aside">
              {command === undefined ? "The preview comes when the fields are filled in." : "Looking…"}
            </p>
          )
          : <PreviewView preview={looked.preview} />}
      </section>
    </Dialog>
  )
}
