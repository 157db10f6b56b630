/** One project among many: who has the floor, whose turn it is, and how it is. The rules are in `KeyedProjects.ts`. */
import * as Data from "effect/Data"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Equal from "effect/Equal"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as PubSub from "effect/PubSub"
import * as Semaphore from "effect/Semaphore"
import * as Stream from "effect/Stream"

import type { ProjectStatus } from "../../domain/Status.ts"
import type { ProjectRuntime } from "../../services/ProjectRuntime.ts"
import type { ProjectKey } from "../../services/ProjectRuntimes.ts"

/** How many statuses a reader may be behind before it misses the oldest ones. */
const statusBuffer = 64

/** The time from when a project was taken away from all who had it until the next such time. */
export interface Turn {
  readonly place: Place
  /** How many wait for it right now. */
  asking: number
  opened: boolean
}

/** What has the floor of a project: from before it is opened until it is closed. */
interface Occupant {
  readonly turn: Turn
  /** Done when the opening is over, however it ended. */
  readonly opened: Deferred.Deferred<void>
  readonly close: Effect.Effect<void>
  runtime: ProjectRuntime["Service"] | undefined
}

/** A project among many. */
export interface Place {
  readonly key: ProjectKey
  readonly floor: Semaphore.Semaphore
  /** `undefined` ends it. */
  readonly statuses: PubSub.PubSub<ProjectStatus | undefined>
  status: ProjectStatus
  occupant: Occupant | undefined
  turn: Turn | undefined
}

/** A turn was taken away before it opened anything. */
export class Overtaken extends Data.TaggedError("Overtaken") {}

/** A project that nobody has opened yet. */
export const makePlace = Effect.fnUntraced(function*(key: ProjectKey) {
  const place: Place = {
    key,
    floor: yield* Semaphore.make(1),
    statuses: yield* PubSub.sliding<ProjectStatus | undefined>({ capacity: statusBuffer, replay: 1 }),
    status: { _tag: "closed" },
    occupant: undefined,
    turn: undefined
  }
  yield* tell(place, place.status)
  return place
})

/** The turn that a project is at. Turns are compared by identity: what they say changes. */
export const turnOf = (place: Place): Turn => {
  place.turn ??= Equal.byReferenceUnsafe({ place, asking: 0, opened: false })
  return place.turn
}

/** True if the project is at another turn by now. */
export const isTaken = (turn: Turn): boolean => turn.place.turn !== turn

/** Takes a turn away from all who have it. */
export const take = (turn: Turn): void => {
  if (!isTaken(turn)) turn.place.turn = undefined
}

const tell = (place: Place, status: ProjectStatus): Effect.Effect<void> =>
  Effect.suspend(() => {
    place.status = status
    return PubSub.publish(place.statuses, status)
  })

/** How often others get their turn before somebody who follows a status is taken to have lost it. */
const patience = 1000

/** Waits until what an open project says of itself has been told; tells it, if nobody else does. */
const everythingTold = (place: Place): Effect.Effect<void> =>
  Effect.gen(function*() {
    for (let turn = 1;; turn++) {
      const { occupant } = place
      if (occupant?.runtime === undefined) return
      const status = yield* occupant.runtime.status
      if (Equal.equals(status, place.status)) return
      if (turn > patience) return yield* tell(place, status)
      yield* Effect.yieldNow
    }
  })

/** How a project is now. */
export const statusOf = (place: Place): Effect.Effect<ProjectStatus> =>
  Effect.map(everythingTold(place), () => place.status)

/** How a project is now, and every later status. */
export const statusesOf = (place: Place): Stream.Stream<ProjectStatus> =>
  Stream.unwrap(Effect.map(everythingTold(place), () => Stream.fromPubSub(place.statuses))).pipe(
    Stream.takeWhile((status) => status !== undefined)
  )

/**
 * Takes the floor for a turn until the scope ends, and tells how the project is. Whoever opens it says so with the function
 * that this gives, and has the end of the scope close it first.
 */
export const occupy = Effect.fnUntraced(function*(turn: Turn, close: Effect.Effect<void>) {
  const { place } = turn
  const occupant: Occupant = { turn, opened: Deferred.makeUnsafe(), close, runtime: undefined }
  let following: Fiber.Fiber<void> | undefined
  const leave = Effect.gen(function*() {
    yield* everythingTold(place)
    if (following !== undefined) yield* Fiber.interrupt(following)
    if (place.status._tag !== "closed") yield* tell(place, { _tag: "closed" })
    place.occupant = undefined
    Deferred.doneUnsafe(occupant.opened, Exit.void)
  })

  yield* place.floor.takeScoped(1)
  yield* Effect.acquireRelease(
    Effect.suspend(() => {
      if (isTaken(turn)) return Effect.fail(new Overtaken())
      place.occupant = occupant
      return tell(place, { _tag: "opening" })
    }),
    () => leave
  )
  return Effect.fnUntraced(function*(runtime: ProjectRuntime["Service"]) {
    occupant.runtime = runtime
    following = yield* runtime.statusChanges.pipe(
      Stream.takeUntil(({ _tag }) => _tag === "closed"),
      Stream.runForEach((status) => tell(place, status)),
      Effect.forkDetach
    )
    yield* everythingTold(place)
    turn.opened = true
    Deferred.doneUnsafe(occupant.opened, Exit.void)
  }, Effect.uninterruptible)
})
