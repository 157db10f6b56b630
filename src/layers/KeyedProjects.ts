/**
 * Many projects in one host, each opened on first use and shared: a `LayerMap`, with an order for its comings and goings.
 *
 * **What it promises.** A folder is one project, by whatever path it is named, and is open at most once here: whoever opens
 * it waits for the `floor` until what was there before has released its lock. Whoever gets a project gets one that nobody
 * has begun to close. What failed or was closed is never handed out again.
 *
 * **Why that is true.** The key of the map is a turn of the project, not the project. The turn is taken away, in one step,
 * before anything of it ends: its opening fails, or is abandoned; its project is closed, by whomever. Then whoever asks
 * gets the next turn, and nothing that is done about the old one can hit the new one. A turn that was taken away opens
 * nothing, and whoever waited for it asks again.
 *
 * **Tricky cases.**
 *
 * - *Several ask, and the opening fails.* The turn is taken away before they know it: all of them get the error, and
 *   whoever asks later has a new turn. The map would remember the failure as long as an idle project.
 * - *Somebody asks while it is being closed*, because it was idle, or by a borrower, `release` or `reopen`. The map has
 *   forgotten it and would open it a second time, against its own lock. The opening waits for the floor.
 * - *`reopen` with borrowers.* What they have is closed, not only forgotten: they would have the floor as long as they live.
 * - *`reopen` or `release` while it is being opened.* It is closed as soon as it is open. Who waited for it asks again, and
 *   gets what is opened next.
 * - *A second `reopen`* while the first one closes has nothing more to close; while the first one opens, it closes that.
 *   Both get what is opened then, which began after both had asked.
 * - *Whoever asked is interrupted while it is being opened.* If nobody else waits, the turn is taken away and the opening
 *   interrupted; the map would have it go on until it had been idle for long enough. Those who wait are counted in the step
 *   in which they read the turn, so that nobody joins what is being abandoned.
 * - *Whoever closes is interrupted.* It waits until the project is closed, as do all others.
 * - *The one who asks first has other services than the next.* An opening has those of this layer, and nobody else's.
 */
import * as Context from "effect/Context"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Layer from "effect/Layer"
import * as LayerMap from "effect/LayerMap"
import * as PubSub from "effect/PubSub"
import * as Scope from "effect/Scope"
import * as Stream from "effect/Stream"

import { type OpeningError, ProjectUnreadable } from "../domain/OpeningErrors.ts"
import { Disk } from "../services/Disk.ts"
import { PackerConfig } from "../services/PackerConfig.ts"
import { ProjectRuntime } from "../services/ProjectRuntime.ts"
import { type ProjectKey, ProjectRuntimes } from "../services/ProjectRuntimes.ts"
import { refuseNoPath } from "./Project.ts"
import { isTaken, makePlace, occupy, statusesOf, statusOf, take, turnOf } from "./projects/Place.ts"
import type { Overtaken, Place, Turn } from "./projects/Place.ts"

type Lookup<R> = (key: ProjectKey) => Layer.Layer<ProjectRuntime, OpeningError, R>
type OpenProjects = LayerMap.LayerMap<Turn, ProjectRuntime, OpeningError | Overtaken>

/** Opens the project of a turn. However that ends, what it took is given back: at once, or when the project is closed. */
const open = Effect.fnUntraced(
  function*<R>(turn: Turn, layer: Layer.Layer<ProjectRuntime, OpeningError, R>, forget: Effect.Effect<void>) {
    const scope = yield* Scope.make()
    const takeAndClose = Effect.suspend(() => {
      take(turn)
      return Scope.close(scope, Exit.void)
    })
    // Uninterruptible for whoever waits, too: what is cached is given up when all who wait for it are gone.
    const close = Effect.uninterruptible(yield* Effect.cached(takeAndClose))
    const closeAndForget = Effect.uninterruptible(Effect.andThen(close, forget))
    const build = Effect.gen(function*() {
      const opened = yield* occupy(turn, closeAndForget)
      const runtime = Context.get(yield* Layer.buildWithScope(Layer.fresh(layer), scope), ProjectRuntime)
      yield* opened(runtime)
      return ProjectRuntime.of({ ...runtime, close: closeAndForget })
    })
    return yield* Effect.uninterruptibleMask((restore) =>
      restore(Scope.provide(build, scope)).pipe(
        Effect.onError(() => close),
        Effect.tap(() => Effect.addFinalizer(() => close))
      )
    )
  }
)

