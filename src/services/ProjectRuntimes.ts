/** Many projects in one host. */
import * as Context from "effect/Context"
import type * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import type * as Stream from "effect/Stream"

import type { ProjectId } from "../domain/Identity.ts"
import type { OpeningError } from "../domain/OpeningErrors.ts"
import type { ProjectStatus } from "../domain/Status.ts"
import type { ProjectRuntime } from "./ProjectRuntime.ts"

/** Which project, and where. */
export interface ProjectKey {
  readonly projectId: ProjectId
  /** Its folder: an absolute path, by whatever name it leads there. */
  readonly root: string
}

/**
 * Many projects in one host: each is opened when it is asked for first, shared by all who ask, and closed when nobody has
 * used it for a while, or when the scope of the layer ends. An opening that failed is not remembered: whoever asks next
 * tries again.
 *
 * A folder is the same project by whatever path it is named. Under another `projectId` it is another project, which is
 * refused with `ProjectLocked` as long as the folder is open.
 */
export class ProjectRuntimes extends Context.Service<ProjectRuntimes, {
  /**
   * Borrows a project until the scope ends, and opens it if nobody has. Where one is being closed, it waits for that and
   * opens it again. Who is interrupted stops the opening, unless somebody else waits for it too.
   */
  readonly get: (key: ProjectKey) => Effect.Effect<ProjectRuntime["Service"], OpeningError, Scope.Scope>
  /** How a project is: `closed` if it is not open, or not there. */
  readonly status: (key: ProjectKey) => Effect.Effect<ProjectStatus>
  /**
   * How a project is now, and every later status, through any number of openings, until the scope of the layer ends. A
   * reader who is far behind misses the oldest ones.
   */
  readonly statusChanges: (key: ProjectKey) => Stream.Stream<ProjectStatus>
  /**
   * Closes a project for all who borrow it (their commands fail with `RuntimeClosed`), and opens it again. Where it cannot
   * be opened again, it stays closed.
   */
  readonly reopen: (key: ProjectKey) => Effect.Effect<ProjectRuntime["Service"], OpeningError, Scope.Scope>
  /** Closes a project for all who borrow it, and waits until it is closed. Nothing if it is not open. */
  readonly release: (key: ProjectKey) => Effect.Effect<void>
}>()("prometeu-packer/services/ProjectRuntimes") {}
