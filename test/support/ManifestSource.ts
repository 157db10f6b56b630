/** Manifests as people and tools write them: any order of keys, any layout, with keys that the packer does not know. */
import { Arbitrary, Schema } from "effect"
import type { JsonValue } from "../../src/domain/JsonValue.ts"
import { integer, maybe, oneOf, pick, shuffled } from "./Arbitraries.ts"
import { foreignMembers, printFile, type Raw, style } from "./JsonSource.ts"

const boolean = pick(false, true)

/** Names of files in the asset, in NFC. */
const fileNames = ["a.png", "b.png", "sub/c.png", "é.png", "quote\".png", "😀.png", "d.png"] as const

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

/** Metadata are shown, so they are JSON; a number that is none makes the manifest invalid. */
const finiteMembers = Arbitrary.map(
  foreignMembers(),
  (members) => members.map(([key, value]) => [key, value.replaceAll("1e400", "1e308")] as const)
)

const output = Arbitrary.map(
  Arbitrary.all({
    metadata: maybe(finiteMembers),
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
    return printFile({ object: shuffled(members, drawn.seed) }, drawn.style)
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
