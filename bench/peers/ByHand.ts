/**
 * The same change without a runtime: the same rules and the same calls to the disk, one after the other, in plain functions.
 *
 * It keeps no promise: nobody else may use the project, nothing is told, no fault is met, nothing can be cancelled or traced.
 * What it takes is what a lane could save at most, and what it cannot.
 */
import { Effect, Result } from "effect"
import * as crypto from "node:crypto"
import * as fs from "node:fs"
import { Command, OperationId } from "prometeu-packer"

import { decodeCommand } from "../../src/domain/CommandInput.ts"
import { looksOf } from "../../src/domain/commands/AllCommands.ts"
import { draftsOfChange } from "../../src/domain/EventDrafts.ts"
import { AssetUuid } from "../../src/domain/Identity.ts"
import { outcomeOf } from "../../src/domain/Outcome.ts"
import { patch } from "../../src/domain/Patch.ts"
import { parentsOf } from "../../src/domain/Path.ts"
import { plan } from "../../src/domain/Plan.ts"
import { printReceipt } from "../../src/domain/Receipt.ts"
import type { FileSeen, Observed, SeenFolder } from "../../src/domain/Seen.ts"
import type { Snapshot } from "../../src/domain/Snapshot.ts"
import { encodeFrames } from "../../src/layers/journal/Frames.ts"
import { encodeRecord } from "../../src/layers/journal/Record.ts"
import { listFolder, lookAt, lookAtOpen, readWhole } from "../../src/layers/NodeReading.ts"
import { sha256 } from "../../src/layers/Sha256.ts"
import { type Contender, type Pace, timeEach } from "../project/Contender.ts"
import { Host } from "../project/Host.ts"
import { restorePool, type Workspace } from "../project/Workspaces.ts"

/** What a change takes, part by part, in microseconds. */
export type Parts = ReadonlyMap<string, ReadonlyArray<number>>

/** As much as our journal has before it starts over. */
const journalBytes = 1024 * 1024

const snapshotOf = async (of: Workspace): Promise<Snapshot> => {
  const host = await Host.open(of)
  const { snapshot } = await Effect.runPromise(host.packer.snapshot)
  await host.close()
  return snapshot
}

const there = <A>(found: A | undefined): A => {
  if (found === undefined) throw new Error("nobody else uses the project")
  return found
}

/** A folder with a manifest that can be read. */
type RegisterSees = SeenFolder & { readonly manifest: Extract<FileSeen, { readonly _tag: "File" }> }

/** What is at the root of an asset. */
const look = (assets: string, root: string): RegisterSees => {
  const folder = `${assets}/${root}`
  for (const parent of parentsOf(root)) lookAt(`${assets}/${parent}`)
  const { device, inode } = there(lookAt(folder))
  const manifest = there(readWhole(`${folder}/asset.json`, 1_000_000))
  const { mtimeMs, size } = manifest.stat
  const bytes = there(manifest.bytes)
  const files = listFolder(folder).map(({ name }) => {
    const { mtimeMs, size } = name === "asset.json" ? manifest.stat : there(lookAt(`${folder}/${name}`))
    return { path: name, size, mtimeMs }
  })
  const fingerprint = { hash: sha256(bytes), size, mtimeMs, inode: manifest.stat.inode }
  return {
    _tag: "Folder",
    spelling: root,
    device,
    folderId: inode,
    manifest: { _tag: "File", bytes, fingerprint },
    folder: { files, links: [], unreadable: [], innerRoots: [] }
  }
}

