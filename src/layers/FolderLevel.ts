/** A level of a walk, whose folders are read by several at once: by threads from its beginning, and here from its end. */
import * as Effect from "effect/Effect"

import type { FolderReading, ReadFolders } from "../services/FolderReader.ts"
import type { FolderAsk, FolderSight } from "../services/FolderSight.ts"
import type { Breather } from "./Breather.ts"
import { makePatience } from "./Patience.ts"

/** How the folders of a level are read. */
export interface LevelOptions<Stop> {
  readonly reading: FolderReading
  readonly read: ReadFolders
  readonly breather: Breather
  readonly manifestLimit: number
  readonly askOf: (stop: Stop) => FolderAsk
  /** Takes in what was found of some of them. */
  readonly enter: (stops: ReadonlyArray<Stop>, sights: Iterable<FolderSight>) => Effect.Effect<void>
}

interface Level<Stop> extends LevelOptions<Stop> {
  readonly stops: ReadonlyArray<Stop>
  /** Nobody has begun with those from `first` up to `last`. */
  first: number
  last: number
  /** How many batches were read and are not taken in yet. */
  waiting: number
  /** Those that could not be read in batches, or hold too much to be read at once. */
  readonly left: Array<Stop>
}

/** Reads the folders of a level; gives those for which that could not be done. */
export const readLevel = Effect.fnUntraced(function*<Stop>(options: LevelOptions<Stop>, stops: ReadonlyArray<Stop>) {
  const level: Level<Stop> = { ...options, stops, first: 0, last: stops.length, waiting: 0, left: [] }
  const batches = Array.from({ length: options.reading.inFlight }, () => readBatches(level))
  yield* Effect.all([...batches, readHere(level)], { concurrency: "unbounded", discard: true })
  return level.left
})

/** Has one batch after the other read, from the first folder on. */
const readBatches = Effect.fnUntraced(function*<Stop>(level: Level<Stop>) {
  const { askOf, enter, manifestLimit, read, reading: { batch } } = level
  while (level.first < level.last) {
    const stops = level.stops.slice(level.first, Math.min(level.first + batch, level.last))
    level.first += stops.length
    const sights = yield* read(stops.map(askOf), manifestLimit)
    if (sights === undefined) {
      level.left.push(...stops)
      continue
    }
    level.waiting++
    yield* enter(stops, sights)
    level.waiting--
  }
})

/** Reads folders in this thread, from the last one on, as long as nothing that was read waits to be taken in. */
const readHere = Effect.fnUntraced(function*<Stop>(level: Level<Stop>) {
  const { askOf, breather, enter, manifestLimit, reading: { here } } = level
  if (here === undefined) return
  const patience = yield* makePatience
  while (!patience.isOver() && level.first < level.last) {
    const stop = level.waiting > 0 ? undefined : level.stops[--level.last]
    if (stop === undefined) {
      yield* Effect.yieldNow
      continue
    }
    const sight = patience.look(() => here(askOf(stop), manifestLimit))
    if (sight === undefined) level.left.push(stop)
    else yield* enter([stop], [sight])
    yield* breather.pause
  }
})
