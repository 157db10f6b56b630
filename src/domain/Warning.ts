/** What the caller of a command should know although it can be applied. */
import * as Schema from "effect/Schema"

import { type CodeRow, codesOf, row } from "./CodeTable.ts"

/** Every warning there is. */
export const warningTable = {
  "command/no-change": row(
    "Everything is as the command asks already; nothing is written.",
    "nothing needs to be done"
  ),
  "registry/only-entry": row(
    "The asset's folder is not where the registry says; only the registry entry changes.",
    "nothing needs to be done"
  ),
  "registry/entry-replaced": row(
    "A registry entry that did not count is replaced.",
    "references to the old id have to be changed"
  ),
  "participation/has-errors": row(
    "The asset takes part in the build although it has errors.",
    "mend what its diagnostics name"
  ),
  "composition/unknown-keys": row(
    "A row that is dropped from the artifacts has keys that the packer does not know.",
    "keep the file in the composition if they matter"
  ),
  "composition/inputs-by-role": row(
    "The manifest keeps inputsByRole, an older shape that is not used.",
    "remove it by hand when nothing needs it"
  ),
  "commit/not-published": row(
    "The change is durable, but its files could not be put in place yet; this is tried again.",
    "close programs that hold the files open"
  ),
  "commit/overtaken": row(
    "The change is durable, but somebody else wrote one of its files in the last moment: that is left as it is, and what was to be written is kept in the trash.",
    "compare the two, and refresh the asset to adopt what is on disk"
  ),
  "snapshot/reloaded": row(
    "The change is durable, but could not be brought into what was known of the project: everything was read again.",
    "read again what you show, and report this"
  ),
  "snapshot/not-shown": row(
    "The change is durable, but cannot be shown: bringing it into what was known failed, and reading everything again too.",
    "open the project again to see it, and report this"
  ),
  "registry/change-given-up": row(
    "A durable change of the registry contradicted the registry file, and was given up for the file, as was asked for.",
    "make the change again if it is still wanted"
  )
} as const satisfies Record<string, CodeRow>

/** The code of a warning. Codes stay what they are from version to version. */
export const WarningCode = Schema.Literals(codesOf(warningTable))
/** The code of a warning. */
export type WarningCode = typeof WarningCode.Type

/** Something the caller of a command should know although it can be applied. */
export const Warning = Schema.Struct({
  code: WarningCode,
  message: Schema.String,
  root: Schema.optionalKey(Schema.String),
  path: Schema.optionalKey(Schema.String),
  /** In a batch: which of its commands it is about, from 0. */
  part: Schema.optionalKey(Schema.Int)
})
/** Something the caller of a command should know although it can be applied. */
export type Warning = typeof Warning.Type

/** Makes a warning: `cause` says what was found; the remedy is the table's. */
export const warning = (
  code: WarningCode,
  cause: string,
  where: Omit<Warning, "code" | "message"> = {}
): Warning => ({ code, message: `${cause}; ${warningTable[code].remedy}.`, ...where })
