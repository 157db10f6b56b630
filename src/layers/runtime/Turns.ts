/** What waits for its turn in the lane, and the fiber that carries it out, one after the other. */
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Latch from "effect/Latch"

import { makeFifo } from "./Fifo.ts"

/** What waits for its turn in the lane. */
interface Turns {
  /** Puts something at the end; one step. */
  readonly put: (turn: Effect.Effect<void>) => void
  /** Waits until everything was carried out, and ends. Nothing may be put after it was called. */
  readonly finish: Effect.Effect<void>
}

/** How turns are carried out. */
export interface TurnsOptions {
  /** Waits before a turn is taken up. */
  readonly room: Effect.Effect<void>
  /** Runs a turn when nothing else does. */
  readonly inTurn: (turn: Effect.Effect<void>) => Effect.Effect<void>
  /** Told how many wait. */
  readonly onDepth: (depth: number) => void
}

/** Starts to carry out turns, in a fiber of the scope. */
export const makeTurns = Effect.fnUntraced(function*({ inTurn, onDepth, room }: TurnsOptions) {
  const row = makeFifo<Effect.Effect<void>>()
  const some = yield* Latch.make(false)
  let finishing = false

  const work = Effect.gen(function*() {
    while (true) {
      const turn = row.take()
      if (turn === undefined) {
        if (finishing) return
        some.closeUnsafe()
        yield* some.await
        continue
      }
      onDepth(row.length())
      yield* room
      yield* inTurn(turn)
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
