/** The first snapshot of a project, out of what a scan of its folder found. */
import * as Schema from "effect/Schema"

import type { Facts, OnDisk } from "./Asset.ts"
import type { Divergence } from "./Divergence.ts"
import { registryIn, type RegistryRead, rootsIn } from "./Found.ts"
import { Generation, type OpeningId, type ProjectId } from "./Identity.ts"
import type { AssetRoot } from "./Path.ts"
import { onDiskOf } from "./Reading.ts"
import { buildSteps } from "./Revise.ts"
import { type RootScan, type Scan, stateOf } from "./Seen.ts"
import type { Settings } from "./Settings.ts"
import type { Snapshot } from "./Snapshot.ts"
import { runSteps, type Steps } from "./Steps.ts"

/** What a host gives when it opens a project, and what the shell found out about it. */
export interface OpeningFacts {
  readonly projectId: ProjectId
  readonly openingId: OpeningId
  readonly settings: Settings
  /** Why nothing can be written, if nothing can. */
  readonly readOnly: string | undefined
  /** What an earlier opening was to write and somebody else wrote before it could. */
  readonly divergences?: ReadonlyMap<AssetRoot, Divergence>
  /** What was made of the registry while assets were still looked at; otherwise it is read now. */
  readonly registry?: RegistryRead
}

const first = Schema.decodeSync(Generation)(1)

/** How many assets are put together between two pauses. */
const sliceSize = 4096

/** Builds the first snapshot in steps. Asset roots of which nothing was made yet are read now. */
export function* openSteps(scan: Scan<OnDisk | RootScan>, opening: OpeningFacts): Steps<Snapshot> {
  const { fault, registry } = opening.registry ?? (yield* registryIn(scan.registry))
  const { settings } = opening
  const { roots, troubles } = yield* rootsIn(scan, (found) => "reading" in found ? found : onDiskOf(found, settings))
  const facts = new Map<AssetRoot, Facts>()
  const { divergences } = opening
  for (const [root, onDisk] of roots) {
    facts.set(root, { onDisk, divergence: divergences?.get(root), notPublished: undefined })
    if (facts.size % sliceSize === 0) yield
  }
  for (const [root, divergence] of divergences ?? []) {
    if (!roots.has(root) && registry.byRoot.get(root) !== undefined) {
      facts.set(root, { onDisk: undefined, divergence, notPublished: undefined })
    }
  }
  const state = yield* buildSteps({
    facts,
    registry,
    registryFacts: {
      present: scan.registry._tag !== "Absent",
      state: stateOf(scan.registry),
      fault,
      divergence: undefined
    },
    settings: opening.settings,
    readOnly: opening.readOnly,
    troubles
  })
  const { openingId, projectId } = opening
  return { ...state, projectId, openingId, generation: first, change: undefined }
}

/** Builds the first snapshot at once. */
export const openSnapshot = (scan: Scan, opening: OpeningFacts): Snapshot => runSteps(openSteps(scan, opening))
