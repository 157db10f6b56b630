/** Writing `asset.json`: a new one, or the smallest edit of one that is there. */
import type { AssetUuid } from "./Identity.ts"
import { type JsonArray, type JsonNode, type JsonObject, type JsonValue, memberOf } from "./JsonText.ts"
import type { Manifest, ManifestText } from "./Manifest.ts"
import {
  applyEdits,
  type Layout,
  layoutOf,
  lineIndent,
  printValue,
  replaceValue,
  setMembers,
  type TextEdit
} from "./TextEdit.ts"

const encoder = new TextEncoder()

/** The bytes of a manifest that did not exist before. */
export const newManifest = (uuid: AssetUuid, manifest: Pick<Manifest, "name" | "family" | "output" | "preload">) =>
  encoder.encode(`${
    JSON.stringify(
      {
        schema_version: 1,
        asset_uuid: uuid,
        name: manifest.name,
        family: manifest.family,
        output: {
          format: manifest.output.format,
          codec: manifest.output.codec,
          metadata: manifest.output.metadata
        },
        preload: manifest.preload,
        artifacts: []
      },
      null,
      2
    )
  }\n`)

const edited = (source: ManifestText, edits: (layout: Layout) => ReadonlyArray<TextEdit>): Uint8Array =>
  encoder.encode(applyEdits(source.text, edits(layoutOf(source.text, source.root))))

/** Writes an identity: in place if there is one, else right after `schema_version`. */
export const setUuid = (source: ManifestText, uuid: AssetUuid): Uint8Array =>
  edited(
    source,
    (layout) =>
      setMembers(source.text, source.root, { asset_uuid: uuid }, layout, memberOf(source.root, "schema_version"))
  )

/** What a contract edit changes; what is absent stays. */
export interface ContractEdit {
  readonly name?: string
  readonly preload?: boolean
  readonly output?: {
    readonly format?: string
    readonly codec?: string
    readonly metadata?: Readonly<Record<string, JsonValue>>
  }
}

/** Writes the parts of the contract that an edit names. */
export const setContract = (source: ManifestText, edit: ContractEdit): Uint8Array =>
  edited(source, (layout) => {
    const { output, ...plain } = edit
    const node = memberOf(source.root, "output")?.value
    return [
      ...setMembers(source.text, source.root, plain, layout),
      ...(output === undefined || node?.kind !== "object" ? [] : setMembers(source.text, node, output, layout))
    ]
  })

/** Writes the bank composition: the files in order with indexes 0 to n-1. Rows that stay keep what else they say. */
export const setComposition = (source: ManifestText, files: ReadonlyArray<string>): Uint8Array =>
  edited(source, (layout) => {
    const node = memberOf(source.root, "artifacts")?.value
    if (node?.kind !== "array") {
      return setMembers(source.text, source.root, { artifacts: files.map((file, index) => ({ index, file })) }, layout)
    }
    const rows = files.map((file, index) => rowText(source.text, node, file, index, layout))
    return [{ start: node.start, end: node.end, text: arrayText(source.text, node, rows, layout) }]
  })

/** The rows of the artifacts with the file each one names. */
export const rowsOf = (source: ManifestText): ReadonlyArray<{ readonly file: string; readonly row: JsonObject }> => {
  const node = memberOf(source.root, "artifacts")?.value
  return node?.kind === "array" ? rowsIn(node) : []
}

const rowsIn = (array: JsonArray): ReadonlyArray<{ readonly file: string; readonly row: JsonObject }> =>
  array.items.flatMap((row) => {
    const file = row.kind === "object" ? memberOf(row, "file")?.value : undefined
    return row.kind === "object" && file?.kind === "scalar" && typeof file.value === "string"
      ? [{ file: file.value.normalize("NFC"), row }]
      : []
  })

const rowText = (text: string, array: JsonArray, file: string, index: number, layout: Layout): string => {
  const known = rowsIn(array).find((row) => row.file === file)?.row
  if (known === undefined) return newRow(text, array, file, index, layout)
  const place = memberOf(known, "index")
  const edits = place === undefined ? [] : replaceValue(text, place.value, index, layout)
  const moved = edits.map((edit) => ({ ...edit, start: edit.start - known.start, end: edit.end - known.start }))
  return applyEdits(text.slice(known.start, known.end), moved)
}

/** A new row looks like the first one that is there: on one line, or with one member a line. */
const newRow = (text: string, array: JsonArray, file: string, index: number, layout: Layout): string => {
  const model = array.items[0]
  const spread = model !== undefined && /[\n\r]/.test(text.slice(model.start, model.end))
  if (spread) return printValue({ index, file }, layout, lineIndent(text, model.start))
  const tight = model !== undefined && !/\s/.test(text.slice(model.start + 1, model.start + 2))
  return tight ? JSON.stringify({ index, file }) : `{ "index": ${index}, "file": ${JSON.stringify(file)} }`
}

const arrayText = (text: string, array: JsonArray, rows: ReadonlyArray<string>, layout: Layout): string => {
  if (rows.length === 0) return "[]"
  const first: JsonNode | undefined = array.items[0]
  const second = array.items[1]
  if (first === undefined) {
    if (!layout.multiline) return `[${rows.join(",")}]`
    const outer = lineIndent(text, array.start)
    return `[${layout.lineEnd}${
      rows.map((row) => outer + layout.indent + row).join(`,${layout.lineEnd}`)
    }${layout.lineEnd}${outer}]`
  }
  const head = text.slice(array.start, first.start)
  const tail = text.slice((array.items.at(-1) ?? first).end, array.end)
  const gap = second === undefined
    ? (/[\n\r]/.test(head) ? `,${layout.lineEnd}${lineIndent(text, first.start)}` : layout.multiline ? ", " : ",")
    : text.slice(first.end, second.start)
  return head + rows.join(gap) + tail
}
