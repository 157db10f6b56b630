/** What the property tests of texts and registries draw from. */
import { Arbitrary, Schema } from "effect"

/** A whole number between two others, both included. */
export const integer = (minimum: number, maximum: number): Arbitrary.Arbitrary<number> =>
  Arbitrary.schema(Schema.Int.check(Schema.isBetween({ minimum, maximum })))

/** One of some arbitraries. */
export const oneOf = <A>(
  first: Arbitrary.Arbitrary<A>,
  ...others: ReadonlyArray<Arbitrary.Arbitrary<A>>
): Arbitrary.Arbitrary<A> => Arbitrary.flatMap(integer(0, others.length), (index) => others[index - 1] ?? first)

/** One of some values. */
export const pick = <const A>(first: A, ...others: ReadonlyArray<A>): Arbitrary.Arbitrary<A> =>
  oneOf<A>(Arbitrary.Constant(first), ...others.map((value) => Arbitrary.Constant<A>(value)))

/** White space as JSON has it between tokens. */
export const space = pick("", "", "", " ", "  ", "\t", "\n", "\r\n", "\r", "\n\n  ")

/** Sources of values that a parser or a printer gets wrong if it can. */
export const scalarSource = oneOf(
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
export const keySource = oneOf(
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
