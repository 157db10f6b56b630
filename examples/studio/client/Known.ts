/**
 * What a page knows of the project, out of what the server tells.
 *
 * **What it promises.** What is seen is one generation, whole. Every generation of an opening is told once and in order, or
 * the stream fails with `SubscriberLagged`. An event goes to the sink when what it tells of can be read, in the order of
 * positions, none twice.
 *
 * **Tricky cases.**
 *
 * - *The link was lost, and the opening is the same.* All is told again. If it is the generation that was seen last, what is
 *   seen stays the same object; if not, readers of changes have a gap and read again. Events go on after the last one.
 * - *The server was started again.* That is another opening, which counts from 1. Readers of changes read again. Events of the
 *   opening before that waited for a generation go out first: there will be no such generation any more.
 */
import { Deferred, Effect, PubSub, Stream, SubscriptionRef } from "effect"
import {
  getAssetActions,
  getAssetDetails,
  listAssets,
  type OpeningId,
  type PackerEvent,
  PackerEventSink,
  type ProjectStatus,
  type Snapshot,
  type SnapshotChange,
  type SnapshotView,
  SubscriberLagged
} from "prometeu-packer"

import type { News } from "../shared/News.ts"
import type { ProjectInfo } from "../shared/ProjectInfo.ts"
import { emptyCopy, shown, withProject, withRoots } from "./Copy.ts"

/** How many generations a reader of changes may be behind. */
const buffer = 1024

/** What is seen: a generation of an opening. */
export interface Seen {
  readonly project: ProjectInfo
  readonly view: SnapshotView
}

/** A generation, and the opening that counts it. */
interface Numbered {
  readonly openingId: OpeningId
  readonly change: SnapshotChange
}

const viewOf = (snapshot: Snapshot, position: number): SnapshotView => ({
  snapshot,
  position,
  listAssets: (query) => listAssets(snapshot, query ?? {}, position),
  getAssetDetails: (ref) => getAssetDetails(snapshot, ref, position),
  getAssetActions: (ref) => getAssetActions(snapshot, ref, position)
})

/** The generation at which all can be read that an event tells of. */
const generationOf = (event: PackerEvent): number => {
  switch (event.kind) {
    case "action_applied":
      return event.details.outcome.generation
    case "action_failed":
    case "progress_updated":
      return 0
    default:
      return event.details.generation
  }
}

