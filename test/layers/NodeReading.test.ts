import { assert, describe, it } from "@effect/vitest"
import * as fs from "node:fs"
import * as os from "node:os"
import { afterAll } from "vitest"
import { lookAt, lookAtOpen, statOf } from "../../src/layers/NodeReading.ts"

const root = fs.mkdtempSync(`${os.tmpdir()}/reading-`)
afterAll(() => fs.rmSync(root, { recursive: true }))
const path = `${root}/file`
fs.writeFileSync(path, "four")

const stats = (numbers: Partial<fs.Stats>): fs.Stats => Object.assign(fs.lstatSync(path), numbers)
const exact = (numbers: Partial<fs.BigIntStats>): fs.BigIntStats =>
  Object.assign(fs.lstatSync(path, { bigint: true }), numbers)

describe("what is at a path", () => {
  it("is told exactly where numbers cannot tell it", () => {
    const [inode, device] = [2n ** 53n + 1n, 2n ** 63n + 3n]
    const again = () => exact({ ino: inode, dev: device, size: 5n })
    for (const inexact of [{ ino: Number(inode) }, { dev: Number(device) }, { ino: 2 ** 53 }]) {
      const stat = statOf(stats(inexact), again)
      // All of it is that of the second look: the file may be another one by then.
      assert.deepInclude(stat, { kind: "file", size: 5, inode: `${inode}`, device: `${device}` })
    }
    assert.isUndefined(statOf(stats({ ino: 2 ** 64 }), () => undefined))
  })

  it("is asked once where numbers tell it", () => {
    const stat = statOf(stats({ ino: 2 ** 53 - 1, dev: 7 }), () => assert.fail("asked again"))
    assert.deepInclude(stat, { kind: "file", size: 4, inode: "9007199254740991", device: "7" })
  })

  it("is the same by its path and by its open file, and has a time as fine as a number can hold", () => {
    const seconds = 1_700_000_000
    for (const nanos of [1, 250, 500, 123_456_789, 999_999_999]) {
      fs.utimesSync(path, seconds, seconds + nanos / 1e9)
      const { mtimeNs } = fs.lstatSync(path, { bigint: true })
      const stat = lookAt(path)
      const fd = fs.openSync(path, "r")
      assert.deepStrictEqual(lookAtOpen(fd), stat)
      fs.closeSync(fd)
      // At this size numbers lie 244 nanoseconds apart.
      assert.approximately(stat?.mtimeMs ?? 0, Number(mtimeNs) / 1e6, 0.000_25)
    }
  })
})
