import { assert, describe, it } from "@effect/vitest"
import { Arbitrary, Result, Schema } from "effect"
// The platform's comparison, because the one of `assert` does not see a key `__proto__` for what it is.
import { deepStrictEqual } from "node:assert"
import { hasConflictMarkers } from "../../src/domain/ConflictMarkers.ts"
import { diagnosticTable } from "../../src/domain/Diagnostic.ts"
import { printedValue } from "../../src/domain/JsonText.ts"
import { maxJsonDepth } from "../../src/domain/JsonValue.ts"
import {
  type Manifest,
  ManifestFile,
  type ManifestProblem,
  readContent,
  readManifest
} from "../../src/domain/Manifest.ts"
import { integer, maybe, pick } from "../support/Arbitraries.ts"
import { manifestSource } from "../support/ManifestSource.ts"

const limit = 1024 * 1024
const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text)

const problemsOf = (content: string | Uint8Array): ReadonlyArray<ManifestProblem> =>
  Result.match(readManifest(typeof content === "string" ? utf8(content) : content, limit), {
    onFailure: (problems) => problems,
    onSuccess: () => []
  })

const manifestIn = (text: string): Manifest => Result.getOrThrow(readManifest(utf8(text), limit)).manifest

const uuid = "0198c0de-7000-7000-8000-000000000001"
const valid = {
  schema_version: 1,
  asset_uuid: uuid,
  name: "ui_atlas",
  family: "tile_bank",
  output: { format: "TILES/indexed_v1", codec: "none", metadata: { tile_size: 16 } },
  preload: true,
  artifacts: [{ index: 1, file: "b.png" }, { index: 0, file: "a.png" }]
}

/** The valid manifest with other fields; `undefined` takes a field away. */
const withFields = (fields: Readonly<Record<string, unknown>>): string =>
  JSON.stringify({ ...valid, ...fields }, null, 2)

