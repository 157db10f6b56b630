/** A machine and a process as a test wants them. */
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"

import { HostInfo, type ProcessIdentity } from "../services/HostInfo.ts"
import { testUuid } from "./ProjectTree.ts"

/** What a test says of a process; `undefined` is what the system cannot tell. */
export type TestIdentity = { readonly [Key in keyof ProcessIdentity]?: ProcessIdentity[Key] | undefined }

const somebody: ProcessIdentity = {
  pid: 100,
  started: "start-100",
  host: "test-host",
  machine: "test-machine",
  boot: "test-boot",
  space: "test-space"
}

const identityOf = (told: TestIdentity): ProcessIdentity => {
  const { boot, host = somebody.host, machine, pid = somebody.pid, space, started } = { ...somebody, ...told }
  return {
    pid,
    ...(started === undefined ? {} : { started }),
    host,
    ...(machine === undefined ? {} : { machine }),
    ...(boot === undefined ? {} : { boot }),
    ...(space === undefined ? {} : { space })
  }
}

/**
 * A process on a machine. Whether another one runs is for `alive` to say, and none does unless told otherwise; this one
 * runs as far as the system can tell.
 *
 * Its unique texts are numbered behind `prefix`, a few lower-case letters and digits, and its uuids are those of `testUuid`,
 * the same in every run: two hosts on one disk need two prefixes.
 */
export const testHost = (
  identity: TestIdentity = {},
  alive: (pid: number, started: string | undefined) => "running" | "gone" | "unknown" = () => "gone",
  prefix = "u"
): Layer.Layer<HostInfo> =>
  Layer.sync(HostInfo, () => {
    const self = identityOf(identity)
    let given = 0
    // Far from the small numbers that tests choose by themselves, and from those of other prefixes.
    const first = Array.from(prefix).reduce((sum, letter) => (sum * 37 + letter.charCodeAt(0)) % 2 ** 24, 1) * 2 ** 20
    let uuids = 0
    return HostInfo.of({
      self,
      isRunning: (pid, started) =>
        Effect.sync(() => {
          if (pid !== self.pid) return alive(pid, started)
          if (self.started === undefined || started === undefined) return "unknown"
          return started === self.started ? "running" : "gone"
        }),
      unique: Effect.sync(() => prefix + String(++given).padStart(16 - prefix.length, "0")),
      uuid: Effect.sync(() => testUuid(first + ++uuids)),
      hasSharingViolations: false
    })
  })
