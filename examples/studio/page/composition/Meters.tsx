/** How full a bank is, by each of its limits. */
import type { CapacityUse, Measure } from "prometeu-packer"
import { Icon } from "../parts/Icon.tsx"
import { bytes } from "../parts/Text.tsx"

const words = { ok: "", full: "Full", exceeded: "Too much" } as const

const Meter = ({ label, measure: { limit, state, used }, show }: {
  readonly label: string
  readonly measure: Measure
  readonly show: (value: number) => string
}) => (
  <div className={`meter ${state}`}>
    <span className="meter-label">
      {label}
      {state === "ok" ? null : (
        <span className="meter-state">
          <Icon name={state === "full" ? "warning" : "error"} size={12} /> {words[state]}
        </span>
      )}
    </span>
    <span
      className="meter-bar"
      role="meter"
      aria-label={label}
      aria-valuemin={0}
      aria-valuenow={Math.min(used, limit)}
      aria-valuemax={limit}
      aria-valuetext={`${show(used)} of ${show(limit)}${state === "ok" ? "" : `, ${words[state]}`}`}
    >
      <span style={{ inlineSize: `${Math.min(100, (100 * used) / Math.max(limit, 1))}%` }} />
    </span>
    <span className="meter-value" aria-hidden="true">
      {show(used)} <span className="aside">of {show(limit)}</span>
    </span>
  </div>
)

/** How full a bank is, as the packer says. */
export const Meters = ({ capacity: { fileBytes, files, totalBytes } }: { readonly capacity: CapacityUse }) => (
  <div className="meters" role="group" aria-label="Capacity">
    <Meter label="Files" measure={files} show={String} />
    <Meter label="All together" measure={totalBytes} show={bytes} />
    <Meter label="Largest file" measure={fileBytes} show={bytes} />
  </div>
)
