import { assert, describe, expect, it } from "@effect/vitest"
import { Arbitrary, Effect, Result, Schema } from "effect"
import { posix, win32 } from "node:path"
import {
  AssetRoot,
  compareText,
  extensionOf,
  FilePath,
  foldPath,
  isInside,
  maxPathBytes,
  maxSegmentBytes,
  parentsOf,
  parseFile,
  parseRoot,
  type PathReason
} from "../../src/domain/Path.ts"

/** The reason for which a text is refused as a root, and as a file, which must be the same one. */
const refusalOf = (text: string): PathReason | undefined => {
  const root = parseRoot(text)
  assert.deepStrictEqual<unknown>(root, parseFile(text))
  return Result.isFailure(root) ? root.failure.reason : undefined
}

const accepted = (text: string): string | undefined => Result.getOrUndefined(parseRoot(text))

const zeroWidth = ["\u200b", "\u200c", "\u200d", "\u2060", "\ufeff", "\u00ad", "\u034f", "\u{e0020}", "\ufe0f"]
const devices = ["con", "prn", "aux", "nul", "conin$", "conout$"].concat(
  Array.from("0123456789¹²³").flatMap((digit) => [`com${digit}`, `lpt${digit}`])
)

const refusals: Readonly<Record<PathReason, ReadonlyArray<string>>> = {
  "empty": [""],
  "absolute": ["/", "/a", "//server/share", "/..", "//?/C:/a"],
  "drive-letter": ["C:", "c:a", "C:/a", "z:..", "A:\u0301"],
  "backslash": ["\\", "a\\b", "\\\\server\\share", "..\\..", "C:\\a", "\\\\?\\C:\\a", "/\\a", "a/b\\"],
  "empty-segment": ["a/", "a//b", "a/b/", "a///b"],
  "dot-segment": [".", "..", "../a", "a/..", "a/../b", "./a", "a/.", "a/./b", "a/../../b"],
  "control-character": [
    "\0",
    "a\0",
    "a/b\0.png",
    "\x01",
    "a\nb",
    "a\tb",
    "\x1f",
    "\x7f",
    "\x80",
    "a/\x85",
    "\x9f",
    "/\0"
  ],
  "not-unicode": ["\ud800", "\udc00", "a\udfff", "a/\udbff/b", "\udc00\ud800", "/\ud800", "\0\ud800"],
  "reserved-for-packer": [
    ".prometeu",
    ".Prometeu",
    ".PROMETEU",
    ".prometeu2",
    ".prometeu.bak",
    ".prometeu/a",
    "a/.prometeu",
    "a/.PrOmEtEu-old/b",
    ...zeroWidth.flatMap((mark) => [`${mark}.prometeu`, `.pro${mark}meteu`, `a/.prometeu${mark}`]),
    // The names that Windows makes up for `.prometeu` where programs want eight letters.
    "promet~1",
    "PROMET~1",
    "a/Promet~9/b",
    "PR05AF~1"
  ],
  "reserved-for-manifest": [
    "asset.json",
    "Asset.JSON",
    "a/asset.json",
    "asset.json/a",
    "a\u017f\u017fet.json",
    "a\u00dfet.json",
    ...zeroWidth.map((mark) => `asset${mark}.json`)
  ],
  "reserved-on-windows": devices.flatMap((device) => [
    device,
    device.toUpperCase(),
    `${device}.txt`,
    `${device}.tar.gz`,
    `${device} .txt`,
    `${device}  .a`,
    `a/${device}/b`
  ]),
  "trailing-dot-or-space": ["a.", "a ", "a. ", "a .", "...", ". .", "a/b./c", "a/ ", " ", "con.", "nul ", ".prometeu."],
  "forbidden-character": Array.from("<>:\"|?*").flatMap((char) => [`ab${char}`, `${char}a`, `a/b${char}c`]).concat([
    "a.png:stream",
    "a/b::$DATA",
    ".prometeu::$INDEX_ALLOCATION",
    "con:",
    "ab:c"
  ]),
  "segment-too-long": [
    "a".repeat(256),
    "é".repeat(128),
    "€".repeat(86),
    "😀".repeat(64),
    `a/${"b".repeat(256)}/c`,
    "e\u0301".repeat(128)
  ],
  "path-too-long": [
    `${"a".repeat(204)}/`.repeat(4) + "a".repeat(205),
    "a/".repeat(513).slice(0, -1),
    "é/".repeat(342).slice(0, -1),
    "a".repeat(1_000_000)
  ]
}

