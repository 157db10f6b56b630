/**
 * JSON as text: a strict parser that keeps where everything stands.
 *
 * `JSON.parse` forgets what the packer must keep or refuse: duplicate keys, the place of an error, the exact source of
 * values that are written back untouched. This one takes RFC 8259 and nothing else: no comments, no trailing commas,
 * no byte order mark, no repeated keys.
 */
import * as Result from "effect/Result"

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
export interface JsonScalar {
  readonly kind: "scalar"
  readonly start: number
  readonly end: number
  readonly value: string | number | boolean | null
}

/** A value as JSON has it, without places. */
export type JsonValue =
  | string
  | number
  | boolean
  | null
  | ReadonlyArray<JsonValue>
  | { readonly [key: string]: JsonValue }

/** Why bytes are not the JSON that the packer reads, and where (line and column start at 1). */
export interface JsonProblem {
  readonly kind: "byte-order-mark" | "invalid-utf8" | "syntax" | "duplicate-key" | "too-deep"
  readonly message: string
  readonly path: string
  readonly line?: number
  readonly column?: number
}

/** Deeper nesting is refused, so that no walk over a value can exhaust the stack. */
export const maxJsonDepth = 256

/** True if a value is nested deeper than `levels`, as a circle is. */
export const isDeeperThan = (value: unknown, levels: number): boolean => {
  let level = new Set<unknown>([value])
  for (let depth = 0; depth <= levels && level.size > 0; depth++) {
    const next = new Set<unknown>()
    for (const item of level) {
      if (typeof item !== "object" || item === null) continue
      for (const inner of Object.values(item)) next.add(inner)
    }
    level = next
  }
  return level.size > 0
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

/** A place in a text as people count it: line and column from 1. */
export interface Place {
  readonly line: number
  readonly column: number
}

/**
 * Tells the places of a text from their offsets. `\r\n`, `\n` and `\r` end lines. It counts on from the place before, so
 * that a hundred thousand problems, told in their order, cost no more than one look at the text.
 */
export const placesIn = (text: string): (offset: number) => Place => {
  let [at, line, lineStart] = [0, 1, 0]
  return (offset) => {
    if (offset < at) [at, line, lineStart] = [0, 1, 0]
    for (; at < offset; at++) {
      const code = text.charCodeAt(at)
      if (code !== 0x0a && (code !== 0x0d || text.charCodeAt(at + 1) === 0x0a)) continue
      line++
      lineStart = at + 1
    }
    return { line, column: offset - lineStart + 1 }
  }
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

/** A text that is the same for two values exactly if they say the same; the order of keys says nothing. */
export const canonicalJson = (value: unknown): string =>
  JSON.stringify(value, (_, inner: unknown) =>
    typeof inner === "object" && inner !== null && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).toSorted(([a], [b]) => a < b ? -1 : 1))
      : inner)

/** Thrown and caught inside this module and by those who drive a `JsonReader` themselves. */
export class JsonFault extends Error {
  readonly problem: JsonProblem
  constructor(problem: JsonProblem) {
    super(problem.message)
    this.problem = problem
  }
}

const number = /-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?/y
const words: ReadonlyArray<readonly [string, boolean | null]> = [["true", true], ["false", false], ["null", null]]
const escapes: ReadonlyMap<string, string> = new Map([
  ["\"", "\""],
  ["\\", "\\"],
  ["/", "/"],
  ["b", "\b"],
  ["f", "\f"],
  ["n", "\n"],
  ["r", "\r"],
  ["t", "\t"]
])

/** The path of a member or an item of what is at `path`, as it is shown: `$.output.codec`, `$.artifacts[0]`. */
export const pathInto = (path: string, step: string | number): string =>
  typeof step === "number"
    ? `${path}[${step}]`
    : /^[A-Za-z_][A-Za-z0-9_]*$/.test(step)
    ? `${path}.${step}`
    : `${path}[${JSON.stringify(step)}]`

/**
 * Reads a text from left to right. `members` and `items` hand out one entry at a time, so that a file with a hundred
 * thousand entries can be read in slices; the caller must read the entry's value before it asks for the next.
 */
export class JsonReader {
  readonly text: string
  readonly #placeOf: (offset: number) => Place
  #at = 0
  /** Repeated keys met so far; the text after them is still read. */
  readonly duplicates: Array<JsonProblem> = []

  constructor(text: string) {
    this.text = text
    this.#placeOf = placesIn(text)
  }

  /** Where the next token starts. */
  get offset(): number {
    this.#skipSpace()
    return this.#at
  }

