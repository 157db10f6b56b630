/** SET BUILD PARTICIPATION: changes whether a registered asset takes part in the build. */
import type { Asset } from "../Asset.ts"
import type { SetBuildParticipation } from "../Command.ts"
import type { Snapshot } from "../Snapshot.ts"
import { type Blocker, blocker, warning } from "../Verdict.ts"
import { manifestBlockers } from "./EditManifest.ts"
import { assetBlockers, type AssetRule, at, onAsset, possible, refused, subjectOf } from "./Rule.ts"

/** What stands in the way of commands that only change the entry of an asset. */
export const entryBlockers = (snapshot: Snapshot, asset: Asset): ReadonlyArray<Blocker> => [
  ...assetBlockers(snapshot, asset),
  ...(asset.registration === "unregistered"
    ? [blocker("registry/not-registered", `${subjectOf(asset)}: it is not registered`, at(asset))]
    : [])
]

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
export const setBuildParticipation: AssetRule<SetBuildParticipation> = {
  looks: () => [],

  standing: entryBlockers,

  plan: onAsset(entryBlockers, ({ snapshot }, asset, { included }) => {
    const before = asset.entry
    if (before === undefined || before.included === included) {
      const cause = `${subjectOf(asset)}: it ${
        included ? "takes part in the build" : "takes no part in the build"
      } already`
      return possible({ warnings: [warning("command/no-change", cause, at(asset))] })
    }
    const blockers = participationBlockers(snapshot, asset, included)
    if (blockers.length > 0) return refused(blockers)
    const errors = asset.summary.diagnostics.error
    return possible({
      registry: [{ before, after: { ...before, included }, replaces: [] }],
      warnings: included && errors > 0
        ? [warning("participation/has-errors", `${subjectOf(asset)}: it has ${errors} errors`, at(asset))]
        : []
    })
  })
}
