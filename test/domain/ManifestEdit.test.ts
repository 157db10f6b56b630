import { assert, describe, it } from "@effect/vitest"
import { Arbitrary, Result } from "effect"
// The platform's comparison, because the one of `assert` does not see a key `__proto__` for what it is.
import { deepStrictEqual } from "node:assert"
import { AssetUuid } from "../../src/domain/Identity.ts"
import { parseJson } from "../../src/domain/JsonReader.ts"
import { type JsonNode, type JsonObject, memberOf } from "../../src/domain/JsonText.ts"
import type { JsonValue } from "../../src/domain/JsonValue.ts"
import { type ManifestText, readManifest } from "../../src/domain/Manifest.ts"
import {
  type ContractEdit,
  isComposedOf,
  newManifest,
  rowsOf,
  setComposition,
  setContract,
  setUuid
} from "../../src/domain/ManifestEdit.ts"
import { applyEdits, type TextEdit } from "../../src/domain/TextEdit.ts"
import { oneOf, pick } from "../support/Arbitraries.ts"
import { fileList, manifestSource, metadataValue, nameValue } from "../support/ManifestSource.ts"

const textOf = (bytes: Uint8Array): string => new TextDecoder("utf-8", { fatal: true }).decode(bytes)
const read = (text: string): ManifestText =>
  Result.getOrThrow(readManifest(new TextEncoder().encode(text), 1024 * 1024))

const uuid1 = AssetUuid.make("0198c0de-7000-7000-8000-000000000001")
const uuid2 = AssetUuid.make("0198c0de-7000-7000-8000-000000000002")

/** An edit of a text. */
type Edit = (text: string) => string
const uuid = (value: AssetUuid): Edit => (text) => textOf(setUuid(read(text), value))
const contract = (edit: ContractEdit): Edit => (text) => textOf(setContract(read(text), edit))
const compose = (files: ReadonlyArray<string>): Edit => (text) => textOf(setComposition(read(text), files))

type Json = Readonly<Record<string, unknown>>

/** An object with other members, one more where it did not have it. A `__proto__` stays one key among others. */
const withMembers = (object: Json, members: Json): Json =>
  Object.fromEntries([...Object.entries(object), ...Object.entries(members)])

const objectAt = (root: JsonNode | undefined, ...path: ReadonlyArray<string>): JsonObject | undefined => {
  const [key, ...rest] = path
  if (root?.kind !== "object") return undefined
  return key === undefined ? root : objectAt(memberOf(root, key)?.value, ...rest)
}

/** A text without what stands at some paths: a `?` for each value, and nothing for a member that `before` lacks. */
const frame = (text: string, before: string, paths: ReadonlyArray<ReadonlyArray<string>>): string => {
  const [root, old] = [text, before].map((source) => Result.getOrThrow(parseJson(source)))
  const edits = paths.flatMap((path): ReadonlyArray<TextEdit> => {
    const parents = path.slice(0, -1)
    const key = path.at(-1) ?? ""
    const parent = objectAt(root, ...parents)
    const member = parent && memberOf(parent, key)
    if (parent === undefined || member === undefined) return []
    const { end, start } = member.value
    const oldParent = objectAt(old, ...parents)
    if (oldParent !== undefined && memberOf(oldParent, key) !== undefined) return [{ start, end, text: "?" }]
    const previous = parent.members[parent.members.indexOf(member) - 1]
    return [{ start: previous?.value.end ?? start, end, text: "" }]
  })
  return applyEdits(text, edits)
}

const lineEndsOf = (text: string): ReadonlySet<string> => new Set(text.match(/\r\n|\n|\r/g))

const countOf = (text: string, part: string): number => text.split(part).length - 1

/** What every edit has to hold: the file outside the edited members is the same, bytes and line ends. */
const leavesTheRest = (before: string, after: string, ...paths: ReadonlyArray<ReadonlyArray<string>>): void => {
  assert.strictEqual(frame(after, before, paths), frame(before, before, paths))
  const [was, is] = [lineEndsOf(before), lineEndsOf(after)]
  for (const lineEnd of is) assert.isTrue(was.has(lineEnd), `a line end ${JSON.stringify(lineEnd)} is new`)
  const root = Result.getOrThrow(parseJson(before))
  const oneLine = lineEndsOf(before.slice(root.start, root.end)).size === 0
  if (oneLine) {
    assert.strictEqual(countOf(after, "\n") + countOf(after, "\r"), countOf(before, "\n") + countOf(before, "\r"))
  }
}

