/** The disk as the packer sees it: asset roots, manifests, and what lies beside them. */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"

import type { FileSeen, Look, Observed, RootScan, Scan } from "../domain/Seen.ts"
import type { Steps } from "../domain/Steps.ts"
import type { DiskError } from "./Disk.ts"

/** How far a scan is. */
export interface ScanProgress {
  readonly folders: number
  readonly assets: number
}

/**
 * What is done with what a scan finds, while it goes on: the disk is waited for meanwhile, and what was found need not be
 * kept until all of it was.
 */
export interface Taking<Root> {
  readonly progress: (progress: ScanProgress) => Effect.Effect<void>
  /** What is done with the registry, while asset roots are still looked for. */
  readonly registry: (seen: FileSeen) => Steps<void>
  /** What is kept of an asset root when it was seen; in any order. */
  readonly root: (seen: RootScan) => Root
}

/** Keeps all that a scan finds, as it is found. */
export const asFound: Taking<RootScan> = {
  progress: () => Effect.void,
  *registry() {},
  root: (seen) => seen
}

/** What all looks of one moment stand on. */
export interface Ground {
  /** The device of `assets/`, or that of the project as long as there is none. */
  readonly device: string
  /** The device of the packer's own folder. */
  readonly runtimeDevice: string
}

/** The disk as the packer sees it. It only reads; symbolic links are told, and never followed. */
export class Workspace extends Context.Service<Workspace, {
  /**
   * Finds every asset root. What cannot be read is told in the result, and ends nothing; only a project folder that is
   * not there or cannot be read does. A project without a folder `assets` is empty.
   */
  readonly scan: <Root extends Pick<RootScan, "spelling">>(taking: Taking<Root>) => Effect.Effect<Scan<Root>, DiskError>
  /** Looks at what commands that are planned together need to know once. */
  readonly ground: Effect.Effect<Ground, DiskError>
  /** Looks at what a command needs to know, and at nothing else; at the ground too, if that was not looked at before. */
  readonly observe: (
    looks: ReadonlyArray<Look>,
    ground?: Ground
  ) => Effect.Effect<Pick<Observed, "at" | "roots" | "runtimeDevice">, DiskError>
  /** Looks at one file, by its path below `assets/`. */
  readonly readFile: (path: string, limit: number) => Effect.Effect<FileSeen>
}>()("prometeu-packer/services/Workspace") {}