describe("readManifest", () => {
  it("reads what the manifest says, the artifacts sorted by index", () => {
    deepStrictEqual(manifestIn(withFields({})), {
      uuid,
      name: "ui_atlas",
      family: "tile_bank",
      output: { format: "TILES/indexed_v1", codec: "none", metadata: { tile_size: 16 } },
      preload: true,
      artifacts: [{ index: 0, file: "a.png" }, { index: 1, file: "b.png" }],
      hasInputsByRole: false
    })
  })

  it("takes absent fields for what their absence means", () => {
    const text = withFields({
      asset_uuid: undefined,
      preload: undefined,
      artifacts: undefined,
      output: { format: "x", codec: "y" },
      inputsByRole: null
    })
    deepStrictEqual(manifestIn(text), {
      uuid: undefined,
      name: "ui_atlas",
      family: "tile_bank",
      output: { format: "x", codec: "y", metadata: {} },
      preload: false,
      artifacts: [],
      hasInputsByRole: true
    })
  })

  it("reads indexes that repeat or have gaps, those that repeat in the order of the file", () => {
    const rows = [{ index: 7, file: "c" }, { index: 2, file: "b" }, { index: 2, file: "a" }]
    assert.deepStrictEqual(manifestIn(withFields({ artifacts: rows })).artifacts.map(({ file }) => file), [
      "b",
      "a",
      "c"
    ])
  })

  it("takes __proto__ for a key like any other, wherever it is", () => {
    const text = withFields({}).replace(`"tile_size": 16`, `"__proto__": {"tile_size": 8}`)
      .replace(`"preload": true`, `"__proto__": {"hasInputsByRole": true, "preload": true}`)
    const manifest = manifestIn(text)
    assert.isFalse(manifest.preload)
    assert.isFalse(manifest.hasInputsByRole)
    assert.deepStrictEqual(Object.getOwnPropertyNames(manifest.output.metadata), ["__proto__"])
    assert.isUndefined(manifest.output.metadata["tile_size"])
  })

  it("is no longer than the limit allows", () => {
    const bytes = utf8(withFields({}))
    assert.isTrue(Result.isSuccess(readManifest(bytes, bytes.length)))
    const refused = readManifest(bytes, bytes.length - 1)
    assert.deepStrictEqual(Result.isFailure(refused) && refused.failure.map(({ at, code }) => [code, at]), [
      ["manifest/too-large", undefined]
    ])
  })

  type Where = readonly [
    code: string,
    json?: string | undefined,
    line?: number | undefined,
    column?: number | undefined
  ]
  const cases: ReadonlyArray<readonly [string, string | Uint8Array, ...ReadonlyArray<Where>]> = [
    ["an empty file", "", ["manifest/invalid-json", "$", 1, 1]],
    ["a byte order mark", `\ufeff${withFields({})}`, ["manifest/byte-order-mark", "$", 1, 1]],
    ["bytes that are no UTF-8", Uint8Array.of(0x7b, 0xff, 0x7d), ["manifest/invalid-utf8", "$"]],
    ["UTF-16", new Uint8Array(Buffer.from(withFields({}), "utf16le")), ["manifest/invalid-json", "$", 1, 2]],
    ["a comment", "{\r\n  // why\r\n}", ["manifest/invalid-json", "$", 2, 3]],
    ["a trailing comma", "{\n\"a\": [1,\n]\n}", ["manifest/invalid-json", "$.a", 3, 1]],
    ["the end of a text that was cut off", withFields({}).slice(0, -2), ["manifest/invalid-json", "$", 23, 4]],
    [
      "every repeated key",
      "{\"a\":1,\n\"b\":{\"c\":1,\"c\":2},\"a\":3}",
      ["manifest/duplicate-key", "$.b.c", 2, 12],
      ["manifest/duplicate-key", "$.a", 2, 19]
    ],
    ["nesting", `{"a":${"[".repeat(maxJsonDepth)}`, [
      "manifest/too-deep",
      `$.a${"[0]".repeat(maxJsonDepth - 1)}`,
      1,
      maxJsonDepth + 5
    ]],
    [
      "merge-conflict markers",
      "{\n<<<<<<< ours\n  \"name\": \"a\"\n=======\n  \"name\": \"b\"\n>>>>>>> theirs\n}",
      ["manifest/conflict-markers"]
    ],
    ["what is no object", "[1]", ["manifest/invalid-shape", "$"]],
    ["null", "null", ["manifest/invalid-shape", "$"]],
    [
      "a later version, and nothing else",
      "{\n  \"schema_version\": 2,\n  \"name\": 1\n}",
      ["manifest/unknown-version", "$.schema_version", 2, 21]
    ],
    ["version 0", withFields({ schema_version: 0 }), ["manifest/unknown-version", "$.schema_version", 2, 21]],
    ["a version that is a text", withFields({ schema_version: "1" }), [
      "manifest/invalid-shape",
      "$.schema_version",
      2,
      21
    ]],
    ["a missing version", withFields({ schema_version: undefined }), [
      "manifest/invalid-shape",
      "$.schema_version",
      1,
      1
    ]],
    [
      "every missing field",
      "{ \"schema_version\": 1, \"output\": {} }",
      ["manifest/invalid-shape", "$.name", 1, 1],
      ["manifest/invalid-shape", "$.family", 1, 1],
      ["manifest/invalid-shape", "$.output.format", 1, 34],
      ["manifest/invalid-shape", "$.output.codec", 1, 34]
    ],
    [
      "every field of a wrong type",
      "{\"artifacts\":{},\n\"preload\":0,\n\"output\":\"\",\n\"family\":[],\n\"name\":null,\n\"asset_uuid\":1,\n\"schema_version\":1}",
      ["manifest/invalid-shape", "$.asset_uuid", 6, 14],
      ["manifest/invalid-shape", "$.name", 5, 8],
      ["manifest/invalid-shape", "$.family", 4, 10],
      ["manifest/invalid-shape", "$.output", 3, 10],
      ["manifest/invalid-shape", "$.preload", 2, 11],
      ["manifest/invalid-shape", "$.artifacts", 1, 14]
    ],
    [
      "every wrong row of the artifacts",
      withFields({ artifacts: undefined }).replace(
        /\n\}$/,
        ",\n\"artifacts\": [null,\n{ \"index\": -1, \"file\": \"\" },\n{ \"index\": 1.5, \"file\": 1 },\n{},\n{ \"index\": 0, \"file\": \"a\" }]}"
      ),
      ["manifest/invalid-shape", "$.artifacts[0]", 14, 15],
      ["manifest/invalid-shape", "$.artifacts[1].index", 15, 12],
      ["manifest/invalid-shape", "$.artifacts[1].file", 15, 24],
      ["manifest/invalid-shape", "$.artifacts[2].index", 16, 12],
      ["manifest/invalid-shape", "$.artifacts[2].file", 16, 25],
      ["manifest/invalid-shape", "$.artifacts[3].index", 17, 1],
      ["manifest/invalid-shape", "$.artifacts[3].file", 17, 1]
    ],
    ["an empty name", withFields({ name: "" }), ["manifest/invalid-shape", "$.name", 4, 11]],
    ["half of a surrogate pair in the name", withFields({ name: "\ud83d" }), [
      "manifest/invalid-shape",
      "$.name",
      4,
      11
    ]],
    [
      "half of a surrogate pair in a file",
      withFields({ preload: undefined, artifacts: [{ index: 0, file: "\ude00" }] }),
      [
        "manifest/invalid-shape",
        "$.artifacts[0].file",
        16,
        15
      ]
    ],
    ["a uuid in upper case", withFields({ asset_uuid: uuid.toUpperCase() }), [
      "manifest/invalid-shape",
      "$.asset_uuid",
      3,
      17
    ]],
    ["an index beyond what numbers can tell apart", withFields({ artifacts: [{ index: 2 ** 53, file: "a" }] }), [
      "manifest/invalid-shape",
      "$.artifacts[0].index",
      16,
      16
    ]]
  ]
  it.each(cases.map(([name, content, ...expected]) => ({ name, content, expected })))(
    "names $name, and where it is",
    ({ content, expected }) => {
      const found = problemsOf(content).map(({ at, code }) => [code, at?.json, at?.line, at?.column])
      assert.deepStrictEqual(found, expected.map(([code, json, line, column]) => [code, json, line, column]))
    }
  )

  it("lists a hundred thousand wrong rows without a wait", () => {
    const rows = `[${Array.from({ length: 100_000 }, () => "0").join(",\n")}]`
    const problems = problemsOf(withFields({ artifacts: undefined }).replace(/\}$/, `,"artifacts":${rows}}`))
    assert.strictEqual(problems.length, 100_000)
    assert.deepStrictEqual(problems.at(-1)?.at, { json: "$.artifacts[99999]", line: 100_013, column: 1 })
  })

  it.prop("reads what is in every valid manifest", { text: manifestSource }, ({ text }) => {
    const value = JSON.parse(text)
    const { manifest, root, text: kept } = Result.getOrThrow(readManifest(utf8(text), limit))
    assert.strictEqual(kept, text)
    assert.strictEqual(text.slice(root.start, root.end), text.trim())
    assert.isTrue(Schema.is(ManifestFile)(value))
    deepStrictEqual(manifest, {
      uuid: value.asset_uuid,
      name: value.name,
      family: value.family,
      output: { format: value.output.format, codec: value.output.codec, metadata: value.output.metadata ?? {} },
      preload: value.preload ?? false,
      artifacts: (value.artifacts ?? [])
        .toSorted((a: { index: number }, b: { index: number }) => a.index - b.index)
        .map(({ file, index }: { file: string; index: number }) => ({ index, file })),
      hasInputsByRole: Object.hasOwn(value, "inputsByRole")
    })
  }, { arbitrary: { runs: 500, size: 12, seed: "valid manifests" } })

  /** What must be true of any bytes: they are a manifest, or there are problems that can be shown. */
  const isReadOrExplained = (bytes: Uint8Array): void => {
    const lines = new TextDecoder().decode(bytes).split(/\r\n|\n|\r/)
    for (const { at, cause, code } of problemsOf(bytes)) {
      assert.property(diagnosticTable, code)
      assert.isNotEmpty(cause)
      assert.isTrue(at?.json === undefined || at.json.startsWith("$"))
      if (at?.line === undefined) continue
      assert.isAtLeast(at.column ?? 0, 1)
      assert.isAtMost(at.column ?? 0, (lines[at.line - 1]?.length ?? -1) + 1)
    }
    assert.strictEqual(Result.isFailure(readManifest(bytes, limit)), problemsOf(bytes).length > 0)
  }

  const byte = integer(0, 255)

  it.prop("never throws, whatever the bytes", { bytes: Arbitrary.array(byte, { maxLength: 40 }) }, ({ bytes }) => {
    isReadOrExplained(Uint8Array.from(bytes))
    isReadOrExplained(Uint8Array.from([...utf8("{\""), ...bytes]))
  }, { arbitrary: { runs: 1000, seed: "bytes" } })

  const damage = Arbitrary.all({
    at: integer(0, 1_000_000),
    length: integer(0, 12),
    bytes: Arbitrary.map(
      pick(
        "",
        "",
        "null",
        "\"",
        "{}",
        "-1",
        "1.5",
        "\n",
        "\r\n",
        ",",
        "}",
        "\"name\":\"\",",
        "[",
        "1e999",
        "\ufeff",
        "\\u"
      ),
      (text) => utf8(text)
    ),
    byte: pick(undefined, undefined, 0xff, 0x00)
  })

  it.prop(
    "never throws, whatever happened to a manifest",
    { text: manifestSource, damages: Arbitrary.array(damage, { minLength: 1, maxLength: 3 }) },
    ({ damages, text }) => {
      isReadOrExplained(damages.reduce((bytes, { at, byte, bytes: insert, length }) => {
        const start = at % (bytes.length + 1)
        return Uint8Array.from([
          ...bytes.subarray(0, start),
          ...insert,
          ...byte === undefined ? [] : [byte],
          ...bytes.subarray(start + length)
        ])
      }, utf8(text)))
    },
    { arbitrary: { runs: 1500, size: 8, seed: "damaged manifests" } }
  )
})

