/** The composition of a bank: which of an asset's files it holds, in which order, and how full that makes it. */
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"

import { acceptsFile, type Family } from "./Family.ts"
import type { Artifact } from "./Manifest.ts"
import { compareText, parseFile } from "./Path.ts"
import type { FolderFiles } from "./Seen.ts"

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

/** The place of a path among paths that are sorted, or -1. */
const placeOf = (paths: ReadonlyArray<string>, path: string): number => {
  if (paths.length <= few) return paths.indexOf(path)
  let low = 0
  let high = paths.length
  while (low < high) {
    const middle = (low + high) >>> 1
    const order = compareText(paths[middle] ?? "", path)
    if (order === 0) return middle
    if (order < 0) low = middle + 1
    else high = middle
  }
  return -1
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
  { paths, sizes }: FolderFiles,
  family: Family | undefined
): ReadonlyArray<SelectedRow> => {
  const rows: Array<SelectedRow> = []
  const listed = artifacts.length > few ? new Set<string>() : undefined
  for (const { file: spelled, index } of artifacts) {
    // The path of a file that is there is legal, and spelled as it has to be: the others have to be looked at.
    const known = placeOf(paths, spelled)
    const legal = known === -1 ? Result.getOrUndefined(parseFile(spelled)) : spelled
    const path = legal ?? spelled
    const place = known === -1 ? placeOf(paths, path) : known
    const size = place === -1 ? undefined : sizes[place]
    const isTwice = listed === undefined ? hasFile(rows, path) : listed.has(path)
    const isWrong = family !== undefined && !acceptsFile(family, path)
    const problems = problemsOf(legal !== undefined, size !== undefined, isTwice, isWrong)
    listed?.add(path)
    rows.push(
      size === undefined
        ? { index, file: path, present: false, problems }
        : { index, file: path, present: true, problems, size }
    )
  }
  return rows
}

/** The files that a bank could hold and does not, in the order of their paths. */
export const availableRows = (
  { paths, sizes }: FolderFiles,
  selected: ReadonlyArray<SelectedRow>,
  family: Family | undefined
): ReadonlyArray<AvailableRow> => {
  if (family === undefined) return []
  const rows: Array<AvailableRow> = []
  const taken = selected.length > few ? new Set(selected.map((row) => row.file)) : undefined
  let place = 0
  for (const path of paths) {
    const size = sizes[place++] ?? 0
    const isTaken = taken === undefined ? hasFile(selected, path) : taken.has(path)
    if (!isTaken && acceptsFile(family, path)) rows.push({ file: path, size })
  }
  return rows
}

/** True if the indexes of artifacts, sorted, are 0, 1, 2… without repeats and gaps. */
export const indexesAreWhole = (artifacts: ReadonlyArray<Artifact>): boolean =>
  artifacts.every(({ index }, place) => index === place)
