import { assert, describe, it } from "@effect/vitest"
import { Arbitrary, Option, Result, Schema } from "effect"
// The platform's comparison, because the one of `assert` does not see a key `__proto__` for what it is.
import { deepStrictEqual } from "node:assert"
import { diagnosticTable } from "../../src/domain/Diagnostic.ts"
import { AssetId } from "../../src/domain/Identity.ts"
import { parseJson } from "../../src/domain/JsonReader.ts"
import { applyChanges, emptyRegistry, type EntryFault, type Registry } from "../../src/domain/Registry.ts"
import {
  printRegistry,
  readRegistry,
  readRegistrySteps,
  type RegistryFault,
  RegistryFile
} from "../../src/domain/RegistryCodec.ts"
import { integer, pick } from "../support/Arbitraries.ts"
import { changesFor, contentOf, fulfil, registryIn, type Wish, wish } from "../support/RegistryChanges.ts"
import { registrySource, rootTexts, uuidText } from "../support/RegistrySource.ts"

const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text)

const faultOf = (content: string | Uint8Array): RegistryFault | undefined =>
  Option.getOrUndefined(Result.getFailure(readRegistry(typeof content === "string" ? utf8(content) : content)))

const linesOf = (text: string): ReadonlyArray<string> => text.split("\n")

const withoutComma = (line: string): string => line.replace(/,$/, "")

const register = (which: number): Wish => ({ kind: "register", which, other: which })

/** A registry with nothing doubtful in it, out of registrations, removals and other changes. */
const tidyRegistry = Arbitrary.map(
  Arbitrary.array(wish, { maxLength: 12 }),
  (wishes) => registryIn(printRegistry(fulfil(emptyRegistry, wishes).registry))
)

describe("printRegistry", () => {
  it("prints what the specification shows", () => {
    const entry = (id: number, root: string, included: boolean) =>
      `{"asset_id":${id},"asset_uuid":"${uuidText(id)}","root":"${root}","included_in_build":${included}}`
    assert.strictEqual(
      printRegistry(
        registryIn(`{"assets":[${entry(1, "ui/atlas", true)},${entry(2, "sfx/click", false)}],"schema_version":1}`)
      ),
      `{\n  "schema_version": 1,\n  "assets": [\n    ${entry(2, "sfx/click", false)},\n    ${
        entry(1, "ui/atlas", true)
      }\n  ]\n}\n`
    )
    assert.strictEqual(printRegistry(emptyRegistry), "{\n  \"schema_version\": 1,\n  \"assets\": [\n  ]\n}\n")
  })

  it.prop("is read back as the same registry, and prints the same again", { text: registrySource }, ({ text }) => {
    const registry = registryIn(text)
    const printed = printRegistry(registry)
    const again = registryIn(printed)
    assert.deepStrictEqual(contentOf(again), contentOf(registry))
    assert.isUndefined(again.lowNextId)
    assert.strictEqual(printRegistry(again), printed)
  }, { arbitrary: { runs: 1000, size: 10, seed: "round trips" } })

  it.prop("stands on one line for each entry, in the order of code points", { text: registrySource }, ({ text }) => {
    const registry = registryIn(text)
    const printed = printRegistry(registry)
    assert.isTrue(printed.endsWith("}\n"))
    const lines = linesOf(printed)
    const first = lines.indexOf("  \"assets\": [") + 1
    const roots = lines.slice(first, first + registry.byRoot.size).map((line) => {
      const { asset_id, asset_uuid, included_in_build, root } = JSON.parse(withoutComma(line))
      assert.isTrue(line.startsWith(
        `    {"asset_id":${asset_id},"asset_uuid":"${asset_uuid}","root":${
          JSON.stringify(root)
        },"included_in_build":${included_in_build}`
      ))
      return root
    })
    // UTF-8 sorts as code points do.
    assert.deepStrictEqual(roots, roots.toSorted((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b))))
    if (registry.doubtful.length > 0 || registry.extra.length > 0) return
    assert.notInclude(printed, "\r")
    assert.isTrue(Schema.is(RegistryFile)(JSON.parse(printed)))
  }, { arbitrary: { runs: 500, size: 10, seed: "lines" } })

  it.prop("keeps doubtful entries and unknown keys as they were written", { text: registrySource }, ({ text }) => {
    const registry = registryIn(text)
    const printed = printRegistry(registry)
    const [was, is] = [JSON.parse(text), JSON.parse(printed)]
    const known = new Set(["asset_id", "asset_uuid", "root", "included_in_build"])
    for (const key of Object.keys(was).filter((key) => !["schema_version", "next_asset_id", "assets"].includes(key))) {
      deepStrictEqual(is[key], was[key])
    }
    let at = 0
    for (const { source } of registry.doubtful) {
      assert.include(text, source)
      at = printed.indexOf(`\n    ${source}`, at) + 1
      assert.isAbove(at, 0)
    }
    const root = Result.getOrThrow(parseJson(text))
    const assets = root.kind === "object" ? root.members.find(({ key }) => key === "assets")?.value : undefined
    for (const node of assets?.kind === "array" ? assets.items : []) {
      if (node.kind !== "object") continue
      for (const { key, start, value } of node.members) {
        // The numbers and escapes in it are the same; only line breaks are gone.
        if (!known.has(key)) assert.include(printed, text.slice(start, value.end))
      }
    }
  }, { arbitrary: { runs: 500, size: 10, seed: "unknown keys" } })

  it("puts an entry that was spread over lines on one, and changes nothing else of its unknown keys", () => {
    const known = `"asset_id":1,"asset_uuid":"${uuidText(1)}","root":"a","included_in_build":true`
    const spread = `{\r\n${known},\r\n  "note": {\r\n    "a": 1.0,\r\n    "b": "\\u00e9 \u2028"\r\n  }\r\n}`
    assert.include(
      linesOf(printRegistry(registryIn(`{"schema_version":1,"assets":[${spread}]}`))),
      `    {${known},"note": { "a": 1.0, "b": "\\u00e9 \u2028" }}`
    )
  })

  it("says the next id only where it does not follow from the entries", () => {
    const next = (text: string) => JSON.parse(printRegistry(registryIn(text))).next_asset_id
    const entry = `{"asset_id":4,"asset_uuid":"${uuidText(1)}","root":"a","included_in_build":true}`
    const doubtful = "{\"asset_id\":4}"
    for (const assets of [entry, doubtful]) {
      assert.deepStrictEqual(
        [1, 4, 5, 6].map((id) => next(`{"schema_version":1,"next_asset_id":${id},"assets":[${assets}]}`)),
        [undefined, undefined, undefined, 6]
      )
    }
  })

  it("can be read when the last id there is was given out, and taken back", () => {
    const last = Number.MAX_SAFE_INTEGER
    const base = registryIn(`{"schema_version":1,"next_asset_id":${last},"assets":[]}`)
    const { registry } = fulfil(base, [register(0), { kind: "remove", which: 0, other: 0 }])
    assert.strictEqual(registry.nextId, last + 1)
    assert.strictEqual(registryIn(printRegistry(registry)).nextId, last + 1)
    assert.isFalse(Schema.is(AssetId)(registry.nextId))
    assert.isTrue(Schema.is(RegistryFile)(JSON.parse(printRegistry(registry))))
  })
})

