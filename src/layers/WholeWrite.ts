/** Writing all of some bytes: a disk may take fewer than it was given, and that is no success. */
import * as Effect from "effect/Effect"

import { DiskError, type DiskFile } from "../services/Disk.ts"

/** How often in a row a disk may take nothing before it counts as full. */
const patience = 2

/** Writes all bytes at a position, in as many calls as the disk needs. A disk that takes no more of them is full. */
export const writeWhole = Effect.fnUntraced(function*(file: DiskFile, position: number, bytes: Uint8Array) {
  let written = 0
  let refused = 0
  while (written < bytes.length) {
    const taken = yield* file.write(position + written, written === 0 ? bytes : bytes.subarray(written))
    written += taken
    refused = taken === 0 ? refused + 1 : 0
    if (refused === patience) return yield* new DiskError({ call: "write", path: file.path, errno: "ENOSPC" })
  }
})
