/** One asset as the snapshot knows it. */
import * as Schema from "effect/Schema"

import type { Diagnostic } from "./Diagnostic.ts"
import type { Divergence } from "./Divergence.ts"
import { AssetId, type AssetName, AssetUuid } from "./Identity.ts"
import type { Manifest, ManifestProblem } from "./Manifest.ts"
import { AssetRoot } from "./Path.ts"
import type { RegistryEntry } from "./Registry.ts"
import type { FileState, FolderContent } from "./Seen.ts"

/** Whether the registry has an asset: `missing` is registered but not there, `unknown` cannot be told. */
export const RegistrationState = Schema.Literals(["registered", "unregistered", "missing", "unknown"])
/** Whether the registry has an asset. */
export type RegistrationState = typeof RegistrationState.Type

/** What could be made of a manifest. */
export type ManifestReading =
  | { readonly _tag: "Valid"; readonly manifest: Manifest }
  | { readonly _tag: "Invalid"; readonly problems: ReadonlyArray<ManifestProblem> }

/** The folder of an asset as it was last looked at. */
export interface OnDisk extends FolderContent {
  /** The root as it is spelled on disk; differs from the root by Unicode normalization at most. */
  readonly spelling: string
  readonly reading: ManifestReading
  /** How the manifest file is recognized. */
  readonly manifestState: FileState
}

/** What is known of a root by itself; all else about an asset follows from this, the registry and its neighbours. */
export interface Facts {
  /** Absent if the folder is not there: then the registry alone knows of the asset. */
  readonly onDisk: OnDisk | undefined
  readonly divergence: Divergence | undefined
  /** A durable change whose files could not be put in place yet: why. */
  readonly notPublished: string | undefined
}

const Counts = Schema.Struct({ error: Schema.Natural, warning: Schema.Natural, info: Schema.Natural })

/** What a list shows of an asset. The same object as long as nothing in it changes. */
export const AssetSummary = Schema.Struct({
  root: AssetRoot,
  registration: RegistrationState,
  assetId: Schema.optionalKey(AssetId),
  assetUuid: Schema.optionalKey(AssetUuid),
  name: Schema.optionalKey(Schema.String),
  family: Schema.optionalKey(Schema.String),
  /** Whether it takes part in the build; absent if it is not registered. */
  includedInBuild: Schema.optionalKey(Schema.Boolean),
  diverged: Schema.Boolean,
  diagnostics: Counts
})
/** What a list shows of an asset. */
export type AssetSummary = typeof AssetSummary.Type

/** One asset. */
export interface Asset extends Facts {
  readonly root: AssetRoot
  readonly registration: RegistrationState
  /** Its entry in the registry, if it is registered (or missing). */
  readonly entry: RegistryEntry | undefined
  readonly diagnostics: ReadonlyArray<Diagnostic>
  readonly summary: AssetSummary
}

/** The manifest of an asset, if it is there and valid. */
export const manifestOf = (asset: Pick<Facts, "onDisk">): Manifest | undefined =>
  asset.onDisk?.reading._tag === "Valid" ? asset.onDisk.reading.manifest : undefined

/** An asset as events and errors name it. */
export const nameOf = (asset: Asset): AssetName =>
  asset.entry === undefined
    ? { root: asset.root }
    : { root: asset.root, assetId: asset.entry.id, assetUuid: asset.entry.uuid }

/** Most assets have nothing wrong with them, and share these. */
const noDiagnostics: AssetSummary["diagnostics"] = { error: 0, warning: 0, info: 0 }

const countsOf = (diagnostics: ReadonlyArray<Diagnostic>): AssetSummary["diagnostics"] => {
  if (diagnostics.length === 0) return noDiagnostics
  const counts = { ...noDiagnostics }
  for (const { severity } of diagnostics) counts[severity]++
  return counts
}

/** What a list shows of an asset. */
export const summarize = (
  { entry, facts, registration, root }: Pick<Asset, "root" | "registration" | "entry"> & { readonly facts: Facts },
  diagnostics: ReadonlyArray<Diagnostic>
): AssetSummary => {
  const manifest = manifestOf(facts)
  return {
    root,
    registration,
    ...(entry === undefined
      ? {}
      : { assetId: entry.id, assetUuid: entry.uuid, includedInBuild: entry.included }),
    ...(manifest === undefined ? {} : { name: manifest.name, family: manifest.family }),
    diverged: facts.divergence !== undefined,
    diagnostics: countsOf(diagnostics)
  }
}
