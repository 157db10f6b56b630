/** What stands in a lock, and what it means to somebody who finds it. */
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"

import type { DiskStat } from "../services/Disk.ts"
import { type HostInfo, ProcessIdentity } from "../services/HostInfo.ts"

/** What stands in a lock. Later versions may add to it and take nothing away, so that they and this one see each other. */
export const LockRecord = Schema.Struct({
  version: Schema.Int,
  /** Names this very lock. */
  nonce: Schema.String,
  /** When it was taken, by the clock of whoever took it: for people, never compared. */
  since: Schema.String,
  /** The folder `runtime/` that it was made in: a copy of the project has another one. */
  folder: Schema.Struct({ device: Schema.String, inode: Schema.String }),
  holder: ProcessIdentity,
  released: Schema.Boolean
})
/** What stands in a lock. */
export type LockRecord = typeof LockRecord.Type

const LockJson = Schema.fromJsonString(LockRecord)

/** Reads what stands in a lock; none if that is torn. */
export const parseLock = Schema.decodeOption(LockJson)

const printJson = Schema.encodeSync(LockJson)
const encoder = new TextEncoder()

/** Writes down a lock. Held and released it is equally long, so that one can be written over the other. */
export const printLock = (record: LockRecord): Uint8Array => {
  const length = printJson({ ...record, released: false }).length + 1
  return encoder.encode(printJson(record).padEnd(length, "\n"))
}

/** How a lock looks from here: it keeps nobody out, its holder runs, or nobody here can tell whether its holder does. */
export type Standing = "void" | "alive" | "outOfSight"

const standings = { running: "alive", gone: "void", unknown: "outOfSight" } as const

const agree = (a: string | undefined, b: string | undefined): boolean => a !== undefined && a === b

/** How a lock looks to a process that finds it in a folder. It is void only if that is certain. */
export const standingOf = Effect.fnUntraced(function*(
  { folder, holder, released }: LockRecord,
  runtime: DiskStat,
  { isRunning, self }: HostInfo["Service"]
): Effect.fn.Return<Standing> {
  if (released) return "void"

  const sameMachine = holder.host === self.host && agree(holder.machine, self.machine)
  const bootsKnown = holder.boot !== undefined && self.boot !== undefined
  // The same run of the same machine. Where systems do not tell runs apart, an old pid is in use or not as any other.
  const sameRun = bootsKnown
    ? holder.boot === self.boot
    : holder.host === self.host && holder.machine === self.machine

  // Another machine may number the very same folder otherwise, as when it is shared through a network or with a
  // virtual machine: only on this machine does another number prove another folder. Devices are numbered anew in each run.
  if ((sameRun || sameMachine) && folder.inode !== runtime.inode) return "void"
  if (agree(holder.boot, self.boot) && folder.device !== runtime.device) return "void"

  if (!sameRun) return sameMachine ? "void" : "outOfSight"
  if (holder.space !== self.space) return "outOfSight"
  return standings[yield* isRunning(holder.pid, holder.started)]
})
