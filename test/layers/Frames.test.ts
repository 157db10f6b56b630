import { assert, describe, it } from "@effect/vitest"
import { Arbitrary, Result, Schema } from "effect"
import { crc32 } from "node:zlib"
import { AssetId, OperationId } from "../../src/domain/Identity.ts"
import type { DoubtfulEntry, RegistryEntry } from "../../src/domain/Registry.ts"
import {
  encodeFrames,
  encodeHeader,
  firstRegion,
  framedLength,
  frameHead,
  type Header,
  type JournalContent,
  type JournalFault,
  readJournal,
  slots
} from "../../src/layers/journal/Frames.ts"
import { decodeRecord, encodeRecord, type JournalRecord, type RecordStep } from "../../src/layers/journal/Record.ts"
import { testUuid } from "../../src/testing/ProjectTree.ts"
import { seeded } from "../../src/testing/Seeded.ts"
import { integer, maybe, oneOf, pick } from "../support/Arbitraries.ts"
import { rootTexts } from "../support/RegistrySource.ts"
import { root } from "../support/Workspace.ts"

const size = 1024
const [regionA, regionB] = [firstRegion, firstRegion + size]
const header = (fields: Partial<Header>): Header => ({ epoch: 1, lsn: 0, start: regionA, size, folder: "7", ...fields })

/** One write to a journal. */
interface Write {
  readonly at: number
  readonly bytes: Uint8Array
}

const journalOf = (...writes: ReadonlyArray<Write>): Uint8Array => {
  const bytes = new Uint8Array(firstRegion + 2 * size)
  for (const write of writes) bytes.set(write.bytes, write.at)
  return bytes
}

const body = (text: string): Uint8Array => new TextEncoder().encode(text)
const flushOf = (at: number, epoch: number, first: number, ...texts: ReadonlyArray<string>): Write => ({
  at,
  bytes: encodeFrames(texts.map(body), { carried: false, epoch, first })
})
const carriedOf = (at: number, epoch: number, first: number, ...texts: ReadonlyArray<string>): Write => ({
  at,
  bytes: encodeFrames(texts.map(body), { carried: true, epoch, first })
})
const headerAt = (slot: number, fields: Partial<Header>): Write => ({ at: slot, bytes: encodeHeader(header(fields)) })
const endOf = ({ at, bytes }: Write): number => at + bytes.length

const textsOf = (content: JournalContent): ReadonlyArray<string> => content.frames.map(({ body }) => body.toString())
const read = (bytes: Uint8Array) => Result.getOrThrow(readJournal(bytes))
const faultIn = (bytes: Uint8Array): JournalFault => Result.getOrThrow(Result.flip(readJournal(bytes)))

/** Epoch 1 with two flushes; then epoch 2 with a record that it carries, and two flushes of its own. */
const older = [
  headerAt(slots[0], { epoch: 1 }),
  flushOf(regionA, 1, 1, "old one", "old two"),
  flushOf(regionA + 96, 1, 3, "old three, which is longer than the others")
] as const
const carried = carriedOf(regionB, 2, 4, "carried")
const newer = headerAt(slots[1], { epoch: 2, lsn: 3, start: regionB })
const second = flushOf(endOf(carried), 2, 5, "five", "six: with more than one line of bytes in it")
const third = flushOf(endOf(second), 2, 7, "seven")
const oldTexts = ["old one", "old two", "old three, which is longer than the others"]
const texts = ["carried", "five", "six: with more than one line of bytes in it", "seven"]
const whole = journalOf(...older, carried, newer, second, third)

