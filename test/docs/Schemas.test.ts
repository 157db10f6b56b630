/** The published JSON Schemas against the readers of the packer, over every file of the corpus. */
import { assert, describe, it } from "@effect/vitest"
import { Ajv2020 } from "ajv/dist/2020.js"
import { Result } from "effect"
import { readFileSync } from "node:fs"
import { parseJson } from "../../src/domain/JsonReader.ts"
import { decodeText, valueOf } from "../../src/domain/JsonText.ts"
import { readManifest } from "../../src/domain/Manifest.ts"
import { readRegistry } from "../../src/domain/RegistryCodec.ts"
import { corpus } from "../proof/fuzz/Corpus.ts"

const validator = new Ajv2020({ strict: true })
const schemaOf = (name: string) =>
  validator.compile(JSON.parse(readFileSync(new URL(`../../schemas/${name}.schema.json`, import.meta.url), "utf8")))

/** The value in a file, if it is JSON as the packer wants it. */
const valueIn = (bytes: Uint8Array): Result.Result<unknown, unknown> =>
  Result.map(Result.flatMap(decodeText(bytes), parseJson), valueOf)

/** What a JSON Schema cannot refuse: half of a surrogate pair, and a number that is infinite once it is read. */
const beyondSchemas = new Set([
  "invalid-shape-lone-surrogate-file.json",
  "invalid-shape-lone-surrogate-name.json",
  "invalid-shape-metadata-1e400.json"
])

describe("schemas/asset.schema.json", () => {
  const validate = schemaOf("asset")
  const cases = corpus.manifests.flatMap(({ bytes, name }) => {
    const value = valueIn(bytes)
    return Result.isFailure(value) ? [] : [{ name, bytes, value: value.success }]
  })

  it.each(cases)("says of $name what the packer says", ({ bytes, name, value }) => {
    const isRead = Result.isSuccess(readManifest(bytes, 1024 * 1024))
    const isExpected = isRead || beyondSchemas.has(name)
    assert.strictEqual(validate(value), isExpected, JSON.stringify(validate.errors))
  })

  it("meets files of both kinds", () => {
    const read = cases.filter(({ bytes }) => Result.isSuccess(readManifest(bytes, 1024 * 1024)))
    assert.isAbove(read.length, 20)
    assert.isAbove(cases.length - read.length, 15)
  })
})

describe("schemas/index.schema.json", () => {
  const validate = schemaOf("index")
  const cases = corpus.registries.flatMap(({ bytes, name }) => {
    const value = valueIn(bytes)
    return Result.isFailure(value) ? [] : [{ name, bytes, value: value.success }]
  })
  /** Read in full: no entry is doubtful for what it looks like by itself. */
  const isWhole = (bytes: Uint8Array): boolean =>
    Result.match(readRegistry(bytes), {
      onFailure: () => false,
      onSuccess: ({ doubtful }) =>
        doubtful.every(({ faults }) => faults.every(({ fault }) => fault !== "invalid-entry"))
    })

  it.each(cases)("says of $name what the packer says", ({ bytes, value }) => {
    assert.strictEqual(validate(value), isWhole(bytes), JSON.stringify(validate.errors))
  })

  it("meets files of both kinds", () => {
    const read = cases.filter(({ bytes }) => isWhole(bytes))
    assert.isAbove(read.length, 10)
    assert.isAbove(cases.length - read.length, 10)
  })
})
