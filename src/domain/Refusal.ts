/** From a plan with blockers to the error its caller gets: one for each thing a caller would do differently. */
import type { BlockerCode } from "./Blocker.ts"
import { type Command, showCommand } from "./Command.ts"
import { AssetNotFound, CommandBlocked, Diverged, PreviewStale, ProjectReadOnly, PublishPending } from "./Errors.ts"
import { type AssetRef, showRef } from "./Identity.ts"
import type { AssetRoot } from "./Path.ts"
import type { Plan } from "./Plan.ts"
import { previewOf } from "./PlanPreview.ts"
import type { Preview } from "./Preview.ts"
import { type Hash, showState } from "./Seen.ts"
import { readOnlyReason } from "./Snapshot.ts"

/** What a command that cannot be applied fails with. */
export type Refusal = AssetNotFound | CommandBlocked | Diverged | ProjectReadOnly | PublishPending

/** Why a plan cannot be applied, or `undefined` if it can. */
export const refusalOf = (plan: Plan): Refusal | undefined => {
  const { blockers, command, on } = plan
  if (blockers.length === 0) return undefined
  const has = (code: BlockerCode): boolean => blockers.some((blocker) => blocker.code === code)
  const rootsOf = (code: BlockerCode): ReadonlyArray<AssetRoot> =>
    // The root of such a blocker is that of an asset.
    blockers.flatMap((blocker) =>
      blocker.code === code && blocker.root !== undefined ? [blocker.root as AssetRoot] : []
    )
  if (has("project/read-only")) return new ProjectReadOnly({ reason: readOnlyReason(on) ?? "no reason is known" })
  if (has("registry/diverged") || has("asset/diverged")) {
    const { divergence } = on.registryFacts
    const files = rootsOf("asset/diverged").flatMap((root) => {
      const found = on.assets.get(root)?.divergence
      return found === undefined ? [] : [{ root, expected: showState(found.expected), found: showState(found.found) }]
    })
    const registry = divergence === undefined
      ? []
      : [{ expected: showState(divergence.expected), found: showState(divergence.found) }]
    return new Diverged({ files: [...registry, ...files] })
  }
  if (has("asset/publish-pending")) return new PublishPending({ roots: rootsOf("asset/publish-pending") })
  const asset = refOf(command)
  if (has("asset/not-found") && asset !== undefined) return new AssetNotFound({ asset: showRef(asset) })
  return new CommandBlocked({ command: showCommand(command), blockers })
}

/** The error of a plan that does something else than the preview its caller approved, or `undefined`. */
export const staleness = (plan: Plan, expected: Pick<Preview, "digest">, hash: Hash): PreviewStale | undefined => {
  const preview = previewOf(plan, hash)
  // The preview was made a moment ago; to hold it against its schema again would cost more than making it.
  return preview.digest === expected.digest ? undefined : new PreviewStale({ preview }, { disableChecks: true })
}

const refOf = (command: Command): AssetRef | undefined =>
  "asset" in command ? command.asset : "root" in command ? { root: command.root } : undefined
