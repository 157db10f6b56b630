import { assert, describe, it } from "@effect/vitest"
import { Effect, Fiber, Result, type Scope } from "effect"
import { execFileSync } from "node:child_process"
import { once } from "node:events"
import * as fs from "node:fs"
import * as os from "node:os"
import { Worker } from "node:worker_threads"
import { nodeCalls, nodeDisk } from "../../src/layers/NodeDisk.ts"
import { Disk, type DiskError } from "../../src/services/Disk.ts"
import { faultyDisk } from "../../src/testing/FaultyDisk.ts"
import { recordingDisk } from "../../src/testing/RecordingDisk.ts"
import { SimulatedDisk } from "../../src/testing/SimulatedDisk.ts"
import { diskContract, type DiskUnderTest } from "../contracts/Disk.ts"

const openDescriptors = (): number | undefined =>
  process.platform === "linux" ? fs.readdirSync("/proc/self/fd").length : undefined

const onNode: Effect.Effect<DiskUnderTest, never, Scope.Scope> = Effect.gen(function*() {
  const root = yield* Effect.acquireRelease(
    Effect.sync(() => fs.realpathSync.native(fs.mkdtempSync(`${os.tmpdir()}/disk-`))),
    (root) => Effect.sync(() => fs.rmSync(root, { recursive: true }))
  )
  return {
    disk: yield* Disk,
    root,
    putLink: (path: string, target: string) => fs.symlinkSync(target, path),
    openFiles: openDescriptors
  }
}).pipe(Effect.provide(nodeDisk))

const inMemory = (around: (disk: Disk["Service"]) => Disk["Service"]): Effect.Effect<DiskUnderTest> =>
  Effect.sync(() => {
    const simulated = SimulatedDisk.of()
    simulated.putFolder("/root/of/all")
    return {
      disk: around(simulated.disk),
      root: "/root/of/all",
      putLink: (path, target) => simulated.putLink(path, target),
      openFiles: () => simulated.openFiles
    }
  })

diskContract("The disk of Node", onNode)
diskContract(
  "The disk of Node, while it flushes something",
  Effect.map(onNode, (place) => ({ ...place, disk: nodeCalls({ running: 1 }) }))
)
diskContract("A simulated disk", inMemory((disk) => disk))
diskContract("A recording disk", inMemory((disk) => recordingDisk(disk).disk))
diskContract("A faulty disk without faults", inMemory((disk) => faultyDisk(disk).disk))

