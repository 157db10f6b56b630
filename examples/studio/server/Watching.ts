/**
 * Tells a page of the project: first everything, then what becomes different, and every event.
 *
 * A page gets each generation once and in order. Several that come together are told as one difference, with the change of
 * each. Events go beside them; an event that tells of a generation may come before it, and the page lets it wait.
 */
import { Effect, Stream } from "effect"
import {
  type OpeningId,
  type PackerEvent,
  PackerEvents,
  ProjectRuntime,
  type RegistryEntry,
  type Snapshot,
  type SnapshotChange,
  type SnapshotView,
  type SubscriberLagged
} from "prometeu-packer"

import { type RootFacts, rootFactsOf } from "../shared/Facts.ts"
import type { News } from "../shared/News.ts"
import { OpenedProject } from "./OpenedProject.ts"

/** The last event that a page got. */
export interface Place {
  readonly opening_id: OpeningId
  readonly position: number
}

/** How many roots are told at once: a page draws in between. */
const sliceSize = 250

const projectNews = (before: Snapshot | undefined, after: Snapshot): ReadonlyArray<News> => {
  const { readOnly, registry: { doubtful }, registryFacts, troubles } = after
  const isSame = before !== undefined && before.readOnly === readOnly && before.registry.doubtful === doubtful &&
    before.registryFacts === registryFacts && before.troubles === troubles
  return isSame ? [] : [{ _tag: "Project", facts: { doubtful, readOnly, registryFacts, troubles } }]
}

const rootsNews = (roots: ReadonlyArray<RootFacts>): ReadonlyArray<News> => {
  const news: Array<News> = []
  for (let at = 0; at < roots.length; at += sliceSize) {
    news.push({ _tag: "Roots", roots: roots.slice(at, at + sliceSize) })
  }
  return news
}

/** True if a root has another asset than before: until it lets go of its ids, no other root can have them. */
const isAnother = (was: RegistryEntry | undefined, is: RegistryEntry | undefined): boolean =>
  was !== undefined && is !== undefined && (was.id !== is.id || was.uuid !== is.uuid)

/** What a page that knows a snapshot, or none, has to be told of another one. */
export const difference = (
  before: Snapshot | undefined,
  { position, snapshot }: Pick<SnapshotView, "position" | "snapshot">,
  changes: readonly [SnapshotChange, ...ReadonlyArray<SnapshotChange>]
): ReadonlyArray<News> => {
  const roots = before === undefined
    ? Array.from(snapshot.assets.values(), ({ root }) => root)
    : [...new Set(changes.flatMap(({ added, removed, updated }) => [...removed, ...added, ...updated]))]
  const replaced = roots.filter((root) => isAnother(before?.assets.get(root)?.entry, snapshot.assets.get(root)?.entry))
  const { extra, lowNextId, nextId } = snapshot.registry
  return [
    ...projectNews(before, snapshot),
    ...rootsNews(replaced.map((root) => rootFactsOf(root, undefined))),
    ...rootsNews(roots.map((root) => rootFactsOf(root, snapshot.assets.get(root)))),
    {
      _tag: "Shown",
      changes,
      position,
      diagnostics: snapshot.diagnostics,
      registry: { extra, lowNextId, nextId }
    }
  ]
}

/** Every generation of the project, each difference from the one that was told before. */
const generations = (packer: ProjectRuntime["Service"]) =>
  Stream.suspend(() => {
    let told: Snapshot | undefined
    let changes: ReadonlyArray<SnapshotChange> = []
    return packer.changes.pipe(
      Stream.mapEffect((change) =>
        Effect.map(packer.snapshot, (view): ReadonlyArray<News> => {
          const before = told
          // One that is over already is told with the one that is not.
          if (view.snapshot.generation !== change.generation) {
            changes = [...changes, change]
            return []
          }
          const [first, ...more] = changes
          told = view.snapshot
          changes = []
          return difference(before, view, first === undefined ? [change] : [first, ...more, change])
        })
      ),
      Stream.flattenIterable,
      // Each goes by itself: a page takes one in while the next is on its way, and draws in between.
      Stream.rechunk(1)
    )
  })

/** The events after a place; if it is of another opening, or too long ago, those that there still are. */
const eventsAfter = Effect.fnUntraced(function*(opening_id: OpeningId, after: Place | undefined) {
  const events = yield* PackerEvents
  const oldest = events.subscribe({ from: "oldest" })
  if (after?.opening_id !== opening_id) return yield* oldest
  return yield* Effect.catchTag(events.subscribe({ from: after }), "EventsNotRetained", () => oldest)
})

/** All that is known of the project, and then all that happens, as long as somebody reads. */
export const watch = (after: Place | undefined) =>
  Stream.unwrap(Effect.gen(function*() {
    const packer = yield* ProjectRuntime
    const about = yield* OpenedProject
    const events = yield* eventsAfter(packer.openingId, after)
    const { openingId, projectId } = packer
    const opened: News = { _tag: "Opened", project: { ...about, openingId, projectId }, status: yield* packer.status }
    const later: ReadonlyArray<Stream.Stream<News, SubscriberLagged>> = [
      generations(packer),
      Stream.map(events, (event: PackerEvent): News => ({ _tag: "Told", event })),
      Stream.map(packer.statusChanges, (status): News => ({ _tag: "Status", status }))
    ]
    return Stream.concat(Stream.succeed(opened), Stream.mergeAll(later, { concurrency: "unbounded" }))
  }))
