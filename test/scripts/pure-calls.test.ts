import { build } from "esbuild"
import { describe, expect, it } from "vitest"
import { withPureCalls } from "../../scripts/pure-calls.ts"

/** What is left of a file for somebody who uses one of its names. */
const usedBy = async (name: string, text: string): Promise<string> => {
  const { outputFiles } = await build({
    stdin: { contents: `import { ${name} } from "file"\nuse(${name})`, loader: "ts" },
    bundle: true,
    write: false,
    minifyWhitespace: true,
    format: "esm",
    plugins: [{
      name: "file",
      setup: (build) => {
        build.onResolve({ filter: /^file$/ }, () => ({ path: "/file", namespace: "file" }))
        build.onResolve({ filter: /^lib$/ }, () => ({ path: "lib", external: true, sideEffects: false }))
        build.onLoad(
          { filter: /./, namespace: "file" },
          () => ({ contents: withPureCalls("file.ts", text), loader: "ts" })
        )
      }
    }]
  })
  return outputFiles[0]?.text ?? ""
}

const file = `
import * as Lib from "lib"
import { other } from "lib"
export const used = 1
export const made = Lib.Struct({ a: Lib.String, ...other.fields })
const table = { a: Lib.row("x") } as const satisfies object
export const keys = new Set(Object.keys(table))
export class Fault extends Lib.TaggedError<Fault>()("Fault", { ...made.fields }) {
  override get message(): string { return Lib.show(this) }
}
export const later = () => Lib.now(made)
`

describe("withPureCalls", () => {
  it("lets a bundler leave out all that is not used", async () => {
    expect((await usedBy("used", file)).trim()).toBe("var used=1;use(used);")
  })

  it("leaves what is used as it was", async () => {
    const bundled = await usedBy("Fault", file)
    expect(bundled).toContain("Struct({a:Lib.String,...other.fields})")
    expect(bundled).toContain("TaggedError()(\"Fault\",{...made.fields})")
    expect(bundled).not.toContain("new Set")
  })

  it("changes no line, and nothing inside of functions", () => {
    const marked = withPureCalls("file.ts", file)
    expect(marked.split("\n")).toHaveLength(file.split("\n").length)
    expect(marked).toContain("export const later = () => Lib.now(made)")
  })
})
