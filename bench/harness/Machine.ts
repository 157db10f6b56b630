/** What the figures were measured on. */
import { execFileSync } from "node:child_process"
import * as fs from "node:fs"
import * as os from "node:os"

/** The machine. */
export interface Machine {
  readonly cpu: string
  readonly cores: number
  readonly memoryGiB: number
  readonly system: string
  readonly node: string
  /** How many wanted to run in the last minute before: more than there are cores means that others were at work. */
  readonly loadBefore: number
}

/** What is known of this machine. */
export const machine = (): Machine => ({
  cpu: os.cpus()[0]?.model.trim() ?? "unknown",
  cores: os.availableParallelism(),
  memoryGiB: Math.round(os.totalmem() / 2 ** 30),
  system: `${os.type()} ${os.release()} ${os.arch()}`,
  node: process.version,
  loadBefore: Math.round((os.loadavg()[0] ?? 0) * 10) / 10
})

/** The file system that a folder is on. */
export interface FileSystem {
  readonly type: string
  readonly options: string
  /** True of ext4 with a journal that orders data before what names it: what the targets speak of. */
  readonly isReference: boolean
  readonly note: string
}

/** Where a file system is mounted, as Linux lists it: `… <place> <options> … - <type> <device> …`. */
const mountOf = (folder: string) =>
  fs.readFileSync("/proc/self/mountinfo", "utf8").split("\n").flatMap((line) => {
    const [before = "", after = ""] = line.split(" - ")
    const [place = "", options = ""] = before.split(" ").slice(4)
    const [type = "", device = ""] = after.split(" ")
    const isAbove = place !== "" && `${folder}/`.startsWith(place === "/" ? "/" : `${place}/`)
    return isAbove ? [{ place, options, type, device: device.slice(device.lastIndexOf("/") + 1) }] : []
  }).reduce((best, one) => one.place.length >= best.place.length ? one : best)

const hasJournal = (device: string): boolean =>
  fs.existsSync("/proc/fs/jbd2") && fs.readdirSync("/proc/fs/jbd2").some((name) => name.startsWith(`${device}-`))

const ordersData = (device: string): boolean => {
  const options = `/proc/fs/ext4/${device}/options`
  return fs.existsSync(options) && fs.readFileSync(options, "utf8").includes("data=ordered")
}

/** What file system a folder is on, as far as this machine tells. */
export const fileSystemOf = (folder: string): FileSystem => {
  if (process.platform !== "linux") {
    return { type: process.platform, options: "", isReference: false, note: "not asked for outside of Linux" }
  }
  const { device, options, type } = mountOf(fs.realpathSync(folder))
  if (type !== "ext4") return { type, options, isReference: false, note: "" }
  const isJournaling = hasJournal(device)
  return {
    type,
    options,
    isReference: isJournaling && ordersData(device),
    note: isJournaling ? "with its journal" : "without a journal"
  }
}

/** The commit that is measured, where there is a repository. */
export const revisionHere = (): string | undefined => {
  try {
    return execFileSync("git", ["rev-parse", "--short", "HEAD"], {
      encoding: "utf8",
      stdio: ["ignore", "pipe", "ignore"]
    })
      .trim()
  } catch {
    return undefined
  }
}
