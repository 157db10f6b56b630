/** UPDATE CONTRACT: edits name, preload or output in the manifest, and nothing else in it. */
import * as Result from "effect/Result"

import type { Asset } from "../Asset.ts"
import type { Blocker } from "../Blocker.ts"
import type { OutputInput, UpdateContract } from "../Command.ts"
import { type Family, familyOf, type Output } from "../Family.ts"
import { canonicalJson } from "../JsonValue.ts"
import type { Manifest } from "../Manifest.ts"
import { type ContractEdit, setContract } from "../ManifestEdit.ts"
import { resultFn } from "../ResultFn.ts"
import type { Snapshot } from "../Snapshot.ts"
import { nameBlockers, outputBlockers, outputOf } from "./Contract.ts"
import { editable, manifestBlockers, unknownFamily, writeManifest } from "./EditManifest.ts"
import { assetBlockers, lookAt, nothingToDo, onAsset, type Planning, possible, unlessBlocked } from "./Rule.ts"

/** The rule of `updateContract`. */
export const updateContract = onAsset<UpdateContract>({
  looks: (snapshot, { asset }) => lookAt(snapshot, asset, "no"),

  standing: (snapshot, asset) => [...assetBlockers(snapshot, asset), ...manifestBlockers(asset)],

  plan: resultFn(function*(planning: Planning, asset: Asset, command: UpdateContract) {
    const source = yield* editable(planning, asset)
    const edit = yield* editOf(planning.snapshot, asset, source.source.manifest, command)
    if (Object.keys(edit).length === 0) return yield* nothingToDo(asset, "its contract is so already")
    const { facts, step } = yield* writeManifest(planning, asset, source, setContract(source.source, edit))
    return yield* possible({ files: [step], facts: new Map([[asset.root, facts]]) })
  })
})

/** What of the command differs from what the manifest says, or why it may not be. */
const editOf = (
  { settings }: Snapshot,
  asset: Asset,
  manifest: Manifest,
  command: UpdateContract
): Result.Result<ContractEdit, ReadonlyArray<Blocker>> => {
  const name = command.name === manifest.name ? undefined : command.name
  const preload = command.preload === manifest.preload ? undefined : command.preload
  const output = outputFor(familyOf(settings.families, manifest.family), asset, manifest, command.output)
  const blockers = [
    ...(name === undefined ? [] : nameBlockers(name, asset.root)),
    ...(Result.isFailure(output) ? output.failure : [])
  ]
  return Result.map(Result.flatMap(unlessBlocked(blockers), () => output), (after) => {
    const changed = differences(manifest.output, after)
    return {
      ...(name === undefined ? {} : { name }),
      ...(preload === undefined ? {} : { preload }),
      ...(Object.keys(changed).length === 0 ? {} : { output: changed })
    }
  })
}

/** The output as it shall be, or why it cannot be so. */
const outputFor = (
  family: Family | undefined,
  asset: Asset,
  manifest: Manifest,
  input: OutputInput | undefined
): Result.Result<Output, ReadonlyArray<Blocker>> => {
  if (input === undefined) return Result.succeed(manifest.output)
  if (family === undefined) return Result.fail([unknownFamily(asset, manifest)])
  const output = outputOf(family, input, manifest.output)
  return Result.map(unlessBlocked(outputBlockers(family, input, output, asset.root)), () => output)
}

const differences = (before: Output, after: Output): NonNullable<ContractEdit["output"]> => ({
  ...(before.format === after.format ? {} : { format: after.format }),
  ...(before.codec === after.codec ? {} : { codec: after.codec }),
  ...(canonicalJson(before.metadata) === canonicalJson(after.metadata) ? {} : { metadata: after.metadata })
})
