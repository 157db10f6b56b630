/** What can be done with an asset now: the buttons of an editor, drawn from the same rules as plans. */
import * as Schema from "effect/Schema"

import type { Asset } from "./Asset.ts"
import { Blocker } from "./Blocker.ts"
import { applyBankComposition } from "./commands/ApplyBankComposition.ts"
import { remove } from "./commands/Delete.ts"
import { register } from "./commands/Register.ts"
import { relocate } from "./commands/Relocate.ts"
import { participationBlockers } from "./commands/SetBuildParticipation.ts"
import { unregister } from "./commands/Unregister.ts"
import { updateContract } from "./commands/UpdateContract.ts"
import type { Snapshot } from "./Snapshot.ts"

/** What can be done with an asset; `include` and `exclude` are the two ways of `setBuildParticipation`. */
export const ActionKind = Schema.Literals([
  "register",
  "unregister",
  "include",
  "exclude",
  "updateContract",
  "relocate",
  "delete",
  "applyBankComposition"
])
/** What can be done with an asset. */
export type ActionKind = typeof ActionKind.Type

/**
 * Whether something can be done now, and why not. One that is enabled may still be refused for what only the disk or its
 * arguments can tell; one that is not enabled never succeeds at this generation.
 */
export const Action = Schema.Struct({ action: ActionKind, enabled: Schema.Boolean, blockers: Schema.Array(Blocker) })
/** Whether something can be done now, and why not. */
export type Action = typeof Action.Type

const standing: Readonly<Record<ActionKind, (snapshot: Snapshot, asset: Asset) => ReadonlyArray<Blocker>>> = {
  register: register.standing,
  unregister: unregister.standing,
  include: (snapshot, asset) => participationBlockers(snapshot, asset, true),
  exclude: (snapshot, asset) => participationBlockers(snapshot, asset, false),
  updateContract: updateContract.standing,
  relocate: relocate.standing,
  delete: remove.standing,
  applyBankComposition: applyBankComposition.standing
}

/** What can be done with an asset now. */
export const actionsOf = (snapshot: Snapshot, asset: Asset): ReadonlyArray<Action> =>
  ActionKind.literals.map((action) => {
    const blockers = standing[action](snapshot, asset)
    return { action, enabled: blockers.length === 0, blockers }
  })
