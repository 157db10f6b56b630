/** Who an asset is, and who asks: the ids of assets, projects, openings and operations. */
import * as Schema from "effect/Schema"

import { AssetRoot } from "./Path.ts"

/** The number of an asset in its project: given out by the registry, never twice. */
export const AssetId = Schema.Int.check(
  Schema.isBetween({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER })
).pipe(Schema.brand("prometeu-packer/AssetId"))
/** The number of an asset in its project. */
export type AssetId = typeof AssetId.Type

/** True of such a number. To ask the schema takes ten times as long, and every entry of a registry is asked. */
export const isAssetId = (value: unknown): value is AssetId => Number.isSafeInteger(value) && Number(value) >= 1

/** The form of an asset's uuid: RFC 9562, lower case. The nil and the max uuid identify nothing and are refused. */
const uuidPattern = /^[0-9a-f]{8}-[0-9a-f]{4}-[1-8][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/u

/** The global, stable identity of an asset, in the registry and in its manifest. */
export const AssetUuid = Schema.String.check(Schema.isPattern(uuidPattern)).pipe(
  Schema.brand("prometeu-packer/AssetUuid")
)
/** The global, stable identity of an asset. */
export type AssetUuid = typeof AssetUuid.Type

/** True of the text of such an identity. */
export const isAssetUuid = (value: unknown): value is AssetUuid => typeof value === "string" && uuidPattern.test(value)

/** Names a project to the packer and in its events; the host gives it. */
export const ProjectId = Schema.NonEmptyString.pipe(Schema.brand("prometeu-packer/ProjectId"))
/** Names a project to the packer and in its events. */
export type ProjectId = typeof ProjectId.Type

/** Tells one opening of a project from the next, so that positions of one are never taken for those of another. */
export const OpeningId = Schema.NonEmptyString.pipe(Schema.brand("prometeu-packer/OpeningId"))
/** Tells one opening of a project from the next. */
export type OpeningId = typeof OpeningId.Type

/** Names one run of a command, of opening, or of a refresh. A host may choose it, to make a retry safe. */
export const OperationId = Schema.String.check(Schema.isPattern(/^[A-Za-z0-9_-]{1,64}$/u)).pipe(
  Schema.brand("prometeu-packer/OperationId")
)
/** Names one run of a command, of opening, or of a refresh. */
export type OperationId = typeof OperationId.Type

/** Counts the visible changes of a snapshot; starts at 1 with each opening. */
export const Generation = Schema.Int.check(Schema.isGreaterThan(0)).pipe(Schema.brand("prometeu-packer/Generation"))
/** Counts the visible changes of a snapshot. */
export type Generation = typeof Generation.Type

/** Names an asset by any one of its names. The root may be given in any Unicode normalization. */
export const AssetRef = Schema.Union([
  Schema.Struct({ id: Schema.Int }),
  Schema.Struct({ uuid: Schema.String }),
  Schema.Struct({ root: Schema.String })
])
/** Names an asset by any one of its names. */
export type AssetRef = typeof AssetRef.Type

/** How a reference is shown in messages. */
export const showRef = (ref: AssetRef): string => {
  if (!isNamed(ref)) return "an asset is named by one of id, uuid and root"
  return "id" in ref
    ? `the asset with id ${nameInWords(ref.id)}`
    : "uuid" in ref
    ? `the asset with uuid ${nameInWords(ref.uuid)}`
    : `the asset at "${nameInWords(ref.root)}"`
}

/** Whatever a host without types takes for a name. */
const nameInWords = (name: unknown): string =>
  typeof name === "string" || typeof name === "number" ? String(name) : `(${name === null ? "null" : typeof name})`

/** True of what names an asset in some way; hosts without types may send anything. */
export const isNamed = (ref: unknown): ref is object =>
  typeof ref === "object" && ref !== null && ("id" in ref || "uuid" in ref || "root" in ref)

/** An asset as messages, errors and events name it: where it is, and its ids where they are known. */
export const AssetName = Schema.Struct({
  root: AssetRoot,
  assetId: Schema.optionalKey(AssetId),
  assetUuid: Schema.optionalKey(AssetUuid)
})
/** An asset as messages, errors and events name it. */
export type AssetName = typeof AssetName.Type
