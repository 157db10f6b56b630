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
export const capacityUse = ({ capacity }: Family, sizes: ReadonlyArray<number>): CapacityUse => {
  let largest = 0
  let total = 0
  for (const size of sizes) {
    largest = Math.max(largest, size)
    total += size
  }
  return {
    files: measure(sizes.length, capacity.files),
    fileBytes: measure(largest, capacity.fileBytes),
    totalBytes: measure(total, capacity.totalBytes)
  }
}

/** So few are found sooner by going through them than in a set, which has to be made, or by halves. */
const few = 16

/** The file at a path, of files in the order of their paths. */
export const fileAt = (files: ReadonlyArray<AssetFile>, path: string): AssetFile | undefined => {
  if (files.length <= few) {
    for (const file of files) if (file.path === path) return file
    return undefined
  }
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

const hasFile = (rows: ReadonlyArray<SelectedRow>, path: string): boolean => {
  for (const row of rows) if (row.file === path) return true
  return false
}

/** Most rows have nothing wrong with them, and share this, which nobody can change. */
const noProblems: ReadonlyArray<RowProblem> = Object.freeze([])

const problemsOf = (
  isLegal: boolean,
  isThere: boolean,
  isTwice: boolean,
  isWrong: boolean
): ReadonlyArray<RowProblem> => {
  if (isLegal && isThere && !isTwice && !isWrong) return noProblems
  const problems: Array<RowProblem> = []
  if (!isLegal) problems.push("artifacts/illegal-file")
  else if (!isThere) problems.push("artifacts/missing-file")
  if (isTwice) problems.push("artifacts/duplicate-file")
  if (isWrong) problems.push("artifacts/wrong-kind")
  return problems
}

/** The rows of a composition, each with what is wrong with it. */
export const selectedRows = (
  artifacts: ReadonlyArray<Artifact>,
  files: ReadonlyArray<AssetFile>,
  family: Family | undefined
): ReadonlyArray<SelectedRow> => {
  const rows: Array<SelectedRow> = []
  const listed = artifacts.length > few ? new Set<string>() : undefined
  for (const { file: spelled, index } of artifacts) {
    // The path of a file that is there is legal, and spelled as it has to be: the others have to be looked at.
    const known = fileAt(files, spelled)
    const legal = known?.path ?? Result.getOrUndefined(parseFile(spelled))
    const path = legal ?? spelled
    const file = known ?? fileAt(files, path)
    const isTwice = listed === undefined ? hasFile(rows, path) : listed.has(path)
    const isWrong = family !== undefined && !acceptsFile(family, path)
    const problems = problemsOf(legal !== undefined, file !== undefined, isTwice, isWrong)
    listed?.add(path)
    rows.push(
      file === undefined
        ? { index, file: path, present: false, problems }
        : { index, file: path, present: true, problems, size: file.size }
    )
  }
  return rows
}

/** The files that a bank could hold and does not, in the order of their paths. */
export const availableRows = (
  files: ReadonlyArray<AssetFile>,
  selected: ReadonlyArray<SelectedRow>,
  family: Family | undefined
): ReadonlyArray<AvailableRow> => {
  if (family === undefined) return []
  const rows: Array<AvailableRow> = []
  const taken = selected.length > few ? new Set(selected.map((row) => row.file)) : undefined
  for (const { path, size } of files) {
    const isTaken = taken === undefined ? hasFile(selected, path) : taken.has(path)
    if (!isTaken && acceptsFile(family, path)) rows.push({ file: path, size })
  }
  return rows
}

/** True if the indexes of artifacts, sorted, are 0, 1, 2… without repeats and gaps. */
export const indexesAreWhole = (artifacts: ReadonlyArray<Artifact>): boolean =>
  artifacts.every(({ index }, place) => index === place)
