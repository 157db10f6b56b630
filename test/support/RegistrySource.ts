/** Registries as merges, hands and other tools leave them. */
import { Arbitrary } from "effect"
import { integer, maybe, oneOf, pick, shuffled } from "./Arbitraries.ts"
import { foreignMembers, jsonSource, printFile, type Raw, style } from "./JsonSource.ts"

/** A uuid that ends with a number. */
export const uuidText = (number: number): string => `0198c0de-7000-7000-8000-${String(number).padStart(12, "0")}`

/** Roots, some of whose code points sort otherwise than their UTF-16 units, or that are spelled in NFD. */
export const rootTexts = [
  "ui/atlas",
  "ui",
  "a",
  "a b",
  "a/b",
  "é",
  "e\u0301",
  "\uff5e",
  "😀",
  "z/é/\uff5e",
  "quote'",
  "0",
  "-"
]
const illegalRoots = ["", "/a", "a/../b", "a\\b", ".prometeu/x", "con", "a.", "\ud800", "a".repeat(300)]

/** Mostly the first, sometimes the second. */
const mostly = <A>(usual: Arbitrary.Arbitrary<A>, other: Arbitrary.Arbitrary<A>): Arbitrary.Arbitrary<A> =>
  oneOf(usual, usual, usual, usual, usual, usual, other)

const quoted = (values: ReadonlyArray<string>) =>
  Arbitrary.map(integer(0, values.length - 1), (index) => JSON.stringify(values[index]))

const idSource = mostly(
  Arbitrary.map(integer(1, 20), String),
  pick(
    "1.0",
    "2e0",
    "0",
    "-1",
    "1.5",
    "\"1\"",
    "null",
    "[1]",
    "9007199254740991",
    "9007199254740992",
    "1e400",
    undefined
  )
)
const uuidSource = mostly(
  quoted(Array.from({ length: 20 }, (_, number) => uuidText(number))),
  pick(
    "\"0198C0DE-7000-7000-8000-00000000000A\"",
    "\"00000000-0000-0000-0000-000000000000\"",
    "\"not one\"",
    "5",
    undefined
  )
)
const rootSource = mostly(
  quoted(rootTexts),
  oneOf<string | undefined>(quoted(illegalRoots), pick("1", "null", "[]", undefined))
)
const includedSource = mostly(pick("true", "false"), pick("1", "null", "\"true\"", undefined))

const present = <A>(member: readonly [string, A | undefined]): ReadonlyArray<readonly [string, A]> =>
  member[1] === undefined ? [] : [[member[0], member[1]]]

const entryKeys = ["asset_id", "asset_uuid", "root", "included_in_build"] as const

const entry: Arbitrary.Arbitrary<Raw> = mostly(
  Arbitrary.map(
    Arbitrary.all({
      known: Arbitrary.all([idSource, uuidSource, rootSource, includedSource]),
      extra: foreignMembers(...entryKeys),
      seed: integer(1, 1_000_000)
    }),
    ({ extra, known, seed }): Raw => {
      const members = entryKeys.flatMap((key, place) => present([`"${key}"`, known[place]]))
      return { object: shuffled([...members, ...extra], seed) }
    }
  ),
  oneOf<Raw>(jsonSource(1), pick<Raw>("null", "{ }", "[1]", "\"text\"", "{\"__proto__\":{\"asset_id\":1}}"))
)

const topKeys = ["schema_version", "next_asset_id", "assets"] as const

/** Texts of registries that can be read, whatever is to be thought of their entries. */
export const registrySource: Arbitrary.Arbitrary<string> = Arbitrary.map(
  Arbitrary.all({
    style,
    version: pick("1", "1.0"),
    next: maybe(oneOf(Arbitrary.map(integer(1, 30), String), pick("9007199254740991", "9007199254740992"))),
    entries: Arbitrary.array(entry, { maxLength: 8 }),
    extra: foreignMembers(...topKeys),
    seed: integer(1, 1_000_000)
  }),
  ({ entries, extra, next, seed, style, version }) => {
    const members: ReadonlyArray<readonly [string, Raw]> = [
      ["\"schema_version\"", version],
      ...present(["\"next_asset_id\"", next]),
      ["\"assets\"", { array: entries }],
      ...extra
    ]
    return printFile({ object: shuffled(members, seed) }, style)
  }
)
