/** A process to be killed, and the project it leaves. */
import * as Effect from "effect/Effect"
import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process"
import { once } from "node:events"
import * as fs from "node:fs"
import * as os from "node:os"
import { createInterface, type Interface } from "node:readline"
import { beginning } from "../../support/Commands.ts"

/** A process that changes a project until it is killed, and says what it does line by line. */
export class MortalProcess {
  readonly #process: ChildProcessWithoutNullStreams
  readonly #lines: Interface
  readonly #ended: Promise<unknown>
  readonly said: Array<string> = []

  constructor(script: string, root: string, seed: number) {
    this.#process = spawn(process.execPath, ["--conditions=prometeu-packer-source", script, root, String(seed)], {
      // Half of its short life would go by with compiling what the one before it had compiled.
      env: { ...process.env, NODE_COMPILE_CACHE: `${root}/compiled` }
    })
    this.#process.stderr.pipe(process.stderr)
    this.#process.stdin.on("error", () => {})
    this.#lines = createInterface({ input: this.#process.stdout })
    this.#lines.on("line", (line) => this.said.push(line))
    this.#ended = Promise.all([once(this.#process, "exit"), once(this.#lines, "close")])
  }

  /** Waits until it has said this, or has ended. */
  async hear(word: string): Promise<void> {
    const heard = () => this.said.some((line) => line.startsWith(word))
    const ended = this.#ended.then(() => true)
    while (!heard()) if (await Promise.race([once(this.#lines, "line").then(() => false), ended])) return
  }

  go(): void {
    this.#process.stdin.write("go\n")
  }

  /**
   * Kills it, and waits until nothing of it is left and all it has said is heard. False if it had come to an end by itself.
   */
  async kill(): Promise<boolean> {
    this.#process.kill("SIGKILL")
    await this.#ended
    return this.#process.signalCode === "SIGKILL"
  }
}

/** Runs a script with the source of the packer; it is killed at the end of the scope at the latest. */
export const mortalProcess = (script: URL) => (root: string, seed: number) =>
  Effect.acquireRelease(
    Effect.sync(() => new MortalProcess(script.pathname, root, seed)),
    (child) => Effect.promise(() => child.kill())
  )

/** A folder with the project of `beginning`; it is gone at the end of the scope. */
export const mortalProject = Effect.acquireRelease(
  Effect.sync(() => {
    const root = fs.realpathSync(fs.mkdtempSync(`${os.tmpdir()}/prometeu-packer-kill-`))
    const tree = beginning()
    for (const [path, node] of tree.entries()) {
      const at = `${root}/assets/${path}`
      if (node === "folder") fs.mkdirSync(at, { recursive: true })
      else fs.mkdirSync(at.slice(0, at.lastIndexOf("/")), { recursive: true })
      if (node !== "folder") fs.writeFileSync(at, tree.text(path) ?? "")
    }
    return root
  }),
  (root) => Effect.sync(() => fs.rmSync(root, { recursive: true, force: true }))
)
