import { assert, describe, it } from "@effect/vitest"
import { type Field, fields, isReached } from "../../bench/Fields.ts"
import type { Ended } from "../../bench/harness/Children.ts"
import { readOptions } from "../../bench/harness/Options.ts"
import { jsonOf, reportOf, tableOf } from "../../bench/harness/Report.ts"

const run = (ended: ReadonlyArray<readonly [Field["suite"], Ended]>) =>
  reportOf({
    scale: "quick",
    machine: { cpu: "a processor", cores: 2, memoryGiB: 8, system: "Linux", node: "v24.0.0", loadBefore: 0.1 },
    fileSystem: { type: "ext4", options: "rw", isReference: true, note: "with its journal" },
    revision: "abc",
    startedAt: "2026-01-01T00:00:00.000Z",
    seconds: 12,
    ended: new Map(ended)
  })

const commit: Ended = {
  _tag: "Found",
  findings: {
    figures: {
      "commit.registerP50VsFlush": { value: 0.9, spread: [0.8, 1.1] },
      "commit.vsSqlite": { value: 0.4 }
    },
    details: { bytesOfOneChange: 700 }
  }
}
const report = run([
  ["commit", commit],
  ["memory", { _tag: "Failed", message: "out of luck" }],
  ["open", {
    _tag: "Found",
    findings: { figures: {}, details: {}, missing: { "open.droppedCacheVsRaw50k": "no right to" } }
  }]
])

/** The value at a dotted name. */
const at = (value: unknown, name: string): unknown =>
  name.split(".").reduce<unknown>((inner, key) => (inner as Record<string, unknown>)[key], value)

describe("what is printed in the end", () => {
  it("has every field under its dotted name, measured or not", () => {
    const json = JSON.parse(JSON.stringify(jsonOf(report)))
    assert.strictEqual(at(json, "commit.registerP50VsFlush"), 0.9)
    for (const { name } of fields) {
      assert.isTrue(at(json, name) === null || typeof at(json, name) === "number", name)
      assert.isDefined(json.fields[name], name)
    }
    assert.deepStrictEqual(json.details, { commit: { bytesOfOneChange: 700 }, open: {} })
    assert.deepStrictEqual(json.failed, { memory: "out of luck" })
  })

  it("says of each whether it reaches its target", () => {
    assert.strictEqual(report.fields["commit.registerP50VsFlush"]?.reached, true)
    assert.strictEqual(report.fields["commit.vsSqlite"]?.reached, false)
    assert.strictEqual(report.fields["memory.bytesPerAsset100k"]?.reached, null)
  })

  it("says why there is no figure", () => {
    assert.strictEqual(report.fields["open.droppedCacheVsRaw50k"]?.missing, "no right to")
    assert.strictEqual(report.fields["open.warmVsRaw50k"]?.missing, "its suite did not measure it")
    assert.strictEqual(report.fields["memory.bytesPerAsset100k"]?.missing, "its suite failed")
    assert.strictEqual(report.fields["events.vsRawPubSub"]?.missing, "its suite was not run")
  })

  it("is a table with one line for each field of the suites that were run, and nothing hidden", () => {
    const lines = tableOf(report, ["by the way"]).split("\n")
    const line = (name: string) => lines.find((line) => line.startsWith(name))?.replaceAll(/ {2,}/g, " | ")
    assert.strictEqual(line("commit.registerP50VsFlush"), "commit.registerP50VsFlush | 0.9 × | ≤ 1 | ok | 0.8 … 1.1")
    assert.strictEqual(line("commit.vsSqlite"), "commit.vsSqlite | 0.4 × | ≥ 0.5 | not reached")
    assert.strictEqual(line("open.droppedCacheVsRaw50k"), "open.droppedCacheVsRaw50k | — | ≤ 1.5 | — | no right to")
    assert.isUndefined(line("events.vsRawPubSub"))
    assert.isTrue(lines.some((line) => line.includes("10,000 assets for 100,000")))
    assert.include(lines, "memory failed: out of luck")
    assert.include(lines, "by the way")
  })

  it("holds a figure at its target for reached, on either side", () => {
    const field = (target: Field["target"]): Field => ({ name: "a.b", suite: "core", what: "", unit: "", target })
    assert.deepStrictEqual([1, 1.01].map((value) => isReached(field({ most: 1 }), value)), [true, false])
    assert.deepStrictEqual([32, 31.9].map((value) => isReached(field({ least: 32 }), value)), [true, false])
  })
})

describe("the command line", () => {
  it("runs all suites in full unless it is told otherwise", () => {
    const options = readOptions([])
    assert.deepInclude(options, { scale: "whole", json: false, save: false, dir: undefined })
    assert.deepInclude(readOptions(["--only", "open", "--only", "events"]), { suites: ["events", "open"] })
  })

  it("keeps no results of less than a whole run", () => {
    assert.deepInclude(readOptions(["--save"]), { save: true })
    assert.deepStrictEqual(readOptions(["--save", "--quick"]), { wrong: "--save keeps whole runs only" })
    assert.deepStrictEqual(readOptions(["--save", "--only", "open"]), { wrong: "--save keeps whole runs only" })
  })

  it("says what it does not understand", () => {
    assert.deepStrictEqual(readOptions(["--only", "luck"]), { wrong: "there is no suite \"luck\"" })
    assert.property(readOptions(["--fast"]), "wrong")
  })
})
