/** What the docs say is what the code says. `npm run check` holds the pages of the API in the same way. */
import { assert, describe, it } from "@effect/vitest"
import { Config, ConfigProvider, Duration, Effect } from "effect"
import { readdirSync, readFileSync } from "node:fs"
import { readmeErrors } from "../../scripts/docs/errors.ts"
import { pages } from "../../scripts/docs/pages.ts"
import { variableOf } from "../../scripts/docs/settings.ts"
import * as packer from "../../src/index.ts"
import { spanTable } from "../../src/layers/Spans.ts"

const project = new URL("../../", import.meta.url)
const read = (place: string): string => readFileSync(new URL(place, project), "utf8")

/** The formatter pads columns and breaks lines; the words count. */
const words = (text: string): string => text.replaceAll(/[\s|-]+/g, " ")

describe("the page", () => {
  it.each(Object.keys(pages))("%s says what the code says", (place) => {
    assert.strictEqual(words(read(place)), words(pages[place]?.() ?? ""), "run `npm run docs`")
  })
})

describe("the index of the docs", () => {
  it("leads to every page", () => {
    const index = read("docs/README.md")
    for (const file of readdirSync(new URL("docs", project), { recursive: true, encoding: "utf8" })) {
      const place = file.replaceAll("\\", "/")
      if (place.endsWith(".md") && place !== "README.md") assert.include(index, `(${place})`)
    }
  })
})

describe("the table of errors", () => {
  it("of the README is the one in the code", () => {
    assert.include(words(read("README.md")), words(readmeErrors()), "run `npm run docs`")
  })

  it("has each error that there is, and no other", () => {
    const isError = (value: unknown): value is { readonly prototype: Error } =>
      typeof value === "function" && value.prototype instanceof Error
    const errors = Object.entries(packer).flatMap(([name, value]) => isError(value) ? [name] : [])
    assert.sameMembers(Object.keys(packer.errorTable), errors)
  })
})

describe("the table of spans", () => {
  it("has each span that the code makes, and no other", () => {
    const made = new Set<string>()
    for (const file of readdirSync(new URL("src", project), { recursive: true, encoding: "utf8" })) {
      if (!file.endsWith(".ts") || file.endsWith("Spans.ts")) continue
      for (const [, name = ""] of read(`src/${file}`).matchAll(/"(packer\.[a-z]+)"/g)) made.add(name)
    }
    assert.sameMembers(Object.keys(spanTable), [...made])
  })
})

describe("the environment variables", () => {
  it.effect("are those that the page of the settings names", () =>
    Effect.gen(function*() {
      const other = (value: unknown): unknown =>
        typeof value === "number"
          ? value + 1
          : Duration.isDuration(value)
          ? Duration.millis(Duration.toMillis(value) + 1)
          : "os"
      const others = Object.fromEntries(
        Object.entries(packer.defaultPackerSettings).map(([name, value]) => [name, other(value)])
      )
      const env = Object.fromEntries(
        Object.entries(others).map(([name, value]) => [
          variableOf(name),
          Duration.isDuration(value) ? `${Duration.toMillis(value)} millis` : String(value)
        ])
      )
      const provider = ConfigProvider.constantCase(ConfigProvider.fromEnv({ env }))
      const configured = yield* Effect.provideService(
        Config.nested(packer.packerSettings, "packer"),
        ConfigProvider.ConfigProvider,
        provider
      )
      assert.deepStrictEqual<object>(configured, others)
    }))
})
