/** Reading and writing `assets/.prometeu/index.json`. */
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"

import { hasConflictMarkers } from "./ConflictMarkers.ts"
import type { DiagnosticCode } from "./Diagnostic.ts"
import { AssetId, AssetUuid, isAssetId, isAssetUuid } from "./Identity.ts"
import { JsonFault, JsonReader, parseJson } from "./JsonReader.ts"
import { decodeText, type JsonNode, type JsonObject, type JsonProblem, memberOf, valueOf } from "./JsonText.ts"
import { parseRoot } from "./Path.ts"
import { makeRegistry, type ReadEntry, type Registry, type RegistryEntry } from "./Registry.ts"
import { shapeOf, showPath } from "./Shape.ts"
import { runSteps, type Steps } from "./Steps.ts"

/** One that is too low is a diagnostic; one more than the largest id says that all ids were given out. */
const NextId = Schema.Finite.check(
  Schema.makeFilter((value: number) => Number.isInteger(value) || "an integer", {
    toJsonSchema: () => ({ type: "integer" })
  }),
  Schema.isLessThanOrEqualTo(Number.MAX_SAFE_INTEGER + 1)
)
const isNextId = Schema.is(NextId)

/** One entry of the registry file. */
export const RegistryEntryFile = Schema.Struct({
  /** The number of the asset in its project. */
  asset_id: AssetId,
  /** The identity of the asset, the same as in its manifest. */
  asset_uuid: AssetUuid,
  /** The folder of the asset, relative to `assets/`. */
  root: Schema.String,
  /** Whether the asset takes part in the build. */
  included_in_build: Schema.Boolean
})

/** The content of `assets/.prometeu/index.json`, format version 1. */
export const RegistryFile = Schema.Struct({
  /** The version of this format. */
  schema_version: Schema.Literal(1),
  /** The next id to give out, where it is more than one above the largest in use: ids are never given out twice. */
  next_asset_id: Schema.optionalKey(NextId),
  /** One entry for each registered asset, sorted by root, one line each. */
  assets: Schema.Array(RegistryEntryFile)
})

/** Why a registry cannot be read at all; the project is read-only then. The cause says it of "the registry". */
export interface RegistryFault {
  readonly code: Extract<DiagnosticCode, `registry/${string}`>
  readonly cause: string
  readonly at?: { readonly line?: number; readonly column?: number }
}

const entryShape = shapeOf(RegistryEntryFile)
const knownKeys = new Set(Object.keys(RegistryEntryFile.fields))
/** How many entries are read between two pauses. */
const sliceSize = 256

const fail = (code: RegistryFault["code"], cause: string, at?: RegistryFault["at"]) =>
  Result.fail<RegistryFault>(at === undefined ? { code, cause } : { code, cause, at })

const fromJson = (problem: JsonProblem, text: string) => {
  if (hasConflictMarkers(text)) return fail("registry/conflict-markers", "holds merge-conflict markers")
  const { column, line } = problem
  return fail(
    "registry/invalid-json",
    `is not JSON: ${problem.message}`,
    line === undefined || column === undefined ? undefined : { line, column }
  )
}

/** JSON source on one line: line breaks stand only between tokens, never in a text. */
const onOneLine = (source: string): string => source.replaceAll(/[\r\n]\s*/g, " ")

/** The source of the keys of an entry that this version does not know. */
const extraOf = (text: string, { members }: JsonObject): string =>
  members
    .filter((member) => !knownKeys.has(member.key))
    .map((member) => `,${onOneLine(text.slice(member.start, member.value.end))}`)
    .join("")

