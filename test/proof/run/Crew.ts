/** The processes that do the work. */
import { type ChildProcess, fork } from "node:child_process"
import { once } from "node:events"
import { fileURLToPath } from "node:url"
import type { Asked, Told } from "./worker.ts"

const script = fileURLToPath(new URL("./worker.ts", import.meta.url))

/** Longer than any piece takes on a busy machine. */
const patienceMs = 300_000
/** How long a process may take to clean up after itself. */
const cleaningMs = 15_000

const start = (): ChildProcess =>
  fork(script, {
    execArgv: ["--conditions=prometeu-packer-source"],
    serialization: "advanced",
    stdio: ["ignore", "ignore", "pipe", "ipc"]
  })

/** What has become of a process that did not answer. */
const lost = (what: string): Told => ({ counts: {}, violations: [what], distinct: {} })

/** A process that does one piece after the other; another one takes its place if it ends or hangs. */
export class Worker {
  #process = start()
  #isEnded = false

  /** Has a piece done. */
  async do(asked: Asked): Promise<Told> {
    const child = this.#process
    let stderr = ""
    child.stderr?.removeAllListeners("data").on("data", (data: Buffer) => {
      stderr = (stderr + data.toString()).slice(-2000)
    })
    let hasAnswered = false
    const answer = await new Promise<Told>((resolve) => {
      const patience = setTimeout(() => resolve(lost(`it hangs: ${stderr}`)), patienceMs)
      const end = (told: Told) => {
        clearTimeout(patience)
        resolve(told)
      }
      child.removeAllListeners("message").removeAllListeners("exit").removeAllListeners("error")
      child.once("message", (told: Told) => {
        hasAnswered = true
        end(told)
      })
      child.once("exit", (code, signal) => end(lost(`its process ended (${signal ?? code}): ${stderr}`)))
      child.on("error", (error) => end(lost(`its process cannot be talked to (${error.message}): ${stderr}`)))
      child.send(asked, (error) => error === null ? undefined : end(lost(`it cannot be asked: ${error.message}`)))
    })
    if (!hasAnswered && !this.#isEnded) {
      await this.#stop()
      this.#process = start()
    }
    return answer
  }

  /** Ends the process, and waits until it has cleaned up after itself. */
  async end(): Promise<void> {
    this.#isEnded = true
    await this.#stop()
  }

  async #stop(): Promise<void> {
    const child = this.#process
    if (child.exitCode !== null || child.signalCode !== null) return
    const exit = once(child, "exit")
    if (child.connected) child.disconnect()
    const giveUp = setTimeout(() => child.kill("SIGKILL"), cleaningMs)
    await exit
    clearTimeout(giveUp)
  }
}
