/** The process of one suite: `suite.ts <suite> <scale> <folder>`, run by the benchmarks. */
import type { SuiteName } from "./Fields.ts"
import type { Told } from "./harness/Children.ts"
import { type Scale, sizesOf, type Suite } from "./harness/Suite.ts"

/** Only the one that runs is loaded. */
const suites: Readonly<Record<SuiteName, () => Promise<Suite>>> = {
  core: async () => (await import("./suites/core.ts")).core,
  events: async () => (await import("./suites/events.ts")).events,
  memory: async () => (await import("./suites/memory.ts")).memory,
  open: async () => (await import("./suites/open.ts")).open,
  reads: async () => (await import("./suites/reads.ts")).reads,
  commit: async () => (await import("./suites/commit.ts")).commit,
  throughput: async () => (await import("./suites/throughput.ts")).throughput,
  lane: async () => (await import("./suites/lane.ts")).lane
}

const tell = (told: Told, then = () => {}): void => void process.send?.(told, undefined, undefined, then)

// Whoever started this is gone, or has had enough: what a suite has started itself ends with its process.
const stop = () => process.exit(1)
for (const end of ["disconnect", "SIGINT", "SIGTERM"]) process.once(end, stop)

const [name, scale, dir] = process.argv.slice(2) as [SuiteName, Scale, string]
try {
  const run = await suites[name]()
  const findings = await run({
    scale,
    sizes: sizesOf[scale],
    dir,
    by: (whole, quick, smallest) => ({ whole, quick, smallest })[scale],
    say: (text) => tell({ _tag: "Progress", text })
  })
  tell({ _tag: "Found", findings })
  process.off("disconnect", stop)
  process.disconnect()
} catch (error) {
  // What it had opened would keep the process.
  tell({ _tag: "Failed", message: error instanceof Error ? error.stack ?? error.message : String(error) }, stop)
}
