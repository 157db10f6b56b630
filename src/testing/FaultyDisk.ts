/** A disk that fails, takes its time, or takes less than it is given, as a test wants it. */
import * as Effect from "effect/Effect"
import * as Latch from "effect/Latch"

import { type Disk, DiskError } from "../services/Disk.ts"
import { type AroundCall, aroundDisk, type AroundWrite, type DiskCall } from "./DiskCall.ts"

/** A place where calls are held. */
export interface DiskGate {
  /** Waits until a call is held there. */
  readonly reached: Effect.Effect<void>
  /** Lets the calls through that are held, and all later ones. */
  readonly open: Effect.Effect<void>
}

interface Gate {
  readonly holds: (call: DiskCall) => boolean
  readonly reached: Latch.Latch
  readonly opened: Latch.Latch
}

/** How a disk fails. */
export interface FaultyDiskOptions {
  /** A write that fails has taken half of its bytes before. */
  readonly halfWrites?: boolean
}

/** A disk, and the ways to make it fail. */
export interface FaultyDisk {
  readonly disk: Disk["Service"]
  /** How many calls there were so far, those of open files included and closing them left out. */
  readonly calls: number
  /** Lets the call with this number, counted from 0, fail; with `forever` also every one after it. */
  readonly failAt: (index: number, errno: string, times: "once" | "forever") => void
  /** Lets every call fail for which there is an errno. */
  readonly failWhere: (errnoOf: (call: DiskCall) => string | undefined) => void
  /** Takes at most so many bytes of each write. */
  readonly shortWrites: (limitPerWrite: number | undefined) => void
  /** Ends all faults and short writes. Gates stay as they are. */
  readonly heal: () => void
  /** Holds every call that this is true of until the gate is opened. Like a real one, it then cannot be interrupted. */
  readonly gate: (holds: (call: DiskCall) => boolean) => DiskGate
}

/**
 * A disk around another one that fails as a test wants it. A call that fails is not made, so a flush that fails flushes
 * nothing. Only `close` is always made, whatever it reports: no number leads to its file any more.
 */
export const faultyDisk = (
  inner: Disk["Service"],
  { halfWrites = false }: FaultyDiskOptions = {}
): FaultyDisk => {
  let calls = 0
  let limit: number | undefined
  let faults: Array<(call: DiskCall, index: number) => string | undefined> = []
  const gates: Array<Gate> = []

  const faultOf = (call: DiskCall, index: number): DiskError | undefined => {
    for (const fault of faults) {
      const errno = fault(call, index)
      if (errno !== undefined) return new DiskError({ call: call.call, path: call.path, errno })
    }
    return undefined
  }

  /** Waits at the gates first: while a call is held, a test can still make up its mind what comes of it. */
  const settle = <A>(
    call: DiskCall,
    then: (fault: DiskError | undefined) => Effect.Effect<A, DiskError>
  ): Effect.Effect<A, DiskError> =>
    Effect.suspend(() => {
      const index = call.call === "close" ? -1 : calls++
      const held = gates.filter(({ holds, opened }) => !opened.isOpen() && holds(call))
      if (held.length === 0) return then(faultOf(call, index))
      return Effect.forEach(held, ({ opened, reached }) => Effect.andThen(reached.open, opened.await), {
        discard: true
      }).pipe(Effect.flatMap(() => then(faultOf(call, index))), Effect.uninterruptible)
    })

  const around: AroundCall = (call, run) =>
    settle(call, (fault) => {
      if (fault === undefined) return run
      return call.call === "close" ? Effect.andThen(run, Effect.fail(fault)) : Effect.fail(fault)
    })

  const aroundWrite: AroundWrite = (call, bytes, write) =>
    settle(call, (fault) => {
      const some = bytes.subarray(0, Math.min(bytes.length, limit ?? Infinity))
      if (fault === undefined) return write(some)
      return halfWrites
        ? Effect.andThen(write(some.subarray(0, some.length >> 1)), Effect.fail(fault))
        : Effect.fail(fault)
    })

  return {
    disk: aroundDisk(inner, around, aroundWrite),
    get calls() {
      return calls
    },
    failAt: (index, errno, times) => {
      faults.push((_, at) => (times === "once" ? at === index : at >= index) ? errno : undefined)
    },
    failWhere: (errnoOf) => {
      faults.push(errnoOf)
    },
    shortWrites: (limitPerWrite) => {
      limit = limitPerWrite
    },
    heal: () => {
      faults = []
      limit = undefined
    },
    gate: (holds) => {
      const gate = { holds, reached: Latch.makeUnsafe(), opened: Latch.makeUnsafe() }
      gates.push(gate)
      return { reached: gate.reached.await, open: Effect.asVoid(gate.opened.open) }
    }
  }
}
