/** How long the event loop is held at a stretch while 64 callers write. */
import { watchBlocks } from "../harness/Blocks.ts"
import { median, spreadOf } from "../harness/Statistics.ts"
import type { Suite } from "../harness/Suite.ts"
import { Host } from "../project/Host.ts"
import { workspace } from "../project/Workspaces.ts"

const callers = 64

/** What the machine alone makes of a loop that has nothing to do, for as long. */
const idle = async (millis: number): Promise<number> => {
  const stop = watchBlocks()
  await new Promise((resolve) => setTimeout(resolve, millis))
  return stop().longestMillis
}

/** Runs the suite. */
export const lane: Suite = async ({ by, dir, say, sizes }) => {
  const of = workspace(dir, { assets: sizes.middle, files: 3 })
  const host = await Host.open(of)
  const rounds = by(8, 3, 1)
  const longest: Array<number> = []
  const idleLongest: Array<number> = []
  const shares: Array<number> = []
  for (let round = 0; round <= rounds; round++) {
    say(round === 0 ? "warming up" : `round ${round} of ${rounds}`)
    const stop = watchBlocks()
    await host.registerTogether(of.pool, callers)
    // The checkpoint that follows belongs to it.
    await host.flush()
    const { longestMillis, millis, shareOver20 } = stop()
    await host.restore()
    if (round === 0) continue
    longest.push(longestMillis)
    shares.push(shareOver20)
    idleLongest.push(await idle(millis))
  }
  await host.close()
  return {
    // The longest of all rounds, and not that of the middle one.
    figures: { "lane.longestBlockMillis64": { value: Math.max(...longest), spread: spreadOf(longest) } },
    details: {
      assets: of.assets,
      callers,
      longestMillisOfEachRound: longest,
      medianOfRounds: median(longest),
      shareOver20OfEachRound: shares,
      longestMillisOfAnIdleLoop: idleLongest
    }
  }
}
