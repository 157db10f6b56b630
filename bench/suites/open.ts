/** Opening a project of 50,000 assets: how long it takes beside the fastest raw reading, and what it lets others do. */
import { spawn } from "node:child_process"
import { once } from "node:events"
import * as fs from "node:fs"
import { fileURLToPath } from "node:url"

import { median, rounded, spreadOf, summaryOf } from "../harness/Statistics.ts"
import type { Scale, Suite } from "../harness/Suite.ts"
import { type RawWay, rawWays } from "../opening/Raw.ts"
import type { Sample, Way } from "../opening/sample.ts"
import { type Workspace, workspace } from "../project/Workspaces.ts"

const script = fileURLToPath(new URL("../opening/sample.ts", import.meta.url))

/** One opening, in a process of its own. */
const sample = async (
  way: Way,
  { assets, files, folder }: Workspace,
  flags: ReadonlyArray<string>
): Promise<Sample> => {
  const args = [script, way, folder, String(assets), String(files), ...flags]
  const child = spawn(process.execPath, [...process.execArgv, ...args], { stdio: ["ignore", "pipe", "inherit"] })
  const end = () => child.kill()
  process.once("exit", end)
  let stdout = ""
  child.stdout.on("data", (data: Buffer) => {
    stdout += data.toString()
  })
  const [code, signal] = await once(child, "close")
  process.off("exit", end)
  if (code !== 0) throw new Error(`opening by ${way} ended with ${signal ?? code}`)
  return JSON.parse(stdout)
}

/** Why the page cache is not dropped here. */
const hindrance = (scale: Scale): string | undefined => {
  if (scale === "smallest") return "that is left out where nothing is measured: the whole machine would feel it"
  try {
    fs.accessSync("/proc/sys/vm/drop_caches", fs.constants.W_OK)
    return undefined
  } catch {
    return "this machine does not let us drop its page cache"
  }
}

const names = Object.keys(rawWays) as Array<RawWay>

/** Opens by each way in turns, and compares with the raw way that was the fastest. */
const compare = async (of: Workspace, flags: ReadonlyArray<string>, rounds: number, say: (what: string) => void) => {
  const millis = new Map<Way, Array<number>>([["packer", []], ...names.map((name): [Way, Array<number>] => [name, []])])
  for (let round = 0; round < rounds; round++) {
    say(`round ${round + 1} of ${rounds}`)
    for (const [way, taken] of millis) taken.push((await sample(way, of, flags)).millis)
  }
  const all = (way: Way) => millis.get(way) ?? []
  const best = names.toSorted((a, b) => median(all(a)) - median(all(b)))[0] ?? "sync"
  return {
    figure: {
      value: rounded(median(all("packer")) / median(all(best))),
      spread: spreadOf(all("packer").map((taken, round) => taken / (all(best)[round] ?? Number.NaN)))
    },
    details: {
      bestRaw: best,
      millis: Object.fromEntries(Array.from(millis, ([way, taken]) => [way, summaryOf(taken)]))
    }
  }
}

/** Runs the suite. */
export const open: Suite = async ({ by, dir, say, scale, sizes }) => {
  say(`project of ${sizes.large} assets`)
  const of = workspace(dir, { assets: sizes.large, files: 3 })
  // Once each, so that everything is in memory that is in memory the second time.
  await sample("sync", of, [])
  await sample("packer", of, [])
  const warm = await compare(of, [], by(7, 2, 1), (round) => say(`warm, ${round}`))

  say("watching for blocks")
  const watched: Array<Sample> = []
  for (let round = 0; round < by(7, 2, 1); round++) watched.push(await sample("packer", of, ["watch"]))
  const blocks = watched.flatMap(({ blocks }) => blocks === undefined ? [] : [blocks])
  const longest = blocks.map(({ longestMillis }) => longestMillis)
  const shares = blocks.map(({ shareOver20 }) => shareOver20)

  const why = hindrance(scale)
  const dropped = why === undefined
    ? await compare(of, ["drop"], by(3, 1, 1), (round) => say(`cache dropped, ${round}`))
    : undefined
  return {
    figures: {
      "open.warmVsRaw50k": warm.figure,
      ...(dropped === undefined ? {} : { "open.droppedCacheVsRaw50k": dropped.figure }),
      // The longest of all rounds, and not that of the middle one.
      "open.longestBlockMillis": { value: Math.max(...longest), spread: spreadOf(longest) },
      "open.shareOfBlocksOver20Millis": { value: Math.max(...shares), spread: spreadOf(shares) }
    },
    ...(why === undefined ? {} : { missing: { "open.droppedCacheVsRaw50k": why } }),
    details: {
      assets: of.assets,
      warm: warm.details,
      ...(dropped === undefined ? {} : { droppedCache: dropped.details }),
      blocksOfEachRound: blocks
    }
  }
}