describe("readContent", () => {
  /** A reading as values that can be compared. */
  const shown = <A>(read: Result.Result<A, ReadonlyArray<ManifestProblem>>): unknown =>
    Result.match(read, { onFailure: (problems) => ({ problems }), onSuccess: (manifest) => ({ manifest }) })

  const readsTheSame = (bytes: Uint8Array, most = limit): void =>
    deepStrictEqual(
      shown(readContent(bytes, most)),
      shown(Result.map(readManifest(bytes, most), ({ manifest }) => manifest))
    )

  const printing = Arbitrary.all({
    indent: pick("  ", "    ", "\t", " ", "          ", "           ", ""),
    lastLineEnds: integer(0, 2)
  })
  const met = { quick: 0, other: 0 }

  it.prop(
    "reads what readManifest reads, however the manifest was printed",
    { text: manifestSource, printing },
    ({ printing: { indent, lastLineEnds }, text }) => {
      readsTheSame(utf8(text))
      const printed = utf8(JSON.stringify(JSON.parse(text), null, indent) + "\n".repeat(lastLineEnds))
      readsTheSame(printed)
      met[printedValue(printed) === undefined ? "other" : "quick"]++
    },
    { arbitrary: { runs: 1000, size: 10, seed: "printed manifests" } }
  )

  const other = pick<unknown>(null, true, 0, -1, 1.5, 2, 1e300, "", "x", "\ud800", [], [{}], {}, { index: 0 }, {
    index: 2 ** 53,
    file: "a"
  })
  const places = [
    [],
    ["schema_version"],
    ["asset_uuid"],
    ["name"],
    ["family"],
    ["output"],
    ["output", "format"],
    ["output", "codec"],
    ["output", "metadata"],
    ["preload"],
    ["artifacts"],
    ["artifacts", 0],
    ["artifacts", 0, "index"],
    ["artifacts", 0, "file"],
    ["inputsByRole"]
  ]
  const whole = {
    schema_version: 1,
    asset_uuid: "00000000-0000-4000-8000-000000000001",
    name: "n",
    family: "f",
    output: { format: "F", codec: "c", metadata: { deep: { er: [1] } } },
    preload: true,
    artifacts: [{ index: 1, file: "b" }, { index: 0, file: "a" }]
  }
  /** The value with something else at a place, or with nothing there. */
  const changed = (value: unknown, path: ReadonlyArray<string | number>, put: unknown): unknown => {
    const [step, ...rest] = path
    if (step === undefined) return put
    if (Array.isArray(value)) return value.map((item, at) => at === step ? changed(item, rest, put) : item)
    const members = Object.entries(value ?? {}).filter(([key]) => key !== step)
    const inner = changed(Object.entries(value ?? {}).find(([key]) => key === step)?.[1], rest, put)
    return Object.fromEntries([...members, ...inner === undefined ? [] : [[step, inner]]])
  }

  it.prop(
    "reads what readManifest reads, whatever stands in the place of a field",
    { place: integer(0, places.length - 1), put: maybe(other) },
    ({ place, put }) => {
      const text = JSON.stringify(changed(whole, places[place] ?? [], put), null, 2)
      if (text !== undefined) readsTheSame(utf8(text))
    },
    { arbitrary: { runs: 1500, size: 5, seed: "fields of printed manifests" } }
  )

  it("met many that stand as they are printed, and many that do not", () => {
    assert.isAbove(Math.min(met.quick, met.other), 100, JSON.stringify(met))
  })

  it.prop(
    "reads what readManifest reads, whatever happened to a printed manifest",
    {
      text: manifestSource,
      at: integer(0, 1_000_000),
      length: integer(0, 3),
      insert: pick(
        "",
        "\"",
        "0",
        "-0",
        "1.0",
        "\\u0061",
        "\n",
        " ",
        "\"name\": \"b\",\n  ",
        "\ufeff",
        "\u007f",
        "}",
        "2"
      )
    },
    ({ at, insert, length, text }) => {
      const printed = JSON.stringify(JSON.parse(text), null, 2)
      const start = at % (printed.length + 1)
      readsTheSame(utf8(printed.slice(0, start) + insert + printed.slice(start + length)))
    },
    { arbitrary: { runs: 2000, size: 8, seed: "damaged printed manifests" } }
  )

  it.each([maxJsonDepth - 1, maxJsonDepth])("keeps to the depth that is allowed, with %i levels inside", (levels) => {
    const nested = Array.from({ length: levels }).reduce<unknown>((inner) => [inner], [])
    for (const indent of [" ", "\t", "  "]) {
      readsTheSame(utf8(JSON.stringify({ ...valid, deep: nested }, null, indent)))
    }
  })

  it("keeps to the length that is allowed", () => {
    const bytes = utf8(withFields({}))
    readsTheSame(bytes, bytes.length)
    readsTheSame(bytes, bytes.length - 1)
  })

  it("takes __proto__ for a key like any other", () => {
    readsTheSame(utf8(withFields({}).replace("\"tile_size\": 16", "\"__proto__\": 16")))
    readsTheSame(utf8(withFields({}).replace("\"preload\": true", "\"__proto__\": {\n    \"inputsByRole\": 1\n  }")))
  })
})

describe("hasConflictMarkers", () => {
  it.each([
    "<<<<<<< HEAD\na\n=======\nb\n>>>>>>> branch\n",
    "{\r\n<<<<<<< HEAD\r\na\r\n=======\r\nb\r\n>>>>>>> branch\r\n}",
    "<<<<<<<\na\n=======\nb\n>>>>>>>",
    "<<<<<<<\r\na\r\n=======\r\nb\r\n>>>>>>>\r\n",
    "<<<<<<< ours\na\n||||||| base\nc\n=======\nb\n>>>>>>> theirs"
  ])("sees them in %j", (text) => assert.isTrue(hasConflictMarkers(text)))

  it.each([
    "",
    "{\"a\":\"<<<<<<< HEAD >>>>>>> b\"}",
    " <<<<<<< a\n >>>>>>> b",
    "<<<<<<<< a\n>>>>>>>> b",
    "<<<<<<< a\n=======\nb",
    "x<<<<<<< a\n>>>>>>> b",
    "<<<<<<< a\nx>>>>>>> b",
    "<<<<<<<a\n>>>>>>>b"
  ])("sees none in %j", (text) => assert.isFalse(hasConflictMarkers(text)))
})
