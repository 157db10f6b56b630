/** What is wrong with an asset and with a project, as it follows from what is known of them. */
import { type Asset, type Facts, manifestOf, type OnDisk } from "./Asset.ts"
import { capacityUse, indexesAreWhole, selectedRows } from "./Composition.ts"
import { assetSubject, type Diagnostic, diagnostic, type DiagnosticCode, listed } from "./Diagnostic.ts"
import { divergenceCause, divergenceCode } from "./Divergence.ts"
import { familyOf, outputProblems } from "./Family.ts"
import type { Manifest } from "./Manifest.ts"
import { clashOf, outerOf } from "./Neighbours.ts"
import type { AssetRoot } from "./Path.ts"
import { doubtfulAt, type EntryFault } from "./Registry.ts"
import type { Trouble } from "./Seen.ts"
import type { Snapshot } from "./Snapshot.ts"

/** What diagnosing looks at besides the facts of the one asset. */
export type Surroundings = Pick<
  Snapshot,
  "assets" | "folders" | "carriers" | "registry" | "registryFacts" | "settings"
>

/** Most assets have nothing wrong with them, and share this. */
const nothing: ReadonlyArray<Diagnostic> = []

type Report = (code: DiagnosticCode, cause: string, where?: Omit<Diagnostic, "code" | "severity" | "message">) => void

const troubleCodes = {
  symlink: "workspace/symlink",
  "illegal-name": "workspace/illegal-file",
  unreadable: "workspace/unreadable"
} as const satisfies Record<Trouble["kind"], DiagnosticCode>

const entryCodes = {
  "invalid-entry": "registry/invalid-entry",
  "illegal-root": "registry/illegal-root",
  "duplicate-id": "registry/duplicate-id",
  "duplicate-uuid": "registry/duplicate-uuid",
  "duplicate-root": "registry/duplicate-root"
} as const satisfies Record<EntryFault, DiagnosticCode>

/** A root, what is known of it, and what the registry says of it. */
export interface Subject extends Pick<Asset, "root" | "registration" | "entry"> {
  readonly facts: Facts
}

/** Adds what the registry says of a root to what is known of it. */
export const subjectAt = (root: AssetRoot, facts: Facts, { registry, registryFacts }: Surroundings): Subject => {
  const entry = registry.byRoot.get(root)
  if (entry !== undefined) {
    return { root, facts, entry, registration: facts.onDisk === undefined ? "missing" : "registered" }
  }
  const unknown = registryFacts.fault !== undefined || doubtfulAt(registry, root).length > 0
  return { root, facts, entry, registration: unknown ? "unknown" : "unregistered" }
}

/** Everything that is wrong with the asset at a root. */
export const diagnoseAsset = (about: Subject, around: Surroundings): ReadonlyArray<Diagnostic> => {
  const { facts, root } = about
  const found: Array<Diagnostic> = []
  const manifest = facts.onDisk?.reading._tag === "Valid" ? facts.onDisk.reading.manifest : undefined
  const subject = assetSubject(root, manifest?.name)
  const report: Report = (code, cause, where = {}) => {
    found.push(diagnostic(code, subject, cause, { root, ...where }))
  }
  for (const { faults } of doubtfulAt(around.registry, root)) {
    for (const { cause, fault } of faults) report(entryCodes[fault], `its registry entry does not count: ${cause}`)
  }
  if (facts.onDisk === undefined) diagnoseMissing(about, around, report)
  else {
    diagnosePlace(root, around, report)
    diagnoseContent(facts.onDisk, around, report)
    diagnoseIdentity(about, manifest, around, report)
  }
  if (facts.divergence !== undefined) {
    report(divergenceCode(facts.divergence), divergenceCause("its manifest", facts.divergence), { path: "asset.json" })
  }
  if (facts.notPublished !== undefined) report("commit/not-published", facts.notPublished)
  return found.length === 0 ? nothing : found
}

