/** What is wrong with an asset or a project, in codes that stay and sentences that help. */
import * as Schema from "effect/Schema"

import { type CodeRow, codesOf } from "./CodeTable.ts"
import { AssetRoot } from "./Path.ts"

/** How bad a diagnostic is: an `error` stops the asset from being used, a `warning` may, an `info` only tells. */
export const Severity = Schema.Literals(["error", "warning", "info"])
/** How bad a diagnostic is. */
export type Severity = typeof Severity.Type

interface Row extends CodeRow {
  readonly severity: Severity
}

const error = (meaning: string, remedy: string): Row => ({ severity: "error", meaning, remedy })
const warning = (meaning: string, remedy: string): Row => ({ severity: "warning", meaning, remedy })

/** Every diagnostic there is. */
export const diagnosticTable = {
  "project/read-only": error(
    "The project can be read but not changed.",
    "remove the cause and open the project again"
  ),
  "registry/unreadable": error(
    "The registry is there but cannot be read; the project is read-only.",
    "make assets/.prometeu/index.json a readable file, then refresh"
  ),
  "registry/invalid-json": error(
    "The registry is not JSON; the project is read-only.",
    "mend assets/.prometeu/index.json, or take it from version control, then refresh"
  ),
  "registry/conflict-markers": error(
    "The registry holds merge-conflict markers; the project is read-only.",
    "resolve the merge in assets/.prometeu/index.json, one line per asset, then refresh"
  ),
  "registry/invalid-shape": error(
    "The registry is JSON of another shape than a registry; the project is read-only.",
    "mend assets/.prometeu/index.json, or take it from version control, then refresh"
  ),
  "registry/unknown-version": error(
    "The registry was written in a format this version does not know; the project is read-only.",
    "open the project with the version of the packer that wrote it"
  ),
  "registry/missing": warning(
    "There is no registry, but manifests carry uuids, as if there had been one.",
    "take assets/.prometeu/index.json from version control and refresh, or register the assets again"
  ),
  "registry/invalid-entry": error(
    "A registry entry lacks a field, or has one of the wrong type; it is kept but does not count.",
    "register the asset again, or mend the entry and refresh"
  ),
  "registry/illegal-root": error(
    "A registry entry names a root that is not allowed; it is kept but does not count.",
    "mend the entry in assets/.prometeu/index.json and refresh"
  ),
  "registry/duplicate-id": error(
    "Several registry entries share an asset_id, as after a merge of two branches; none of them counts.",
    "register all but one of these assets again, each gets a new id"
  ),
  "registry/duplicate-uuid": error(
    "Several registry entries share an asset_uuid; none of them counts.",
    "register the copies again under a new identity"
  ),
  "registry/duplicate-root": error(
    "Several registry entries name the same root; none of them counts.",
    "register the asset again, one entry takes the place of all"
  ),
  "registry/next-asset-id": warning(
    "next_asset_id is not above every id in use; the next id given out is.",
    "nothing needs to be done, the next registration mends it"
  ),
  "workspace/missing-root": error(
    "A registered asset is not where the registry says.",
    "put the folder back and refresh, relocate the asset to where it is now, or delete it"
  ),
  "workspace/nested-root": error(
    "An asset root lies inside another asset root; it cannot be registered.",
    "move one of the two folders out of the other and refresh"
  ),
  "workspace/case-collision": error(
    "Two asset roots, or folders above them, differ only by letter case or Unicode normalization.",
    "rename one of them and refresh"
  ),
  "workspace/illegal-root": error(
    "A folder with a manifest has a path that not every operating system can store; it is no asset.",
    "rename the folder and refresh"
  ),
  "workspace/illegal-file": warning(
    "A file's name cannot be stored on every operating system, beside the others; it cannot be used as an artifact.",
    "rename the file and refresh the asset"
  ),
  "workspace/symlink": warning(
    "A symbolic link lies in the workspace; links are never followed.",
    "replace the link by what it points to, or remove it"
  ),
  "workspace/unreadable": error(
    "A folder or file cannot be read.",
    "make it readable and refresh"
  ),
  "identity/moved-outside": error(
    "A registered root is gone and a manifest with its uuid is elsewhere: the folder was moved by hand.",
    "relocate the registered asset to where the folder is now, which changes only its entry"
  ),
  "identity/copied": error(
    "A manifest's uuid is registered for another root that still has it: the folder was copied by hand.",
    "register the copy under a new identity"
  ),
  "identity/duplicate": warning(
    "Several unregistered manifests carry the same uuid.",
    "register the original first, then the copies under a new identity"
  ),
  "identity/missing-uuid": error(
    "The manifest at a registered root has no uuid.",
    "put the uuid of the registry entry into the manifest, or unregister and register the asset"
  ),
  "identity/other-uuid": error(
    "The manifest at a registered root has another uuid than the registry entry.",
    "put the right folder back, or unregister and register the asset"
  ),
  "manifest/unreadable": error(
    "The manifest is not a readable file.",
    "make asset.json a readable file and refresh the asset"
  ),
  "manifest/too-large": error(
    "The manifest is larger than the limit.",
    "make asset.json smaller, or raise the limit in the configuration"
  ),
  "manifest/byte-order-mark": error(
    "The manifest starts with a byte order mark.",
    "save asset.json as UTF-8 without a byte order mark and refresh the asset"
  ),
  "manifest/invalid-utf8": error(
    "The manifest is not valid UTF-8.",
    "save asset.json as UTF-8 and refresh the asset"
  ),
  "manifest/invalid-json": error(
    "The manifest is not strict JSON.",
    "mend asset.json and refresh the asset"
  ),
  "manifest/conflict-markers": error(
    "The manifest holds merge-conflict markers.",
    "resolve the merge in asset.json and refresh the asset"
  ),
  "manifest/duplicate-key": error(
    "The manifest has a key twice.",
    "keep one of the two in asset.json and refresh the asset"
  ),
  "manifest/too-deep": error(
    "The manifest is nested too deeply.",
    "flatten asset.json and refresh the asset"
  ),
  "manifest/invalid-shape": error(
    "A field of the manifest is missing or of the wrong type.",
    "mend the field in asset.json and refresh the asset"
  ),
  "manifest/unknown-version": error(
    "The manifest was written in a format this version does not know.",
    "open the asset with the version of the packer that wrote it"
  ),
  "manifest/unknown-family": error(
    "The asset's family is not in the catalog; its composition cannot be edited.",
    "add the family to the catalog, or correct it in asset.json and refresh the asset"
  ),
  "manifest/unknown-format": error(
    "The family does not know the output format.",
    "choose one of the family's formats"
  ),
  "manifest/unknown-codec": error(
    "The output format does not know the codec.",
    "choose one of the format's codecs"
  ),
  "manifest/invalid-metadata": error(
    "The output metadata do not fit the format.",
    "correct the metadata of the output"
  ),
  "manifest/inputs-by-role": warning(
    "The manifest holds inputsByRole, an older shape that is kept but not used.",
    "apply a bank composition, then remove inputsByRole by hand"
  ),
  "artifacts/bad-index": warning(
    "The indexes of the artifacts repeat or have gaps; they are read in their order.",
    "apply the bank composition once, which writes the indexes 0 to n-1"
  ),
  "artifacts/missing-file": error(
    "An artifact's file is not in the asset.",
    "put the file back and refresh the asset, or apply a composition without it"
  ),
  "artifacts/illegal-file": error(
    "An artifact's file name is not allowed.",
    "apply a composition without it"
  ),
  "artifacts/duplicate-file": error(
    "A file is listed twice in the artifacts.",
    "apply a composition that lists it once"
  ),
  "artifacts/wrong-kind": error(
    "An artifact's file is of a kind that the family does not accept.",
    "apply a composition without it"
  ),
  "artifacts/over-capacity": error(
    "The artifacts exceed the capacity of the family.",
    "apply a composition with fewer or smaller files"
  ),
  "divergence/manifest-changed": error(
    "The manifest was changed behind the packer's back.",
    "refresh the asset to adopt what is on disk"
  ),
  "divergence/manifest-gone": error(
    "The manifest, or the folder with it, was removed behind the packer's back.",
    "refresh the asset to adopt what is on disk"
  ),
  "divergence/manifest-appeared": error(
    "A manifest is there that was not there when the packer last looked.",
    "refresh the asset to adopt what is on disk"
  ),
  "divergence/manifest-replaced": error(
    "The manifest, or a folder above it, was replaced by a link or something else that is no plain file or folder.",
    "put a plain file back, or refresh the asset to adopt what is on disk"
  ),
  "divergence/registry-changed": error(
    "The registry file was changed behind the packer's back; commands are refused.",
    "refresh the project to adopt what is on disk"
  ),
  "commit/not-published": warning(
    "A change of the asset is durable, but its files could not be put in place yet; this is tried again.",
    "close programs that hold the files open"
  )
} as const satisfies Record<string, Row>

