/** Changes of JSON texts that leave them JSON, mostly: what gets past a parser reaches the rules behind it. */
import { Result } from "effect"
import { parseJson } from "../../../src/domain/JsonReader.ts"
import type { JsonMember, JsonNode } from "../../../src/domain/JsonText.ts"
import { allPaths } from "./Corpus.ts"
import type { Dice } from "./Dice.ts"

/** Values that a reader gets wrong if it can. */
const nasty = [
  ..."null true false 0 -0 -1 1.0 1e0 0.1 1e400 -1e400 5e-324 1.5 2e0 9007199254740991 9007199254740992".split(" "),
  ..."9007199254740993 12345678901234567890 1e308 4294967295 4294967296 \"\" \"1\" [] {} [[]] {\"\":0} [null]".split(
    " "
  ),
  "\"\\ud800\"",
  "\"\\udc00\\ud800\"",
  "\"\\u0000\"",
  "\"<<<<<<< ours\"",
  "{\"__proto__\":{\"polluted\":true}}",
  "{\"constructor\":{\"prototype\":{\"polluted\":true}}}",
  "\"00000000-0000-0000-0000-000000000000\"",
  "\"0198c0de-7000-7000-8000-000000000001\"",
  `"${"x".repeat(300)}"`
]

/** What looks like a value and is none. */
const malformed =
  "01 +1 .5 1. 1e 0x10 - NaN Infinity undefined tru nulll 'a' \"\\x41\" \"\\u12\" \"\t\" [,] [1,] {,} // /**/".split(
    " "
  )

const keys = [
  "__proto__",
  "constructor",
  "toString",
  "",
  "0",
  "schema_version",
  "asset_uuid",
  "name",
  "output",
  "artifacts",
  "inputsByRole",
  "next_asset_id",
  "assets",
  "asset_id",
  "root",
  "included_in_build",
  "index",
  "file",
  "metadata",
  "\ud800"
]

/** All values in a text, outermost first, and all members. */
const partsOf = (root: JsonNode): { readonly nodes: Array<JsonNode>; readonly members: Array<JsonMember> } => {
  const nodes = [root]
  const members: Array<JsonMember> = []
  for (const node of nodes) {
    if (node.kind === "array") { for (const item of node.items) nodes.push(item) }
    if (node.kind === "object") {
      for (const member of node.members) {
        members.push(member)
        nodes.push(member.value)
      }
    }
  }
  return { nodes, members }
}

const escaped = (text: string): string =>
  `"${
    Array.from({ length: text.length }, (_, at) => `\\u${text.charCodeAt(at).toString(16).padStart(4, "0")}`).join("")
  }"`

const blankOf = (dice: Dice): string => dice.pick(["\n", "\r\n", "\r", "\t", "  ", "\n\n    ", "            "])

/** Puts a new member at the end of an object. */
const withMember = (dice: Dice, text: string, nodes: ReadonlyArray<JsonNode>): string => {
  const node = dice.pick(nodes.filter(({ kind }) => kind === "object"))
  if (node.kind !== "object") return text
  const key = dice.chance(0.5) ? `x${dice.below(100)}` : dice.pick(keys)
  const comma = node.members.length === 0 ? "" : ","
  const member = `${comma}${JSON.stringify(key)}${blankOf(dice)}:${dice.pick(nasty)}`
  return text.slice(0, node.end - 1) + member + text.slice(node.end - 1)
}

const once = (dice: Dice, text: string, other: string): string => {
  const parsed = parseJson(text)
  if (Result.isFailure(parsed)) return text
  const { members, nodes } = partsOf(parsed.success)
  if (dice.chance(0.25) && nodes.some(({ kind }) => kind === "object")) return withMember(dice, text, nodes)
  const node = dice.pick(nodes)
  const put = (start: number, end: number, source: string) => text.slice(0, start) + source + text.slice(end)
  const instead = (source: string) => put(node.start, node.end, source)
  if (dice.chance(0.25)) return put(node.start, node.start, blankOf(dice))
  if (dice.chance(0.04)) return instead(dice.pick(malformed))
  const kind = dice.below(11)
  if (kind === 0) return instead(dice.pick(nasty))
  if (kind === 1) return instead(JSON.stringify(dice.pick(allPaths)))
  if (kind === 2) {
    const model = dice.pick(nodes)
    return instead(text.slice(model.start, model.end))
  }
  if (kind === 3) {
    const foreign = parseJson(other)
    if (Result.isFailure(foreign)) return text
    const model = dice.pick(partsOf(foreign.success).nodes)
    return instead(other.slice(model.start, model.end))
  }
  if (kind === 4) {
    const levels = dice.pick([1, 2, 254, 255, 256, 300])
    return instead("[".repeat(levels) + text.slice(node.start, node.end) + "]".repeat(levels))
  }
  if (kind === 5) {
    return node.kind === "scalar" && typeof node.value === "string" ? instead(escaped(node.value)) : text
  }
  if (kind === 6) return put(node.start, node.start, blankOf(dice))
  if (kind === 7 && node.kind === "array") {
    const item = node.items.length === 0 ? "null" : text.slice(node.start + 1, node.end - 1)
    return put(node.end - 1, node.end - 1, node.items.length === 0 ? item : `,${item}`)
  }
  if (members.length === 0) return text
  const member = dice.pick(members)
  const source = text.slice(member.start, member.value.end)
  if (kind === 8) return put(member.value.end, member.value.end, `,${source}`)
  if (kind === 9) {
    const keyEnds = text.indexOf(":", member.start + 1 + member.key.length)
    return keyEnds < 0 ? text : put(member.start, keyEnds, JSON.stringify(dice.pick(keys)))
  }
  // A member that is gone leaves one comma too many or none: both are taken care of where that is easy.
  const behind = /^\s*,/.exec(text.slice(member.value.end))?.[0] ?? ""
  return put(member.start, member.value.end + behind.length, "")
}

/** A JSON text with one to three changes, some of which take from another one. */
export const mutateJson = (dice: Dice, text: string, other: string): string => {
  let changed = text
  for (let times = dice.below(3); times >= 0; times--) changed = once(dice, changed, other)
  return changed.length > 200_000 ? text : changed
}