describe("a journal", () => {
  it("is read as it was written: the frames of the last epoch, in order", () => {
    const content = read(whole)
    assert.deepStrictEqual(textsOf(content), texts)
    assert.deepStrictEqual(content.frames.map(({ lsn }) => lsn), [4, 5, 6, 7])
    assert.deepInclude(content, { slot: slots[1], topEpoch: 2, discarded: [] })
    assert.deepStrictEqual(content.header, header({ epoch: 2, lsn: 3, start: regionB }))
  })

  it("is read where it lies in a larger buffer", () => {
    const larger = new Uint8Array(whole.length + 100).fill(255)
    larger.set(whole, 33)
    assert.deepStrictEqual(textsOf(read(larger.subarray(33, 33 + whole.length))), texts)
  })

  it.prop(
    "gives back every body, whatever bytes are in it, and the numbers in order",
    { flushes: Arbitrary.array(Arbitrary.array(Arbitrary.schema(Schema.Uint8Array), { minLength: 1, maxLength: 4 })) },
    ({ flushes }) => {
      const room = flushes.flat().reduce((length, bytes) => length + framedLength(bytes), 0)
      const bytes = new Uint8Array(firstRegion + 2 * room)
      const lsn = 2 ** 45
      bytes.set(encodeHeader(header({ epoch: 2 ** 32 - 1, lsn, size: room, start: firstRegion + room })), slots[1])
      let [at, first] = [firstRegion + room, lsn + 1]
      for (const bodies of flushes) {
        const frames = encodeFrames(bodies, { carried: false, epoch: 2 ** 32 - 1, first })
        bytes.set(frames, at)
        at += frames.length
        first += bodies.length
      }
      const { discarded, frames } = read(bytes)
      assert.deepStrictEqual(frames.map(({ body }) => Uint8Array.from(body)), flushes.flat())
      assert.deepStrictEqual(frames.map(({ lsn }) => lsn), flushes.flat().map((_, index) => lsn + 1 + index))
      assert.deepStrictEqual(discarded, [])
    },
    { arbitrary: { runs: 300, seed: "bodies" } }
  )

  it("knows a frame from a body that holds one", () => {
    const impostor = encodeFrames([body("forged")], { carried: false, epoch: 9, first: 2 })
    // So that it stands where a frame could.
    assert.strictEqual(frameHead % 16, 0)
    const frames = encodeFrames([impostor, body("genuine")], { carried: false, epoch: 1, first: 1 })
    const content = read(journalOf(headerAt(slots[0], {}), { at: regionA, bytes: frames }))
    assert.deepStrictEqual(content.frames.map(({ body }) => body.length), [impostor.length, "genuine".length])
    assert.strictEqual(content.topEpoch, 1)
  })
})

/** What has to come of a journal in which the byte at a place is damaged. */
const damagedAt = (offset: number): "whole" | "fault" | "all but the last" => {
  if (offset >= newer.at && offset < endOf(newer)) return "fault"
  const frames = [carried, second, third].flatMap(({ at, bytes }) => {
    const found: Array<readonly [start: number, end: number]> = []
    for (let start = 0; start < bytes.length;) {
      const length = frameHead + Buffer.from(bytes).readUInt32LE(start + 4)
      found.push([at + start, at + start + length])
      start += Math.ceil(length / 16) * 16
    }
    return found
  })
  const hit = frames.findIndex(([start, end]) => offset >= start && offset < end)
  if (hit < 0) return "whole"
  return hit === frames.length - 1 ? "all but the last" : "fault"
}

describe("a damaged journal", () => {
  const expectations = {
    whole: JSON.stringify(texts),
    "all but the last": JSON.stringify(texts.slice(0, -1)),
    fault: "fault"
  }
  const outcomeOf = (bytes: Uint8Array): string =>
    Result.match(readJournal(bytes), {
      onFailure: ({ cause, offset }) =>
        Number.isInteger(offset) && offset >= 0 && offset <= bytes.length && cause !== "" ? "fault" : "no place",
      onSuccess: (content) => JSON.stringify(textsOf(content))
    })

  it("is told from a whole one and from one with a torn end, whatever single bit is wrong", () => {
    const bytes = whole.slice()
    let flips = 0
    for (let offset = 0; offset < bytes.length; offset++) {
      const expected = expectations[damagedAt(offset)]
      const was = bytes[offset] ?? 0
      for (let bit = 0; bit < 8; bit++) {
        bytes[offset] = was ^ (1 << bit)
        const outcome = outcomeOf(bytes)
        flips++
        if (outcome !== expected) assert.strictEqual(outcome, expected, `bit ${bit} of byte ${offset}`)
      }
      bytes[offset] = was
    }
    process.stdout.write(`${flips} single-bit flips of a journal: each a fault, a torn end, or without effect\n`)
  })

  it("is told from a whole one wherever it is cut off", () => {
    for (let length = 0; length < whole.length; length++) {
      assert.strictEqual(outcomeOf(whole.subarray(0, length)), "fault", `${length} bytes`)
    }
  })

  it("names the place of the first record that is missing", () => {
    const bytes = whole.slice()
    bytes[second.at + frameHead] = 0
    assert.strictEqual(faultIn(bytes).offset, second.at)
    assert.include(faultIn(bytes).cause, "5")
  })

  it("has a torn end where records of the same flush are behind the damage: they do not count, and are told", () => {
    const flush = flushOf(regionA, 1, 1, "one", "two", "three")
    for (const [damaged, left] of [[0, ["two", "three"]], [1, ["three"]], [2, []]] as const) {
      const bytes = journalOf(headerAt(slots[0], {}), flush)
      bytes[regionA + damaged * 48 + frameHead] = 0
      const content = read(bytes)
      assert.deepStrictEqual(textsOf(content), ["one", "two", "three"].slice(0, damaged))
      assert.deepStrictEqual(content.discarded.map(({ body }) => body.toString()), [...left])
    }
  })

  it("is a fault where a later flush came through and this one has a hole, in its middle as well", () => {
    const flushes = [flushOf(regionA, 1, 1, "one", "two", "three"), flushOf(regionA + 144, 1, 4, "four")]
    for (const damaged of [0, 1, 2]) {
      const bytes = journalOf(headerAt(slots[0], {}), ...flushes)
      bytes[regionA + damaged * 48 + frameHead] = 0
      assert.strictEqual(faultIn(bytes).offset, regionA + damaged * 48)
    }
  })
})

