/** What is done next: one piece of each part, so that none is left out, and then one part after the other. */
import type { Part } from "../Parts.ts"
import type { Options } from "./Options.ts"
import type { Report } from "./Report.ts"

/** Far enough apart that pieces which count on from their seed do not meet. */
const stride = 101

const wantedOf = ({ amount }: Part, { piece, share }: Options): number =>
  piece !== undefined || amount._tag === "Until" ? 1 : Math.max(1, Math.round(amount.pieces * share))

/** The seed of a piece: its number where the pieces are all there are, or some of them that are spread over all. */
const seedOf = ({ amount }: Part, index: number, { piece, seed, share }: Options): number => {
  if (piece !== undefined) return piece
  if (amount._tag !== "All") return seed * 1_000_003 + index * stride
  return share === 1 ? index : Math.floor(index / share + seed) % amount.pieces
}

/** What there is to do. */
export class Agenda {
  readonly #options: Options
  readonly #report: Report
  readonly #begun = new Map<string, number>()

  constructor(options: Options, report: Report) {
    this.#options = options
    this.#report = report
  }

  #begunOf({ name }: Part): number {
    return this.#begun.get(name) ?? 0
  }

  #isEnough(part: Part): boolean {
    const { amount } = part
    if (amount._tag !== "Until" || this.#options.piece !== undefined) {
      return this.#begunOf(part) >= wantedOf(part, this.#options)
    }
    return this.#report.count(amount.count) >= amount.atLeast * this.#options.share
  }

  /** The next piece; nothing if everything was begun. */
  next(): { readonly part: Part; readonly seed: number } | undefined {
    const { parts } = this.#options
    const part = parts.find((part) => this.#begunOf(part) === 0) ?? parts.find((part) => !this.#isEnough(part))
    if (part === undefined) return undefined
    const index = this.#begunOf(part)
    this.#begun.set(part.name, index + 1)
    return { part, seed: seedOf(part, index, this.#options) }
  }

  /** The parts of which nothing was looked at. */
  get missed(): ReadonlyArray<string> {
    return this.#options.parts.filter((part) => this.#begunOf(part) === 0).map(({ name }) => name)
  }
}