/** Members of an object as they are written, white space around the colon and all. */
const sourcesIn = (text: string, object: JsonObject | undefined): ReadonlyMap<string, string> =>
  new Map(object?.members.map(({ key, start, value }) => [key, text.slice(start, value.end)]))

describe("setUuid", () => {
  it.prop("writes the uuid and nothing else", { text: manifestSource }, ({ text }) => {
    const after = uuid(uuid2)(text)
    deepStrictEqual(JSON.parse(after), withMembers(JSON.parse(text), { asset_uuid: uuid2 }))
    leavesTheRest(text, after, ["asset_uuid"])
    assert.strictEqual(uuid(uuid2)(after), after)
  }, { arbitrary: { runs: 1000, size: 12, seed: "uuids" } })

  it("stands after schema_version where there was none", () => {
    assert.strictEqual(
      uuid(uuid1)("{\r\n\t\"name\": \"a\",\r\n\t\"schema_version\": 1,\r\n\t" + rest + "\r\n}\r\n"),
      `{\r\n\t"name": "a",\r\n\t"schema_version": 1,\r\n\t"asset_uuid": "${uuid1}",\r\n\t${rest}\r\n}\r\n`
    )
  })
})

/** What a manifest must have besides a version and a name. */
const rest = "\"family\":\"f\",\"output\":{\"format\":\"x\",\"codec\":\"y\"}"

const contractEdit: Arbitrary.Arbitrary<ContractEdit> = Arbitrary.map(
  Arbitrary.all({
    name: oneOf<string | undefined>(nameValue, Arbitrary.Constant(undefined)),
    preload: pick(undefined, true, false),
    format: pick(undefined, "TILES/indexed_v1", "other"),
    codec: pick(undefined, "none", "adpcm"),
    metadata: oneOf<ContractMetadata | undefined>(metadataValue, Arbitrary.Constant(undefined)),
    output: pick(true, false)
  }),
  ({ codec, format, metadata, name, output, preload }) => ({
    ...(name === undefined ? {} : { name }),
    ...(preload === undefined ? {} : { preload }),
    ...(output
      ? {
        output: {
          ...(format === undefined ? {} : { format }),
          ...(codec === undefined ? {} : { codec }),
          ...(metadata === undefined ? {} : { metadata })
        }
      }
      : {})
  })
)
type ContractMetadata = Readonly<Record<string, JsonValue>>

const contractPaths = [["name"], ["preload"], ["output", "format"], ["output", "codec"], ["output", "metadata"]]