describe("the two headers of a journal", () => {
  const torn = (write: Write): Write => ({ ...write, bytes: write.bytes.slice(0, 20) })

  it("are a fault if neither is whole", () => {
    assert.strictEqual(faultIn(journalOf(torn(older[0]), torn(newer), second)).offset, 0)
  })

  it("leave the older epoch with its frames if the newer one was torn as it was written", () => {
    const content = read(journalOf(...older, torn(newer)))
    assert.deepStrictEqual(textsOf(content), oldTexts)
    assert.deepInclude(content, { slot: slots[0], topEpoch: 1 })
  })

  it("do not let count what was carried into an epoch that never began; but its number is used up", () => {
    const content = read(journalOf(...older, carried, torn(newer)))
    assert.deepStrictEqual(textsOf(content), oldTexts)
    assert.strictEqual(content.topEpoch, 2)
    assert.deepStrictEqual(content.discarded, [])
  })

  it("stand beside bytes that are a frame, though no frame may begin there", () => {
    const stray = flushOf(endOf(third) + 24, 3, 8, "stray")
    assert.strictEqual((stray.at - regionB) % 16, 8)
    const content = read(journalOf(...older, carried, newer, second, third, stray))
    assert.deepStrictEqual(textsOf(content), texts)
    assert.strictEqual(content.topEpoch, 2)
    // At a place where one may begin, it is one of an epoch whose header is damaged.
    assert.include(
      faultIn(journalOf(...older, carried, newer, second, third, { ...stray, at: stray.at - 8 })).cause,
      "header"
    )
  })

  it("are a fault if the newer one is damaged and records of its epoch are there", () => {
    for (const there of [[carried, second, third], [second], [third]]) {
      assert.include(faultIn(journalOf(...older, ...there, torn(newer))).cause, "header")
    }
  })

  it("do not need the older one", () => {
    assert.deepStrictEqual(textsOf(read(journalOf(torn(older[0]), carried, newer, second, third))), texts)
  })

  it("are not believed with a whole checksum over nonsense", () => {
    const nonsense = [
      "",
      "null",
      "{}",
      "[1]",
      "{\"epoch\":-1}",
      JSON.stringify({ ...header({}), start: 1.5 }),
      "\ud800"
    ]
    for (const text of nonsense) {
      const head = Buffer.from(text)
      const bytes = Buffer.concat([Buffer.from("PPACKJ01"), Buffer.alloc(8), head])
      bytes.writeUInt32LE(head.length, 8)
      bytes.writeUInt32LE(crc32(head), 12)
      assert.strictEqual(faultIn(journalOf({ at: slots[0], bytes })).offset, 0)
    }
  })

  it("are not believed if they name a place that the journal has not", () => {
    const places = [
      { start: 0 },
      { start: firstRegion - 16 },
      { size: 2 * size + 1 },
      { start: Number.MAX_SAFE_INTEGER },
      { size: Number.MAX_SAFE_INTEGER }
    ]
    for (const fields of places) faultIn(journalOf(headerAt(slots[0], fields)))
  })
})

