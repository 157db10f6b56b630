import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { sha256 } from "../../src/layers/Sha256.ts"
import { asFound } from "../../src/services/Workspace.ts"
import { workspaceContract } from "../contracts/Workspace.ts"
import { workspaceFaultContract } from "../contracts/WorkspaceFaults.ts"
import { realPlace, simulatedPlace, workspaceAt } from "../support/Places.ts"

for (const [name, place] of [["a disk in memory", simulatedPlace], ["the disk of this machine", realPlace]] as const) {
  workspaceContract(name, place)
  workspaceFaultContract(name, place)
}

/** Measures how long the event loop stands still at most, in milliseconds. */
const watchLoop = (): { readonly end: () => number } => {
  let longest = 0
  let last = performance.now()
  const measure = () => {
    const now = performance.now()
    longest = Math.max(longest, now - last)
    last = now
  }
  const tick = () => {
    measure()
    immediate = setImmediate(tick)
  }
  let immediate = setImmediate(tick)
  return {
    end: () => {
      clearImmediate(immediate)
      measure()
      return longest
    }
  }
}

describe("scanning the disk of this machine", () => {
  // Other systems refuse such names.
  it.effect.runIf(process.platform === "linux")("tells names that are not valid Unicode", () =>
    Effect.gen(function*() {
      const place = yield* realPlace
      place.put("assets/a/asset.json", "")
      const odd = new Uint8Array([0x62, 0xff])
      place.putRaw("assets/a", odd, "file")
      place.putRaw("assets", odd, "folder")
      const scan = yield* (yield* workspaceAt(place)).scan(asFound)
      const trouble = [{ path: "b\u{FFFD}", reason: "its name is not valid Unicode" }]
      assert.deepStrictEqual(scan.unreadable, trouble)
      assert.deepStrictEqual(scan.roots[0]?.folder.unreadable, trouble)
      assert.deepStrictEqual(scan.roots[0]?.folder.files.map(({ path }) => path), ["asset.json"])
    }))

  it.live("holds nobody up", () =>
    Effect.gen(function*() {
      const place = yield* realPlace
      for (let n = 0; n < 3000; n++) place.put(`assets/${n % 30}/${n}/asset.json`, "{}")
      const { scan } = yield* workspaceAt(place, { hash: sha256, concurrency: 16 })
      const longest: Array<number> = []
      for (let n = 0; n < 3; n++) {
        const watch = watchLoop()
        const { roots } = yield* scan(asFound)
        longest.push(watch.end())
        assert.strictEqual(roots.length, 3000)
      }
      // Whoever holds the loop does so every time; others that need the machine do not.
      assert.isBelow(Math.min(...longest), 50)
    }))
})