/** A text as it can stand in the name of a test. */
const shown = (text: string): string =>
  JSON.stringify(text.length > 40 ? `${text.slice(0, 40)}… (${text.length})` : text)

const cases = Object.entries(refusals).flatMap(([reason, texts]) =>
  texts.map((text) => ({ reason, text, shown: shown(text) }))
)

describe("a path is refused", () => {
  it.each(cases)("as $reason: $shown", ({ reason, text }) => {
    expect(refusalOf(text)).toBe(reason)
  })

  it("with a message that is one line and short, whatever the path", () => {
    for (const { text } of cases) {
      const parsed = parseRoot(text)
      assert(Result.isFailure(parsed))
      assert.notMatch(parsed.failure.message, /\p{Cc}/u)
      assert.isBelow(parsed.failure.message.length, 300)
      assert.isTrue(parsed.failure.message.isWellFormed(), parsed.failure.message)
    }
  })
})

describe("a path is accepted", () => {
  it.each([
    "a",
    "ui/atlas",
    "sub/cancel.png",
    ".hidden",
    "..a",
    "a..b",
    "...a/b",
    " a",
    "a b",
    "~",
    "~root",
    "%2e%2e",
    "$Mft",
    "a;b&c'd`e",
    ".promet",
    "prometeu",
    "a.prometeu",
    "promet~",
    "promet~a",
    "pr05ag~1",
    "compact",
    "con1",
    "console.txt",
    "com10",
    "com",
    "nul-a",
    "aux_",
    "lpt¼",
    "asset.json5",
    "my-asset.json",
    "Ａ/日本語/한국어/עברית",
    "😀.png",
    "a\u200bb",
    "\ufffd",
    "\uffff"
  ])("and stays what it is: %j", (text) => {
    expect(refusalOf(text)).toBe(undefined)
    expect(accepted(text)).toBe(text)
  })

  it.each([
    ["e\u0301", "é"],
    ["\u1112\u1161\u11ab", "한"],
    ["\u212b", "å".toUpperCase()],
    ["\u212a", "K"],
    ["a/\u2126/b", "a/Ω/b"],
    ["\u1fef", "`"],
    ["\u037e", ";"]
  ])("in NFC: %j is %j", (text, normal) => {
    expect(accepted(text)).toBe(normal)
  })

  it.each([
    "a".repeat(maxSegmentBytes),
    `${"é".repeat(127)}a`,
    `${"e\u0301".repeat(127)}a`,
    "€".repeat(85),
    `${"😀".repeat(63)}abc`,
    `${"a".repeat(204)}/`.repeat(4) + "a".repeat(204),
    `${"é".repeat(102)}/`.repeat(4) + "é".repeat(102)
  ].map((text) => ({ text, shown: shown(text) })))("up to the limits in bytes: $shown", ({ text }) => {
    expect(refusalOf(text)).toBe(undefined)
    const bytes = Buffer.byteLength(accepted(text) ?? "")
    expect([maxSegmentBytes, maxPathBytes]).toContain(bytes)
  })
})

/** Pieces that hostile paths are made of, and enough harmless ones that some paths are accepted. */
const pieces = [
  ..."/ / / / a b Z atlas .png . .. ../ /.. \\ ..\\ C: c:/ //server/share \\\\?\\ : :$DATA \0 \x1f \x7f \x85".split(
    " "
  ),
  ..."con NUL COM¹ lpt9 conin$ prn .txt \u200b \u00ad .prometeu .Pro meteu promet ~1 asset .json < > | ? * \"".split(
    " "
  ),
  ..."\ud800 \udc00 \ud83d é e \u0301 \u0338 Σ ß İ 한 \u1112 \u1161 \u11ab 𝒳 %2e ` \uff0f \u2024 \u2215".split(" "),
  " ",
  "  ",
  "a".repeat(100),
  "é".repeat(60)
]
const hostile = Arbitrary.map(
  Arbitrary.array(Arbitrary.schema(Schema.Literals(pieces)), { maxLength: 12 }),
  (parts) => parts.join("")
)
const seeded = (seed: string, runs = 4000) => ({ arbitrary: { runs, seed } })

