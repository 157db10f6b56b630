/** What has to be true of any bytes that are read as a manifest, and of edits of those that are one. */
import { Result } from "effect"
import { isDeepStrictEqual } from "node:util"
import { AssetUuid } from "../../../src/domain/Identity.ts"
import { parseJson } from "../../../src/domain/JsonReader.ts"
import { decodeText, type JsonObject, memberOf, valueOf } from "../../../src/domain/JsonText.ts"
import { isDeeperThan, maxJsonDepth } from "../../../src/domain/JsonValue.ts"
import { type ManifestText, readManifest } from "../../../src/domain/Manifest.ts"
import { rowsOf, setComposition, setContract, setUuid } from "../../../src/domain/ManifestEdit.ts"
import { testUuid } from "../../../src/testing/ProjectTree.ts"
import type { Checked } from "./Checked.ts"
import type { Dice } from "./Dice.ts"

const limit = 1024 * 1024

/**
 * True if some key is written with an escape. Once there was a key that is a lone backslash, `JSON.parse` of Node 24 takes
 * other escaped keys for it, and it is what we compare with.
 */
const hasEscapedKey = (text: string): boolean =>
  Array.from(text.matchAll(/"((?:[^"\\]|\\.)*)"\s*:/gs)).some(([, key = ""]) => key.includes("\\"))

/** What is wrong with how a text was read, held against `JSON.parse`. */
const jsonProblems = (text: string): ReadonlyArray<string> => {
  const ours = parseJson(text)
  let theirs: { readonly value: unknown } | undefined
  try {
    theirs = { value: JSON.parse(text) }
  } catch {
    theirs = undefined
  }
  if (Result.isSuccess(ours)) {
    if (isDeeperThan(valueOf(ours.success), maxJsonDepth)) return ["what is nested too deep was accepted"]
    if (theirs === undefined) return ["JSON.parse refuses what was accepted"]
    if (hasEscapedKey(text) || isDeepStrictEqual(valueOf(ours.success), theirs.value)) return []
    return ["JSON.parse reads something else"]
  }
  const kinds = ours.failure.map(({ kind }) => kind)
  return [
    ...(kinds.length === 0 ? ["refused without a reason"] : []),
    ...(kinds.includes("syntax") && theirs !== undefined ? ["JSON.parse accepts what was refused for its syntax"] : []),
    ...(kinds.every((kind) => kind === "duplicate-key") && theirs === undefined
      ? ["JSON.parse refuses what was refused for repeated keys only"]
      : [])
  ]
}

const sourcesBut = (text: string, object: JsonObject, touched: ReadonlyArray<string>): ReadonlyArray<string> =>
  object.members.filter(({ key }) => !touched.includes(key)).map(({ start, value }) => text.slice(start, value.end))

const inner = (object: JsonObject, key: string): JsonObject | undefined => {
  const node = memberOf(object, key)?.value
  return node?.kind === "object" ? node : undefined
}

/** What an edit changed beyond what it should. */
const strayChanges = (
  before: ManifestText,
  after: ManifestText,
  touched: ReadonlyArray<string>,
  touchedInOutput: ReadonlyArray<string>
): ReadonlyArray<string> => {
  const problems: Array<string> = []
  const kept = (a: JsonObject, b: JsonObject, keys: ReadonlyArray<string>) =>
    isDeepStrictEqual(sourcesBut(before.text, a, keys), sourcesBut(after.text, b, keys))
  if (!kept(before.root, after.root, touched)) problems.push("changed members that it is not about")
  const [ours, theirs] = [inner(before.root, "output"), inner(after.root, "output")]
  if (ours === undefined || theirs === undefined || !kept(ours, theirs, touchedInOutput)) {
    problems.push("changed members of the output that it is not about")
  }
  const ends = ({ root, text }: ManifestText) => [text.slice(0, root.start), text.slice(root.end)]
  if (!isDeepStrictEqual(ends(before), ends(after))) problems.push("changed what stands around the value")
  return problems
}

/** An edit, and what it is to come to. */
interface Edit {
  readonly name: string
  readonly run: (source: ManifestText) => Uint8Array
  readonly expected: ManifestText["manifest"]
  readonly touched: ReadonlyArray<string>
  readonly touchedInOutput: ReadonlyArray<string>
}