describe("one more asset", () => {
  const added = (registry: Registry, which: number): Registry =>
    applyChanges(registry, changesFor(registry, register(which)))

  it.prop(
    "is one more line, and at most one comma on another",
    { registry: tidyRegistry, which: integer(0, 12) },
    ({ registry, which }) => {
      const after = added(registry, which)
      if (after === registry) return
      const next = linesOf(printRegistry(registry)).filter((line) => !line.startsWith("  \"next_asset_id\""))
      const [was, is] = [next, linesOf(printRegistry(after))]
      const place = is.findIndex((line, index) => withoutComma(line) !== withoutComma(was[index] ?? ""))
      const rest = is.toSpliced(place, 1)
      assert.deepStrictEqual(rest.map(withoutComma), was.map(withoutComma))
      assert.isAtMost(rest.filter((line, index) => line !== was[index]).length, 1)
    },
    { arbitrary: { runs: 500, seed: "one more line" } }
  )

  /** Lines in place of lines. */
  interface Hunk {
    readonly start: number
    readonly end: number
    readonly lines: ReadonlyArray<string>
  }

  const hunkBetween = (base: ReadonlyArray<string>, other: ReadonlyArray<string>): Hunk => {
    const start = base.findIndex((line, index) => line !== other[index])
    let same = 0
    while (base.at(-1 - same) === other.at(-1 - same) && base.length - same > start) same++
    return { start, end: base.length - same, lines: other.slice(start, other.length - same) }
  }

  /** What version control makes of two branches, if they changed lines that neither overlap nor touch. */
  const merged = (base: string, ours: string, theirs: string): string | undefined => {
    const lines = linesOf(base)
    const [first, second] = [ours, theirs].map((text) => hunkBetween(lines, linesOf(text)))
      .toSorted((a, b) => a.start - b.start)
    if (first === undefined || second === undefined || first.end >= second.start) return undefined
    return lines.toSpliced(second.start, second.end - second.start, ...second.lines)
      .toSpliced(first.start, first.end - first.start, ...first.lines)
      .join("\n")
  }

  it("on each of two branches, in different places, comes together in a plain merge", () => {
    const base = fulfil(emptyRegistry, [0, 2, 5, 9, 11].map(register)).registry
    let merges = 0
    for (let ours = 0; ours < 13; ours++) {
      for (let theirs = 0; theirs < 13; theirs++) {
        const [left, right] = [added(base, ours), added({ ...base, nextId: base.nextId + 1 }, theirs)]
        const text = merged(printRegistry(base), printRegistry(left), printRegistry(right))
        if (left === base || changesFor(base, register(theirs)).length === 0 || text === undefined) continue
        merges++
        const { byRoot, doubtful } = registryIn(text)
        assert.strictEqual(byRoot.size, base.byRoot.size + 2)
        assert.deepStrictEqual(doubtful, [])
        assert.strictEqual(printRegistry(registryIn(text)), text)
      }
    }
    assert.isAbove(merges, 10)
  })

  it("with the same id on two branches makes only these two doubtful", () => {
    const base = fulfil(emptyRegistry, [0, 2, 5, 9, 11].map(register)).registry
    const [left, right] = [1, 10].map((which) => printRegistry(added(base, which)))
    const registry = registryIn(merged(printRegistry(base), left ?? "", right ?? "") ?? "")
    assert.strictEqual(registry.byRoot.size, base.byRoot.size)
    assert.deepStrictEqual(registry.doubtful.map(({ faults }) => faults.map(({ fault }) => fault)), [
      ["duplicate-id"],
      ["duplicate-id"]
    ])
  })
})

