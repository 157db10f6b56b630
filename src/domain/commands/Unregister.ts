/** UNREGISTER: takes an asset out of the registry and leaves its files as they are. */
import type { Unregister } from "../Command.ts"
import { type AssetRule, onAsset, possible } from "./Rule.ts"
import { entryBlockers, entryOf } from "./SetBuildParticipation.ts"

/** The rule of `unregister`. */
export const unregister: AssetRule<Unregister> = {
  looks: () => [],

  standing: entryBlockers,

  plan: onAsset(
    entryBlockers,
    ({ snapshot }, asset) =>
      possible({ registry: [{ before: entryOf(snapshot, asset), after: undefined, replaces: [] }] })
  )
}
