/** Making a new asset. */
import { Command } from "prometeu-packer"
import { useState } from "react"
import { useStudio } from "../bridge/react.ts"
import { ChoiceField, SwitchField, TextField } from "../parts/Field.tsx"
import { CommandDialog } from "./CommandDialog.tsx"

/** A name that fits a path, until a person chooses another one. */
const nameFor = (root: string): string => root.split("/").filter((part) => part !== "").join("_")

/** The dialog for a new asset. */
export const CreateDialog = ({ onClose, onMade }: {
  readonly onClose: () => void
  readonly onMade: (root: string) => void
}) => {
  const { families } = useStudio()
  const [root, setRoot] = useState("")
  const [name, setName] = useState<string | undefined>(undefined)
  const [family, setFamily] = useState(families[0]?.id ?? "")
  const [preload, setPreload] = useState(false)
  const called = name ?? nameFor(root)
  return (
    <CommandDialog
      title="New asset"
      confirm="Create"
      command={root === "" || called === "" ? undefined : Command.create({ root, name: called, family, preload })}
      done={`Created ${called}`}
      onClose={onClose}
      onDone={({ changes }) => onMade(changes.added[0] ?? root)}
    >
      <TextField
        label="Folder"
        help="Where it will be, below assets/"
        placeholder="ui/atlas"
        autoFocus
        value={root}
        onText={setRoot}
      />
      <div className="field-row">
        <TextField label="Name" value={called} onText={setName} />
        <ChoiceField
          label="Family"
          value={family}
          choices={families.map(({ id, label }) => [id, label])}
          onChoice={setFamily}
        />
      </div>
      <SwitchField label="Load it before it is needed (preload)" isOn={preload} onSwitch={setPreload} />
    </CommandDialog>
  )
}
