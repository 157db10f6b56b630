/** Makes planned changes durable, all or nothing, and finishes or discards what a crash left. */
import * as Context from "effect/Context"
import type * as Effect from "effect/Effect"

import type { CommitResult, PlannedChange, Unstaged } from "../domain/Commit.ts"
import type { Divergence } from "../domain/Divergence.ts"
import type { OperationId } from "../domain/Identity.ts"
import type { AssetRoot } from "../domain/Path.ts"
import type { Registry, RegistryChange } from "../domain/Registry.ts"
import type { FileState, Fingerprint } from "../domain/Seen.ts"
import type { Standstill } from "../domain/Standstill.ts"
import type { Unfinished } from "../domain/Unfinished.ts"
import type { DiskError } from "./Disk.ts"

/** A change that is ready to be committed: all that can be refused for its own sake was not. */
export interface Staged {
  readonly change: PlannedChange
  /** How the manifests that it writes are recognized once they are in place. */
  readonly fingerprints: ReadonlyMap<AssetRoot, Fingerprint>
}

/** A change that was staged, and is to be committed. */
export interface Receipted {
  readonly staged: Staged
  /** Kept with the change, and given back if recovery finishes it: what the caller was to be told. */
  readonly receipt: string
}

/** A change that an earlier opening made durable and did not bring to its end. */
export interface Finished {
  readonly operationId: OperationId
  /** What was given along with the change. */
  readonly receipt: string
}

/** A file that recovery left alone because somebody else changed it; what was to be there is kept. */
export interface Overtaken {
  readonly operationId: OperationId
  readonly path: string
  readonly root: AssetRoot
  readonly divergence: Divergence
  /** Where the bytes are that were to be written, below `assets/`; absent if a folder was to be moved. */
  readonly kept: string | undefined
}

/** What opening found of an earlier one, and did about it. */
export interface Recovery {
  readonly finished: ReadonlyArray<Finished>
  /** Operations whose record was written and never became durable: they did not happen. */
  readonly discarded: ReadonlyArray<OperationId>
  readonly overtaken: ReadonlyArray<Overtaken>
  /** What could not be finished, because nothing can be written: to be laid over what a scan finds. */
  readonly unfinished: Unfinished | undefined
}

/** The end of a change that was durable and could not be put in place at first. */
export type LatePublication =
  | { readonly _tag: "Published"; readonly root: AssetRoot; readonly fingerprint: Fingerprint | undefined }
  /** Somebody else wrote to the place meanwhile: that is left as it is. */
  | { readonly _tag: "Overtaken"; readonly root: AssetRoot; readonly divergence: Divergence }

/** A registry file that somebody else wrote, and what becomes of the changes that had not reached it. */
export interface RegistryAdoption {
  /** The file that was read. */
  readonly state: FileState
  /** What shall be in it: with the unsaved changes, or without. */
  readonly registry: Registry
  /** The ids of the entries whose unsaved changes are given up, for good. */
  readonly givesUp: ReadonlySet<number>
}

/** What is durable and not in place yet. */
export interface Late {
  /** The roots whose files are not in place yet. */
  readonly roots: ReadonlyArray<AssetRoot>
  /** Folders that are to be moved away and are still where they were, as they are spelled below `assets/`. */
  readonly sources: ReadonlyArray<string>
}

/** How far everything is in its plain file. */
export interface Flushed {
  /** True if the journal is empty: every plain file is current and durable. */
  readonly isComplete: boolean
  /** The roots whose files cannot be put in place yet. */
  readonly late: ReadonlyArray<AssetRoot>
  /** What stood in the way, if it was the disk. */
  readonly fault: DiskError | undefined
}

/**
 * Makes planned changes durable, all or nothing.
 *
 * A change is first staged, which touches nothing that anyone sees and meets every refusal there may be; then it is
 * committed, together with others if need be, with one flush of the journal. From then on it will be visible, whatever
 * happens. Building the layer finishes what an earlier opening left; ending its scope leaves plain files and an empty
 * journal. The registry file follows within a second once the project is quiet, off the way of the commands.
 */
export class DurableCommitter extends Context.Service<DurableCommitter, {
  readonly recovery: Recovery
  /** Why nothing can be committed any more, if so. */
  readonly standstill: Effect.Effect<Standstill | undefined>
  /** Waits until nothing can be committed any more before the project is opened again, whoever finds that out. */
  readonly halted: Effect.Effect<void>
  /**
   * Prepares a change: looks once more at all it was planned on, and writes its new files aside. It may build on what was
   * staged before and is not committed yet; one that moves folders is staged and committed alone. Nothing is left behind
   * if it is refused.
   */
  readonly stage: (change: PlannedChange) => Effect.Effect<Staged, Unstaged>
  /** Takes back what was staged and shall not be committed: what was staged after it goes first. */
  readonly discard: (staged: Staged) => Effect.Effect<void>
  /**
   * Makes staged changes durable with one flush and puts their files in place, in order. `registry` is the one before
   * all of them: their changes are applied to it here. Gives one result for each; whatever it is, a change is committed
   * once.
   */
  readonly commit: (
    group: ReadonlyArray<Receipted>,
    registry: Registry
  ) => Effect.Effect<ReadonlyArray<CommitResult>>
  /** What the registry file should be, and what it is: equal unless somebody else wrote it. */
  readonly registryFile: Effect.Effect<{ readonly expected: FileState; readonly found: FileState }, DiskError>
  /** Registry changes that are durable in the journal and not in the registry file yet, in order. */
  readonly unsaved: Effect.Effect<ReadonlyArray<RegistryChange>>
  /** Goes on from a registry file that somebody else wrote. */
  readonly adoptRegistry: (adoption: RegistryAdoption) => Effect.Effect<void, Unstaged>
  readonly late: Effect.Effect<Late>
  /** Tries again to put in place what could not be yet, and tells what came of it. */
  readonly publishLate: Effect.Effect<ReadonlyArray<LatePublication>>
  /** Brings everything to its plain file, durably, and empties the journal, as far as that can be done now. */
  readonly flush: Effect.Effect<Flushed>
}>()("prometeu-packer/services/DurableCommitter") {}
