/** The trash: what was deleted, and what was overtaken by somebody else's edit, until it is the oldest of too many. */
import * as Effect from "effect/Effect"

import type { AssetRoot } from "../../domain/Path.ts"
import { makeBreather } from "../Breather.ts"
import { writeWhole } from "../WholeWrite.ts"
import { absolute, type Terms } from "./Terms.ts"
import { makeTrash } from "./Trash.ts"

/** Keeps bytes that have no place in the workspace; gives their path below `assets/`. */
export const keep = Effect.fnUntraced(function*(
  terms: Terms,
  operation: string,
  root: AssetRoot,
  what: string,
  bytes: Uint8Array
) {
  const path = yield* makeTrash(terms, { operation, entries: [{ name: "1", what, asset: { root } }] })
  const fill = Effect.gen(function*() {
    const file = yield* terms.disk.open(`${absolute(terms, path)}/1`, "create")
    yield* Effect.ensuring(Effect.andThen(writeWhole(file, 0, bytes), file.flush), Effect.ignore(file.close))
    yield* terms.disk.flushFolder(absolute(terms, path))
  })
  yield* Effect.onError(fill, () => Effect.ignore(removeWhole(terms, absolute(terms, path))))
  return `${path}/1`
})

/** Removes a folder with all that is in it. */
const removeWhole = Effect.fnUntraced(function*({ disk }: Terms, path: string) {
  const breather = yield* makeBreather
  const open = [path]
  while (open.length > 0) {
    const folder = open.at(-1) ?? path
    const entries = yield* disk.list(folder)
    for (const { kind, name } of entries) {
      yield* breather.pause
      if (kind !== "folder") yield* disk.removeFile(`${folder}/${name}`)
    }
    const inner = entries.filter(({ kind }) => kind === "folder")
    for (const { name } of inner) open.push(`${folder}/${name}`)
    if (inner.length > 0) continue
    yield* disk.removeFolder(folder)
    open.pop()
  }
})

/**
 * Empties the trash of what is too much, the oldest first, but not of what is about to be used. What cannot be removed
 * stays for the next time.
 */
export const purgeTrash = Effect.fnUntraced(function*(terms: Terms, isInUse: (path: string) => boolean) {
  const { disk, folder, settings } = terms
  const names = (yield* disk.list(folder.trash)).map(({ name }) => name).toSorted()
  const excess = names.slice(0, Math.max(0, names.length - settings.trashLimit))
  for (const path of excess.map((name) => `${folder.trash}/${name}`)) {
    if (!isInUse(path.slice(folder.assets.length + 1))) yield* Effect.ignore(removeWhole(terms, path))
  }
})

/**
 * Removes what an earlier opening was about to use and did not: staged files, and folders in the trash with nothing in
 * them. What cannot be removed is in nobody's way, and stays for the next time.
 */
export const clearLeftovers = (terms: Terms): Effect.Effect<void> => Effect.ignore(clearAll(terms))

const clearAll = Effect.fnUntraced(function*(terms: Terms) {
  const { disk, folder } = terms
  const breather = yield* makeBreather
  const remove = (path: string): Effect.Effect<void> => Effect.ignore(disk.removeFile(path))
  for (const { kind, name } of yield* disk.list(folder.stage)) {
    yield* breather.pause
    if (kind === "folder") yield* Effect.ignore(removeWhole(terms, `${folder.stage}/${name}`))
    else yield* remove(`${folder.stage}/${name}`)
  }
  const journals = (yield* disk.list(folder.runtime)).filter(({ name }) => name.startsWith("journal-"))
  for (const { name } of journals) yield* remove(`${folder.runtime}/${name}`)
  for (const { kind, name } of yield* disk.list(folder.trash)) {
    yield* breather.pause
    const path = `${folder.trash}/${name}`
    if (kind !== "folder") continue
    const inside = yield* disk.list(path)
    if (inside.every((entry) => entry.name === "meta.json")) yield* Effect.ignore(removeWhole(terms, path))
  }
})
