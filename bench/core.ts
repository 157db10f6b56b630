/**
 * What the pure core costs, and that it does not grow with the project.
 *
 * Each command is planned and patched on snapshots of 100 and of 100,000 assets in turns, in one process; medians, and
 * the ratio of the two. `--json` prints one object, `--quick` uses 10,000 assets and fewer rounds.
 */
import { performance } from "node:perf_hooks"

import { Command } from "../src/domain/Command.ts"
import { looksOf } from "../src/domain/commands/AllCommands.ts"
import { AssetId, OperationId } from "../src/domain/Identity.ts"
import { openSteps } from "../src/domain/Opening.ts"
import { patch } from "../src/domain/Patch.ts"
import { type Plan, plan } from "../src/domain/Plan.ts"
import { getAssetDetails, listAssets } from "../src/domain/Queries.ts"
import type { FileSeen, Observed, RootScan, RootSeen, Scan } from "../src/domain/Seen.ts"
import type { Snapshot } from "../src/domain/Snapshot.ts"
import { sha256 } from "../src/layers/Sha256.ts"
import { testOpening, testUuid } from "../src/testing/ProjectTree.ts"

const encoder = new TextEncoder()

const fileSeen = (text: string): Extract<FileSeen, { readonly _tag: "File" }> => {
  const bytes = encoder.encode(text)
  return { _tag: "File", bytes, fingerprint: { hash: sha256(bytes), size: bytes.length, mtimeMs: 1, inode: "1" } }
}

const rootOf = (n: number): string => `world/area${n % 100}/bank${String(n).padStart(6, "0")}`

/** An asset of 3 files and 2 artifacts. */
const scanOf = (n: number): RootScan => ({
  spelling: rootOf(n),
  manifest: fileSeen(`${
    JSON.stringify(
      {
        schema_version: 1,
        asset_uuid: testUuid(n),
        name: `bank ${n}`,
        family: "tile_bank",
        output: { format: "TILES/indexed_v1", codec: "none", metadata: { tile_size: 16 } },
        preload: false,
        artifacts: [{ index: 0, file: "one.png" }, { index: 1, file: "two.png" }]
      },
      null,
      2
    )
  }\n`),
  folder: {
    files: ["one.png", "three.png", "two.png"].map((path) => ({ path, size: 100 + n % 50, mtimeMs: 1 })),
    links: [],
    unreadable: [],
    innerRoots: []
  }
})

/** A project whose first asset is not registered, and whose others are. */
const projectOf = (assets: number): Scan => {
  const entries = Array.from(
    { length: assets - 1 },
    (_, i) =>
      `{"asset_id":${i + 2},"asset_uuid":"${testUuid(i + 1)}","root":"${rootOf(i + 1)}","included_in_build":true}`
  )
  return {
    registry: fileSeen(`{"schema_version":1,"assets":[${entries.join(",\n")}]}`),
    roots: Array.from({ length: assets }, (_, n) => scanOf(n)),
    links: [],
    unreadable: []
  }
}

interface Opened {
  readonly snapshot: Snapshot
  readonly millis: number
  readonly longestStepMillis: number
}

const open = (scan: Scan): Opened => {
  const steps = openSteps(scan, testOpening)
  const start = performance.now()
  let longest = 0
  for (let before = start;;) {
    const step = steps.next()
    const now = performance.now()
    longest = Math.max(longest, now - before)
    before = now
    if (step.done === true) return { snapshot: step.value, millis: now - start, longestStepMillis: longest }
  }
}

const observe = (snapshot: Snapshot, command: Command): Observed => ({
  roots: new Map(
    looksOf(snapshot, command).map(({ root }): [typeof root, RootSeen] => {
      if (snapshot.assets.get(root) === undefined) {
        return [root, { _tag: "Absent", spelling: root, realParent: "", missingParents: [], device: "1" }]
      }
      const { folder, manifest } = scanOf(Number(root.slice(-6)))
      return [root, { _tag: "Folder", spelling: root, device: "1", folderId: root, manifest, folder }]
    })
  ),
  registry: snapshot.registryFacts.state,
  runtimeDevice: "1",
  at: 0,
  newUuids: [testUuid(2 ** 40)]
})

const middle = (assets: number) => ({ asset: { id: AssetId.make(Math.floor(assets / 2)) } })