/** What is known of the project, as long as the scope lives. */
export const makeKnown = Effect.gen(function*() {
  const sink = yield* PackerEventSink
  const first = yield* Deferred.make<Seen>()
  const seen = yield* SubscriptionRef.make<Seen | undefined>(undefined)
  const told = yield* SubscriptionRef.make<PackerEvent | undefined>(undefined)
  /** True as soon as the page let go of the project: then it is closed here, whatever the server tells. */
  let isClosed = false
  const status = yield* SubscriptionRef.make<ProjectStatus>({ _tag: "opening" })
  const generations = yield* PubSub.sliding<Numbered>(buffer)
  yield* Effect.addFinalizer(() => PubSub.shutdown(generations))

  let project: ProjectInfo | undefined
  let copy: Snapshot | undefined
  let waiting: ReadonlyArray<PackerEvent> = []
  let last: { readonly opening_id: OpeningId; readonly position: number } | undefined

  const publish = Effect.fnUntraced(function*(event: PackerEvent) {
    yield* Effect.catchCause(sink.publish(event), (cause) => Effect.logError("The sink of the page failed", cause))
    yield* SubscriptionRef.set(told, event)
  })
  const tell = Effect.fnUntraced(function*(upTo: number) {
    const held = waiting.findIndex((event) => generationOf(event) > upTo)
    const ready = held === -1 ? waiting : waiting.slice(0, held)
    waiting = held === -1 ? [] : waiting.slice(held)
    yield* Effect.forEach(ready, publish, { discard: true })
  })
  const generation = () => {
    const now = SubscriptionRef.getUnsafe(seen)
    return now === undefined || now.project.openingId !== project?.openingId ? 0 : now.view.snapshot.generation
  }

  const show = Effect.fnUntraced(function*(next: Seen, changes: ReadonlyArray<SnapshotChange>) {
    const { openingId } = next.project
    const isAnother = generation() !== next.view.snapshot.generation
    if (isAnother) {
      yield* SubscriptionRef.set(seen, next)
      yield* Effect.forEach(changes, (change) => PubSub.publish(generations, { openingId, change }), { discard: true })
    }
    yield* Deferred.succeed(first, next)
    yield* tell(next.view.snapshot.generation)
  })

  const showStatus = (next: ProjectStatus) => isClosed ? Effect.void : SubscriptionRef.set(status, next)
  const close = Effect.gen(function*() {
    if (isClosed) return
    isClosed = true
    yield* SubscriptionRef.set(status, { _tag: "closing" })
    yield* SubscriptionRef.set(status, { _tag: "closed" })
  })

  /** Takes one piece of what the server tells; each piece before the next. */
  const take = Effect.fnUntraced(function*(news: News) {
    switch (news._tag) {
      case "Opened": {
        if (project !== undefined && project.openingId !== news.project.openingId) yield* tell(Infinity)
        project = news.project
        copy = emptyCopy(news.project)
        return yield* showStatus(news.status)
      }
      case "Project":
        if (copy !== undefined) copy = withProject(copy, news.facts)
        return
      case "Roots":
        if (copy !== undefined) copy = withRoots(copy, news.roots)
        return
      case "Shown":
        if (copy === undefined || project === undefined) return
        copy = shown(copy, news)
        return yield* show({ project, view: viewOf(copy, news.position) }, news.changes)
      case "Told":
        last = news.event
        waiting = [...waiting, news.event]
        return yield* tell(generation())
      case "Status":
        return yield* showStatus(news.status)
    }
  })

  const changes: Stream.Stream<SnapshotChange, SubscriberLagged> = Stream.unwrap(Effect.gen(function*() {
    const subscription = yield* PubSub.subscribe(generations)
    const { project: { openingId }, view: { snapshot } } = yield* current
    let reached: number = snapshot.generation
    const later = Stream.fromSubscription(subscription).pipe(
      Stream.filter((next) => next.openingId !== openingId || next.change.generation > snapshot.generation),
      Stream.mapEffect((next) => {
        if (next.openingId !== openingId || next.change.generation !== reached + 1) {
          return Effect.fail(new SubscriberLagged({ lastPosition: reached }))
        }
        reached = next.change.generation
        return Effect.succeed(next.change)
      })
    )
    const here: SnapshotChange = { generation: snapshot.generation, added: [], updated: [], removed: [] }
    return Stream.concat(Stream.succeed(here), later)
  }))
  /** What is seen; it waits for the first time only. */
  const current = Effect.suspend(() => {
    const now = SubscriptionRef.getUnsafe(seen)
    return now === undefined ? Deferred.await(first) : Effect.succeed(now)
  })

  /** What is read now. Events that the sink had since it was shown are contained in it too. */
  const view = Effect.map(current, ({ project: { openingId }, view }) => {
    const event = SubscriptionRef.getUnsafe(told)
    return event?.opening_id === openingId && event.position > view.position
      ? viewOf(view.snapshot, event.position)
      : view
  })

  /**
   * Waits until a generation of an opening can be read, and the sink has had the events up to a position of it; or there is
   * another opening, which read from the disk whatever came of this one.
   */
  const whenReached = (openingId: OpeningId, { generation, position }: { generation: number; position: number }) =>
    Stream.merge(SubscriptionRef.changes(seen), SubscriptionRef.changes(told)).pipe(
      Stream.filter(() => {
        const now = SubscriptionRef.getUnsafe(seen)
        if (now === undefined || now.project.openingId !== openingId) return now !== undefined
        const event = SubscriptionRef.getUnsafe(told)
        const isTold = position === 0 || (event?.opening_id === openingId && event.position >= position)
        return isTold && now.view.snapshot.generation >= generation
      }),
      Stream.take(1),
      Stream.runDrain
    )

  return {
    take,
    current,
    view,
    seen,
    changes,
    whenReached,
    status,
    close,
    /** The last event that came. */
    last: () => last === undefined ? undefined : { opening_id: last.opening_id, position: last.position }
  }
})

/** What is known of the project. */
export type Known = Effect.Success<typeof makeKnown>
