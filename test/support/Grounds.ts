/** Where a runtime can be tried: on a disk in memory, and on the disk of this machine. */
import { Effect, type Layer, type Scope } from "effect"
import * as fs from "node:fs"
import * as os from "node:os"
import { dirname } from "node:path"
import { ProjectId } from "../../src/domain/Identity.ts"
import type { OpeningError } from "../../src/domain/OpeningErrors.ts"
import { layer } from "../../src/layers/NodeProject.ts"
import type { ProjectOptions } from "../../src/layers/Project.ts"
import type { PackerEventSink } from "../../src/services/PackerEventSink.ts"
import type { ProjectRuntime } from "../../src/services/ProjectRuntime.ts"
import type { ProjectSnapshot } from "../../src/services/ProjectSnapshot.ts"
import { memoryProject, memoryRoot } from "../../src/testing/MemoryProject.ts"
import { SimulatedDisk } from "../../src/testing/SimulatedDisk.ts"
import { inFolder } from "../../src/testing/WorkspaceFiles.ts"

type Files = Readonly<Record<string, string | Uint8Array>>

/** A project folder, and what others do to it behind the packer's back. Paths are relative to the folder. */
export interface Ground {
  readonly open: (
    options?: Partial<Omit<ProjectOptions, "hash">>
  ) => Layer.Layer<ProjectRuntime | ProjectSnapshot, OpeningError, PackerEventSink>
  readonly root: string
  readonly put: (path: string, content: string) => void
  readonly text: (path: string) => string | undefined
  readonly remove: (path: string) => void
  readonly move: (from: string, to: string) => void
}

export type MakeGround = (files: Files) => Effect.Effect<Ground, never, Scope.Scope>

export const inMemory: MakeGround = (files) =>
  Effect.sync(() => {
    const disk = SimulatedDisk.of(inFolder(memoryRoot, files))
    disk.putFolder(memoryRoot)
    let openings = 0
    const at = (path: string) => `${memoryRoot}/${path}`
    return {
      open: (options = {}) => memoryProject({ disk: disk.disk, prefix: `o${++openings}`, ...options }),
      root: memoryRoot,
      put: (path, content) => disk.replace(at(path), content),
      text: (path) => disk.text(at(path)),
      remove: (path) => disk.remove(at(path)),
      move: (from, to) => {
        for (const [path, content] of disk.entries()) {
          if (path.startsWith(`${at(from)}/`) && content instanceof Uint8Array) {
            disk.put(at(to) + path.slice(at(from).length), content)
          }
        }
        disk.remove(at(from))
      }
    }
  })

export const onDisk: MakeGround = (files) =>
  Effect.acquireRelease(
    Effect.sync(() => fs.realpathSync.native(fs.mkdtempSync(`${os.tmpdir()}/project-`))),
    (root) => Effect.sync(() => fs.rmSync(root, { recursive: true }))
  ).pipe(Effect.map((root) => {
    const at = (path: string) => `${root}/${path}`
    const put = (path: string, content: string | Uint8Array) => {
      fs.mkdirSync(dirname(at(path)), { recursive: true })
      fs.writeFileSync(at(path), content)
    }
    for (const [path, content] of Object.entries(files)) put(path, content)
    return {
      open: (options = {}) => layer({ projectId: ProjectId.make("test-project"), root, ...options }),
      root,
      put,
      text: (path) => fs.existsSync(at(path)) ? fs.readFileSync(at(path), "utf8") : undefined,
      remove: (path) => fs.rmSync(at(path), { recursive: true }),
      move: (from, to) => {
        fs.mkdirSync(dirname(at(to)), { recursive: true })
        fs.renameSync(at(from), at(to))
      }
    }
  }))
