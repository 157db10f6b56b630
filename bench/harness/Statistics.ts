/** What many measurements of one thing say together. */

/** The middle of many measurements, and how far they lie apart. */
export interface Summary {
  readonly median: number
  readonly p10: number
  readonly p90: number
  readonly p99: number
  readonly max: number
  readonly count: number
}

/** The value below which a share of them lies; between two neighbours, a straight line. NaN of none. */
export const percentile = (values: ReadonlyArray<number>, share: number): number => {
  const sorted = values.toSorted((a, b) => a - b)
  const place = share * (sorted.length - 1)
  const below = sorted[Math.floor(place)] ?? Number.NaN
  const above = sorted[Math.ceil(place)] ?? Number.NaN
  return below + (above - below) * (place - Math.floor(place))
}

/** The middle of them. */
export const median = (values: ReadonlyArray<number>): number => percentile(values, 0.5)

/** Three digits that count: what noisy machines measure has no more of them. */
export const rounded = (value: number): number => Number(value.toPrecision(3))

/** All of it in a few numbers. */
export const summaryOf = (values: ReadonlyArray<number>): Summary => ({
  median: rounded(median(values)),
  p10: rounded(percentile(values, 0.1)),
  p90: rounded(percentile(values, 0.9)),
  p99: rounded(percentile(values, 0.99)),
  max: rounded(values.reduce((most, value) => Math.max(most, value), Number.NEGATIVE_INFINITY)),
  count: values.length
})

/** How two things that were measured in turns stand to each other. */
export interface Ratio {
  /** The median of all measurements of the one, divided by that of the other. */
  readonly value: number
  /** Where the ratio lies in eight of ten rounds, each with its own two medians. */
  readonly spread: Spread
}

/** From the 10th to the 90th of a hundred. */
export type Spread = readonly [low: number, high: number]

/** Where eight of ten values lie. */
export const spreadOf = (values: ReadonlyArray<number>): Spread => [
  rounded(percentile(values, 0.1)),
  rounded(percentile(values, 0.9))
]

/** The ratio of two things that were measured round by round. */
export const ratioOf = (
  above: ReadonlyArray<ReadonlyArray<number>>,
  below: ReadonlyArray<ReadonlyArray<number>>
): Ratio => ({
  value: rounded(median(above.flat()) / median(below.flat())),
  spread: spreadOf(above.map((round, index) => median(round) / median(below[index] ?? [])))
})
