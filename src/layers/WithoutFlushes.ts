/** A disk that is trusted to keep what it was given: for workspaces that may be lost with the machine. */
import * as Effect from "effect/Effect"

import type { Disk } from "../services/Disk.ts"

/** The same disk, but nothing is flushed. The end of the process loses nothing; the end of the machine may. */
export const withoutFlushes = (disk: Disk["Service"]): Disk["Service"] => ({
  ...disk,
  open: (path, mode) =>
    Effect.map(disk.open(path, mode), (file) => ({
      path: file.path,
      stat: file.stat,
      read: file.read,
      write: file.write,
      close: file.close,
      flush: Effect.void,
      flushData: Effect.void
    })),
  flushFolder: () => Effect.void
})
