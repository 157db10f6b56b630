import { describe, expect, it } from "@effect/vitest"
import { checkJsdoc } from "../../scripts/check-jsdoc.ts"

const check = (files: Readonly<Record<string, string>>) => checkJsdoc(new Map(Object.entries(files)))

/** One file behind the front door. */
const behindDoor = (text: string) =>
  check({ "src/index.ts": "export * from \"./domain/A.ts\"", "src/domain/A.ts": text })

describe("check-jsdoc", () => {
  it.each([
    "const a = 1",
    "const a: number = 1",
    "let a = 1",
    "function a() {}",
    "async function a() {}",
    "function* a() {}",
    "class a {}",
    "abstract class a {}",
    "interface a {}",
    "type a = 1",
    "declare const a: 1",
    "declare function a(): void",
    "namespace a {}"
  ])("wants a comment above `export %s`", (declaration) => {
    expect(behindDoor(`\nexport ${declaration}\n`)).toEqual([
      "src/domain/A.ts:2: \"a\" is public and has no JSDoc comment above it"
    ])
    expect(behindDoor(`/** Why. */\nexport ${declaration}\n`)).toEqual([])
    expect(behindDoor(`/**\n * Why.\n */\nexport ${declaration}\n`)).toEqual([])
  })

  it.each([
    ["a line comment", "// Why.\nexport const a = 1"],
    ["a plain comment", "/* Why. */\nexport const a = 1"],
    ["a comment further up", "/** The file. */\n\nexport const a = 1"],
    ["the comment of another", "/** Why. */\nconst b = 1\nexport const a = 1"],
    ["a text that looks like one", "const b = `\n/** Why. */\n`\nexport const a = 1"]
  ])("does not take %s for one", (_, text) => {
    expect(behindDoor(text)).toHaveLength(1)
  })

  it("is content with the first of some overloads", () => {
    expect(behindDoor(
      "/** Why. */\nexport function a(b: 1): 1\nexport function a(b: 2): 2\nexport function a(b: number) { return b }"
    )).toEqual([])
  })

  it("is content with the schema of a schema and its type", () => {
    expect(behindDoor("/** Why. */\nexport const A = Schema.String\nexport type A = typeof A.Type\n")).toEqual([])
    expect(behindDoor("/** Why. */\nexport const A = Schema.String\nexport type B = typeof A.Type\n")).toHaveLength(1)
  })

  it("leaves alone what is not public", () => {
    expect(check({
      "src/index.ts": "export { a } from \"./domain/A.ts\"",
      "src/domain/A.ts":
        "import { c } from \"./C.ts\"\n/** Why. */\nexport const a = c\nexport const b = 1\nconst d = 1",
      "src/domain/C.ts": "export const c = 1"
    })).toEqual([])
  })

  it.each([
    "export * from \"./services/A.ts\"",
    "export * as A from \"./services/A.ts\"",
    "export { b } from \"./services/A.ts\"",
    "export {\n  a,\n  type b as c\n} from \"./services/A.ts\"",
    "export type { b } from \"./services/A.ts\""
  ])("follows %j, and on from there", (door) => {
    const problem = "src/domain/B.ts:1: \"b\" is public and has no JSDoc comment above it"
    const files = {
      "src/services/A.ts": "/** Why. */\nexport const a = 1\nexport * from \"../domain/B.ts\"",
      "src/domain/B.ts": "export const b = 1"
    }
    expect(check({ "src/index.ts": door, ...files })).toEqual([problem])
    expect(check({ "src/node.ts": door, ...files })).toEqual([problem])
    expect(check({ "src/testing.ts": door, ...files })).toEqual([problem])
    expect(check({ "src/other.ts": door, ...files })).toEqual([])
  })

  it("reads an export list", () => {
    expect(behindDoor("const a = 1\n/** Why. */\nconst b = 2\nexport { a as c, b }")).toEqual([
      "src/domain/A.ts:1: \"a\" is public and has no JSDoc comment above it"
    ])
  })

  it("says so when it cannot find a name", () => {
    expect(check({ "src/index.ts": "export { a } from \"./domain/A.ts\"", "src/domain/A.ts": "" })).toEqual([
      "src/index.ts:1: \"a\" is exported and declared nowhere"
    ])
  })
})