describe("frames of an epoch that is over", () => {
  it("do not count behind those of this one, also where these end exactly where one of those begins", () => {
    // Epoch 1 filled the region with frames of the same length that epoch 3 has.
    const past = flushOf(regionA, 1, 1, "past one", "past two", "past six")
    for (const count of [0, 1, 2]) {
      const now = flushOf(regionA, 3, 9, ...["now one!", "now two!"].slice(0, count))
      const content = read(journalOf(past, headerAt(slots[0], { epoch: 3, lsn: 8 }), now))
      assert.deepStrictEqual(textsOf(content), ["now one!", "now two!"].slice(0, count))
      assert.deepStrictEqual(content.discarded, [])
    }
  })

  it("do not count if their numbers would go on from those of this one", () => {
    const past = flushOf(regionA, 1, 1, "past one", "past two", "past six")
    const now = flushOf(regionA, 3, 2, "now two!")
    const bytes = journalOf(past, headerAt(slots[0], { epoch: 3, lsn: 1 }), now)
    assert.deepStrictEqual(textsOf(read(bytes)), ["now two!"])
  })

  it("do not count in the middle of this one: a number is missing there", () => {
    const bytes = journalOf(
      headerAt(slots[0], { epoch: 3, lsn: 8 }),
      flushOf(regionA, 3, 9, "nine"),
      flushOf(regionA + 48, 3, 11, "eleven")
    )
    assert.strictEqual(faultIn(bytes).offset, regionA + 48)
  })
})

describe("what is no journal", () => {
  it("is a fault: nothing, zeros, texts, other people's files", () => {
    const others = ["", "PPACKJ01", "SQLite format 3\0", "{}", "PPACKJ01".repeat(3000)].map(body)
    const runs = [1, 16, 4096, 8192, 8193, 100_000].flatMap((length) => [
      new Uint8Array(length),
      new Uint8Array(length).fill(255)
    ])
    for (const bytes of [...others, ...runs]) assert.strictEqual(faultIn(bytes).offset, 0)
  })

  it("is never taken for one, and never throws, in 20,000 inputs by chance", () => {
    const seed = Number(process.env["SEED"] ?? 41)
    const random = seeded(seed)
    const below = (end: number) => Math.floor(random() * end)
    const noise = Uint8Array.from({ length: 65_536 }, () => below(256))
    const noiseOf = (length: number) => noise.subarray(below(noise.length - length)).subarray(0, length)
    /** Whole journals, spoiled in ways that disks and people have. */
    const spoil = (): Uint8Array => {
      const bytes = whole.slice()
      for (let times = below(4); times >= 0; times--) {
        const [at, from] = [below(bytes.length), below(bytes.length)]
        const length = below(random() < 0.5 ? 64 : 2048)
        const kind = below(4)
        if (kind === 0) bytes.set(noiseOf(Math.min(length, bytes.length - at)), at)
        if (kind === 1) bytes.fill(0, at, at + length)
        if (kind === 2) bytes.copyWithin(at, from, from + length)
        if (kind === 3) bytes.copyWithin(at & ~15, from & ~15, (from & ~15) + length)
      }
      return random() < 0.1 ? bytes.subarray(0, below(bytes.length)) : bytes
    }
    /** Whole frames and headers with any numbers in them. */
    const forge = (): Uint8Array => {
      const number = () => below(random() < 0.5 ? 4 : 2 ** 31)
      return journalOf(
        ...slots.map((slot) =>
          headerAt(slot, { epoch: number(), lsn: number(), start: firstRegion + below(size), size: below(2 * size) })
        ),
        ...Array.from({ length: 6 }, () => {
          const bodies = Array.from({ length: 1 + below(2) }, () => noiseOf(below(40)))
          const at = firstRegion + 16 * below((2 * size) / 16 - 16)
          return { at, bytes: encodeFrames(bodies, { carried: random() < 0.3, epoch: number(), first: number() }) }
        })
      )
    }
    let believed = 0
    for (let input = 0; input < 20_000; input++) {
      const what = `input ${input} of seed ${seed}`
      if (input % 4 === 0) {
        assert.isTrue(Result.isFailure(readJournal(noiseOf(below(12_000)))), what)
        continue
      }
      if (input % 4 === 1) {
        readJournal(forge())
        continue
      }
      const result = readJournal(spoil())
      if (Result.isFailure(result)) continue
      believed++
      // Copied frames are genuine: what counts is that there are no others, and none out of its order.
      const all = result.success.header.epoch === 2 ? texts : oldTexts
      assert.deepStrictEqual(textsOf(result.success), all.slice(0, result.success.frames.length), what)
    }
    process.stdout.write(
      `20,000 inputs that are no journal or a spoiled one: ${believed} believed, 0 wrongly; seed ${seed}\n`
    )
  })
})

