/** The assets that somebody should look at: those with errors, and those that were changed on disk. */
import type { AssetSummary } from "prometeu-packer"
import { Notice } from "../parts/Notice.tsx"
import { Signs } from "../parts/States.tsx"
import { count, Name, Path } from "../parts/Text.tsx"

/** How many are listed; the list beside has them all. */
const shown = 8

/** The assets that somebody should look at. */
export const Attention = ({ assets, onOpen }: {
  readonly assets: ReadonlyArray<AssetSummary>
  readonly onOpen: (root: string) => void
}) => {
  const troubled = assets.filter(({ diagnostics, diverged }) => diverged || diagnostics.error > 0)
  return (
    <section className="section" aria-label="Needs attention">
      <h3>Needs attention</h3>
      {troubled.length === 0
        ? <Notice tone="good">No asset has errors, and none was changed behind the packer's back.</Notice>
        : (
          <ul className="attention">
            {troubled.slice(0, shown).map((summary) => (
              <li key={summary.root}>
                <button type="button" onClick={() => onOpen(summary.root)}>
                  <Name text={summary.name ?? summary.root.split("/").at(-1) ?? ""} />
                  <Path text={summary.root} />
                  <Signs summary={summary} hasDraft={false} />
                </button>
              </li>
            ))}
          </ul>
        )}
      {troubled.length > shown ? <p className="aside">and {count(troubled.length - shown, "more asset")}</p> : null}
    </section>
  )
}
