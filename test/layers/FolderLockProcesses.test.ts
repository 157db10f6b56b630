import { assert, describe, it } from "@effect/vitest"
import { Context, Effect, Layer, type Scope } from "effect"
import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process"
import { once } from "node:events"
import * as fs from "node:fs"
import * as os from "node:os"
import { createInterface } from "node:readline"
import { folderLock } from "../../src/layers/FolderLock.ts"
import { nodeDisk } from "../../src/layers/NodeDisk.ts"
import { nodeHostInfo } from "../../src/layers/NodeHostInfo.ts"
import { ProjectFolder } from "../../src/services/ProjectFolder.ts"
import { ProjectLock } from "../../src/services/ProjectLock.ts"

const onLinux = process.platform === "linux"
const script = new URL("../support/lockChild.ts", import.meta.url).pathname

const project: Effect.Effect<string, never, Scope.Scope> = Effect.acquireRelease(
  Effect.sync(() => fs.realpathSync(fs.mkdtempSync(`${os.tmpdir()}/prometeu-packer-lock-`))),
  (root) => Effect.sync(() => fs.rmSync(root, { recursive: true, force: true }))
)

/** A process that was started for one test, and is asked one thing after the other. */
class Child {
  readonly #process: ChildProcessWithoutNullStreams
  readonly #lines: AsyncIterator<string>

  constructor(root: string) {
    this.#process = spawn(process.execPath, ["--conditions=prometeu-packer-source", script, root])
    this.#process.stderr.pipe(process.stderr)
    this.#lines = createInterface({ input: this.#process.stdout })[Symbol.asyncIterator]()
  }

  get pid(): number | undefined {
    return this.#process.pid
  }

  async next(): Promise<string> {
    const { done, value } = await this.#lines.next()
    return done === true ? "(it has ended)" : value
  }

  tell(line: string): void {
    this.#process.stdin.write(`${line}\n`)
  }

  ask(line: string): Promise<string> {
    this.tell(line)
    return this.next()
  }