/** Reads one entry, as far as it can be read. */
const readEntry = (text: string, node: JsonNode, repeatedKey: string | undefined): ReadEntry => {
  const source = text.slice(node.start, node.end)
  const get = (key: string): unknown => {
    const member = node.kind === "object" ? memberOf(node, key) : undefined
    return member?.value.kind === "scalar" ? member.value.value : undefined
  }
  const [id, uuid, root] = [get("asset_id"), get("asset_uuid"), get("root")]
  const parsedRoot = typeof root === "string" ? parseRoot(root) : undefined
  const read = {
    source,
    id: isAssetId(id) ? id : undefined,
    uuid: isAssetUuid(uuid) ? uuid : undefined,
    root: parsedRoot !== undefined && Result.isSuccess(parsedRoot) ? parsedRoot.success : undefined,
    entry: undefined
  }
  const invalid = (cause: string): ReadEntry => ({ ...read, ownFault: { fault: "invalid-entry", cause } })
  if (repeatedKey !== undefined) return invalid(repeatedKey)
  const shaped = entryShape(valueOf(node))
  if (Result.isFailure(shaped)) {
    return invalid(shaped.failure.map((problem) => `${showPath(problem.path)}: ${problem.message}`).join(", "))
  }
  if (parsedRoot === undefined || Result.isFailure(parsedRoot)) {
    const reason = parsedRoot === undefined ? "it is no text" : parsedRoot.failure.message
    return { ...read, ownFault: { fault: "illegal-root", cause: `the root is not allowed: ${reason}` } }
  }
  const file = shaped.success
  const entry: RegistryEntry = {
    id: file.asset_id,
    uuid: file.asset_uuid,
    root: parsedRoot.success,
    included: file.included_in_build,
    extra: node.kind === "object" ? extraOf(text, node) : ""
  }
  return { ...read, entry, ownFault: undefined }
}

/** An entry as it is printed, with no key but the known ones and nothing to unescape. */
const printedEntry =
  // oxlint-disable-next-line no-control-regex -- a bare control character is no JSON
  /\{"asset_id":[1-9]\d*,"asset_uuid":"[^"\\\0-\x1f]*","root":"[^"\\\0-\x1f]*","included_in_build":(?:true|false)\}/y

/**
 * Reads an entry that stands as it is printed and can be believed by itself, which nearly all are, in a tenth of the time.
 * `undefined` of any other.
 */
const readPrinted = (source: string): ReadEntry | undefined => {
  // Whole texts of its own, where pieces would keep the text of the file in memory for as long as they live.
  const file: typeof RegistryEntryFile.Type = JSON.parse(source)
  const root = parseRoot(file.root)
  if (!isAssetId(file.asset_id) || !isAssetUuid(file.asset_uuid) || Result.isFailure(root)) return undefined
  const [id, uuid] = [file.asset_id, file.asset_uuid]
  const entry: RegistryEntry = { id, uuid, root: root.success, included: file.included_in_build, extra: "" }
  return { source, id, uuid, root: root.success, entry, ownFault: undefined }
}

/** What stands at the top of the registry file. */
interface Top {
  version: JsonNode | undefined
  nextId: JsonNode | undefined
  isArray: boolean
  readonly entries: Array<ReadEntry>
  readonly extra: Array<string>
}

const readNext = (reader: JsonReader, path: string): ReadEntry => {
  const source = reader.match(printedEntry)
  const printed = source === undefined ? undefined : readPrinted(source)
  if (source !== undefined && printed !== undefined) {
    reader.skip(source)
    return printed
  }
  const repeated = reader.duplicates.length
  const node = reader.value(path)
  const duplicate = reader.duplicates.splice(repeated)[0]
  return readEntry(reader.text, node, duplicate?.message)
}

function* readTop(reader: JsonReader, top: Top): Steps<void> {
  for (const member of reader.members("$")) {
    if (member.key === "assets" && reader.peek() === "[") {
      top.isArray = true
      for (const path of reader.items(member.path)) {
        top.entries.push(readNext(reader, path))
        if (top.entries.length % sliceSize === 0) yield
      }
      continue
    }
    const node = reader.value(member.path)
    if (member.key === "schema_version") top.version = node
    else if (member.key === "next_asset_id") top.nextId = node
    else top.extra.push(reader.text.slice(member.start, node.end))
  }
  reader.end()
}

