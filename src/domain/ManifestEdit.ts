/** Writing `asset.json`: a new one, or the smallest edit of one that is there. */
import type { AssetUuid } from "./Identity.ts"
import { type JsonArray, type JsonObject, memberOf } from "./JsonText.ts"
import type { JsonValue } from "./JsonValue.ts"
import type { Manifest, ManifestText } from "./Manifest.ts"
import {
  applyEdits,
  colonOf,
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

/** True if a manifest lists these files in this order, with the indexes 0 to n-1. */
export const isComposedOf = ({ artifacts }: Manifest, files: ReadonlyArray<string>): boolean =>
  artifacts.length === files.length &&
  artifacts.every(({ file, index }, place) => index === place && file.normalize("NFC") === files[place])

/** Writes the bank composition: the files in order with indexes 0 to n-1. Rows that stay keep what else they say. */
export const setComposition = (source: ManifestText, files: ReadonlyArray<string>): Uint8Array =>
  edited(source, (layout) => {
    if (isComposedOf(source.manifest, files)) return []
    const node = memberOf(source.root, "artifacts")?.value
    if (node?.kind !== "array") {
      return setMembers(source.text, source.root, { artifacts: files.map((file, index) => ({ index, file })) }, layout)
    }
    return [{ start: node.start, end: node.end, text: arrayText(source.text, node, files, layout) }]
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

/** The array with a row for each file; between the rows stands what stood there, as far as there were rows. */
const arrayText = (text: string, array: JsonArray, files: ReadonlyArray<string>, layout: Layout): string => {
  if (files.length === 0) return "[]"
  const known = new Map(rowsIn(array).toReversed().map(({ file, row }) => [file, row]))
  const rows = files.map((file, index) => {
    const row = known.get(file)
    return row === undefined ? newRow(text, array, file, index, layout) : movedRow(text, row, index, layout)
  })
  const [first] = array.items
  const last = array.items.at(-1)
  if (first === undefined || last === undefined) {
    if (!layout.multiline) return `[${rows.join(layout.tight ? "," : ", ")}]`
    const outer = layout.lineEnd + lineIndent(text, array.start)
    return `[${outer}${layout.indent}${rows.join(`,${outer}${layout.indent}`)}${outer}]`
  }
  const head = text.slice(array.start, first.start)
  const gaps = array.items.slice(1).map((item, index) => text.slice(array.items[index]?.end, item.start))
  const gap = gaps.at(-1) ?? `,${head.slice(1) || (layout.tight ? "" : " ")}`
  const joined = rows.map((row, index) => index === 0 ? row : (gaps[index - 1] ?? gap) + row)
  return head + joined.join("") + text.slice(last.end, array.end)
}

const movedRow = (text: string, row: JsonObject, index: number, layout: Layout): string => {
  const place = memberOf(row, "index")
  const edits = place === undefined ? [] : replaceValue(text, place.value, index, layout)
  const moved = edits.map((edit) => ({ ...edit, start: edit.start - row.start, end: edit.end - row.start }))
  return applyEdits(text.slice(row.start, row.end), moved)
}

/** A new row stands like the first one that is there: on one line or on several, with the same white space. */
const newRow = (text: string, array: JsonArray, file: string, index: number, layout: Layout): string => {
  const [model] = array.items
  const [first, second] = model?.kind === "object" ? model.members : []
  if (model?.kind !== "object" || first === undefined || second === undefined) {
    return printValue({ index, file }, { ...layout, multiline: false }, "")
  }
  const opening = text.slice(model.start, first.start)
  const colon = colonOf(text, first)
  const gap = text.slice(first.value.end, second.start)
  const closing = text.slice(model.members.at(-1)?.value.end, model.end)
  return `${opening}"index"${colon}${index}${gap}"file"${colon}${JSON.stringify(file)}${closing}`
}