  signal(signal: NodeJS.Signals): void {
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

const children = (root: string, count: number): Effect.Effect<ReadonlyArray<Child>, never, Scope.Scope> =>
  Effect.acquireRelease(
    Effect.sync(() => Array.from({ length: count }, () => new Child(root))),
    (all) => Effect.promise(() => Promise.all(all.map((child) => child.kill())))
  ).pipe(
    Effect.tap((all) =>
      Effect.promise(async () => {
        for (const child of all) assert.strictEqual(await child.next(), "ready")
      })
    )
  )

const child = (root: string): Effect.Effect<Child, never, Scope.Scope> =>
  Effect.flatMap(children(root, 1), ([one]) => one === undefined ? Effect.die("no child") : Effect.succeed(one))

const ask = (child: Child, line: string) => Effect.promise(() => child.ask(line))

/** Opens the lock in this process, in the scope of the test. */
const open = (root: string) =>
  Effect.map(
    Layer.build(folderLock().pipe(Layer.provide([nodeDisk, nodeHostInfo, ProjectFolder.layer(root)]))),
    (context) => Context.get(context, ProjectLock)
  )

/** Lets all of them take the lock at once, and gives those that got it. */
const fight = async (all: ReadonlyArray<Child>): Promise<ReadonlyArray<Child>> => {
  for (const child of all) child.tell("take")
  const answers = await Promise.all(all.map(async (child) => ({ child, answer: await child.next() })))
  const pids = all.map(({ pid }) => `locked by ${pid}`)
  for (const { answer } of answers) assert.include(["held", ...pids], answer)
  return answers.flatMap(({ answer, child }) => answer === "held" ? [child] : [])
}

describe("processes that want one project at the same instant", () => {
  for (const [count, rounds] of [[2, 100], [8, 30]] as const) {
    it.live(`${count} of them, ${rounds} times: always exactly one gets it`, () =>
      Effect.gen(function*() {
        const all = yield* children(yield* project, count)
        yield* Effect.promise(async () => {
          for (let round = 0; round < rounds; round++) {
            const [winner, ...others] = await fight(all)
            assert.isDefined(winner, `round ${round}`)
            assert.strictEqual(others.length, 0, `round ${round}`)
            assert.strictEqual(await winner?.ask("check"), "true")
            assert.strictEqual(await winner?.ask("release"), "released")
          }
        })
      }))
  }

  it.live("3 of them for the lock of a dead one, 4 times: always exactly one gets it", () =>
    Effect.gen(function*() {
      const root = yield* project
      const all = yield* children(root, 3)
      for (let round = 0; round < 4; round++) {
        const [dead] = yield* children(root, 1)
        yield* Effect.promise(async () => {
          assert.strictEqual(await dead?.ask("take"), "held")
          await dead?.kill()
          const winners = await fight(all)
          assert.strictEqual(winners.length, 1)
          await winners[0]?.ask("release")
        })
      }
    }))
})

describe("a holder", () => {
  it.live("that was killed is followed at once", () =>
    Effect.gen(function*() {
      const root = yield* project
      const holder = yield* child(root)
      assert.strictEqual(yield* ask(holder, "take"), "held")
      assert.strictEqual((yield* Effect.flip(open(root)))._tag, "ProjectLocked")
      yield* Effect.promise(() => holder.kill())
      assert.isTrue(yield* (yield* open(root)).isHeld)
    }))

  it.live("that is stopped is never followed, and still has it when it goes on", ({ skip }) =>
    Effect.gen(function*() {
      if (process.platform === "win32") skip()
      const root = yield* project
      const holder = yield* child(root)
      assert.strictEqual(yield* ask(holder, "take"), "held")
      holder.signal("SIGSTOP")
      const [rival] = yield* children(root, 1)
      yield* Effect.promise(async () => {
        for (let round = 0; round < 20; round++) assert.strictEqual(await rival?.ask("take"), `locked by ${holder.pid}`)
        holder.signal("SIGCONT")
        assert.strictEqual(await holder.ask("check"), "true")
      })
    }))

  it.live("whose pid is in use again is followed", ({ skip }) =>
    Effect.gen(function*() {
      if (!onLinux) skip()
      const root = yield* project
      const holder = yield* child(root)
      assert.strictEqual(yield* ask(holder, "take"), "held")
      const path = `${root}/assets/.prometeu/runtime/lock/1`
      const text = fs.readFileSync(path, "utf8")
      fs.writeFileSync(path, text.replace(/"started":"\d+"/, "\"started\":\"1\""))
      assert.isTrue(yield* (yield* open(root)).isHeld)
    }))

  it.live("loses the lock to a clean-up, also where the next file gets the same inode", () =>
    Effect.gen(function*() {
      const root = yield* project
      for (let round = 0; round < 20; round++) {
        yield* Effect.gen(function*() {
          const first = yield* open(root)
          fs.rmSync(`${root}/assets/.prometeu/runtime`, { recursive: true })
          const second = yield* open(root)
          assert.isFalse(yield* first.isHeld)
          assert.isTrue(yield* second.isHeld)
        }).pipe(Effect.scoped)
      }
    }))

  it.live("is the same one under whatever name the project is opened", ({ skip }) =>
    Effect.gen(function*() {
      if (process.platform === "win32") skip()
      const root = yield* project
      const alias = `${yield* project}/alias`
      fs.symlinkSync(root, alias)
      for (const [first, second] of [[root, alias], [alias, root]] as const) {
        yield* Effect.gen(function*() {
          yield* open(first)
          const error = yield* Effect.flip(open(second))
          assert.deepInclude(error, { _tag: "ProjectLocked", pid: process.pid, outOfSight: false, path: second })
        }).pipe(Effect.scoped)
      }
    }))

  it.live("of a copied folder keeps nobody out of the copy", () =>
    Effect.gen(function*() {
      const root = yield* project
      const copy = `${yield* project}/copy`
      const original = yield* open(root)
      fs.cpSync(root, copy, { recursive: true })
      assert.isTrue(yield* (yield* open(copy)).isHeld)
      assert.isTrue(yield* original.isHeld)
    }))
})
