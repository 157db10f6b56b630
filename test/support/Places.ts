/** Folders to test on, each on a disk of its own kind, and disks that do not behave. */
import { Effect, Layer, type Scope } from "effect"
import * as fs from "node:fs"
import * as os from "node:os"
import * as path from "node:path"
import { completeDisk } from "../../src/layers/CompleteDisk.ts"
import { diskWorkspace, type DiskWorkspaceOptions } from "../../src/layers/DiskWorkspace.ts"
import { nodeDisk } from "../../src/layers/NodeDisk.ts"
import { Disk, type DiskError } from "../../src/services/Disk.ts"
import { FolderReader, type FolderReading } from "../../src/services/FolderReader.ts"
import { ProjectFolder } from "../../src/services/ProjectFolder.ts"
import { Workspace } from "../../src/services/Workspace.ts"
import { contentHash } from "../../src/testing/ProjectTree.ts"
import { SimulatedDisk } from "../../src/testing/SimulatedDisk.ts"

/** An empty folder on some disk. Paths are relative to it, also those that links lead to; folders on the way are made. */
export interface Place {
  readonly root: string
  readonly disk: Disk["Service"]
  /** How many folders of it are read at once, where nobody has to see the calls. */
  readonly reading?: Omit<FolderReading, "disk">
  readonly put: (path: string, content: string | Uint8Array) => void
  readonly putFolder: (path: string) => void
  readonly putLink: (path: string, target: string) => void
  readonly remove: (path: string) => void
}

/** A folder on a disk in memory. */
export const simulatedPlace: Effect.Effect<Place> = Effect.sync(() => {
  const root = "/work/project"
  const disk = SimulatedDisk.of()
  disk.putFolder(root)
  const at = (path: string): string => `${root}/${path}`
  return {
    root,
    disk: disk.disk,
    put: (path, content) => disk.put(at(path), content),
    putFolder: (path) => disk.putFolder(at(path)),
    putLink: (path, target) => disk.putLink(at(path), at(target)),
    remove: (path) => disk.remove(at(path))
  }
})

/** A folder on the disk of this machine. */
export interface RealPlace extends Place {
  /** Makes a file or folder with a name of these bytes. */
  readonly putRaw: (folder: string, name: Uint8Array, kind: "file" | "folder") => void
}

/** A folder on the disk of this machine, which is removed afterwards. */
export const realPlace: Effect.Effect<RealPlace, never, Scope.Scope> = Effect.gen(function*() {
  const disk = yield* Effect.provide(Disk, nodeDisk)
  const root = yield* Effect.acquireRelease(
    Effect.sync(() => fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), "prometeu-packer-")))),
    (root) => Effect.sync(() => fs.rmSync(root, { recursive: true, force: true }))
  )
  const made = new Set<string>()
  const at = (relative: string): string => {
    const folder = path.dirname(relative)
    if (!made.has(folder)) fs.mkdirSync(path.join(root, folder), { recursive: true })
    made.add(folder)
    return path.join(root, relative)
  }
  return {
    root,
    disk,
    put: (path, content) => fs.writeFileSync(at(path), content),
    putFolder: (path) => fs.mkdirSync(at(path), { recursive: true }),
    putLink: (path, target) => fs.symlinkSync(`${root}/${target}`, at(path)),
    remove: (path) => {
      made.clear()
      fs.rmSync(`${root}/${path}`, { recursive: true, force: true })
    },
    putRaw: (folder, name, kind) => {
      const absolute = Buffer.concat([Buffer.from(`${at(folder)}/`), name])
      if (kind === "file") fs.writeFileSync(absolute, "")
      else fs.mkdirSync(absolute)
    }
  }
})

/** Does something about a call to the disk. */
export type Around = <A>(
  call: string,
  path: string,
  run: Effect.Effect<A, DiskError>
) => Effect.Effect<A, DiskError>

/** A disk that does something about every call which reads, and has none that writes. */
const readingDisk = (disk: Disk["Service"], around: Around): Disk["Service"] => {
  const refuse = (path: string) => Effect.die(new Error(`a call that is not for reading, at "${path}"`))
  return completeDisk({
    stat: (path) => around("stat", path, disk.stat(path)),
    list: (path) => around("list", path, disk.list(path)),
    realPath: (path) => around("realPath", path, disk.realPath(path)),
    readFile: (path, limit) => around("readFile", path, disk.readFile(path, limit)),
    isWritable: refuse,
    open: refuse,
    makeFolder: refuse,
    rename: refuse,
    link: refuse,
    removeFile: refuse,
    removeFolder: refuse,
    flushFolder: refuse
  })
}

/** The workspace of the project at a place. The hash of a file is its content. */
export const workspaceAt = (
  { disk: inner, reading, root }: Place,
  { around, ...options }: Partial<DiskWorkspaceOptions> & { readonly around?: Around } = {}
): Effect.Effect<Workspace["Service"]> => {
  const disk = readingDisk(inner, around ?? ((_call, _path, run) => run))
  const reader = Layer.succeed(
    FolderReader,
    reading === undefined || around !== undefined ? undefined : { ...reading, disk }
  )
  return Workspace.pipe(Effect.provide(
    diskWorkspace({ hash: contentHash, manifestLimit: 1000, registryLimit: 2000, concurrency: 4, ...options }).pipe(
      Layer.provide([Layer.succeed(Disk, disk), reader, ProjectFolder.layer(root)])
    )
  ))
}
