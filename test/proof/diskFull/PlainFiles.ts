/** What a project is on disk, read by nothing but `node:fs`, as texts by keys that can be compared one by one. */
import * as fs from "node:fs"

/** What there is, by the name of it: the path of a file or folder, or a part of the registry. */
export type PlainState = ReadonlyMap<string, string>

/** The key of a part of the registry file: an entry by its root, and everything else by its name. */
const registryKey = "registry:"

/** True of what may be behind the journal while a project is open. */
export const isRegistry = (key: string): boolean => key.startsWith(registryKey)

const uuid = /[\da-f]{8}-[\da-f]{4}-[\da-f]{4}-[\da-f]{4}-[\da-f]{12}/g

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value)

/** A registry file in its parts. A torn one is told as it is. */
const registryParts = (text: string): ReadonlyArray<readonly [string, string]> => {
  let json: unknown
  try {
    json = JSON.parse(text)
  } catch {
    return [[`${registryKey}torn`, text]]
  }
  if (!isObject(json)) return [[`${registryKey}torn`, text]]
  return Object.entries(json).flatMap(([name, value]) =>
    name === "assets" && Array.isArray(value)
      ? value.map((entry: unknown): readonly [string, string] => [
        `${registryKey}${isObject(entry) ? String(entry["root"]) : "?"}`,
        JSON.stringify(entry)
      ])
      : [[`${registryKey}.${name}`, JSON.stringify(value)] as const]
  )
}

/**
 * All that is in `assets/` and in the trash, but for what only the packer itself cares about. Uuids that are not among
 * the `known` ones were made up, and are all the same here.
 */
export const plainState = (assets: string, known: string): PlainState => {
  const state = new Map<string, string>()
  const put = (key: string, text: string) => {
    state.set(key, text.replaceAll(uuid, (found) => known.includes(found) ? found : "made up"))
  }
  const walk = (folder: string, prefix: string) => {
    for (const entry of fs.readdirSync(`${assets}/${folder}`, { withFileTypes: true })) {
      const path = `${folder}${entry.name}`
      const key = `${prefix}${entry.name}`
      if (path === ".prometeu/runtime") continue
      if (path === ".prometeu/index.json") {
        for (const [part, text] of registryParts(fs.readFileSync(`${assets}/${path}`, "utf8"))) put(part, text)
      } else if (entry.isDirectory()) {
        put(key, "a folder")
        walk(`${path}/`, `${key}/`)
      } else put(key, fs.readFileSync(`${assets}/${path}`, "utf8"))
    }
  }
  walk("", "")
  const trash = ".prometeu/runtime/trash"
  for (const deletion of fs.existsSync(`${assets}/${trash}`) ? fs.readdirSync(`${assets}/${trash}`) : []) {
    for (const entry of fs.readdirSync(`${assets}/${trash}/${deletion}`, { withFileTypes: true })) {
      const path = `${trash}/${deletion}/${entry.name}`
      if (entry.isDirectory()) walk(`${path}/`, `trash:${entry.name}/`)
      else if (entry.name !== "meta.json") put(`trash:${entry.name}`, fs.readFileSync(`${assets}/${path}`, "utf8"))
    }
  }
  return state
}

/** What lies about in a closed project that no opening needs, by path. */
export const leftovers = (assets: string): ReadonlyArray<string> => {
  const runtime = `${assets}/.prometeu/runtime`
  const staged = fs.readdirSync(`${runtime}/stage`).map((name) => `stage/${name}`)
  const journals = fs.readdirSync(runtime).filter((name) => name.startsWith("journal-"))
  const claims = fs.readdirSync(`${runtime}/lock`).filter((name) => name.includes(".")).map((name) => `lock/${name}`)
  const empty = fs.readdirSync(`${runtime}/trash`)
    .filter((name) => fs.readdirSync(`${runtime}/trash/${name}`).every((inside) => inside === "meta.json"))
    .map((name) => `trash/${name}`)
  return [...staged, ...journals, ...claims, ...empty]
}

/** What becomes of each key that a change is about: what it was, and what it will be. */
export type Difference = ReadonlyMap<string, readonly [before: string | undefined, after: string | undefined]>

/** What has changed from one state to another. */
export const difference = (before: PlainState, after: PlainState): Difference => {
  const found = new Map<string, readonly [string | undefined, string | undefined]>()
  for (const key of new Set([...before.keys(), ...after.keys()])) {
    if (before.get(key) !== after.get(key)) found.set(key, [before.get(key), after.get(key)])
  }
  return found
}
