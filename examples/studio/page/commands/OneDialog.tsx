/** The dialogs of what can be done to one asset. */
import { type AssetDetails, type AssetSummary, Command } from "prometeu-packer"
import { type ReactNode, useState } from "react"
import { SwitchField, TextField } from "../parts/Field.tsx"
import { Name } from "../parts/Text.tsx"
import { actionWords, type AskedAction, calledBy, refTo } from "./Ask.ts"
import { CommandDialog } from "./CommandDialog.tsx"
import { ContractDialog } from "./ContractDialog.tsx"

interface OneProps {
  readonly summary: AssetSummary
  readonly onClose: () => void
}

const titled = (verb: string, summary: AssetSummary): ReactNode => (
  <>
    {verb} <Name text={calledBy(summary)} />
  </>
)

const RegisterDialog = ({ onClose, summary }: OneProps) => {
  const [isNew, setNew] = useState(false)
  return (
    <CommandDialog
      title={titled("Register", summary)}
      confirm="Register"
      command={Command.register({ root: summary.root, ...(isNew ? { identity: "new" } : {}) })}
      done={`Registered ${calledBy(summary)}`}
      onClose={onClose}
    >
      {({ looked }) => {
        const isCopy = looked.preview?.blockers.some(({ code }) => code === "identity/copied") === true
        return isCopy || isNew
          ? (
            <SwitchField
              label="It is a copy: give it a new identity"
              help="It gets a uuid of its own; the other asset keeps the old one."
              isOn={isNew}
              onSwitch={setNew}
            />
          )
          : <p>The packer takes it into the registry and gives it an id of its own.</p>
      }}
    </CommandDialog>
  )
}

const RelocateDialog = ({ onClose, summary }: OneProps) => {
  const [to, setTo] = useState<string>(summary.root)
  return (
    <CommandDialog
      title={titled("Relocate", summary)}
      confirm="Relocate"
      command={to === summary.root || to === "" ? undefined : Command.relocate({ asset: refTo(summary), to })}
      done={`Relocated ${calledBy(summary)} to ${to}`}
      onClose={onClose}
    >
      <TextField
        label="New folder"
        help="Below assets/. Its ids stay: whatever refers to it still finds it."
        autoFocus
        value={to}
        onText={setTo}
        onFocus={(event) => event.target.select()}
      />
    </CommandDialog>
  )
}

const plain: Readonly<
  Record<
    Exclude<AskedAction, "register" | "relocate" | "updateContract">,
    { readonly text: string; readonly command: (summary: AssetSummary) => Command }
  >
> = {
  unregister: {
    text: "Its entry is removed from the registry. Its files stay where they are.",
    command: (summary) => Command.unregister({ asset: refTo(summary) })
  },
  include: {
    text: "It takes part in the build from now on.",
    command: (summary) => Command.setBuildParticipation({ asset: refTo(summary), included: true })
  },
  exclude: {
    text: "It stays registered, and is left out of the build.",
    command: (summary) => Command.setBuildParticipation({ asset: refTo(summary), included: false })
  },
  delete: {
    text: "The whole folder goes to the packer's trash, where it is kept for a while.",
    command: (summary) => Command.delete({ asset: refTo(summary) })
  }
}

/** The dialog of an action on one asset. */
export const OneDialog = ({ action, details, onClose }: {
  readonly action: AskedAction
  readonly details: AssetDetails
  readonly onClose: () => void
}) => {
  const { contract, summary } = details
  if (action === "register") return <RegisterDialog summary={summary} onClose={onClose} />
  if (action === "relocate") return <RelocateDialog summary={summary} onClose={onClose} />
  if (action === "updateContract") {
    return contract === undefined ? null : <ContractDialog details={details} contract={contract} onClose={onClose} />
  }
  const { command, text } = plain[action]
  const { done, label } = actionWords[action]
  return (
    <CommandDialog
      title={titled(label, summary)}
      confirm={label}
      isDanger={action === "delete"}
      command={command(summary)}
      done={`${done}: ${calledBy(summary)}`}
      onClose={onClose}
    >
      <p>{text}</p>
    </CommandDialog>
  )
}
