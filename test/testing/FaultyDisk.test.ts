import { assert, describe, it } from "@effect/vitest"
import { Effect, Fiber } from "effect"
import type { DiskError } from "../../src/services/Disk.ts"
import { faultyDisk } from "../../src/testing/FaultyDisk.ts"
import { recordingDisk } from "../../src/testing/RecordingDisk.ts"
import { SimulatedDisk } from "../../src/testing/SimulatedDisk.ts"
import { create, withFile } from "../support/DiskActs.ts"

const errno = (effect: Effect.Effect<unknown, DiskError>): Effect.Effect<string> =>
  Effect.match(effect, { onFailure: ({ errno }) => errno, onSuccess: () => "ok" })

const text = (text: string): Uint8Array => new TextEncoder().encode(text)

describe("A faulty disk", () => {
  it.effect("fails at one call, or from one call on, until it is healed", () =>
    Effect.gen(function*() {
      const simulated = SimulatedDisk.of({ "/file": "old" })
      const faulty = faultyDisk(simulated.disk)
      const { disk } = faulty
      faulty.failAt(1, "EIO", "once")
      faulty.failAt(3, "ENOSPC", "forever")
      const seen: Array<string> = []
      for (let call = 0; call < 5; call++) seen.push(yield* errno(disk.stat("/file")))
      assert.deepStrictEqual(seen, ["ok", "EIO", "ok", "ENOSPC", "ENOSPC"])
      assert.strictEqual(faulty.calls, 5)
      faulty.heal()
      assert.strictEqual(yield* errno(disk.stat("/file")), "ok")
    }))

  it.effect("counts the calls of open files, and not that they are closed", () =>
    Effect.gen(function*() {
      const simulated = SimulatedDisk.of({ "/file": "old" })
      const faulty = faultyDisk(simulated.disk)
      yield* withFile(faulty.disk, "/file", "update", (file) =>
        Effect.gen(function*() {
          yield* file.stat
          yield* file.read(0, 1)
          yield* file.write(0, text("n"))
          yield* file.flush
          yield* file.flushData
        }))
      assert.strictEqual(faulty.calls, 6)
    }))

  it.effect("says what failed, and does not do it", () =>
    Effect.gen(function*() {
      const simulated = SimulatedDisk.of({ "/file": "old" })
      const faulty = faultyDisk(simulated.disk)
      const file = yield* faulty.disk.open("/file", "update")
      yield* file.write(0, text("new"))
      faulty.failWhere(({ call, path }) => call.startsWith("flush") || path === "/new" ? "EIO" : undefined)
      const { call, errno: found, path } = yield* Effect.flip(file.flushData)
      assert.deepStrictEqual({ call, path, found }, { call: "flushData", path: "/file", found: "EIO" })
      assert.strictEqual(yield* errno(file.flush), "EIO")
      assert.strictEqual(yield* errno(faulty.disk.flushFolder("/")), "EIO")
      assert.strictEqual(yield* errno(create(faulty.disk, "/new", "")), "EIO")
      assert.strictEqual(simulated.crash(() => false).text("/file"), "old")
      assert.isUndefined(simulated.text("/new"))
      yield* file.close
    }))

  it.effect("closes a file also where it reports that it could not", () =>
    Effect.gen(function*() {
      const simulated = SimulatedDisk.of({ "/file": "old" })
      const faulty = faultyDisk(simulated.disk)
      const file = yield* faulty.disk.open("/file", "read")
      faulty.failWhere(({ call }) => call === "close" ? "EIO" : undefined)
      assert.strictEqual(yield* errno(file.close), "EIO")
      assert.strictEqual(simulated.openFiles, 0)
    }))

  it.effect("takes less of a write than it is given", () =>
    Effect.gen(function*() {
      const simulated = SimulatedDisk.of({ "/file": "12345678" })
      const whole = faultyDisk(simulated.disk)
      const file = yield* whole.disk.open("/file", "update")
      whole.shortWrites(3)
      assert.strictEqual(yield* file.write(0, text("abcd")), 3)
      whole.shortWrites(undefined)
      assert.strictEqual(yield* file.write(0, text("ABCD")), 4)
      whole.failAt(whole.calls, "ENOSPC", "once")
      assert.strictEqual(yield* errno(file.write(4, text("efgh"))), "ENOSPC")
      assert.strictEqual(simulated.text("/file"), "ABCD5678")
      yield* file.close

      const halfway = faultyDisk(simulated.disk, { halfWrites: true })
      halfway.failAt(1, "ENOSPC", "once")
      assert.strictEqual(
        yield* errno(withFile(halfway.disk, "/file", "update", (file) => file.write(4, text("efgh")))),
        "ENOSPC"
      )
      assert.strictEqual(simulated.text("/file"), "ABCDef78")
    }))

  it.effect("holds a call at a gate, which nobody can cut short", () =>
    Effect.gen(function*() {
      const simulated = SimulatedDisk.of({ "/file": "old" })
      const faulty = faultyDisk(simulated.disk)
      const gate = faulty.gate(({ call }) => call === "flushData")
      const file = yield* faulty.disk.open("/file", "update")
      yield* file.write(0, text("new"))
      const fiber = yield* Effect.forkChild(file.flushData)
      yield* gate.reached
      assert.strictEqual(simulated.crash(() => false).text("/file"), "old")
      // Other calls go by.
      assert.strictEqual(yield* errno(faulty.disk.stat("/file")), "ok")
      const interrupted = yield* Effect.forkChild(Fiber.interrupt(fiber), { startImmediately: true })
      assert.isUndefined(interrupted.pollUnsafe())
      yield* gate.open
      yield* Fiber.join(interrupted)
      assert.strictEqual(simulated.crash(() => false).text("/file"), "new")
      yield* file.flushData
      yield* file.close
    }))

  it.effect("can be told what fails while a call is held", () =>
    Effect.gen(function*() {
      const faulty = faultyDisk(SimulatedDisk.of().disk)
      const gate = faulty.gate(({ call }) => call === "flushFolder")
      const fiber = yield* Effect.forkChild(errno(faulty.disk.flushFolder("/")))
      yield* gate.reached
      faulty.failAt(0, "EIO", "once")
      yield* gate.open
      assert.strictEqual(yield* Fiber.join(fiber), "EIO")
    }))
})

describe("A recording disk", () => {
  it.effect("remembers every call in its order, also those that fail", () =>
    Effect.gen(function*() {
      const recording = recordingDisk(SimulatedDisk.of({ "/file": "old" }).disk)
      const { calls, count, disk } = recording
      yield* create(disk, "/new", "new")
      assert.strictEqual(yield* errno(disk.rename("/none", "/other")), "ENOENT")
      assert.deepStrictEqual(calls, [
        { call: "open", path: "/new", mode: "create" },
        { call: "write", path: "/new", bytes: 3 },
        { call: "close", path: "/new" },
        { call: "rename", path: "/none", to: "/other" }
      ])
      assert.strictEqual(count("write"), 1)
      recording.clear()
      assert.strictEqual(calls.length, 0)
      // An effect that is run twice is two calls.
      const stat = disk.stat("/file")
      yield* stat
      yield* stat
      assert.strictEqual(count("stat"), 2)
    }))
})
