/** How a snapshot follows from the one before and a plan that became durable. */
import * as Context from "effect/Context"

import { patchSteps } from "../domain/Patch.ts"

/**
 * How a snapshot follows from the one before and a plan that became durable, in steps. It never fails; should it all the same, the
 * command stays durable, and the project is read again in full. A test substitutes one that does.
 */
export const SnapshotPatch = Context.Reference<typeof patchSteps>("prometeu-packer/services/SnapshotPatch", {
  defaultValue: () => patchSteps
})
