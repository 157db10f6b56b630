import { assert, describe, it } from "@effect/vitest"
import { Arbitrary, Result, Schema } from "effect"
// The platform's comparison, because the one of `assert` does not see a key `__proto__` for what it is.
import { deepStrictEqual } from "node:assert"
import { JsonReader, parseJson } from "../../src/domain/JsonReader.ts"
import { decodeText, type JsonNode, type JsonProblem, memberOf, placesIn, valueOf } from "../../src/domain/JsonText.ts"
import { canonicalJson, maxJsonDepth } from "../../src/domain/JsonValue.ts"
import { integer, oneOf, pick } from "../support/Arbitraries.ts"
import { jsonSource } from "../support/JsonSource.ts"

const valueIn = (text: string): unknown => valueOf(Result.getOrThrow(parseJson(text)))

const problemsOf = (text: string): ReadonlyArray<JsonProblem> => {
  const parsed = parseJson(text)
  return Result.isFailure(parsed) ? parsed.failure : []
}

const problemOf = (text: string): Omit<JsonProblem, "message"> | undefined => {
  const [first] = problemsOf(text)
  if (first === undefined) return undefined
  const { message: _, ...where } = first
  return where
}

/** What the platform's own parser says, or `undefined` if it refuses the text. */
const platformValue = (text: string): { readonly value: unknown } | undefined => {
  try {
    return { value: JSON.parse(text) }
  } catch {
    return undefined
  }
}

/** Members that a value has, at all its levels. */
const membersIn = (value: unknown): number =>
  typeof value !== "object" || value === null
    ? 0
    : Object.values(value).reduce<number>(
      (count, inner) => count + membersIn(inner),
      Array.isArray(value) ? 0 : Object.keys(value).length
    )

/** What is left of a valid text without its strings: colons are members, brackets are levels. */
const skeleton = (text: string): string => text.replaceAll(/"(?:[^"\\]|\\.)*"/g, "")

const membersWritten = (text: string): number => skeleton(text).split(":").length - 1

const levelsWritten = (text: string): number => {
  let [level, deepest] = [0, 0]
  for (const letter of skeleton(text)) {
    if (letter === "[" || letter === "{") deepest = Math.max(deepest, ++level)
    if (letter === "]" || letter === "}") level--
  }
  return deepest
}

/** The rule that holds for every text there is. */
const agreesWithThePlatform = (text: string): void => {
  // The key that `JSON.parse` of Node 24 mistakes others for, see `keySource`.
  if (text.includes("\"\\\\\"")) return
  const platform = platformValue(text)
  const parsed = parseJson(text)
  const allowed = platform !== undefined && membersIn(platform.value) === membersWritten(text) &&
    levelsWritten(text) <= maxJsonDepth
  assert.strictEqual(Result.isSuccess(parsed), allowed)
  if (Result.isSuccess(parsed)) deepStrictEqual(valueOf(parsed.success), platform?.value)
  if (Result.isSuccess(parsed)) return
  assert.isAbove(parsed.failure.length, 0)
  for (const problem of parsed.failure) {
    assert.isTrue(problem.path.startsWith("$"))
    assert.isAtLeast(problem.line ?? 0, 1)
    assert.isAtLeast(problem.column ?? 0, 1)
  }
}

const nodesIn = (node: JsonNode): ReadonlyArray<JsonNode> =>
  node.kind === "scalar"
    ? [node]
    : [node, ...(node.kind === "array" ? node.items : node.members.map((member) => member.value)).flatMap(nodesIn)]

const splice = Arbitrary.all({
  at: integer(0, 1_000_000),
  length: integer(0, 4),
  insert: oneOf(
    pick("", "", "\"", "{", "}", "[", "]", ",", ":", "\\", "//", "/* */", "\0", "\u001f", "\ud800", "\udc00"),
    pick("\ufeff", "\u00a0", "\u2028", "NaN", "Infinity", "undefined", "+1", "01", ".5", "1.", "1e", "-", "'a'"),
    pick(",,", ",]", ",}", "\"a\":1,", "\"__proto__\":{},", "\\u12", "\\x41", "\u0007", "nul", "truefalse")
  )
})

