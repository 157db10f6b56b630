/** The composition of a bank: which of an asset's files it holds, in which order, and how full that makes it. */
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"

import { acceptsFile, type Family } from "./Family.ts"
import type { Artifact } from "./Manifest.ts"
import { compareText, parseFile } from "./Path.ts"
import type { AssetFile } from "./Seen.ts"

/** What is wrong with a row of the composition. */
export const RowProblem = Schema.Literals([
  "artifacts/illegal-file",
  "artifacts/missing-file",
  "artifacts/duplicate-file",
  "artifacts/wrong-kind"
])
/** What is wrong with a row of the composition. */
export type RowProblem = typeof RowProblem.Type

/** A file that the bank holds. */
export const SelectedRow = Schema.Struct({
  index: Schema.Natural,
  file: Schema.String,
  /** Absent if the file is not there. */
  size: Schema.optionalKey(Schema.Natural),
  present: Schema.Boolean,
  problems: Schema.Array(RowProblem)
})
/** A file that the bank holds. */
export type SelectedRow = typeof SelectedRow.Type

/** A file of the asset that the bank could hold. */
export const AvailableRow = Schema.Struct({ file: Schema.String, size: Schema.Natural })
/** A file of the asset that the bank could hold. */
export type AvailableRow = typeof AvailableRow.Type

/** How much of a limit is used. */
export const Measure = Schema.Struct({
  used: Schema.Natural,
  limit: Schema.Natural,
  state: Schema.Literals(["ok", "full", "exceeded"])
})
/** How much of a limit is used. */
export type Measure = typeof Measure.Type

/** How full a bank is, by each of its limits; `fileBytes` is that of its largest file. */
export const CapacityUse = Schema.Struct({ files: Measure, fileBytes: Measure, totalBytes: Measure })
/** How full a bank is, by each of its limits. */
export type CapacityUse = typeof CapacityUse.Type

const measure = (used: number, limit: number): Measure => ({
  used,
  limit,
  state: used > limit ? "exceeded" : used === limit ? "full" : "ok"
})

/** How full a bank is that holds files of these sizes. */
export const capacityUse = (family: Family, sizes: ReadonlyArray<number>): CapacityUse => ({
  files: measure(sizes.length, family.capacity.files),
  fileBytes: measure(sizes.reduce((largest, size) => Math.max(largest, size), 0), family.capacity.fileBytes),
  totalBytes: measure(sizes.reduce((total, size) => total + size, 0), family.capacity.totalBytes)
})

/** The file at a path, of files in the order of their paths. */
const fileAt = (files: ReadonlyArray<AssetFile>, path: string): AssetFile | undefined => {
  let low = 0
  let high = files.length
  while (low < high) {
    const middle = (low + high) >>> 1
    const file = files[middle]
    const order = file === undefined ? 1 : compareText(file.path, path)
    if (order === 0) return file
    if (order < 0) low = middle + 1
    else high = middle
  }
  return undefined
}

/** The rows of a composition, each with what is wrong with it. */
export const selectedRows = (
  artifacts: ReadonlyArray<Artifact>,
  files: ReadonlyArray<AssetFile>,
  family: Family | undefined
): ReadonlyArray<SelectedRow> => {
  if (artifacts.length === 0) return []
  const listed = new Set<string>()
  return artifacts.map(({ file: spelled, index }) => {
    const path = parseFile(spelled)
    const file = Result.isSuccess(path) ? path.success : spelled
    const size = fileAt(files, file)?.size
    const problems: Array<RowProblem> = []
    if (Result.isFailure(path)) problems.push("artifacts/illegal-file")
    else if (size === undefined) problems.push("artifacts/missing-file")
    if (listed.has(file)) problems.push("artifacts/duplicate-file")
    if (family !== undefined && !acceptsFile(family, file)) problems.push("artifacts/wrong-kind")
    listed.add(file)
    return { index, file, present: size !== undefined, problems, ...(size === undefined ? {} : { size }) }
  })
}

/** The files that a bank could hold and does not, in the order of their paths. */
export const availableRows = (
  files: ReadonlyArray<AssetFile>,
  selected: ReadonlyArray<SelectedRow>,
  family: Family | undefined
): ReadonlyArray<AvailableRow> => {
  if (family === undefined) return []
  const taken = new Set(selected.map((row) => row.file))
  return files.flatMap((file) =>
    acceptsFile(family, file.path) && !taken.has(file.path) ? [{ file: file.path, size: file.size }] : []
  )
}

/** True if the indexes of artifacts, sorted, are 0, 1, 2… without repeats and gaps. */
export const indexesAreWhole = (artifacts: ReadonlyArray<Artifact>): boolean =>
  artifacts.every(({ index }, place) => index === place)
