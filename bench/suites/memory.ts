/** What an open project takes, per asset. */
import { rounded } from "../harness/Statistics.ts"
import type { Suite } from "../harness/Suite.ts"
import { Host } from "../project/Host.ts"
import { workspace } from "../project/Workspaces.ts"

/** What is used when nothing is left to be collected: objects, and the bytes that buffers keep outside of the heap. */
const used = async () => {
  for (let round = 0; round < 4; round++) {
    globalThis.gc?.()
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
  const { external, heapUsed } = process.memoryUsage()
  return { heap: heapUsed, external }
}

/** Runs the suite. */
export const memory: Suite = async ({ dir, say, sizes }) => {
  if (globalThis.gc === undefined) throw new Error("garbage cannot be collected: --expose-gc is missing")
  // What the program takes by itself, with all its code loaded and run.
  const tiny = await Host.open(workspace(dir, { assets: sizes.tiny, files: 3 }))
  await tiny.close()
  say(`project of ${sizes.huge} assets`)
  const of = workspace(dir, { assets: sizes.huge, files: 3 })
  const before = await used()
  const host = await Host.open(of)
  const after = await used()
  await host.close()
  const perAsset = {
    heap: rounded((after.heap - before.heap) / of.assets),
    external: rounded((after.external - before.external) / of.assets)
  }
  return {
    figures: { "memory.bytesPerAsset100k": { value: rounded(perAsset.heap + perAsset.external) } },
    details: { assets: of.assets, bytesPerAsset: perAsset }
  }
}
