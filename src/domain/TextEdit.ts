/**
 * Small edits of a JSON text that leave every byte around them as it was: key order, indentation, line ends, unknown
 * keys, the end of the file.
 */
import { type JsonArray, type JsonMember, type JsonNode, type JsonObject, valueOf } from "./JsonText.ts"
import type { JsonValue } from "./JsonValue.ts"

/** Replaces the text between `start` and `end` (exclusive). */
export interface TextEdit {
  readonly start: number
  readonly end: number
  readonly text: string
}

/** How a file is laid out, as far as what is new in it has to follow. */
export interface Layout {
  readonly lineEnd: string
  readonly indent: string
  /** False where there is no line break inside the outermost value: then nothing new gets one. */
  readonly multiline: boolean
  /** True if no space stands after a colon. */
  readonly tight: boolean
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

/** Finds the layout of an object's text: its line ends, the indentation of its members, the space after its colons. */
export const layoutOf = (text: string, root: JsonObject): Layout => {
  const lineEnd = /\r\n|\n|\r/.exec(sourceOf(text, root))?.[0]
  const [first] = root.members
  const onItsLine = root.members.find((member) => indentBefore(text, member.start) !== undefined)
  const indent = onItsLine && indentBefore(text, onItsLine.start)?.slice(lineIndent(text, root.start).length)
  return {
    lineEnd: lineEnd ?? "\n",
    indent: indent || "  ",
    multiline: lineEnd !== undefined,
    tight: first !== undefined && colonOf(text, first) === ":"
  }
}

const sourceOf = (text: string, node: JsonNode): string => text.slice(node.start, node.end)

/** The layout inside an array or object: what stands on one line stays on one line. */
const layoutIn = (text: string, node: JsonArray | JsonObject, layout: Layout): Layout => {
  const empty = (node.kind === "array" ? node.items : node.members).length === 0
  return empty || /[\n\r]/.test(sourceOf(text, node)) ? layout : { ...layout, multiline: false }
}

/** A colon with the white space that stands around it in a member. */
export const colonOf = (text: string, member: JsonMember): string =>
  /\s*:\s*$/.exec(text.slice(member.start, member.value.start))?.[0] ?? ":"

/** The indentation of the line on which `offset` stands. */
export const lineIndent = (text: string, offset: number): string => {
  const start = Math.max(text.lastIndexOf("\n", offset - 1), text.lastIndexOf("\r", offset - 1)) + 1
  return /^[ \t]*/.exec(text.slice(start, offset))?.[0] ?? ""
}

/** The white space between the start of the line and `offset`, or `undefined` if something else stands there too. */
const indentBefore = (text: string, offset: number): string | undefined => {
  let start = offset
  while (start > 0 && (text[start - 1] === " " || text[start - 1] === "\t")) start--
  return start > 0 && (text[start - 1] === "\n" || text[start - 1] === "\r") ? text.slice(start, offset) : undefined
}

/** Prints a value in a layout, to stand on a line that is indented by `indent`. */
export const printValue = (value: JsonValue, layout: Layout, indent: string): string => {
  // What is printed with an indentation of 1 has a line break only between tokens, with one space for each level.
  const spread = JSON.stringify(value, null, 1)
  if (layout.multiline) {
    return spread.replaceAll(
      /\n( *)/g,
      (_, levels: string) => layout.lineEnd + indent + layout.indent.repeat(levels.length)
    )
  }
  return layout.tight
    ? JSON.stringify(value)
    : spread.replaceAll(/(?<=\[)\n *|\n *(?=\])/g, "").replaceAll(/\n */g, " ")
}

/** True if two values are equal; the order of keys says nothing. */
const sameValue = (a: JsonValue, b: JsonValue): boolean => {
  if (typeof a !== "object" || typeof b !== "object" || a === null || b === null) return Object.is(a, b)
  const others = new Map<string, JsonValue>(Object.entries(b))
  const own = Object.entries<JsonValue>(a)
  return Array.isArray(a) === Array.isArray(b) && own.length === others.size &&
    own.every(([key, value]) => others.has(key) && sameValue(value, others.get(key) ?? null))
}

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
  const inner = node.kind === "scalar" ? layout : layoutIn(text, node, layout)
  if (node.kind === "object" && isRecord(value)) {
    const kept = node.members.filter((member) => Object.hasOwn(value, member.key))
    if (kept.length > 0) {
      return [...removeOthers(node, new Set(kept)), ...setMembers(text, node, value, inner)]
    }
  }
  return [{ start: node.start, end: node.end, text: printValue(value, inner, lineIndent(text, node.start)) }]
}

/** The edits that set members of an object: those it has are replaced in place, the others come after `after`. */
export const setMembers = (
  text: string,
  object: JsonObject,
  values: Readonly<Record<string, JsonValue>>,
  layout: Layout,
  after: JsonMember | undefined = object.members.at(-1)
): ReadonlyArray<TextEdit> => {
  const inner = layoutIn(text, object, layout)
  const entries = Object.entries(values)
  const members = new Map(object.members.map((member) => [member.key, member]))
  return [
    ...entries.flatMap(([key, value]) => {
      const member = members.get(key)
      return member === undefined ? [] : replaceValue(text, member.value, value, inner)
    }),
    ...insertMembers(text, object, entries.filter(([key]) => !members.has(key)), inner, after)
  ]
}

const insertMembers = (
  text: string,
  object: JsonObject,
  entries: ReadonlyArray<readonly [string, JsonValue]>,
  layout: Layout,
  after: JsonMember | undefined
): ReadonlyArray<TextEdit> => {
  if (entries.length === 0) return []
  if (after === undefined) {
    const value = Object.fromEntries(entries)
    return [{ start: object.start, end: object.end, text: printValue(value, layout, lineIndent(text, object.start)) }]
  }
  const own = indentBefore(text, after.start)
  const tight = colonOf(text, after) === ":"
  const gap = own === undefined ? (tight ? "" : " ") : layout.lineEnd + own
  const inner = own === undefined ? { ...layout, multiline: false } : layout
  const added = entries.map(([key, value]) =>
    `,${gap}${JSON.stringify(key)}${tight ? ":" : ": "}${printValue(value, inner, own ?? "")}`
  )
  return [{ start: after.value.end, end: after.value.end, text: added.join("") }]
}

/**
 * Removes all members but `kept`, which is not empty: each goes with the comma before it, those ahead of the first kept
 * one with the comma after it.
 */
const removeOthers = (object: JsonObject, kept: ReadonlySet<JsonMember>): ReadonlyArray<TextEdit> => {
  const firstKept = object.members.findIndex((member) => kept.has(member))
  return object.members.flatMap((member, index) => {
    if (kept.has(member)) return []
    const neighbour = object.members[index < firstKept ? index + 1 : index - 1]
    if (neighbour === undefined) return []
    return index < firstKept
      ? [{ start: member.start, end: neighbour.start, text: "" }]
      : [{ start: neighbour.value.end, end: member.value.end, text: "" }]
  })
}
