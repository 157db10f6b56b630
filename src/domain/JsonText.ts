/**
 * JSON as text: what stands where.
 *
 * `JSON.parse` forgets what the packer must keep or refuse: duplicate keys, the place of an error, the exact source of
 * values that are written back untouched. `JsonReader.ts` reads texts into these nodes.
 */
import * as Result from "effect/Result"

import { type JsonValue, maxJsonDepth } from "./JsonValue.ts"

/** What stands between `start` and `end` (exclusive) of the text. */
export type JsonNode = JsonObject | JsonArray | JsonScalar

/** An object with its members in the order of the text. */
export interface JsonObject {
  readonly kind: "object"
  readonly start: number
  readonly end: number
  readonly members: ReadonlyArray<JsonMember>
}

/** One member of an object; it reaches from `start` (its key's quote) to the end of its value. */
export interface JsonMember {
  readonly key: string
  readonly start: number
  readonly value: JsonNode
}

/** An array with its items in the order of the text. */
export interface JsonArray {
  readonly kind: "array"
  readonly start: number
  readonly end: number
  readonly items: ReadonlyArray<JsonNode>
}

/** A text, a number, a truth value or null. */
interface JsonScalar {
  readonly kind: "scalar"
  readonly start: number
  readonly end: number
  readonly value: string | number | boolean | null
}

/** Why bytes are not the JSON that the packer reads, and where (line and column start at 1). */
export interface JsonProblem {
  readonly kind: "byte-order-mark" | "invalid-utf8" | "syntax" | "duplicate-key" | "too-deep"
  readonly message: string
  readonly path: string
  readonly line?: number
  readonly column?: number
}

const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true })

/** The text of bytes that are UTF-8 without a byte order mark. */
export const decodeText = (bytes: Uint8Array): Result.Result<string, JsonProblem> => {
  if (bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf) {
    return Result.fail({
      kind: "byte-order-mark",
      message: "the file starts with a byte order mark",
      path: "$",
      line: 1,
      column: 1
    })
  }
  return Result.try({
    try: () => utf8.decode(bytes),
    catch: (): JsonProblem => ({
      kind: "invalid-utf8",
      message: "the file is not valid UTF-8",
      path: "$"
    })
  })
}

/** A shorter text that is indented is not nested deeper than is allowed: the indentation alone would be longer. */
const shallow = (maxJsonDepth * (maxJsonDepth + 1)) / 2

/**
 * What a text says, if it stands exactly as `JSON.stringify` prints it, indented: then no key is there twice, and nothing
 * that is no JSON. Of all others, which may be as right, it is `undefined`.
 */
export const printedValue = (bytes: Uint8Array): JsonValue | undefined => {
  if (bytes.length >= shallow) return undefined
  const text = Result.getOrElse(decodeText(bytes), () => "")
  const indent = /^[{[]\n([ \t]+)/.exec(text)?.[1]
  if (indent === undefined) return undefined
  try {
    const value: JsonValue = JSON.parse(text)
    const printed = JSON.stringify(value, null, indent)
    return text === printed || text === `${printed}\n` ? value : undefined
  } catch {
    return undefined
  }
}

/** A place in a text as people count it: line and column from 1. */
export interface Place {
  readonly line: number
  readonly column: number
}

/**
 * Tells the places of a text from their offsets. `\r\n`, `\n` and `\r` end lines. The lines are counted once, when the
 * first place is asked for, so that a hundred thousand problems cost no more than one look at the text.
 */
export const placesIn = (text: string): (offset: number) => Place => {
  let starts: ReadonlyArray<number> | undefined
  return (offset) => {
    starts ??= lineStarts(text)
    let [low, high] = [1, starts.length]
    while (low < high) {
      const middle = (low + high) >>> 1
      if ((starts[middle] ?? Infinity) <= offset) low = middle + 1
      else high = middle
    }
    return { line: low, column: offset - (starts[low - 1] ?? 0) + 1 }
  }
}

const lineStarts = (text: string): ReadonlyArray<number> => {
  const starts = [0]
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at)
    if (code === 0x0a || (code === 0x0d && text.charCodeAt(at + 1) !== 0x0a)) starts.push(at + 1)
  }
  return starts
}

/** A member of an object by its key. */
export const memberOf = (object: JsonObject, key: string): JsonMember | undefined =>
  object.members.find((member) => member.key === key)

/** The value of a node. A `__proto__` key becomes plain data, never a prototype. */
export const valueOf = (node: JsonNode): JsonValue => {
  switch (node.kind) {
    case "scalar":
      return node.value
    case "array":
      return node.items.map(valueOf)
    case "object":
      // `fromEntries` defines properties, it does not assign them: `__proto__` is one more key.
      return Object.fromEntries(node.members.map((member) => [member.key, valueOf(member.value)]))
  }
}

/** The path of a member or an item of what is at `path`, as it is shown: `$.output.codec`, `$.artifacts[0]`. */
export const pathInto = (path: string, step: string | number): string =>
  typeof step === "number"
    ? `${path}[${step}]`
    : /^[A-Za-z_][A-Za-z0-9_]*$/.test(step)
    ? `${path}.${step}`
    : `${path}[${JSON.stringify(step)}]`