/** The code of a diagnostic. Codes stay what they are from version to version. */
export const DiagnosticCode = Schema.Literals(codesOf(diagnosticTable))
/** The code of a diagnostic. */
export type DiagnosticCode = typeof DiagnosticCode.Type

/** Something that is wrong with an asset (then it has a `root`) or with the project. */
export const Diagnostic = Schema.Struct({
  code: DiagnosticCode,
  severity: Severity,
  /** A sentence for a person: which asset, what, and what to do. */
  message: Schema.String,
  root: Schema.optionalKey(AssetRoot),
  /** The file or folder in question, relative to `root`, or to `assets/` where there is no `root`. */
  path: Schema.optionalKey(Schema.String),
  /** Where in the file: a JSON path, or line and column from 1. */
  at: Schema.optionalKey(Schema.Struct({
    json: Schema.optionalKey(Schema.String),
    line: Schema.optionalKey(Schema.Int),
    column: Schema.optionalKey(Schema.Int)
  })),
  /** Other places that have to do with it. */
  related: Schema.optionalKey(Schema.Array(Schema.String))
})
/** Something that is wrong with an asset or with the project. */
export type Diagnostic = typeof Diagnostic.Type

/** Makes a diagnostic: `subject` names the asset or file, `cause` says what was found; the remedy is the table's. */
export const diagnostic = (
  code: DiagnosticCode,
  subject: string,
  cause: string,
  where: Omit<Diagnostic, "code" | "severity" | "message"> = {}
): Diagnostic => {
  const { remedy, severity } = diagnosticTable[code]
  return { code, severity, message: `${subject}: ${cause}; ${remedy}.`, ...where }
}

/** How messages name an asset: by its name where the manifest tells it, and by its root. */
export const assetSubject = (root: string, name?: string): string =>
  name === undefined ? `Asset at "${root}"` : `Asset "${name}" at "${root}"`

/** The first of some items, for a message that stays a sentence. */
export const listed = (items: ReadonlyArray<string>, most: number): string =>
  items.slice(0, most).join(", ") + (items.length > most ? " and more" : "")
