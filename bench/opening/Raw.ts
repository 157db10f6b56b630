/**
 * What opening cannot be without, in the fastest ways we could write: to walk, to ask for every file what it is, to read
 * every manifest, and to parse it. Nothing is checked, nothing is kept, and nobody else gets a turn.
 */
import * as fs from "node:fs"
import { Worker } from "node:worker_threads"

/** How many manifests and files were met: the same by every way. */
export interface Met {
  manifests: number
  files: number
}

const manifestName = "asset.json"

const parse = (bytes: Buffer | string): void => {
  JSON.parse(bytes.toString())
}

/** Everything below a folder, one call after the other. */
export const walkSync = (folder: string, met: Met): void => {
  for (const entry of fs.readdirSync(folder, { withFileTypes: true })) {
    const path = `${folder}/${entry.name}`
    if (entry.isDirectory()) walkSync(path, met)
    else {
      fs.lstatSync(path)
      met.files++
      if (entry.name !== manifestName) continue
      met.manifests++
      parse(fs.readFileSync(path, "utf8"))
    }
  }
}

/** How many calls are under way at once: more than there are threads for them, so that these never wait. */
const inFlight = 32

/** Everything below a folder by calls that run beside the main thread, many at once. */
const walkBeside = (folder: string, met: Met): Promise<void> =>
  new Promise((resolve, reject) => {
    const waiting: Array<() => void> = []
    let running = 0
    const next = (): void => {
      while (running < inFlight) {
        const start = waiting.pop()
        if (start === undefined) break
        running++
        start()
      }
      if (running === 0) resolve()
    }
    const done = (error: Error | null): void => {
      if (error !== null) return reject(error)
      running--
      next()
    }
    const look = (path: string) => () => {
      fs.lstat(path, done)
      met.files++
    }
    const read = (path: string) => () => {
      met.manifests++
      fs.readFile(path, "utf8", (error, text) => {
        if (error === null) parse(text)
        done(error)
      })
    }
    const list = (folder: string) => () => {
      fs.readdir(folder, { withFileTypes: true }, (error, entries) => {
        if (error !== null) return reject(error)
        for (const entry of entries) {
          const path = `${folder}/${entry.name}`
          if (entry.isDirectory()) waiting.push(list(path))
          else waiting.push(look(path))
          if (entry.name === manifestName) waiting.push(read(path))
        }
        done(null)
      })
    }
    waiting.push(list(folder))
    next()
  })

const workerScript = new URL("./rawWorker.ts", import.meta.url)

/** What a worker is asked for. */
export type Share = ReadonlyArray<string>

/** Everything below a folder by two threads, each with half of the folders that hold the assets. */
const walkInTwo = async (folder: string, met: Met): Promise<void> => {
  const folders = fs.readdirSync(folder).map((name) => `${folder}/${name}`)
  const shares: ReadonlyArray<Share> = [folders.filter((_, n) => n % 2 === 0), folders.filter((_, n) => n % 2 === 1)]
  await Promise.all(shares.map((share) =>
    new Promise<void>((resolve, reject) => {
      new Worker(workerScript, { workerData: share })
        .once("message", ({ files, manifests }: Met) => {
          met.files += files
          met.manifests += manifests
          resolve()
        })
        .once("error", reject)
    })
  ))
}

/** The ways, by name. */
export const rawWays = {
  sync: async (folder: string, met: Met) => walkSync(folder, met),
  callbacks: walkBeside,
  "two workers": walkInTwo
} as const
/** One of the ways. */
export type RawWay = keyof typeof rawWays

/** Walks, looks, reads and parses the assets of a project, and its registry. */
export const readRaw = async (way: RawWay, project: string): Promise<Met> => {
  const met = { manifests: 0, files: 0 }
  const own = `${project}/assets/.prometeu/index.json`
  parse(fs.readFileSync(own, "utf8"))
  await rawWays[way](`${project}/assets/world`, met)
  return met
}
