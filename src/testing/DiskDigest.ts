/** A quick hash of what a disk in memory holds, to count how many different ones there are. */

/** Two halves of a hash that is good enough to count images. */
export type Digest = readonly [number, number]

const scramble = (number: number): number => {
  const once = Math.imul(number ^ (number >>> 16), 0x85ebca6b)
  const twice = Math.imul(once ^ (once >>> 13), 0xc2b2ae35)
  return twice ^ (twice >>> 16)
}

/** What a thing adds to the whole where it is. */
export const placed = ([a, b]: Digest, place: number): Digest => [
  scramble(a ^ place),
  scramble(Math.imul(b, 31) + place)
]

/** A text as a number. */
export const textDigest = (text: string, seed: number): number => {
  let hash = seed ^ 0x811c9dc5
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193)
  return scramble(hash)
}

/**
 * The first `size` bytes of an array that has a buffer of its own, and zeros behind them to the end of a word. Words of
 * zeros are passed over, because most of a journal is zeros: that a word is where it is goes in with the word.
 */
export const contentDigest = (bytes: Uint8Array, size: number): Digest => {
  const words = new Uint32Array(bytes.buffer, 0, Math.ceil(size / 4))
  let a = size
  let b = ~size
  for (let i = 0; i < words.length; i++) {
    const word = words[i] ?? 0
    if (word === 0) continue
    a = Math.imul(a ^ word ^ (a >>> 15), 0x9e3779b1) + i
    b = Math.imul(b ^ word ^ (b >>> 13), 0x85ebca77) ^ Math.imul(i, 0xc2b2ae3d)
  }
  return [scramble(a), scramble(b)]
}
