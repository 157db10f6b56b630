import { assert, describe, it } from "@effect/vitest"
import { type FileHistory, type Redo, redoOf } from "../../src/domain/Redo.ts"
import type { FileSeen } from "../../src/domain/Seen.ts"
import { contentHash } from "../../src/testing/ProjectTree.ts"

const bytesOf = (content: string | Uint8Array) =>
  typeof content === "string" ? new TextEncoder().encode(content) : content
const hashOf = (content: string) => contentHash(bytesOf(content))

const file = (content: string | Uint8Array): FileSeen => {
  const bytes = bytesOf(content)
  return {
    _tag: "File",
    bytes,
    fingerprint: { hash: contentHash(bytes), size: bytes.length, mtimeMs: 1, inode: "2" }
  }
}

const [old, first, last] = ["{\"name\":\"old\"}\n", "{\"name\":\"first\"}\n", "{\"name\":\"last\"}\n"]

const histories: Readonly<Record<string, FileHistory>> = {
  "was made": { before: undefined, after: [hashOf(first), hashOf(last)], images: [] },
  "was changed": { before: hashOf(old), after: [hashOf(first), hashOf(last)], images: [] }
}

/** What is found, and what is done about it where the process ended, and where the machine went down. */
type Row = readonly [found: string, seen: FileSeen, sameBoot: Redo, otherBoot: Redo]

const rows: ReadonlyArray<Row> = [
  ["the last content", file(last), "done", "done"],
  ["a content in between", file(first), "write", "write"],
  ["somebody's JSON", file("{\"name\":\"theirs\"}"), "leave", "leave"],
  ["somebody's JSON that is no manifest", file("[]"), "leave", "leave"],
  ["nothing but space", file(" \n"), "leave", "keep-and-write"],
  ["an empty file", file(""), "leave", "keep-and-write"],
  ["zeros", file(new Uint8Array(17)), "leave", "keep-and-write"],
  ["the beginning of the last content", file(last.slice(0, 9)), "leave", "keep-and-write"],
  ["the last content with zeros behind it", file(`${last}\0\0`), "leave", "keep-and-write"],
  ["the last content with a hole in it", file(last.replace("name", "\0\0\0\0")), "leave", "keep-and-write"],
  ["bytes that are no text", file(Uint8Array.of(0xff, 0xfe, 0x80)), "leave", "keep-and-write"],
  ["the beginning of a character", file(Uint8Array.of(0x22, 0xf0, 0x9f)), "leave", "keep-and-write"],
  ["deep nesting without an end", file("[".repeat(100_000)), "leave", "keep-and-write"],
  ["a file that is too large", { _tag: "TooLarge", size: 2 ** 40 }, "leave", "leave"],
  ["a link", { _tag: "Link" }, "leave", "leave"],
  ["a folder", { _tag: "NoFile" }, "leave", "leave"],
  ["something that cannot be read", { _tag: "Unreadable", reason: "EIO" }, "leave", "leave"],
  ["what is only planned", { _tag: "Planned", bytes: bytesOf(last) }, "leave", "leave"]
]

describe("a file that changes were made of, found at the next opening", () => {
  for (const [made, history] of Object.entries(histories)) {
    for (const [found, seen, sameBoot, otherBoot] of rows) {
      it(`and that ${made}: ${found} is "${sameBoot}", and "${otherBoot}" if the machine went down`, () => {
        assert.strictEqual(redoOf(history, seen, false), sameBoot)
        assert.strictEqual(redoOf(history, seen, true), otherBoot)
      })
    }
  }

  const { "was changed": changed, "was made": made } = histories
  assert(changed !== undefined && made !== undefined)

  it("and that is not there is written if it was new: nobody can tell that it ever was", () => {
    for (const mayBeTorn of [false, true]) assert.strictEqual(redoOf(made, { _tag: "Absent" }, mayBeTorn), "write")
  })

  it("and that is not there stays away if it was there before, unless its name went down with the machine", () => {
    assert.strictEqual(redoOf(changed, { _tag: "Absent" }, false), "leave")
    assert.strictEqual(redoOf(changed, { _tag: "Absent" }, true), "write")
  })

  it("with what was there before is written, and is somebody's where there was nothing before", () => {
    for (const mayBeTorn of [false, true]) {
      assert.strictEqual(redoOf(changed, file(old), mayBeTorn), "write")
      assert.strictEqual(redoOf(made, file(old), mayBeTorn), "leave")
    }
  })

  it("is done where the changes lead back to what there was", () => {
    const history = { before: hashOf(old), after: [hashOf(first), hashOf(old)], images: [] }
    for (const mayBeTorn of [false, true]) {
      assert.strictEqual(redoOf(history, file(old), mayBeTorn), "done")
      assert.strictEqual(redoOf(history, file(first), mayBeTorn), "write")
    }
  })

  it("is torn where it begins what was to be written, even if that is JSON, and only where the machine went down", () => {
    const images = [new TextEncoder().encode(first), new TextEncoder().encode(last)]
    const history: FileHistory = { before: hashOf(old), after: [hashOf(first), hashOf(last)], images }
    for (const text of [first, last]) {
      const cut = file(text.trimEnd())
      assert.strictEqual(redoOf(history, cut, true), "keep-and-write")
      assert.strictEqual(redoOf(history, cut, false), "leave")
      assert.strictEqual(redoOf(history, file(`${text}\n`), true), "leave")
    }
  })

  it("torn is known by the content, not by its size or time", () => {
    const whole = file(last)
    assert(whole._tag === "File")
    const touched: FileSeen = { ...whole, fingerprint: { ...whole.fingerprint, mtimeMs: 9, inode: "9" } }
    assert.strictEqual(redoOf(changed, touched, false), "done")
  })
})
