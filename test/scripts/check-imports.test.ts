import { describe, expect, it } from "@effect/vitest"
import { checkImports } from "../../scripts/check-imports.ts"

const check = (files: Readonly<Record<string, string>>) => checkImports(new Map(Object.entries(files)))

describe("check-imports", () => {
  it("has nothing to say about a house in order", () => {
    expect(check({
      "src/index.ts": "/** What a host imports. */\nexport * from \"./domain/AssetId.ts\"\n" +
        "export * as Lane from \"./services/Lane.ts\"\nexport {\n  type A,\n  b\n} from \"./layers/Lane.ts\"\n",
      "src/domain/AssetId.ts":
        "import type * as Effect from \"effect/Effect\"\nimport * as Schema from \"effect/Schema\"\n",
      "src/services/Lane.ts":
        "import * as Effect from \"effect/Effect\"\nimport { id } from \"../domain/AssetId.ts\"\n",
      "src/layers/Lane.ts": "import { open } from \"node:fs\"\nimport * as Lane from \"../services/Lane.ts\"\n" +
        "import { id } from \"../domain/AssetId.ts\"\n",
      "src/testing/Disk.ts": "import * as Lane from \"../layers/Lane.ts\"\n"
    })).toEqual([])
  })

  describe("one way", () => {
    it.each([
      ["domain", "services"],
      ["domain", "layers"],
      ["services", "layers"],
      ["layers", "testing"],
      ["testing", "studio/layers"],
      ["studio/domain", "studio/services"],
      ["studio/services", "studio/layers"]
    ])("src/%s does not import from src/%s", (from, to) => {
      const up = from.startsWith("studio/") ? "../.." : ".."
      expect(check({ [`src/${from}/A.ts`]: `\nimport { b } from "${up}/${to}/B.ts"\n` })).toEqual([
        `src/${from}/A.ts:2: src/${from} must not import from src/${to} ("${up}/${to}/B.ts")`
      ])
    })

    it.each([
      "import {\n  a,\n  type B\n} from \"../layers/B.ts\"",
      "import type { B } from '../layers/B.ts'",
      "import b, { c } from \"../layers/B.ts\"",
      "import b, * as c from \"../layers/B.ts\"",
      "import \"../layers/B.ts\"",
      "export * from \"../layers/B.ts\"",
      "export * as B from \"../layers/B.ts\"",
      "export type { B } from \"../layers/B.ts\"",
      "const b = await import(\"../layers/B.ts\")",
      "type B = import(\"../layers/B.ts\").B"
    ])("sees %j", (statement) => {
      expect(check({ "src/domain/A.ts": statement })).toHaveLength(1)
    })

    it.each([
      "// import \"../layers/B.ts\"",
      "/*\nimport { b } from \"../layers/B.ts\"\n*/",
      "/**\n * ```ts\n * import { b } from \"../layers/B.ts\"\n * ```\n */",
      "const text = `\nimport { b } from \"../layers/B.ts\"\n${`import \"../layers/B.ts\"`}`",
      "const quote = /[\"'`/]/\n// import \"../layers/B.ts\""
    ])("sees no import in %j", (text) => {
      expect(check({ "src/domain/A.ts": text })).toEqual([])
    })

    it("keeps the front doors for hosts", () => {
      expect(check({ "src/layers/A.ts": "import { b } from \"../index.ts\"" })).toEqual([
        "src/layers/A.ts:1: src/layers must not import the front door \"../index.ts\""
      ])
    })

    it("stays inside src", () => {
      expect(check({ "src/layers/A.ts": "import { b } from \"../../test/B.ts\"" })).toEqual([
        "src/layers/A.ts:1: src must not import \"../../test/B.ts\" from outside src"
      ])
    })

    it("asks for the file's ending", () => {
      expect(check({ "src/layers/A.ts": "import { b } from \"./B.js\"" })).toEqual([
        "src/layers/A.ts:1: \"./B.js\" must end with \".ts\""
      ])
    })

    it("asks what a new room may import", () => {
      expect(check({ "src/utils/A.ts": "" })).toEqual([
        "src/utils/A.ts:1: src/utils is no room of this house; say in scripts/check-imports.ts what it may import"
      ])
    })
  })

  describe("a studio", () => {
    const studio = "src/studio/layers/A.ts"

    it("takes what it needs from the packer by name, as a host would", () => {
      expect(check({
        "src/index.ts": "export { b } from \"./layers/B.ts\"\n",
        "src/layers/B.ts": "",
        "src/studio/domain/C.ts": "import { type AssetRef, b } from \"../../index.ts\"\n",
        [studio]: "import * as Effect from \"effect/Effect\"\nimport type { AssetRef } from \"../../index.ts\"\n" +
          "import { c } from \"../domain/C.ts\"\n"
      })).toEqual([])
    })

    it.each(["domain", "services", "layers", "layers/runtime", "testing"])(
      "takes nothing from src/%s itself",
      (room) => {
        expect(check({ [studio]: `import { b } from "../../${room}/B.ts"` })).toHaveLength(1)
        expect(check({ [studio]: `import type { B } from "../../${room}/B.ts"` })).toHaveLength(1)
      }
    )

    it.each(["node.ts", "testing.ts", "studio.ts"])("does not use the front door src/%s", (door) => {
      expect(check({ [studio]: `import { b } from "../../${door}"` })).toEqual([
        `${studio}:1: src/studio/layers must not import the front door "../../${door}"`
      ])
    })

    it.each([
      "import { Disk } from \"../../index.ts\"",
      "import { type Disk } from \"../../index.ts\"",
      "import {\n  ProjectRuntime,\n  Workspace as W\n} from \"../../index.ts\"",
      "import type { ProjectFolder } from \"../../index.ts\"",
      "import { DurableCommitter } from \"../../index.ts\"",
      "import * as Packer from \"../../index.ts\"",
      "import \"../../index.ts\"",
      "export * from \"../../index.ts\"",
      "const packer = await import(\"../../index.ts\")",
      "import { open } from \"node:fs\"",
      "import * as FileSystem from \"effect/FileSystem\"",
      "import * as ChildProcess from \"effect/process/ChildProcess\"",
      "import { NodeFileSystem } from \"@effect/platform-node\""
    ])("has no way to the disk by %j", (statement) => {
      expect(check({ [studio]: statement })).toHaveLength(1)
    })

    it("has a pure domain too", () => {
      expect(check({ "src/studio/domain/A.ts": "import * as Stream from \"effect/Stream\"\nDate.now()" })).toEqual([
        "src/studio/domain/A.ts:1: src/studio/domain must not import \"effect/Stream\": it is not plain data",
        "src/studio/domain/A.ts:2: src/studio/domain must not use Date.now"
      ])
    })

    it("keeps its files in rooms", () => {
      expect(check({ "src/studio/A.ts": "" })).toHaveLength(1)
    })
  })

  describe("packages", () => {
    it.each(["Effect", "Layer", "Stream", "Clock", "Fiber", "Context", "Random"])(
      "src/domain does not run %s",
      (name) => {
        expect(check({ "src/domain/A.ts": `import * as X from "effect/${name}"` })).toHaveLength(1)
      }
    )

    it("names the way out for effect/Effect", () => {
      expect(check({ "src/domain/A.ts": "import * as Effect from \"effect/Effect\"" })).toEqual([
        "src/domain/A.ts:1: src/domain may import \"effect/Effect\" only with `import type`"
      ])
    })

    it.each(["domain", "services"])("src/%s does not import Node's builtins", (room) => {
      expect(check({ [`src/${room}/A.ts`]: "import { open } from \"node:fs\"\nimport path from \"path\"" })).toEqual([
        `src/${room}/A.ts:1: src/${room} must not import the Node builtin "node:fs"`,
        `src/${room}/A.ts:2: src/${room} must not import the Node builtin "path"`
      ])
    })

    it("src/domain imports no other package", () => {
      expect(check({ "src/domain/A.ts": "import { Disk } from \"@effect/platform-node\"" })).toEqual([
        "src/domain/A.ts:1: src/domain must not import the package \"@effect/platform-node\""
      ])
    })

    it("src imports modules of effect, not all of it", () => {
      expect(check({ "src/layers/A.ts": "import { Effect } from \"effect\"" })).toEqual([
        "src/layers/A.ts:1: import the module (\"effect/Schema\"), not all of \"effect\""
      ])
    })
  })

  describe("a pure domain", () => {
    it.each([
      ["Date.now()", "Date.now"],
      ["new Date()", "new Date("],
      ["Math.random()", "Math.random"],
      ["crypto.randomUUID()", "crypto"],
      ["process.cwd()", "process."],
      ["performance.now()", "performance."],
      ["setTimeout(f, 1)", "a timer"],
      ["console.log(1)", "console."],
      ["globalThis.fetch", "globalThis"],
      ["`${Date.now()}`", "Date.now"]
    ])("does not hold %s", (code, name) => {
      expect(check({ "src/domain/A.ts": `\n\nexport const a = ${code}` })).toEqual([
        `src/domain/A.ts:3: src/domain must not use ${name}`
      ])
      expect(check({ "src/layers/A.ts": `export const a = ${code}` })).toEqual([])
    })

    it("may write about all of that", () => {
      expect(check({
        "src/domain/A.ts": "// Date.now()\nexport const a = \"new Date()\" + `setTimeout ${{ a: 1 }.a} console.log`\n" +
          "export const b = { process: 1 }.process + /Date.now/.source.length\n"
      })).toEqual([])
    })
  })

  describe("front doors", () => {
    it.each([
      "export const a = 1",
      "import { a } from \"./domain/A.ts\"",
      "const a = 1\nexport { a }",
      "export * from \"./domain/A.ts\"\nconsole.log(1)"
    ])("do not hold %j", (text) => {
      expect(check({ "src/index.ts": text })).toEqual([
        expect.stringMatching(/^src\/index.ts:[12]: a front door holds nothing but `export … from`$/)
      ])
    })
  })

  describe("cycles", () => {
    it("shows a cycle once, whole", () => {
      expect(check({
        "src/domain/B.ts": "import { c } from \"./C.ts\"",
        "src/domain/C.ts": "import { a } from \"./A.ts\"",
        "src/domain/A.ts": "import type { B } from \"./B.ts\"",
        "src/domain/D.ts": "import { a } from \"./A.ts\""
      })).toEqual([
        "src/domain/B.ts: import cycle: src/domain/A.ts → src/domain/B.ts → src/domain/C.ts → src/domain/A.ts"
      ])
    })

    it("shows a file that imports itself", () => {
      expect(check({ "src/domain/A.ts": "import { a } from \"./A.ts\"" })).toEqual([
        "src/domain/A.ts: import cycle: src/domain/A.ts → src/domain/A.ts"
      ])
    })
  })
})
