/** What the commands of a batch come to together: each change once, and none that a later command takes back. */
import * as Result from "effect/Result"

import type { Facts, ManifestReading, OnDisk } from "../Asset.ts"
import { type FileStep, netSteps } from "../FileStep.ts"
import { valueOf } from "../JsonText.ts"
import { canonicalJson } from "../JsonValue.ts"
import { readManifest } from "../Manifest.ts"
import type { AssetRoot } from "../Path.ts"
import { netChanges } from "../Registry.ts"
import { type FileState, type Fingerprint, sameContent } from "../Seen.ts"
import type { Snapshot } from "../Snapshot.ts"
import type { Effects, Planning } from "./Rule.ts"

type Changed = Pick<Effects, "registry" | "files" | "facts">
type Write = Extract<FileStep, { readonly _tag: "write-file" }>

/** Effects of one command after the other, planned on this, as fewer with the same result. */
export const netEffects = (planning: Planning, { facts, files, registry }: Changed): Changed => {
  const steps = netSteps(files)
  const idle = idleWrites(planning, facts, writtenAgain(files, steps))
  const kept = Array.from(facts, ([root, after]) => [root, unwritten(after, idle)] as const)
    .filter(([root, after]) => !isKnown(planning.snapshot, root, after))
  return {
    files: steps.filter((step) => step._tag !== "write-file" || !idle.has(step.bytes)),
    registry: netChanges(registry),
    facts: new Map(kept)
  }
}

/** The net writes of files that several commands write. One command alone that changes nothing does not write. */
const writtenAgain = (files: Changed["files"], steps: ReadonlyArray<FileStep>): ReadonlyArray<Write> => {
  const again = new Set(
    files.flatMap((step) => step._tag === "write-file" && step.before._tag === "Planned" ? [step.bytes] : [])
  )
  return steps.filter((step): step is Write => step._tag === "write-file" && again.has(step.bytes))
}

/** What is known of a manifest that is there. */
interface Known {
  readonly reading: ManifestReading
  readonly manifestState: FileState
}

/**
 * The bytes that need not be written, and what is known of those that are there. As for a single command, what counts is
 * what a manifest says: one that says the same keeps the form that a person gave it.
 */
const idleWrites = (
  planning: Planning,
  facts: Changed["facts"],
  writes: ReadonlyArray<Write>
): ReadonlyMap<Uint8Array, Known> => {
  const idle = new Map<Uint8Array, Known>()
  if (writes.length === 0) return idle
  const { manifestLimit } = planning.snapshot.settings
  const there = manifestsBefore(planning, facts)
  const readings = plannedReadings(facts)
  for (const { before: manifestState, bytes } of writes) {
    const before = manifestState._tag === "File" ? there.get(manifestState.fingerprint) : undefined
    const after = readings.get(bytes)
    if (before === undefined || after === undefined || !looksAlike(before.reading, after)) continue
    if (saySame(before.bytes, bytes, manifestLimit)) idle.set(bytes, { reading: before.reading, manifestState })
  }
  return idle
}

/** What is known already of the manifests that are to be written. */
const plannedReadings = (facts: Changed["facts"]): ReadonlyMap<Uint8Array, ManifestReading> =>
  new Map(
    Array.from(facts.values(), (after) => after?.onDisk).flatMap((onDisk) =>
      onDisk?.manifestState._tag === "Planned" ? [[onDisk.manifestState.bytes, onDisk.reading] as const] : []
    )
  )

/** False for most manifests that differ: to tell the others both are read once more, which costs 40 µs each. */
const looksAlike = (a: ManifestReading, b: ManifestReading): boolean =>
  a._tag === "Valid" && b._tag === "Valid" &&
  a.manifest.name === b.manifest.name && a.manifest.preload === b.manifest.preload &&
  a.manifest.uuid === b.manifest.uuid && a.manifest.output.format === b.manifest.output.format &&
  a.manifest.artifacts.length === b.manifest.artifacts.length &&
  a.manifest.artifacts.every(({ file }, place) => file === b.manifest.artifacts[place]?.file)

const saySame = (a: Uint8Array, b: Uint8Array, limit: number): boolean => {
  const [one, other] = [readManifest(a, limit), readManifest(b, limit)]
  return Result.isSuccess(one) && Result.isSuccess(other) &&
    canonicalJson(valueOf(one.success.root)) === canonicalJson(valueOf(other.success.root))
}

/**
 * The manifests of the roots that change, each by its own fingerprint: a folder that moves takes it along to another
 * root, and another file with the same bytes has another one.
 */
const manifestsBefore = ({ observed, snapshot }: Planning, facts: Changed["facts"]) => {
  const manifests = new Map<Fingerprint, { readonly bytes: Uint8Array; readonly reading: ManifestReading }>()
  for (const root of facts.keys()) {
    const seen = observed.roots.get(root)
    const onDisk = snapshot.assets.get(root)?.onDisk
    if (seen?._tag !== "Folder" || seen.manifest._tag !== "File" || onDisk === undefined) continue
    if (!sameContent(onDisk.manifestState, seen.manifest)) continue
    manifests.set(seen.manifest.fingerprint, { bytes: seen.manifest.bytes, reading: onDisk.reading })
  }
  return manifests
}

/** Facts of an asset whose manifest stays: they tell of what is there, and not of what was to be written. */
const unwritten = (facts: Facts | undefined, idle: ReadonlyMap<Uint8Array, Known>): Facts | undefined => {
  const onDisk = facts?.onDisk
  const known = onDisk?.manifestState._tag === "Planned" ? idle.get(onDisk.manifestState.bytes) : undefined
  if (facts === undefined || onDisk === undefined || known === undefined) return facts
  return { ...facts, onDisk: { ...onDisk, ...known } }
}

/** True if these facts of a root are those that the snapshot has. */
const isKnown = ({ assets }: Snapshot, root: AssetRoot, after: Facts | undefined): boolean => {
  const before = assets.get(root)
  return before?.divergence === after?.divergence && before?.notPublished === after?.notPublished &&
    showsTheSame(before?.onDisk, after?.onDisk)
}

const showsTheSame = (before: OnDisk | undefined, after: OnDisk | undefined): boolean =>
  before === after || (before !== undefined && after !== undefined &&
    before.spelling === after.spelling && before.reading === after.reading &&
    sameContent(before.manifestState, after.manifestState) &&
    before.paths === after.paths && before.sizes === after.sizes && before.troubles === after.troubles)
