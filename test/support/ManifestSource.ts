/** Manifests as people and tools write them: any order of keys, any layout, with keys that the packer does not know. */
import { Arbitrary, Schema } from "effect"
import type { JsonValue } from "../../src/domain/JsonText.ts"
import { integer, jsonSource, keySource, oneOf, pick } from "./Arbitraries.ts"

/** A JSON value whose scalars are source text, so that nothing about them is lost in printing. */
type Raw = string | { readonly array: ReadonlyArray<Raw> } | { readonly object: ReadonlyArray<readonly [string, Raw]> }

interface Style {
  readonly lineEnd: string
  readonly indent: string
  readonly pad: string
  readonly colon: string
  readonly comma: string
  /** The depth from which on everything stands on one line. */
  readonly flatFrom: number
  readonly before: string
  readonly after: string
}

const boolean = pick(false, true)

/** Sometimes a value. */
const maybe = <A>(arbitrary: Arbitrary.Arbitrary<A>): Arbitrary.Arbitrary<A | undefined> =>
  oneOf<A | undefined>(arbitrary, Arbitrary.Constant(undefined))

const style: Arbitrary.Arbitrary<Style> = Arbitrary.all({
  lineEnd: pick("\n", "\r\n", "\r"),
  indent: pick("  ", "    ", "\t", "            "),
  pad: pick("", " "),
  colon: pick(": ", ":", " : "),
  comma: pick(", ", ","),
  flatFrom: integer(0, 4),
  before: pick("", "", " ", "\t"),
  after: pick("", "end", "end end", " end")
}).pipe(
  Arbitrary.map((style) => ({ ...style, after: style.after.replaceAll(" ", "").replaceAll("end", style.lineEnd) }))
)

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

const foreignMembers = (...known: ReadonlyArray<string>) =>
  Arbitrary.map(
    Arbitrary.array(Arbitrary.all([keySource, foreign]), { maxLength: 3 }),
    (members): ReadonlyArray<readonly [string, string]> =>
      members.filter(([key], place) =>
        !known.includes(JSON.parse(key)) &&
        members.findIndex(([other]) => JSON.parse(other) === JSON.parse(key)) === place
      )
  )

const shuffled = <A>(items: ReadonlyArray<A>, seed: number): ReadonlyArray<A> => {
  const left = [...items]
  let random = seed
  return items.flatMap(() => {
    random = (random * 48_271 + 11) % 2_147_483_647
    return left.splice(random % left.length, 1)
  })
}

/** Names of files in the asset, in NFC. */
export const fileNames = ["a.png", "b.png", "sub/c.png", "é.png", "quote\".png", "😀.png", "d.png"] as const

/** How a manifest spells them. */
const spellings = fileNames.map((file) => file === "é.png" ? "\"e\\u0301.png\"" : JSON.stringify(file))

/** Different files in any order. */
export const fileList: Arbitrary.Arbitrary<ReadonlyArray<string>> = Arbitrary.map(
  Arbitrary.all([integer(0, fileNames.length), integer(1, 1_000_000)]),
  ([length, seed]) => shuffled(fileNames, seed).slice(0, length)
)

const present = <A>(member: readonly [string, A | undefined]): ReadonlyArray<readonly [string, A]> =>
  member[1] === undefined ? [] : [[member[0], member[1]]]

const rows = Arbitrary.map(
  Arbitrary.all({
    length: integer(0, 4),
    seed: integer(1, 1_000_000),
    indexes: pick("in order", "shuffled", "with gaps", "repeated"),
    extra: Arbitrary.array(foreignMembers("index", "file"), { minLength: 4, maxLength: 4 }),
    swapped: boolean
  }),
  ({ extra, indexes, length, seed, swapped }): Raw => {
    const numbers = shuffled([0, 1, 2, 3].slice(0, length), seed)
    return {
      array: shuffled(spellings, seed).slice(0, length).map((file, place) => {
        const number = numbers[place] ?? 0
        const index = { "in order": place, shuffled: number, "with gaps": 3 * number + 1, repeated: 2 }[indexes]
        const known = [["\"index\"", index === 1 ? "1.0" : `${index}`], ["\"file\"", file]] as const
        return { object: [...swapped ? known.toReversed() : known, ...extra[place] ?? []] }
      })
    }
  }
)

const output = Arbitrary.map(
  Arbitrary.all({
    metadata: maybe(foreignMembers()),
    extra: foreignMembers("format", "codec", "metadata"),
    seed: integer(1, 1_000_000)
  }),
  ({ extra, metadata, seed }): Raw => ({
    object: shuffled([
      ["\"format\"", "\"TILES\\/indexed_v1\""],
      ["\"codec\"", "\"none\""],
      ...present(["\"metadata\"", metadata && { object: metadata }]),
      ...extra
    ], seed)
  })
)

/** Texts of valid manifests. */
export const manifestSource: Arbitrary.Arbitrary<string> = Arbitrary.map(
  Arbitrary.all({
    style,
    seed: integer(1, 1_000_000),
    version: pick("1", "1", "1.0", "1e0"),
    uuid: maybe(pick("\"0198c0de-7000-7000-8000-000000000001\"")),
    name: pick("\"ui_atlas\"", "\"caf\\u00e9\"", "\"\\ud83d\\ude00\""),
    output,
    preload: maybe(pick("false", "true")),
    artifacts: maybe(rows),
    inputsByRole: maybe(pick("{\"main\" : [\"a.png\"]}", "[ ]")),
    extra: foreignMembers(
      "schema_version",
      "asset_uuid",
      "name",
      "family",
      "output",
      "preload",
      "artifacts",
      "inputsByRole"
    )
  }),
  (drawn) => {
    const members: ReadonlyArray<readonly [string, Raw]> = [
      ["\"schema_version\"", drawn.version],
      ...present(["\"asset_uuid\"", drawn.uuid]),
      ["\"name\"", drawn.name],
      ["\"family\"", "\"tile_bank\""],
      ["\"output\"", drawn.output],
      ...present(["\"preload\"", drawn.preload]),
      ...present(["\"artifacts\"", drawn.artifacts]),
      ...present(["\"inputsByRole\"", drawn.inputsByRole]),
      ...drawn.extra
    ]
    return drawn.style.before + print({ object: shuffled(members, drawn.seed) }, drawn.style) + drawn.style.after
  }
)

/** Metadata as a command sets them; numbers that JSON has no text for are not among them. */
export const metadataValue = Arbitrary.map(
  foreignMembers(),
  (members): Readonly<Record<string, JsonValue>> =>
    JSON.parse(JSON.stringify(Object.fromEntries(members.map(([key, value]) => [JSON.parse(key), JSON.parse(value)]))))
)

/** A name as a command sets it. */
export const nameValue = oneOf(
  pick("ui_atlas", "café", "with \"quotes\"", "$&", "two\nlines"),
  Arbitrary.filter(Arbitrary.schema(Schema.NonEmptyString), (name) => name.isWellFormed())
)
