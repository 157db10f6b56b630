/** Paths that want to lead elsewhere, made of other paths. */
import { allPaths } from "./Corpus.ts"
import type { Dice } from "./Dice.ts"

const zeroWidth = ["\u200b", "\u200c", "\u200d", "\u2060", "\ufeff", "\u00ad", "\u034f", "\u{e0020}", "\ufe0f"]
const elsewhere = ["..", ".", "", "...", "..\\", "\u2024\u2024", "\uff0e\uff0e", "%2e%2e", "..\u200b", ".\u00ad.", "~"]
const owned = [".prometeu", "PROMET~1", "asset.json", "CON", "nul.txt", "COM\u00b9", "lpt9 .a", "conin$", "aux "]
const behind = [".", " ", ". ", ":stream", "::$DATA", "\0", "\0.png", "\n", "\ud800", "\\", "/", "?", "*", "\u0301"]
const before = ["/", "//", "\\\\?\\", "C:", "c:/", "\\", "./", "../", "~/", "\ufeff"]
const forms = ["NFC", "NFD", "NFKC", "NFKD"] as const

const respelled = (dice: Dice, text: string): string => {
  const kind = dice.below(6)
  if (kind === 0) return text.toUpperCase()
  if (kind === 1) return text.toLowerCase()
  return text.normalize(dice.pick(forms))
}

const segment = (dice: Dice, text: string): string => {
  const at = dice.below(text.length + 1)
  switch (dice.below(7)) {
    case 0:
      return dice.pick(elsewhere)
    case 1:
      return dice.pick(owned)
    case 2:
      return text.slice(0, at) + dice.pick(zeroWidth) + text.slice(at)
    case 3:
      return text + dice.pick(behind)
    case 4:
      return respelled(dice, text)
    case 5:
      return text.repeat(1 + dice.below(dice.chance(0.1) ? 300 : 3))
    default:
      return text.slice(0, at) + dice.pick(behind) + text.slice(at)
  }
}

/** A path made of one or two of the corpus, with one to three changes of its segments. */
export const mutatePath = (dice: Dice): string => {
  const path = dice.chance(0.3) ? `${dice.pick(allPaths)}/${dice.pick(allPaths)}` : dice.pick(allPaths)
  const segments = path.split("/")
  for (let times = dice.below(3); times >= 0; times--) {
    const place = dice.below(segments.length + 1)
    if (dice.chance(0.15)) segments.splice(place, 0, dice.pick(elsewhere))
    else if (place < segments.length) segments[place] = segment(dice, segments[place] ?? "")
  }
  const joined = segments.join("/")
  return dice.chance(0.1) ? dice.pick(before) + joined : joined
}
