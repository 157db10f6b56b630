/** Changes of any bytes, as disks, programs and people make them. */
import type { Dice } from "./Dice.ts"

/** Bytes that mean something to somebody. */
const telling = [
  [0],
  [0xff],
  [0x22],
  [0x5c],
  [0x7b],
  [0x7d],
  [0x5b],
  [0x5d],
  [0x2c],
  [0x3a],
  [0x0a],
  [0x0d, 0x0a],
  [0xef, 0xbb, 0xbf],
  [0xed, 0xa0, 0x80],
  [0xc0, 0xaf],
  [0xe2, 0x80, 0x8b],
  [0xff, 0xff, 0xff, 0xff],
  [0xff, 0xff, 0xff, 0x7f],
  [0, 0, 0, 0]
]

const joined = (...parts: ReadonlyArray<Uint8Array | ReadonlyArray<number>>): Uint8Array =>
  Uint8Array.from(Buffer.concat(parts.map((part) => Uint8Array.from(part))))

const once = (dice: Dice, bytes: Uint8Array, other: Uint8Array): Uint8Array => {
  const length = bytes.length
  const at = dice.below(length + 1)
  const span = dice.below(dice.chance(0.7) ? 16 : 1 + length)
  const piece = bytes.subarray(at, at + span)
  switch (dice.below(8)) {
    case 0:
      return at < length ? bytes.with(at, (bytes[at] ?? 0) ^ (1 << dice.below(8))) : bytes
    case 1:
      return at < length ? bytes.with(at, dice.below(256)) : bytes
    case 2:
      return bytes.slice(0, at)
    case 3:
      return joined(bytes.subarray(0, at), dice.pick(telling), bytes.subarray(at))
    case 4:
      return joined(bytes.subarray(0, at), bytes.subarray(at + span))
    case 5:
      return joined(bytes.subarray(0, at), piece, bytes.subarray(at))
    case 6: {
      const from = dice.below(other.length + 1)
      return joined(bytes.subarray(0, at), other.subarray(from))
    }
    default: {
      const from = dice.below(other.length + 1)
      const upTo = from + dice.below(64)
      return joined(bytes.subarray(0, at), other.subarray(from, upTo), bytes.subarray(at))
    }
  }
}

/** Bytes with one to four changes, some of which take from others. */
export const mutateBytes = (dice: Dice, bytes: Uint8Array, other: Uint8Array): Uint8Array => {
  let changed = bytes
  for (let times = dice.below(4); times >= 0; times--) changed = once(dice, changed, other)
  return changed
}
