/** Drafts: files that the packer listed, put into an order; none is made up and none is lost. */
import { assert, describe, it } from "@effect/vitest"
import { Arbitrary } from "effect"
import type { BankComposition } from "../../src/index.ts"
import {
  changed,
  type Draft,
  draftOf,
  type DraftOperation,
  filesOf,
  relisted
} from "../../src/studio/domain/CompositionDraft.ts"
import { integer, pick } from "../support/Arbitraries.ts"

/** A composition as the packer would list it; files with a `!` are not there. */
const composition = (selected: ReadonlyArray<string>, available: ReadonlyArray<string>): BankComposition => ({
  selected: selected.map((file, index) => ({
    index,
    file,
    present: !file.endsWith("!"),
    problems: [],
    ...(file.endsWith("!") ? {} : { size: index + 1 })
  })),
  available: available.map((file) => ({ file, size: 9 })),
  blockers: []
})

const draft = draftOf(composition(["a", "b", "c"], ["x", "y"]))
const shown = ({ available, rows }: Draft) =>
  `${rows.map(({ key }) => key).join()} | ${available.map(({ key }) => key).join()}`
const after = (...operations: ReadonlyArray<DraftOperation>) => shown(operations.reduce(changed, draft))

describe("a draft", () => {
  it("begins with what the bank holds", () => {
    assert.strictEqual(shown(draft), "a,b,c | x,y")
    assert.deepStrictEqual(draft.rows[1], { key: "b", file: "b", size: 2, present: true })
    const [missing] = draftOf(composition(["gone!"], [])).rows
    assert.deepStrictEqual(missing, { key: "gone!", file: "gone!", present: false })
  })

  it.each<readonly [string, DraftOperation, string]>([
    ["adds at the end", { _tag: "Add", key: "x" }, "a,b,c,x | y"],
    ["adds at the beginning", { _tag: "Add", key: "y", place: 0 }, "y,a,b,c | x"],
    ["adds at a place", { _tag: "Add", key: "x", place: 2 }, "a,b,x,c | y"],
    ["adds behind the end at the end", { _tag: "Add", key: "x", place: 99 }, "a,b,c,x | y"],
    ["adds before the beginning at the beginning", { _tag: "Add", key: "x", place: -3 }, "x,a,b,c | y"],
    ["removes", { _tag: "Remove", key: "b" }, "a,c | x,y,b"],
    ["moves up", { _tag: "MoveUp", key: "b" }, "b,a,c | x,y"],
    ["moves down", { _tag: "MoveDown", key: "b" }, "a,c,b | x,y"],
    ["moves to a place further down", { _tag: "MoveTo", key: "a", place: 1 }, "b,a,c | x,y"],
    ["moves to a place further up", { _tag: "MoveTo", key: "c", place: 0 }, "c,a,b | x,y"],
    ["moves behind the end to the end", { _tag: "MoveTo", key: "a", place: 99 }, "b,c,a | x,y"]
  ])("%s", (_, operation, expected) => assert.strictEqual(after(operation), expected))

  it.each<readonly [string, DraftOperation]>([
    ["the first up", { _tag: "MoveUp", key: "a" }],
    ["the last down", { _tag: "MoveDown", key: "c" }],
    ["one to where it is", { _tag: "MoveTo", key: "b", place: 1 }],
    ["what is not in the rows", { _tag: "MoveUp", key: "x" }],
    ["what is nowhere", { _tag: "Remove", key: "stranger" }],
    ["by adding what is there already", { _tag: "Add", key: "a" }],
    ["by adding what the packer did not list", { _tag: "Add", key: "stranger" }]
  ])("is the same object when it moves %s", (_, operation) => assert.strictEqual(changed(draft, operation), draft))

  it("tells rows with the same file apart, and has the file available when none is left", () => {
    const twice = draftOf(composition(["a", "b", "a"], []))
    const second = twice.rows[2]?.key ?? ""
    assert.strictEqual(new Set(twice.rows.map(({ key }) => key)).size, 3)
    const once = changed(twice, { _tag: "Remove", key: second })
    assert.strictEqual(shown(once), "a,b | ")
    assert.strictEqual(shown(changed(once, { _tag: "Remove", key: "a" })), "b | a")
    assert.deepStrictEqual(filesOf(changed(twice, { _tag: "MoveTo", key: second, place: 0 })), ["a", "a", "b"])
  })

  it("stays to the last row over whatever the packer lists now", () => {
    const edited = changed(changed(draft, { _tag: "Add", key: "y", place: 0 }), { _tag: "Remove", key: "c" })
    const now = relisted(edited, composition(["c", "a"], ["new", "x"]))
    assert.strictEqual(shown(now), "y,a,b | c,new,x")
    assert.deepStrictEqual(now.rows.map(({ present }) => present), [false, true, false])
  })

  let runs = 0
  const operation = Arbitrary.map(
    Arbitrary.all([
      pick<DraftOperation["_tag"]>("Add", "Remove", "MoveUp", "MoveDown", "MoveTo"),
      pick("a", "b", "c", "gone!", "x", "y", "stranger"),
      integer(-1, 6)
    ]),
    ([_tag, key, place]): DraftOperation => ({ _tag, key, place })
  )

  it.prop(
    "and what is available are always the files that the packer listed, each once",
    { operations: Arbitrary.array(operation, { maxLength: 30 }) },
    ({ operations }) => {
      let draft = draftOf(composition(["a", "gone!", "b", "c"], ["x", "y"]))
      for (const operation of operations) {
        draft = changed(draft, operation)
        const all = [...draft.rows, ...draft.available]
        assert.deepStrictEqual(all.map(({ file }) => file).toSorted(), ["a", "b", "c", "gone!", "x", "y"])
        assert.deepStrictEqual(all.map(({ key }) => key), all.map(({ file }) => file))
      }
      runs++
    },
    { arbitrary: { runs: 2000, seed: "studio draft" } }
  )

  it("was edited many times", () => {
    process.stdout.write(`drafts: ${runs} rows of operations\n`)
    assert.isAtLeast(runs, 2000)
  })
})
