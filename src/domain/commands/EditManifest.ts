/** Editing the manifest of an asset that is there: reading its source, and what follows from writing it. */
import * as Result from "effect/Result"

import type { Asset, Facts, OnDisk } from "../Asset.ts"
import { type Blocker, blocker } from "../Blocker.ts"
import { listed } from "../Diagnostic.ts"
import type { FileStep } from "../FileStep.ts"
import { type Manifest, type ManifestText, readManifest } from "../Manifest.ts"
import { readingOf } from "../Reading.ts"
import { type FileSeen, type SeenFolder, stateOf } from "../Seen.ts"
import { at, folderOf, nothingInTheWay, type Planning, subjectOf } from "./Rule.ts"

/** A manifest that can be edited, and where it is. */
export interface Editable {
  readonly onDisk: OnDisk
  readonly seen: SeenFolder
  readonly source: ManifestText
}

/** What keeps an asset's manifest from being edited, as far as the snapshot knows. */
export const manifestBlockers = (asset: Asset): ReadonlyArray<Blocker> => {
  if (asset.onDisk === undefined) {
    return [blocker("root/missing", `${subjectOf(asset)}: its folder is not there`, at(asset))]
  }
  if (asset.onDisk.reading._tag === "Valid") return nothingInTheWay
  const causes = listed(asset.onDisk.reading.problems.map((problem) => problem.cause), 3)
  return [blocker("manifest/invalid", `${subjectOf(asset)}: ${causes}`, { ...at(asset), path: "asset.json" })]
}

/** What keeps the parts of a manifest that only its family knows from being edited. */
export const unknownFamily = (asset: Asset, { family }: Manifest): Blocker =>
  blocker("family/unknown", `${subjectOf(asset)}: its family "${family}" is not in the catalog`, at(asset))

/** The source of a manifest as it was seen. */
export const editable = (planning: Planning, asset: Asset): Result.Result<Editable, ReadonlyArray<Blocker>> => {
  const { onDisk } = asset
  const blockers = manifestBlockers(asset)
  if (onDisk === undefined || blockers.length > 0) return Result.fail(blockers)
  return Result.flatMap(folderOf(planning, asset), (seen) => {
    const { manifest } = seen
    const source = manifest._tag === "File" || manifest._tag === "Planned"
      ? readManifest(manifest.bytes, planning.snapshot.settings.manifestLimit)
      : Result.fail([])
    return Result.mapBoth(source, {
      onSuccess: (text): Editable => ({ onDisk, seen, source: text }),
      onFailure: () => [blocker("manifest/invalid", `${subjectOf(asset)}: its manifest cannot be read`, at(asset))]
    })
  })
}

/** Writes a manifest: the step, and what is known of the asset afterwards. */
export const writeManifest = (
  planning: Planning,
  asset: Asset,
  { onDisk, seen }: Editable,
  bytes: Uint8Array
): Result.Result<{ readonly step: FileStep; readonly facts: Facts }, ReadonlyArray<Blocker>> => {
  const { settings } = planning.snapshot
  if (bytes.length > settings.manifestLimit) {
    const cause = `${
      subjectOf(asset)
    }: its manifest would have ${bytes.length} bytes, more than the ${settings.manifestLimit} allowed`
    return Result.fail([blocker("manifest/too-large", cause, at(asset))])
  }
  const written: FileSeen = { _tag: "Planned", bytes }
  return Result.succeed({
    step: { _tag: "write-file", to: `${onDisk.spelling}/asset.json`, bytes, before: stateOf(seen.manifest) },
    facts: {
      divergence: asset.divergence,
      notPublished: asset.notPublished,
      onDisk: {
        ...onDisk,
        reading: readingOf(written, settings),
        manifestState: stateOf(written)
      }
    }
  })
}
