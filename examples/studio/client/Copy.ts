/**
 * A copy of the server's snapshot: told the facts, it draws the consequences by the packer's own rules.
 *
 * What did not change stays the same object, so that a list of thousands is not drawn again for one of them.
 */
import {
  type AssetRoot,
  type DoubtfulEntry,
  type Facts,
  Generation,
  OperationId,
  type RegistryChange,
  type Snapshot
} from "prometeu-packer"
import { advance, defaultSettings, openSnapshot } from "prometeu-packer/rules"

import type { ProjectFacts, RootFacts } from "../shared/Facts.ts"
import type { News } from "../shared/News.ts"
import type { ProjectInfo } from "../shared/ProjectInfo.ts"

/** Nobody sees this name: what is shown carries the change that the server tells. */
const copying = OperationId.make("copying")

/** A copy that nothing is known for yet. */
export const emptyCopy = ({ openingId, projectId }: Pick<ProjectInfo, "openingId" | "projectId">): Snapshot =>
  openSnapshot(
    { registry: { _tag: "Absent" }, roots: [], links: [], unreadable: [] },
    { projectId, openingId, settings: defaultSettings, readOnly: undefined }
  )

const byRoot = (doubtful: ReadonlyArray<DoubtfulEntry>): ReadonlyMap<AssetRoot, ReadonlyArray<DoubtfulEntry>> =>
  Map.groupBy(
    doubtful.filter((entry): entry is DoubtfulEntry & { readonly root: AssetRoot } => entry.root !== undefined),
    ({ root }) => root
  )

/** The copy with other facts of the project; what follows from them for roots comes with those roots. */
export const withProject = (
  copy: Snapshot,
  { doubtful, readOnly, registryFacts, troubles }: ProjectFacts
): Snapshot => ({
  ...copy,
  readOnly,
  troubles,
  registryFacts,
  registry: { ...copy.registry, doubtful, doubtfulByRoot: byRoot(doubtful) }
})

/** The copy with other facts of some roots. */
export const withRoots = (copy: Snapshot, roots: ReadonlyArray<RootFacts>): Snapshot => {
  const facts = new Map<AssetRoot, Facts | undefined>()
  const registry: Array<RegistryChange> = []
  for (const { entry, facts: own, root } of roots) {
    facts.set(root, own)
    const before = copy.registry.byRoot.get(root)
    if (before !== undefined || entry !== undefined) registry.push({ before, after: entry, replaces: [] })
  }
  return advance(copy, { facts, registry, registryFacts: copy.registryFacts }, copying)
}

/** The copy as it is to be seen. */
export const shown = (
  copy: Snapshot,
  { changes, diagnostics, registry }: Extract<News, { _tag: "Shown" }>
): Snapshot => {
  const { generation, ...change } = changes[changes.length - 1] ?? changes[0]
  const { operationId } = change
  return {
    ...copy,
    generation: Generation.make(generation),
    change: operationId === undefined ? undefined : { ...change, operationId },
    diagnostics,
    registry: { ...copy.registry, ...registry }
  }
}
