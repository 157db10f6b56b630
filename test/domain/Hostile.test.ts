/** Whatever lies in the folder and whatever a host asks for: a typed answer, never an exception, never a hang. */
import { assert, describe, it } from "@effect/vitest"
import { Result, Schema } from "effect"
import { Command } from "../../src/domain/Command.ts"
import { decodeCommand } from "../../src/domain/CommandInput.ts"
import type { AssetNotFound } from "../../src/domain/Errors.ts"
import { changesNothing } from "../../src/domain/Plan.ts"
import { previewOf } from "../../src/domain/PlanPreview.ts"
import { getAssetActions, getAssetDetails, listAssets } from "../../src/domain/Queries.ts"
import { refusalOf } from "../../src/domain/Refusal.ts"
import { contentHash, ProjectTree, testUuid } from "../../src/testing/ProjectTree.ts"
import { entry, manifest, open, planFor, registry, run, visible } from "../support/Workspace.ts"

const index = ".prometeu/index.json"

const hostileTexts: ReadonlyArray<string> = [
  "",
  " ",
  "..",
  "../../etc/passwd",
  "/etc/passwd",
  "C:\\Windows",
  "\\\\server\\share",
  "a/../../b",
  "a//b",
  "a/./b",
  ".prometeu/runtime/journal",
  ".PROMETEU",
  ".prom\u200beteu",
  "con",
  "aux.txt",
  "COM¹",
  "a\0b",
  "a\nb",
  "half \ud800 pair",
  "\udc00",
  "<img src=x onerror=alert(1)>",
  "\u202egnp.exe",
  "name.",
  "name ",
  "x".repeat(256),
  "é".repeat(128),
  `${"a/".repeat(600)}b`,
  "x".repeat(100_000),
  "__proto__",
  "constructor",
  "toString",
  "asset.json",
  "a/asset.json",
  "ui/atlas",
  "UI/ATLAS",
  "NaN",
  "-1"
]

const hostileFiles: ReadonlyArray<string | Uint8Array> = [
  "",
  "null",
  "[]",
  "0",
  "\"text\"",
  "{",
  "}",
  "{}",
  "{\"__proto__\":{\"schema_version\":1}}",
  "{\"constructor\":{}}",
  "\ufeff{}",
  new Uint8Array([0xff, 0xfe, 0x7b, 0x00]),
  new Uint8Array([0xed, 0xa0, 0x80]),
  new Uint8Array(1000),
  "[".repeat(100_000),
  `${"{\"a\":".repeat(100_000)}1${"}".repeat(100_000)}`,
  `{"a":"${"\\u0000".repeat(10_000)}"}`,
  "{\"schema_version\":1e400,\"assets\":[]}",
  "{\"schema_version\":1,\"assets\":{}}",
  "{\"schema_version\":1,\"assets\":[null,1,\"x\",[],{}]}",
  "{\"schema_version\":1,\"next_asset_id\":-1,\"assets\":[]}",
  "{\"schema_version\":1,\"next_asset_id\":9007199254740993,\"assets\":[]}",
  "{\"schema_version\":1,\"schema_version\":1,\"assets\":[]}",
  "<<<<<<< HEAD\n{}\n=======\n[]\n>>>>>>> theirs\n",
  "{ \"schema_version\": 1, } // comment",
  manifest({ name: "\ud800" }),
  manifest({ artifacts: [{ index: -1, file: "a.png" }] }),
  manifest({ artifacts: [{ index: 1e300, file: "" }] }),
  manifest({ artifacts: "none" }),
  manifest({ output: null }),
  manifest({ asset_uuid: testUuid(1).toUpperCase() }),
  manifest({ asset_uuid: "00000000-0000-0000-0000-000000000000" }),
  registry([entry(0, "a"), entry(1.5, "b"), entry(2 ** 53, "c"), entry(1, "../up"), entry(1, "d"), entry(1, "d")])
]

const refs = [
  { id: 1 },
  { id: Number.NaN },
  { id: 1e308 },
  { uuid: testUuid(1) },
  ...hostileTexts.map((root) => ({ root }))
]

const commandsFor = (text: string): ReadonlyArray<Command> => [
  Command.create({
    root: text,
    name: text,
    family: text,
    output: { format: text, codec: text, metadata: { [text]: text } }
  }),
  Command.create({ root: "new", name: text, family: "tile_bank" }),
  Command.register({ root: text, identity: "new" }),
  Command.relocate({ asset: { id: 1 }, to: text }),
  Command.updateContract({ asset: { root: text }, name: text }),
  Command.updateContract({ asset: { id: 1 }, name: text, output: { metadata: { tile_size: 8, [text]: text } } }),
  Command.applyBankComposition({ asset: { id: 1 }, files: [text, text, "a.png"] }),
  Command.delete({ asset: { uuid: text } })
]

/** Everything that can be asked of a project with a command. */
const exercise = (tree: ProjectTree, command: Command): void => {
  const opened = open(tree)
  for (const { root } of listAssets(opened.snapshot).assets) {
    assert.isTrue(Result.isSuccess(getAssetDetails(opened.snapshot, { root })))
    assert.isTrue(Result.isSuccess(getAssetActions(opened.snapshot, { root })))
  }
  const made = planFor(opened, command)
  assert.isAbove(previewOf(made, contentHash).digest.length, 0)
  assert.strictEqual(refusalOf(made) === undefined, made.blockers.length === 0)
  const after = run(opened, command)
  if (!changesNothing(made)) assert.deepStrictEqual(visible(after.snapshot), visible(after.tree.open()))
}

const healthy = {
  "ui/atlas/asset.json": manifest({ asset_uuid: testUuid(1) }),
  "ui/atlas/a.png": "a",
  [index]: registry([entry(1, "ui/atlas")])
}

