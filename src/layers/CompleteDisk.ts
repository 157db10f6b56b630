/** Calls to a disk that are several others, one after the other. */
import * as Effect from "effect/Effect"

import type { Disk, DiskError, DiskStat } from "../services/Disk.ts"
import { writeWhole } from "./WholeWrite.ts"

/** The calls of a disk that are not made of others. */
export type SingleDiskCalls = Omit<Disk["Service"], "way" | "writeNew">

/** A disk whose other calls are made of these. Whoever stands around a disk sees, and may hold, each of the single ones. */
export const completeDisk = (calls: SingleDiskCalls): Disk["Service"] => ({
  ...calls,
  way: (paths) => way(calls, paths),
  writeNew: (path, bytes) => writeNew(calls, path, bytes)
})

const way = Effect.fnUntraced(function*(
  { stat }: SingleDiskCalls,
  paths: ReadonlyArray<string>
): Effect.fn.Return<ReadonlyArray<DiskStat | undefined>, DiskError> {
  const found: Array<DiskStat | undefined> = []
  for (const path of paths) {
    const there = yield* stat(path)
    found.push(there)
    if (there?.kind !== "folder") break
  }
  return found
})

const writeNew = Effect.fnUntraced(function*({ open }: SingleDiskCalls, path: string, bytes: Uint8Array) {
  const file = yield* open(path, "create")
  const written = yield* Effect.onError(
    Effect.andThen(writeWhole(file, 0, bytes), file.stat),
    () => Effect.ignore(file.close)
  )
  yield* file.close
  return written
})