const entry = `{"asset_id":1,"asset_uuid":"${uuidText(1)}","root":"a","included_in_build":true}`

describe("readRegistry", () => {
  const faults: ReadonlyArray<readonly [string, string | Uint8Array, RegistryFault["code"], RegistryFault["at"]?]> = [
    ["an empty file", "", "registry/invalid-json", { line: 1, column: 1 }],
    ["what is no JSON", "{\n  \"schema_version\": 1,\n  oops\n}", "registry/invalid-json", { line: 3, column: 3 }],
    ["a file that was cut off", "{\"schema_version\":1,\"assets\":[", "registry/invalid-json", { line: 1, column: 31 }],
    ["a comment", "// mine\n{}", "registry/invalid-json", { line: 1, column: 1 }],
    ["a trailing comma", `{"schema_version":1,"assets":[${entry},]}`, "registry/invalid-json", {
      line: 1,
      column: 31 + entry.length + 1
    }],
    [
      "an id with a zero before it",
      `{"schema_version":1,"assets":[${entry.replace(":1,", ":01,")}]}`,
      "registry/invalid-json",
      {
        line: 1,
        column: 44
      }
    ],
    ["text after the end", "{\"schema_version\":1,\"assets\":[]}\n{}", "registry/invalid-json", { line: 2, column: 1 }],
    ["a byte order mark", "\ufeff{\"schema_version\":1,\"assets\":[]}", "registry/invalid-json", {
      line: 1,
      column: 1
    }],
    ["bytes that are no UTF-8", Uint8Array.of(0x7b, 0xff, 0x7d), "registry/invalid-json"],
    [
      "merge-conflict markers",
      `{\n"schema_version":1,\n"assets":[\n<<<<<<< HEAD\n${entry}\n=======\n>>>>>>> theirs\n]}`,
      "registry/conflict-markers"
    ],
    ["an array", `[${entry}]`, "registry/invalid-shape"],
    ["null", "null", "registry/invalid-shape"],
    ["a text", "\"{}\"", "registry/invalid-shape"],
    ["an empty object", "{}", "registry/unknown-version"],
    ["no version", "{\"assets\":[]}", "registry/unknown-version"],
    ["a later version", "{\"schema_version\":2,\"assets\":{}}", "registry/unknown-version"],
    ["a version that is a text", "{\"schema_version\":\"1\",\"assets\":[]}", "registry/unknown-version"],
    ["no assets", "{\"schema_version\":1}", "registry/invalid-shape"],
    ["assets that are no array", "{\"schema_version\":1,\"assets\":{}}", "registry/invalid-shape"],
    ["assets that are null", "{\"schema_version\":1,\"assets\":null}", "registry/invalid-shape"],
    [
      "a repeated key, whichever",
      "{\"schema_version\":1,\n\"assets\":[],\n\"assets\":[]}",
      "registry/invalid-json",
      { line: 3, column: 1 }
    ],
    [
      "a key of another version that is repeated",
      "{\"schema_version\":1,\"assets\":[],\"x\":{\"y\":1,\"y\":1}}",
      "registry/invalid-json",
      { line: 1, column: 44 }
    ],
    [
      "a key that looks inherited for no array",
      "{\"schema_version\":1,\"__proto__\":{\"assets\":[]}}",
      "registry/invalid-shape"
    ],
    [
      "an entry that is nested too deeply",
      `{"schema_version":1,"assets":[${"[".repeat(300)}`,
      "registry/invalid-json",
      {
        line: 1,
        column: 31 + 256
      }
    ]
  ]
  it.each(faults.map(([name, content, code, at]) => ({ name, content, code, at })))(
    "refuses $name",
    ({ at, code, content }) => {
      const fault = faultOf(content)
      assert.deepStrictEqual([fault?.code, fault?.at], [code, at])
    }
  )

  it.each(["1.5", "\"7\"", "null", "[]", "1e400", "9007199254740994"])(
    "refuses the next id %s",
    (next) =>
      assert.strictEqual(
        faultOf(`{"schema_version":1,"next_asset_id":${next},"assets":[]}`)?.code,
        "registry/invalid-shape"
      )
  )

  const uuid = uuidText(1)
  const doubtful: ReadonlyArray<readonly [string, string, ReadonlyArray<EntryFault>]> = [
    ["null", "null", ["invalid-entry"]],
    ["a number", "5", ["invalid-entry"]],
    ["an array", "[1]", ["invalid-entry"]],
    ["an empty object", "{}", ["invalid-entry"]],
    ["only what looks inherited", `{"__proto__":${entry}}`, ["invalid-entry"]],
    ["a repeated key", entry.replace("{", "{\"root\":\"b\","), ["invalid-entry"]],
    ["a key repeated inside an unknown one", entry.replace("{", "{\"x\":{\"y\":1,\"y\":1},"), ["invalid-entry"]],
    ["id 0", entry.replace(":1,", ":0,"), ["invalid-entry"]],
    ["a negative id", entry.replace(":1,", ":-1,"), ["invalid-entry"]],
    ["a broken id", entry.replace(":1,", ":1.5,"), ["invalid-entry"]],
    ["an id in quotes", entry.replace(":1,", ":\"1\","), ["invalid-entry"]],
    ["an id that numbers cannot tell apart", entry.replace(":1,", ":9007199254740993,"), ["invalid-entry"]],
    ["an infinite id", entry.replace(":1,", ":1e400,"), ["invalid-entry"]],
    ["a uuid in upper case", entry.replace(uuid, uuid.toUpperCase()), ["invalid-entry"]],
    ["the nil uuid", entry.replace(uuid, "00000000-0000-0000-0000-000000000000"), ["invalid-entry"]],
    ["no uuid", entry.replace(`"asset_uuid":"${uuid}",`, ""), ["invalid-entry"]],
    ["a root that is no text", entry.replace("\"a\"", "[\"a\"]"), ["invalid-entry"]],
    ["a participation that is no truth value", entry.replace(":true", ":1"), ["invalid-entry"]],
    ["an empty root", entry.replace("\"a\"", "\"\""), ["illegal-root"]],
    ["a root outside", entry.replace("\"a\"", "\"../a\""), ["illegal-root"]],
    ["a root of the packer", entry.replace("\"a\"", "\".Prometeu/a\""), ["illegal-root"]],
    ["half of a surrogate pair", entry.replace("\"a\"", "\"\\ud83d\""), ["illegal-root"]]
  ]
  it.each(doubtful)("does not believe an entry that is or has %s, and keeps it", (_, source, faults) => {
    const other = `{"asset_id":2,"asset_uuid":"${uuidText(2)}","root":"z","included_in_build":true}`
    assert.notInclude([entry, other], source)
    const registry = registryIn(`{"schema_version":1,"assets":[${source},\n${other}]}`)
    assert.deepStrictEqual(registry.doubtful.map((read) => [read.source, read.faults.map(({ fault }) => fault)]), [
      [source, faults]
    ])
    for (const { cause } of registry.doubtful.flatMap((read) => read.faults)) assert.isNotEmpty(cause)
    assert.strictEqual(registry.byRoot.size, 1)
    assert.strictEqual(linesOf(printRegistry(registry))[4], `    ${source}`)
  })

  /** Entries that stand as they are printed, whatever is to be thought of what they say. */
  const printedEntry = Arbitrary.map(
    Arbitrary.all([
      pick(
        "1",
        "2",
        "3",
        "20",
        "0",
        "01",
        "00",
        "9007199254740991",
        "9007199254740992",
        "9007199254740993",
        "1.0",
        "-1"
      ),
      pick(uuidText(1), uuidText(2), uuidText(3), uuidText(1).toUpperCase(), "", "\u007f", "\\u0030"),
      pick("", ...rootTexts, "a/../b", "con", "a\u2028", "\\u0061", "\\", "a\\\"b", "\t", "\u{1f600}"),
      pick("true", "false", "null")
    ]),
    ([id, uuid, root, included]) =>
      `{"asset_id":${id},"asset_uuid":"${uuid}","root":"${root}","included_in_build":${included}}`
  )

  /** What is read, but for where and how it stands in the file. */
  const readingOf = (text: string): unknown =>
    Result.match(readRegistry(utf8(text)), {
      onFailure: ({ cause, code }) => ({ code, cause }),
      onSuccess: (registry) => {
        const { doubtful, ...content } = contentOf(registry)
        return { ...content, doubtful: doubtful.map((entry) => ({ ...entry, source: "" })) }
      }
    })

  it.prop(
    "reads the same of entries that stand as they are printed and of those that do not",
    { entries: Arbitrary.array(printedEntry, { maxLength: 4 }) },
    ({ entries }) => {
      const fileOf = (texts: ReadonlyArray<string>) => `{"schema_version":1,"assets":[${texts.join(",\n")}]}`
      // With a space in front nothing of it is as it is printed.
      assert.deepStrictEqual(
        readingOf(fileOf(entries)),
        readingOf(fileOf(entries.map((text) => text.replace("{", "{ "))))
      )
    },
    { arbitrary: { runs: 2000, seed: "printed entries" } }
  )

  it("reads a hundred thousand entries that all have a repeated key without a wait", () => {
    const registry = registryIn(
      `{"schema_version":1,"assets":[${Array.from({ length: 100_000 }, () => "{\"a\":1,\"a\":1}").join(",\n")}]}`
    )
    assert.strictEqual(registry.doubtful.length, 100_000)
  })

  it("reads in short steps", () => {
    const text = printRegistry(emptyRegistry).replace("[\n", `[${Array.from({ length: 10_000 }, () => "1").join()}`)
    const reading = readRegistrySteps(utf8(text))
    let steps = 0
    while (reading.next().done !== true) steps++
    assert.isAtLeast(steps, 10_000 / 512)
  })

  /** What must be true of any bytes. */
  const isReadOrExplained = (bytes: Uint8Array): void => {
    const fault = faultOf(bytes)
    if (fault === undefined) {
      const registry = registryIn(new TextDecoder().decode(bytes))
      const printed = printRegistry(registry)
      assert.deepStrictEqual(contentOf(registryIn(printed)), contentOf(registry))
      return
    }
    assert.property(diagnosticTable, fault.code)
    assert.isNotEmpty(fault.cause)
    const lines = new TextDecoder().decode(bytes).split(/\r\n|\n|\r/)
    if (fault.at?.line === undefined) return
    assert.isAtLeast(fault.at.column ?? 0, 1)
    assert.isAtMost(fault.at.column ?? 0, (lines[fault.at.line - 1]?.length ?? -1) + 1)
  }

  it.prop(
    "never throws, whatever the bytes",
    { bytes: Arbitrary.array(integer(0, 255), { maxLength: 40 }) },
    (drawn) => {
      isReadOrExplained(Uint8Array.from(drawn.bytes))
      isReadOrExplained(Uint8Array.from([...utf8("{\"schema_version\":1,\"assets\":["), ...drawn.bytes, ...utf8("]}")]))
    },
    { arbitrary: { runs: 500, seed: "bytes" } }
  )

  const damage = Arbitrary.all({
    at: integer(0, 1_000_000),
    length: integer(0, 10),
    insert: pick(
      "",
      "",
      "null",
      "\"",
      "{",
      "}",
      "[",
      "]",
      ",",
      "\n<<<<<<< a\n>>>>>>> b\n",
      "1e400",
      "-1",
      "{},",
      "\"root\":\"a\","
    )
  })
  it.prop(
    "never throws, whatever happened to a registry",
    { text: registrySource, damages: Arbitrary.array(damage, { minLength: 1, maxLength: 3 }) },
    ({ damages, text }) =>
      isReadOrExplained(utf8(damages.reduce((text, { at, insert, length }) => {
        const start = at % (text.length + 1)
        return text.slice(0, start) + insert + text.slice(start + length)
      }, text))),
    { arbitrary: { runs: 1500, size: 8, seed: "damaged registries" } }
  )
})