describe("hostile arguments", () => {
  it.each(hostileTexts.map((text) => [JSON.stringify(text).slice(0, 40), text] as const))("%s", (_, text) => {
    for (const command of commandsFor(text)) exercise(ProjectTree.of(healthy), command)
    exercise(ProjectTree.of(healthy), Command.batch({ commands: [] }))
  })

  it("as references name nothing, or the asset", () => {
    const { snapshot } = open(ProjectTree.of(healthy))
    for (const ref of refs) {
      const found = Result.getOrUndefined(getAssetDetails(snapshot, ref))
      assert.oneOf<string | undefined>(found?.summary.root, [undefined, "ui/atlas"])
    }
  })
})

/** What a host without types may take for a text or a number. */
const anything: ReadonlyArray<unknown> = [null, 1n, Symbol("s"), true, [], {}, () => 1, Number.NaN]

describe("reads of hosts without types", () => {
  it("find nothing by what is no name", () => {
    const { snapshot } = open(ProjectTree.of(healthy))
    for (const key of ["id", "uuid", "root"]) {
      for (const name of [...anything, undefined, Object.create(null)]) {
        const ref = { [key]: name } as never
        for (const read of [getAssetDetails(snapshot, ref), getAssetActions(snapshot, ref)]) {
          const { message } = Result.getOrThrow(Result.flip<unknown, AssetNotFound>(read))
          assert.include(message, "There is no such asset")
        }
      }
    }
  })

  it("list everything where null stands for nothing, and throw for nothing", () => {
    const { snapshot } = open(ProjectTree.of(healthy))
    const { total } = listAssets(snapshot)
    for (const key of ["registration", "family", "includedInBuild", "severity", "text", "offset", "limit"]) {
      assert.strictEqual(listAssets(snapshot, { [key]: null }).total, total, key)
      for (const wanted of anything) listAssets(snapshot, { [key]: wanted })
    }
  })
})

describe("hostile files", () => {
  const commands = commandsFor("ui/other")

  it.each(hostileFiles.map((content, n) => [n, content] as const))("as manifest, number %i", (_, content) => {
    for (const command of commands) exercise(ProjectTree.of({ ...healthy, "ui/atlas/asset.json": content }), command)
  })

  it.each(hostileFiles.map((content, n) => [n, content] as const))("as registry, number %i", (_, content) => {
    for (const command of commands) exercise(ProjectTree.of({ ...healthy, [index]: content }), command)
  })

  it.prop(
    "with any bytes changed in a manifest and in a registry",
    {
      at: Schema.Natural,
      byte: Schema.Int,
      cut: Schema.Boolean,
      where: Schema.Literals(["ui/atlas/asset.json", index])
    },
    ({ at, byte, cut, where }) => {
      const bytes = new TextEncoder().encode(healthy[where])
      const place = at % bytes.length
      const damaged = cut ? bytes.slice(0, place) : bytes.with(place, byte)
      exercise(
        ProjectTree.of({ ...healthy, [where]: damaged }),
        Command.updateContract({ asset: { id: 1 }, name: "x" })
      )
    },
    { arbitrary: { runs: 1_000, seed: "damaged bytes" } }
  )
})

describe("commands from hosts without types", () => {
  const circle: Record<string, unknown> = { _tag: "create" }
  circle["output"] = { metadata: circle }
  let deep: unknown = 1
  for (let i = 0; i < 100_000; i++) deep = { deep }

  // Not `it.each`: the runner would try to print the circle and the deep value.
  const refused: ReadonlyArray<readonly [string, unknown]> = [
    ["nothing", undefined],
    ["null", null],
    ["a text", "register"],
    ["no tag", {}],
    ["another tag", { _tag: "build" }],
    ["a missing field", { _tag: "register" }],
    ["a wrong type", { _tag: "register", root: 7 }],
    ["a misspelt key", { _tag: "updateContract", asset: { id: 1 }, nam: "new" }],
    ["two names for one asset", { _tag: "delete", asset: { id: 1, root: "a" } }],
    ["a batch in a batch", { _tag: "batch", commands: [{ _tag: "batch", commands: [] }] }],
    ["a circle", circle],
    ["a deep value", { _tag: "create", root: "a", name: "a", family: "tile_bank", output: { metadata: { deep } } }],
    ["metadata that are no JSON", { _tag: "updateContract", asset: { id: 1 }, output: { metadata: { f: () => 1 } } }]
  ]
  for (const [name, input] of refused) {
    it(`refuses ${name}, and says where`, () => {
      const error = Result.getOrThrow(Result.flip(decodeCommand(input)))
      assert.strictEqual(error._tag, "InvalidCommand")
      assert.isNotEmpty(error.issues)
      assert.match(error.issues[0]?.path ?? "", /^\$/)
    })
  }

  it("takes every command that has the right form", () => {
    for (const command of commandsFor("a")) assert.deepStrictEqual(Result.getOrThrow(decodeCommand(command)), command)
  })

  it.prop("never throws, whatever JSON it gets", { input: Schema.Json }, ({ input }) => {
    assert.isBoolean(Result.isSuccess(decodeCommand(input)))
  }, { arbitrary: { runs: 500, seed: "any JSON" } })
})

describe("metadata", () => {
  it("that would be too deep to be read again are not written", () => {
    let metadata: Record<string, Schema.Json> = { tile_size: 8 }
    for (let i = 0; i < 300; i++) metadata = { tile_size: 8, metadata }
    const command = Command.updateContract({ asset: { id: 1 }, output: { metadata } })
    const made = planFor(open(ProjectTree.of(healthy)), command)
    assert.deepStrictEqual(made.blockers.map(({ code }) => code), ["contract/invalid-metadata"])
  })
})
