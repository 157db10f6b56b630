/** Every figure that is claimed, what it has to reach, and which suite measures it. */

/** A figure with a target. */
export interface Field {
  readonly name: string
  readonly suite: SuiteName
  readonly what: string
  readonly unit: string
  /** What is to be reached: at most, or at least. */
  readonly target: { readonly most: number } | { readonly least: number }
}

/** The suites, in the order in which they run. */
export const suiteNames = ["core", "events", "memory", "open", "reads", "commit", "throughput", "lane"] as const
/** One of the suites. */
export type SuiteName = typeof suiteNames[number]

const times = "×"

/** Every figure with a target, in the order of the report. */
export const fields: ReadonlyArray<Field> = [
  {
    name: "commit.registerP50VsFlush",
    suite: "commit",
    what: "register, 1,000 assets ÷ growing append and flush of the same bytes",
    unit: times,
    target: { most: 1 }
  },
  {
    name: "commit.registerP50VsPreallocated",
    suite: "commit",
    what: "register, 1,000 assets ÷ preallocated write and asynchronous flush",
    unit: times,
    target: { most: 2.2 }
  },
  {
    name: "commit.growth100kVs100",
    suite: "commit",
    what: "register at 100,000 assets ÷ at 100",
    unit: times,
    target: { most: 1.2 }
  },
  {
    name: "commit.vsWriteFileAtomic1k",
    suite: "commit",
    what: "write-file-atomic twice ÷ register, 1,000 assets",
    unit: times,
    target: { least: 5 }
  },
  {
    name: "commit.vsWriteFileAtomic100k",
    suite: "commit",
    what: "write-file-atomic twice ÷ register, 100,000 assets",
    unit: times,
    target: { least: 100 }
  },
  {
    name: "commit.vsSqlite",
    suite: "commit",
    what: "node:sqlite with its log recycled ÷ register, 1,000 assets",
    unit: times,
    target: { least: 0.5 }
  },
  {
    name: "throughput.callers64VsSqlite",
    suite: "throughput",
    what: "registers per second of 64 callers ÷ node:sqlite",
    unit: times,
    target: { least: 1.5 }
  },
  {
    name: "throughput.commandsPerFlush64",
    suite: "throughput",
    what: "commands made durable by one flush, 64 callers",
    unit: "",
    target: { least: 32 }
  },
  {
    name: "reads.detailsPerSecond",
    suite: "reads",
    what: "details of random assets of 6 files, at 100,000",
    unit: "/s",
    target: { least: 300_000 }
  },
  {
    name: "reads.page100Micros",
    suite: "reads",
    what: "a page of 100 of 100,000 assets",
    unit: "µs",
    target: { most: 50 }
  },
  {
    name: "lane.longestBlockMillis64",
    suite: "lane",
    what: "longest block of the event loop while 64 callers write",
    unit: "ms",
    target: { most: 20 }
  },
  {
    name: "open.warmVsRaw50k",
    suite: "open",
    what: "opening 50,000 assets ÷ the fastest raw walk, read and parse",
    unit: times,
    target: { most: 2 }
  },
  {
    name: "open.droppedCacheVsRaw50k",
    suite: "open",
    what: "the same after the page cache was dropped",
    unit: times,
    target: { most: 1.5 }
  },
  {
    name: "open.longestBlockMillis",
    suite: "open",
    what: "longest block of the event loop while opening 50,000 assets",
    unit: "ms",
    target: { most: 50 }
  },
  {
    name: "open.shareOfBlocksOver20Millis",
    suite: "open",
    what: "share of that time in blocks over 20 ms",
    unit: "",
    target: { most: 0.02 }
  },
  {
    name: "memory.bytesPerAsset100k",
    suite: "memory",
    what: "memory per asset of 3 files and 2 artifacts, at 100,000",
    unit: "B",
    target: { most: 2500 }
  },
  {
    name: "events.vsRawPubSub",
    suite: "events",
    what: "events per second to 4 subscribers ÷ bare PubSub",
    unit: times,
    target: { least: 0.5 }
  }
]

/** True if a figure reaches its target. */
export const isReached = ({ target }: Field, value: number): boolean =>
  "most" in target ? value <= target.most : value >= target.least
