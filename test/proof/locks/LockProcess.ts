/** Processes that want the lock of a project, as whoever lets them fight for it sees them. */
import { Schema } from "effect"
import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process"
import { once } from "node:events"
import { createInterface } from "node:readline"

/** What such a process says. */
export const LockAnswer = Schema.TaggedUnion({
  Ready: {},
  Held: {},
  Locked: { pid: Schema.Int, since: Schema.String, outOfSight: Schema.Boolean },
  Failed: { message: Schema.String },
  Check: { isHeld: Schema.Boolean },
  Done: {},
  /** Nothing more: it has ended. */
  Ended: {}
})
/** What such a process says. */
export type LockAnswer = typeof LockAnswer.Type

const decodeAnswer = Schema.decodeSync(Schema.fromJsonString(LockAnswer))

/** Which lock they fight for. */
export type LockKind = "folder" | "naive"

const script = new URL("lockChild.ts", import.meta.url).pathname

/** A process that is asked one thing after the other. */
export class LockProcess {
  readonly #process: ChildProcessWithoutNullStreams
  readonly #lines: AsyncIterator<string>

  constructor(root: string, kind: LockKind) {
    this.#process = spawn(process.execPath, ["--conditions=prometeu-packer-source", script, root, kind], {
      // Most of the short life of some would go by with compiling what others had compiled.
      env: { ...process.env, NODE_COMPILE_CACHE: `${root}/compiled` }
    })
    this.#process.stderr.pipe(process.stderr)
    this.#process.stdin.on("error", () => {})
    this.#lines = createInterface({ input: this.#process.stdout })[Symbol.asyncIterator]()
  }

  get pid(): number {
    return this.#process.pid ?? 0
  }

  async next(): Promise<LockAnswer> {
    const { done, value } = await this.#lines.next()
    return done === true ? { _tag: "Ended" } : decodeAnswer(value)
  }

  tell(line: string): void {
    this.#process.stdin.write(`${line}\n`)
  }

  ask(line: string): Promise<LockAnswer> {
    this.tell(line)
    return this.next()
  }

  /** Stops it, or lets it go on. */
  signal(signal: "SIGSTOP" | "SIGCONT"): void {
    this.#process.kill(signal)
  }

  /** Kills it, and waits until nothing of it is left. */
  async kill(): Promise<void> {
    if (this.#process.exitCode !== null || this.#process.signalCode !== null) return
    const exited = once(this.#process, "exit")
    this.#process.kill("SIGKILL")
    await exited
  }
}