// ---- records

const anyText = oneOf(
  Arbitrary.schema(Schema.String),
  pick("", "\ud800", "\udfff\ud800 lone", "\0", "é e\u0301 😀", "__proto__", "\"\\\n\u2028")
)
const anyRoot = pick("a", "ui/atlas", ...rootTexts.filter((text) => text !== "a" && text !== "ui/atlas"))
const rootOf = Arbitrary.map(anyRoot, root)
const bytes = oneOf(
  Arbitrary.schema(Schema.Uint8Array),
  Arbitrary.map(integer(0, 100_000), (length) => new Uint8Array(length).fill(length)),
  Arbitrary.map(anyText, (text) => new TextEncoder().encode(text))
)
const trashed = ".prometeu/runtime/trash/2026-01-01T000000.000Z-a1/1"
const step: Arbitrary.Arbitrary<RecordStep> = oneOf<RecordStep>(
  Arbitrary.all({ _tag: pick("MakeFolder"), path: anyRoot }),
  Arbitrary.all({
    _tag: pick("MoveFolder"),
    from: anyRoot,
    to: oneOf(anyRoot, pick(trashed)),
    folder: maybe(anyText),
    manifest: maybe(anyText),
    root: rootOf
  }),
  Arbitrary.all({
    _tag: pick("PutFile"),
    path: Arbitrary.map(anyRoot, (place) => `${place}/asset.json`),
    root: rootOf,
    before: maybe(anyText),
    after: anyText,
    blob: pick(undefined),
    bytes
  }),
  Arbitrary.all({
    _tag: pick("PutFile"),
    path: Arbitrary.map(anyRoot, (place) => `${place}/asset.json`),
    root: rootOf,
    before: maybe(anyText),
    after: anyText,
    blob: pick("a1", "0".repeat(16)),
    bytes: pick(new Uint8Array(0))
  })
)
const extra = pick("", ",\"__proto__\":{\"a\":1}", ",\"note\":\"\\ud800\"", ",\"\u2028\": [1e400]")
const registryEntry: Arbitrary.Arbitrary<RegistryEntry> = Arbitrary.map(
  Arbitrary.all({
    id: oneOf(integer(1, 1000), pick(Number.MAX_SAFE_INTEGER)),
    uuid: integer(0, 1000),
    root: rootOf,
    included: pick(true, false),
    extra
  }),
  ({ id, uuid, ...entry }) => ({ ...entry, id: AssetId.make(id), uuid: testUuid(uuid) })
)
const doubtful = Arbitrary.map(oneOf(anyText, extra), (source): DoubtfulEntry => ({
  source,
  id: undefined,
  uuid: undefined,
  root: undefined,
  entry: undefined,
  ownFault: undefined,
  faults: []
}))
const record: Arbitrary.Arbitrary<JournalRecord> = Arbitrary.all({
  operationId: pick(OperationId.make("a"), OperationId.make("Z_-9".repeat(16))),
  steps: Arbitrary.array(step, { maxLength: 5 }),
  registry: Arbitrary.array(
    Arbitrary.all({
      before: maybe(registryEntry),
      after: maybe(registryEntry),
      replaces: Arbitrary.array(doubtful, { maxLength: 2 })
    }),
    { maxLength: 3 }
  ),
  receipt: anyText
})

/** The same, with bytes that compare by what is in them and not by what holds them. */
const plain = (record: JournalRecord) => ({
  ...record,
  steps: record.steps.map((step) => step._tag === "PutFile" ? { ...step, bytes: Uint8Array.from(step.bytes) } : step)
})