describe("setContract", () => {
  it.prop("writes what the edit names and nothing else", { text: manifestSource, edit: contractEdit }, (drawn) => {
    const { edit: { output, ...plain }, text } = drawn
    const after = contract(drawn.edit)(text)
    const value = JSON.parse(text)
    deepStrictEqual(
      JSON.parse(after),
      withMembers(value, { ...plain, ...(output === undefined ? {} : { output: withMembers(value.output, output) }) })
    )
    leavesTheRest(text, after, ...contractPaths)
    assert.strictEqual(contract(drawn.edit)(after), after)
  }, { arbitrary: { runs: 1500, size: 12, seed: "contracts" } })

  it.prop("keeps the source of metadata that stay", { text: manifestSource, metadata: metadataValue }, (drawn) => {
    const old = JSON.parse(drawn.text).output.metadata ?? {}
    // Half of the old metadata and all of the new ones, so that some stay, some go, some change and some come.
    const metadata = withMembers(
      Object.fromEntries(Object.entries(old).filter((_, place) => place % 2 === 0)),
      drawn.metadata
    ) as ContractMetadata // both come out of JSON
    const after = contract({ output: { metadata } })(drawn.text)
    deepStrictEqual(JSON.parse(after).output.metadata, metadata)
    const [was, is] = [drawn.text, after].map((text) =>
      sourcesIn(text, objectAt(Result.getOrThrow(parseJson(text)), "output", "metadata"))
    )
    for (const [key, value] of Object.entries(metadata)) {
      if (!Object.hasOwn(old, key) || !Object.is(old[key], value)) continue
      assert.strictEqual(is?.get(key), was?.get(key))
    }
  }, { arbitrary: { runs: 1000, size: 12, seed: "metadata" } })

  it.prop("changes no byte where the manifest says so already", { text: manifestSource }, ({ text }) => {
    const { name, output, preload } = JSON.parse(text)
    const same = { name, output, ...(preload === undefined ? {} : { preload }) }
    assert.strictEqual(contract(same)(text), text)
  }, { arbitrary: { runs: 500, size: 12, seed: "same contracts" } })

  const edits: ReadonlyArray<readonly [string, ContractEdit, string, string]> = [
    [
      "adds to a one-line object in a file of many lines on that line",
      { preload: true, output: { metadata: { a: { b: [1, 2] } } } },
      `{\n  "schema_version": 1,\n  "name": "n",\n  "family": "f",\n  "output": { "format": "x", "codec": "y" }\n}\n`,
      `{\n  "schema_version": 1,\n  "name": "n",\n  "family": "f",\n  "output": { "format": "x", "codec": "y", "metadata": { "a": { "b": [1, 2] } } },\n  "preload": true\n}\n`
    ],
    [
      "fills empty metadata of a one-line object on that line",
      { output: { metadata: { a: 1 } } },
      `{\n\t"schema_version": 1, "name": "n", "family": "f",\n\t"output": {"format":"x","codec":"y","metadata":{ }}\n}`,
      `{\n\t"schema_version": 1, "name": "n", "family": "f",\n\t"output": {"format":"x","codec":"y","metadata":{ "a": 1 }}\n}`
    ],
    [
      "spreads what is new in an object that is spread, with the indentation and the line ends found",
      { output: { metadata: { a: { b: [1] }, c: 1 } } },
      `{\r\n   "schema_version": 1, "name": "n", "family": "f",\r\n   "output": {\r\n      "format": "x",\r\n      "codec": "y",\r\n      "metadata": {\r\n         "c": 1e0\r\n      }\r\n   }\r\n}`,
      `{\r\n   "schema_version": 1, "name": "n", "family": "f",\r\n   "output": {\r\n      "format": "x",\r\n      "codec": "y",\r\n      "metadata": {\r\n         "c": 1e0,\r\n         "a": {\r\n            "b": [\r\n               1\r\n            ]\r\n         }\r\n      }\r\n   }\r\n}`
    ],
    [
      "keeps a list that stands on one line on one line",
      { output: { metadata: { sizes: [1, 2, 3] } } },
      `{\n  "schema_version": 1, "name": "n", "family": "f",\n  "output": {\n    "format": "x", "codec": "y",\n    "metadata": {\n      "sizes": [1, 2]\n    }\n  }\n}`,
      `{\n  "schema_version": 1, "name": "n", "family": "f",\n  "output": {\n    "format": "x", "codec": "y",\n    "metadata": {\n      "sizes": [1, 2, 3]\n    }\n  }\n}`
    ],
    [
      "adds to a line that holds several members on that line",
      { output: { metadata: { a: [1] } } },
      `{\n  "schema_version": 1, "name": "n", "family": "f",\n  "output": {\n    "format": "x", "codec": "y"\n  }\n}`,
      `{\n  "schema_version": 1, "name": "n", "family": "f",\n  "output": {\n    "format": "x", "codec": "y", "metadata": { "a": [1] }\n  }\n}`
    ],
    [
      "takes an indentation of the whole file for no part of that of its members",
      { output: { metadata: { a: 1 } } },
      `\t{\n\t  "schema_version": 1, "name": "n", "family": "f",\n\t  "output": {\n\t    "format": "x",\n\t    "codec": "y"\n\t  }\n\t}`,
      `\t{\n\t  "schema_version": 1, "name": "n", "family": "f",\n\t  "output": {\n\t    "format": "x",\n\t    "codec": "y",\n\t    "metadata": {\n\t      "a": 1\n\t    }\n\t  }\n\t}`
    ],
    [
      "knows lines that end with a carriage return alone",
      { preload: true },
      `{\r  "schema_version": 1,\r  "name": "n",\r  "family": "f",\r  "output": { "format": "x", "codec": "y" }\r}\r`,
      `{\r  "schema_version": 1,\r  "name": "n",\r  "family": "f",\r  "output": { "format": "x", "codec": "y" },\r  "preload": true\r}\r`
    ],
    [
      "stays tight in a tight one-line file",
      { preload: true, output: { metadata: { a: { b: [1, 2] } } } },
      `{"schema_version":1,"name":"n",${rest}}`,
      `{"schema_version":1,"name":"n","family":"f","output":{"format":"x","codec":"y","metadata":{"a":{"b":[1,2]}}},"preload":true}`
    ],
    [
      "takes out the first, a middle and the last of the metadata",
      { output: { metadata: { b: 1, d: 1 } } },
      `{"schema_version":1,"name":"n","family":"f","output":{"format":"x","codec":"y","metadata":{"a":1, "b":1,  "c":1,   "d":1,    "e":1 }}}`,
      `{"schema_version":1,"name":"n","family":"f","output":{"format":"x","codec":"y","metadata":{"b":1,   "d":1 }}}`
    ]
  ]
  it.each(edits)("%s", (_, edit, before, after) => assert.strictEqual(contract(edit)(before), after))

  it("indents as deep as the file does, also by more than ten spaces", () => {
    const deep = " ".repeat(12)
    assert.strictEqual(
      contract({ output: { metadata: { a: 1 } } })(
        `{\n${deep}"schema_version":1,\n${deep}"name":"n",\n${deep}"family":"f",\n${deep}"output":{\n${deep}${deep}"format":"x",\n${deep}${deep}"codec":"y"\n${deep}}\n}`
      ),
      `{\n${deep}"schema_version":1,\n${deep}"name":"n",\n${deep}"family":"f",\n${deep}"output":{\n${deep}${deep}"format":"x",\n${deep}${deep}"codec":"y",\n${deep}${deep}"metadata":{\n${deep}${deep}${deep}"a": 1\n${deep}${deep}}\n${deep}}\n}`
    )
  })
})

