/** Bringing registry changes that had not reached their file into it, whatever it says by now. */
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"

import type { RegistryConflict } from "../../domain/Errors.ts"
import { emptyRegistry, type Registry } from "../../domain/Registry.ts"
import { readRegistrySteps } from "../../domain/RegistryCodec.ts"
import { mergeChanges } from "../../domain/RegistryMerge.ts"
import { type FileState, stateOf } from "../../domain/Seen.ts"
import { DiskError } from "../../services/Disk.ts"
import { makeBreather } from "../Breather.ts"
import type { JournalRecord } from "../journal/Record.ts"
import { seeFile } from "../Sight.ts"
import type { Books } from "./Books.ts"
import { putRegistry, writeAside } from "./Checkpoint.ts"
import type { Terms } from "./Terms.ts"

/** What becomes of the registry file. */
type Merge =
  | { readonly _tag: "Nothing" }
  /** `file` is what it was merged with. */
  | { readonly _tag: "Merged"; readonly registry: Registry; readonly file: FileState }
  | { readonly _tag: "Conflict"; readonly conflict: RegistryConflict | undefined }

/** Brings the registry changes of records into what the file says. */
export const mergeRegistry = Effect.fnUntraced(function*(terms: Terms, records: ReadonlyArray<JournalRecord>) {
  const changes = records.flatMap(({ registry }) => registry)
  if (changes.length === 0) return { _tag: "Nothing" } satisfies Merge
  const { disk, folder, hash } = terms
  const path = folder.registry
  const found = yield* seeFile(disk, path, Number.MAX_SAFE_INTEGER, hash)
  if (found._tag === "Unreadable") return yield* new DiskError({ call: "readFile", path, errno: found.reason })
  let file: Registry = emptyRegistry
  if (found._tag === "File") {
    const breather = yield* makeBreather
    const read = yield* breather.run(readRegistrySteps(found.bytes))
    if (Result.isFailure(read)) return { _tag: "Conflict", conflict: undefined } satisfies Merge
    file = read.success
  } else if (found._tag !== "Absent") return { _tag: "Conflict", conflict: undefined } satisfies Merge
  const merged = mergeChanges(file, changes)
  if (Result.isFailure(merged)) return { _tag: "Conflict", conflict: merged.failure } satisfies Merge
  if (merged.success === file) return { _tag: "Nothing" } satisfies Merge
  return { _tag: "Merged", registry: merged.success, file: stateOf(found) } satisfies Merge
})

/** Makes durable a registry file that has all that it needs: whoever wrote that may not have come to it. */
const flushRegistry = Effect.fnUntraced(function*({ disk, folder, host }: Terms) {
  if ((yield* disk.stat(folder.registry)) !== undefined) {
    yield* Effect.acquireUseRelease(
      disk.open(folder.registry, host.hasSharingViolations ? "update" : "read"),
      (file) => file.flush,
      (file) => Effect.ignore(file.close)
    )
  }
  for (const path of [folder.own, folder.stage]) yield* disk.flushFolder(path)
})

/** How often somebody may write the registry file while it is merged. */
const merges = 3

/** Brings registry changes into the file; `false` if they have to wait, with the reason in the books. */
export const redoRegistry = Effect.fnUntraced(
  function*(terms: Terms, books: Books, records: ReadonlyArray<JournalRecord>) {
    for (let tried = 0; tried < merges; tried++) {
      const merged = yield* mergeRegistry(terms, records)
      if (merged._tag === "Nothing") {
        if (records.some(({ registry }) => registry.length > 0)) yield* flushRegistry(terms)
        return true
      }
      if (merged._tag === "Conflict") {
        books.standstill = { _tag: "RegistryConflict", conflict: merged.conflict }
        return false
      }
      const aside = yield* writeAside(terms, merged.registry)
      books.registryFile = merged.file
      if (yield* putRegistry(terms, books, aside, 0)) return true
    }
    books.standstill = { _tag: "RegistryConflict", conflict: undefined }
    return false
  }
)
