import { assert, describe, expect, it } from "@effect/vitest"
import { Schema } from "effect"
import {
  acceptsFile,
  defaultFamilies,
  defaultOutput,
  type Family,
  familyOf,
  type Output,
  outputProblems
} from "../../src/domain/Family.ts"

const family = (id: string): Family => {
  const found = familyOf(defaultFamilies, id)
  assert(found !== undefined)
  return found
}

/** What is wrong with the default output of a family after a change. */
const causes = (id: string, change: Partial<Output>): ReadonlyArray<string> => {
  const { codec, format, metadata } = defaultOutput(family(id))
  const problems = outputProblems(family(id), { format, codec, metadata, ...change })
  return problems.map(({ cause, field }) => `${field}: ${cause}`)
}

describe("the default catalog", () => {
  it.each([
    ["tile_bank", [".png"], 256],
    ["glyph_bank", [".png"], 256],
    ["sound_bank", [".wav"], 128],
    ["palette_bank", [".pal", ".json"], 64]
  ])("has %s for %j, with %i files", (id, extensions, files) => {
    expect(family(id).extensions).toEqual(extensions)
    expect(family(id).capacity.files).toBe(files)
  })

  it("has no family twice, and no other", () => {
    expect(defaultFamilies.map(({ id }) => id)).toEqual(["tile_bank", "glyph_bank", "sound_bank", "palette_bank"])
    expect(familyOf(defaultFamilies, "TILE_BANK")).toBe(undefined)
    expect(familyOf([], "tile_bank")).toBe(undefined)
  })

  it.each(defaultFamilies)("holds at least one file of the largest size: $id", ({ capacity }) => {
    expect(capacity.fileBytes).toBeGreaterThan(0)
    expect(capacity.totalBytes).toBeGreaterThanOrEqual(capacity.fileBytes)
    expect(capacity.totalBytes).toBeLessThanOrEqual(capacity.files * capacity.fileBytes)
  })

  it.each(defaultFamilies)("finds nothing wrong with what it proposes: $id", (family) => {
    expect(outputProblems(family, defaultOutput(family))).toEqual([])
    for (const format of family.formats) {
      for (const codec of format.codecs) {
        expect(outputProblems(family, { format: format.id, codec, metadata: format.defaults })).toEqual([])
      }
    }
  })
})