const commands: Readonly<Record<string, (assets: number) => Command>> = {
  create: () => Command.create({ root: "world/area5/another", name: "new", family: "tile_bank" }),
  register: () => Command.register({ root: rootOf(0) }),
  unregister: (assets) => Command.unregister(middle(assets)),
  setBuildParticipation: (assets) => Command.setBuildParticipation({ ...middle(assets), included: false }),
  updateContract: (assets) => Command.updateContract({ ...middle(assets), name: "renamed" }),
  relocate: (assets) => Command.relocate({ ...middle(assets), to: "world/area7/moved" }),
  delete: (assets) => Command.delete(middle(assets)),
  applyBankComposition: (assets) =>
    Command.applyBankComposition({ ...middle(assets), files: ["three.png", "one.png", "two.png"] })
}

const median = (values: ReadonlyArray<number>): number =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN

/** The median time of one call, over batches of calls, in microseconds. */
const time = (rounds: number, work: () => unknown): Array<number> =>
  Array.from({ length: rounds }, () => {
    const calls = 50
    const start = performance.now()
    for (let i = 0; i < calls; i++) work()
    return ((performance.now() - start) * 1000) / calls
  })

const round = (value: number): number => Number(value.toPrecision(3))

const main = () => {
  const quick = process.argv.includes("--quick")
  const json = process.argv.includes("--json")
  const [small, large] = [100, quick ? 10_000 : 100_000]
  const rounds = quick ? 20 : 60
  const say = (line: string): void => json ? undefined : console.log(line)

  const scan = projectOf(large)
  globalThis.gc?.()
  const heapBefore = process.memoryUsage().heapUsed
  const opened = { small: open(projectOf(small)), large: open(scan) }
  globalThis.gc?.()
  const heap = process.memoryUsage().heapUsed - heapBefore
  say(
    `opening ${large} assets in memory: ${round(opened.large.millis)} ms, longest step ${
      round(opened.large.longestStepMillis)
    } ms`
  )

  const growth: Record<string, unknown> = {}
  for (const [name, commandFor] of Object.entries(commands)) {
    const prepared = [[opened.small.snapshot, small], [opened.large.snapshot, large]] as const
    const runs = prepared.map(([snapshot, assets]) => {
      const command = commandFor(assets)
      const observed = observe(snapshot, command)
      const made: Plan = plan(snapshot, command, observed)
      if (made.blockers.length > 0) throw new Error(`${name}: ${made.blockers[0]?.message}`)
      const committed = {
        operationId: OperationId.make("bench"),
        plan: made,
        fingerprints: new Map(),
        notPublished: new Map(),
        diverged: new Map()
      }
      return { plan: () => plan(snapshot, command, observed), patch: () => patch(snapshot, committed) }
    })
    const times = runs.map(() => ({ plan: [] as Array<number>, patch: [] as Array<number> }))
    for (const warm of runs) {
      time(4, warm.plan)
      time(4, warm.patch)
    }
    for (let i = 0; i < rounds; i++) {
      for (const [side, work] of runs.entries()) {
        times[side]?.plan.push(...time(1, work.plan))
        times[side]?.patch.push(...time(1, work.patch))
      }
    }
    const [few, many] = times
    if (few === undefined || many === undefined) throw new Error("both sides were measured")
    const row = {
      planMicros: round(median(many.plan)),
      planRatio: round(median(many.plan) / median(few.plan)),
      patchMicros: round(median(many.patch)),
      patchRatio: round(median(many.patch) / median(few.patch))
    }
    growth[name] = row
    say(
      `${
        name.padEnd(22)
      } plan ${row.planMicros} µs (x${row.planRatio} of ${small} assets)   patch ${row.patchMicros} µs (x${row.patchRatio})`
    )
  }

  const { snapshot } = opened.large
  let place = 1
  const detailsMicros = median(time(rounds * 20, () => {
    place = (place * 7919) % (large - 1)
    return getAssetDetails(snapshot, { id: place + 2 })
  }))
  const pageMicros = median(time(rounds, () => listAssets(snapshot, { offset: Math.floor(large / 2), limit: 100 })))
  say(
    `details ${round(1e6 / detailsMicros)} per second, page of 100 in ${round(pageMicros)} µs, heap ${
      round(heap / large)
    } bytes per asset`
  )

  if (json) {
    console.log(JSON.stringify({
      assets: large,
      open: { millis: round(opened.large.millis), longestStepMillis: round(opened.large.longestStepMillis) },
      growth,
      reads: { detailsPerSecond: round(1e6 / detailsMicros), page100Micros: round(pageMicros) },
      memory: { bytesPerAsset: round(heap / large) }
    }))
  }
}

main()
