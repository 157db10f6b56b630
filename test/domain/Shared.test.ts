import { assert, describe, it } from "@effect/vitest"
import { Result } from "effect"
import { Command } from "../../src/domain/Command.ts"
import { getAssetDetails } from "../../src/domain/Queries.ts"
import { makeShare } from "../../src/domain/Shared.ts"
import { findAsset, type Snapshot } from "../../src/domain/Snapshot.ts"
import { ProjectTree, testUuid } from "../../src/testing/ProjectTree.ts"
import { entry, manifest, open, registry, run } from "../support/Workspace.ts"

/** Two assets of the same kind, with what else their manifests say and the files they have. */
const pair = (
  one: Readonly<Record<string, unknown>>,
  other: Readonly<Record<string, unknown>>,
  files: readonly [ReadonlyArray<string>, ReadonlyArray<string>] = [["a.png", "b.png"], ["a.png", "b.png"]]
) =>
  ProjectTree.of({
    "one/asset.json": manifest({ asset_uuid: testUuid(1), ...one }),
    "two/asset.json": manifest({ asset_uuid: testUuid(2), ...other }),
    ...Object.fromEntries(files[0].map((file) => [`one/${file}`, "1"])),
    ...Object.fromEntries(files[1].map((file) => [`two/${file}`, "22"])),
    ".prometeu/index.json": registry([entry(1, "one"), entry(2, "two")])
  })

const details = (snapshot: Snapshot, id: number) => Result.getOrThrow(getAssetDetails(snapshot, { id }))

const onDisk = (snapshot: Snapshot, id: number) => {
  const found = findAsset(snapshot, { id })?.onDisk
  assert(found?.reading._tag === "Valid")
  return { ...found, manifest: found.reading.manifest }
}

const artifacts = [{ index: 0, file: "b.png" }, { index: 1, file: "a.png" }]

describe("what assets have in common", () => {
  it("is held once, and what they have not is their own", () => {
    const { snapshot } = open(pair({ artifacts }, { artifacts }))
    const [one, two] = [onDisk(snapshot, 1), onDisk(snapshot, 2)]
    assert.strictEqual(one.paths, two.paths)
    assert.strictEqual(one.manifest.artifacts, two.manifest.artifacts)
    assert.strictEqual(one.manifest.output, two.manifest.output)
    assert.deepStrictEqual([one.sizes, two.sizes], [[1, 1], [2, 2]])
    assert.notStrictEqual(one.mtimesMs, two.mtimesMs)
  })

  it("stays so when a command writes the same", () => {
    const before = open(pair({ artifacts: artifacts.slice(1) }, { artifacts }))
    const { snapshot } = run(before, Command.applyBankComposition({ asset: { id: 1 }, files: ["b.png", "a.png"] }))
    assert.strictEqual(onDisk(snapshot, 1).manifest.artifacts, onDisk(snapshot, 2).manifest.artifacts)
  })

  it("cannot be changed by who has got it in an answer", () => {
    const output = { format: "TILES/indexed_v1", codec: "none", metadata: { tile_size: 16, more: [{ a: 1 }] } }
    const { snapshot } = open(pair({ output }, { output }))
    const { metadata } = details(snapshot, 1).contract ?? {}
    assert.throws(() => Object.assign(metadata ?? {}, { tile_size: 8 }), TypeError)
    assert.throws(() => Object.assign(Object(Object(metadata?.more)[0]), { a: 2 }), TypeError)
    assert.deepStrictEqual<unknown>(details(snapshot, 2).contract?.metadata, output.metadata)
  })

  it.each<[Readonly<Record<string, unknown>>, Readonly<Record<string, unknown>>]>([
    [{ a: 1, b: 2 }, { b: 2, a: 1 }],
    [{ a: 0 }, { a: -0 }],
    [{ a: [] }, { a: {} }],
    [{ a: "1" }, { a: 1 }],
    [{ a: null }, {}],
    [{ a: [1, [2]] }, { a: [[1], 2] }]
  ])("is not taken for the same where it is not: %j and %j", (one, other) => {
    const asset = (metadata: Readonly<Record<string, unknown>>) => {
      const text = manifest({ output: { format: "f", codec: "c", metadata } })
      // Nothing prints the sign of a zero; people may write it.
      return Object.is(metadata["a"], -0) ? text.replace("\"a\": 0", "\"a\": -0") : text
    }
    const { snapshot } = open(ProjectTree.of({
      "one/asset.json": asset(one),
      "two/asset.json": asset(other),
      ".prometeu/index.json": registry([entry(1, "one"), entry(2, "two")])
    }))
    for (const [id, metadata] of [[1, one], [2, other]] as const) {
      assert.deepStrictEqual<unknown>(details(snapshot, id).contract?.metadata, metadata)
      assert.deepStrictEqual(Object.keys(details(snapshot, id).contract?.metadata ?? {}), Object.keys(metadata))
    }
  })

  it("is nothing of lists that only begin or sound alike", () => {
    const { snapshot } = open(pair(
      { artifacts: [{ index: 1, file: "a.png" }] },
      { artifacts: [{ index: 0, file: "a.png" }] },
      [["a.png", "b.png", "con.png"], ["a.png", "b.pngc"]]
    ))
    const shown = (id: number) => {
      const { composition: { available, selected }, diagnostics } = details(snapshot, id)
      return [
        selected.map(({ index }) => index),
        available.map(({ file }) => file),
        diagnostics.map(({ code }) => code)
      ]
    }
    assert.deepStrictEqual(shown(1), [[1], ["b.png"], ["workspace/illegal-file", "artifacts/bad-index"]])
    assert.deepStrictEqual(shown(2), [[0], [], []])
  })
})

describe("sharing", () => {
  it("gives what it kept only to those who mean it", () => {
    const share = makeShare<ReadonlyArray<string>>()
    const first = share("k", () => true, () => ["first"])
    assert.strictEqual(share("k", (kept) => kept[0] === "first", () => ["other"]), first)
    assert.deepStrictEqual(share("k", (kept) => kept[0] === "second", () => ["second"]), ["second"])
  })

  it("keeps only so many things, and none with a long name", () => {
    const share = makeShare<object>()
    const first = share("first", () => true, () => ({}))
    for (let n = 0; n < 1023; n++) share(`${n}`, () => true, () => ({}))
    assert.strictEqual(share("first", () => true, () => ({})), first)
    share("one more", () => true, () => ({}))
    assert.notStrictEqual(share("first", () => true, () => ({})), first)
    const long = "x".repeat(513)
    assert.notStrictEqual(share(long, () => true, () => ({})), share(long, () => true, () => ({})))
  })
})