describe("setComposition", () => {
  /** The rows that a composition gives: known ones with another index, the others new. */
  const rowsFor = (text: string, files: ReadonlyArray<string>): ReadonlyArray<Json> => {
    const known: ReadonlyArray<Json & { readonly file: string }> = JSON.parse(text).artifacts ?? []
    return files.map((file, index) =>
      withMembers(known.find((row) => row.file.normalize("NFC") === file) ?? { file }, { index })
    )
  }

  const composition = (text: string): ReadonlyArray<string> =>
    read(text).manifest.artifacts.map(({ file, index }) => `${index} ${file.normalize("NFC")}`)

  it.prop("writes the rows and nothing else", { text: manifestSource, files: fileList }, ({ files, text }) => {
    const after = compose(files)(text)
    leavesTheRest(text, after, ["artifacts"])
    assert.isTrue(isComposedOf(read(after).manifest, files))
    const already = composition(text).join() === files.map((file, place) => `${place} ${file}`).join()
    assert.strictEqual(isComposedOf(read(text).manifest, files), already)
    if (already) assert.strictEqual(after, text)
    else deepStrictEqual(JSON.parse(after), withMembers(JSON.parse(text), { artifacts: rowsFor(text, files) }))
  }, { arbitrary: { runs: 1500, size: 12, seed: "compositions" } })

  it.prop("keeps the source of rows that stay", { text: manifestSource, files: fileList }, ({ files, text }) => {
    const sources = (from: string) =>
      new Map(
        rowsOf(read(from)).map(({ file, row }) => {
          const index = memberOf(row, "index")?.value ?? row
          return [file, from.slice(row.start, index.start) + from.slice(index.end, row.end)]
        })
      )
    const [was, is] = [sources(text), sources(compose(files)(text))]
    for (const file of files) if (was.has(file)) assert.strictEqual(is.get(file), was.get(file))
  }, { arbitrary: { runs: 1000, size: 12, seed: "rows" } })

  it.prop("changes no byte for what is composed so already", { text: manifestSource }, ({ text }) => {
    const { artifacts } = read(text).manifest
    const files = artifacts.map(({ file }) => file.normalize("NFC"))
    const composed = compose(files)(text)
    assert.strictEqual(compose(files)(composed), composed)
    if (artifacts.every(({ index }, place) => index === place)) assert.strictEqual(composed, text)
  }, { arbitrary: { runs: 500, size: 12, seed: "same compositions" } })

  it.prop(
    "comes to rest when it goes back and forth",
    { text: manifestSource, one: fileList, other: fileList },
    ({ one, other, text }) => {
      const [back, forth] = [compose(one), compose(other)]
      const first = forth(back(text))
      const second = forth(back(first))
      assert.strictEqual(forth(back(second)), second)
      assert.strictEqual(back(forth(back(second))), back(second))
    },
    { arbitrary: { runs: 500, size: 12, seed: "back and forth" } }
  )

  const before = (artifacts: string, lineEnd = "\n") =>
    ["{", "  \"schema_version\": 1,", `  "artifacts": ${artifacts},`, "  \"name\": \"n\",", `  ${rest}`, "}"].join(
      lineEnd
    )
  const oneLine = (artifacts: string) => `{"schema_version":1,"name":"n",${rest},"artifacts":${artifacts}}`

  const compositions: ReadonlyArray<readonly [string, ReadonlyArray<string>, string, string]> = [
    [
      "puts one row on each line where there was none",
      ["a", "b"],
      before("[]"),
      before("[\n    { \"index\": 0, \"file\": \"a\" },\n    { \"index\": 1, \"file\": \"b\" }\n  ]")
    ],
    [
      "uses the line ends of the file",
      ["a", "b"],
      before("[ ]", "\r\n"),
      before("[\r\n    { \"index\": 0, \"file\": \"a\" },\r\n    { \"index\": 1, \"file\": \"b\" }\r\n  ]", "\r\n")
    ],
    [
      "spaces out the rows of a spaced one-line file",
      ["a", "b"],
      `{ "schema_version": 1, "name": "n", ${rest}, "artifacts": [] }`,
      `{ "schema_version": 1, "name": "n", ${rest}, "artifacts": [{ "index": 0, "file": "a" }, { "index": 1, "file": "b" }] }`
    ],
    [
      "keeps a tight file tight",
      ["a", "b"],
      oneLine("[]"),
      oneLine("[{\"index\":0,\"file\":\"a\"},{\"index\":1,\"file\":\"b\"}]")
    ],
    [
      "leaves an empty array where no row is left",
      [],
      before("[\n    {\"index\":0,\"file\":\"a\"}\n  ]"),
      before("[]")
    ],
    [
      "sets a new row as the first one is set",
      ["a", "b"],
      before("[ {\"index\" : 0,   \"file\" : \"a\" , \"k\" : 1 } ]"),
      before("[ {\"index\" : 0,   \"file\" : \"a\" , \"k\" : 1 }, {\"index\" : 1,   \"file\" : \"b\" } ]")
    ],
    [
      "sets a new row on several lines if the first one is",
      ["a", "b"],
      before("[\n    {\n      \"index\": 0,\n      \"file\": \"a\"\n    }\n  ]"),
      before(
        "[\n    {\n      \"index\": 0,\n      \"file\": \"a\"\n    },\n    {\n      \"index\": 1,\n      \"file\": \"b\"\n    }\n  ]"
      )
    ],
    [
      "keeps the white space between rows where it stood",
      ["c", "b", "a", "d"],
      before(
        "[\n    {\"index\":0,\"file\":\"a\"}, {\"index\":1,\"file\":\"b\"},\n\n    {\"index\":2,\"file\":\"c\"}\n  ]"
      ),
      before(
        "[\n    {\"index\":0,\"file\":\"c\"}, {\"index\":1,\"file\":\"b\"},\n\n    {\"index\":2,\"file\":\"a\"},\n\n    {\"index\":3,\"file\":\"d\"}\n  ]"
      )
    ],
    [
      "sorts rows by their index, whatever their order was",
      ["a", "b"],
      before("[{ \"index\": 1, \"file\": \"b\", \"k\": 1.0 }, { \"index\": 5, \"file\": \"a\" }]"),
      before("[{ \"index\": 0, \"file\": \"a\" }, { \"index\": 1, \"file\": \"b\", \"k\": 1.0 }]")
    ],
    [
      "keeps the spelling of a file that stays",
      ["b", "\u00e9"],
      before("[{ \"index\": 0, \"file\": \"e\\u0301\" }]"),
      before("[{ \"index\": 0, \"file\": \"b\" }, { \"index\": 1, \"file\": \"e\\u0301\" }]")
    ],
    [
      "keeps the first of two rows for one file",
      ["a"],
      before("[{ \"index\": 0, \"file\": \"a\", \"k\": 1 }, { \"index\": 1, \"file\": \"a\", \"k\": 2 }]"),
      before("[{ \"index\": 0, \"file\": \"a\", \"k\": 1 }]")
    ]
  ]
  it.each(compositions)("%s", (_, files, text, after) => assert.strictEqual(compose(files)(text), after))

  it("adds artifacts where there are none, and none where there are to be none", () => {
    const text = `{\n  "schema_version": 1,\n  "name": "n",\n  ${rest}\n}\n`
    assert.strictEqual(compose([])(text), text)
    deepStrictEqual(JSON.parse(compose(["a"])(text)).artifacts, [{ index: 0, file: "a" }])
  })
})

describe("newManifest", () => {
  it.prop("reads back as what it was made of", { name: nameValue, metadata: metadataValue }, ({ metadata, name }) => {
    const contract = { name, family: "tile_bank", output: { format: "x", codec: "y", metadata }, preload: true }
    const { manifest, text } = read(textOf(newManifest(uuid1, contract)))
    deepStrictEqual(manifest, { ...contract, uuid: uuid1, artifacts: [], hasInputsByRole: false })
    assert.isTrue(text.endsWith("}\n"))
  }, { arbitrary: { runs: 200, size: 12, seed: "new manifests" } })
})
