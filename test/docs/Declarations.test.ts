/** What the docs take from the source, and that nothing gets into them without a sentence. */
import { assert, describe, it } from "@effect/vitest"
import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { declarationsOf, exportsOf, valueOf } from "../../scripts/docs/declarations.ts"
import { fieldsOf, membersOf } from "../../scripts/docs/fields.ts"

/** Reads from a file that is there as long as it is read. */
const inFile = <A>(text: string, read: (file: string) => A): A => {
  const folder = mkdtempSync(join(tmpdir(), "declarations-"))
  try {
    const file = join(folder, "file.ts")
    writeFileSync(file, text)
    return read(file)
  } finally {
    rmSync(folder, { recursive: true })
  }
}

const first = (file: string, name: string) => {
  const [declaration] = declarationsOf(file, name)
  if (declaration === undefined) throw new Error(`There is no ${name}.`)
  return declaration
}

describe("the fields of a schema", () => {
  it("have their type in words and the comment above them, also those of others that are spread", () => {
    const text = `
      const shared = {
        /** Which one. */
        id: Schema.Natural
      }
      /** A thing. */
      export const Thing = Schema.TaggedStruct("thing", {
        ...shared,
        /** How it
         *  is called. */
        name: Schema.optionalKey(Schema.String),
        /** Its kind. */
        kind: Schema.Literals(["a", "b"]),
        /** Its parts. */
        parts: Schema.Array(Schema.Struct({ x: Schema.Int, y: Schema.optionalKey(Schema.Int) }))
      })
    `
    assert.deepStrictEqual(inFile(text, (file) => fieldsOf(valueOf(file, "Thing"))), [
      { name: "id", isOptional: false, type: "integer from 0", doc: "Which one." },
      { name: "name", isOptional: true, type: "text", doc: "How it\n is called." },
      { name: "kind", isOptional: false, type: "`\"a\"`, `\"b\"`", doc: "Its kind." },
      { name: "parts", isOptional: false, type: "list of `x`, `y` (may be absent)", doc: "Its parts." }
    ])
  })

  it("are told once, as they are in the end, where one takes the place of another that is spread", () => {
    const text = `
      const shared = {
        /** Which one. */
        id: Schema.Natural,
        /** Its kind. */
        kind: Schema.String
      }
      /** A thing. */
      export const Thing = Schema.Struct({
        ...shared,
        /** Which one, if any. */
        id: Schema.optionalKey(Schema.Natural)
      })
    `
    assert.deepStrictEqual(inFile(text, (file) => fieldsOf(valueOf(file, "Thing"))), [
      { name: "id", isOptional: true, type: "integer from 0", doc: "Which one, if any." },
      { name: "kind", isOptional: false, type: "text", doc: "Its kind." }
    ])
  })

  it("have a comment, or there are no docs", () => {
    const schema = "export const Thing = Schema.Struct({ /** Which one. */ id: Schema.Int, name: Schema.String })"
    assert.throws(() => inFile(schema, (file) => fieldsOf(valueOf(file, "Thing"))), /"name" of "Thing" has no comment/)
    const settings = "export interface Settings {\n  /** How much. */\n  a: number\n  b: number\n}"
    assert.throws(
      () => inFile(settings, (file) => membersOf(first(file, "Settings"))),
      /"b" of "Settings" has no comment/
    )
  })
})

describe("the names of a front door", () => {
  it("come in its order, each in its section", () => {
    const door = "// One: the first.\nexport { a, type B } from \"./x.ts\"\nexport { c as d } from \"./y.ts\"\n" +
      "// Two.\nexport type { E } from \"./z.ts\""
    assert.deepStrictEqual(inFile(door, exportsOf), [
      { name: "a", section: "One: the first" },
      { name: "B", section: "One: the first" },
      { name: "d", section: "One: the first" },
      { name: "E", section: "Two" }
    ])
  })
})
