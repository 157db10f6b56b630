/**
 * The paths of a project: where asset roots are, and files inside them.
 *
 * A path is accepted on every operating system or on none, so that a project which opens on one machine opens on all.
 * Accepted paths are relative, in Unicode NFC, with `/` between segments; joined to a folder they never leave it.
 */
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"

/** Why a path was refused. */
export type PathReason =
  | "empty"
  | "absolute"
  | "drive-letter"
  | "backslash"
  | "empty-segment"
  | "dot-segment"
  | "control-character"
  | "not-unicode"
  | "reserved-for-packer"
  | "reserved-for-manifest"
  | "reserved-on-windows"
  | "trailing-dot-or-space"
  | "forbidden-character"
  | "segment-too-long"
  | "path-too-long"

/** A refused path: the reason for programs, the message for people. */
export interface PathProblem {
  readonly reason: PathReason
  readonly message: string
}

/** The longest segment, in UTF-8 bytes, that every supported file system can store. */
export const maxSegmentBytes = 255
/** The longest path, in UTF-8 bytes. */
export const maxPathBytes = 1024

const encoder = new TextEncoder()
/** No UTF-16 unit takes more than three bytes, so most texts need not be encoded to know that they are short enough. */
const isLonger = (text: string, bytes: number): boolean =>
  text.length * 3 > bytes && (text.length > bytes || encoder.encode(text).length > bytes)

/** C0 and C1 controls, NUL and DEL among them. */
const control = /\p{Cc}/u
/** Characters that file systems ignore when they compare names; a segment made of `.prometeu` and these is an alias. */
const ignorable = /\p{Default_Ignorable_Code_Point}/gu
const windowsDevice = /^(?:con|prn|aux|nul|conin\$|conout\$|com[0-9¹²³]|lpt[0-9¹²³]) *(?:\.|$)/iu
/** `.prometeu` and what starts with it, folded; also as the short names that Windows makes up, `PROMET~1`. */
const packersOwn = /^(?:\.prometeu|promet~[0-9]|pr[0-9a-f]{4}~[0-9])/

/** Letters, digits, `_` and `-` only, and dots inside the last name: nothing of it can be wrong but a reserved name. */
const plain = /^(?:[A-Za-z0-9_-]+\/)*[A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]+)*$/
const maybeReserved = /(?:^|\/)(?:con|prn|aux|nul|com[0-9]|lpt[0-9]|asset\.json)(?:[./]|$)/i

const problem = (reason: PathReason, message: string): Result.Result<never, PathProblem> =>
  Result.fail({ reason, message })

const quote = (text: string): string => JSON.stringify(text.length > 80 ? `${text.slice(0, 80)}…` : text)

