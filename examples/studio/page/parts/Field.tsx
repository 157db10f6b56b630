/** Fields of a form: a label, a control, and what helps to fill it in. */
import { type ComponentProps, type ReactNode, useId } from "react"

interface FieldProps {
  readonly label: string
  readonly help?: ReactNode
}

/** A field for one line of text. */
export const TextField = ({ help, label, onText, ...input }: FieldProps & Omit<ComponentProps<"input">, "onChange"> & {
  readonly onText: (text: string) => void
}) => {
  const id = useId()
  return (
    <div className="field">
      <label htmlFor={id}>{label}</label>
      <input
        {...input}
        id={id}
        autoComplete="off"
        spellCheck={false}
        aria-describedby={help === undefined ? undefined : `${id}help`}
        onChange={(event) => onText(event.target.value)}
      />
      {help === undefined ? null : <p className="help" id={`${id}help`}>{help}</p>}
    </div>
  )
}

/** A field with a few choices. */
export const ChoiceField = ({ choices, help, label, onChoice, value }: FieldProps & {
  readonly value: string
  readonly choices: ReadonlyArray<readonly [value: string, label: string]>
  readonly onChoice: (value: string) => void
}) => {
  const id = useId()
  return (
    <div className="field">
      <label htmlFor={id}>{label}</label>
      <select id={id} value={value} onChange={(event) => onChoice(event.target.value)}>
        {choices.map(([value, text]) => <option key={value} value={value}>{text}</option>)}
      </select>
      {help === undefined ? null : <p className="help">{help}</p>}
    </div>
  )
}

/** A field for yes or no. */
export const SwitchField = ({ help, isOn, label, onSwitch }: FieldProps & {
  readonly isOn: boolean
  readonly onSwitch: (isOn: boolean) => void
}) => {
  const id = useId()
  return (
    <div className="field switch">
      <input id={id} type="checkbox" checked={isOn} onChange={(event) => onSwitch(event.target.checked)} />
      <label htmlFor={id}>{label}</label>
      {help === undefined ? null : <p className="help">{help}</p>}
    </div>
  )
}
