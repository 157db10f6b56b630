/**
 * Reading JSON: RFC 8259 and nothing else. No comments, no trailing commas, no repeated keys; everything with its place,
 * and in slices where a file is long.
 */
import * as Result from "effect/Result"

import { type JsonMember, type JsonNode, type JsonProblem, pathInto, type Place, placesIn } from "./JsonText.ts"
import { maxJsonDepth } from "./JsonValue.ts"

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

  /** What a sticky pattern matches where the next token starts. */
  match(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.offset
    return pattern.exec(this.text)?.[0]
  }

  /** Goes on behind what was matched. */
  skip(matched: string): void {
    this.#at += matched.length
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