describe("The disk of Node, only", () => {
  const errno = (effect: Effect.Effect<unknown, DiskError>): Effect.Effect<string> =>
    Effect.match(effect, { onFailure: ({ errno }) => errno, onSuccess: () => "none" })

  // Windows has no such pipes.
  it.effect.runIf(process.platform !== "win32")(
    "does not wait at a pipe that nobody writes to",
    () =>
      Effect.gen(function*() {
        const { disk, root } = yield* onNode
        execFileSync("mkfifo", [`${root}/pipe`])
        const open = openDescriptors()
        assert.strictEqual((yield* disk.stat(`${root}/pipe`))?.kind, "other")
        assert.deepStrictEqual(yield* disk.list(root), [{ name: "pipe", kind: "other" }])
        const content = yield* disk.readFile(`${root}/pipe`, 10)
        assert.strictEqual(content?.stat.kind, "other")
        assert.isUndefined(content?.bytes)
        for (const mode of ["read", "update", "create"] as const) {
          assert.strictEqual(yield* errno(disk.open(`${root}/pipe`, mode)), "EINVAL")
        }
        assert.strictEqual(openDescriptors(), open)
      })
  )

  // Root may write everywhere: the disk in memory is asked the same.
  const mayBeRefused = process.platform !== "win32" && process.getuid?.() !== 0
  if (mayBeRefused) {
    it.effect("tells a folder that is not writable", () =>
      Effect.gen(function*() {
        const { disk, root } = yield* onNode
        fs.chmodSync(root, 0o555)
        assert.isFalse(yield* disk.isWritable(root))
        assert.strictEqual(yield* errno(disk.makeFolder(`${root}/folder`)), "EACCES")
        fs.chmodSync(root, 0o755)
        assert.isTrue(yield* disk.isWritable(root))
      }))
  }

  it.effect("gives times with the fractions that the disk has", () =>
    Effect.gen(function*() {
      const { disk, root } = yield* onNode
      fs.writeFileSync(`${root}/file`, "")
      fs.utimesSync(`${root}/file`, 1_700_000_000.123_5, 1_700_000_000.123_5)
      assert.approximately((yield* disk.stat(`${root}/file`))?.mtimeMs ?? 0, 1_700_000_000_123.5, 0.001)
    }))

  it.effect("does not let go of a flush before the device answers", () =>
    Effect.gen(function*() {
      const { disk, root } = yield* onNode
      const file = yield* disk.open(`${root}/file`, "create")
      yield* file.write(0, new Uint8Array(100_000))
      let ended = false
      const fiber = yield* Effect.forkChild(
        Effect.onExit(Effect.andThen(file.flush, Effect.never), () => Effect.sync(() => (ended = true))),
        { startImmediately: true }
      )
      const interrupted = yield* Effect.forkChild(Fiber.interrupt(fiber), { startImmediately: true })
      // No turn of the event loop has passed since the flush began: it cannot be over.
      assert.isFalse(ended)
      yield* Fiber.join(interrupted)
      assert.isTrue(ended)
      yield* file.close
    }))

  it.effect("changes nothing in the thread of the host while a flush is under way", () =>
    Effect.gen(function*() {
      const { disk, root } = yield* onNode
      const flushed = yield* disk.open(`${root}/flushed`, "create")
      const open = yield* disk.open(`${root}/open`, "create")
      const changes = [
        open.write(0, new Uint8Array(1)),
        Effect.flatMap(disk.open(`${root}/new`, "create"), (file) => file.close),
        disk.makeFolder(`${root}/folder`),
        disk.link(`${root}/open`, `${root}/link`),
        disk.removeFile(`${root}/link`),
        disk.removeFolder(`${root}/folder`)
      ]
      for (const flush of [flushed.flush, flushed.flushData, disk.flushFolder(root)]) {
        for (const change of changes) {
          const fiber = yield* Effect.forkChild(flush, { startImmediately: true })
          // Whatever is done at once has ended when the fork is there.
          const changing = yield* Effect.forkChild(Effect.exit(change), { startImmediately: true })
          assert.isUndefined(changing.pollUnsafe())
          yield* Fiber.join(fiber)
          yield* Fiber.join(changing)
        }
      }
      // What was seen in the place of a file right before must be what the rename replaces.
      const flush = yield* Effect.forkChild(flushed.flush, { startImmediately: true })
      const renamed = yield* Effect.forkChild(disk.rename(`${root}/open`, `${root}/new`), { startImmediately: true })
      assert.isDefined(renamed.pollUnsafe())
      assert.isUndefined(flush.pollUnsafe())
      yield* Fiber.join(flush)
      const after = yield* Effect.forkChild(disk.makeFolder(`${root}/folder`), { startImmediately: true })
      assert.isDefined(after.pollUnsafe())
      yield* flushed.close
      yield* open.close
    }))

  it.effect("reads what is whole while somebody cuts and grows the file", () =>
    Effect.gen(function*() {
      const { disk, root } = yield* onNode
      fs.writeFileSync(`${root}/file`, "x".repeat(100_000))
      yield* Effect.acquireRelease(
        Effect.promise(async () => {
          const worker = new Worker(restless, { eval: true, workerData: `${root}/file` })
          await once(worker, "message")
          return worker
        }),
        (worker) => Effect.promise(() => worker.terminate())
      )
      const sizes = new Set<number>()
      while (sizes.size < 20) {
        const read = yield* Effect.result(disk.readFile(`${root}/file`, 100_000))
        if (Result.isFailure(read)) {
          assert.strictEqual(read.failure.errno, "EAGAIN")
          continue
        }
        assert.strictEqual(read.success?.bytes?.length, read.success?.stat.size)
        sizes.add(read.success?.stat.size ?? 0)
      }
    }))
})

/** Changes the length of a file without end. */
const restless = `
  const { parentPort, workerData } = require("node:worker_threads")
  const { openSync, ftruncateSync } = require("node:fs")
  const fd = openSync(workerData, "r+")
  parentPort.postMessage("began")
  for (let size = 0;; size = (size + 7919) % 100_000) ftruncateSync(fd, size)
`
