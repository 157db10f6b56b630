/** What the list is to show: a text, and a few choices. */
import type { AssetQuery } from "prometeu-packer"
import { type Ref, useId } from "react"
import { useStudio } from "../bridge/react.ts"
import { Button } from "../parts/Button.tsx"
import { Icon } from "../parts/Icon.tsx"

type Choice = readonly [value: string, label: string, query: AssetQuery]

const states: ReadonlyArray<Choice> = [
  ["registered", "Registered", { registration: "registered" }],
  ["unregistered", "Not registered", { registration: "unregistered" }],
  ["missing", "Missing", { registration: "missing" }],
  ["unknown", "Unknown", { registration: "unknown" }],
  ["in", "In the build", { includedInBuild: true }],
  ["out", "Not in the build", { includedInBuild: false }]
]

const problems: ReadonlyArray<Choice> = [
  ["error", "With errors", { severity: "error" }],
  ["warning", "With warnings", { severity: "warning" }],
  ["info", "With notes", { severity: "info" }]
]

/** What a person has chosen. */
export interface Filtering {
  readonly text: string
  readonly state: string
  readonly family: string
  readonly problem: string
}

/** Everything is shown. */
export const noFilter: Filtering = { text: "", state: "", family: "", problem: "" }

const chosen = (choices: ReadonlyArray<Choice>, value: string): AssetQuery =>
  choices.find(([choice]) => choice === value)?.[2] ?? {}

/** What the packer is asked for. */
export const queryOf = ({ family, problem, state, text }: Filtering): AssetQuery => ({
  ...(text.trim() === "" ? {} : { text: text.trim() }),
  ...(family === "" ? {} : { family }),
  ...chosen(states, state),
  ...chosen(problems, problem)
})

const Select = ({ all, choices, label, onChange, value }: {
  readonly label: string
  readonly all: string
  readonly choices: ReadonlyArray<readonly [value: string, label: string, ...ReadonlyArray<unknown>]>
  readonly value: string
  readonly onChange: (value: string) => void
}) => (
  <span className={value === "" ? "chip" : "chip chosen"}>
    <select aria-label={label} value={value} onChange={(event) => onChange(event.target.value)}>
      <option value="">{all}</option>
      {choices.map(([choice, text]) => <option key={choice} value={choice}>{text}</option>)}
    </select>
    <Icon name="chevron" size={12} />
  </span>
)

/** The fields over the list. */
export const Filter = ({ filtering, input, onChange, onLeave }: {
  readonly filtering: Filtering
  readonly onChange: (filtering: Filtering) => void
  readonly input: Ref<HTMLInputElement>
  /** The keyboard goes on to the list. */
  readonly onLeave: () => void
}) => {
  const { families } = useStudio()
  const id = useId()
  const isFiltered = Object.values(filtering).some((value) => value !== "")
  return (
    <search className="filter">
      <div className="filter-text">
        <Icon name="search" />
        <label className="unseen" htmlFor={id}>Find assets by name or path</label>
        <input
          ref={input}
          id={id}
          type="text"
          placeholder="Find by name or path"
          autoComplete="off"
          spellCheck={false}
          value={filtering.text}
          onChange={(event) => onChange({ ...filtering, text: event.target.value })}
          onKeyDown={(event) => {
            if (event.key === "ArrowDown" || event.key === "Enter") {
              event.preventDefault()
              onLeave()
            }
            if (event.key === "Escape") {
              if (filtering.text === "") onLeave()
              else onChange({ ...filtering, text: "" })
            }
          }}
        />
        {isFiltered
          ? (
            <Button
              kind="quiet"
              icon="close"
              aria-label="Show all"
              title="Show all"
              onClick={() => onChange(noFilter)}
            />
          )
          : <kbd aria-hidden="true">/</kbd>}
      </div>
      <div className="filter-choices">
        <Select
          label="State"
          all="State"
          choices={states}
          value={filtering.state}
          onChange={(state) => onChange({ ...filtering, state })}
        />
        <Select
          label="Family"
          all="Family"
          choices={families.map(({ id, label }) => [id, label])}
          value={filtering.family}
          onChange={(family) => onChange({ ...filtering, family })}
        />
        <Select
          label="Problems"
          all="Health"
          choices={problems}
          value={filtering.problem}
          onChange={(problem) => onChange({ ...filtering, problem })}
        />
      </div>
    </search>
  )
}