/** What `path` promises, said a second time in other words. */
const brokenPromise = (path: string): string | undefined => {
  if (path !== path.normalize("NFC")) return "not NFC"
  if (Buffer.byteLength(path) > maxPathBytes) return "path too long"
  if (Buffer.from(path).toString() !== path) return "not Unicode"
  for (const segment of path.split("/")) {
    const plain = Array.from(segment).filter((char) => !/\p{Default_Ignorable_Code_Point}/u.test(char)).join("")
    if (["", ".", ".."].includes(segment)) return "segment that is no name"
    if (Buffer.byteLength(segment) > maxSegmentBytes) return "segment too long"
    if (Array.from(segment).some((char) => char < " " || "<>:\"|?*\\\x7f".includes(char))) return "character"
    if (segment.endsWith(".") || segment.endsWith(" ")) return "trailing"
    if (devices.includes((segment.split(".")[0] ?? "").trimEnd().toLowerCase())) return "device"
    if (plain.toLowerCase().startsWith(".prometeu") || /^promet~\d/i.test(plain)) return "packer"
    if (plain.toLowerCase() === "asset.json") return "manifest"
  }
  return undefined
}

describe("every accepted path", () => {
  const roots = [
    { on: posix, root: "/srv/project/assets" },
    { on: win32, root: "C:\\project\\assets" },
    { on: win32, root: "\\\\server\\share\\assets" }
  ]

  it.prop("leads to itself below its root, on every system", { text: hostile }, ({ text }) => {
    const path = accepted(text)
    if (path === undefined) return
    for (const { on, root } of roots) {
      for (const joined of [on.resolve(root, path), on.join(root, path), on.normalize(`${root}${on.sep}${path}`)]) {
        assert.strictEqual(joined, [root, ...path.split("/")].join(on.sep))
      }
      assert.isFalse(on.isAbsolute(path))
    }
  }, seeded("stays below"))

  it.prop("keeps each promise", { text: hostile }, ({ text }) => {
    const path = accepted(text)
    if (path !== undefined) assert.strictEqual(brokenPromise(path), undefined)
  }, seeded("promises"))

  it.prop("is accepted again, as it is", { text: hostile }, ({ text }) => {
    const path = accepted(text)
    if (path !== undefined) assert.strictEqual(accepted(path), path)
  }, seeded("idempotent"))

  it.prop("is accepted in each Unicode normalization, as the same", { text: hostile }, ({ text }) => {
    if (!text.isWellFormed()) return
    assert.deepStrictEqual(parseRoot(text.normalize("NFD")), parseRoot(text.normalize("NFC")))
  }, seeded("normalization"))

  it.prop("has parents and segments that are accepted", { text: hostile }, ({ text }) => {
    const path = accepted(text)
    if (path === undefined) return
    for (const part of [...parentsOf(path), ...path.split("/")]) assert.strictEqual(accepted(part), part)
  }, seeded("parts"))

  it.prop("is exactly what the schemas accept", { text: hostile }, ({ text }) => {
    const legal = accepted(text) === text
    assert.strictEqual(Schema.is(AssetRoot)(text), legal)
    assert.strictEqual(Schema.is(FilePath)(text), legal)
  }, seeded("schema"))

  it.effect("is one of many: the hostile texts are not all refused", () =>
    Arbitrary.sampleEffect(hostile, { count: 4000, seed: "stays below" }).pipe(
      Effect.map((texts) => assert.isAbove(new Set(texts.map(accepted)).size, 300))
    ))
})

/** All of the plane that texts are written in, and the blocks above it that have letter case or normal forms. */
const codePoints: ReadonlyArray<string> = (() => {
  const points: Array<string> = []
  const ranges = [
    [0, 0xd7ff],
    [0xe000, 0xffff],
    [0x10400, 0x104ff],
    [0x10570, 0x105bf],
    [0x10c80, 0x10cff],
    [0x11080, 0x110ff],
    [0x118a0, 0x118df],
    [0x16e40, 0x16e9f],
    [0x1d100, 0x1d1ff],
    [0x1d400, 0x1d7ff],
    [0x1e900, 0x1e95f],
    [0x2f800, 0x2fa1f]
  ] as const
  for (const [first, last] of ranges) for (let at = first; at <= last; at++) points.push(String.fromCodePoint(at))
  for (let at = 0x10000; at <= 0x10ffff; at += 257) points.push(String.fromCodePoint(at))
  return points
})()

