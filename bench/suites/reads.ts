/** What reads cost in a large project, asked through the runtime as a host asks. */
import { Effect } from "effect"
import type { AssetRef } from "prometeu-packer"

import { shuffled } from "../harness/Dice.ts"
import { median, rounded, spreadOf, summaryOf } from "../harness/Statistics.ts"
import type { Suite } from "../harness/Suite.ts"
import { Host } from "../project/Host.ts"
import { workspace } from "../project/Workspaces.ts"

const inOneBatch = 1000
const page = 100

/** Has the code of reads run hot, in another project: nothing that it keeps of that one helps in the next one. */
const warmUp = async (dir: string, assets: number): Promise<void> => {
  const host = await Host.open(workspace(dir, { assets, files: 3 }))
  const { packer } = host
  await Effect.runPromise(Effect.gen(function*() {
    for (let round = 0; round < 10; round++) {
      for (const { root } of (yield* packer.listAssets()).assets) yield* packer.getAssetDetails({ root })
      for (let offset = 0; offset < assets; offset += page) yield* packer.listAssets({ offset, limit: page })
    }
  }))
  await host.close()
}

/** Runs the suite. */
export const reads: Suite = async ({ by, dir, say, sizes }) => {
  say("warming up")
  await warmUp(dir, sizes.middle)
  say(`project of ${sizes.huge} assets`)
  const of = workspace(dir, { assets: sizes.huge, files: 6 })
  const host = await Host.open(of)
  const { packer } = host
  const { assets } = await Effect.runPromise(packer.listAssets())

  // Each asset is asked for once, so that nothing that was made for an answer can serve another one.
  const refs = shuffled(assets).map(({ assetId, assetUuid, root }, index): AssetRef => {
    if (index % 3 === 0 && assetId !== undefined) return { id: assetId }
    return index % 3 === 1 && assetUuid !== undefined ? { uuid: assetUuid } : { root }
  })
  let rows = 0
  const details = (some: ReadonlyArray<AssetRef>) =>
    Effect.runPromise(Effect.gen(function*() {
      const start = performance.now()
      for (const ref of some) rows += (yield* packer.getAssetDetails(ref)).composition.available.length
      return some.length / ((performance.now() - start) / 1000)
    }))
  const pages = (count: number) =>
    Effect.runPromise(Effect.gen(function*() {
      const start = performance.now()
      for (let at = 0; at < count; at++) {
        const offset = Math.floor(at / count * (assets.length - page))
        rows += (yield* packer.listAssets({ offset, limit: page })).assets.length
      }
      return ((performance.now() - start) * 1000) / count
    }))

  say("details")
  const perBatch = Math.min(inOneBatch, refs.length / 10)
  const rates: Array<number> = []
  for (let at = 0; at + perBatch <= refs.length; at += perBatch) {
    rates.push(await details(refs.slice(at, at + perBatch)))
  }
  say("pages")
  const micros: Array<number> = []
  for (let round = 0; round < by(100, 50, 10); round++) micros.push(await pages(100))
  await host.close()
  if (rows === 0) throw new Error("assets have files")
  return {
    figures: {
      "reads.detailsPerSecond": { value: rounded(median(rates)), spread: spreadOf(rates) },
      "reads.page100Micros": { value: rounded(median(micros)), spread: spreadOf(micros) }
    },
    details: {
      assets: of.assets,
      filesOfEach: of.files,
      detailsPerSecond: summaryOf(rates),
      pageMicros: summaryOf(micros)
    }
  }
}
