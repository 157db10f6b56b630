/** Little pictures for games: grounds that repeat, and creatures that are the same left and right. */
import { type Colour, png } from "./Png.ts"

const nothing: Colour = [0, 0, 0, 0]

/** A number from 0 to 1 that looks random and is the same every time. */
const grain = (seed: number, x: number, y: number): number => {
  let bits = Math.imul(seed + 1, 0x9e3779b1) ^ Math.imul(x + 1, 0x85ebca6b) ^ Math.imul(y + 1, 0xc2b2ae35)
  bits = Math.imul(bits ^ (bits >>> 15), 0x2c1b3c6d)
  bits = Math.imul(bits ^ (bits >>> 12), 0x297a2d39)
  return ((bits ^ (bits >>> 15)) >>> 0) / 2 ** 32
}

/** A colour by its hue in degrees, and how light it is from 0 to 1. */
const colour = (hue: number, lightness: number, saturation = 0.55): Colour => {
  const channel = (offset: number) => {
    const k = (offset + hue / 30) % 12
    const reach = saturation * Math.min(lightness, 1 - lightness)
    return Math.round(255 * (lightness - reach * Math.max(-1, Math.min(k - 3, 9 - k, 1))))
  }
  return [channel(0), channel(8), channel(4), 255]
}

/** A ground of one hue, with speckles, 16 pixels wide. */
export const ground = (seed: number, hue: number, lightness = 0.45): Uint8Array =>
  png(16, 16, (x, y) => {
    const speckle = grain(seed, x, y)
    return colour(hue + (speckle - 0.5) * 18, lightness + (speckle > 0.86 ? 0.1 : speckle < 0.14 ? -0.09 : 0))
  })

/** A wall of bricks. */
export const bricks = (seed: number, hue: number): Uint8Array =>
  png(16, 16, (x, y) => {
    const row = Math.floor(y / 4)
    const across = (x + (row % 2) * 4) % 8
    if (y % 4 === 3 || across === 7) return colour(hue, 0.25, 0.2)
    return colour(hue + (grain(seed, Math.floor((x + (row % 2) * 4) / 8), row) - 0.5) * 16, 0.5)
  })

/** A creature or a thing, 16 pixels wide: some pixels at random, mirrored, with a dark line around. */
export const creature = (seed: number, hue: number): Uint8Array => {
  const isBody = (x: number, y: number) => {
    if (x < 2 || x > 13 || y < 2 || y > 13) return false
    const side = Math.floor((x < 8 ? x : 15 - x) / 2)
    const middle = 1 - Math.hypot(side - 3.2, Math.floor(y / 2) - 3.5) / 4.4
    return grain(seed, side, Math.floor(y / 2)) < 0.25 + middle * 0.75
  }
  return png(16, 16, (x, y) => {
    if (isBody(x, y)) {
      const isEye = Math.floor(y / 2) === 2 && (x === 5 || x === 10)
      return isEye ? colour(hue, 0.95) : colour(hue + grain(seed + 9, x < 8 ? x : 15 - x, y) * 24, 0.68 - y * 0.02, 0.7)
    }
    const isEdge = isBody(x - 1, y) || isBody(x + 1, y) || isBody(x, y - 1) || isBody(x, y + 1)
    return isEdge ? colour(hue, 0.16, 0.5) : nothing
  })
}

/** A button, 32 pixels wide, with a mark in its middle. */
export const button = (hue: number, isMark: (x: number, y: number) => boolean): Uint8Array =>
  png(32, 16, (x, y) => {
    const isCorner = (x < 2 || x > 29) && (y < 2 || y > 13)
    if (isCorner) return nothing
    if (isMark(x - 16, y - 8)) return colour(hue, 0.95)
    return y < 2 ? colour(hue, 0.66) : y > 12 ? colour(hue, 0.3) : colour(hue, 0.48)
  })

/** A glyph out of five columns of seven pixels, the lowest bit on top. */
export const glyph = (columns: ReadonlyArray<number>): Uint8Array =>
  png(8, 16, (x, y) => {
    const row = Math.floor((y - 1) / 2)
    const isSet = x < columns.length && row >= 0 && row < 7 && (((columns[x] ?? 0) >> row) & 1) === 1
    return isSet ? colour(220, 0.2, 0.3) : nothing
  })
