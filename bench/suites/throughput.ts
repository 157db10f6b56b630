/** How much 64 callers get done together. */
import { median, rounded, spreadOf, summaryOf } from "../harness/Statistics.ts"
import type { Suite } from "../harness/Suite.ts"
import { countingHost } from "../peers/Floor.ts"
import { sqlite } from "../peers/Sqlite.ts"
import { contentOf } from "../project/Content.ts"
import { Host } from "../project/Host.ts"
import { workspace } from "../project/Workspaces.ts"

const callers = 64

const timed = async (work: () => Promise<void>): Promise<number> => {
  const start = performance.now()
  await work()
  return (performance.now() - start) / 1000
}

/** Runs the suite. */
export const throughput: Suite = async ({ by, dir, say, sizes }) => {
  const of = workspace(dir, { assets: sizes.middle, files: 3 })
  const content = contentOf(of)
  const peer = await sqlite(`${dir}/peers/sqlite-callers`, content, by(2000, 800, 100))
  /** Its calls are synchronous: callers can only take turns, each one transaction. */
  const peerTogether = async (): Promise<void> => {
    const rest = content.pool.values()
    await Promise.all(Array.from({ length: callers }, async () => {
      for (const change of rest) await peer.change(change)
    }))
  }

  const rounds = by(8, 3, 1)
  const count = of.pool.length
  const rates = { ours: [] as Array<number>, flushed: [] as Array<number>, sqlite: [] as Array<number> }
  const host = await Host.open(of)
  for (let round = 0; round <= rounds; round++) {
    say(round === 0 ? "warming up" : `round ${round} of ${rounds}`)
    const seconds = await timed(() => host.registerTogether(of.pool, callers))
    const flushSeconds = await host.flush() / 1000
    await host.restore()
    await host.flush()
    const peerSeconds = await timed(peerTogether)
    await peer.restore(content.pool)
    if (round === 0) continue
    rates.ours.push(count / seconds)
    rates.flushed.push(count / (seconds + flushSeconds))
    rates.sqlite.push(count / peerSeconds)
  }
  await host.close()
  await peer.close()

  say("counting flushes")
  const counting = await countingHost(of)
  counting.clear()
  await counting.host.registerTogether(of.pool, callers)
  const flushes = counting.flushes()
  await counting.host.restore()
  await counting.host.close()

  return {
    figures: {
      "throughput.callers64VsSqlite": {
        value: rounded(median(rates.ours) / median(rates.sqlite)),
        spread: spreadOf(rates.ours.map((rate, round) => rate / (rates.sqlite[round] ?? Number.NaN)))
      },
      "throughput.commandsPerFlush64": { value: rounded(count / flushes) }
    },
    details: {
      assets: of.assets,
      callers,
      perSecond: summaryOf(rates.ours),
      perSecondWithLastFlush: summaryOf(rates.flushed),
      sqlitePerSecond: summaryOf(rates.sqlite)
    }
  }
}
