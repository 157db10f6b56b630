/** Changes of journals that repair their checksums: what a checksum lets pass has to be looked at all the same. */
import { crc32 } from "node:zlib"
import { encodeHeader, firstRegion, frameHead, type Header, slots } from "../../../src/layers/journal/Frames.ts"
import { mutateBytes } from "./ByteMutations.ts"
import { allPaths } from "./Corpus.ts"
import type { Dice } from "./Dice.ts"
import { mutateJson } from "./JsonMutations.ts"
import { mutatePath } from "./PathMutations.ts"

const frameMagic = 0x4d_52_46_50
const encoder = new TextEncoder()
const decoder = new TextDecoder()

/** Where frames begin that look whole enough to be changed. */
const framesIn = (journal: Buffer): ReadonlyArray<number> => {
  const found: Array<number> = []
  for (let at = firstRegion; at + frameHead <= journal.length; at += 16) {
    const isWhole = journal.readUInt32LE(at) === frameMagic &&
      at + frameHead + journal.readUInt32LE(at + 4) <= journal.length
    if (isWhole) found.push(at)
  }
  return found
}

/** Puts the checksum right of a frame that says how long it is. */
const repair = (journal: Buffer, at: number): void => {
  const length = journal.readUInt32LE(at + 4)
  if (at + frameHead + length > journal.length) return
  const sum = crc32(journal.subarray(at + frameHead, at + frameHead + length), crc32(journal.subarray(at, at + 28)))
  journal.writeUInt32LE(sum, at + 28)
}

const numbers = [0, 1, 2, 3, 4, 5, 7, 8, 9, 255, 65_535, 2 ** 31 - 1, 2 ** 31, 2 ** 32 - 1]

const changeField = (dice: Dice, journal: Buffer, at: number): void => {
  const number = dice.pick(numbers)
  switch (dice.below(5)) {
    case 0:
      journal.writeUInt32LE(number, at + 4)
      break
    case 1:
      journal.writeUIntLE(dice.chance(0.2) ? 2 ** 48 - 1 : number, at + 8, 6)
      break
    case 2:
      journal.writeUInt16LE(number & 0xffff, at + 14)
      break
    case 3:
      journal.writeUInt32LE(number, at + 16)
      break
    default:
      journal.writeUIntLE(dice.chance(0.2) ? 2 ** 48 - 1 : number, at + 20, 6)
  }
}

/** Where no record may lead, and what some may: through the links of the projects, outside, and to the packer's own. */
const tempting = [
  "linked",
  "linked/inner",
  "linked/asset.json",
  "linked/new/asset.json",
  "ui/linked/asset.json",
  "../src",
  "../outside.txt/asset.json",
  "loose",
  "new/asset.json",
  "ui/atlas/asset.json",
  ".prometeu/runtime/trash/a/1",
  ".prometeu/runtime/lock",
  ".prometeu/index.json"
]

/** What a record says, with something in it that wants to lead elsewhere. */
const mutateRecord = (dice: Dice, text: string): string => {
  if (dice.chance(0.5)) return mutateJson(dice, text, text)
  // Some text of a step becomes a path.
  const kind = dice.below(4)
  const path = JSON.stringify(kind === 0 ? dice.pick(allPaths) : kind === 1 ? mutatePath(dice) : dice.pick(tempting))
  const texts = Array.from(text.matchAll(/"(?:[^"\\]|\\.)*"(?!:)/g))
  const found = texts.length === 0 ? undefined : dice.pick(texts)
  return found === undefined
    ? text
    : text.slice(0, found.index) + path + text.slice(found.index + found[0].length)
}

/** Puts another body into a frame, as far as there is room for it in the journal. */
const changeBody = (dice: Dice, journal: Buffer, at: number): void => {
  const body = journal.subarray(at + frameHead, at + frameHead + journal.readUInt32LE(at + 4))
  if (body.length < 4) return
  const textLength = body.readUInt32LE(0)
  if (4 + textLength > body.length) return
  const changed = encoder.encode(mutateRecord(dice, decoder.decode(body.subarray(4, 4 + textLength))))
  const length = Buffer.alloc(4)
  length.writeUInt32LE(dice.chance(0.05) ? dice.pick(numbers) : changed.length)
  const next = Buffer.concat([length, changed, body.subarray(4 + textLength)])
  if (at + frameHead + next.length > journal.length) return
  journal.set(next, at + frameHead)
  journal.writeUInt32LE(next.length, at + 4)
}

const changeHeader = (dice: Dice, journal: Buffer): void => {
  const slot = dice.pick(slots)
  const length = journal.readUInt32LE(slot + 8)
  const text = length > 0 && length < 2048 ? journal.toString("utf8", slot + 16, slot + 16 + length) : "{}"
  const body = encoder.encode(mutateJson(dice, text, text)).subarray(0, 2048)
  const start = dice.chance(0.2) ? slots[0] === slot ? slots[1] : slots[0] : slot
  journal.write("PPACKJ01", start)
  journal.writeUInt32LE(body.length, start + 8)
  journal.writeUInt32LE(crc32(body), start + 12)
  journal.set(body, start + 16)
}

/** A journal with one to three changes, after each of which its checksums are right. */
export const mutateJournal = (dice: Dice, bytes: Uint8Array): Uint8Array => {
  const journal = Buffer.from(bytes)
  if (journal.length < firstRegion + frameHead) return mutateBytes(dice, bytes, bytes)
  for (let times = dice.below(3); times >= 0; times--) {
    const frames = framesIn(journal)
    const kind = dice.below(5)
    if (kind === 0 || frames.length === 0) {
      changeHeader(dice, journal)
      continue
    }
    const at = dice.pick(frames)
    if (kind === 1) changeField(dice, journal, at)
    if (kind === 2 || kind === 3) changeBody(dice, journal, at)
    if (kind === 4) {
      const to = firstRegion + 16 * dice.below((journal.length - firstRegion) / 16)
      journal.copyWithin(to, at, at + frameHead + journal.readUInt32LE(at + 4))
      continue
    }
    repair(journal, at)
  }
  return Uint8Array.from(journal)
}

/** The same journal as if it had been written in a folder, and in a run of the machine. */
export const asOf = (bytes: Uint8Array, told: Pick<Header, "folder" | "boot">): Uint8Array => {
  const journal = Buffer.from(bytes)
  for (const slot of slots) {
    const length = journal.length > slot + 16 ? journal.readUInt32LE(slot + 8) : 0
    if (length === 0 || length > 2048) continue
    try {
      const header: unknown = JSON.parse(journal.toString("utf8", slot + 16, slot + 16 + length))
      if (typeof header !== "object" || header === null) continue
      journal.set(encodeHeader({ ...header as Header, ...told }), slot)
    } catch {
      // What is no header stays what it is.
    }
  }
  return Uint8Array.from(journal)
}
