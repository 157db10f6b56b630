/** What the disk allows: the bytes of a change and one flush, and nothing else. */
import { Effect, Layer } from "effect"
import * as fs from "node:fs"
import { Disk, project, ProjectId } from "prometeu-packer"
import { nodeDisk, nodeHostInfo, sha256 } from "prometeu-packer/node"
import { type RecordingDisk, recordingDisk } from "prometeu-packer/testing"

import { type Contender, type Pace, timeEach } from "../project/Contender.ts"
import { Host } from "../project/Host.ts"
import type { Workspace } from "../project/Workspaces.ts"

/** A project on a disk that counts what is asked of it. */
export const countingHost = async (workspace: Workspace) => {
  let counting: RecordingDisk | undefined
  const countingDisk = Layer.effect(
    Disk,
    Effect.map(Disk, (disk) => {
      counting = recordingDisk(disk)
      return counting.disk
    })
  ).pipe(Layer.provide(nodeDisk))
  const host = await Host.open(
    workspace,
    project({ projectId: ProjectId.make("bench"), root: workspace.folder, hash: sha256 }).pipe(
      Layer.provide(Layer.merge(countingDisk, nodeHostInfo))
    )
  )
  if (counting === undefined) throw new Error("an open project has a disk")
  const { calls, clear } = counting
  const isOfJournal = ({ path }: { readonly path: string }) => path.includes("/runtime/journal")
  return {
    host,
    clear,
    /** How often the journal was flushed. */
    flushes: () => calls.filter((call) => call.call === "flushData" && isOfJournal(call)).length,
    /** How many bytes went into the journal. */
    bytes: () =>
      calls.filter((call) => call.call === "write" && isOfJournal(call))
        .reduce((sum, { bytes = 0 }) => sum + bytes, 0)
  }
}

/** How many bytes one `register` writes into the journal: as many as the floor writes. */
export const bytesOfOne = async (workspace: Workspace): Promise<number> => {
  const { bytes, clear, host } = await countingHost(workspace)
  const roots = workspace.pool.slice(0, 10)
  clear()
  await host.register(roots)
  const all = bytes()
  await host.restore()
  await host.close()
  return Math.round(all / roots.length)
}

const floorOf = (
  name: string,
  pace: Pace,
  fd: number,
  change: () => void | Promise<void>
): Contender => ({
  ...pace,
  name,
  turn: (count) => timeEach(Array.from({ length: count }), change),
  prepare: async () => {},
  close: async () => fs.closeSync(fd)
})

/** Appends to a file that grows, and flushes: on the main thread, which is the fastest way, and stops everything else. */
export const growingAppend = (dir: string, size: number, pace: Pace): Contender => {
  const bytes = new Uint8Array(size).fill(120)
  const fd = fs.openSync(`${dir}/growing`, "a")
  return floorOf("growing append", pace, fd, () => {
    fs.writeSync(fd, bytes)
    fs.fdatasyncSync(fd)
  })
}

/** As much as our journal has before it starts over. */
const preallocatedBytes = 1024 * 1024

/** Writes into a file that is as long as it will be and was filled with zeros, and flushes beside the main thread. */
export const preallocatedWrite = (dir: string, size: number, pace: Pace): Contender => {
  const bytes = new Uint8Array(size).fill(120)
  const path = `${dir}/preallocated`
  fs.writeFileSync(path, new Uint8Array(preallocatedBytes), { flush: true })
  const fd = fs.openSync(path, "r+")
  let at = 0
  return floorOf("preallocated write", pace, fd, () => {
    if (at + size > preallocatedBytes) at = 0
    fs.writeSync(fd, bytes, 0, size, at)
    at += size
    return new Promise<void>((resolve, reject) => {
      fs.fdatasync(fd, (error) => error === null ? resolve() : reject(error))
    })
  })
}
