/**
 * Small edits of a JSON text that leave every byte around them as it was: key order, indentation, line ends, unknown
 * keys, the end of the file.
 */
import { type JsonMember, type JsonNode, type JsonObject, type JsonValue, memberOf, valueOf } from "./JsonText.ts"

/** Replaces the text between `start` and `end` (exclusive). */
export interface TextEdit {
  readonly start: number
  readonly end: number
  readonly text: string
}

/** How a file is laid out, as far as new lines in it have to follow. */
export interface Layout {
  readonly lineEnd: string
  readonly indent: string
  /** False if the file has no line break inside its outermost value: then nothing new gets one. */
  readonly multiline: boolean
}

/** The text after edits that do not overlap; several inserts at one place come out in the order given. */
export const applyEdits = (text: string, edits: ReadonlyArray<TextEdit>): string => {
  const sorted = edits.toSorted((a, b) => a.start - b.start || a.end - b.end)
  const parts: Array<string> = []
  let at = 0
  for (const edit of sorted) {
    parts.push(text.slice(at, edit.start), edit.text)
    at = edit.end
  }
  return parts.join("") + text.slice(at)
}

/** Finds the layout of an object's text: its line ends, and the indentation of its members. */
export const layoutOf = (text: string, root: JsonObject): Layout => {
  const inside = text.slice(root.start, root.end)
  const lineEnd = /\r\n|\n|\r/.exec(inside)?.[0]
  const first = root.members.find((member) => indentBefore(text, member.start) !== undefined)
  return {
    lineEnd: lineEnd ?? "\n",
    indent: (first === undefined ? undefined : indentBefore(text, first.start)) || "  ",
    multiline: lineEnd !== undefined
  }
}

/** The white space between the start of the line and `offset`, or `undefined` if something else stands there too. */
const indentBefore = (text: string, offset: number): string | undefined => {
  let start = offset
  while (start > 0 && (text[start - 1] === " " || text[start - 1] === "\t")) start--
  return start > 0 && (text[start - 1] === "\n" || text[start - 1] === "\r") ? text.slice(start, offset) : undefined
}

/** Prints a value in a layout, to stand on a line that is indented by `indent`. */
export const printValue = (value: JsonValue, layout: Layout, indent: string): string => {
  if (!layout.multiline) return JSON.stringify(value)
  return JSON.stringify(value, null, layout.indent).replaceAll("\n", layout.lineEnd + indent)
}

const sameValue = (a: JsonValue, b: JsonValue): boolean => JSON.stringify(a) === JSON.stringify(b)

const isRecord = (value: JsonValue): value is { readonly [key: string]: JsonValue } =>
  typeof value === "object" && value !== null && !Array.isArray(value)

/** The edits that put `value` where `node` stands: nothing where they agree, member by member where both are objects. */
export const replaceValue = (
  text: string,
  node: JsonNode,
  value: JsonValue,
  layout: Layout
): ReadonlyArray<TextEdit> => {
  if (sameValue(valueOf(node), value)) return []
  if (node.kind !== "object" || !isRecord(value)) {
    return [{ start: node.start, end: node.end, text: printValue(value, layout, lineIndent(text, node.start)) }]
  }
  const kept = node.members.filter((member) => Object.hasOwn(value, member.key))
  const added = Object.entries(value).filter(([key]) => memberOf(node, key) === undefined)
  if (kept.length === 0) {
    return [{ start: node.start, end: node.end, text: printValue(value, layout, lineIndent(text, node.start)) }]
  }
  return [
    ...removeOthers(node, kept),
    ...kept.flatMap((member) => replaceValue(text, member.value, value[member.key] ?? null, layout)),
    ...insertMembers(text, kept.at(-1), node, added, layout)
  ]
}

/** The edits that set members of an object: those it has are replaced in place, the others come after `after`. */
export const setMembers = (
  text: string,
  object: JsonObject,
  values: Readonly<Record<string, JsonValue>>,
  layout: Layout,
  after: JsonMember | undefined = object.members.at(-1)
): ReadonlyArray<TextEdit> => {
  const entries = Object.entries(values)
  return [
    ...entries.flatMap(([key, value]) => {
      const member = memberOf(object, key)
      return member === undefined ? [] : replaceValue(text, member.value, value, layout)
    }),
    ...insertMembers(text, after, object, entries.filter(([key]) => memberOf(object, key) === undefined), layout)
  ]
}

const insertMembers = (
  text: string,
  after: JsonMember | undefined,
  object: JsonObject,
  entries: ReadonlyArray<readonly [string, JsonValue]>,
  layout: Layout
): ReadonlyArray<TextEdit> => {
  if (entries.length === 0) return []
  if (after === undefined) {
    const value = Object.fromEntries(entries)
    return [{ start: object.start, end: object.end, text: printValue(value, layout, lineIndent(text, object.start)) }]
  }
  const own = indentBefore(text, after.start)
  const gap = own === undefined
    ? (/^\s/.test(text.slice(object.start + 1)) || layout.multiline ? " " : "")
    : layout.lineEnd + own
  const inner = own === undefined ? { ...layout, multiline: false } : layout
  // A space after the colon, if the member before has one.
  const colon = /:\s*$/.exec(text.slice(after.start, after.value.start))?.[0] === ":" ? ":" : ": "
  const added = entries.map(([key, value]) =>
    `,${gap}${JSON.stringify(key)}${colon}${printValue(value, inner, own ?? "")}`
  )
  return [{ start: after.value.end, end: after.value.end, text: added.join("") }]
}

/**
 * Removes all members but `kept`, which is not empty: each goes with the comma before it, those ahead of the first kept
 * one with the comma after it.
 */
const removeOthers = (object: JsonObject, kept: ReadonlyArray<JsonMember>): ReadonlyArray<TextEdit> => {
  const firstKept = object.members.findIndex((member) => kept.includes(member))
  return object.members.flatMap((member, index) => {
    if (kept.includes(member)) return []
    const neighbour = object.members[index < firstKept ? index + 1 : index - 1]
    if (neighbour === undefined) return []
    return index < firstKept
      ? [{ start: member.start, end: neighbour.start, text: "" }]
      : [{ start: neighbour.value.end, end: member.value.end, text: "" }]
  })
}

/** The indentation of the line on which `offset` stands. */
export const lineIndent = (text: string, offset: number): string => {
  const start = Math.max(text.lastIndexOf("\n", offset - 1), text.lastIndexOf("\r", offset - 1)) + 1
  return /^[ \t]*/.exec(text.slice(start, offset))?.[0] ?? ""
}
