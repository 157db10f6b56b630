/**
 * What the pure core costs, and that it does not grow with the project: each command is planned and patched on snapshots of
 * few and of many assets in turns. No disk, and no runtime.
 */
import { Command } from "../../src/domain/Command.ts"
import { looksOf } from "../../src/domain/commands/AllCommands.ts"
import { AssetId, OperationId } from "../../src/domain/Identity.ts"
import { openSteps } from "../../src/domain/Opening.ts"
import { patch } from "../../src/domain/Patch.ts"
import { type Plan, plan } from "../../src/domain/Plan.ts"
import type { FileSeen, Observed, RootScan, RootSeen, Scan } from "../../src/domain/Seen.ts"
import type { Snapshot } from "../../src/domain/Snapshot.ts"
import { sha256 } from "../../src/layers/Sha256.ts"
import { testOpening, testUuid } from "../../src/testing/ProjectTree.ts"
import { median, type Ratio, ratioOf, rounded } from "../harness/Statistics.ts"
import type { Suite } from "../harness/Suite.ts"
import { manifestOf } from "../project/Workspaces.ts"

const encoder = new TextEncoder()

const fileSeen = (text: string): Extract<FileSeen, { readonly _tag: "File" }> => {
  const bytes = encoder.encode(text)
  return { _tag: "File", bytes, fingerprint: { hash: sha256(bytes), size: bytes.length, mtimeMs: 1, inode: "1" } }
}

const rootOf = (n: number): string => `world/area${n % 100}/bank${String(n).padStart(6, "0")}`

/** An asset of 3 files and 2 artifacts. */
const scanOf = (n: number): RootScan => ({
  spelling: rootOf(n),
  manifest: fileSeen(manifestOf(n, testUuid(n))),
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

/** How long one call takes, over so many calls, in microseconds. */
const time = (work: () => unknown, calls: number): ReadonlyArray<number> => {
  const start = performance.now()
  for (let call = 0; call < calls; call++) work()
  return [((performance.now() - start) * 1000) / calls]
}

/** Plans and patches one command on a snapshot. */
const worksOf = (snapshot: Snapshot, command: Command) => {
  const observed = observe(snapshot, command)
  const made: Plan = plan(snapshot, command, observed)
  if (made.blockers.length > 0) throw new Error(`${command._tag}: ${made.blockers[0]?.message}`)
  const committed = {
    operationId: OperationId.make("bench"),
    plan: made,
    fingerprints: new Map(),
    notPublished: new Map(),
    diverged: new Map()
  }
  return { plan: () => plan(snapshot, command, observed), patch: () => patch(snapshot, committed) }
}

/** Does the same on few and on many assets in turns; the first rounds warm up. */
const compare = (few: () => unknown, many: () => unknown, rounds: number, calls: number) => {
  const times = { few: [] as Array<ReadonlyArray<number>>, many: [] as Array<ReadonlyArray<number>> }
  for (let round = -4; round < rounds; round++) {
    const taken = { few: time(few, calls), many: time(many, calls) }
    if (round < 0) continue
    times.few.push(taken.few)
    times.many.push(taken.many)
  }
  const { spread, value }: Ratio = ratioOf(times.many, times.few)
  return { micros: rounded(median(times.many.flat())), growth: value, growthSpread: spread }
}

/** Runs the suite. */
export const core: Suite = async ({ by, say, sizes }) => {
  say(`opening ${sizes.huge} assets in memory`)
  const [few, many] = [open(projectOf(sizes.tiny)), open(projectOf(sizes.huge))]
  const details: Record<string, unknown> = {
    assets: [sizes.tiny, sizes.huge],
    openMillis: rounded(many.millis),
    longestStepMillis: rounded(many.longestStepMillis)
  }
  const lines = [`the pure core at ${sizes.huge} assets:`]
  for (const [name, commandFor] of Object.entries(commands)) {
    say(name)
    const ofFew = worksOf(few.snapshot, commandFor(sizes.tiny))
    const ofMany = worksOf(many.snapshot, commandFor(sizes.huge))
    const planned = compare(ofFew.plan, ofMany.plan, by(60, 20, 3), by(50, 50, 5))
    const patched = compare(ofFew.patch, ofMany.patch, by(60, 20, 3), by(50, 50, 5))
    details[name] = { plan: planned, patch: patched }
    lines.push(
      `${name.padEnd(22)}plan ${planned.micros} µs (× ${planned.growth} of ${sizes.tiny} assets)`.padEnd(64) +
        `patch ${patched.micros} µs (× ${patched.growth})`
    )
  }
  return { figures: {}, details, lines }
}
