/** A disk that remembers what was asked of it. */
import * as Effect from "effect/Effect"

import type { Disk } from "../services/Disk.ts"
import { aroundDisk, type DiskCall, type DiskCallName } from "./DiskCall.ts"

/** A disk, and the calls made to it so far. */
export interface RecordingDisk {
  readonly disk: Disk["Service"]
  /** In the order they were made, also those that failed. It grows. */
  readonly calls: ReadonlyArray<DiskCall>
  /** How many calls of one name there were. */
  readonly count: (call: DiskCallName) => number
  /** Forgets the calls so far. */
  readonly clear: () => void
}

/** A disk around another one that remembers every call, also those of the files it opened. */
export const recordingDisk = (inner: Disk["Service"]): RecordingDisk => {
  const calls: Array<DiskCall> = []
  return {
    disk: aroundDisk(inner, (call, run) =>
      Effect.suspend(() => {
        calls.push(call)
        return run
      })),
    calls,
    count: (name) => calls.filter(({ call }) => call === name).length,
    clear: () => {
      calls.length = 0
    }
  }
}
