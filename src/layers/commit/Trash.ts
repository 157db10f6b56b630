/** Folders in the trash: what was deleted is moved into one, and what has no place any more is kept in one. */
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"

import type { AssetName } from "../../domain/Identity.ts"
import { uniqueName } from "../UniqueName.ts"
import { writeWhole } from "../WholeWrite.ts"
import type { Terms } from "./Terms.ts"

/** What `meta.json` in a folder of the trash says of the things beside it. */
export interface TrashMeta {
  readonly operation: string
  readonly entries: ReadonlyArray<{ readonly name: string; readonly what: string; readonly asset: AssetName }>
}

/** A time as names in the trash begin with it: they sort by it. */
const stampOf = (time: DateTime.DateTime): string => DateTime.formatIso(time).replaceAll(":", "")

const stampLength = "2000-01-01T000000.000Z".length

/** The time that a name in the trash begins with. */
const timeIn = (name: string): Option.Option<DateTime.Utc> =>
  DateTime.make(name.slice(0, stampLength).replace(/T(..)(..)/, "T$1:$2:"))

/** The time now, or the next one after the newest name: a clock that was set back makes nothing older than it is. */
const nextStamp = Effect.fnUntraced(function*({ disk, folder }: Terms) {
  const now = yield* DateTime.now
  const newest = (yield* disk.list(folder.trash)).map(({ name }) => name).toSorted().at(-1)
  const after = newest === undefined ? Option.none() : Option.map(timeIn(newest), DateTime.add({ milliseconds: 1 }))
  return stampOf(Option.match(after, { onNone: () => now, onSome: (next) => DateTime.max(now, next) }))
})

/**
 * Makes a folder in the trash, with its `meta.json`, all durable; gives its path below `assets/`. The path begins with the
 * time, so that the oldest sorts first.
 */
export const makeTrash = Effect.fnUntraced(function*(terms: Terms, meta: TrashMeta) {
  const { disk, folder, host } = terms
  const path = `${folder.trash}/${yield* nextStamp(terms)}-${yield* uniqueName(host)}`
  yield* disk.makeFolder(path)
  const fill = Effect.gen(function*() {
    const file = yield* disk.open(`${path}/meta.json`, "create")
    const write = writeWhole(file, 0, new TextEncoder().encode(`${JSON.stringify(meta, undefined, 2)}\n`))
    yield* Effect.onError(Effect.andThen(write, file.flush), () => Effect.ignore(file.close))
    yield* file.close
    yield* disk.flushFolder(path)
    yield* disk.flushFolder(folder.trash)
  })
  yield* Effect.onError(fill, () => removeTrash(terms, path))
  return path.slice(folder.assets.length + 1)
})

/** Removes a folder of the trash into which nothing was moved. */
export const removeTrash = ({ disk }: Terms, path: string): Effect.Effect<void> =>
  Effect.ignore(disk.removeFile(`${path}/meta.json`)).pipe(
    Effect.andThen(Effect.ignore(disk.removeFolder(path)))
  )
