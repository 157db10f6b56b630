/** APPLY BANK COMPOSITION: writes which files a bank holds, in which order, into the artifacts of its manifest. */
import * as Result from "effect/Result"

import { type Asset, manifestOf } from "../Asset.ts"
import { type Blocker, blocker } from "../Blocker.ts"
import type { ApplyBankComposition } from "../Command.ts"
import { type CapacityUse, capacityUse } from "../Composition.ts"
import { acceptsFile, type Family, familyOf } from "../Family.ts"
import type { ManifestText } from "../Manifest.ts"
import { isComposedOf, rowsOf, setComposition } from "../ManifestEdit.ts"
import { isInside, parseFile } from "../Path.ts"
import { resultFn } from "../ResultFn.ts"
import type { FolderContent, FolderFiles } from "../Seen.ts"
import { findAsset, type Snapshot } from "../Snapshot.ts"
import { type Warning, warning } from "../Warning.ts"
import { editable, manifestBlockers, unknownFamily, writeManifest } from "./EditManifest.ts"
import {
  allOf,
  assetBlockers,
  at,
  lookAt,
  nothingInTheWay,
  nothingToDo,
  onAsset,
  type Planning,
  possible,
  subjectOf,
  unlessBlocked
} from "./Rule.ts"

/** The rule of `applyBankComposition`. */
export const applyBankComposition = onAsset<ApplyBankComposition>({
  looks: (snapshot, { asset }) => lookAt(snapshot, asset, "adopt"),

  standing: (snapshot, asset) => {
    const manifest = manifestOf(asset)
    const known = manifest === undefined || familyOf(snapshot.settings.families, manifest.family) !== undefined
    return allOf(
      assetBlockers(snapshot, asset),
      manifestBlockers(asset),
      known ? nothingInTheWay : [unknownFamily(asset, manifest)]
    )
  },

  plan: resultFn(function*(planning: Planning, asset: Asset, command: ApplyBankComposition) {
    const source = yield* editable(planning, asset)
    const { manifest } = source.source
    const family = familyOf(planning.snapshot.settings.families, manifest.family)
    if (family === undefined) return yield* Result.fail([unknownFamily(asset, manifest)])
    const files = command.files.map((file) => Result.getOrElse(parseFile(file), () => file))
    yield* unlessBlocked(compositionBlockers(asset, family, source.onDisk, files))
    if (isComposedOf(manifest, files)) return yield* nothingToDo(asset, "it is composed so already")
    const { facts, step } = yield* writeManifest(planning, asset, source, setComposition(source.source, files))
    return yield* possible({
      files: [step],
      facts: new Map([[asset.root, facts]]),
      warnings: compositionWarnings(asset, source.source, files)
    })
  })
})

/** How full the bank would be, if it is known what it may hold. */
export const capacityAfter = (snapshot: Snapshot, command: ApplyBankComposition): CapacityUse | undefined => {
  const asset = findAsset(snapshot, command.asset)
  const manifest = asset === undefined ? undefined : manifestOf(asset)
  const family = manifest === undefined ? undefined : familyOf(snapshot.settings.families, manifest.family)
  if (family === undefined) return undefined
  const sizes = asset?.onDisk === undefined ? new Map<string, number>() : sizesIn(asset.onDisk)
  return capacityUse(
    family,
    command.files.map((file) => sizes.get(Result.getOrElse(parseFile(file), () => file)) ?? 0)
  )
}

const sizesIn = ({ paths, sizes }: FolderFiles): ReadonlyMap<string, number> =>
  new Map(paths.map((path, place) => [path, sizes[place] ?? 0]))

/** Whether nobody could look whether a file is there. */
const isUnread = ({ troubles }: FolderContent, file: string): boolean =>
  troubles.some(({ kind, path }) => kind === "unreadable" && (file === path || isInside(file, path)))

const compositionBlockers = (
  asset: Asset,
  family: Family,
  present: FolderContent,
  files: ReadonlyArray<string>
): ReadonlyArray<Blocker> => {
  const subject = subjectOf(asset)
  const sizes = sizesIn(present)
  const listed = new Set<string>()
  const blockers: Array<Blocker> = []
  for (const file of files) {
    const where = { ...at(asset), path: file }
    const path = parseFile(file)
    const size = sizes.get(file)
    if (Result.isFailure(path)) {
      blockers.push(
        blocker(
          "composition/illegal-path",
          `${subject}: ${JSON.stringify(file)} is not allowed: ${path.failure.message}`,
          where
        )
      )
    } else if (listed.has(file)) {
      blockers.push(blocker("composition/file-twice", `${subject}: "${file}" is listed twice`, where))
    } else if (size === undefined && isUnread(present, file)) {
      blockers.push(blocker("workspace/unreadable", `${subject}: "${file}" cannot be read`, where))
    } else if (size === undefined) {
      blockers.push(blocker("composition/file-missing", `${subject}: "${file}" is not there`, where))
    } else if (!acceptsFile(family, file)) {
      const kinds = family.extensions.join(", ")
      blockers.push(blocker("composition/wrong-kind", `${subject}: "${file}" is none of ${kinds}`, where))
    } else if (size > family.capacity.fileBytes) {
      const cause = `${subject}: "${file}" has ${size} bytes, the limit is ${family.capacity.fileBytes}`
      blockers.push(blocker("composition/file-too-large", cause, where))
    }
    listed.add(file)
  }
  const use = capacityUse(family, Array.from(listed, (file) => sizes.get(file) ?? 0))
  if (files.length > family.capacity.files) {
    const cause = `${subject}: ${files.length} files are listed, the limit is ${family.capacity.files}`
    blockers.push(blocker("composition/too-many-files", cause, at(asset)))
  }
  if (use.totalBytes.state === "exceeded") {
    const cause = `${subject}: the files have ${use.totalBytes.used} bytes, the limit is ${use.totalBytes.limit}`
    blockers.push(blocker("composition/too-many-bytes", cause, at(asset)))
  }
  return blockers
}

const compositionWarnings = (
  asset: Asset,
  source: ManifestText,
  files: ReadonlyArray<string>
): ReadonlyArray<Warning> => [
  ...rowsOf(source)
    .filter(({ file, row }) => !files.includes(file) && row.members.length > 2)
    .map(({ file }) =>
      warning(
        "composition/unknown-keys",
        `${subjectOf(asset)}: the row of "${file}" has keys of its own and is dropped`,
        {
          ...at(asset),
          path: file
        }
      )
    ),
  ...(source.manifest.hasInputsByRole
    ? [warning("composition/inputs-by-role", `${subjectOf(asset)}: its manifest holds inputsByRole`, at(asset))]
    : [])
]
