import { assert, describe, it } from "@effect/vitest"
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { watchBlocks } from "../../bench/harness/Blocks.ts"
import { type Contender, contenderOf } from "../../bench/project/Contender.ts"
import { inTurns } from "../../bench/project/Turns.ts"
import { entryOf } from "../../bench/project/Workspaces.ts"

const busy = (millis: number): void => {
  const end = performance.now() + millis
  while (performance.now() < end);
}

const change = (n: number) => ({ entry: entryOf(n), manifest: "{}" })

describe("taking turns", () => {
  it("lets each begin as often as the others, and counts nothing of the warm-up", async () => {
    const dir = mkdtempSync(`${tmpdir()}/turns-test-`)
    const acts: Array<string> = []
    const contender = (name: string): Contender => ({
      name,
      warmUp: 2,
      inOneTurn: 1,
      turn: async () => {
        acts.push(name)
        return [acts.length]
      },
      prepare: async () => void acts.push(`(${name})`),
      close: async () => {}
    })
    try {
      const times = await inTurns([contender("a"), contender("b")], { dir, rounds: 3, say: () => {} })
      const warmUp = ["a", "(a)", "a", "(a)", "b", "(b)", "b", "(b)"]
      const rounds = ["a", "(a)", "b", "(b)", "b", "(b)", "a", "(a)", "a", "(a)", "b", "(b)"]
      assert.deepStrictEqual(acts, [...warmUp, ...rounds])
      assert.deepStrictEqual(times.get("a"), [[9], [15], [17]])
    } finally {
      rmSync(dir, { recursive: true })
    }
  })

  it("never makes a change twice without taking it back", async () => {
    const made = new Set<string>()
    let restored = 0
    const peer = contenderOf(
      "peer",
      { registered: [], pool: [1, 2, 3, 4, 5].map(change) },
      { warmUp: 0, inOneTurn: 2 },
      {
        change: ({ entry }) => {
          assert.isFalse(made.has(entry.root), entry.root)
          made.add(entry.root)
        },
        restore: (changes) => {
          restored++
          for (const { entry } of changes) made.delete(entry.root)
        },
        close: () => {}
      }
    )
    for (let turn = 0; turn < 6; turn++) {
      assert.lengthOf(await peer.turn(2), 2)
      await peer.prepare(2)
    }
    assert.strictEqual(restored, 3)
  })
})

describe("watching the event loop", () => {
  it("sees the one block that a percentile would hide", async () => {
    const stop = watchBlocks()
    await new Promise((resolve) => setTimeout(resolve, 50))
    busy(40)
    await new Promise((resolve) => setTimeout(resolve, 50))
    const { longestMillis, millis, shareOver20 } = stop()
    assert.isAtLeast(longestMillis, 40)
    assert.isAtLeast(shareOver20, 40 / millis * 0.98)
  })

  it("sees a block that goes on when it is asked", () => {
    const stop = watchBlocks()
    busy(30)
    assert.isAtLeast(stop().longestMillis, 30)
  })
})
