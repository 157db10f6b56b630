/** One asset of a batch: what the packer says of it alone, and whether it is in. */
import type { AssetSummary } from "prometeu-packer"
import { memo } from "react"
import { Icon, type IconName } from "../parts/Icon.tsx"
import { Name, Path } from "../parts/Text.tsx"
import { isBlocked, type Verdict } from "./useVerdicts.ts"

const wordsFor = (verdict: Verdict | undefined): readonly [icon: IconName, words: string] => {
  if (verdict === undefined) return ["clock", "Looking…"]
  if (isBlocked(verdict)) return ["blocked", "Not possible"]
  return verdict.changesNothing ? ["dash", "Nothing to do"] : ["check", "Fine"]
}

/** One asset of a batch. */
export const OneOfThem = memo(({ isChecked, onCheck, summary, verdict }: {
  readonly summary: AssetSummary
  readonly isChecked: boolean
  /** Nothing, as long as it is being looked at. */
  readonly verdict: Verdict | undefined
  readonly onCheck: (isChecked: boolean) => void
}) => {
  const [icon, words] = wordsFor(verdict)
  return (
    <li className={isChecked && isBlocked(verdict) ? "one-of-them blocked" : "one-of-them"}>
      <label>
        <input type="checkbox" checked={isChecked} onChange={(event) => onCheck(event.target.checked)} />
        <Name text={summary.name ?? summary.root.split("/").at(-1) ?? ""} />
        <Path text={summary.root} />
      </label>
      {isChecked
        ? (
          <span className={verdict === undefined || verdict.changesNothing ? "verdict aside" : "verdict"}>
            <Icon name={icon} /> {words}
          </span>
        )
        : <span className="verdict aside">Left out</span>}
      {isChecked
        ? verdict?.reasons.map((reason) => (
          <p key={reason}>
            <bdi>{reason}</bdi>
          </p>
        ))
        : null}
    </li>
  )
})
