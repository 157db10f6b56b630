/**
 * The draft of a bank's composition: files that the packer listed, put into an order.
 *
 * What is not in the rows is available, and the other way round. What the order is worth, the packer says.
 */
import type { BankComposition } from "../../index.ts"

/** A file of a draft, in its rows or available to them. */
export interface DraftRow {
  /** Names the row within the draft: its file, unless that is listed more than once. */
  readonly key: string
  readonly file: string
  /** Absent if the file is not there. */
  readonly size?: number
  readonly present: boolean
}

/** A draft: which files the bank is to hold, in which order, and which it could hold besides. */
export interface Draft {
  readonly rows: ReadonlyArray<DraftRow>
  readonly available: ReadonlyArray<DraftRow>
}

/** What a person does to a draft. Rows are named by their keys; places are counted from 0. */
export type DraftOperation =
  | { readonly _tag: "Add"; readonly key: string; /** At the end without it. */ readonly place?: number }
  | { readonly _tag: "Remove"; readonly key: string }
  | { readonly _tag: "MoveUp"; readonly key: string }
  | { readonly _tag: "MoveDown"; readonly key: string }
  | { readonly _tag: "MoveTo"; readonly key: string; readonly place: number }

/** Every file that the packer lists for an asset: what its bank holds, and what it could hold. */
const listed = ({ available, selected }: BankComposition): ReadonlyArray<Omit<DraftRow, "key">> => [
  ...selected.map(({ file, present, size }) => ({ file, present, ...(size === undefined ? {} : { size }) })),
  ...available.map(({ file, size }) => ({ file, size, present: true }))
]

/** Gives each row a key of its own; no file that could be available is called like that of a repeated one. */
const keyed = (rows: ReadonlyArray<Omit<DraftRow, "key">>): ReadonlyArray<DraftRow> => {
  const keys = new Set(rows.map(({ file }) => file))
  const seen = new Set<string>()
  return rows.map((row) => {
    let key = row.file
    for (let time = 2; seen.has(row.file) && keys.has(key); time++) key = `${row.file}\n${time}`
    seen.add(row.file)
    keys.add(key)
    return { key, ...row }
  })
}

/** The draft that changes nothing. */
export const draftOf = (composition: BankComposition): Draft => {
  const rows = keyed(listed(composition))
  const { length } = composition.selected
  return { rows: rows.slice(0, length), available: rows.slice(length) }
}

/** The files of a draft in their order: what is sent to the packer. */
export const filesOf = ({ rows }: Draft): ReadonlyArray<string> => rows.map(({ file }) => file)

/**
 * The same draft over what the packer lists now. Every row stays where it is; one whose file is listed no more is not
 * present. What is listed and not in the rows is available.
 */
export const relisted = (draft: Draft, composition: BankComposition): Draft => {
  const now = new Map(listed(composition).map((row) => [row.file, row]))
  const inRows = new Set(filesOf(draft))
  return {
    rows: draft.rows.map(({ file, key }) => ({ key, ...(now.get(file) ?? { file, present: false }) })),
    available: [...now.values()].filter(({ file }) => !inRows.has(file)).map((row) => ({ key: row.file, ...row }))
  }
}

const inserted = <A>(items: ReadonlyArray<A>, place: number, item: A): ReadonlyArray<A> => [
  ...items.slice(0, place),
  item,
  ...items.slice(place)
]

/** A place that there is, whatever number a host sends. */
const within = (place: number, last: number): number =>
  Number.isNaN(place) ? last : Math.min(Math.max(0, Math.trunc(place)), last)

const moved = (draft: Draft, key: string, placeAfter: (from: number) => number): Draft => {
  const from = draft.rows.findIndex((row) => row.key === key)
  const row = draft.rows[from]
  if (row === undefined) return draft
  const to = within(placeAfter(from), draft.rows.length - 1)
  return to === from ? draft : { ...draft, rows: inserted(draft.rows.filter((other) => other !== row), to, row) }
}

const added = (draft: Draft, key: string, place: number): Draft => {
  const row = draft.available.find((row) => row.key === key)
  if (row === undefined) return draft
  return {
    rows: inserted(draft.rows, within(place, draft.rows.length), row),
    available: draft.available.filter((other) => other !== row)
  }
}

const removed = (draft: Draft, key: string): Draft => {
  const row = draft.rows.find((row) => row.key === key)
  if (row === undefined) return draft
  const rows = draft.rows.filter((other) => other !== row)
  // A file that was listed twice is still in the rows.
  const isLeft = rows.some(({ file }) => file === row.file)
  return { rows, available: isLeft ? draft.available : [...draft.available, { ...row, key: row.file }] }
}

/** The draft after an operation: the same object where there is nothing to do. */
export const changed = (draft: Draft, operation: DraftOperation): Draft => {
  const { key } = operation
  switch (operation._tag) {
    case "Add":
      return added(draft, key, operation.place ?? draft.rows.length)
    case "Remove":
      return removed(draft, key)
    case "MoveUp":
      return moved(draft, key, (from) => from - 1)
    case "MoveDown":
      return moved(draft, key, (from) => from + 1)
    case "MoveTo":
      return moved(draft, key, () => operation.place)
  }
}