/** Borrows what the turn of a project opens; if the turn is taken away meanwhile, what the next one does. */
const borrow = (map: OpenProjects, place: Place): Effect.Effect<ProjectRuntime["Service"], OpeningError, Scope.Scope> =>
  Effect.uninterruptibleMask(Effect.fnUntraced(function*(restore) {
    const scope = yield* Scope.fork(yield* Effect.scope)
    const turn = turnOf(place)
    turn.asking++
    const exit = yield* Effect.exit(restore(Scope.provide(map.contextEffect(turn), scope)))
    turn.asking--
    if (Exit.isSuccess(exit) && !isTaken(turn)) return Context.get(exit.value, ProjectRuntime)

    if (turn.asking === 0 && !turn.opened) take(turn)
    yield* Scope.close(scope, Exit.void)
    if (isTaken(turn)) yield* map.invalidate(turn)
    if (Exit.isSuccess(exit)) return yield* restore(borrow(map, place))
    return yield* Effect.failCause(exit.cause)
  })).pipe(Effect.catchTag("Overtaken", () => borrow(map, place)))

/** Closes what has the floor of a project, for all who borrow it. */
const clear = (place: Place): Effect.Effect<void> =>
  Effect.suspend(() => {
    const { occupant } = place
    if (occupant === undefined) return Effect.void
    take(occupant.turn)
    return Effect.andThen(Deferred.await(occupant.opened), occupant.close)
  })

/** Closes at once whatever is open. What is still being opened is for the map to interrupt. */
const clearAll = (places: Iterable<Place>): Effect.Effect<void> =>
  Effect.forEach(
    places,
    ({ occupant }) => occupant?.runtime === undefined ? Effect.void : occupant.close,
    { concurrency: "unbounded", discard: true }
  )

const make = Effect.fnUntraced(function*<R>(lookup: Lookup<R>) {
  const disk = yield* Disk
  const { idleTimeToLive } = yield* PackerConfig
  const context = yield* Effect.context<R>()
  const places = new Map<string, Place>()

  yield* Effect.addFinalizer(() =>
    Effect.forEach(places.values(), ({ statuses }) => PubSub.end(statuses, undefined), { discard: true })
  )
  const map: OpenProjects = yield* LayerMap.make(
    (turn: Turn) =>
      Layer.effect(
        ProjectRuntime,
        Effect.updateContext(
          open(turn, lookup(turn.place.key), Effect.suspend(() => map.invalidate(turn))),
          (asking: Context.Context<Scope.Scope>) => Context.add(context, Scope.Scope, Context.get(asking, Scope.Scope))
        )
      ),
    { idleTimeToLive }
  )
  yield* Effect.addFinalizer(() => clearAll(places.values()))

  const nameOf = (projectId: string, root: string) => JSON.stringify([projectId, root])
  const placeAt = Effect.fnUntraced(function*({ projectId, root }: ProjectKey) {
    const name = nameOf(projectId, root)
    const known = places.get(name)
    if (known !== undefined) return known
    const made = yield* makePlace({ projectId, root })
    const place = places.get(name) ?? made
    places.set(name, place)
    return place
  })

  const realNames = new Map<string, string>()
  /** The name of a folder without links; of one that is not there, the one that it had, or would have. */
  const realName = (path: string): Effect.Effect<string> =>
    Effect.catch(disk.realPath(path), () => {
      const known = realNames.get(path)
      const end = path.lastIndexOf("/")
      if (known !== undefined || end <= 0) return Effect.succeed(known ?? path)
      return Effect.map(realName(path.slice(0, end)), (parent) => parent + path.slice(end))
    })
  const knownAt = ({ projectId, root }: ProjectKey) =>
    Effect.map(realName(root), (real) => places.get(nameOf(projectId, real)))

  const get = Effect.fnUntraced(function*({ projectId, root }: ProjectKey) {
    yield* refuseNoPath(root)
    const unreadable = ({ errno }: { readonly errno: string }) => new ProjectUnreadable({ path: root, errno })
    const real = yield* Effect.mapError(disk.realPath(root), unreadable)
    realNames.set(root, real)
    return yield* borrow(map, yield* placeAt({ projectId, root: real }))
  })
  const release = Effect.fnUntraced(function*(key: ProjectKey) {
    const place = yield* knownAt(key)
    if (place !== undefined) yield* clear(place)
  })

  return ProjectRuntimes.of({
    get,
    release,
    reopen: (key) => Effect.andThen(release(key), get(key)),
    status: Effect.fnUntraced(function*(key) {
      const place = yield* knownAt(key)
      return place === undefined ? { _tag: "closed" } : yield* statusOf(place)
    }),
    statusChanges: ({ projectId, root }) =>
      Stream.unwrap(Effect.gen(function*() {
        return statusesOf(yield* placeAt({ projectId, root: yield* realName(root) }))
      }))
  })
})

/**
 * Many projects in one host, each opened with the layer that `lookup` gives for its id and the real path of its folder. What
 * that layer needs, and the `PackerConfig`, come from where this one is built, and not from whoever borrows a project.
 *
 * @example
 * const projects = projectRuntimes((key) => project({ ...key, hash: sha256 }))
 */
export const projectRuntimes = <R>(lookup: Lookup<R>): Layer.Layer<ProjectRuntimes, never, Disk | R> =>
  Layer.effect(ProjectRuntimes, make(lookup))
