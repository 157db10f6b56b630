/**
 * What Node and the operating system tell of this machine and its processes.
 *
 * Linux tells all of it in files that cost some 20 µs each; macOS has to be asked through programs, which is slower and
 * may fail; Windows tells which pids are in use. What cannot be read is absent: a guess would let two processes write.
 */
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { execFileSync } from "node:child_process"
import { randomUUID } from "node:crypto"
import { readFileSync, readlinkSync } from "node:fs"
import { hostname } from "node:os"

import { HostInfo, type ProcessIdentity } from "../services/HostInfo.ts"

/** What the system tells of one process. */
export interface ProcessState {
  readonly pid: number
  readonly started: string
  /** True if it has ended and only waits for its parent to notice. */
  readonly ended: boolean
}

/** Reads what Linux tells in `/proc/<pid>/stat`. */
export const parseProcessStat = (text: string): ProcessState | undefined => {
  // The second field is the name of the program in parentheses, and a name may hold spaces and parentheses.
  const nameEnds = text.lastIndexOf(")")
  const [state, ...fields] = text.slice(nameEnds + 1).trim().split(/\s+/)
  const pid = Number.parseInt(text, 10)
  // The state is field 3, so what follows it begins with field 4; the start is field 22.
  const started = fields[22 - 4]
  if (nameEnds < 0 || state === undefined || started === undefined || !Number.isInteger(pid)) return undefined
  return { pid, started, ended: state === "Z" || state === "X" }
}

const attempt = (read: () => string): string | undefined => {
  try {
    return read().trim() || undefined
  } catch {
    return undefined
  }
}

const readText = (path: string) => attempt(() => readFileSync(path, "utf8"))

const ask = (program: string, ...args: ReadonlyArray<string>) =>
  attempt(() =>
    execFileSync(program, args, {
      encoding: "utf8",
      timeout: 2000,
      stdio: ["ignore", "pipe", "ignore"],
      // Dates are told in the language and the time zone of whoever asks: they must not differ between two who do.
      env: { ...process.env, LC_ALL: "C", TZ: "UTC" }
    })
  )

/** Files of `/proc` tell of our processes only where they count pids as we do: a container may show those of its host. */
const procIsOurs = (): boolean => parseProcessStat(readText("/proc/self/stat") ?? "")?.pid === process.pid

const procState = (pid: number) => parseProcessStat(readText(`/proc/${pid}/stat`) ?? "")

const psState = (pid: number): ProcessState | undefined => {
  const [state, ...started] = ask("ps", "-o", "stat=", "-o", "lstart=", "-p", String(pid))?.split(/\s+/) ?? []
  if (state === undefined || started.length === 0) return undefined
  return { pid, started: started.join(" "), ended: state.startsWith("Z") }
}

/** A machine that is set up for the first time has no id yet, and says so in the place of it. */
const machineId = (): string | undefined =>
  ["/etc/machine-id", "/var/lib/dbus/machine-id"].map(readText).find((id) =>
    id !== undefined && /^[\da-f]{32}$/.test(id)
  )

/** How one kind of system is asked. */
interface System {
  readonly state: (pid: number) => ProcessState | undefined
  readonly machine: string | undefined
  readonly boot: string | undefined
  readonly space: string | undefined
}

const silent: System = { state: () => undefined, machine: undefined, boot: undefined, space: undefined }

const systemOf = (platform: NodeJS.Platform): System => {
  switch (platform) {
    case "linux":
      return {
        state: procIsOurs() ? procState : silent.state,
        machine: machineId(),
        boot: readText("/proc/sys/kernel/random/boot_id"),
        space: attempt(() => readlinkSync("/proc/self/ns/pid"))
      }
    case "darwin":
      return {
        state: psState,
        machine: ask("sysctl", "-n", "kern.uuid"),
        boot: ask("sysctl", "-n", "kern.bootsessionuuid"),
        space: undefined
      }
    default:
      return silent
  }
}

const exists = (pid: number): boolean => {
  try {
    return process.kill(pid, 0)
  } catch (error) {
    // It is there, and somebody else's.
    return error instanceof Error && "code" in error && error.code === "EPERM"
  }
}

const identityOf = ({ boot, machine, space, state }: System): ProcessIdentity => {
  const started = state(process.pid)?.started
  return {
    pid: process.pid,
    ...(started === undefined ? {} : { started }),
    host: hostname(),
    ...(machine === undefined ? {} : { machine }),
    ...(boot === undefined ? {} : { boot }),
    ...(space === undefined ? {} : { space })
  }
}

const isRunning = (system: System, pid: number, started: string | undefined): "running" | "gone" | "unknown" => {
  // Zero and below name groups of processes, of which some always run.
  if (pid <= 0) return "gone"
  const found = system.state(pid)
  // Other users' processes may be hidden, so only a pid that cannot be signalled either is free.
  if (found === undefined) return exists(pid) ? "unknown" : "gone"
  if (found.ended) return "gone"
  if (started === undefined) return "unknown"
  return found.started === started ? "running" : "gone"
}

/** The machine and the process this runs in; what never changes is read once. */
export const nodeHostInfo: Layer.Layer<HostInfo> = Layer.sync(HostInfo, () => {
  const system = systemOf(process.platform)
  return HostInfo.of({
    self: identityOf(system),
    isRunning: (pid, started) => Effect.sync(() => isRunning(system, pid, started)),
    uuid: Effect.sync(() => randomUUID()),
    // 90 random bits, out of what is drawn in advance for uuids.
    unique: Effect.sync(() => randomUUID().replaceAll("-", "").slice(0, 24)),
    hasSharingViolations: process.platform === "win32"
  })
})