const spliced = (
  text: string,
  splices: ReadonlyArray<typeof splice extends Arbitrary.Arbitrary<infer A> ? A : never>
) =>
  splices.reduce((damaged, { at, insert, length }) => {
    const start = at % (damaged.length + 1)
    return damaged.slice(0, start) + insert + damaged.slice(start + length)
  }, text)

describe("parseJson", () => {
  it.prop("reads every valid text as the platform does", { text: jsonSource(4) }, ({ text }) => {
    assert.isDefined(platformValue(text))
    agreesWithThePlatform(text)
    assert.isTrue(Result.isSuccess(parseJson(text)))
  }, { arbitrary: { runs: 2000, size: 20, seed: "valid texts" } })

  it.prop(
    "refuses every damaged text that the platform refuses, and no other",
    { text: jsonSource(3), splices: Arbitrary.array(splice, { minLength: 1, maxLength: 3 }) },
    ({ splices, text }) => agreesWithThePlatform(spliced(text, splices)),
    { arbitrary: { runs: 6000, size: 10, seed: "damaged texts" } }
  )

  it.prop("refuses every valid text that was cut off", { text: jsonSource(3), at: integer(0, 1_000_000) }, (drawn) => {
    agreesWithThePlatform(drawn.text.slice(0, drawn.at % (drawn.text.length + 1)))
  }, { arbitrary: { runs: 2000, size: 10, seed: "cut texts" } })

  it.prop("never throws, whatever the text", { text: Schema.String }, ({ text }) => agreesWithThePlatform(text), {
    arbitrary: { runs: 1000, seed: "any texts" }
  })

  it.prop("knows exactly where each value stands", { text: jsonSource(4) }, ({ text }) => {
    const root = Result.getOrThrow(parseJson(text))
    for (const node of nodesIn(root)) {
      const source = text.slice(node.start, node.end)
      assert.strictEqual(source, source.replaceAll(/^[ \t\r\n]+|[ \t\r\n]+$/g, ""))
      deepStrictEqual(valueOf(node), JSON.parse(source))
      if (node.kind !== "object") continue
      for (const member of node.members) {
        const written = text.slice(member.start, member.value.end)
        deepStrictEqual(JSON.parse(`{${written}}`), Object.fromEntries([[member.key, valueOf(member.value)]]))
        assert.isTrue(written.startsWith("\""))
        assert.strictEqual(memberOf(node, member.key), member)
      }
    }
  }, { arbitrary: { runs: 1000, size: 20, seed: "places of values" } })

  it.each([
    "",
    " ",
    "01",
    "-",
    "+1",
    "1.",
    ".5",
    "1e",
    "0x10",
    "NaN",
    "Infinity",
    "tru",
    "nullnull",
    "'a'",
    "\"a",
    "\"\\\"",
    "\"\\u00g0\"",
    "\"\\u00",
    "\"\\x41\"",
    "\"\t\"",
    "\"\n\"",
    "\"\0\"",
    "[1,]",
    "[,1]",
    "[1 2]",
    "[1",
    "]",
    "{\"a\":1,}",
    "{,}",
    "{a:1}",
    "{\"a\"}",
    "{\"a\":}",
    "{\"a\" 1}",
    "{\"a\":1",
    "{1:1}",
    "1 2",
    "{}[]",
    "// a\n1",
    "1 // a",
    "/* a */ 1",
    "\ufeff1",
    "\u00a01",
    "\u20281",
    "1\v",
    "1\f",
    "1\0"
  ])("refuses %j as the platform does", (text) => {
    assert.isUndefined(platformValue(text))
    assert.strictEqual(problemOf(text)?.kind, "syntax")
  })

  it.each(["-0", "1e400", "-1e400", "5e-324", "1E+2", "12345678901234567890", "\"\\ud800\"", "\"\u007f\u2028\""])(
    "reads %s as the platform does",
    (text) => deepStrictEqual(valueIn(text), JSON.parse(text))
  )

  it("takes __proto__ for a key like any other", () => {
    const text = "{\"__proto__\":{\"admin\":true},\"a\":[{\"__proto__\":null}]}"
    deepStrictEqual(valueIn(text), JSON.parse(text))
    assert.strictEqual(Object.getPrototypeOf(valueIn(text)), Object.prototype)
    assert.notProperty({}, "admin")
  })

  describe("nesting", () => {
    const arrays = (levels: number, inside: string) => "[".repeat(levels) + inside + "]".repeat(levels)
    const objects = (levels: number, inside: string) => "{\"a\":".repeat(levels) + inside + "}".repeat(levels)

    it.each(["", "1", "\"a\""])("is read down to the limit, around %j", (inside) => {
      assert.deepStrictEqual(problemsOf(arrays(maxJsonDepth, inside)), [])
      assert.strictEqual(problemOf(arrays(maxJsonDepth + 1, inside))?.kind, "too-deep")
    })

    it("is refused in objects as in arrays, at the level that is too deep", () => {
      assert.deepStrictEqual(problemsOf(objects(maxJsonDepth, "1")), [])
      assert.deepStrictEqual(problemOf(objects(maxJsonDepth + 1, "1")), {
        kind: "too-deep",
        path: `$${".a".repeat(maxJsonDepth)}`,
        line: 1,
        column: maxJsonDepth * "{\"a\":".length + 1
      })
    })

    it("of a hundred thousand levels does not exhaust the stack", () => {
      for (const text of [arrays(100_000, ""), objects(100_000, "1"), "[".repeat(1_000_000)]) {
        assert.strictEqual(problemOf(text)?.kind, "too-deep")
      }
    })
  })

  describe("repeated keys", () => {
    it("are refused wherever they are, all of them, each with its place", () => {
      const text = "{\n  \"a\": 1,\n  \"b\": [{ \"é\": 1, \"é\": 2 }],\n  \"\\u0061\": 2,\n  \"a\": 3\n}"
      assert.deepStrictEqual(problemsOf(text).map(({ column, kind, line, path }) => [kind, path, line, column]), [
        ["duplicate-key", "$.b[0][\"é\"]", 3, 19],
        ["duplicate-key", "$.a", 4, 3],
        ["duplicate-key", "$.a", 5, 3]
      ])
    })

    it("are refused for keys that every object inherits, and only if they are repeated", () => {
      assert.deepStrictEqual(problemsOf("{\"__proto__\":1,\"constructor\":2,\"toString\":3}"), [])
      assert.strictEqual(problemOf("{\"__proto__\":1,\"__proto__\":1}")?.kind, "duplicate-key")
    })

    it("are told together with the syntax error behind them", () => {
      assert.deepStrictEqual(problemsOf("{\"a\":1,\"a\":2,}").map(({ kind }) => kind), ["duplicate-key", "syntax"])
    })

    it("may be a hundred thousand without a wait", () => {
      const lines = Array.from({ length: 100_000 }, () => "\"a\":1")
      assert.strictEqual(problemsOf(`{${lines.join(",\n")}}`).length, 99_999)
    })
  })

  describe("the place of a problem", () => {
    it.each([
      ["[1,\n 2,\r\n 3,\r x]", 4, 2],
      ["\n\n\r\n\rx", 5, 1],
      ["{\"a\":1,\r\n\"a\":2}", 2, 1],
      ["\"é😀\" x", 1, 7],
      ["[\"a\",\n  \"b]", 2, 3],
      ["[\"a\\q\"]", 1, 4],
      ["[\"a\u0001\"]", 1, 4],
      ["[1,\r\n\r\n", 3, 1],
      ["", 1, 1]
    ])("in %j is line %i, column %i", (text, line, column) => {
      const problem = problemOf(text)
      assert.deepStrictEqual([problem?.line, problem?.column], [line, column])
    })

    it.each([
      ["{\"a\":{\"b c\":[0,1,?]}}", "$.a[\"b c\"][2]"],
      ["{\"a\":[1,]}", "$.a"],
      ["{\"a\" 1}", "$.a"],
      ["[1] 2", "$"]
    ])("in %j is at the path %s", (text, path) => assert.strictEqual(problemOf(text)?.path, path))

    it.each([
      ["// a", /comment/],
      ["[1,]", /comma after the last item/],
      ["{\"a\":1,}", /comma after the last member/],
      ["[1", /the text ends/],
      ["{\"a\":1,\"a\":1}", /"a" is there twice/],
      ["\"a", /not closed/]
    ])("in %j is told in words", (text, words) => assert.match(problemsOf(text)[0]?.message ?? "", words))
  })
})

