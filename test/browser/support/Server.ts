/** The real server of the Studio, as `npm run studio` starts it, in a process of its own. */
import { type ChildProcess, spawn } from "node:child_process"
import { once } from "node:events"
import { createServer } from "node:net"
import { join } from "node:path"
import { createInterface } from "node:readline"

const home = join(import.meta.dirname, "..", "..", "..")
const main = join(home, "examples", "studio", "server", "main.ts")

/** A server that runs. */
export interface Server {
  readonly url: string
  readonly pid: number
  /** Ends it as a power cut would. */
  readonly kill: () => Promise<void>
  /** Ends it as Ctrl+C would. */
  readonly stop: () => Promise<void>
}

const ended = async (child: ChildProcess, signal: NodeJS.Signals): Promise<void> => {
  if (child.exitCode !== null || child.signalCode !== null) return
  const exit = once(child, "exit")
  child.kill(signal)
  await exit
}

/** What a server that did not come up said of it. */
export class NotServed extends Error {}

/** A port that nobody else of this run gets: the usual one is whoever comes first. */
const freePort = async (): Promise<string> => {
  const server = createServer().listen(0, "127.0.0.1")
  await once(server, "listening")
  const address = server.address()
  server.close()
  await once(server, "close")
  return typeof address === "object" && address !== null ? String(address.port) : "0"
}

/** Starts the server for a folder and waits for its address; `port` is that of an earlier one. */
export const startServer = async (folder: string, port?: string): Promise<Server> => {
  const child = spawn(
    process.execPath,
    ["--conditions=prometeu-packer-source", main, "--port", port ?? await freePort(), folder],
    { cwd: home, stdio: ["ignore", "pipe", "pipe"] }
  )
  let said = ""
  child.stderr.on("data", (chunk: Buffer) => said += chunk.toString())
  for await (const line of createInterface({ input: child.stdout })) {
    said += `${line}\n`
    const url = /http:\/\/127\.0\.0\.1:\d+/.exec(line)?.[0]
    if (url === undefined || child.pid === undefined) continue
    return { url, pid: child.pid, kill: () => ended(child, "SIGKILL"), stop: () => ended(child, "SIGTERM") }
  }
  throw new NotServed(said)
}

/** The port in the address of a server. */
export const portOf = ({ url }: Server): string => new URL(url).port
