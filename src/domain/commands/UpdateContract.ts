/** UPDATE CONTRACT: edits name, preload or output in the manifest, and nothing else in it. */
import * as Result from "effect/Result"

import type { Asset } from "../Asset.ts"
import type { UpdateContract } from "../Command.ts"
import { type Family, familyOf, type Output } from "../Family.ts"
import { canonicalJson } from "../JsonText.ts"
import type { Manifest } from "../Manifest.ts"
import { type ContractEdit, setContract } from "../ManifestEdit.ts"
import { type Blocker, blocker, warning } from "../Verdict.ts"
import { nameBlockers, outputBlockers, outputOf } from "./Contract.ts"
import { editable, manifestBlockers, writeManifest } from "./EditManifest.ts"
import { assetBlockers, type AssetRule, at, lookAt, onAsset, possible, refused, subjectOf } from "./Rule.ts"

const standing: AssetRule<UpdateContract>["standing"] = (snapshot, asset) => [
  ...assetBlockers(snapshot, asset),
  ...manifestBlockers(asset)
]

/** The rule of `updateContract`. */
export const updateContract: AssetRule<UpdateContract> = {
  looks: (snapshot, { asset }) => lookAt(snapshot, asset, "no"),

  standing,

  plan: onAsset(standing, (planning, asset, command) => {
    const source = editable(planning, asset)
    if (Result.isFailure(source)) return refused(source.failure)
    const { manifest } = source.success.source
    const edit = editOf(planning.snapshot.rules.families, asset, manifest, command)
    if (Result.isFailure(edit)) return refused(edit.failure)
    if (Object.keys(edit.success).length === 0) {
      return possible({
        warnings: [warning("command/no-change", `${subjectOf(asset)}: its contract is so already`, at(asset))]
      })
    }
    const bytes = setContract(source.success.source, edit.success)
    return Result.match(writeManifest(planning, asset, source.success, bytes), {
      onFailure: refused,
      onSuccess: ({ facts, step }) => possible({ files: [step], facts: new Map([[asset.root, facts]]) })
    })
  })
}

/** What of the command differs from what the manifest says, or why it may not be. */
const editOf = (
  families: ReadonlyArray<Family>,
  asset: Asset,
  manifest: Manifest,
  { name, output: input, preload }: UpdateContract
): Result.Result<ContractEdit, ReadonlyArray<Blocker>> => {
  const family = familyOf(families, manifest.family)
  const output = input === undefined || family === undefined
    ? manifest.output
    : outputOf(family, input, manifest.output)
  const blockers = [
    ...(name === undefined || name === manifest.name ? [] : nameBlockers(name, asset.root)),
    ...(input === undefined
      ? []
      : family === undefined
      ? [
        blocker(
          "family/unknown",
          `${subjectOf(asset)}: its family "${manifest.family}" is not in the catalog`,
          at(asset)
        )
      ]
      : outputBlockers(family, input, output, asset.root))
  ]
  if (blockers.length > 0) return Result.fail(blockers)
  const outputEdit = differences(manifest.output, output)
  return Result.succeed({
    ...(name === undefined || name === manifest.name ? {} : { name }),
    ...(preload === undefined || preload === manifest.preload ? {} : { preload }),
    ...(Object.keys(outputEdit).length === 0 ? {} : { output: outputEdit })
  })
}

const differences = (before: Output, after: Output): NonNullable<ContractEdit["output"]> => ({
  ...(before.format === after.format ? {} : { format: after.format }),
  ...(before.codec === after.codec ? {} : { codec: after.codec }),
  ...(canonicalJson(before.metadata) === canonicalJson(after.metadata) ? {} : { metadata: after.metadata })
})
