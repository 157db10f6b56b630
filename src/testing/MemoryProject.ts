/** The whole runtime of a project on a disk in memory. */
import * as Layer from "effect/Layer"

import { ProjectId } from "../domain/Identity.ts"
import type { OpeningError } from "../domain/OpeningErrors.ts"
import { project, type ProjectOptions } from "../layers/Project.ts"
import { sha256 } from "../layers/Sha256.ts"
import { Disk } from "../services/Disk.ts"
import type { PackerEventSink } from "../services/PackerEventSink.ts"
import type { ProjectRuntime } from "../services/ProjectRuntime.ts"
import type { ProjectSnapshot } from "../services/ProjectSnapshot.ts"
import { testHost, type TestIdentity } from "./TestHost.ts"

/** A project on a disk in memory. */
export interface MemoryProjectOptions extends Partial<Omit<ProjectOptions, "hash">> {
  /** Any disk: one in memory, or one around it that records or fails. */
  readonly disk: Disk["Service"]
  /** Tells the names that one opening makes from those of another on the same disk. */
  readonly prefix?: string
  /** The process that opens it. */
  readonly process?: TestIdentity
}

/** The folder of a project in memory, unless a test chooses another one. */
export const memoryRoot = "/game"

/**
 * The whole runtime of a project on a disk in memory: the real one, with a machine and a disk of the test's.
 *
 * @example
 * const disk = SimulatedDisk.of({ "/game/assets/ui/atlas/asset.json": manifestText({ name: "ui_atlas" }) })
 * const runtime = Layer.provideMerge(memoryProject({ disk: disk.disk }), collectingSink)
 */
export const memoryProject = (
  { disk, prefix = "u", process, ...options }: MemoryProjectOptions
): Layer.Layer<ProjectRuntime | ProjectSnapshot, OpeningError, PackerEventSink> =>
  project({ projectId: ProjectId.make("test-project"), root: memoryRoot, hash: sha256, ...options }).pipe(
    Layer.provide(Layer.merge(Layer.succeed(Disk, disk), testHost(process, undefined, prefix)))
  )
