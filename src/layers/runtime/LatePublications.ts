/** Changes that are durable and could not be put in place at first: they are tried again until they are. */
import type * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Latch from "effect/Latch"
import * as Option from "effect/Option"
import * as Result from "effect/Result"

import { outcomeOf } from "../../domain/Outcome.ts"
import { publishedLate } from "../../domain/Refresh.ts"
import type { LatePublication } from "../../services/DurableCommitter.ts"
import type { LaneTools } from "./LaneTools.ts"
import { runOperation } from "./RunOperation.ts"

/**
 * Starts to try again, one turn of the lane at a time, whenever something was left; gives what says that something may
 * have been. What comes of it is told as an operation of its own, `publish`: the one that made the change has ended.
 */
export const startLatePublications = Effect.fnUntraced(function*(lane: LaneTools, again: Duration.Duration) {
  const { committer, current, operations, show } = lane
  const some = yield* Latch.make(false)

  /** True of an end that shows: what is tried in vain again and again is told once. */
  const isNews = ({ _tag, root }: LatePublication): boolean => {
    if (_tag === "Published") return lane.late().roots.includes(root)
    const asset = current().assets.get(root)
    return asset !== undefined && (asset.notPublished !== undefined || asset.divergence === undefined)
  }

  const publish = Effect.gen(function*() {
    const ends = (yield* committer.publishLate).filter(isNews)
    if ((yield* lane.lookForLate).roots.length === 0) some.closeUnsafe()
    if (ends.length === 0) return
    const operation = yield* operations.own("publish")
    const tell = Effect.sync(() => {
      const before = current()
      for (const { root, ...end } of ends) show(operation.id, publishedLate(current(), root, end, operation.id))
      operations.end(operation, Result.succeed(outcomeOf(operation.id, before, current(), [])), { before })
    })
    yield* runOperation(lane, operation, Option.none(), tell)
  })

  const work = Effect.gen(function*() {
    yield* some.await
    yield* Effect.sleep(again)
    if ((yield* committer.standstill) !== undefined) {
      some.closeUnsafe()
      return
    }
    // What came to its place has to be told too, also if the project closes right now.
    yield* lane.inTurn(Effect.uninterruptible(publish))
  })
  yield* Effect.forkScoped(Effect.interruptible(Effect.forever(work)))

  return () => {
    some.openUnsafe()
  }
})
