/** Tables of codes: what each means, and what to do about it. */

/** One row of a table. */
export interface CodeRow {
  /** What it means, for the documentation. */
  readonly meaning: string
  /** What to do about it; ends each message. */
  readonly remedy: string
}

/** A row of a table. */
export const row = (meaning: string, remedy: string): CodeRow => ({ meaning, remedy })

/** The codes of a table. */
export const codesOf = <K extends string>(table: Readonly<Record<K, CodeRow>>): ReadonlyArray<K> =>
  // The keys of an object literal are the ones of its type.
  Object.keys(table) as Array<K>
