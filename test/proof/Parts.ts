/** What the proof consists of: parts, each of so many pieces. */
import { commitKillsOf } from "./CommitKills.ts"
import { pairCrashes, pairs, rowCrashes } from "./CrashStates.ts"
import { diskFull, diskFullPieces } from "./DiskFull.ts"
import { editPieces, edits } from "./Edits.ts"
import { faultPieces, faults } from "./Faults.ts"
import { fuzz } from "./Fuzz.ts"
import { histories } from "./Histories.ts"
import { hostCrashesOf } from "./HostCrashes.ts"
import { hostFaultPieces, hostFaults } from "./HostFaults.ts"
import { hostKillsOf } from "./HostKills.ts"
import { lockControl, locks } from "./Locks.ts"
import { mutantPiece, mutantPieces } from "./Mutants.ts"
import type { Piece } from "./Part.ts"

/** What is wrong is counted by what kind of thing was looked at. */
export type Family = "crash" | "fault" | "kill" | "history" | "fuzz" | "mutant"

/** How much of a part a whole run does. */
type Amount =
  /** These pieces are all there are. */
  | { readonly _tag: "All"; readonly pieces: number }
  /** So many, of as many as one likes. */
  | { readonly _tag: "Some"; readonly pieces: number }
  /** As many as it takes to count so much. */
  | { readonly _tag: "Until"; readonly count: string; readonly atLeast: number }

/** A part of the proof. */
export interface Part {
  readonly name: string
  readonly family: Family
  readonly piece: Piece
  readonly amount: Amount
}

const all = (pieces: number): Amount => ({ _tag: "All", pieces })
const some = (pieces: number): Amount => ({ _tag: "Some", pieces })

/** All of them, the longest pieces first. */
export const parts: ReadonlyArray<Part> = [
  { name: "mutants", family: "mutant", piece: mutantPiece, amount: all(mutantPieces) },
  { name: "hostKills", family: "kill", piece: hostKillsOf(25), amount: some(7) },
  { name: "commitKills", family: "kill", piece: commitKillsOf(25), amount: some(14) },
  { name: "diskFull", family: "fault", piece: diskFull, amount: all(diskFullPieces) },
  { name: "locks", family: "kill", piece: locks, amount: some(6) },
  { name: "lockControl", family: "kill", piece: lockControl, amount: some(1) },
  { name: "faults", family: "fault", piece: faults, amount: all(faultPieces) },
  { name: "hostFaults", family: "fault", piece: hostFaults, amount: all(hostFaultPieces) },
  { name: "edits", family: "fault", piece: edits, amount: all(editPieces) },
  { name: "histories", family: "history", piece: histories, amount: some(40) },
  { name: "fuzz", family: "fuzz", piece: fuzz, amount: some(40) },
  { name: "hostCrashes", family: "crash", piece: hostCrashesOf(16), amount: some(30) },
  { name: "pairs", family: "crash", piece: pairCrashes({ most: 128, share: 0.005 }), amount: all(pairs) },
  {
    name: "rows",
    family: "crash",
    piece: rowCrashes({ most: 128, share: 0.005 }),
    amount: { _tag: "Until", count: "crashStates", atLeast: 500_000 }
  }
]
