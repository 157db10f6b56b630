/** JSON texts of any layout. */
import { Arbitrary, Schema } from "effect"
import { integer, oneOf, pick } from "./Arbitraries.ts"

/** White space as JSON has it between tokens. */
const space = pick("", "", "", " ", "  ", "\t", "\n", "\r\n", "\r", "\n\n  ")

/** Sources of values that a parser or a printer gets wrong if it can. */
const scalarSource = oneOf(
  pick("null", "true", "false", "\"\"", "0", "1"),
  pick("-0", "1.0", "1e2", "-1.5E+3", "0.1", "12345678901234567890", "9007199254740993", "1e400", "-1e400", "5e-324"),
  pick(
    "\"\\u00e9\"",
    "\"\\ud83d\\ude00\"",
    "\"\\ud800\"",
    "\"\\/\\\"\\\\\\b\\f\\n\\r\\t\"",
    "\"{[,:]}\"",
    "\"// no\"",
    "\"😀 é \u2028<<<<<<< \""
  ),
  Arbitrary.map(Arbitrary.schema(Schema.String), (text) => JSON.stringify(text))
)

/**
 * Sources of keys, some of which mean the same. None is a lone backslash: once there was such a key, `JSON.parse` of
 * Node 24 takes other escaped keys for it (`{"k":1,"\\":1}`, then `{"k":1,"\n":1}`), and it is what we compare with.
 */
const keySource = oneOf(
  pick("\"a\"", "\"\\u0061\"", "\"b\"", "\"\"", "\"__proto__\"", "\"constructor\"", "\"toString\"", "\"0\"", "\"1\""),
  pick("\"é\"", "\"a b\"", "\"a.b\"", "\"\\\"\"", "\"schema_version\"", "\"😀\"", "\"\\ud800\""),
  Arbitrary.map(Arbitrary.schema(Schema.String), (text) => JSON.stringify(text.replaceAll("\\", "/")))
)

/** Sources of members with different keys. */
const differentKeys = (
  members: ReadonlyArray<readonly [string, string]>
): ReadonlyArray<readonly [string, string]> => [
  ...new Map(members.map((member) => [JSON.parse(member[0]), member] as const)).values()
]

/** Valid JSON texts of all layouts, without repeated keys, nested up to `depth` levels. */
export const jsonSource = (depth: number): Arbitrary.Arbitrary<string> => {
  if (depth === 0) return scalarSource
  const inner = jsonSource(depth - 1)
  const entries = <A>(entry: Arbitrary.Arbitrary<A>) => Arbitrary.array(entry, { maxLength: 4 })
  return oneOf(
    inner,
    Arbitrary.map(
      Arbitrary.all([space, entries(Arbitrary.all([space, inner, space]))]),
      ([empty, items]) => `[${items.length === 0 ? empty : items.map((item) => item.join("")).join(",")}]`
    ),
    Arbitrary.map(
      Arbitrary.all([space, space, entries(Arbitrary.all([keySource, inner]))]),
      ([before, after, members]) =>
        `{${before}${
          differentKeys(members).map(([key, value]) => `${key}${after}:${before}${value}${after}`).join(`,${before}`)
        }}`
    )
  )
}

/** A JSON value whose scalars are source text, so that nothing about them is lost in printing. */
export type Raw = string | { readonly array: ReadonlyArray<Raw> } | {
  readonly object: ReadonlyArray<readonly [string, Raw]>
}

/** How a file is laid out. */
interface Style {
  readonly lineEnd: string
  readonly indent: string
  readonly pad: string
  readonly colon: string
  readonly comma: string
  /** The depth from which on everything stands on one line. */
  readonly flatFrom: number
  readonly before: string
  readonly lastLineEnds: number
}

/** Layouts. */
export const style: Arbitrary.Arbitrary<Style> = Arbitrary.all({
  lineEnd: pick("\n", "\r\n", "\r"),
  indent: pick("  ", "    ", "\t", "            "),
  pad: pick("", " "),
  colon: pick(": ", ":", " : "),
  comma: pick(", ", ","),
  flatFrom: integer(0, 4),
  before: pick("", "", " ", "\t"),
  lastLineEnds: integer(0, 3)
})

/** The text of a file in a layout. */
export const printFile = (raw: Raw, style: Style): string =>
  style.before + print(raw, style) + style.lineEnd.repeat(style.lastLineEnds)

const print = (raw: Raw, style: Style, depth = 0): string => {
  if (typeof raw === "string") return raw
  const [open, close] = "array" in raw ? ["[", "]"] : ["{", "}"]
  const entries = "array" in raw
    ? raw.array.map((item) => print(item, style, depth + 1))
    : raw.object.map(([key, value]) => key + style.colon + print(value, style, depth + 1))
  const padding = "array" in raw ? "" : style.pad
  if (entries.length === 0) return `${open}${padding}${close}`
  if (depth >= style.flatFrom) return `${open}${padding}${entries.join(style.comma)}${padding}${close}`
  const line = style.lineEnd + style.indent.repeat(depth)
  return `${open}${line}${style.indent}${entries.join(`,${line}${style.indent}`)}${line}${close}`
}

/** Source of a value that is none of the packer's business; on one line, so that it fits every layout. */
const foreign = Arbitrary.map(
  oneOf(
    jsonSource(2),
    pick("1.0", "1e2", "12345678901234567890", "\"\\u00e9\"", "[]", "{ }", "{\"a\":{\"__proto__\":1}}")
  ),
  (source) => source.replaceAll(/[\r\n]/g, " ")
)

/** Up to three members whose keys are none of the known ones. */
export const foreignMembers = (...known: ReadonlyArray<string>) =>
  Arbitrary.map(
    Arbitrary.array(Arbitrary.all([keySource, foreign]), { maxLength: 3 }),
    (members): ReadonlyArray<readonly [string, string]> =>
      members.filter(([key], place) =>
        !known.includes(JSON.parse(key)) &&
        members.findIndex(([other]) => JSON.parse(other) === JSON.parse(key)) === place
      )
  )
