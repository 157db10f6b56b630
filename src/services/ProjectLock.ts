/** One writer per project, across processes. */
import * as Context from "effect/Context"
import type * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"

import type { DiskError } from "./Disk.ts"

/** Another process has the project open, or one of which nobody here can tell whether it is alive. */
export class ProjectLocked extends Schema.TaggedError<ProjectLocked>()("ProjectLocked", {
  path: Schema.String,
  pid: Schema.Int,
  host: Schema.String,
  /** When it took the lock: an ISO date, by its own clock. */
  since: Schema.String,
  /** Names this very lock. */
  nonce: Schema.String,
  /** True if the holder cannot be seen from here, so that whether it is alive is for a person to say. */
  outOfSight: Schema.Boolean
}) {
  override get message(): string {
    const who = `process ${this.pid} on ${this.host}`
    return this.outOfSight
      ? `The project at "${this.path}" was opened by ${who} at ${this.since}, and from here nobody can tell whether that ` +
        `still runs. Close it there; if it is gone for certain, open with takeOver: "${this.nonce}".`
      : `The project at "${this.path}" has been open in ${who} since ${this.since}. Close it there first.`
  }
}

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
