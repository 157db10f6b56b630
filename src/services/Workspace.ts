/** The disk as the packer sees it: asset roots, manifests, and what lies beside them. */
import * as Context from "effect/Context"
import type * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"

import type { FileSeen, Look, Observed, Scan } from "../domain/Seen.ts"
import type { DiskError } from "./Disk.ts"

const causes: Readonly<Record<string, (path: string) => string>> = {
  ENOENT: (path) => `There is no project folder at "${path}". Create it, or open another one.`,
  ENOTDIR: (path) => `"${path}" is a file, and a project needs a folder there. Move the file away.`,
  ELOOP: (path) => `"${path}" is a symbolic link, and links are not followed. Open the folder that it leads to.`,
  EACCES: (path) => `The project folder at "${path}" cannot be read. Give permission to read it.`
}

/** The folder of the project is not there, or cannot be read. */
export class ProjectUnreadable extends Schema.TaggedError<ProjectUnreadable>()("ProjectUnreadable", {
  path: Schema.String,
  errno: Schema.String
}) {
  override get message(): string {
    return causes[this.errno]?.(this.path) ??
      `The project folder at "${this.path}" cannot be read (${this.errno}). Check the disk, and open it again.`
  }
}

/** How far a scan is. */
export interface ScanProgress {
  readonly folders: number
  readonly assets: number
}

/** The disk as the packer sees it. It only reads; symbolic links are told, and never followed. */
export class Workspace extends Context.Service<Workspace, {
  /**
   * Finds every asset root. What cannot be read is told in the result, and ends nothing; only a project folder that is
   * not there or cannot be read does. A project without a folder `assets` is empty.
   */
  readonly scan: (
    onProgress?: (progress: ScanProgress) => Effect.Effect<void>
  ) => Effect.Effect<Scan, ProjectUnreadable>
  /** Looks at what a command needs to know, and at nothing else. */
  readonly observe: (
    looks: ReadonlyArray<Look>
  ) => Effect.Effect<Pick<Observed, "at" | "roots" | "runtimeDevice">, DiskError>
  /** Looks at one file, by its path below `assets/`. */
  readonly readFile: (path: string, limit: number) => Effect.Effect<FileSeen>
}>()("prometeu-packer/services/Workspace") {}
