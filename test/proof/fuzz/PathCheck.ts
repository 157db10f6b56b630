/** What has to be true of any text that is taken for a path. */
import { Result } from "effect"
import { posix, win32 } from "node:path"
import { isDeepStrictEqual } from "node:util"
import { foldPath, maxPathBytes, maxSegmentBytes, parentsOf, parseFile, parseRoot } from "../../../src/domain/Path.ts"
import type { Checked } from "./Checked.ts"

const devices = new Set(["con", "prn", "aux", "nul", "conin$", "conout$"].concat(
  Array.from("0123456789¹²³").flatMap((digit) => [`com${digit}`, `lpt${digit}`])
))

/** What paths promise, said once more in other words. */
const brokenPromise = (path: string): string | undefined => {
  if (path !== path.normalize("NFC")) return "it is not in NFC"
  if (Buffer.byteLength(path) > maxPathBytes) return "it is too long"
  if (Buffer.from(path).toString() !== path) return "it is no Unicode"
  for (const segment of path.split("/")) {
    const plain = Array.from(segment).filter((char) => !/\p{Default_Ignorable_Code_Point}/u.test(char)).join("")
    if (["", ".", ".."].includes(segment)) return "a segment is no name"
    if (Buffer.byteLength(segment) > maxSegmentBytes) return "a segment is too long"
    if (Array.from(segment).some((char) => char < " " || "<>:\"|?*\\\x7f".includes(char))) {
      return "a character is illegal"
    }
    if (segment.endsWith(".") || segment.endsWith(" ")) return "a segment ends with a dot or a space"
    if (devices.has((segment.split(".")[0] ?? "").replace(/ +$/, "").toLowerCase())) return "a segment is a device"
    if (plain.toLowerCase().startsWith(".prometeu") || /^promet~\d/i.test(plain)) return "a segment is the packer's"
    if (plain.toLowerCase() === "asset.json") return "a segment is a manifest"
  }
  return undefined
}

const places = [
  { on: posix, root: "/srv/project/assets" },
  { on: win32, root: "C:\\project\\assets" },
  { on: win32, root: "\\\\server\\share\\assets" }
]

/** Takes a text for a path. */
export const checkPath = (text: string): Checked => {
  const parsed = parseRoot(text)
  const problems: Array<string> = []
  if (!isDeepStrictEqual(parsed, parseFile(text))) problems.push("roots and files are not the same")
  if (text.isWellFormed() && !isDeepStrictEqual(parseRoot(text.normalize("NFD")), parseRoot(text.normalize("NFC")))) {
    problems.push("its normalization matters")
  }
  if (Result.isFailure(parsed)) {
    const { message, reason } = parsed.failure
    if (message === "" || message.length > 300 || /\p{Cc}/u.test(message) || !message.isWellFormed()) {
      problems.push("the message is not fit to be shown")
    }
    return { answer: reason, problems }
  }
  const path = parsed.success
  const broken = brokenPromise(path)
  if (broken !== undefined) problems.push(`${JSON.stringify(path)} is accepted, and ${broken}`)
  if (Result.getOrUndefined(parseRoot(path)) !== path) problems.push("is not accepted again as it is")
  for (const part of [...parentsOf(path), ...path.split("/")]) {
    if (Result.getOrUndefined(parseRoot(part)) !== part) problems.push(`its part ${JSON.stringify(part)} is refused`)
  }
  for (const { on, root } of places) {
    const expected = [root, ...path.split("/")].join(on.sep)
    if ([on.resolve(root, path), on.join(root, path)].some((joined) => joined !== expected)) {
      problems.push(`leads elsewhere from ${root}`)
    }
  }
  const folded = foldPath(path)
  if (foldPath(folded) !== folded) problems.push("is folded in two ways")
  return { answer: "accepted", problems }
}
