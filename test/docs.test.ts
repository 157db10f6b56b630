import { assert, describe, it } from "@effect/vitest"
import { readFileSync } from "node:fs"
import { codesPage } from "../scripts/codes.ts"

const words = (text: string): string => text.replaceAll(/[\s|-]+/g, " ")

describe("docs/codes.md", () => {
  it("says what the tables in the code say", () => {
    const page = readFileSync(new URL("../docs/codes.md", import.meta.url), "utf8")
    // The formatter pads the columns; the words count.
    assert.strictEqual(words(page), words(codesPage()), "run `npm run docs:codes`")
  })
})