const editsOf = (dice: Dice, { manifest }: ManifestText): ReadonlyArray<Edit> => {
  const uuid = AssetUuid.make(testUuid(77))
  const name = dice.pick(["x", "two\nlines", "\"$&\"", "é😀", "\u2028"])
  const metadata = dice.pick([{}, { tile_size: 8 }, { a: [1, { b: null }], c: "$`" }])
  const output = { format: manifest.output.format, codec: "other", metadata }
  const own = [...new Set(manifest.artifacts.map(({ file }) => file.normalize("NFC")))]
  const files = [...new Set([...own.filter(() => dice.chance(0.7)), "new.png", ...own.slice(0, 1)])]
  return [
    {
      name: "setUuid",
      run: (source) => setUuid(source, uuid),
      expected: { ...manifest, uuid },
      touched: ["asset_uuid"],
      touchedInOutput: []
    },
    {
      name: "setContract",
      run: (source) =>
        setContract(source, { name, preload: !manifest.preload, output: { codec: output.codec, metadata } }),
      expected: { ...manifest, name, preload: !manifest.preload, output },
      touched: ["name", "preload", "output"],
      touchedInOutput: ["codec", "metadata"]
    },
    {
      name: "setComposition",
      run: (source) => setComposition(source, files),
      expected: { ...manifest, artifacts: files.map((file, index) => ({ index, file })) },
      touched: ["artifacts"],
      touchedInOutput: []
    }
  ]
}

/** What rows that stay lost besides their place. */
const lostInRows = (before: ManifestText, after: ManifestText): ReadonlyArray<string> => {
  const known = new Map(rowsOf(before).toReversed().map(({ file, row }) => [file, row]))
  return rowsOf(after).flatMap(({ file, row }) => {
    const old = known.get(file)
    const isSame = old === undefined ||
      isDeepStrictEqual(sourcesBut(before.text, old, ["index"]), sourcesBut(after.text, row, ["index"]))
    return isSame ? [] : [`setComposition changed the row of ${JSON.stringify(file)}`]
  })
}

const normal = (manifest: ManifestText["manifest"]) => ({
  ...manifest,
  artifacts: manifest.artifacts.map(({ file, index }) => ({ index, file: file.normalize("NFC") }))
})

const editProblems = (source: ManifestText, edit: Edit): ReadonlyArray<string> => {
  const bytes = edit.run(source)
  const after = readManifest(bytes, Infinity)
  if (Result.isFailure(after)) return [`${edit.name} made it invalid: ${JSON.stringify(after.failure)}`]
  const problems: Array<string> = []
  if (!isDeepStrictEqual(normal(after.success.manifest), normal(edit.expected))) {
    problems.push(`${edit.name} wrote something else`)
  }
  for (const stray of strayChanges(source, after.success, edit.touched, edit.touchedInOutput)) {
    problems.push(`${edit.name} ${stray}`)
  }
  if (edit.name === "setComposition") problems.push(...lostInRows(source, after.success))
  if (Buffer.compare(edit.run(after.success), bytes) !== 0) problems.push(`${edit.name} changes what it wrote itself`)
  return problems
}

/** Reads bytes as a manifest, and edits it if it is one. */
export const checkManifest = (dice: Dice, bytes: Uint8Array): Checked => {
  const decoded = decodeText(bytes)
  const problems = Result.isSuccess(decoded) ? [...jsonProblems(decoded.success)] : []
  const read = readManifest(bytes, limit)
  if (Result.isFailure(read)) {
    const [first] = read.failure
    const codes = [...new Set(read.failure.map(({ code }) => code))]
    if (first === undefined || codes.some((code) => !code.startsWith("manifest/"))) {
      problems.push("refused without a code")
    }
    const lines = Result.isSuccess(decoded) ? decoded.success.split(/\r\n|\n|\r/).length : 1
    for (const { at, cause } of read.failure) {
      if (cause === "") problems.push("refused without a cause")
      const { column = 1, line = 1 } = at ?? {}
      if (line < 1 || line > lines || column < 1) problems.push(`names a place that is not there: ${line}:${column}`)
    }
    return { answer: codes.join("+"), problems }
  }
  const source = read.success
  if (Buffer.compare(Buffer.from(source.text), bytes) !== 0) problems.push("the text is not that of the bytes")
  const same = setContract(source, { name: source.manifest.name, preload: source.manifest.preload })
  const hasPreload = memberOf(source.root, "preload") !== undefined
  if (hasPreload && Buffer.compare(same, bytes) !== 0) problems.push("an edit that says nothing new changes bytes")
  for (const edit of editsOf(dice, source)) problems.push(...editProblems(source, edit))
  return { answer: "accepted", problems }
}
