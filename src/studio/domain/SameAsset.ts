/** Whether an asset is the same as it was, wherever it is now. */
import * as Equal from "effect/Equal"

import type { AssetDetails } from "../../index.ts"

/** What a person edits of an asset, and what others may edit meanwhile; without what follows from its place. */
const essenceOf = ({ composition, contract, summary }: AssetDetails) => {
  const { diagnostics: _, diverged: __, root: ___, ...others } = summary
  const { available, capacity, selected } = composition
  return { summary: others, contract, available, capacity, selected }
}

/** True if nothing of an asset is different but its place, and what is wrong with it there. */
export const sameButPlace = (before: AssetDetails, after: AssetDetails): boolean =>
  Equal.equals(essenceOf(before), essenceOf(after))
