/** The parts of the proof, as whoever runs them sees them. */
import type { Effect, Scope } from "effect"

/** What one piece of work has found. */
export interface Findings {
  /** How much was looked at, by the name it has in the report. Added up over all pieces. */
  readonly counts: Readonly<Record<string, number>>
  /** What was wrong, with all that is needed to find it again. */
  readonly violations: ReadonlyArray<string>
  /** What can be met in several pieces and counts once: a text of a few letters each, by the name in the report. */
  readonly distinct?: Readonly<Record<string, Iterable<string>>>
  /** What else the report is to have, under the name of the part. */
  readonly notes?: ReadonlyArray<object>
  /** Why there was nothing to look at on this machine. */
  readonly skipped?: string
}

/**
 * One piece of work: about as much as a second or a few take, so that several processes can share in it. The same seed
 * finds the same, as far as real processes and real disks let it.
 */
export type Piece = (seed: number) => Effect.Effect<Findings, never, Scope.Scope>