const diagnoseMissing = ({ entry, root }: Subject, around: Surroundings, report: Report): void => {
  if (entry === undefined) return
  const places = otherCarriers(entry.uuid, root, around)
  if (places.length === 0) report("workspace/missing-root", `it is registered with id ${entry.id} but not there`)
  else {
    report(
      "identity/moved-outside",
      `its folder is gone from "${root}", and its uuid is in the manifest at ${quoted(places)}`,
      {
        related: places
      }
    )
  }
}

const diagnosePlace = (root: AssetRoot, around: Surroundings, report: Report): void => {
  const outer = outerOf(around, root)
  if (outer !== undefined) {
    report("workspace/nested-root", `it lies inside the asset at "${outer}"`, { related: [outer] })
  }
  const clash = clashOf(root, around)
  if (clash !== undefined) {
    report("workspace/case-collision", `"${clash.own}" and "${clash.other}" are the same on some systems`, {
      related: [clash.other]
    })
  }
}

const diagnoseContent = (onDisk: OnDisk, { settings }: Surroundings, report: Report): void => {
  for (const { kind, path, reason } of onDisk.troubles) report(troubleCodes[kind], reason, { path })
  if (onDisk.reading._tag === "Invalid") {
    for (const { at, cause, code } of onDisk.reading.problems) {
      report(code, cause, { path: "asset.json", ...(at === undefined ? {} : { at }) })
    }
    return
  }
  const { manifest } = onDisk.reading
  if (manifest.hasInputsByRole) {
    report("manifest/inputs-by-role", "its manifest holds inputsByRole", { path: "asset.json" })
  }
  if (!indexesAreWhole(manifest.artifacts)) {
    const indexes = listed(manifest.artifacts.map(({ index }) => `${index}`), 8)
    report("artifacts/bad-index", `the indexes of its artifacts are ${indexes}`, { path: "asset.json" })
  }
  const family = familyOf(settings.families, manifest.family)
  const rows = selectedRows(manifest.artifacts, onDisk, family)
  for (const row of rows) {
    for (const problem of row.problems) report(problem, rowCauses[problem](row.file), { path: row.file })
  }
  if (family === undefined) {
    report("manifest/unknown-family", `its family "${manifest.family}" is not in the catalog`, { path: "asset.json" })
    return
  }
  for (const { cause, field } of outputProblems(family, manifest.output)) {
    report(outputCodes[field], cause, { path: "asset.json", at: { json: `$.output.${field}` } })
  }
  const use = capacityUse(family, rows.map((row) => row.size ?? 0))
  for (const [measure, { limit, state, used }] of Object.entries(use)) {
    if (state === "exceeded") {
      report("artifacts/over-capacity", `${measureWords[measure] ?? measure} is ${used}, the limit is ${limit}`)
    }
  }
}

const measureWords: Readonly<Record<string, string>> = {
  files: "the number of its artifacts",
  fileBytes: "the size of its largest artifact",
  totalBytes: "the size of all its artifacts"
}

const outputCodes = {
  format: "manifest/unknown-format",
  codec: "manifest/unknown-codec",
  metadata: "manifest/invalid-metadata"
} as const satisfies Record<string, DiagnosticCode>

const rowCauses = {
  "artifacts/illegal-file": (file: string) => `its artifact ${JSON.stringify(file)} has a name that is not allowed`,
  "artifacts/missing-file": (file: string) => `its artifact "${file}" is not there`,
  "artifacts/duplicate-file": (file: string) => `its artifact "${file}" is listed twice`,
  "artifacts/wrong-kind": (file: string) => `its family does not accept files like "${file}"`
}

const quoted = (places: ReadonlyArray<string>): string => listed(places.map((place) => `"${place}"`), 3)

/** No diagnostic names more places than this: a folder copied ten thousand times is told by its first copies. */
const maxPlaces = 16

/** The other roots whose manifests carry a uuid, the first of them. */
const otherCarriers = (uuid: string, root: AssetRoot, around: Surroundings): ReadonlyArray<AssetRoot> =>
  (around.carriers.get(uuid) ?? []).slice(0, maxPlaces + 1).filter((place) => place !== root).slice(0, maxPlaces)

