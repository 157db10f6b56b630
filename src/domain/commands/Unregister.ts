/** UNREGISTER: takes an asset out of the registry and leaves its files as they are. */
import type { Unregister } from "../Command.ts"
import { entryBlockers, onAsset, possible } from "./Rule.ts"

/** The rule of `unregister`. */
export const unregister = onAsset<Unregister>({
  looks: () => [],

  standing: entryBlockers,

  plan: (_, { entry }) => possible({ registry: [{ before: entry, after: undefined, replaces: [] }] })
})
