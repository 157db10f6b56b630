/** What a scan says of a project: its asset roots, its registry, and what is wrong outside of both. */
import * as Result from "effect/Result"

import type { OnDisk } from "./Asset.ts"
import { diagnoseTrouble } from "./Diagnose.ts"
import { type Diagnostic, diagnostic } from "./Diagnostic.ts"
import { type AssetRoot, compareText, parseRoot } from "./Path.ts"
import { emptyRegistry, type Registry } from "./Registry.ts"
import { readRegistrySteps, type RegistryFault } from "./RegistryCodec.ts"
import type { FileSeen, RootScan, Scan } from "./Seen.ts"
import { sortSteps, type Steps } from "./Steps.ts"

/** The asset roots of a project, and what is wrong outside of them. */
export interface Found {
  readonly roots: ReadonlyMap<AssetRoot, OnDisk>
  readonly troubles: ReadonlyArray<Diagnostic>
}

/** How many assets are read between two pauses. */
const sliceSize = 64

type Spelled = Pick<RootScan, "spelling">

/** What a scan found of asset roots, each read by `read`, in steps. */
export function* rootsIn<Root extends Spelled>(
  scan: Scan<Root>,
  read: (found: Root, root: AssetRoot) => OnDisk
): Steps<Found> {
  const roots = new Map<AssetRoot, OnDisk>()
  const troubles: Array<Diagnostic> = [
    ...scan.links.map((path) =>
      diagnoseTrouble({ kind: "symlink", path, reason: "it is a symbolic link, and links are never followed" })
    ),
    ...scan.unreadable.map(({ path, reason }) =>
      diagnoseTrouble({ kind: "unreadable", path, reason: `it cannot be read (${reason})` })
    )
  ]
  let looked = 0
  for (const found of yield* sortSteps(scan.roots, bySpelling)) {
    const root = parseRoot(found.spelling)
    if (Result.isFailure(root)) {
      const reason = `it holds a manifest, but its path is not allowed: ${root.failure.message}`
      troubles.push(diagnoseTrouble({ kind: "illegal-name", path: found.spelling, reason }))
      continue
    }
    const other = roots.get(root.success)
    if (other !== undefined) {
      const subject = `"${found.spelling}"`
      const cause = `it and "${other.spelling}" differ only by Unicode normalization; only the other one is shown`
      troubles.push(
        diagnostic("workspace/case-collision", subject, cause, { path: found.spelling, related: [root.success] })
      )
      continue
    }
    roots.set(root.success, read(found, root.success))
    if (++looked % sliceSize === 0) yield
  }
  return { roots, troubles }
}

/** A root spelled as it is shown comes before one that is not, so that it is the one shown. */
const bySpelling = (a: Spelled, b: Spelled): number => {
  const aShown = isShown(a.spelling)
  const bShown = isShown(b.spelling)
  return aShown === bShown ? compareText(a.spelling, b.spelling) : aShown ? -1 : 1
}

const isShown = (spelling: string): boolean => spelling.normalize("NFC") === spelling

/** A registry as it was read, or why it cannot be read at all. */
export interface RegistryRead {
  readonly registry: Registry
  readonly fault: RegistryFault | undefined
}

/** Reads a registry file, in steps. */
export function* registryIn(seen: FileSeen): Steps<RegistryRead> {
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