describe("outputProblems", () => {
  it("names an unknown format, and those that are known", () => {
    expect(causes("tile_bank", { format: "TILES/indexed_v2" })).toEqual([
      "format: \"TILES/indexed_v2\" is no format of family \"tile_bank\", which knows \"TILES/indexed_v1\""
    ])
  })

  it("says nothing of the codec and the metadata of an unknown format", () => {
    expect(causes("tile_bank", { format: "", codec: "", metadata: {} })).toHaveLength(1)
  })

  it("names an unknown codec, and those that are known", () => {
    expect(causes("sound_bank", { codec: "mp3" })).toEqual([
      "codec: \"mp3\" is no codec of format \"SOUND/pcm_v1\", which knows \"none\", \"adpcm\""
    ])
  })

  it.each([
    ["tile_bank", {}, "$.tile_size"],
    ["tile_bank", { tile_size: 15 }, "$.tile_size"],
    ["tile_bank", { tile_size: "16" }, "$.tile_size"],
    ["tile_bank", { tile_size: null }, "$.tile_size"],
    ["tile_bank", { Tile_size: 16 }, "$.tile_size"],
    ["glyph_bank", { line_height: 0 }, "$.line_height"],
    ["glyph_bank", { line_height: 513 }, "$.line_height"],
    ["glyph_bank", { line_height: 1.5 }, "$.line_height"],
    ["sound_bank", { sample_rate: 8000 }, "$.sample_rate"],
    ["palette_bank", { colors: 257 }, "$.colors"],
    ["palette_bank", { colors: [16] }, "$.colors"]
  ])("names the place of bad metadata: %s with %j", (id, metadata, place) => {
    const [cause, ...others] = causes(id, { metadata })
    expect(others).toEqual([])
    expect(cause).toContain(`metadata: the metadata at ${place} do not fit format "${family(id).formats[0].id}"`)
  })

  it.each([
    ["tile_bank", { tile_size: 8 }],
    ["glyph_bank", { line_height: 1 }],
    ["glyph_bank", { line_height: 512 }],
    ["sound_bank", { sample_rate: 48000 }],
    ["palette_bank", { colors: 256 }],
    ["palette_bank", { colors: 1, comment: { by: ["hand"] } }],
    ["palette_bank", JSON.parse("{\"colors\":1,\"__proto__\":{\"colors\":0}}")]
  ])("takes good metadata, whatever else they hold: %s with %j", (id, metadata) => {
    expect(causes(id, { metadata })).toEqual([])
  })

  it("names everything at once", () => {
    const strict: Family = {
      ...family("sound_bank"),
      formats: [{
        id: "two",
        codecs: ["none"],
        metadata: Schema.Struct({ rate: Schema.Int, deep: Schema.Struct({ list: Schema.Array(Schema.Boolean) }) }),
        defaults: { rate: 1, deep: { list: [] } }
      }]
    }
    const metadata = { deep: { list: [true, 1] } }
    const problems = outputProblems(strict, { format: "two", codec: "zip", metadata })
    expect(problems.map(({ field }) => field)).toEqual(["codec", "metadata", "metadata"])
    expect(problems.map(({ cause }) => cause).join()).toMatch(/"zip".*\$\.rate.*\$\.deep\.list\[1\]/)
  })

  it("does not take what every object has for metadata", () => {
    const odd: Family = {
      ...family("sound_bank"),
      formats: [{
        id: "odd",
        codecs: ["none"],
        metadata: Schema.Struct({ constructor: Schema.String }),
        defaults: { constructor: "" }
      }]
    }
    expect(outputProblems(odd, { format: "odd", codec: "none", metadata: {} })).toHaveLength(1)
    expect(outputProblems(odd, defaultOutput(odd))).toEqual([])
  })
})

describe("the metadata of many assets", () => {
  /** A family whose format takes numbers below a limit, and counts how often its schema is asked. */
  const counting = (below: number) => {
    let asked = 0
    const isBelow = Schema.makeFilter((size: number) => {
      asked++
      return size < below
    })
    const metadata = Schema.Struct({ size: Schema.Int.check(isBelow) })
    const { capacity } = family("tile_bank")
    const formats = [{ id: "f", codecs: ["none"], metadata, defaults: { size: 0 } }] as const
    const counted: Family = { id: "counting", label: "Counting", extensions: [], formats, capacity }
    const problems = (size: number) =>
      outputProblems(counted, { format: "f", codec: "none", metadata: { size } }).length
    return { problems, asked: () => asked }
  }

  it("are held against their format once where they fit, and every time where they do not", () => {
    const { asked, problems } = counting(10)
    expect([1, 1, 2, 11, 11, 1].map(problems)).toEqual([0, 0, 0, 1, 1, 0])
    expect(asked()).toBe(4)
  })

  it("are held against each format by itself", () => {
    expect([counting(10), counting(5), counting(10)].map(({ problems }) => problems(7))).toEqual([0, 1, 0])
  })
})

describe("acceptsFile", () => {
  it.each([
    ["tile_bank", "a.png", true],
    ["tile_bank", "a.PNG", true],
    ["tile_bank", "sub/deep/a.b.png", true],
    ["tile_bank", "a.png.txt", false],
    ["tile_bank", "a.wav", false],
    ["tile_bank", "png", false],
    ["tile_bank", ".png", false],
    ["tile_bank", "sub.png/a", false],
    ["palette_bank", "a.pal", true],
    ["palette_bank", "a.json", true],
    ["palette_bank", "a.json5", false]
  ])("of %s for %j is %j", (id, file, accepted) => {
    expect(acceptsFile(family(id), file)).toBe(accepted)
  })
})
