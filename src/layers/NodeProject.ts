/** A project on the disk of this machine. */
import * as Layer from "effect/Layer"

import type { OpeningError } from "../domain/OpeningErrors.ts"
import type { PackerEventSink } from "../services/PackerEventSink.ts"
import type { ProjectRuntime } from "../services/ProjectRuntime.ts"
import type { ProjectSnapshot } from "../services/ProjectSnapshot.ts"
import { nodeDisk } from "./NodeDisk.ts"
import { nodeHostInfo } from "./NodeHostInfo.ts"
import { project, type ProjectOptions } from "./Project.ts"
import { sha256 } from "./Sha256.ts"

/** A project on the disk of this machine: a host says which one, and supplies the sink. */
export interface NodeProjectOptions extends Omit<ProjectOptions, "hash"> {}

/**
 * Opens a project on the disk of this machine, as long as the layer lives. What is left for the host to supply is the
 * `PackerEventSink`; without one, a program with this layer does not compile.
 *
 * @example
 * const runtime = Packer.layer({ projectId: ProjectId.make("my-game"), root: "/work/my-game" })
 */
export const layer = (
  options: NodeProjectOptions
): Layer.Layer<ProjectRuntime | ProjectSnapshot, OpeningError, PackerEventSink> =>
  project({ ...options, hash: sha256 }).pipe(Layer.provide(Layer.merge(nodeDisk, nodeHostInfo)))
