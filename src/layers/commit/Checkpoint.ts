/**
 * Bringing what the journal keeps to its plain files, so that the journal may forget it.
 *
 * The long parts, flushing and writing the registry, work on a state that was taken before and stand in nobody's way;
 * commits go on meanwhile. Only the short ends need the committer to itself: taking that state, and forgetting, which
 * is one rename and the header of a new epoch. What was committed in between is carried into that epoch.
 */
import * as Effect from "effect/Effect"

import type { AssetRoot } from "../../domain/Path.ts"
import type { Registry } from "../../domain/Registry.ts"
import { printRegistrySteps } from "../../domain/RegistryCodec.ts"
import { type FileState, sameContent, stateOf } from "../../domain/Seen.ts"
import { DiskError } from "../../services/Disk.ts"
import { makeBreather } from "../Breather.ts"
import type { Journal } from "../journal/Journal.ts"
import type { RecordStep } from "../journal/Record.ts"
import { renamePatiently } from "../Rename.ts"
import { seeFile } from "../Sight.ts"
import { type Books, recordOf, unsavedChanges } from "./Books.ts"
import { type StagedFile, stageFile } from "./Staging.ts"
import type { Terms } from "./Terms.ts"
import { flushNoted, leavesDoubt } from "./Unflushed.ts"

/** What the registry file is now. What was not touched since is not read again. */
export const lookAtRegistry = Effect.fnUntraced(function*({ disk, folder, hash }: Terms, expected: FileState) {
  const stat = yield* disk.stat(folder.registry)
  if (expected._tag === "File" && stat?.kind === "file") {
    const { inode, mtimeMs, size } = expected.fingerprint
    if (stat.size === size && stat.mtimeMs === mtimeMs && stat.inode === inode) return expected
  }
  const own = yield* disk.stat(folder.own)
  if (own?.kind === "link") return { _tag: "Link" } satisfies FileState
  const path = folder.registry
  const seen = yield* seeFile(disk, path, Number.MAX_SAFE_INTEGER, hash)
  // A read that failed says nothing of what is there.
  if (seen._tag === "Unreadable") return yield* new DiskError({ call: "readFile", path, errno: seen.reason })
  return stateOf(seen)
})

/** Writes a registry aside, durably. */
export const writeAside = Effect.fnUntraced(function*(terms: Terms, registry: Registry) {
  const breather = yield* makeBreather
  return yield* stageFile(terms, yield* breather.run(printRegistrySteps(registry)), true)
})

/** True if nobody else wrote the registry file. What could not be read at first is what the first look finds. */
export const isExpected = ({ registryFile }: Books, found: FileState): boolean =>
  registryFile._tag === "Unreadable" || sameContent(registryFile, found)

/** Puts a registry that was written aside in its place, unless somebody else, or a later one, is there. */
export const putRegistry = Effect.fnUntraced(function*(
  terms: Terms,
  books: Books,
  { fingerprint, path }: StagedFile,
  count: number
) {
  const { disk, folder } = terms
  if (count < books.registryCount) return false
  if (!isExpected(books, yield* lookAtRegistry(terms, books.registryFile))) return false
  yield* renamePatiently(terms, path, folder.registry, fingerprint.inode)
  books.registryFile = { _tag: "File", fingerprint }
  books.registryCount = count
  yield* disk.flushFolder(folder.own)
  yield* disk.flushFolder(folder.stage)
  return true
})

/** Runs the short parts, so that nothing else is committed or looked at meanwhile. */
export type Alone = <A>(effect: Effect.Effect<A, DiskError>) => Effect.Effect<A, DiskError>

/**
 * Makes durable what was committed so far, with the registry file if `withRegistry`, and lets the journal forget it; what
 * is left has room for `needed` bytes more. What cannot be put in its place yet, and a registry file that somebody else
 * wrote, keep their changes in the journal.
 */
export const checkpoint = Effect.fnUntraced(function*(
  terms: Terms,
  books: Books,
  journal: Journal,
  { alone, needed, withRegistry }: { readonly alone: Alone; readonly needed: number; readonly withRegistry: boolean }
) {
  const taken = yield* alone(Effect.sync(() => ({ count: books.count, registry: books.registry })))
  const { count, registry } = taken
  yield* flushNoted(terms, books.unflushed, count, (fault) => {
    if (leavesDoubt(fault)) books.standstill ??= { _tag: "Uncertain", fault }
  })
  const isBehind = withRegistry && registry !== undefined &&
    (books.registryIsBehind || unsavedChanges(books).length > 0)
  const aside = isBehind ? yield* writeAside(terms, registry) : undefined
  const finish = Effect.gen(function*() {
    // Where it is not known what is durable, the journal stays as it is: the next opening reads it.
    if (books.standstill !== undefined) return
    const isSaved = aside !== undefined && (yield* putRegistry(terms, books, aside, count))
    if (isSaved) books.registryIsBehind = false
    const after = books.entries.map((entry) => {
      if (entry.count > count) return { entry, steps: entry.steps, registry: entry.registry }
      const steps = entry.steps.filter((step) => entry.left.has(step))
      return { entry, steps, registry: isSaved ? [] : entry.registry }
    })
    const isLighter = after.some(({ entry, registry, steps }) =>
      steps.length < entry.steps.length || registry.length < entry.registry.length
    )
    if (!isLighter && journal.room().left >= needed) return
    const kept = after.filter(({ registry, steps }) => steps.length + registry.length > 0)
    yield* journal.rotate(kept.map(({ entry, registry, steps }) => recordOf({ ...entry, registry, steps })), needed)
    for (const { entry, registry, steps } of kept) Object.assign(entry, { registry, steps })
    books.entries = kept.map(({ entry }) => entry)
    const forgotten = after.filter(({ steps }) => steps.length === 0).flatMap(({ entry }) => entry.aside.blobs)
    for (const { path } of forgotten) yield* Effect.ignore(terms.disk.removeFile(path))
  })
  const { disk } = terms
  yield* Effect.ensuring(alone(finish), aside === undefined ? Effect.void : Effect.ignore(disk.removeFile(aside.path)))
})

/** The steps that are not in place: as long as there are any, a checkpoint cannot be complete. */
const lateSteps = ({ late }: Books): ReadonlyArray<RecordStep> => Array.from(late, ({ left }) => [...left]).flat()

/** The roots whose files are not in place. */
export const lateRoots = (books: Books): ReadonlyArray<AssetRoot> => [
  ...new Set(lateSteps(books).flatMap((step) => "root" in step ? [step.root] : []))
]

/** The folders that are to be moved away, and are still where they were. */
export const lateSources = (books: Books): ReadonlyArray<string> =>
  lateSteps(books).flatMap((step) => step._tag === "MoveFolder" ? [step.from] : [])
