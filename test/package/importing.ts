/** What it costs to import an entry point: time over `effect` itself, and nothing else. */
import { writeFileSync } from "node:fs"
import { join } from "node:path"
import { run } from "./consumer.ts"

/** Imports `effect`, and then an entry point; says how long that took, and what is different afterwards. */
const probe = `
const [, , entry] = process.argv
const look = () => ({
  globals: Reflect.ownKeys(globalThis).map(String).sort().join(),
  listeners: process.eventNames().map((name) => String(name) + process.listenerCount(name)).join(),
  resources: process.getActiveResourcesInfo().join(),
  env: JSON.stringify(process.env),
  prototypes: [Object, Array, Function, Promise, Map, Set, Error, String].map((one) => Reflect.ownKeys(one.prototype).length).join()
})
await import("effect")
const before = look()
const [start, busy] = [performance.now(), process.cpuUsage()]
await import(entry)
const { system, user } = process.cpuUsage(busy)
const millis = Math.min(performance.now() - start, (user + system) / 1000)
const after = look()
const changed = Object.keys(before).filter((key) => before[key] !== after[key])
process.stdout.write(JSON.stringify({ millis, changed }))
`

/**
 * How long one entry point takes to import, in milliseconds: the median of some processes. Of a process that had to wait
 * for others on a busy machine, what it worked counts.
 */
export const importing = (folder: string, node: string, entry: string, times = 5): number => {
  writeFileSync(join(folder, "probe.mjs"), probe)
  const millis = Array.from({ length: times }, () => {
    const printed = run(node, ["probe.mjs", entry], folder)
    const told: { readonly millis: number; readonly changed: ReadonlyArray<string> } = JSON.parse(printed)
    if (told.changed.length > 0) throw new Error(`Importing ${entry} changes ${told.changed.join(", ")}.`)
    return told.millis
  })
  return millis.toSorted((a, b) => a - b)[Math.floor(times / 2)] ?? NaN
}
