/** How a commit can end: nothing happened, it is durable (in place, or not everywhere yet), or the disk would not say. */
import * as Result from "effect/Result"

import { assetSubject } from "./Diagnostic.ts"
import { type Divergence, divergenceCause } from "./Divergence.ts"
import {
  CommitFailed,
  CommitUncertain,
  Diverged,
  type DivergedFile,
  ProjectReadOnly,
  PublishPending
} from "./Errors.ts"
import type { FileStep } from "./FileStep.ts"
import type { OperationId } from "./Identity.ts"
import type { Committed } from "./Patch.ts"
import type { AssetRoot } from "./Path.ts"
import type { Plan } from "./Plan.ts"
import type { RegistryChange } from "./Registry.ts"
import type { Fingerprint } from "./Seen.ts"
import { type Warning, warning } from "./Warning.ts"

/** A call to the disk that failed. */
export interface DiskFault {
  readonly call: string
  readonly path: string
  readonly errno: string
}

/** What a plan asks to be made durable as one. */
export interface PlannedChange {
  readonly operationId: OperationId
  readonly files: ReadonlyArray<FileStep>
  readonly registry: ReadonlyArray<RegistryChange>
  /**
   * When, in milliseconds since 1970, it began to be looked at for the plan: files that had been as they are for a while by
   * then are recognized without being read again.
   */
  readonly lookedAt?: number
}

/** Why a change was refused before its commit point: nothing has changed. */
export type Unstaged =
  /** The disk refused. */
  | { readonly _tag: "Absent"; readonly fault: DiskFault }
  /** What is on disk is no longer what was planned on. */
  | { readonly _tag: "Outdated"; readonly files: ReadonlyArray<DivergedFile> }
  /** Earlier changes of these roots have to come to their place first. */
  | { readonly _tag: "Late"; readonly roots: ReadonlyArray<AssetRoot> }
  /** Nothing is committed any more, in this opening or until somebody decides. */
  | { readonly _tag: "Halted"; readonly reason: string }

/** How a commit ended. */
export type CommitResult =
  | Unstaged
  /**
   * Durable, and every file in place but those of the roots in `notPublished`, which is tried again, and in `diverged`,
   * where somebody else wrote in the last moment: that is left as it is.
   */
  | {
    readonly _tag: "Durable"
    readonly fingerprints: ReadonlyMap<AssetRoot, Fingerprint>
    readonly notPublished: ReadonlyMap<AssetRoot, string>
    readonly diverged: ReadonlyMap<AssetRoot, Divergence>
  }
  /** The disk would not say: only the next opening can tell. */
  | { readonly _tag: "Unknown"; readonly fault: DiskFault }

/** What becomes visible of a commit, and what its caller is told besides. */
export interface Settled {
  readonly committed: Committed
  readonly warnings: ReadonlyArray<Warning>
}

/** Whatever carries a fault, an error perhaps, says of it no more than this. */
const plain = ({ call, errno, path }: DiskFault): DiskFault => ({ call, path, errno })

/** What the caller of a change gets that was refused before its commit point. */
export const unstagedError = (unstaged: Unstaged): CommitFailed | Diverged | ProjectReadOnly | PublishPending => {
  switch (unstaged._tag) {
    case "Absent":
      return commitFailed(unstaged.fault)
    case "Outdated":
      return new Diverged({ files: unstaged.files })
    case "Late":
      return new PublishPending({ roots: unstaged.roots })
    case "Halted":
      return new ProjectReadOnly({ reason: unstaged.reason })
  }
}

/** What the caller gets of a call to the disk that failed before anything changed. */
export const commitFailed = (fault: DiskFault): CommitFailed => new CommitFailed(plain(fault))

/** What follows from the end of a commit: a change that becomes visible, or the error its caller gets. */
export const settle = (
  operationId: OperationId,
  plan: Pick<Plan, "facts" | "registry" | "warnings">,
  result: CommitResult
): Result.Result<Settled, CommitFailed | CommitUncertain | Diverged | ProjectReadOnly | PublishPending> => {
  switch (result._tag) {
    case "Absent":
    case "Outdated":
    case "Late":
    case "Halted":
      return Result.fail(unstagedError(result))
    case "Unknown":
      return Result.fail(new CommitUncertain(plain(result.fault)))
    case "Durable": {
      const { diverged, fingerprints, notPublished } = result
      const late = Array.from(
        notPublished,
        ([root, cause]) => warning("commit/not-published", `${assetSubject(root)}: ${cause}`, { root })
      )
      const overtaken = Array.from(
        diverged,
        ([root, found]) =>
          warning("commit/overtaken", `${assetSubject(root)}: ${divergenceCause("asset.json", found)}`, { root })
      )
      return Result.succeed({
        committed: { operationId, plan, fingerprints, notPublished, diverged },
        warnings: [...plan.warnings, ...late, ...overtaken]
      })
    }
  }
}