describe("a record", () => {
  it.prop("comes back as it was, whatever is in it", { record }, ({ record }) => {
    const encoded = encodeRecord(record)
    const decoded = Result.getOrThrow(decodeRecord(Buffer.from(encoded)))
    assert.deepStrictEqual(plain(decoded), plain(record))
    assert.deepStrictEqual(encodeRecord(decoded), encoded)
  }, { arbitrary: { runs: 1000, seed: "records" } })

  it.prop("that is cut off or goes on is none, and tells why", { record, cut: integer(1, 40) }, ({ cut, record }) => {
    const encoded = encodeRecord(record)
    const shorter = Buffer.from(encoded.subarray(0, Math.max(0, encoded.length - cut)))
    for (const other of [shorter, Buffer.concat([encoded, Buffer.alloc(cut)])]) {
      const decoded = decodeRecord(other)
      assert(Result.isFailure(decoded))
      assert.isNotEmpty(decoded.failure)
    }
  }, { arbitrary: { runs: 500, seed: "cut records" } })

  it("that leads out of the assets, or to what is the packer's, is none", () => {
    const out = [
      "..",
      "../a",
      "a/../../b",
      "/etc",
      "",
      "a//b",
      "..\\a",
      "a\0",
      ".prometeu",
      ".prometeu/runtime/lock",
      "C:/a"
    ]
    const trash = ".prometeu/runtime/trash"
    const entryWith = (extra: string): RegistryEntry => ({
      id: AssetId.make(1),
      uuid: testUuid(1),
      root: root("a"),
      included: true,
      extra
    })
    const registered = (extra: string): Partial<JournalRecord> => ({
      registry: [{ before: undefined, after: entryWith(extra), replaces: [] }]
    })
    const putAt = (path: string, blob?: string): RecordStep => ({
      _tag: "PutFile",
      path,
      root: root("a"),
      before: undefined,
      after: "h",
      blob,
      bytes: new Uint8Array(0)
    })
    const move = (from: string, to: string): RecordStep => ({
      _tag: "MoveFolder",
      from,
      to,
      folder: undefined,
      manifest: undefined,
      root: root("a")
    })
    const hostile: ReadonlyArray<Partial<JournalRecord>> = [
      ...out.flatMap((path) => [
        { steps: [{ _tag: "MakeFolder" as const, path }] },
        { steps: [move(path, "b")] },
        { steps: [move("a", path)] },
        { steps: [putAt(`${path}/asset.json`)] },
        { steps: [putAt("a/asset.json", path)] }
      ]),
      ...[`${trash}/..`, `${trash}/../1`, `${trash}/x/../1`, `${trash}/x/y/1`, `${trash}/x`, `${trash}/x/..`].map((
        to
      ) => ({ steps: [move("a", to)] })),
      { steps: [move(`${trash}/x/1`, "a")] },
      { steps: [putAt("a/a.png")] },
      { steps: [putAt("asset.json")] },
      ...["}],", ",", ",\"root\":\"b\"", ",\"a\":1}", ",\"a\":1 ", ",\"a\":\n1", "x"].map(registered)
    ]
    const harmless = { operationId: OperationId.make("a"), steps: [], registry: [], receipt: "" }
    for (const fields of hostile) {
      const decoded = decodeRecord(Buffer.from(encodeRecord({ ...harmless, ...fields })))
      assert(Result.isFailure(decoded), JSON.stringify(fields))
      assert.isNotEmpty(decoded.failure)
    }
  })

  it("of another version, or of nobody, is none, and never throws", () => {
    const of = (text: string) => {
      const head = Buffer.from(text)
      const length = Buffer.alloc(4)
      length.writeUInt32LE(head.length)
      return Buffer.concat([length, head])
    }
    const good = { operation: "a", receipt: "", steps: [], registry: [] }
    const put = ["put", "a/asset.json", "a", null, "h", 0]
    for (const one of [good, { ...good, steps: [put] }]) {
      assert.isTrue(Result.isSuccess(decodeRecord(of(JSON.stringify(one)))))
    }
    const others = [
      { ...good, operation: "" },
      { ...good, steps: [["burn", "a"]] },
      { ...good, steps: [put.with(5, -1)] },
      { ...good, steps: [put.with(5, 1e300)] },
      { ...good, steps: [put.with(2, "../a")] },
      { ...good, steps: [["move", "a", "b", null, "/etc"]] },
      { ...good, registry: [[null, [0, "", "", true, ""], []]] },
      null
    ]
    for (const bytes of [...others.map((text) => of(JSON.stringify(text))), of("{"), of(""), Buffer.alloc(0)]) {
      assert.isTrue(Result.isFailure(decodeRecord(bytes)))
    }
    const random = seeded(5)
    for (let input = 0; input < 2000; input++) {
      const bytes = Array.from({ length: Math.floor(random() * 64) }, () => Math.floor(random() * 256))
      decodeRecord(Buffer.from(bytes))
    }
  })
})
