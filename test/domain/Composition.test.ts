import { assert, describe, expect, it } from "@effect/vitest"
import { Arbitrary, Result, Schema } from "effect"
import {
  AvailableRow,
  availableRows,
  CapacityUse,
  capacityUse,
  indexesAreWhole,
  type Measure,
  SelectedRow,
  selectedRows
} from "../../src/domain/Composition.ts"
import { acceptsFile, type Family } from "../../src/domain/Family.ts"
import { compareText, FilePath, parseFile } from "../../src/domain/Path.ts"
import type { FolderFiles } from "../../src/domain/Seen.ts"

const family: Family = {
  id: "pictures",
  label: "Pictures",
  extensions: [".png", ".gif"],
  formats: [{ id: "raw", codecs: ["none"], metadata: Schema.Struct({}), defaults: {} }],
  capacity: { files: 3, fileBytes: 100, totalBytes: 250 }
}

const file = (path: string, size: number) => ({ path: FilePath.make(path), size })
const filesOf = (files: ReadonlyArray<ReturnType<typeof file>>): FolderFiles => ({
  paths: files.map(({ path }) => path),
  sizes: files.map(({ size }) => size),
  mtimesMs: files.map(() => 0)
})
const listed = (...files: ReadonlyArray<string>) => files.map((file, index) => ({ index, file }))

const paths = ["a.png", "b.PNG", "c.gif", "d.wav", "é.png", "sub/a.png", "sub/notes.txt", "😀.gif", "\uff21.png"]
const strangers = ["gone.png", "gone.wav", "e\u0301.png", "../a.png", "A:b.gif", "", "a.png/", "con.png", "asset.json"]

const folder = Arbitrary.map(
  Arbitrary.array(Arbitrary.all([Arbitrary.schema(Schema.Literals(paths)), Arbitrary.schema(Schema.Natural)]), {
    maxLength: 9
  }),
  (drawn) => Array.from(new Map(drawn), ([path, size]) => file(path, size)).sort((a, b) => compareText(a.path, b.path))
)
const artifacts = Arbitrary.map(
  Arbitrary.array(Arbitrary.schema(Schema.Literals([...paths, ...strangers])), { maxLength: 12 }),
  (files) => listed(...files)
)
/** More than are gone through one by one, in the order of paths. */
const manyPaths = Array.from({ length: 24 }, (_, i) => `f${String(i).padStart(2, "0")}.${i % 5 === 4 ? "wav" : "png"}`)
const manyArtifacts = Arbitrary.map(
  Arbitrary.array(Arbitrary.schema(Schema.Literals(manyPaths)), { maxLength: 24 }),
  (files) => listed(...files)
)
const seeded = (seed: string) => ({ arbitrary: { runs: 1500, seed } })

