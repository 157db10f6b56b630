/** UNREGISTER: takes an asset out of the registry and leaves its files as they are. */
import type { Unregister } from "../Command.ts"
import { type AssetRule, onAsset, possible } from "./Rule.ts"
import { entryBlockers } from "./SetBuildParticipation.ts"

/** The rule of `unregister`. */
export const unregister: AssetRule<Unregister> = {
  looks: () => [],

  standing: entryBlockers,

  plan: onAsset(
    entryBlockers,
    (_, asset) => possible({ registry: [{ before: asset.entry, after: undefined, replaces: [] }] })
  )
}
