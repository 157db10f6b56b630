/** Editing what an asset promises to the build. */
import { type AssetDetails, Command, type Contract } from "prometeu-packer"
import { useState } from "react"
import { useStudio } from "../bridge/react.ts"
import { ChoiceField, SwitchField, TextField } from "../parts/Field.tsx"
import { refTo } from "./Ask.ts"
import { CommandDialog } from "./CommandDialog.tsx"

type Metadata = Contract["metadata"]

/** The same kind of value, from what a person typed; what is no number stays text, and the packer says so. */
const valueFrom = (text: string, before: Metadata[string]): Metadata[string] => {
  if (typeof before !== "number") return text
  return text.trim() === "" || Number.isNaN(Number(text)) ? text : Number(text)
}

const MetadataFields = ({ metadata, onChange }: {
  readonly metadata: Metadata
  readonly onChange: (metadata: Metadata) => void
}) => (
  <div className="field-row">
    {Object.entries(metadata).map(([key, value]) =>
      typeof value === "boolean"
        ? <SwitchField key={key} label={key} isOn={value} onSwitch={(isOn) => onChange({ ...metadata, [key]: isOn })} />
        : typeof value === "object"
        ? null
        : (
          <TextField
            key={key}
            label={key}
            inputMode={typeof value === "number" ? "decimal" : "text"}
            value={String(value)}
            onText={(text) => onChange({ ...metadata, [key]: valueFrom(text, value) })}
          />
        )
    )}
  </div>
)

/** The dialog for name, preload and output; only what is different is sent. */
export const ContractDialog = ({ contract, details: { summary }, onClose }: {
  readonly details: AssetDetails
  readonly contract: Contract
  readonly onClose: () => void
}) => {
  const { families } = useStudio()
  const family = families.find(({ id }) => id === summary.family)
  const [name, setName] = useState(summary.name ?? "")
  const [now, setNow] = useState(contract)
  const format = family?.formats.find(({ id }) => id === now.format)

  const isSame = JSON.stringify(now.metadata) === JSON.stringify(contract.metadata)
  const output = {
    ...(now.format === contract.format ? {} : { format: now.format }),
    ...(now.codec === contract.codec ? {} : { codec: now.codec }),
    ...(isSame ? {} : { metadata: now.metadata })
  }
  const command = Command.updateContract({
    asset: refTo(summary),
    ...(name === summary.name ? {} : { name }),
    ...(now.preload === contract.preload ? {} : { preload: now.preload }),
    ...(Object.keys(output).length === 0 ? {} : { output })
  })
  const withOwn = (choices: ReadonlyArray<string>, own: string) => choices.includes(own) ? choices : [own, ...choices]

  return (
    <CommandDialog
      title="Edit contract"
      confirm="Save"
      command={command}
      done={`Changed the contract of ${name}`}
      onClose={onClose}
    >
      <TextField label="Name" value={name} onText={setName} autoFocus />
      <div className="field-row">
        <ChoiceField
          label="Format"
          value={now.format}
          choices={withOwn(family?.formats.map(({ id }) => id) ?? [], now.format).map((id) => [id, id])}
          onChoice={(format) => setNow({ ...now, format })}
        />
        <ChoiceField
          label="Codec"
          value={now.codec}
          choices={withOwn(format?.codecs ?? [], now.codec).map((id) => [id, id])}
          onChoice={(codec) => setNow({ ...now, codec })}
        />
      </div>
      <MetadataFields
        metadata={{ ...format?.defaults, ...now.metadata }}
        onChange={(metadata) => setNow({ ...now, metadata })}
      />
      <SwitchField
        label="Load it before it is needed (preload)"
        isOn={now.preload}
        onSwitch={(preload) => setNow({ ...now, preload })}
      />
    </CommandDialog>
  )
}