const spellings = (text: string): ReadonlyArray<string> => [
  text.toUpperCase(),
  text.toLowerCase(),
  text.normalize("NFD"),
  text.normalize("NFC")
]

describe("foldPath", () => {
  it("is the same for every spelling of every letter", () => {
    const wrong = codePoints.filter((char) => {
      const folded = foldPath(char)
      return spellings(char).some((spelling) => foldPath(spelling) !== folded)
    })
    expect(wrong).toEqual([])
  })

  it("leaves what it has folded", () => {
    expect(codePoints.filter((char) => foldPath(foldPath(char)) !== foldPath(char))).toEqual([])
  })

  it("is the same for ASCII, whether the text is nothing else or not", () => {
    const ascii = codePoints.slice(0, 128)
    for (const a of ascii) for (const b of ascii) assert.strictEqual(`${foldPath(a + b)}/é`, foldPath(`${a}${b}/é`))
  })

  it.each([
    ["ß", "ẞ", "SS", "ſs"],
    ["σ", "ς", "Σ"],
    ["k", "K", "\u212a"],
    ["å", "Å", "\u212b", "a\u030a"],
    ["ﬁ", "FI", "fi"],
    ["ǆ", "ǅ", "Ǆ"],
    ["ΐ", "\u1fd3", "\u0399\u0308\u0301"],
    ["\u1fb4", "α\u0301\u0345", "α\u0345\u0301", "\u1fbc\u0301"],
    ["ꭰ", "Ꭰ"],
    ["𐐨", "𐐀"],
    ["Straße/Ünï", "STRASSE/ÜNÏ", "strasse/u\u0308ni\u0308"],
    ["ὈΔΥΣΣΕΎΣ/α", "ὀδυσσεύς/Α", "ὀδυσσεύσ/α"]
  ])("is one for %j and what looks like it elsewhere", (...alike) => {
    expect(new Set(alike.map(foldPath)).size).toBe(1)
  })

  it.each([
    ["a", "b"],
    ["e", "é"],
    ["é", "è"],
    ["a/b", "ab"],
    ["1", "¹"],
    ["A", "Ａ"],
    ["한", "하"],
    ["𝐀", "A"]
  ])("tells %j from %j", (a, b) => {
    expect(foldPath(a)).not.toBe(foldPath(b))
  })

  const letters = Schema.Literals(
    "a E s ſ ß ẞ Σ σ ς é e\u0301 Å \u212b İ i ı K ﬁ ŉ ǅ ΐ \u1e9b\u0323 ё Ж ꭰ 𐐀 한 日 . - _ \u200d \u0338 \u0323".split(
      " "
    )
  )
  const segment = Arbitrary.map(
    Arbitrary.array(Arbitrary.schema(letters), { minLength: 1, maxLength: 6 }),
    (parts) => parts.join("")
  )
  const path = Arbitrary.array(segment, { minLength: 1, maxLength: 4 })

  it.prop("folds segment by segment", { path }, ({ path }) => {
    assert.strictEqual(foldPath(path.join("/")), path.map(foldPath).join("/"))
    assert.deepStrictEqual(parentsOf(foldPath(path.join("/"))), parentsOf(path.join("/")).map(foldPath))
  }, seeded("segments", 2000))

  const respell = Schema.Literals(["toUpperCase", "toLowerCase", "NFD", "NFC", "as it is"])
  /** One path, and the same with each letter spelled anew, twice. */
  const respelled = Arbitrary.flatMap(path, (path) => {
    const text = path.join("/")
    const chars = Array.from(text)
    const ways = Arbitrary.array(Arbitrary.schema(respell), { minLength: chars.length, maxLength: chars.length })
    const again = Arbitrary.map(ways, (ways) =>
      chars.map((char, i) => {
        const way = ways[i] ?? "as it is"
        return way === "as it is" ? char : way === "NFD" || way === "NFC" ? char.normalize(way) : char[way]()
      }).join(""))
    return Arbitrary.all([Arbitrary.Constant(text), again, again])
  })

  it.prop("makes all spellings of a path collide, each with each", { respelled }, ({ respelled }) => {
    const folds = respelled.flatMap((text) => [text, ...spellings(text)]).map(foldPath)
    assert.strictEqual(new Set(folds).size, 1, JSON.stringify(folds))
  }, seeded("respelled", 2000))
})

