/** What an asset is: reading `asset.json`. Writing it stands in `ManifestEdit.ts`. */
import * as Predicate from "effect/Predicate"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"

import { hasConflictMarkers } from "./ConflictMarkers.ts"
import type { DiagnosticCode } from "./Diagnostic.ts"
import { Output } from "./Family.ts"
import { AssetUuid, isAssetUuid } from "./Identity.ts"
import { inOrder } from "./InOrder.ts"
import { parseJson } from "./JsonReader.ts"
import {
  decodeText,
  type JsonNode,
  type JsonObject,
  type JsonProblem,
  placesIn,
  printedValue,
  valueOf
} from "./JsonText.ts"
import { isFiniteJson, type JsonValue } from "./JsonValue.ts"
import { shapeOf, showPath } from "./Shape.ts"

const text = Schema.NonEmptyString.check(
  Schema.makeFilter((value: string) => value.isWellFormed() || "half of a Unicode surrogate pair")
)

/** One row of the bank composition as the manifest has it; `index` is its place, its position in the array is not. */
export const Artifact = Schema.Struct({
  /** The place in the bank; the packer writes 0 to n-1. */
  index: Schema.Natural,
  /** The file, relative to the folder of the asset. */
  file: text
})
/** One row of the bank composition as the manifest has it. */
export type Artifact = typeof Artifact.Type

/** The content of `asset.json`, format version 1. Keys it does not name are kept by every edit. */
export const ManifestFile = Schema.Struct({
  /** The version of this format. */
  schema_version: Schema.Literal(1),
  /** The identity of a registered asset, the same as in its registry entry; absent until it is registered. */
  asset_uuid: Schema.optionalKey(AssetUuid),
  /** How people call the asset; it need not be unique. */
  name: text,
  /** The id of the family, which says what kind of asset it is. */
  family: text,
  /** The form in which the asset is built; its metadata are what the format wants to know. */
  output: Schema.Struct({
    ...Output.fields,
    metadata: Schema.optionalKey(Output.fields.metadata)
  }),
  /** Whether it is loaded beforehand; absent means that it is not. */
  preload: Schema.optionalKey(Schema.Boolean),
  /** What the bank holds, by index; the order of the rows in the file means nothing. */
  artifacts: Schema.optionalKey(Schema.Array(Artifact))
})
/** The content of `asset.json`, format version 1. */
export type ManifestFile = typeof ManifestFile.Type

/** A manifest as the snapshot holds it. */
export interface Manifest {
  readonly uuid: AssetUuid | undefined
  readonly name: string
  readonly family: string
  readonly output: Output
  readonly preload: boolean
  /** Sorted by index, whatever their order in the file. */
  readonly artifacts: ReadonlyArray<Artifact>
  /** The file holds `inputsByRole`, an older shape that is kept and not used. */
  readonly hasInputsByRole: boolean
}

/** One thing that keeps a manifest from being read, and where. */
export interface ManifestProblem {
  readonly code: DiagnosticCode
  readonly cause: string
  readonly at?: { readonly json?: string; readonly line?: number; readonly column?: number }
}

/** A manifest with the text it was read from, which an edit needs. */
export interface ManifestText {
  readonly manifest: Manifest
  readonly text: string
  readonly root: JsonObject
}

const shape = shapeOf(ManifestFile)

const codes = {
  "byte-order-mark": "manifest/byte-order-mark",
  "invalid-utf8": "manifest/invalid-utf8",
  syntax: "manifest/invalid-json",
  "duplicate-key": "manifest/duplicate-key",
  "too-deep": "manifest/too-deep"
} as const satisfies Record<JsonProblem["kind"], DiagnosticCode>

const fromJson = (problem: JsonProblem): ManifestProblem => ({
  code: codes[problem.kind],
  cause: problem.message,
  at: {
    json: problem.path,
    ...(problem.line === undefined ? {} : { line: problem.line }),
    ...(problem.column === undefined ? {} : { column: problem.column })
  }
})

const one = (problem: ManifestProblem): Result.Result<never, ReadonlyArray<ManifestProblem>> => Result.fail([problem])

/** The node at a path, or the nearest one above it that is there. */
const nodeAt = (root: JsonNode, path: ReadonlyArray<PropertyKey>): JsonNode => {
  let node = root
  for (const step of path) {
    const next = node.kind === "object"
      ? node.members.find((member) => member.key === step)?.value
      : node.kind === "array" && typeof step === "number"
      ? node.items[step]
      : undefined
    if (next === undefined) return node
    node = next
  }
  return node
}

