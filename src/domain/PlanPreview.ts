/** A plan as it is shown: without bytes, with hashes, and with a digest that tells whether another plan does the same. */
import type { AssetSummary } from "./Asset.ts"
import { capacityAfter } from "./commands/ApplyBankComposition.ts"
import type { FileStep } from "./FileStep.ts"
import { OperationId } from "./Identity.ts"
import { canonicalJson } from "./JsonValue.ts"
import { patch } from "./Patch.ts"
import type { Plan } from "./Plan.ts"
import type { AssetOutcome, EntryView, FilesystemMutation, FileView, Preview, RegistryMutation } from "./Preview.ts"
import type { RegistryChange, RegistryEntry } from "./Registry.ts"
import type { FileState, Hash } from "./Seen.ts"

const encoder = new TextEncoder()
const previewing = OperationId.make("preview")

/** Shows a plan. */
export const previewOf = (plan: Plan, hash: Hash): Preview => {
  const { blockers, command, newUuids, on, warnings } = plan
  const shown = {
    command,
    blockers,
    warnings,
    registryMutations: plan.registry.map(registryMutation),
    filesystemMutations: plan.files.map((step) => filesystemMutation(step, hash))
  }
  const capacity = command._tag === "applyBankComposition" ? capacityAfter(on, command) : undefined
  const digested = { ...shown, registryMutations: shown.registryMutations.map(withoutNewId) }
  return {
    ...shown,
    baseGeneration: on.generation,
    digest: hash(encoder.encode(canonicalJson(digested))),
    outcome: outcomeOf(plan),
    ...(capacity === undefined ? {} : { capacity }),
    newUuids
  }
}

const outcomeOf = (plan: Plan): ReadonlyArray<AssetOutcome> => {
  const { on } = plan
  const after = patch(on, {
    operationId: previewing,
    plan,
    fingerprints: new Map(),
    notPublished: new Map(),
    diverged: new Map()
  })
  if (after === on || after.change === undefined) return []
  const { added, removed, updated } = after.change
  return [...added, ...updated, ...removed].map((root) => {
    const summary: AssetSummary | undefined = after.assets.get(root)?.summary
    return summary === undefined ? { root } : { root, summary }
  })
}

const entryView = ({ id, included, root, uuid }: RegistryEntry): EntryView => ({
  root,
  assetId: id,
  assetUuid: uuid,
  includedInBuild: included
})

const registryMutation = ({ after, before, replaces }: RegistryChange): RegistryMutation => ({
  kind: before === undefined ? "added" : after === undefined ? "removed" : "changed",
  ...(before === undefined ? {} : { before: entryView(before) }),
  ...(after === undefined ? {} : { after: entryView(after) }),
  ...(replaces.length === 0 ? {} : { replaces: replaces.map((entry) => entry.source) })
})

/** An id that is given out when the plan is applied may be another one than it was when it was shown. */
const withoutNewId = (mutation: RegistryMutation): unknown => {
  if (mutation.before !== undefined || mutation.after === undefined) return mutation
  const { assetId: _, ...after } = mutation.after
  return { ...mutation, after }
}

const filesystemMutation = (step: FileStep, hash: Hash): FilesystemMutation => {
  switch (step._tag) {
    case "create-directory":
      return { kind: step._tag, to: step.to }
    case "write-file": {
      const before = viewOf(step.before, hash)
      const after: FileView = { hash: hash(step.bytes), size: step.bytes.length }
      return { kind: step._tag, to: step.to, ...(before === undefined ? {} : { before }), after }
    }
    case "move-directory":
      return { kind: step._tag, from: step.from, to: step.to }
    case "trash-directory":
      return { kind: step._tag, from: step.from }
  }
}

const viewOf = (state: FileState, hash: Hash): FileView | undefined => {
  if (state._tag === "File") return { hash: state.fingerprint.hash, size: state.fingerprint.size }
  return state._tag === "Planned" ? { hash: hash(state.bytes), size: state.bytes.length } : undefined
}
