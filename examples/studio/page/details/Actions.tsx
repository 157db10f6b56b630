/** What can be done with an asset: every action is there, and one that is not possible says why. */
import type { Action, AssetDetails } from "prometeu-packer"
import { actionWords, type AskedAction, useAsk } from "../commands/Ask.ts"
import { Button } from "../parts/Button.tsx"

const isAsked = (action: Action): action is Action & { readonly action: AskedAction } => action.action in actionWords

/** The buttons of an asset, drawn from what the packer says of it. */
export const Actions = ({ actions, details }: {
  readonly actions: ReadonlyArray<Action>
  readonly details: AssetDetails
}) => {
  const ask = useAsk()
  return (
    <div className="actions" role="group" aria-label="Actions">
      {actions.filter(isAsked).map(({ action, blockers, enabled }) => (
        <Button
          key={action}
          icon={actionWords[action].icon}
          className={action === "delete" ? "in-danger" : ""}
          reason={enabled ? undefined : blockers.map(({ message }) => message).join(" ")}
          onClick={() => ask({ _tag: "One", action, details })}
        >
          {actionWords[action].label}
        </Button>
      ))}
    </div>
  )
}
