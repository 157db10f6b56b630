/** What can be done with several assets at once. */
import type { AssetSummary } from "prometeu-packer"
import { actionWords, type SeveralAction, useAsk } from "../commands/Ask.ts"
import { Button } from "../parts/Button.tsx"
import { Badge, registrationWords } from "../parts/States.tsx"
import { count, Name, Path } from "../parts/Text.tsx"
import { RefreshButton } from "./RefreshButton.tsx"

const actions: ReadonlyArray<SeveralAction> = ["register", "unregister", "include", "exclude", "relocate", "delete"]
const shown = 100

/** The panel for several marked assets. */
export const SeveralSelected = ({ assets, onClear }: {
  readonly assets: ReadonlyArray<AssetSummary>
  readonly onClear: () => void
}) => {
  const ask = useAsk()
  return (
    <article className="details" aria-label="Several assets">
      <header className="several-head">
        <h2>{count(assets.length, "asset")} selected</h2>
        <Button kind="quiet" icon="close" onClick={onClear}>Clear selection</Button>
      </header>
      <div className="actions" role="group" aria-label="Actions for all of them">
        {actions.map((action) => (
          <Button
            key={action}
            icon={actionWords[action].icon}
            className={action === "delete" ? "in-danger" : ""}
            onClick={() => ask({ _tag: "Several", action, assets })}
          >
            {actionWords[action].label}
          </Button>
        ))}
        <RefreshButton assets={assets} />
      </div>
      <ul className="several">
        {assets.slice(0, shown).map(({ name, registration, root }) => (
          <li key={root}>
            <Name text={name ?? root} />
            <Path text={root} />
            <Badge icon={registration} word={registrationWords[registration]} />
          </li>
        ))}
      </ul>
      {assets.length > shown ? <p className="aside">and {count(assets.length - shown, "more asset")}</p> : null}
    </article>
  )
}
