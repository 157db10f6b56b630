/** How a commit can end: nothing happened, it is durable (in place, or not everywhere yet), or the disk would not say. */
import * as Result from "effect/Result"

import { assetSubject } from "./Diagnostic.ts"
import { CommitFailed, CommitUncertain } from "./Errors.ts"
import type { OperationId } from "./Identity.ts"
import type { Committed } from "./Patch.ts"
import type { AssetRoot } from "./Path.ts"
import type { Plan } from "./Plan.ts"
import type { Fingerprint } from "./Seen.ts"
import { type Warning, warning } from "./Warning.ts"

/** A call to the disk that failed. */
export interface DiskFault {
  readonly call: string
  readonly path: string
  readonly errno: string
}

/** How a commit ended. */
export type CommitResult =
  /** Before the commit point: nothing has changed. */
  | { readonly _tag: "Absent"; readonly fault: DiskFault }
  /** Durable, and every file in place but those of the roots in `notPublished`. */
  | {
    readonly _tag: "Durable"
    readonly fingerprints: ReadonlyMap<AssetRoot, Fingerprint>
    readonly notPublished: ReadonlyMap<AssetRoot, string>
  }
  /** The disk would not say: only the next opening can tell. */
  | { readonly _tag: "Unknown"; readonly fault: DiskFault }

/** What becomes visible of a commit, and what its caller is told besides. */
export interface Settled {
  readonly committed: Committed
  readonly warnings: ReadonlyArray<Warning>
}

/** What follows from the end of a commit: a change that becomes visible, or the error its caller gets. */
export const settle = (
  operationId: OperationId,
  plan: Pick<Plan, "facts" | "registry" | "warnings">,
  result: CommitResult
): Result.Result<Settled, CommitFailed | CommitUncertain> => {
  switch (result._tag) {
    case "Absent":
      return Result.fail(new CommitFailed({ ...result.fault }))
    case "Unknown":
      return Result.fail(new CommitUncertain({ ...result.fault }))
    case "Durable": {
      const { fingerprints, notPublished } = result
      const late = Array.from(
        notPublished,
        ([root, cause]) => warning("commit/not-published", `${assetSubject(root)}: ${cause}`, { root })
      )
      return Result.succeed({
        committed: { operationId, plan, fingerprints, notPublished },
        warnings: [...plan.warnings, ...late]
      })
    }
  }
}
