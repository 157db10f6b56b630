/** What one durable change costs: ours, the floor's, and that of others, each a few times before the next one. */
import { median, ratioOf, rounded, type Summary, summaryOf } from "../harness/Statistics.ts"
import type { Sizes, Suite } from "../harness/Suite.ts"
import { byHand } from "../peers/ByHand.ts"
import { bytesOfOne, growingAppend, preallocatedWrite } from "../peers/Floor.ts"
import { lmdb } from "../peers/Lmdb.ts"
import { lowdb } from "../peers/Lowdb.ts"
import { sqlite, type WarmSqlite } from "../peers/Sqlite.ts"
import { writeFileAtomicTwice } from "../peers/WriteFileAtomic.ts"
import { type Contender, contenderOf, type Pace, packerOf } from "../project/Contender.ts"
import { contentOf } from "../project/Content.ts"
import { Host } from "../project/Host.ts"
import { inTurns } from "../project/Turns.ts"
import { type Workspace, workspace } from "../project/Workspaces.ts"

/** What one contender took at one size. */
export interface Point {
  readonly assets: number
  readonly micros: Summary
}

/** Runs one caller without any pause, so that whatever we do beside the commits is in its way. */
const sustained = async (of: Workspace) => {
  const host = await Host.open(of)
  const start = performance.now()
  const times = await host.register(of.pool)
  const seconds = (performance.now() - start) / 1000
  const flushMillis = await host.flush()
  await host.restore()
  await host.close()
  return {
    assets: of.assets,
    micros: summaryOf(times),
    perSecond: rounded(times.length / seconds),
    perSecondWithLastFlush: rounded(times.length / (seconds + flushMillis / 1000))
  }
}

/** At which sizes everybody is there, and not only those who are in the chart. */
const hasAll = ({ huge, small }: Sizes, assets: number): boolean => assets === small || assets === huge

/** Runs the suite. */
export const commit: Suite = async ({ by, dir, say, sizes }) => {
  const all = Object.values(sizes)
  const projects = all.map((assets) => {
    say(`project of ${assets} assets`)
    return workspace(dir, { assets, files: 3 })
  })
  const [, small, middle] = projects
  if (small === undefined || middle === undefined) throw new Error("there is a project of each size")
  const size = await bytesOfOne(small)

  const usual: Pace = { warmUp: by(500, 100, 3), inOneTurn: by(20, 20, 3) }
  // Who writes all of a large registry each time needs so long that a few of them are enough.
  const slow: Pace = { warmUp: 4, inOneTurn: 2 }
  const contenders: Array<Contender> = []
  const flushes = new Map<number, ReadonlyArray<number>>()
  const databases = new Map<number, WarmSqlite>()
  for (const of of projects) {
    const { assets } = of
    say(`opening everybody at ${assets} assets`)
    const content = contentOf(of)
    const at = (name: string) => `${dir}/peers/${name}-${assets}`
    const ofWhole = assets >= 10_000 ? slow : usual
    const packer = packerOf(`packer ${assets}`, usual, await Host.open(of))
    flushes.set(assets, packer.flushes)
    const database = await sqlite(at("sqlite"), content, by(2000, 800, 100))
    databases.set(assets, database)
    const atomic = writeFileAtomicTwice(at("write-file-atomic"), content)
    contenders.push(
      packer,
      contenderOf(`write-file-atomic ${assets}`, content, ofWhole, atomic),
      contenderOf(`sqlite ${assets}`, content, usual, database)
    )
    if (!hasAll(sizes, assets)) continue
    contenders.push(
      contenderOf(`lmdb ${assets}`, content, usual, await lmdb(at("lmdb"), content)),
      contenderOf(`lowdb ${assets}`, content, ofWhole, lowdb(at("lowdb"), content))
    )
  }
  const plain = await byHand(workspace(`${dir}/by-hand`, { assets: sizes.small, files: 3 }), usual)
  contenders.push(plain, growingAppend(`${dir}/peers`, size, usual), preallocatedWrite(`${dir}/peers`, size, usual))

  const logs = Array.from(databases, ([assets, { logBytes }]) => ({ assets, before: logBytes(), logBytes }))
  const times = await inTurns(contenders, { dir, rounds: by(100, 6, 2), say })
  const grown = logs.filter(({ before, logBytes }) => logBytes() > before).map(({ assets }) => assets)
  for (const contender of contenders) await contender.close()
  say("one caller without pauses")
  const alone = await sustained(middle)

  const rounds = (name: string, assets?: number) => times.get(assets === undefined ? name : `${name} ${assets}`) ?? []
  const micros = (name: string, assets?: number) => summaryOf(rounds(name, assets).flat())
  const curve = (name: string): ReadonlyArray<Point> => all.map((assets) => ({ assets, micros: micros(name, assets) }))
  const ours = rounds("packer", sizes.small)
  const firstLife = databases.get(sizes.small)?.firstLife ?? []
  return {
    figures: {
      "commit.registerP50VsFlush": ratioOf(ours, rounds("growing append")),
      "commit.registerP50VsPreallocated": ratioOf(ours, rounds("preallocated write")),
      "commit.growth100kVs100": ratioOf(rounds("packer", sizes.huge), rounds("packer", sizes.tiny)),
      "commit.vsWriteFileAtomic1k": ratioOf(rounds("write-file-atomic", sizes.small), ours),
      "commit.vsWriteFileAtomic100k": ratioOf(
        rounds("write-file-atomic", sizes.huge),
        rounds("packer", sizes.huge)
      ),
      "commit.vsSqlite": ratioOf(rounds("sqlite", sizes.small), ours)
    },
    details: {
      bytesOfOneChange: size,
      byHand: {
        micros: micros("by hand"),
        vsFlush: ratioOf(rounds("by hand"), rounds("growing append")),
        vsPreallocated: ratioOf(rounds("by hand"), rounds("preallocated write")),
        partsMicros: Object.fromEntries(
          Array.from(plain.parts, ([part, times]) => [part, summaryOf(times.slice(usual.warmUp))])
        )
      },
      growingAppendMicros: micros("growing append"),
      preallocatedWriteMicros: micros("preallocated write"),
      curves: { packer: curve("packer"), writeFileAtomic: curve("write-file-atomic"), sqlite: curve("sqlite") },
      others: all.filter((assets) => hasAll(sizes, assets)).map((assets) => ({
        assets,
        lmdbMicros: micros("lmdb", assets),
        lowdbMicros: micros("lowdb", assets)
      })),
      sqliteFirstLogLife: {
        micros: summaryOf(firstLife),
        vsPacker: rounded(median(firstLife) / median(ours.flat()))
      },
      sqliteLogsThatGrewWhileMeasured: grown,
      flushAfterTurnMillis: all.map((assets) => ({ assets, millis: summaryOf(flushes.get(assets) ?? []) })),
      withoutPauses: alone
    }
  }
}