/** Opens a project of its own, and closes it again: from then on it is changed by hand. */
export const byHand = async (of: Workspace, pace: Pace): Promise<Contender & { readonly parts: Parts }> => {
  const first = await snapshotOf(of)
  const assets = `${of.folder}/assets`
  const own = `${assets}/.prometeu`
  const journal = `${own}/by-hand`
  fs.writeFileSync(journal, new Uint8Array(journalBytes), { flush: true })
  const fd = fs.openSync(journal, "r+")
  const parts = new Map<string, Array<number>>()
  let snapshot = first
  let at = 0
  let lsn = 0
  let used = 0
  const take = (count: number): ReadonlyArray<string> => of.pool.slice(used, used += count)

  const register = async (spelling: string): Promise<void> => {
    let since = performance.now()
    const took = (part: string): void => {
      const now = performance.now()
      const times = parts.get(part) ?? []
      times.push((now - since) * 1000)
      parts.set(part, times)
      since = performance.now()
    }

    const command = Result.getOrThrow(decodeCommand(Command.register({ root: spelling })))
    const operationId = OperationId.make(crypto.randomUUID())
    const stage = `${own}/${operationId}`
    const target = `${assets}/${spelling}/asset.json`
    for (const place of [of.folder, assets, own, `${own}/runtime`, `${own}/index.json`]) lookAt(place)
    const { root } = there(looksOf(snapshot, command)[0])
    const seen = look(assets, spelling)
    took("look")

    const observed: Observed = {
      roots: new Map([[root, seen]]),
      registry: snapshot.registryFacts.state,
      runtimeDevice: seen.device,
      at: Date.now(),
      newUuids: [AssetUuid.make(crypto.randomUUID())]
    }
    const made = plan(snapshot, command, observed)
    const [step] = made.files
    if (step?._tag !== "write-file") throw new Error("a register writes a manifest")
    took("plan")

    const { bytes, to } = step
    const way = parentsOf(to)
    lookAt(assets)
    for (const folder of way) lookAt(`${assets}/${folder}`)
    lookAt(`${assets}/${spelling}`)
    fs.accessSync(`${assets}/${spelling}`, fs.constants.W_OK | fs.constants.X_OK)
    lookAt(target)
    const staged = fs.openSync(stage, "wx+")
    fs.writeSync(staged, bytes, 0, bytes.length, 0)
    const { inode, mtimeMs, size } = lookAtOpen(staged)
    fs.closeSync(staged)
    const after = sha256(bytes)
    took("stage")

    const fingerprints = new Map([[root, { hash: after, size, mtimeMs, inode }]])
    const next = patch(made.on, {
      operationId,
      plan: made,
      fingerprints,
      notPublished: new Map(),
      diverged: new Map()
    })
    const { changes } = outcomeOf(operationId, made.on, next, [])
    const receipt = printReceipt({
      action: "register",
      request: sha256(new TextEncoder().encode(spelling)),
      changes,
      warnings: []
    })
    took("patch")

    const { hash: before } = seen.manifest.fingerprint
    const put = { _tag: "PutFile" as const, path: to, root, before, after, blob: undefined, bytes }
    const record = encodeRecord({ operationId, receipt, registry: made.registry, steps: [put] })
    const frames = encodeFrames([record], { carried: false, epoch: 1, first: ++lsn })
    if (at + frames.length > journalBytes) at = 0
    for (const place of [`${own}/runtime/lock`, journal]) lookAt(place)
    fs.writeSync(fd, frames, 0, frames.length, at)
    at += frames.length
    took("write")

    await new Promise<void>((resolve, reject) => {
      fs.fdatasync(fd, (error) => error === null ? resolve() : reject(error))
    })
    took("flush")

    for (const folder of way) lookAt(`${assets}/${folder}`)
    lookAt(target)
    fs.renameSync(stage, target)
    took("publish")

    const drafts = draftsOfChange(operationId, snapshot, next, "command")
    if (drafts.length === 0) throw new Error("a register is told")
    snapshot = next
    took("tell")
  }

  return {
    ...pace,
    name: "by hand",
    parts,
    turn: (count) => timeEach(take(count), register),
    prepare: async (count) => {
      if (of.pool.length - used >= count) return
      restorePool(of)
      snapshot = first
      used = 0
    },
    close: async () => fs.closeSync(fd)
  }
}
