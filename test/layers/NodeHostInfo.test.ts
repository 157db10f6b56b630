import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { spawn } from "node:child_process"
import { once } from "node:events"
import * as fs from "node:fs"
import * as os from "node:os"
import { nodeHostInfo, parseProcessStat } from "../../src/layers/NodeHostInfo.ts"
import { HostInfo } from "../../src/services/HostInfo.ts"

const onLinux = process.platform === "linux"

/** A line of `/proc/<pid>/stat`, in which every field after the state is its own number. */
const statLine = (name: string, state = "S"): string =>
  `42 (${name}) ${state} ${Array.from({ length: 49 }, (_, index) => index + 4).join(" ")}\n`

describe("what Linux tells of a process", () => {
  for (const name of ["node", "", "a b", "a) S 1 2 (b", ")", "((", "two\nlines", "42 (x) Z 1"]) {
    it(`is read whatever the program is called, as ${JSON.stringify(name)}`, () => {
      assert.deepStrictEqual(parseProcessStat(statLine(name)), { pid: 42, started: "22", ended: false })
    })
  }

  for (
    const [state, ended] of [["R", false], ["S", false], ["D", false], ["T", false], ["Z", true], ["X", true]] as const
  ) {
    it(`says in state ${state} that it has ${ended ? "" : "not "}ended`, () => {
      assert.strictEqual(parseProcessStat(statLine("node", state))?.ended, ended)
    })
  }

  for (const text of ["", "42", "42 (node", "42 (node)", "42 (node) S 4 5 6", "x (node) S"]) {
    it(`is nothing where it is cut off, as in ${JSON.stringify(text)}`, () => {
      assert.isUndefined(parseProcessStat(text))
    })
  }
})

describe("this machine", () => {
  it.live("tells who this process is", () =>
    Effect.gen(function*() {
      const { hasSharingViolations, self } = yield* HostInfo
      assert.strictEqual(self.pid, process.pid)
      assert.strictEqual(self.host, os.hostname())
      assert.strictEqual(hasSharingViolations, process.platform === "win32")
      for (const value of Object.values(self)) assert.notInclude([undefined, "", "\n"], value)
    }).pipe(Effect.provide(nodeHostInfo)))

  it.live("tells on Linux what proc tells", ({ skip }) =>
    Effect.gen(function*() {
      if (!onLinux) skip()
      const { self } = yield* HostInfo
      assert.match(self.boot ?? "", /^[\da-f-]{36}$/)
      assert.match(self.space ?? "", /^pid:\[\d+\]$/)
      assert.strictEqual(self.started, parseProcessStat(fs.readFileSync("/proc/self/stat", "utf8"))?.started)
    }).pipe(Effect.provide(nodeHostInfo)))

  it.live("tells the same each time it is asked", () =>
    Effect.gen(function*() {
      const ask = Effect.map(HostInfo, ({ self }) => self).pipe(Effect.provide(nodeHostInfo, { local: true }))
      assert.deepStrictEqual(yield* ask, yield* ask)
    }))

  it.live("gives texts that nobody else has, to make names of", () =>
    Effect.gen(function*() {
      const { unique } = yield* HostInfo
      const texts = yield* Effect.all(Array.from({ length: 1000 }, () => unique))
      for (const text of texts) assert.match(text, /^[a-z\d]{24}$/)
      assert.strictEqual(new Set(texts).size, 1000)
    }).pipe(Effect.provide(nodeHostInfo)))
})

describe("a process", () => {
  it.live("runs, if it is this one", () =>
    Effect.gen(function*() {
      const { isRunning, self } = yield* HostInfo
      assert.strictEqual(yield* isRunning(self.pid, self.started), self.started === undefined ? "unknown" : "running")
      assert.strictEqual(yield* isRunning(self.pid, undefined), "unknown")
    }).pipe(Effect.provide(nodeHostInfo)))

  it.live("is gone, if its pid is that of another one now", ({ skip }) =>
    Effect.gen(function*() {
      if (!onLinux) skip()
      const { isRunning, self } = yield* HostInfo
      assert.strictEqual(yield* isRunning(self.pid, "1"), "gone")
    }).pipe(Effect.provide(nodeHostInfo)))

  it.live("is gone, if there can be none with its pid", () =>
    Effect.gen(function*() {
      const { isRunning } = yield* HostInfo
      for (const pid of [0, -1, -process.pid, 2 ** 31 - 1, 2 ** 40]) {
        assert.strictEqual(yield* isRunning(pid, undefined), "gone", String(pid))
      }
    }).pipe(Effect.provide(nodeHostInfo)))

  it.live("is gone once it has ended", () =>
    Effect.gen(function*() {
      const { isRunning } = yield* HostInfo
      const child = spawn(process.execPath, ["-e", "process.stdin.resume()"])
      const pid = child.pid ?? 0
      const exited = once(child, "exit")
      assert.strictEqual(yield* isRunning(pid, undefined), "unknown")
      child.kill("SIGKILL")
      yield* Effect.promise(() => exited)
      assert.strictEqual(yield* isRunning(pid, undefined), "gone")
    }).pipe(Effect.provide(nodeHostInfo)))

  it.live("is gone once it has ended, also before its parent has noticed", ({ skip }) =>
    Effect.gen(function*() {
      if (!onLinux) skip()
      const { isRunning } = yield* HostInfo
      const child = spawn(process.execPath, ["-e", "process.stdin.resume()"])
      const pid = child.pid ?? 0
      const exited = once(child, "exit")
      child.kill("SIGKILL")
      // This process notices when its event loop turns, which it does not in between.
      const state = (): string | undefined => /\) (\S)/.exec(fs.readFileSync(`/proc/${pid}/stat`, "utf8"))?.[1]
      while (state() !== "Z");
      assert.strictEqual(yield* isRunning(pid, undefined), "gone")
      assert.strictEqual(state(), "Z")
      yield* Effect.promise(() => exited)
    }).pipe(Effect.provide(nodeHostInfo)))
})
