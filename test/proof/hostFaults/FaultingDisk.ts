/** A disk on which a fault waits for its call. */
import type { Disk } from "../../../src/services/Disk.ts"
import type { DiskCall } from "../../../src/testing/DiskCall.ts"
import { type DiskGate, faultyDisk } from "../../../src/testing/FaultyDisk.ts"
import type { Fault } from "../faults/FaultList.ts"

/** A call that failed. */
export interface Hit extends DiskCall {
  readonly errno: string
}

/** A disk on which a fault waits for its call. */
export interface FaultingDisk {
  readonly disk: Disk["Service"]
  /** The calls that were made since it was armed. */
  readonly calls: ReadonlyArray<DiskCall>
  /** Those that failed. */
  readonly hits: ReadonlyArray<Hit>
  /** Holds every call, those that do not fail too, until the gate is opened. */
  readonly hold: () => DiskGate
  /** From now on calls are counted. */
  readonly arm: () => void
  /** From now on nothing fails any more. */
  readonly heal: () => void
}

/** A disk around another one on which a fault waits for its call. */
export const faultingDisk = (inner: Disk["Service"], fault: Fault | undefined): FaultingDisk => {
  const calls: Array<DiskCall> = []
  const hits: Array<Hit> = []
  let isArmed = false
  let isHealed = false
  const faulty = faultyDisk(inner, { halfWrites: fault?.write === "half" })
  faulty.failWhere((call) => {
    if (!isArmed) return undefined
    const at = calls.push(call) - 1
    faulty.shortWrites(fault?.write === "short" && at === fault.at ? (call.bytes ?? 0) >> 1 : undefined)
    if (fault === undefined || fault.write === "short" || isHealed || at < fault.at) return undefined
    if (fault.times === "once" && at > fault.at) return undefined
    hits.push({ ...call, errno: fault.errno })
    return fault.errno
  })
  return {
    disk: faulty.disk,
    calls,
    hits,
    hold: () => faulty.gate(() => true),
    arm: () => {
      isArmed = true
    },
    heal: () => {
      isHealed = true
    }
  }
}
