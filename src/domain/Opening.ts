/** The first snapshot of a project, out of what a scan of its folder found. */
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"

import type { Facts } from "./Asset.ts"
import { diagnoseTrouble } from "./Diagnose.ts"
import { type Diagnostic, diagnostic } from "./Diagnostic.ts"
import { Generation, type OpeningId, type ProjectId } from "./Identity.ts"
import { type AssetRoot, compareText, parseRoot } from "./Path.ts"
import { onDiskOf } from "./Reading.ts"
import { emptyRegistry, type Registry } from "./Registry.ts"
import { readRegistrySteps, type RegistryFault } from "./RegistryCodec.ts"
import { buildSteps } from "./Revise.ts"
import { type FileSeen, type RootScan, type Scan, stateOf } from "./Seen.ts"
import type { Settings } from "./Settings.ts"
import type { Snapshot } from "./Snapshot.ts"
import { runSteps, sortSteps, type Steps } from "./Steps.ts"

/** What a host gives when it opens a project, and what the shell found out about it. */
export interface OpeningFacts {
  readonly projectId: ProjectId
  readonly openingId: OpeningId
  readonly settings: Settings
  /** Why nothing can be written, if nothing can. */
  readonly readOnly: string | undefined
}

/** How many assets are read between two pauses. */
const sliceSize = 64
const first = Schema.decodeSync(Generation)(1)

/** Builds the first snapshot in steps. */
export function* openSteps(scan: Scan, opening: OpeningFacts): Steps<Snapshot> {
  const { fault, registry } = yield* registryFrom(scan.registry)
  const facts = new Map<AssetRoot, Facts>()
  const troubles: Array<Diagnostic> = [
    ...scan.links.map((path) =>
      diagnoseTrouble({ kind: "symlink", path, reason: "it is a symbolic link, and links are never followed" })
    ),
    ...scan.unreadable.map(({ path, reason }) =>
      diagnoseTrouble({ kind: "unreadable", path, reason: `it cannot be read (${reason})` })
    )
  ]
  let read = 0
  for (const found of yield* sortSteps(scan.roots, bySpelling)) {
    const root = parseRoot(found.spelling)
    if (Result.isFailure(root)) {
      const reason = `it holds a manifest, but its path is not allowed: ${root.failure.message}`
      troubles.push(diagnoseTrouble({ kind: "illegal-name", path: found.spelling, reason }))
      continue
    }
    const other = facts.get(root.success)
    if (other?.onDisk !== undefined) {
      const subject = `"${found.spelling}"`
      const cause =
        `it and "${other.onDisk.spelling}" differ only by Unicode normalization; only the other one is shown`
      troubles.push(
        diagnostic("workspace/case-collision", subject, cause, { path: found.spelling, related: [root.success] })
      )
      continue
    }
    facts.set(root.success, {
      onDisk: onDiskOf(found, opening.settings),
      divergence: undefined,
      notPublished: undefined
    })
    if (++read % sliceSize === 0) yield
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

/** A root spelled as it is shown comes before one that is not, so that it is the one shown. */
const bySpelling = (a: RootScan, b: RootScan): number => {
  const aShown = isShown(a.spelling)
  const bShown = isShown(b.spelling)
  return aShown === bShown ? compareText(a.spelling, b.spelling) : aShown ? -1 : 1
}

const isShown = (spelling: string): boolean => spelling.normalize("NFC") === spelling

function* registryFrom(
  seen: FileSeen
): Steps<{ readonly registry: Registry; readonly fault: RegistryFault | undefined }> {
  const unreadable = (cause: string) => ({
    registry: emptyRegistry,
    fault: { code: "registry/unreadable", cause } satisfies RegistryFault
  })
  switch (seen._tag) {
    case "File":
    case "Planned":
      return Result.match(yield* readRegistrySteps(seen.bytes), {
        onSuccess: (registry) => ({ registry, fault: undefined }),
        onFailure: (fault) => ({ registry: emptyRegistry, fault })
      })
    case "Absent":
      return { registry: emptyRegistry, fault: undefined }
    case "TooLarge":
      return unreadable(`has ${seen.size} bytes, more than can be read`)
    case "Link":
      return unreadable("is a symbolic link, and links are never followed")
    case "NoFile":
      return unreadable("is no file")
    case "Unreadable":
      return unreadable(`cannot be read (${seen.reason})`)
  }
}
