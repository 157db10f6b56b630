/** The demo project: real pictures and sounds, the same every time, and broken only where that is meant. */
import { assert, describe, it } from "@effect/vitest"
import { Effect, Layer } from "effect"
import * as fs from "node:fs"
import { crc32, inflateSync } from "node:zlib"
import { ProjectRuntime } from "prometeu-packer"
import { collectingSink, inFolder, memoryProject, memoryRoot, SimulatedDisk } from "prometeu-packer/testing"
import { demoFiles, manyFiles } from "../../../examples/studio/server/demo/DemoFiles.ts"
import { demoIn } from "../../../examples/studio/server/ProjectFolders.ts"
import { onDisk } from "../../support/Grounds.ts"

/** The chunks of a PNG file, each with a sum that is right. */
const chunksOf = (file: Buffer): ReadonlyMap<string, Buffer> => {
  const chunks = new Map<string, Buffer>()
  assert.strictEqual(file.subarray(0, 8).toString("latin1"), "\u0089PNG\r\n\u001a\n")
  for (let at = 8; at < file.length;) {
    const end = at + 8 + file.readUInt32BE(at)
    assert.strictEqual(file.readUInt32BE(end), crc32(file.subarray(at + 4, end)))
    chunks.set(file.toString("latin1", at + 4, at + 8), file.subarray(at + 8, end))
    at = end + 4
  }
  return chunks
}

const opened = (files: Readonly<Record<string, string | Uint8Array>>) =>
  Effect.provide(
    Effect.flatMap(ProjectRuntime, (runtime) => runtime.listAssets()),
    Layer.provide(memoryProject({ disk: SimulatedDisk.of(inFolder(memoryRoot, files)).disk }), collectingSink)
  )

describe("the demo project", () => {
  it("holds pictures and sounds that every program reads, and the same every time", () => {
    const files = demoFiles()
    assert.deepStrictEqual(demoFiles(), files)
    let pictures = 0
    let sounds = 0
    for (const [path, content] of Object.entries(files)) {
      const file = Buffer.from(content)
      if (path.endsWith(".png")) {
        const chunks = chunksOf(file)
        const header = chunks.get("IHDR")
        const [width = 0, height = 0] = [header?.readUInt32BE(0), header?.readUInt32BE(4)]
        const pixels = inflateSync(chunks.get("IDAT") ?? Buffer.alloc(0))
        assert.strictEqual(pixels.length, height * (1 + width * 4), path)
        assert.isAbove(new Set(pixels).size, 3, `${path} shows something`)
        pictures++
      }
      if (path.endsWith(".wav")) {
        assert.strictEqual(file.toString("latin1", 0, 4) + file.toString("latin1", 8, 16), "RIFFWAVEfmt ")
        assert.deepStrictEqual([file.readUInt32LE(4), file.readUInt32LE(40)], [file.length - 8, file.length - 44], path)
        assert.isAbove(new Set(file.subarray(44)).size, 16, `${path} sounds`)
        sounds++
      }
    }
    assert.isAbove(Math.min(pictures, sounds), 9)
  })

  it.live("has assets of every kind and state, and what is broken is in one place", () =>
    Effect.gen(function*() {
      const { assets, total } = yield* opened(demoFiles())
      assert.strictEqual(total, 24)
      const isBroken = ({ diagnostics: { error, warning } }: typeof assets[number]) => error + warning > 0
      assert.deepStrictEqual(
        assets.filter(isBroken).map(({ root }) => root),
        assets.filter(({ root }) => root.startsWith("broken/")).map(({ root }) => root)
      )
      const families = new Set(assets.filter((asset) => !isBroken(asset)).map(({ family }) => family))
      assert.deepStrictEqual(families, new Set(["tile_bank", "glyph_bank", "sound_bank", "palette_bank"]))
      const states = new Set(assets.map(({ includedInBuild, registration }) => `${registration} ${includedInBuild}`))
      assert.deepStrictEqual(states, new Set(["registered true", "registered false", "unregistered undefined"]))
      const many = yield* opened(manyFiles(50))
      assert.deepStrictEqual([many.total, many.assets.filter(isBroken).length], [50, 0])
    }))

  it.live("is made once, and what somebody did to it stays", () =>
    Effect.gen(function*() {
      const { root } = yield* onDisk({})
      const demo = yield* demoIn(`${root}/demos`, undefined)
      assert.deepStrictEqual(demo, { root: `${root}/demos/demo`, name: "demo", isDemo: true })
      assert.deepStrictEqual(fs.readdirSync(`${root}/demos`), ["demo"])
      fs.rmSync(`${demo.root}/assets/tiles`, { recursive: true })
      assert.deepStrictEqual(yield* demoIn(`${root}/demos`, undefined), demo)
      assert.isFalse(fs.existsSync(`${demo.root}/assets/tiles`))
      fs.writeFileSync(`${root}/file`, "")
      assert.include((yield* Effect.flip(demoIn(`${root}/file`, 3))).message, "cannot be made")
    }))
})
