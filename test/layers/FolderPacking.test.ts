import { assert, describe, it } from "@effect/vitest"
import { Schema } from "effect"
import { packSights, unpackSights } from "../../src/layers/FolderPacking.ts"

const Kind = Schema.Literals(["file", "folder", "link", "other"])
const Errno = Schema.Literals(["EACCES", "EIO", "ENOENT"])
const gone = Schema.Struct({ kind: Schema.Literal("gone") })
const failed = Schema.Struct({ kind: Schema.Literal("failed"), errno: Errno })
const measures = { kind: Kind, size: Schema.Natural, mtimeMs: Schema.Finite }

/** Any name but one that no folder can tell; the encoding of texts must not matter. */
const Name = Schema.String.check(Schema.makeFilter((name) => !name.includes("\0") || "no name"))

const Sight = Schema.Union([
  failed,
  Schema.Struct({
    kind: Schema.Literal("listed"),
    entries: Schema.Array(Schema.Struct({
      name: Name,
      kind: Kind,
      look: Schema.UndefinedOr(Schema.Union([gone, failed, Schema.Struct(measures)]))
    })),
    manifest: Schema.UndefinedOr(Schema.Union([
      gone,
      failed,
      Schema.Struct({
        kind: Schema.Literal("found"),
        stat: Schema.Struct({ ...measures, inode: Schema.Literals(["", "12345678901234567890"]) }),
        bytes: Schema.UndefinedOr(Schema.Uint8Array)
      })
    ]))
  })
])

describe("what was found of folders", () => {
  it.prop("is the same after it was sent", { sights: Schema.Array(Sight) }, ({ sights }) => {
    const packed = packSights(sights)
    const sent = structuredClone(packed, { transfer: [packed.numbers.buffer, packed.bytes.buffer] })
    assert.deepStrictEqual(Array.from(unpackSights(sent, sights.length)), [...sights])
  })

  it("is sent whatever names are, half of a surrogate pair too", () => {
    const entries = ["", "/", "\ud800", "é", "😀"].map((name) => ({ name, kind: "file", look: undefined }) as const)
    const sights = [{ kind: "listed", entries, manifest: undefined } as const]
    assert.deepStrictEqual(Array.from(unpackSights(structuredClone(packSights(sights)), 1)), sights)
  })
})
