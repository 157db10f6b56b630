/** Changes that are durable and could not be put in place at first: they are tried again until they are. */
import type * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Latch from "effect/Latch"
import * as Result from "effect/Result"

import { outcomeOf } from "../../domain/Outcome.ts"
import type { AssetRoot } from "../../domain/Path.ts"
import { publishedLate } from "../../domain/Refresh.ts"
import type { Lane } from "./Lane.ts"

/** What is durable and not in place. */
export interface LatePublications {
  /** These roots have files that could not be put in place. */
  readonly note: (roots: Iterable<AssetRoot>) => void
}

/**
 * Tries again to put in place what could not be, one turn of the lane at a time. What comes of it is told as an operation
 * of its own, `publish`: the one that made the change has ended.
 */
export const makeLatePublications = Effect.fnUntraced(function*(
  lane: Lane,
  again: Duration.Duration,
  inTurn: (publish: Effect.Effect<void>) => Effect.Effect<void>
) {
  const { committer, current, operations, show } = lane
  const some = yield* Latch.make(false)
  const left = new Set<AssetRoot>()

  const publish = Effect.gen(function*() {
    if ((yield* committer.standstill) !== undefined) return left.clear()
    const ends = yield* committer.publishLate
    if (ends.length === 0) return
    const operation = yield* operations.own("publish")
    const before = current()
    for (const { root, ...end } of ends) {
      left.delete(root)
      show(operation.id, publishedLate(current(), root, end, operation.id))
    }
    operations.end(operation, Result.succeed(outcomeOf(operation.id, before, current(), [])), { before })
  })

  yield* Effect.forkScoped(Effect.interruptible(Effect.forever(Effect.gen(function*() {
    yield* some.await
    yield* Effect.sleep(again)
    yield* inTurn(publish)
    if (left.size === 0) some.closeUnsafe()
  }))))

  const publications: LatePublications = {
    note: (roots) => {
      for (const root of roots) left.add(root)
      if (left.size > 0) some.openUnsafe()
    }
  }
  return publications
})