const reasonAgainst = (segment: string): readonly [PathReason, string] | undefined => {
  if (segment === "") return ["empty-segment", "is empty"]
  if (segment === "." || segment === "..") return ["dot-segment", "leads elsewhere"]
  if (/[<>:"|?*]/.test(segment)) {
    return ["forbidden-character", "has one of < > : \" | ? *, which Windows cannot store"]
  }
  if (/[. ]$/.test(segment)) return ["trailing-dot-or-space", "ends with a dot or a space, which Windows drops"]
  if (windowsDevice.test(segment)) return ["reserved-on-windows", "is the name of a Windows device"]
  const folded = foldPath(segment.replace(ignorable, ""))
  if (packersOwn.test(folded)) {
    return ["reserved-for-packer", "starts with \".prometeu\" on some systems, which belongs to the packer"]
  }
  if (folded === "asset.json") return ["reserved-for-manifest", "is the name of a manifest"]
  if (isLonger(segment, maxSegmentBytes)) return ["segment-too-long", `is longer than ${maxSegmentBytes} bytes`]
  return undefined
}

const parse = (input: string): Result.Result<string, PathProblem> => {
  // Every asset and every file of a project comes by here; this takes a tenth of the time of what follows.
  if (input.length <= maxSegmentBytes && plain.test(input) && !maybeReserved.test(input)) return Result.succeed(input)
  if (input === "") return problem("empty", "it is empty")
  if (!input.isWellFormed()) return problem("not-unicode", "it holds half of a Unicode surrogate pair")
  if (control.test(input)) return problem("control-character", "it has a control character")
  if (input.includes("\\")) return problem("backslash", "it has a backslash instead of '/'")
  if (input.startsWith("/")) return problem("absolute", "it is absolute, with a leading '/'")
  if (/^[A-Za-z]:/.test(input)) return problem("drive-letter", "it starts with a drive letter")
  const path = input.normalize("NFC")
  if (isLonger(path, maxPathBytes)) return problem("path-too-long", `it is longer than ${maxPathBytes} bytes`)
  for (const segment of path.split("/")) {
    const against = reasonAgainst(segment)
    if (against !== undefined) return problem(against[0], `its segment ${quote(segment)} ${against[1]}`)
  }
  return Result.succeed(path)
}

/**
 * A text that is the same for two paths exactly if they could not both exist on every operating system: it forgets
 * letter case and Unicode normalization, segment by segment.
 *
 * It goes through upper case twice because lower case alone is not symmetric ("ß" and "ẞ", "ſ" and "s"), and knows one
 * sigma only: whether a "Σ" ends a word must not matter to a search for a part of it.
 */
export const foldPath = (path: string): string =>
  // oxlint-disable-next-line no-control-regex -- the range is ASCII, where one lower-casing is all there is to do
  /^[\x00-\x7f]*$/.test(path)
    ? path.toLowerCase()
    : path.normalize("NFD").toUpperCase().toLowerCase().toUpperCase().toLowerCase().replaceAll("ς", "σ").normalize(
      "NFC"
    )

/** The code point at a place, or -1 where the text has none. */
const pointAt = (text: string, place: number): number => text.codePointAt(place) ?? -1

/** UTF-16 units from the surrogates upwards: only texts that both have some can be ordered differently by units. */
const high = /[\ud800-\uffff]/

/**
 * Orders texts by Unicode code points. JavaScript's `<` orders by UTF-16 units, which differs above U+FFFF; where that
 * cannot matter it is used, because it is some 20 times faster, and every lookup in a snapshot compares texts.
 */
export const compareText = (a: string, b: string): number =>
  high.test(a) && high.test(b) ? comparePoints(a, b) : a < b ? -1 : a === b ? 0 : 1

const comparePoints = (a: string, b: string): number => {
  if (a === b) return 0
  let place = 0
  // At the end of a text there is NaN, which equals nothing: the loop ends at the end of the shorter one.
  while (a.charCodeAt(place) === b.charCodeAt(place)) place++
  // Where two units differ, the code points they belong to may have begun one unit before.
  return pointAt(a, place - 1) - pointAt(b, place - 1) || pointAt(a, place) - pointAt(b, place)
}

const portable = Schema.makeFilter((text: string) => Result.getOrUndefined(parse(text)) === text, {
  expected: "a portable relative path in Unicode NFC",
  // Values that are generated from the schema, for tests of hosts: without a pattern hardly one of them would be legal.
  arbitraryConstraint: {
    patterns: [{ source: "^[A-Za-zé日😀0-9_-]{1,8}(?:/[a-zö0-9 _-]{0,8}[a-zß0-9]){0,3}$", flags: "u" }]
  }
})

/** Where an asset is: a path relative to `assets/`. Not its identity: relocating an asset keeps both its ids. */
export const AssetRoot = Schema.String.check(portable).pipe(Schema.brand("prometeu-packer/AssetRoot"))
/** Where an asset is: a path relative to `assets/`. */
export type AssetRoot = typeof AssetRoot.Type

/** A file inside an asset: a path relative to its root, under the same rules as an asset root. */
export const FilePath = Schema.String.check(portable).pipe(Schema.brand("prometeu-packer/FilePath"))
/** A file inside an asset: a path relative to its root. */
export type FilePath = typeof FilePath.Type

/** Accepts a text as an asset root, normalized to NFC, or says why not. */
export const parseRoot = (input: string): Result.Result<AssetRoot, PathProblem> =>
  // `parse` has just checked what the brand stands for.
  parse(input) as Result.Result<AssetRoot, PathProblem>

/** Accepts a text as the path of a file inside an asset, normalized to NFC, or says why not. */
export const parseFile = (input: string): Result.Result<FilePath, PathProblem> =>
  // `parse` has just checked what the brand stands for.
  parse(input) as Result.Result<FilePath, PathProblem>

/** The folders above a root, outermost first: `a/b/c` lies in `a` and `a/b`. */
export const parentsOf = (root: string): ReadonlyArray<string> => {
  const parents: Array<string> = []
  for (let at = root.indexOf("/"); at !== -1; at = root.indexOf("/", at + 1)) parents.push(root.slice(0, at))
  return parents
}

const slash = 0x2f
const dot = 0x2e

/** True if `path` lies below `folder` (a folder does not lie below itself). */
export const isInside = (path: string, folder: string): boolean => path.startsWith(`${folder}/`)

/** Where the last extension of a file name begins, with its dot; at the end if it has none. */
export const extensionAt = (path: string): number => {
  for (let at = path.length - 1; at > 0; at--) {
    const unit = path.charCodeAt(at)
    if (unit === slash) break
    if (unit === dot) return path.charCodeAt(at - 1) === slash ? path.length : at
  }
  return path.length
}

/** The last extension of a file name in lower case with its dot, or `""`. */
export const extensionOf = (path: string): string => path.slice(extensionAt(path)).toLowerCase()

/** True if two paths lead to the same place on some system, or one of them into the other. */
export const meet = (a: string, b: string): boolean => {
  const [one, other] = [foldPath(a), foldPath(b)]
  return one === other || isInside(one, other) || isInside(other, one)
}
