/** SET BUILD PARTICIPATION: changes whether a registered asset takes part in the build. */
import * as Result from "effect/Result"

import type { Asset } from "../Asset.ts"
import type { Blocker } from "../Blocker.ts"
import type { SetBuildParticipation } from "../Command.ts"
import type { Snapshot } from "../Snapshot.ts"
import { warning } from "../Warning.ts"
import { manifestBlockers } from "./EditManifest.ts"
import { at, entryBlockers, nothingToDo, onAsset, possible, subjectOf, unlessBlocked } from "./Rule.ts"

/** What stands in the way of including an asset, or of leaving it out. */
export const participationBlockers = (
  snapshot: Snapshot,
  asset: Asset,
  included: boolean
): ReadonlyArray<Blocker> => [
  ...entryBlockers(snapshot, asset),
  ...(included && asset.entry?.included === false ? manifestBlockers(asset) : [])
]

/** The rule of `setBuildParticipation`. */
export const setBuildParticipation = onAsset<SetBuildParticipation>({
  looks: () => [],

  standing: entryBlockers,

  plan: ({ snapshot }, asset, { included }) => {
    const { entry } = asset
    if (entry === undefined || entry.included === included) {
      return nothingToDo(
        asset,
        included ? "it takes part in the build already" : "it takes no part in the build already"
      )
    }
    const errors = asset.summary.diagnostics.error
    return Result.flatMap(unlessBlocked(participationBlockers(snapshot, asset, included)), () =>
      possible({
        registry: [{ before: entry, after: { ...entry, included }, replaces: [] }],
        warnings: included && errors > 0
          ? [
            warning(
              "participation/has-errors",
              `${subjectOf(asset)}: it has ${errors === 1 ? "1 error" : `${errors} errors`}`,
              at(asset)
            )
          ]
          : []
      }))
  }
})