/** The comparison that `compareText` stands for, in its plainest form. */
const byCodePoints = (a: string, b: string): number => {
  const [as, bs] = [a, b].map((text) => Array.from(text, (char) => char.codePointAt(0) ?? 0))
  assert(as !== undefined && bs !== undefined)
  for (const [i, x] of as.entries()) {
    const y = bs[i]
    if (y === undefined) return 1
    if (x !== y) return Math.sign(x - y)
  }
  return as.length === bs.length ? 0 : -1
}

const units = [
  "",
  "a",
  "b",
  "\u{7f}",
  "é",
  "\ud7ff",
  "\ud800",
  "\udbff",
  "\udc00",
  "\udfff",
  "\ue000",
  "\uffff",
  "𐀀",
  "\u{10ffff}"
]
const text = Arbitrary.map(
  Arbitrary.array(Arbitrary.schema(Schema.Literals(units)), { maxLength: 6 }),
  (parts) => parts.join("")
)

describe("compareText", () => {
  it("orders by code points, halves of pairs included", () => {
    const texts = units.flatMap((a) => units.flatMap((b) => [a + b, `${a + b}\udc00`]))
    const wrong = texts.flatMap((a) =>
      texts.filter((b) => Math.sign(compareText(a, b)) !== byCodePoints(a, b)).map((b) => JSON.stringify([a, b]))
    )
    expect(wrong).toEqual([])
  })

  it.prop("orders longer texts by code points", { common: text, a: text, b: text }, ({ a, b, common }) => {
    const [left, right] = [common + a, common + b]
    assert.strictEqual(Math.sign(compareText(left, right)), byCodePoints(left, right))
    assert.strictEqual(Math.sign(compareText(right, left)), -byCodePoints(left, right) + 0)
  }, seeded("order", 5000))

  it.prop("sorts as UTF-8 does", { texts: Arbitrary.array(text, { maxLength: 12 }) }, ({ texts }) => {
    const whole = texts.filter((text) => text.isWellFormed())
    const sorted = whole.toSorted((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)))
    assert.deepStrictEqual(whole.toSorted(compareText), sorted)
  }, seeded("sort", 500))
})

describe("the parts of a path", () => {
  it.each([
    ["a.png", ".png"],
    ["a.PNG", ".png"],
    ["a.b.Json", ".json"],
    ["d.png/a", ""],
    ["d.png/a.wav", ".wav"],
    [".png", ""],
    ["d/.png", ""],
    ["d/.a.png", ".png"],
    ["png", ""],
    ["", ""]
  ])("extensionOf(%j) is %j", (path, extension) => {
    expect(extensionOf(path)).toBe(extension)
  })

  it.each([
    ["a", []],
    ["a/b", ["a"]],
    ["a/b/c", ["a", "a/b"]]
  ])("parentsOf(%j) is %j", (path, parents) => {
    expect(parentsOf(path)).toEqual(parents)
  })

  it.each([
    ["a/b", "a", true],
    ["a/b/c", "a", true],
    ["a", "a", false],
    ["ab", "a", false],
    ["a", "a/b", false],
    ["b/a/c", "a", false]
  ])("isInside(%j, %j) is %j", (path, folder, inside) => {
    expect(isInside(path, folder)).toBe(inside)
  })

  it.prop("lie in each other", { text: hostile }, ({ text }) => {
    const path = accepted(text)
    if (path === undefined) return
    const parents = parentsOf(path)
    assert.strictEqual(parents.length, path.split("/").length - 1)
    for (const parent of parents) assert.isTrue(isInside(path, parent))
  }, seeded("parents", 1000))
})