describe("placesIn", () => {
  const letters = Arbitrary.array(pick("a", "\n", "\r", "\r\n", "é", "\u2028", "😀"), { maxLength: 12 })

  it.prop("counts lines that end with \\r\\n, \\n or \\r, and no others", { letters }, ({ letters }) => {
    const place = placesIn(letters.join(""))
    let [line, column, offset] = [1, 1, 0]
    for (const letter of letters.join("").match(/\r\n|[^]/g) ?? []) {
      assert.deepStrictEqual(place(offset), { line, column })
      offset += letter.length
      if (/[\r\n]/.test(letter)) [line, column] = [line + 1, 1]
      else column++
    }
    assert.deepStrictEqual(place(offset), { line, column })
    assert.deepStrictEqual(place(0), { line: 1, column: 1 })
  }, { arbitrary: { runs: 500, seed: "lines" } })
})

describe("decodeText", () => {
  const kindOf = (...bytes: ReadonlyArray<number>) => {
    const decoded = decodeText(Uint8Array.from(bytes))
    return Result.isFailure(decoded) ? decoded.failure.kind : decoded.success
  }

  it("names a byte order mark, also of an otherwise empty file", () => {
    assert.strictEqual(kindOf(0xef, 0xbb, 0xbf), "byte-order-mark")
    assert.strictEqual(kindOf(0xef, 0xbb, 0xbf, 0x7b, 0x7d), "byte-order-mark")
  })

  it.each([
    [0xff, 0xfe, 0x7b, 0x00],
    [0x7b, 0xe9, 0x7d],
    [0xc0, 0x80],
    [0xed, 0xa0, 0x80],
    [0xf4, 0x90, 0x80, 0x80],
    [0xef, 0xbb]
  ])("refuses bytes that are no UTF-8: %s %s %s %s", (...bytes) => assert.strictEqual(kindOf(...bytes), "invalid-utf8"))

  it("keeps a byte order mark that is not the first character, for the parser to refuse", () => {
    assert.strictEqual(kindOf(0x20, 0xef, 0xbb, 0xbf), " \ufeff")
  })

  it.prop("gives back every text", { text: Schema.String }, ({ text }) => {
    assert.deepStrictEqual(decodeText(new TextEncoder().encode(text)), Result.succeed(text.toWellFormed()))
  }, { arbitrary: { runs: 200, seed: "utf-8" } })
})

