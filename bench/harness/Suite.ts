/** What a suite gets, and what it gives back. */
import type { Spread } from "./Statistics.ts"

/** The sizes that the figures speak of, and what stands for them in a short run. */
export interface Sizes {
  readonly tiny: number
  readonly small: number
  readonly middle: number
  readonly large: number
  readonly huge: number
}

/** How much a suite does: everything, a short form of it, or just enough to see that it runs. */
export type Scale = "whole" | "quick" | "smallest"

/** How large the projects are. Where a size is another one than the name of a figure says, the report tells it. */
export const sizesOf: Readonly<Record<Scale, Sizes>> = {
  whole: { tiny: 100, small: 1000, middle: 10_000, large: 50_000, huge: 100_000 },
  quick: { tiny: 100, small: 1000, middle: 2000, large: 5000, huge: 10_000 },
  smallest: { tiny: 20, small: 40, middle: 60, large: 80, huge: 100 }
}

/** What a suite gets. */
interface Bench {
  readonly scale: Scale
  readonly sizes: Sizes
  /** A folder on the disk that is measured; other suites of the run use it too. */
  readonly dir: string
  /** One of three numbers, by how much is to be done. */
  readonly by: (whole: number, quick: number, smallest: number) => number
  /** Says how far it is. */
  readonly say: (progress: string) => void
}

/** One figure, and where it lies in eight of ten rounds. */
interface Figure {
  readonly value: number
  readonly spread?: Spread
}

/** What a suite found. */
export interface Findings {
  /** By the dotted name of the field. */
  readonly figures: Readonly<Record<string, Figure>>
  /** Medians and spreads behind the figures, as JSON. */
  readonly details: Readonly<Record<string, unknown>>
  /** What a person may want to see beside the figures, line by line. */
  readonly lines?: ReadonlyArray<string>
  /** What could not be measured here, and why, by the dotted name of the field. */
  readonly missing?: Readonly<Record<string, string>>
}

/** Measures. */
export type Suite = (bench: Bench) => Promise<Findings>
