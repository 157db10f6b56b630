/** Everything the snapshot knows of one asset, for the page that shows it. */
import * as Schema from "effect/Schema"

import { type Asset, AssetSummary, manifestOf } from "./Asset.ts"
import { Blocker } from "./Blocker.ts"
import { applyBankComposition } from "./commands/ApplyBankComposition.ts"
import { AvailableRow, availableRows, CapacityUse, capacityUse, SelectedRow, selectedRows } from "./Composition.ts"
import { Diagnostic } from "./Diagnostic.ts"
import type { Divergence } from "./Divergence.ts"
import { familyOf } from "./Family.ts"
import type { Manifest } from "./Manifest.ts"
import { showState } from "./Seen.ts"
import type { Snapshot } from "./Snapshot.ts"

/** What an asset promises to the build. */
export const Contract = Schema.Struct({
  format: Schema.String,
  codec: Schema.String,
  metadata: Schema.JsonObject,
  preload: Schema.Boolean
})
/** What an asset promises to the build. */
export type Contract = typeof Contract.Type

/** Which files a bank holds, which it could hold, and how full it is. */
export const BankComposition = Schema.Struct({
  selected: Schema.Array(SelectedRow),
  available: Schema.Array(AvailableRow),
  /** Absent if the family is not in the catalog. */
  capacity: Schema.optionalKey(CapacityUse),
  /** Why the composition cannot be edited now, if it cannot. */
  blockers: Schema.Array(Blocker)
})
/** Which files a bank holds, which it could hold, and how full it is. */
export type BankComposition = typeof BankComposition.Type

/** A change that was made behind the packer's back. */
export const DivergenceView = Schema.Struct({
  expected: Schema.String,
  found: Schema.String,
  /** When it was noticed, in milliseconds since 1970. */
  noticedAt: Schema.Finite
})
/** A change that was made behind the packer's back. */
export type DivergenceView = typeof DivergenceView.Type

/** Everything the snapshot knows of one asset. */
export const AssetDetails = Schema.Struct({
  summary: AssetSummary,
  /** Absent if there is no valid manifest. */
  contract: Schema.optionalKey(Contract),
  diagnostics: Schema.Array(Diagnostic),
  divergence: Schema.optionalKey(DivergenceView),
  composition: BankComposition
})
/** Everything the snapshot knows of one asset. */
export type AssetDetails = typeof AssetDetails.Type

/** Shows one asset. */
export const detailsOf = (snapshot: Snapshot, asset: Asset): AssetDetails => {
  const { diagnostics, divergence, summary } = asset
  const manifest = manifestOf(asset)
  const contract = manifest === undefined ? undefined : contractOf(manifest)
  const composition = compositionOf(snapshot, asset, manifest)
  // Nearly every asset is like that, and an object that is written down is made sooner than one that is put together.
  if (contract !== undefined && divergence === undefined) return { summary, contract, diagnostics, composition }
  return {
    summary,
    ...(contract === undefined ? {} : { contract }),
    diagnostics,
    ...(divergence === undefined ? {} : { divergence: divergenceOf(divergence) }),
    composition
  }
}

const contractOf = ({ output: { codec, format, metadata }, preload }: Manifest): Contract => ({
  format,
  codec,
  metadata,
  preload
})

const divergenceOf = ({ expected, found, noticedAt }: Divergence): DivergenceView => ({
  expected: showState(expected),
  found: showState(found),
  noticedAt
})

const compositionOf = (snapshot: Snapshot, asset: Asset, manifest: Manifest | undefined): BankComposition => {
  const blockers = applyBankComposition.standing(snapshot, asset)
  const { onDisk } = asset
  if (manifest === undefined || onDisk === undefined) return { selected: [], available: [], blockers }
  const family = familyOf(snapshot.settings.families, manifest.family)
  const selected = selectedRows(manifest.artifacts, onDisk, family)
  const available = availableRows(onDisk, selected, family)
  if (family === undefined) return { selected, available, blockers }
  return { selected, available, capacity: capacityUse(family, selected.map((row) => row.size ?? 0)), blockers }
}
