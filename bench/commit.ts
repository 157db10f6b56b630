/**
 * What one durable change costs, whatever the size of the project.
 *
 * Two projects are open at once, with 100 and with 100,000 entries in their registry. The same change of two files (a
 * manifest, and an entry of the registry, whose file follows later) is made durable in the one and in the other in turns;
 * and in the same turns as many bytes are appended to a growing file and flushed. Medians, and the ratios between them.
 * `--json` prints one object, `--quick` makes fewer rounds, `--dir` chooses the disk: one in memory flushes nothing.
 */
import { Context, Effect, Layer } from "effect"
import * as fs from "node:fs"
import * as os from "node:os"
import { performance } from "node:perf_hooks"
import { parseArgs } from "node:util"

import { AssetId, OperationId } from "../src/domain/Identity.ts"
import { applyChanges, emptyRegistry, type Registry, type RegistryEntry } from "../src/domain/Registry.ts"
import { printRegistry } from "../src/domain/RegistryCodec.ts"
import type { FileState } from "../src/domain/Seen.ts"
import { rootAt } from "../src/layers/commit/Terms.ts"
import { folderLock } from "../src/layers/FolderLock.ts"
import { journaledCommitter } from "../src/layers/JournaledCommitter.ts"
import { nodeDisk } from "../src/layers/NodeDisk.ts"
import { nodeHostInfo } from "../src/layers/NodeHostInfo.ts"
import { sha256 } from "../src/layers/Sha256.ts"
import { DurableCommitter } from "../src/services/DurableCommitter.ts"
import { ProjectFolder } from "../src/services/ProjectFolder.ts"
import { testUuid } from "../src/testing/ProjectTree.ts"

const { values } = parseArgs({
  options: {
    json: { type: "boolean", default: false },
    quick: { type: "boolean", default: false },
    dir: { type: "string", default: os.tmpdir() }
  }
})
const rounds = values.quick ? 300 : 2000
const warmUp = 100
const sizes = [100, 100_000] as const
const encoder = new TextEncoder()

const entryOf = (n: number, included: boolean): RegistryEntry => ({
  id: AssetId.make(n),
  uuid: testUuid(n),
  root: rootAt(`world/area${n % 100}/bank${String(n).padStart(6, "0")}`),
  included,
  extra: ""
})

const manifestOf = (round: number): Uint8Array =>
  encoder.encode(
    `${JSON.stringify({ schema_version: 1, name: `bank ${round}`, asset_uuid: testUuid(1) }, undefined, 2)}\n`
  )

/** A project with so many registry entries, the first of which is a folder that is there. */
const openProject = Effect.fnUntraced(function*(folder: string, size: number) {
  const entries = Array.from({ length: size }, (_, n) => entryOf(n + 1, true))
  const places = ProjectFolder.at(folder)
  let registry: Registry = applyChanges(
    emptyRegistry,
    entries.map((after) => ({ before: undefined, after, replaces: [] }))
  )
  const path = `${entryOf(1, true).root}/asset.json`
  fs.mkdirSync(`${places.assets}/${entryOf(1, true).root}`, { recursive: true })
  fs.mkdirSync(places.own, { recursive: true })
  fs.writeFileSync(places.registry, printRegistry(registry))
  fs.writeFileSync(`${places.assets}/${path}`, manifestOf(0))
  const surroundings = folderLock().pipe(
    Layer.provideMerge([nodeDisk, nodeHostInfo, ProjectFolder.layer(folder)])
  )
  const context = yield* Layer.build(Layer.fresh(Layer.provide(journaledCommitter({ hash: sha256 }), surroundings)))
  const committer = Context.get(context, DurableCommitter)
  let before: FileState = {
    _tag: "File",
    fingerprint: { hash: sha256(manifestOf(0)), size: manifestOf(0).length, mtimeMs: 0, inode: "" }
  }
  let entry = entryOf(1, true)
  return Effect.fnUntraced(function*(round: number) {
    const bytes = manifestOf(round)
    const after = { ...entry, included: !entry.included }
    const changes = [{ before: entry, after, replaces: [] }]
    const staged = yield* committer.stage({
      operationId: OperationId.make(`round-${round}`),
      files: [{ _tag: "write-file", to: path, bytes, before }],
      registry: changes,
      receipt: "updateContract"
    })
    const [result] = yield* committer.commit([staged], registry)
    if (result?._tag !== "Durable") return yield* Effect.die(result)
    registry = applyChanges(registry, changes)
    entry = after
    const fingerprint = result.fingerprints.get(rootAt(entry.root))
    if (fingerprint !== undefined) before = { _tag: "File", fingerprint }
  })
})

/** What a record of the change takes in the journal. */
const recordBytes = 700

/** Appends so many bytes to a file that grows, and makes them durable. */
const openFloor = (path: string) => {
  const file = fs.openSync(path, "a")
  const bytes = new Uint8Array(recordBytes)
  return Effect.callback<void>((resume) => {
    fs.writeSync(file, bytes)
    fs.fdatasync(file, () => resume(Effect.void))
  })
}

const median = (times: ReadonlyArray<number>): number => times.toSorted((a, b) => a - b)[times.length >> 1] ?? 0

const timed = <E>(effect: Effect.Effect<void, E>): Effect.Effect<number> =>
  Effect.gen(function*() {
    const start = performance.now()
    yield* Effect.orDie(effect)
    return performance.now() - start
  })

const program = Effect.gen(function*() {
  const folder = yield* Effect.acquireRelease(
    Effect.sync(() => fs.mkdtempSync(`${values.dir}/commit-bench-`)),
    (path) => Effect.sync(() => fs.rmSync(path, { recursive: true }))
  )
  const small = yield* openProject(`${folder}/small`, sizes[0])
  const large = yield* openProject(`${folder}/large`, sizes[1])
  const floor = openFloor(`${folder}/floor`)
  const times = { floor: [] as Array<number>, small: [] as Array<number>, large: [] as Array<number> }
  for (let round = 1; round <= warmUp + rounds; round++) {
    const taken = { floor: yield* timed(floor), small: yield* timed(small(round)), large: yield* timed(large(round)) }
    if (round <= warmUp) continue
    times.floor.push(taken.floor)
    times.small.push(taken.small)
    times.large.push(taken.large)
  }
  return { floor: median(times.floor), small: median(times.small), large: median(times.large) }
})

const { floor, large, small } = await Effect.runPromise(Effect.scoped(program))
const result = {
  rounds,
  "commit.micros100": Math.round(small * 1000),
  "commit.micros100k": Math.round(large * 1000),
  "commit.growth100kVs100": Number((large / small).toFixed(2)),
  "commit.p50VsFlush": Number((small / floor).toFixed(2))
}
if (values.json) console.log(JSON.stringify(result))
else {
  console.log(`One durable change of two files, ${rounds} rounds, medians:`)
  console.log(`  with ${sizes[0]} registry entries      ${result["commit.micros100"]} µs`)
  console.log(
    `  with ${sizes[1]} registry entries   ${result["commit.micros100k"]} µs   (${
      result["commit.growth100kVs100"]
    } times as long)`
  )
  console.log(
    `  append and flush of as much   ${Math.round(floor * 1000)} µs   (the change takes ${
      result["commit.p50VsFlush"]
    } times as long)`
  )
}
