/** A disk that notes every call which leads out of `assets/`, whatever a real one would make of it. */
import { Effect } from "effect"
import type { Disk } from "../../../src/services/Disk.ts"
import { aroundDisk } from "../../../src/testing/DiskCall.ts"
import { memoryRoot } from "../../../src/testing/MemoryProject.ts"
import type { SimulatedDisk } from "../../../src/testing/SimulatedDisk.ts"
import { assets, linkNames } from "./HostileProject.ts"

/** The calls that change nothing, which the folder of the project gets as well. */
const looks = new Set(["realPath", "stat", "list", "readFile", "flushFolder"])

const isLink = (disk: SimulatedDisk, path: string): boolean =>
  Effect.runSync(Effect.orElseSucceed(disk.disk.stat(path), () => undefined))?.kind === "link"

/** What is wrong with a path that is given to a disk. */
const wrongPath = (disk: SimulatedDisk, path: string, call: string): string | undefined => {
  if (path === memoryRoot && looks.has(call)) return undefined
  if (path !== assets && !path.startsWith(`${assets}/`)) return "is not in assets/"
  const names = path.slice(1).split("/")
  if (names.some((name) => ["", ".", ".."].includes(name) || name.includes("\0"))) return "leads elsewhere"
  // Some disks have names with a backslash in them. Whoever lists those can look there, and make no other ones.
  if (path.includes("\\") && !looks.has(call)) return "leads elsewhere on Windows"
  // The last name may be a link: calls look at it and do not follow it.
  for (const [place, name] of names.slice(0, -1).entries()) {
    const above = `/${names.slice(0, place + 1).join("/")}`
    if (linkNames.has(name) && isLink(disk, above)) return `leads through the link ${above}`
  }
  return undefined
}

/** A disk around another, and what it noted. */
export interface GuardedDisk {
  readonly disk: Disk["Service"]
  readonly strayCalls: Set<string>
  readonly calls: () => number
}

/** A disk that notes every call which leads out of `assets/`. */
export const guardedDisk = (inner: SimulatedDisk): GuardedDisk => {
  const strayCalls = new Set<string>()
  let calls = 0
  const disk = aroundDisk(inner.disk, ({ call, path, to }, run) =>
    Effect.suspend(() => {
      calls++
      for (const one of to === undefined ? [path] : [path, to]) {
        const wrong = wrongPath(inner, one, call)
        if (wrong !== undefined) strayCalls.add(`${call} of ${JSON.stringify(one)} ${wrong}`)
      }
      return run
    }))
  return { disk, strayCalls, calls: () => calls }
}
