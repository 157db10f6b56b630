/**
 * The disk-full sweep: every shape of commit on a real small file system that has less and less room.
 *
 * One piece is one shape with every amount of room; the next `commitShapes.length` seeds do the same and close the project
 * while the disk is full. So `diskFullPieces` seeds in a row are the whole sweep.
 */
import { Effect, Result, type Scope } from "effect"
import type { Command } from "../../src/domain/Command.ts"
import type { CommitShape } from "./diskFull/CommitShapes.ts"
import { commitShapes } from "./diskFull/CommitShapes.ts"
import { type KnownStates, makeReference } from "./diskFull/FullDiskReference.ts"
import { FullDiskStep, type FullDiskTally, type WhenFull } from "./diskFull/FullDiskStep.ts"
import { type DiskPrograms, type Room, smallDisk } from "./diskFull/SmallDisk.ts"
import type { Findings, Piece } from "./Part.ts"

/** How many seeds in a row are the whole sweep. */
export const diskFullPieces = 2 * commitShapes.length

/** Which part of the sweep to do. */
export interface Sweep {
  readonly shapes: ReadonlyArray<CommitShape>
  readonly whenFull: WhenFull
  /** How much room is left, step by step. */
  readonly amounts: (shape: CommitShape) => ReadonlyArray<readonly [Room, number]>
  readonly programs?: DiskPrograms
}

const upTo = (room: Room, last: number) => Array.from({ length: last + 1 }, (_, at) => [room, last - at] as const)

/** Enough of both, and from there down to nothing. */
const allAmounts = ({ blocks }: CommitShape): ReadonlyArray<readonly [Room, number]> => [
  ["blocks", 96],
  ...upTo("blocks", blocks),
  ["inodes", 60],
  ...upTo("inodes", 16)
]

/** Does a part of the sweep. */
export const sweepFullDisk = Effect.fnUntraced(function*(
  { amounts, programs, shapes, whenFull }: Sweep
): Effect.fn.Return<Findings, never, Scope.Scope> {
  const made = yield* smallDisk(programs)
  if (Result.isFailure(made)) return { counts: {}, violations: [], skipped: made.failure }
  const disk = made.success
  const tally: FullDiskTally = {
    diskFullSteps: 0,
    diskFullSucceeded: 0,
    diskFullRefused: 0,
    diskFullLate: 0,
    diskFullUncertain: 0,
    diskFullReadOnly: 0
  }
  const violations: Array<string> = []
  const ends = new Set<string>()
  const states: KnownStates = new Map()
  for (const shape of shapes) {
    const commands: ReadonlyArray<Command> = [...shape.roomy, ...shape.full]
    const reference = yield* makeReference(disk.root, states, commands)
    for (const [room, amount] of amounts(shape)) {
      const step = new FullDiskStep({ disk, shape, reference, room, amount, whenFull, tally, ends })
      const broken = yield* Effect.as(step.run, []).pipe(
        Effect.catchDefect((defect) => Effect.succeed([`it broke: ${String(defect)}`]))
      )
      const name = `${shape.name}, ${amount} free ${room}, ${whenFull}`
      violations.push(...[...step.problems, ...broken].map((problem) => `${name}: ${problem}`))
    }
  }
  return { counts: { ...tally }, violations, distinct: { diskFullEnds: ends } }
})

/** One shape of commit, with every amount of room. */
export const diskFull: Piece = (seed) => {
  const at = Math.abs(Math.trunc(seed)) % diskFullPieces
  const shape = commitShapes[at % commitShapes.length]
  return sweepFullDisk({
    shapes: shape === undefined ? [] : [shape],
    whenFull: at < commitShapes.length ? "goes on" : "closes",
    amounts: allAmounts
  })
}
