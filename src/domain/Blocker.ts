/** Why a plan cannot be applied. */
import * as Schema from "effect/Schema"

import { type CodeRow, codesOf, row } from "./CodeTable.ts"

/** Every blocker there is. */
export const blockerTable = {
  "project/read-only": row("The project is read-only.", "remove the cause and refresh, or open the project again"),
  "registry/diverged": row(
    "The registry file was changed behind the packer's back.",
    "refresh the project to adopt what is on disk"
  ),
  "asset/not-found": row("There is no such asset.", "list the assets to see what there is"),
  "asset/diverged": row(
    "The asset was changed behind the packer's back.",
    "refresh the asset to adopt what is on disk"
  ),
  "asset/publish-pending": row(
    "An earlier change of the asset is durable but not yet in place.",
    "wait until it is published, programs that hold the files open delay it"
  ),
  "root/illegal": row("The root is not a portable relative path.", "choose another root"),
  "root/taken": row("Something is at the root already.", "choose another root"),
  "root/nested": row(
    "The root lies inside an asset root, or around one.",
    "choose a root outside of other assets"
  ),
  "root/collision": row(
    "The root, or a folder above it, differs from another only by letter case or Unicode normalization.",
    "write it as the other one is written, or choose another root"
  ),
  "root/inside-itself": row("The target lies inside the asset itself.", "choose a target outside of the asset"),
  "root/holds-asset": row(
    "Another asset root lies inside the folder.",
    "relocate or delete the inner asset first"
  ),
  "root/missing": row(
    "The asset's folder is not there.",
    "put the folder back and refresh, relocate the asset to where it is now, or delete it"
  ),
  "root/link": row(
    "A symbolic link is on the way; links are never followed.",
    "replace the link by the folder or file it points to"
  ),
  "root/not-a-folder": row("A file is where a folder has to be.", "remove the file or choose another root"),
  "workspace/across-devices": row(
    "The folder, its target and the packer's own folder are not on one device.",
    "keep the whole of assets/ on one device"
  ),
  "workspace/unreadable": row("A file or folder that the command needs cannot be read.", "make it readable"),
  "registry/already-registered": row("The asset is registered already.", "nothing needs to be done"),
  "registry/not-registered": row("The asset is not registered.", "register it first"),
  "registry/entry-not-believed": row(
    "The asset's registry entry does not count; registering it again is the only command.",
    "register the asset again"
  ),
  "registry/ids-exhausted": row(
    "The registry has given out the largest id there is.",
    "remove next_asset_id, or an entry with a far too large id, from the registry and refresh"
  ),
  "identity/copied": row(
    "The manifest's uuid belongs to another registered asset.",
    "register with identity \"new\", or relocate the other asset here if its folder was moved"
  ),
  "identity/not-new": row(
    "No unused uuid was offered for a new identity.",
    "try again, a new uuid is made up each time"
  ),
  "manifest/invalid": row("The manifest is not valid.", "mend asset.json and refresh the asset"),
  "manifest/too-large": row("The manifest would be larger than the limit.", "shorten it, or raise the limit"),
  "family/unknown": row("The family is not in the catalog.", "choose a family of the catalog"),
  "contract/invalid-name": row("The name is empty, or no Unicode text.", "choose another name"),
  "contract/unknown-format": row("The family does not know the format.", "choose one of its formats"),
  "contract/unknown-codec": row("The format does not know the codec.", "choose one of its codecs"),
  "contract/invalid-metadata": row("The metadata do not fit the format.", "correct the metadata"),
  "composition/illegal-path": row("A file is not named by a portable relative path.", "correct the path"),
  "composition/file-missing": row("A file is not in the asset.", "put the file into the asset's folder"),
  "composition/file-twice": row("A file is listed twice.", "list it once"),
  "composition/wrong-kind": row("The family does not accept files of that kind.", "leave the file out"),
  "composition/too-many-files": row("There are more files than the family holds.", "list fewer files"),
  "composition/file-too-large": row("A file is larger than the family allows.", "make the file smaller"),
  "composition/too-many-bytes": row("The files together are larger than the family allows.", "list fewer files"),
  "batch/too-large": row("The batch has more commands than the limit.", "split it into several batches")
} as const satisfies Record<string, CodeRow>

/** The code of a blocker. Codes stay what they are from version to version. */
export const BlockerCode = Schema.Literals(codesOf(blockerTable))
/** The code of a blocker. */
export type BlockerCode = typeof BlockerCode.Type

/** A reason why a command cannot be applied. */
export const Blocker = Schema.Struct({
  code: BlockerCode,
  /** A sentence for a person: what, why, and what to do. */
  message: Schema.String,
  root: Schema.optionalKey(Schema.String),
  path: Schema.optionalKey(Schema.String),
  /** In a batch: which of its commands it is about, from 0. */
  part: Schema.optionalKey(Schema.Int)
})
/** A reason why a command cannot be applied. */
export type Blocker = typeof Blocker.Type

/** Makes a blocker: `cause` says what was found; the remedy is the table's. */
export const blocker = (
  code: BlockerCode,
  cause: string,
  where: Omit<Blocker, "code" | "message"> = {}
): Blocker => ({ code, message: `${cause}; ${blockerTable[code].remedy}.`, ...where })