  /** The first character of the next token, or `""` at the end. */
  peek(): string {
    this.#skipSpace()
    return this.text.charAt(this.#at)
  }

  /** Where the last token read ended. */
  get last(): number {
    return this.#at
  }

  fail(message: string, path: string, offset = this.#at, kind: JsonProblem["kind"] = "syntax"): never {
    throw new JsonFault({ kind, message, path, ...this.#placeOf(offset) })
  }

  /** Reads the end of the text. */
  end(): void {
    if (this.peek() !== "") this.fail("there is more text after the end of the value", "$")
  }

  /** Reads `{`, each key in turn, and `}`. */
  *members(path: string): Generator<{ readonly key: string; readonly start: number; readonly path: string }> {
    const seen = new Set<string>()
    this.#take("{", path)
    if (this.peek() === "}") return this.#take("}", path)
    while (true) {
      const start = this.offset
      if (this.peek() !== "\"") this.fail(this.#unexpected("a key in double quotes"), path)
      const key = this.#string(path)
      const inner = pathInto(path, key)
      if (seen.has(key)) {
        const message = `the key ${JSON.stringify(key)} is there twice`
        this.duplicates.push({ kind: "duplicate-key", message, path: inner, ...this.#placeOf(start) })
      }
      seen.add(key)
      this.#take(":", inner)
      yield { key, start, path: inner }
      if (this.peek() === "}") return this.#take("}", path)
      this.#take(",", path)
      if (this.peek() === "}") this.fail("there is a comma after the last member", path)
    }
  }

  /** Reads `[`, hands out the path of each item in turn, and reads `]`. */
  *items(path: string): Generator<string> {
    this.#take("[", path)
    if (this.peek() === "]") return this.#take("]", path)
    for (let index = 0;; index++) {
      yield pathInto(path, index)
      if (this.peek() === "]") return this.#take("]", path)
      this.#take(",", path)
      if (this.peek() === "]") this.fail("there is a comma after the last item", path)
    }
  }

  /** Reads one value. */
  value(path: string, depth = 0): JsonNode {
    const start = this.offset
    const first = this.text.charAt(start)
    if (depth === maxJsonDepth && (first === "{" || first === "[")) {
      this.fail(`it is nested deeper than ${maxJsonDepth} levels`, path, start, "too-deep")
    }
    switch (first) {
      case "{": {
        const members: Array<JsonMember> = []
        for (const member of this.members(path)) {
          members.push({ key: member.key, start: member.start, value: this.value(member.path, depth + 1) })
        }
        return { kind: "object", start, end: this.#at, members }
      }
      case "[": {
        const items: Array<JsonNode> = []
        for (const item of this.items(path)) items.push(this.value(item, depth + 1))
        return { kind: "array", start, end: this.#at, items }
      }
      case "\"":
        return { kind: "scalar", value: this.#string(path), start, end: this.#at }
      default:
        return { kind: "scalar", value: this.#numberOrWord(path), start, end: this.#at }
    }
  }

  #skipSpace(): void {
    for (let code = this.text.charCodeAt(this.#at);; code = this.text.charCodeAt(++this.#at)) {
      if (code !== 0x20 && code !== 0x0a && code !== 0x0d && code !== 0x09) return
    }
  }

  #unexpected(wanted: string): string {
    const found = this.peek()
    if (found === "/") return `there is a comment, or what looks like one, where ${wanted} should be`
    return found === ""
      ? `the text ends where ${wanted} should be`
      : `there is ${JSON.stringify(found)} where ${wanted} should be`
  }

  #take(token: string, path: string): void {
    if (this.peek() !== token) this.fail(this.#unexpected(`'${token}'`), path)
    this.#at++
  }

  #numberOrWord(path: string): number | boolean | null {
    number.lastIndex = this.#at
    const digits = number.exec(this.text)?.[0]
    if (digits !== undefined) {
      this.#at += digits.length
      return Number(digits)
    }
    for (const [word, value] of words) {
      if (this.text.startsWith(word, this.#at)) {
        this.#at += word.length
        return value
      }
    }
    return this.fail(this.#unexpected("a value"), path)
  }

  #string(path: string): string {
    const start = ++this.#at
    let plainFrom = start
    let read = ""
    while (true) {
      const code = this.text.charCodeAt(this.#at)
      if (code === 0x22) {
        read += this.text.slice(plainFrom, this.#at++)
        return read
      }
      if (Number.isNaN(code)) this.fail("a text in double quotes is not closed", path, start - 1)
      if (code < 0x20) this.fail("there is a bare control character in a text", path)
      if (code !== 0x5c) {
        this.#at++
        continue
      }
      read += this.text.slice(plainFrom, this.#at) + this.#escape(path)
      plainFrom = this.#at
    }
  }

  #escape(path: string): string {
    const letter = this.text.charAt(this.#at + 1)
    const simple = escapes.get(letter)
    if (simple !== undefined) {
      this.#at += 2
      return simple
    }
    const hex = this.text.slice(this.#at + 2, this.#at + 6)
    if (letter !== "u" || !/^[0-9a-fA-F]{4}$/.test(hex)) this.fail("there is an unknown escape in a text", path)
    this.#at += 6
    return String.fromCharCode(Number.parseInt(hex, 16))
  }
}

/** Parses a whole text, or says everything that is wrong with it: one syntax error, or every repeated key. */
export const parseJson = (text: string): Result.Result<JsonNode, ReadonlyArray<JsonProblem>> => {
  const reader = new JsonReader(text)
  try {
    const node = reader.value("$")
    reader.end()
    return reader.duplicates.length === 0 ? Result.succeed(node) : Result.fail(reader.duplicates)
  } catch (fault) {
    if (fault instanceof JsonFault) return Result.fail([...reader.duplicates, fault.problem])
    throw fault
  }
}