const diagnoseIdentity = (
  { entry, registration, root }: Subject,
  manifest: Manifest | undefined,
  around: Surroundings,
  report: Report
): void => {
  if (manifest === undefined || around.registryFacts.fault !== undefined) return
  const { uuid } = manifest
  if (entry !== undefined) {
    if (uuid === undefined) {
      report("identity/missing-uuid", `its manifest has no uuid, the registry says ${entry.uuid}`)
    } else if (uuid !== entry.uuid) {
      report("identity/other-uuid", `its manifest has the uuid ${uuid}, the registry says ${entry.uuid}`)
    }
    return
  }
  if (uuid === undefined) return
  const owner = around.registry.byUuid.get(uuid)
  const others = otherCarriers(uuid, root, around)
  if (owner !== undefined && owner.root !== root) {
    if (around.assets.get(owner.root)?.onDisk === undefined) {
      report(
        "identity/moved-outside",
        `it carries the uuid of the asset registered at "${owner.root}", whose folder is gone`,
        { related: [owner.root] }
      )
    } else {
      report("identity/copied", `its uuid ${uuid} is that of the asset registered at "${owner.root}"`, {
        related: [owner.root]
      })
    }
  } else if (registration === "unregistered" && others.length > 0) {
    report("identity/duplicate", `its uuid ${uuid} is also in the manifest at ${quoted(others)}`, { related: others })
  }
}

/** The roots that carry the uuid of the first asset that carries one. */
const firstCarried = ({ assets, carriers }: Surroundings): ReadonlyArray<AssetRoot> | undefined => {
  const [any] = carriers
  if (any === undefined) return undefined
  for (const asset of assets.values()) {
    const uuid = manifestOf(asset)?.uuid
    if (uuid !== undefined) return carriers.get(uuid)
  }
  return undefined
}

const registrySubject = "The registry assets/.prometeu/index.json"

/** Everything that is wrong with the project as a whole. */
export const diagnoseProject = (
  around: Surroundings & Pick<Snapshot, "troubles" | "readOnly">
): ReadonlyArray<Diagnostic> => {
  const { registry, registryFacts, troubles } = around
  const found: Array<Diagnostic> = []
  const { divergence, fault, present } = registryFacts
  if (around.readOnly !== undefined) found.push(diagnostic("project/read-only", "The project", around.readOnly))
  if (fault !== undefined) {
    found.push(
      diagnostic(fault.code, registrySubject, `it ${fault.cause}`, fault.at === undefined ? {} : { at: fault.at })
    )
  }
  if (divergence !== undefined) {
    found.push(diagnostic("divergence/registry-changed", registrySubject, divergenceCause("it", divergence)))
  }
  const carried = fault === undefined && !present ? firstCarried(around) : undefined
  if (carried !== undefined) {
    found.push(diagnostic("registry/missing", registrySubject, "it is not there although manifests carry uuids", {
      related: carried
    }))
  }
  if (registry.lowNextId !== undefined) {
    const cause = `next_asset_id is ${registry.lowNextId}, the next id given out is ${registry.nextId}`
    found.push(diagnostic("registry/next-asset-id", registrySubject, cause))
  }
  for (const entry of registry.doubtful) {
    if (entry.root !== undefined) continue
    for (const { cause, fault: kind } of entry.faults) {
      const shown = entry.source.length > 120 ? `${entry.source.slice(0, 120)}…` : entry.source
      found.push(diagnostic(entryCodes[kind], registrySubject, `its entry ${shown} does not count: ${cause}`))
    }
  }
  return [...found, ...troubles]
}

/** A trouble that a scan met outside of asset roots. */
export const diagnoseTrouble = ({ kind, path, reason }: Trouble): Diagnostic =>
  diagnostic(kind === "illegal-name" ? "workspace/illegal-root" : troubleCodes[kind], `"${path}"`, reason, { path })
