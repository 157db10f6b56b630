import { describe, expect, it } from "vitest"
import { checkLinks } from "../../scripts/check-links.ts"

const check = (pages: Readonly<Record<string, string>>, others: ReadonlyArray<string> = []) =>
  checkLinks(new Map(Object.entries(pages)), (place) => others.includes(place) ? "" : undefined)

describe("check-links", () => {
  it("takes links that lead to pages, headings, folders and pictures that are there", () => {
    expect(check(
      {
        "README.md": "# A\n[b](docs/b.md) [c](docs/b.md#the-second-one) [d](#a) [e](docs) ![f](docs/f.svg)\n" +
          "<img src=\"docs/f.svg\"> [g](https://example.com/x) [`h`](docs/b.md)",
        "docs/b.md": "# The first\n\n## The *second* one\n\n[up](../README.md#a)"
      },
      ["docs", "docs/f.svg"]
    )).toEqual([])
  })

  it("names the line of a link that leads nowhere", () => {
    expect(check({
      "README.md": "# A\n\n[b](docs/b.md)\n[a](#b)\n<img src=\"c.svg\">",
      "docs/d.md": "[out](../../x.md)\n[a](../README.md#c)"
    })).toEqual([
      "README.md:3: there is no \"docs/b.md\"",
      "README.md:4: \"README.md\" has no heading \"b\"",
      "README.md:5: there is no \"c.svg\"",
      "docs/d.md:1: there is no \"../../x.md\"",
      "docs/d.md:2: \"README.md\" has no heading \"c\""
    ])
  })

  it("leaves code alone, and counts headings with the same words", () => {
    expect(check({
      "a.md":
        "```md\n[x](gone.md)\n# Not a heading\n```\n`[y](gone.md)`\n## plan\n## Plan\n[z](#plan-1) [z](#not-a-heading)"
    })).toEqual(["a.md:8: \"a.md\" has no heading \"not-a-heading\""])
  })
})
