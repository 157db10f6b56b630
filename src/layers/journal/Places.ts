/**
 * The places that a record may name.
 *
 * A journal is a file like any other: whoever hands on a project can write one, with checksums that are right. Nothing in
 * it leads out of `assets/`, nor to what only the packer itself writes there.
 */
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"

import { parseRoot } from "../../domain/Path.ts"

const isLegal = (path: string): boolean => Result.isSuccess(parseRoot(path))

const where = (isAllowed: (path: string) => boolean, expected: string) =>
  Schema.String.check(Schema.makeFilter(isAllowed, { expected }))

/** The name of a folder in the trash begins with a time and ends with a unique text. */
const inTrash = /^\.prometeu\/runtime\/trash\/[\w+-][\w.+-]*\/[1-9]\d*$/

/** A folder of the workspace, as the disk spells it. */
export const FolderPlace = where(isLegal, "the path of a folder of the workspace")

/** Where a folder can be moved to. */
export const TargetPlace = where(
  (path) => isLegal(path) || inTrash.test(path),
  "the path of a folder of the workspace or of the trash"
)

const manifest = "/asset.json"

/** The manifest of an asset, as the disk spells its folder. */
export const ManifestPlace = where(
  (path) => path.endsWith(manifest) && isLegal(path.slice(0, -manifest.length)),
  "the path of a manifest"
)

/** The name of a staged file, which lies in no other folder. */
export const StagedName = where((name) => /^\w+$/.test(name), "the name of a staged file")