/** Reads a registry in steps, or says why it cannot be read at all. */
export function* readRegistrySteps(bytes: Uint8Array): Steps<Result.Result<Registry, RegistryFault>> {
  const decoded = decodeText(bytes)
  if (Result.isFailure(decoded)) return fromJson(decoded.failure, "")
  // Of a large file this alone takes milliseconds.
  yield
  const text = decoded.success
  const reader = new JsonReader(text)
  const top: Top = { version: undefined, nextId: undefined, isArray: false, entries: [], extra: [] }
  try {
    if (reader.peek() === "{") yield* readTop(reader, top)
    else {
      reader.value("$")
      reader.end()
      return fail("registry/invalid-shape", "is not an object")
    }
  } catch (fault) {
    if (fault instanceof JsonFault) return fromJson(fault.problem, text)
    throw fault
  }
  const [duplicate] = reader.duplicates
  if (duplicate !== undefined) return fromJson(duplicate, text)
  const version = top.version === undefined ? undefined : valueOf(top.version)
  if (version !== 1) {
    return typeof version === "number"
      ? fail(
        "registry/unknown-version",
        `has schema_version ${version}, this version of the packer knows 1`
      )
      : fail("registry/unknown-version", "has no schema_version that is a number")
  }
  if (!top.isArray) return fail("registry/invalid-shape", "has no array \"assets\"")
  const nextId = top.nextId === undefined ? undefined : valueOf(top.nextId)
  if (nextId !== undefined && !isNextId(nextId)) {
    return fail("registry/invalid-shape", "has a next_asset_id that is no integer")
  }
  yield
  return Result.succeed(yield* makeRegistry(top.entries, nextId, top.extra))
}

/** Reads a registry, or says why it cannot be read at all. */
export const readRegistry = (bytes: Uint8Array): Result.Result<Registry, RegistryFault> =>
  runSteps(readRegistrySteps(bytes))

/** One line of the registry file, without indentation and comma. */
export const printEntry = (entry: RegistryEntry): string =>
  `{"asset_id":${entry.id},"asset_uuid":"${entry.uuid}","root":${
    JSON.stringify(entry.root)
  },"included_in_build":${entry.included}${entry.extra}}`

/** True of what can stand in an entry behind the keys that this version knows, as it is kept when an entry is read. */
export const isExtra = (extra: string): boolean => {
  if (extra === "") return true
  const text = `{"asset_id":1,"asset_uuid":"","root":"","included_in_build":true${extra}}`
  const parsed = parseJson(text)
  return Result.isSuccess(parsed) && parsed.success.kind === "object" && extraOf(text, parsed.success) === extra
}

/** Prints the canonical text of a registry in steps. */
export function* printRegistrySteps(registry: Registry): Steps<Uint8Array> {
  const [last] = registry.byId.slice(registry.byId.size - 1, 1)
  const largest = registry.doubtful.reduce((id, entry) => Math.max(id, entry.id ?? 0), last?.id ?? 0)
  const pieces: Array<Uint8Array> = []
  const print = (text: string) => pieces.push(encoder.encode(text))
  print("{\n  \"schema_version\": 1,\n")
  if (registry.nextId > largest + 1) print(`  "next_asset_id": ${registry.nextId},\n`)
  print("  \"assets\": [\n")
  let lines: Array<string> = []
  let left = registry.byRoot.size + registry.doubtful.length
  const add = (entry: string): boolean => {
    lines.push(`    ${entry}${--left > 0 ? "," : ""}\n`)
    if (lines.length < sliceSize) return false
    print(lines.join(""))
    lines = []
    return true
  }
  for (const entry of registry.byRoot.values()) if (add(printEntry(entry))) yield
  for (const entry of registry.doubtful) if (add(entry.source)) yield
  print(lines.join(""))
  print(`${["  ]", ...registry.extra.map((part) => `  ${part}`)].join(",\n")}\n}\n`)
  yield
  return joined(pieces)
}

const encoder = new TextEncoder()
const decoder = new TextDecoder()

const joined = (pieces: ReadonlyArray<Uint8Array>): Uint8Array => {
  const bytes = new Uint8Array(pieces.reduce((length, piece) => length + piece.length, 0))
  let at = 0
  for (const piece of pieces) {
    bytes.set(piece, at)
    at += piece.length
  }
  return bytes
}

/** The canonical text of a registry. */
export const printRegistry = (registry: Registry): string => decoder.decode(runSteps(printRegistrySteps(registry)))
