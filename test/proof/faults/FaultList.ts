/** What can fail: one call to the disk, with an errno, once or from then on. */
import type { DiskCall } from "../../../src/testing/DiskCall.ts"

/** What a disk can say when it refuses. */
const errnos = ["ENOSPC", "EIO", "EACCES", "EROFS", "EMFILE", "EPERM"] as const

/** What fails. */
export interface Fault {
  /** The number of the call, closing files included. */
  readonly at: number
  readonly errno: string
  readonly times: "once" | "for good"
  /** A write has taken half of its bytes before it fails; or takes half, and says so. */
  readonly write: "none" | "half" | "short"
}

/** All that a call can fail with. */
export const faultsOf = ({ bytes = 0, call }: DiskCall, at: number): ReadonlyArray<Fault> => {
  const writes = call === "write" ? ["none", "half"] as const : ["none"] as const
  const refused = errnos.flatMap((errno) =>
    (["once", "for good"] as const).flatMap((times) => writes.map((write): Fault => ({ at, errno, times, write })))
  )
  const isLong = call === "write" && bytes > 1
  return isLong ? [...refused, { at, errno: "", times: "once", write: "short" }] : refused
}

/** All that can fail of a row of calls. */
export const allFaults = (calls: ReadonlyArray<DiskCall>): ReadonlyArray<Fault> => calls.flatMap(faultsOf)

/** A fault in words. */
export const showFault = (calls: ReadonlyArray<DiskCall>, { at, errno, times, write }: Fault): string => {
  const { call = "no call", path = "" } = calls[at] ?? {}
  const how = write === "short" ? "takes half" : `fails with ${errno} ${times}${write === "half" ? " after half" : ""}`
  return `${call} of ${path} (call ${at}) ${how}`
}
