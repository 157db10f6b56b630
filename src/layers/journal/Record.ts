/** What the journal keeps of a change: all that is needed to do its work again. */
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"

import { AssetId, AssetUuid, OperationId } from "../../domain/Identity.ts"
import { AssetRoot } from "../../domain/Path.ts"
import type { DoubtfulEntry, RegistryChange, RegistryEntry } from "../../domain/Registry.ts"
import { isExtra } from "../../domain/RegistryCodec.ts"
import { FolderPlace, ManifestPlace, StagedName, TargetPlace } from "./Places.ts"

/** One step of a record. Paths are relative to `assets/`; what goes to the trash is moved there. */
export type RecordStep =
  | { readonly _tag: "MakeFolder"; readonly path: string }
  | MoveFolder
  | PutFile

/** A folder that is moved, with all that is in it. */
export interface MoveFolder {
  readonly _tag: "MoveFolder"
  readonly from: string
  readonly to: string
  /** The inode of the folder; absent where only the spelling of a folder on the way changes. */
  readonly folder: string | undefined
  /** The hash of the manifest in it, by which the folder is known in a copy of the project. */
  readonly manifest: string | undefined
  /** The asset that moves, or leaves. */
  readonly root: AssetRoot
}

/** A whole file that is put in its place. */
export interface PutFile {
  readonly _tag: "PutFile"
  readonly path: string
  readonly root: AssetRoot
  /** The hash of what was there before; absent if nothing was. */
  readonly before: string | undefined
  readonly after: string
  /** The name of the staged file, where that was flushed and the record does without its bytes. */
  readonly blob: string | undefined
  readonly bytes: Uint8Array
}

/** What the journal keeps of a change. */
export interface JournalRecord {
  readonly operationId: OperationId
  readonly steps: ReadonlyArray<RecordStep>
  readonly registry: ReadonlyArray<RegistryChange>
  readonly receipt: string
}

/** True if a record moves folders: then its steps have to be durable one after the other. */
export const movesFolders = ({ steps }: Pick<JournalRecord, "steps">): boolean =>
  steps.some((step) => step._tag === "MoveFolder")

const Extra = Schema.String.check(Schema.makeFilter(isExtra, { expected: "the source of more keys of an entry" }))
const Entry = Schema.Tuple([AssetId, AssetUuid, AssetRoot, Schema.Boolean, Extra])
const orNull = <S extends Schema.Top>(schema: S) => Schema.NullOr(schema)

const Step = Schema.Union([
  Schema.Tuple([Schema.Literal("make"), FolderPlace]),
  Schema.Tuple([
    Schema.Literal("move"),
    FolderPlace,
    TargetPlace,
    orNull(Schema.String),
    orNull(Schema.String),
    AssetRoot
  ]),
  Schema.Tuple([
    Schema.Literal("put"),
    ManifestPlace,
    AssetRoot,
    orNull(Schema.String),
    Schema.String,
    // The length of the bytes behind the text, or the name of the staged file that holds them.
    Schema.Union([Schema.Natural, StagedName])
  ])
])

const RecordText = Schema.Struct({
  operation: OperationId,
  receipt: Schema.String,
  steps: Schema.Array(Step),
  registry: Schema.Array(Schema.Tuple([orNull(Entry), orNull(Entry), Schema.Array(Schema.String)]))
})
type RecordText = typeof RecordText.Type

const decodeText = Schema.decodeUnknownResult(Schema.fromJsonString(RecordText))

const packEntry = (entry: RegistryEntry | undefined): typeof Entry.Type | null =>
  entry === undefined ? null : [entry.id, entry.uuid, entry.root, entry.included, entry.extra]

const unpackEntry = (entry: typeof Entry.Type | null): RegistryEntry | undefined => {
  if (entry === null) return undefined
  const [id, uuid, root, included, extra] = entry
  return { id, uuid, root, included, extra }
}

/** Only the source counts: by it the entry is found in the file again. */
const unpackReplaced = (source: string): DoubtfulEntry => ({
  source,
  id: undefined,
  uuid: undefined,
  root: undefined,
  entry: undefined,
  ownFault: undefined,
  faults: []
})

const packStep = (step: RecordStep): typeof Step.Type => {
  switch (step._tag) {
    case "MakeFolder":
      return ["make", step.path]
    case "MoveFolder":
      return ["move", step.from, step.to, step.folder ?? null, step.manifest ?? null, step.root]
    case "PutFile":
      return ["put", step.path, step.root, step.before ?? null, step.after, step.blob ?? step.bytes.length]
  }
}

/** The body of a record's frame: its text, and the bytes of its files behind it. */
export const encodeRecord = (record: JournalRecord): Uint8Array => {
  const text: RecordText = {
    operation: record.operationId,
    receipt: record.receipt,
    steps: record.steps.map(packStep),
    registry: record.registry.map(({ after, before, replaces }) => [
      packEntry(before),
      packEntry(after),
      replaces.map((entry) => entry.source)
    ])
  }
  const head = Buffer.from(JSON.stringify(text))
  const bytes = record.steps.flatMap((step) => step._tag === "PutFile" && step.blob === undefined ? [step.bytes] : [])
  const length = Buffer.alloc(4)
  length.writeUInt32LE(head.length)
  return Buffer.concat([length, head, ...bytes])
}

const noBytes = new Uint8Array(0)

/** Reads the body of a frame, or says why it is no record that this version knows. */
export const decodeRecord = (body: Buffer): Result.Result<JournalRecord, string> => {
  const length = body.length < 4 ? -1 : body.readUInt32LE(0)
  if (length < 0 || 4 + length > body.length) return Result.fail("it has no text")
  const text = decodeText(body.toString("utf8", 4, 4 + length))
  if (Result.isFailure(text)) return Result.fail(text.failure.message)
  const { operation, receipt, registry, steps } = text.success
  let at = 4 + length
  const unpacked = steps.map((step): RecordStep => {
    switch (step[0]) {
      case "make":
        return { _tag: "MakeFolder", path: step[1] }
      case "move": {
        const [, from, to, folder, manifest, root] = step
        return { _tag: "MoveFolder", from, to, folder: folder ?? undefined, manifest: manifest ?? undefined, root }
      }
      case "put": {
        const [, path, root, before, after, content] = step
        const put = { _tag: "PutFile" as const, path, root, before: before ?? undefined, after }
        if (typeof content === "string") return { ...put, blob: content, bytes: noBytes }
        at += content
        return { ...put, blob: undefined, bytes: body.subarray(at - content, at) }
      }
    }
  })
  if (at !== body.length) return Result.fail("its files are not as long as it says")
  return Result.succeed({
    operationId: operation,
    receipt,
    steps: unpacked,
    registry: registry.map(([before, after, replaces]) => ({
      before: unpackEntry(before),
      after: unpackEntry(after),
      replaces: replaces.map(unpackReplaced)
    }))
  })
}
