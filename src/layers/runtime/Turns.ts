/** What waits for its turn in the lane, and the fiber that carries it out, one after the other. */
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Latch from "effect/Latch"

import type { Accepted, CommandRow } from "./CommandRow.ts"
import { makeFifo } from "./Fifo.ts"

/** What waits for its turn: a command, which may be taken along by the one before it, or something that runs alone. */
type Turn =
  | { readonly _tag: "Command"; readonly accepted: Accepted }
  | { readonly _tag: "Alone"; readonly run: Effect.Effect<void> }

/** What waits for its turn in the lane. */
interface Turns {
  /** Puts something at the end; one step. */
  readonly put: (turn: Turn) => void
  /** Waits until everything was carried out, and ends. Nothing may be put after it was called. */
  readonly finish: Effect.Effect<void>
}

/** How turns are carried out. */
export interface TurnsOptions {
  /** Waits before a turn is taken up. */
  readonly room: Effect.Effect<void>
  /** Runs a turn when nothing else does. */
  readonly inTurn: (turn: Effect.Effect<void>) => Effect.Effect<void>
  /** Carries out the commands that are next. */
  readonly carryOut: (row: CommandRow) => Effect.Effect<void>
  /** Told how many wait. */
  readonly onDepth: (depth: number) => void
}

/** Starts to carry out turns, in a fiber of the scope. */
export const makeTurns = Effect.fnUntraced(function*({ carryOut, inTurn, onDepth, room }: TurnsOptions) {
  const row = makeFifo<Turn>()
  const some = yield* Latch.make(false)
  let finishing = false

  const take = (): Turn | undefined => {
    const turn = row.take()
    if (turn !== undefined) onDepth(row.length())
    return turn
  }

  const commands: CommandRow = {
    take: () => {
      const turn = take()
      if (turn === undefined || turn._tag === "Command") return turn?.accepted
      row.putBack([turn])
      return undefined
    },
    putBack: (accepted) => row.putBack(accepted.map((accepted) => ({ _tag: "Command", accepted })))
  }

  const next = Effect.suspend(() => {
    const turn = take()
    if (turn === undefined) return Effect.void
    if (turn._tag === "Alone") return turn.run
    row.putBack([turn])
    return carryOut(commands)
  })

  const work = Effect.gen(function*() {
    while (true) {
      if (row.length() === 0) {
        if (finishing) return
        some.closeUnsafe()
        yield* some.await
        continue
      }
      yield* room
      // Whatever dies in a turn ends that turn, and not the lane.
      yield* Effect.exit(inTurn(next))
    }
  })
  const worker = yield* Effect.forkScoped(Effect.interruptible(work))

  const turns: Turns = {
    put: (turn) => {
      row.put(turn)
      onDepth(row.length())
      some.openUnsafe()
    },
    finish: Effect.suspend(() => {
      finishing = true
      some.openUnsafe()
      return Effect.asVoid(Fiber.await(worker))
    })
  }
  return turns
})
