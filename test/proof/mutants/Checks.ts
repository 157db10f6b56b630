/** What is run to find a fault, and what comes of it. */
import { Effect } from "effect"
import { pairCrashes, pairs, rowCrashes, twice } from "../CrashStates.ts"
import { editPieces, edits } from "../Edits.ts"
import { faultPieces, faults } from "../Faults.ts"
import { fuzz } from "../Fuzz.ts"
import { histories } from "../Histories.ts"
import { hostCrashesOf } from "../HostCrashes.ts"
import { hostFaultPieces, hostFaults } from "../HostFaults.ts"
import type { Findings, Piece } from "../Part.ts"

/** What came of the search. */
export interface Hunted {
  /** The check that complained. */
  readonly caughtBy?: string
  readonly complaint?: string
}

/** Meets the pieces in an order in which neighbours are different. */
const scattered = (piece: Piece, pieces: number): Piece => (seed) => piece((seed * 89) % pieces)

/** How often everything is done twice, each time with other settings. */
const rounds = 5

/** Everything twice, in several ways; then rows by chance and pairs in turn. */
const crashes: Piece = (seed) => {
  const round = Math.floor(seed / twice.length)
  const first = twice[seed % twice.length]
  if (round < rounds && first !== undefined) {
    return pairCrashes({ most: 12, share: round === 0 ? 0.1 : 0.01 })(first + round * pairs)
  }
  const depth = { most: 24, share: 0.02 }
  return seed % 2 === 0 ? scattered(pairCrashes(depth), pairs)(seed) : rowCrashes(depth)(seed)
}

const checks: Readonly<Record<string, Piece>> = {
  crashes,
  hostCrashes: hostCrashesOf(12),
  faults: scattered(faults, faultPieces),
  edits: scattered(edits, editPieces),
  hostFaults: scattered(hostFaults, hostFaultPieces),
  histories,
  fuzz
}

/** Runs a piece of a check. */
export const findings = (check: string, seed: number): ReturnType<Piece> => {
  const piece = checks[check]
  return piece === undefined
    ? Effect.succeed<Findings>({ counts: {}, violations: [`there is no check "${check}"`] })
    : piece(seed)
}