/** Reads a manifest, or lists everything that is wrong with it. */
export const readManifest = (
  bytes: Uint8Array,
  limit: number
): Result.Result<ManifestText, ReadonlyArray<ManifestProblem>> => {
  if (bytes.length > limit) {
    return one({
      code: "manifest/too-large",
      cause: `asset.json has ${bytes.length} bytes, more than the ${limit} allowed`
    })
  }
  const decoded = decodeText(bytes)
  if (Result.isFailure(decoded)) return one(fromJson(decoded.failure))
  const source = decoded.success
  const parsed = parseJson(source)
  if (Result.isFailure(parsed)) {
    return hasConflictMarkers(source)
      ? one({ code: "manifest/conflict-markers", cause: "asset.json holds merge-conflict markers" })
      : Result.fail(parsed.failure.map(fromJson))
  }
  const root = parsed.success
  if (root.kind !== "object") {
    return one({ code: "manifest/invalid-shape", cause: "asset.json is not an object", at: { json: "$" } })
  }
  const value = valueOf(root)
  const placeOf = placesIn(source)
  const version = root.members.find((member) => member.key === "schema_version")?.value
  if (version?.kind === "scalar" && typeof version.value === "number" && version.value !== 1) {
    return one({
      code: "manifest/unknown-version",
      cause: `asset.json has schema_version ${version.value}, this version of the packer knows 1`,
      at: { json: "$.schema_version", ...placeOf(version.start) }
    })
  }
  const read = (file: ManifestFile): ManifestText => ({ manifest: fromFile(file, value), text: source, root })
  if (isFile(value) && isFiniteJson(value.output.metadata ?? {})) return Result.succeed(read(value))
  return Result.mapBoth(shape(value), {
    onFailure: (problems) =>
      problems.map((problem): ManifestProblem => ({
        code: "manifest/invalid-shape",
        cause: `its field ${showPath(problem.path)} does not fit: ${problem.message}`,
        at: { json: showPath(problem.path), ...placeOf(nodeAt(root, problem.path).start) }
      })),
    onSuccess: read
  })
}

/**
 * Reads what a manifest says, without what an edit needs of its text. Of one that stands as programs print it, which most
 * do, that takes a third of the time, and opening a project reads them all.
 */
export const readContent = (
  bytes: Uint8Array,
  limit: number
): Result.Result<Manifest, ReadonlyArray<ManifestProblem>> => {
  const printed = bytes.length > limit ? undefined : printedValue(bytes)
  return isFile(printed)
    ? Result.succeed(fromFile(printed, printed))
    : Result.map(readManifest(bytes, limit), ({ manifest }) => manifest)
}

const isText = (value: unknown): value is string => typeof value === "string" && value !== "" && value.isWellFormed()

const isArtifact = (value: unknown): value is Artifact =>
  Predicate.hasProperty(value, "index") && Predicate.hasProperty(value, "file") &&
  Number.isSafeInteger(value.index) && Number(value.index) >= 0 && isText(value.file)

const isOutput = (value: unknown): value is ManifestFile["output"] =>
  Predicate.hasProperty(value, "format") && Predicate.hasProperty(value, "codec") &&
  isText(value.format) && isText(value.codec) &&
  (!("metadata" in value) || Predicate.isObject(value.metadata))

/**
 * True of JSON that fits the schema of a manifest, by its own words, if its numbers are finite: to ask the schema takes ten
 * times as long, a tenth of the time of opening. Of what it is not true the schema says why, and it may be wrong in this
 * direction only.
 */
const isFile = (value: JsonValue | undefined): value is JsonValue & ManifestFile =>
  Predicate.hasProperty(value, "name") && Predicate.hasProperty(value, "family") &&
  Predicate.hasProperty(value, "output") && Predicate.hasProperty(value, "schema_version") &&
  value.schema_version === 1 && isText(value.name) && isText(value.family) && isOutput(value.output) &&
  (!("asset_uuid" in value) || isAssetUuid(value.asset_uuid)) &&
  (!("preload" in value) || typeof value.preload === "boolean") &&
  (!("artifacts" in value) || (Array.isArray(value.artifacts) && value.artifacts.every(isArtifact)))

const byIndex = (a: Artifact, b: Artifact): number => a.index - b.index

const fromFile = (file: ManifestFile, value: unknown): Manifest => ({
  uuid: file.asset_uuid,
  name: file.name,
  family: file.family,
  output: {
    format: file.output.format,
    codec: file.output.codec,
    metadata: file.output.metadata ?? {}
  },
  preload: file.preload ?? false,
  artifacts: inOrder((file.artifacts ?? []).map(({ file, index }) => ({ index, file })), byIndex),
  hasInputsByRole: Predicate.hasProperty(value, "inputsByRole")
})
