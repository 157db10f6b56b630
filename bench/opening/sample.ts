/**
 * One opening in a process of its own, as a host's is: `sample.ts <way> <folder> <assets> <files> [drop] [watch]`.
 *
 * It prints one JSON object. What is imported is imported before the time is taken.
 */
import { execFileSync } from "node:child_process"
import * as fs from "node:fs"

import { type Blocks, watchBlocks } from "../harness/Blocks.ts"
import type { RawWay } from "./Raw.ts"

/** What one opening took. */
export interface Sample {
  readonly millis: number
  readonly blocks: Blocks | undefined
}

/** The way that is ours, beside the raw ones. */
export type Way = RawWay | "packer"

const [way, folder, assets, files, ...flags] = process.argv.slice(2) as [Way, string, string, string, ...Array<string>]
const kind = { assets: Number(assets), files: Number(files) }

const prepared = way === "packer"
  ? { Host: (await import("../project/Host.ts")).Host }
  : { way, readRaw: (await import("./Raw.ts")).readRaw }

if (flags.includes("drop")) {
  execFileSync("sync")
  fs.writeFileSync("/proc/sys/vm/drop_caches", "3")
}
const stop = flags.includes("watch") ? watchBlocks() : undefined
const start = performance.now()
const opened = "Host" in prepared
  ? await prepared.Host.open({ ...kind, folder, pool: [] })
  : await prepared.readRaw(prepared.way, folder)
const millis = performance.now() - start
const sample: Sample = { millis, blocks: stop?.() }
if ("close" in opened) await opened.close()
else if (opened.manifests !== kind.assets || opened.files !== kind.assets * (kind.files + 1)) {
  throw new Error(`${way} met ${JSON.stringify(opened)}, not all of ${JSON.stringify(kind)}`)
}
process.stdout.write(JSON.stringify(sample))
