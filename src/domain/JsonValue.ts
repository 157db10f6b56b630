/** JSON values, without the text they came from. */

/** A value as JSON has it, without places. */
export type JsonValue =
  | string
  | number
  | boolean
  | null
  | ReadonlyArray<JsonValue>
  | { readonly [key: string]: JsonValue }

/** Deeper nesting is refused, so that no walk over a value can exhaust the stack. */
export const maxJsonDepth = 256

/** True if two values say the same in the same order, to the sign of a zero. */
export const isSameJson = (a: JsonValue, b: JsonValue): boolean => {
  if (typeof a !== "object" || a === null || typeof b !== "object" || b === null) return Object.is(a, b)
  const [one, other] = [Object.entries(a), Object.entries(b)]
  return Array.isArray(a) === Array.isArray(b) && one.length === other.length &&
    one.every(([key, value], place) => {
      const [otherKey, otherValue] = other[place] ?? []
      return key === otherKey && otherValue !== undefined && isSameJson(value, otherValue)
    })
}

/** True if all numbers in a value are some: text can name one that is too large for any. */
export const isFiniteJson = (value: JsonValue): boolean =>
  typeof value === "object" && value !== null
    ? Object.values<JsonValue>(value).every(isFiniteJson)
    : typeof value !== "number" || Number.isFinite(value)

/** The same value, in which nothing can be changed any more. */
export const frozenJson = <A extends JsonValue>(value: A): A => {
  if (typeof value === "object" && value !== null) { for (const inner of Object.values(value)) frozenJson(inner) }
  return Object.freeze(value)
}

/** True if a value is nested deeper than `levels`, as a circle is. */
export const isDeeperThan = (value: unknown, levels: number): boolean => {
  let level = new Set<unknown>([value])
  for (let depth = 0; depth <= levels && level.size > 0; depth++) {
    const next = new Set<unknown>()
    for (const item of level) {
      if (typeof item !== "object" || item === null) continue
      for (const inner of Object.values(item)) next.add(inner)
    }
    level = next
  }
  return level.size > 0
}

/**
 * A text that is the same for two values exactly if they say the same; the order of keys says nothing. All values that
 * are no JSON, a circle or a `bigint`, have one text: they are refused elsewhere, and can be named all the same.
 */
export const canonicalJson = (value: unknown): string => {
  try {
    return JSON.stringify(
      value,
      (_, inner: unknown) =>
        typeof inner === "object" && inner !== null && !Array.isArray(inner)
          ? Object.fromEntries(Object.entries(inner).toSorted(([a], [b]) => a < b ? -1 : 1))
          : inner
    )
  } catch {
    return "no JSON"
  }
}
