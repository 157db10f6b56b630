/** One writer per project, across processes. */
import * as Context from "effect/Context"
import type * as Effect from "effect/Effect"

import type { DiskError } from "./Disk.ts"

/**
 * The lock on a project, held as long as the layer lives.
 *
 * Building the layer takes the lock or fails with `ProjectLocked` at once. A lock that a dead process left, one of an
 * earlier run of this machine, and one that came along with a copy of the folder are taken over without a word. Where the
 * folder cannot be written there is no lock to take: then `unwritable` says why, and nobody may write.
 */
export class ProjectLock extends Context.Service<ProjectLock, {
  /** Why there is no lock, if the folder cannot be written. */
  readonly unwritable: DiskError | undefined
  /**
   * True as long as the path of the lock leads to the file that was taken. Files that version control ignores may be
   * deleted by its clean-up; whoever opens the project then is no longer kept out.
   */
  readonly isHeld: Effect.Effect<boolean, DiskError>
}>()("prometeu-packer/services/ProjectLock") {}
