/** Many projects on the disk of this machine. */
import * as Layer from "effect/Layer"

import type { PackerEventSink } from "../services/PackerEventSink.ts"
import type { ProjectRuntimes } from "../services/ProjectRuntimes.ts"
import { projectRuntimes } from "./KeyedProjects.ts"
import { nodeDisk } from "./NodeDisk.ts"
import { nodeHostInfo } from "./NodeHostInfo.ts"
import { project } from "./Project.ts"
import { sha256 } from "./Sha256.ts"

/**
 * Opens projects on the disk of this machine as they are asked for, all of them with the sink that the host supplies.
 *
 * @example
 * const runtime = Effect.flatMap(ProjectRuntimes, ({ get }) =>
 *   get({ projectId: ProjectId.make("my-game"), root: "/work/my-game" })
 * )
 * const program = Effect.provide(Effect.scoped(runtime), Packer.layerProjects)
 */
export const layerProjects: Layer.Layer<ProjectRuntimes, never, PackerEventSink> = projectRuntimes((key) =>
  project({ ...key, hash: sha256 })
).pipe(Layer.provide(Layer.merge(nodeDisk, nodeHostInfo)))