describe("canonicalJson", () => {
  it("says the same whatever the order of keys, at every level", () => {
    assert.strictEqual(canonicalJson({ b: [{ d: 1, c: 2 }], a: 3 }), canonicalJson({ a: 3, b: [{ c: 2, d: 1 }] }))
  })

  it("tells the order of items, and keys that look inherited", () => {
    assert.notStrictEqual(canonicalJson([1, 2]), canonicalJson([2, 1]))
    assert.notStrictEqual(canonicalJson(JSON.parse("{\"__proto__\":1}")), canonicalJson({}))
    assert.notStrictEqual(canonicalJson("1"), canonicalJson(1))
  })
})

describe("JsonReader", () => {
  it("hands out members and items one at a time, so that a large file can be read in slices", () => {
    const reader = new JsonReader(" {\"a\": [1, {\"b\": 2}], \"c\": 3} ")
    const read: Array<unknown> = []
    for (const member of reader.members("$")) {
      if (member.key !== "a") read.push([member.path, valueOf(reader.value(member.path))])
      else for (const path of reader.items(member.path)) read.push([path, valueOf(reader.value(path))])
    }
    reader.end()
    assert.deepStrictEqual(read, [["$.a[0]", 1], ["$.a[1]", { b: 2 }], ["$.c", 3]])
  })
})
