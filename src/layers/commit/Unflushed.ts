/** What was put in place and is not durable there yet: only the journal keeps it safe. */
import * as Effect from "effect/Effect"

import { parentsOf } from "../../domain/Path.ts"
import type { DiskError } from "../../services/Disk.ts"
import { absolute, type Terms } from "./Terms.ts"

/** Files and folders that have to be flushed before the journal may forget what was done to them. */
export interface Unflushed {
  /** By path below `assets/`, with the count of the last change to each. */
  readonly files: Map<string, number>
  readonly folders: Map<string, number>
}

/** Nothing that is not durable. */
export const noneUnflushed = (): Unflushed => ({ files: new Map(), folders: new Map() })

/** Notes that a file was put in place. */
export const noteFile = ({ files }: Unflushed, path: string, count: number): void => {
  files.set(path, count)
}

/** Notes that a folder was made. */
export const noteFolder = ({ folders }: Unflushed, path: string, count: number): void => {
  folders.set(path, count)
}

/** What is there no more, or is something else by now, is not what was put there: its folder tells all about it. */
const replaced = new Set(["ENOENT", "ENOTDIR", "ELOOP", "EISDIR", "EINVAL"])

/**
 * How many flushes wait for the disk at once. Each takes one of the threads that Node has for such calls, of which there are
 * four if the host says nothing else; the lane makes its files there meanwhile, and the host has calls of its own. More
 * were not faster.
 */
const flushesAtOnce = 2

/** Makes all of it durable, but what was noted after `count`; what is durable is noted no more. */
export const flushNoted = Effect.fnUntraced(function*(
  terms: Terms,
  unflushed: Unflushed,
  count: number,
  onFault: (fault: DiskError) => void
) {
  const { disk, folder, host } = terms
  const until = (noted: Map<string, number>) => Array.from(noted).flatMap(([path, last]) => last <= count ? [path] : [])
  const flushFile = (path: string) =>
    Effect.catchIf(
      Effect.acquireUseRelease(
        // Windows flushes only what is open for writing.
        disk.open(absolute(terms, path), host.hasSharingViolations ? "update" : "read"),
        (file) => file.flush,
        (file) => Effect.ignore(file.close)
      ),
      ({ call, errno }) => call === "open" && replaced.has(errno),
      () => Effect.void
    )
  const flushFolder = (path: string) =>
    Effect.catchIf(disk.flushFolder(absolute(terms, path)), ({ errno }) => replaced.has(errno), () => Effect.void)
  const forget = (noted: Map<string, number>, path: string) => {
    if ((noted.get(path) ?? 0) <= count) noted.delete(path)
  }
  const files = until(unflushed.files)
  const folders = until(unflushed.folders)
  // A folder that somebody made in between may be no more durable than what was put into it.
  const ways = new Set([...files, ...folders].flatMap((path) => ["", ...parentsOf(path)]))
  // A file that is renamed from one folder to another is durable when both are.
  if (files.length > 0) ways.add(folder.stage.slice(folder.assets.length + 1))
  // Told at once: those that flush beside this one must not take a second answer for an answer.
  const told = <A>(flush: Effect.Effect<A, DiskError>) =>
    Effect.tapError(flush, (fault) => Effect.sync(() => onFault(fault)))
  yield* Effect.forEach(files, (path) => told(flushFile(path)), { concurrency: flushesAtOnce, discard: true })
  yield* Effect.forEach(new Set([...folders, ...ways]), (path) => told(flushFolder(path)), {
    concurrency: flushesAtOnce,
    discard: true
  })
  for (const path of files) forget(unflushed.files, path)
  for (const path of folders) forget(unflushed.folders, path)
})

/** Failures of a flush in which nothing was flushed yet: the folder could not even be opened. */
const beforeFlush = new Set(["EMFILE", "ENFILE", "EACCES", "EPERM"])

/**
 * True if a call that failed leaves open what is durable: a system may forget what it could not write, and say nothing
 * of it the next time.
 */
export const leavesDoubt = ({ call, errno }: DiskError): boolean =>
  call === "flush" || call === "flushData" || (call === "flushFolder" && !beforeFlush.has(errno))