describe("the rows of a composition", () => {
  it.prop("are those of the manifest, in their order, each with what is known of its file", { folder, artifacts }, ({
    artifacts,
    folder
  }) => {
    const rows = selectedRows(artifacts, filesOf(folder), family)
    assert.deepStrictEqual(rows.map((row) => row.index), artifacts.map((row) => row.index))
    for (const [place, row] of rows.entries()) {
      const spelled = artifacts[place]?.file ?? ""
      const legal = Result.isSuccess(parseFile(spelled))
      assert.strictEqual(row.file, legal ? spelled.normalize("NFC") : spelled)
      const found = folder.find(({ path }) => path === row.file)
      assert.strictEqual(row.present, found !== undefined)
      assert.strictEqual(row.size, found?.size)
      assert.strictEqual("size" in row, row.present)
      const problems = [
        ...(legal ? [] : ["artifacts/illegal-file"]),
        ...(legal && found === undefined ? ["artifacts/missing-file"] : []),
        ...(rows.slice(0, place).some((other) => other.file === row.file) ? ["artifacts/duplicate-file"] : []),
        ...(/\.(png|gif)$/i.test(row.file) ? [] : ["artifacts/wrong-kind"])
      ]
      assert.deepStrictEqual<ReadonlyArray<string>>(row.problems, problems)
    }
    assert.isTrue(Schema.is(Schema.Array(SelectedRow))(rows))
  }, seeded("rows"))

  it.prop("and the available files are together what the family accepts, each once, in order", { folder, artifacts }, ({
    artifacts,
    folder
  }) => {
    const selected = selectedRows(artifacts, filesOf(folder), family)
    const available = availableRows(filesOf(folder), selected, family)
    const held = new Set(selected.filter((row) => row.present && acceptsFile(family, row.file)).map((row) => row.file))
    const free = available.map((row) => row.file)
    const accepted = folder.filter(({ path }) => acceptsFile(family, path))
    assert.deepStrictEqual([...held, ...free].toSorted(compareText), accepted.map(({ path }) => path))
    assert.deepStrictEqual(free, free.toSorted(compareText))
    for (const row of available) assert.deepInclude(folder, { path: row.file, size: row.size })
    assert.isTrue(Schema.is(Schema.Array(AvailableRow))(available))
  }, seeded("partition"))

  it.prop("of an unknown family are of no wrong kind, and nothing is available", { folder, artifacts }, ({
    artifacts,
    folder
  }) => {
    const known = selectedRows(artifacts, filesOf(folder), family)
    const selected = selectedRows(artifacts, filesOf(folder), undefined)
    assert.deepStrictEqual(
      selected,
      known.map((row) => ({ ...row, problems: row.problems.filter((problem) => problem !== "artifacts/wrong-kind") }))
    )
    assert.deepStrictEqual(availableRows(filesOf(folder), selected, undefined), [])
  }, seeded("unknown family"))

  it("find a file whatever the Unicode normalization of its name in the manifest", () => {
    expect(selectedRows(listed("e\u0301.png", "é.png"), filesOf([file("é.png", 5)]), family)).toEqual([
      { index: 0, file: "é.png", present: true, size: 5, problems: [] },
      { index: 1, file: "é.png", present: true, size: 5, problems: ["artifacts/duplicate-file"] }
    ])
  })

  it("tell an empty file from one that is not there", () => {
    expect(selectedRows(listed("a.png", "b.png"), filesOf([file("a.png", 0)]), family)).toEqual([
      { index: 0, file: "a.png", present: true, size: 0, problems: [] },
      { index: 1, file: "b.png", present: false, problems: ["artifacts/missing-file"] }
    ])
  })

  it.prop(
    "are the same whether there are few or many",
    {
      artifacts: manyArtifacts,
      size: Arbitrary.schema(Schema.Int.check(Schema.isBetween({ minimum: 10, maximum: 24 })))
    },
    ({ artifacts, size }) => {
      const folder = manyPaths.slice(0, size).map((path, i) => file(path, i))
      const rows = selectedRows(artifacts, filesOf(folder), family)
      assert.deepStrictEqual(rows.map((row) => row.file), artifacts.map((row) => row.file))
      for (const [place, { file, problems, size }] of rows.entries()) {
        assert.strictEqual(size, folder.find(({ path }) => path === file)?.size)
        assert.deepStrictEqual<ReadonlyArray<string>>(problems, [
          ...(size === undefined ? ["artifacts/missing-file"] : []),
          ...(artifacts.findIndex((row) => row.file === file) < place ? ["artifacts/duplicate-file"] : []),
          ...(file.endsWith(".wav") ? ["artifacts/wrong-kind"] : [])
        ])
      }
      const taken = new Set(rows.map((row) => row.file))
      assert.deepStrictEqual(
        availableRows(filesOf(folder), rows, family),
        folder.flatMap(({ path, size }) => path.endsWith(".wav") || taken.has(path) ? [] : [{ file: path, size }])
      )
    },
    seeded("few and many")
  )
})

describe("the capacity of a bank", () => {
  const states = (sizes: ReadonlyArray<number>): ReadonlyArray<Measure["state"]> => {
    const { fileBytes, files, totalBytes } = capacityUse(family, sizes)
    return [files.state, fileBytes.state, totalBytes.state]
  }

  it.each([
    [[], ["ok", "ok", "ok"]],
    [[0], ["ok", "ok", "ok"]],
    [[99, 99], ["ok", "ok", "ok"]],
    [[1, 1, 1], ["full", "ok", "ok"]],
    [[0, 0, 0, 0], ["exceeded", "ok", "ok"]],
    [[100], ["ok", "full", "ok"]],
    [[101], ["ok", "exceeded", "ok"]],
    [[50, 101, 49], ["full", "exceeded", "ok"]],
    [[90, 90, 70], ["full", "ok", "full"]],
    [[90, 90, 71], ["full", "ok", "exceeded"]],
    [[251], ["ok", "exceeded", "exceeded"]]
  ])("is, with files of %j bytes, %j", (sizes, expected) => {
    expect(states(sizes)).toEqual(expected)
  })

  it.prop("counts files, the largest of them, and all their bytes", {
    sizes: Arbitrary.array(Arbitrary.schema(Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 130 }))), {
      maxLength: 5
    })
  }, ({ sizes }) => {
    const use = capacityUse(family, sizes)
    const sorted = sizes.toSorted((a, b) => b - a)
    assert.strictEqual(use.files.used, sizes.length)
    assert.strictEqual(use.fileBytes.used, sorted[0] ?? 0)
    assert.strictEqual(use.totalBytes.used, sizes.reduce((total, size) => total + size, 0))
    for (const measure of ["files", "fileBytes", "totalBytes"] as const) {
      const { limit, state, used } = use[measure]
      assert.strictEqual(limit, family.capacity[measure])
      assert.strictEqual(state, used < limit ? "ok" : used === limit ? "full" : "exceeded")
    }
    assert.isTrue(Schema.is(CapacityUse)(use))
  }, seeded("capacity"))
})

describe("indexes are whole", () => {
  const artifacts = (...indexes: ReadonlyArray<number>) => indexes.map((index) => ({ index, file: `${index}.png` }))

  it.each([[[]], [[0]], [[0, 1, 2]]])("as %j", (indexes) => {
    expect(indexesAreWhole(artifacts(...indexes))).toBe(true)
  })

  it.each([[[1]], [[0, 0]], [[0, 2]], [[0, 1, 1, 2]], [[1, 2, 3]]])("but not as %j", (indexes) => {
    expect(indexesAreWhole(artifacts(...indexes))).toBe(false)
  })
})
