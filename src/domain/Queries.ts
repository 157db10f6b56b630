/** Reading a snapshot: lists, details and actions. Pure, at one generation, and without any waiting. */
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"

import { Action, actionsOf } from "./Actions.ts"
import { type Asset, AssetSummary, RegistrationState } from "./Asset.ts"
import { AssetDetails, detailsOf } from "./Details.ts"
import { Severity } from "./Diagnostic.ts"
import { AssetNotFound } from "./Errors.ts"
import { type AssetRef, Generation, OpeningId, showRef } from "./Identity.ts"
import { foldPath } from "./Path.ts"
import { findAsset, type Snapshot } from "./Snapshot.ts"

/** Which assets to list. What is absent does not matter. */
export const AssetQuery = Schema.Struct({
  registration: Schema.optionalKey(RegistrationState),
  family: Schema.optionalKey(Schema.String),
  /** Only assets that take part in the build, or only registered ones that do not. */
  includedInBuild: Schema.optionalKey(Schema.Boolean),
  /** Only assets with a diagnostic of this severity. */
  severity: Schema.optionalKey(Severity),
  /** Only assets with this text in their name or root, whatever its letter case. */
  text: Schema.optionalKey(Schema.String),
  /** How many of those found to leave out at the beginning. */
  offset: Schema.optionalKey(Schema.Natural),
  /** How many to list at most. */
  limit: Schema.optionalKey(Schema.Natural)
})
/** Which assets to list. */
export type AssetQuery = typeof AssetQuery.Type

const At = {
  opening_id: OpeningId,
  generation: Generation,
  /** Every event up to this position is contained in what was read; later ones may be already. */
  position: Schema.Natural
}

/** A list of assets, sorted by root in the order of code points. */
export const AssetList = Schema.Struct({
  ...At,
  /** How many assets the query finds, listed or not. */
  total: Schema.Natural,
  assets: Schema.Array(AssetSummary)
})
/** A list of assets. */
export type AssetList = typeof AssetList.Type

/** The details of one asset. */
export const DetailsView = Schema.Struct({ ...At, ...AssetDetails.fields })
/** The details of one asset. */
export type DetailsView = typeof DetailsView.Type

/** What can be done with one asset. */
export const ActionsView = Schema.Struct({ ...At, actions: Schema.Array(Action) })
/** What can be done with one asset. */
export type ActionsView = typeof ActionsView.Type

const at = ({ generation, openingId }: Snapshot, position: number) => ({ opening_id: openingId, generation, position })

/** A whole number of places, whatever number a host without types sends. */
const places = (value: number | undefined, otherwise: number): number =>
  typeof value !== "number" || Number.isNaN(value) ? otherwise : Math.max(0, Math.floor(value))

/**
 * Lists assets. Without a filter its cost depends on what is listed only. `position` is that of the newest event that the
 * snapshot is known to contain, for readers who go on from there.
 */
export const listAssets = (snapshot: Snapshot, query: AssetQuery = {}, position = 0): AssetList => {
  const { assets } = snapshot
  const offset = places(query.offset, 0)
  const limit = places(query.limit, Infinity)
  const filter = filterOf(query)
  if (filter === undefined) {
    const page = assets.slice(offset, limit)
    return { ...at(snapshot, position), total: assets.size, assets: page.map((asset) => asset.summary) }
  }
  const found: Array<AssetSummary> = []
  for (const asset of assets.values()) if (filter(asset)) found.push(asset.summary)
  return { ...at(snapshot, position), total: found.length, assets: found.slice(offset, offset + limit) }
}

/** What is asked for; hosts without types may send null for nothing. */
const given = <A>(wanted: A | undefined): A | undefined => wanted ?? undefined

/** A text, whatever a host without types sends. */
const textOf = (wanted: unknown): string | undefined => typeof wanted === "string" ? wanted : undefined

const filterOf = (query: AssetQuery): ((asset: Asset) => boolean) | undefined => {
  const family = given(query.family)
  const includedInBuild = given(query.includedInBuild)
  const registration = given(query.registration)
  const severity = given(query.severity)
  const text = textOf(query.text)
  if ([family, includedInBuild, registration, severity, text].every((wanted) => wanted === undefined)) return undefined
  const folded = text === undefined ? undefined : foldPath(text)
  return ({ summary }) =>
    (registration === undefined || summary.registration === registration) &&
    (family === undefined || summary.family === family) &&
    (includedInBuild === undefined || summary.includedInBuild === includedInBuild) &&
    (severity === undefined || summary.diagnostics[severity] > 0) &&
    (folded === undefined || foldPath(summary.root).includes(folded) || foldPath(summary.name ?? "").includes(folded))
}

const notFound = (ref: AssetRef): Result.Result<never, AssetNotFound> =>
  Result.fail(new AssetNotFound({ asset: showRef(ref) }))

/** Everything the snapshot knows of one asset. */
export const getAssetDetails = (
  snapshot: Snapshot,
  ref: AssetRef,
  position = 0
): Result.Result<DetailsView, AssetNotFound> => {
  const asset = findAsset(snapshot, ref)
  return asset === undefined ? notFound(ref) : Result.succeed(viewOf(snapshot, position, detailsOf(snapshot, asset)))
}

const viewOf = (snapshot: Snapshot, position: number, details: AssetDetails): DetailsView => {
  const { composition, contract, diagnostics, divergence, summary } = details
  if (contract === undefined || divergence !== undefined) return { ...at(snapshot, position), ...details }
  const { generation, openingId } = snapshot
  // Nearly all are like that: written down, for the same reason as the details are.
  return { opening_id: openingId, generation, position, summary, contract, diagnostics, composition }
}

/** What can be done with one asset now, and why not. */
export const getAssetActions = (
  snapshot: Snapshot,
  ref: AssetRef,
  position = 0
): Result.Result<ActionsView, AssetNotFound> => {
  const asset = findAsset(snapshot, ref)
  return asset === undefined
    ? notFound(ref)
    : Result.succeed({ ...at(snapshot, position), actions: actionsOf(snapshot, asset) })
}
