/**
 * Many folders of the disk of this machine read at once, by threads that make the same synchronous calls.
 *
 * What is in memory only has to be computed, and there one thread does: it takes less than the packer takes for what it
 * finds, and where there are two processors, a second one would be in the way of the packer's, which reads too whenever it
 * would wait. A disk that has to be waited for answers faster the more it is asked at once. So one more starts whenever an
 * answer took long and this process made the system read from a disk meanwhile; where processors are busy with other
 * things, an answer takes long too, and more threads would only make it longer.
 *
 * Threads belong to one walk, start when it turns out to be a long one, and are gone when it ends, however it ends; what
 * they had open is closed with them. A thread that cannot be started, as in some hosts, or that dies, only costs time:
 * what it was asked for is asked in the thread of the packer.
 */
import * as Effect from "effect/Effect"
import { Worker } from "node:worker_threads"

import type { Disk } from "../services/Disk.ts"
import type { FolderReading, ReadFolders } from "../services/FolderReader.ts"
import type { FolderAsk, FolderSight } from "../services/FolderSight.ts"
import { unpackSights } from "./FolderPacking.ts"
import type { ThreadAnswer, ThreadAsk } from "./NodeFolderWorker.ts"
import { lookAtListed, lookIntoSmall } from "./NodeReading.ts"

/** To start a thread takes 50 to 80 ms, in which the packer itself reads more folders than these. */
const worthwhile = 1024
/** Large enough that sending is no more than some hundredths of it, small enough for the event loop. */
const batch = 256

const mostThreads = 8
/** For each folder. One in memory takes a third of this, one that the disk has to be waited for several times as much. */
const slowMillis = 0.12

type Answered = (answer: ThreadAnswer | undefined) => void

interface Thread {
  readonly worker: Worker
  /** Those who wait for it, by the number of what they asked. */
  readonly waiting: Map<number, Answered>
}

/**
 * The script of the threads: beside this file as it was written, in a folder of its own in the package. A host that puts
 * everything into one file of another form has none, and reads without threads.
 */
const ownScript = (): URL =>
  import.meta.url.endsWith(".ts")
    ? new URL("./NodeFolderWorker.ts", import.meta.url)
    : new URL("./layers/NodeFolderWorker.js", import.meta.url)

/** Threads that come and go. */
const makeThreads = (script: () => URL, most: number) => {
  const threads = new Set<Thread>()
  const leaving = new Set<Promise<unknown>>()
  let asked = 0
  /** One that failed is not tried again: what kept it from working is still there. */
  let canStart = true

  let blocksRead = process.resourceUsage().fsRead

  /** True if the disk itself was asked for as much as a block for each of so many folders, since this was asked last. */
  const waitsForDisk = (folders: number): boolean => {
    const before = blocksRead
    blocksRead = process.resourceUsage().fsRead
    return blocksRead - before >= folders
  }

  const start = (): void => {
    if (!canStart || threads.size >= most) return
    try {
      // Nothing of how the host was started is of use to a thread that only reads; what it preloads, by its arguments or by
      // NODE_OPTIONS, may do anything.
      const worker = new Worker(script(), { execArgv: [], env: {}, name: "prometeu-packer reader" })
      const thread: Thread = { worker, waiting: new Map() }
      threads.add(thread)
      worker.on("message", (answer: ThreadAnswer) => {
        const answered = thread.waiting.get(answer.number)
        thread.waiting.delete(answer.number)
        if (thread.waiting.size === 0) worker.unref()
        answered?.(answer)
      })
      worker.on("error", () => lose(thread))
      worker.on("messageerror", () => lose(thread))
      worker.on("exit", () => lose(thread))
      // Who listens to a thread stays for it, unless that is said afterwards.
      worker.unref()
    } catch {
      canStart = false
    }
  }

  const lose = (thread: Thread): void => {
    if (!threads.delete(thread)) return
    canStart = false
    leaving.add(thread.worker.terminate())
    for (const answered of thread.waiting.values()) answered(undefined)
    thread.waiting.clear()
  }

  /** Asks the thread that has the least to do; without one the answer is `undefined`. Gives what takes it back. */
  const ask = (asks: ReadonlyArray<FolderAsk>, manifestLimit: number, answered: Answered): () => void => {
    const [thread] = [...threads].toSorted((a, b) => a.waiting.size - b.waiting.size)
    if (thread === undefined) {
      answered(undefined)
      return () => {}
    }
    const number = asked++
    const message: ThreadAsk = {
      number,
      paths: asks.map(({ path }) => path).join("\0"),
      filesCount: asks.map(({ filesCount }) => filesCount),
      manifestLimit
    }
    // A process does not end while it waits for an answer, and does not stay for a thread that has nothing to do.
    thread.worker.ref()
    thread.waiting.set(number, answered)
    thread.worker.postMessage(message)
    return () => void thread.waiting.delete(number)
  }

  const end = async (): Promise<void> => {
    canStart = false
    for (const thread of threads) lose(thread)
    await Promise.all(leaving)
  }

  return { start, ask, end, waitsForDisk }
}

/** Reads folders of the disk of this machine by threads that run a script. */
export const nodeFolderReader = (disk: Disk["Service"], script: () => URL = ownScript): FolderReading => ({
  disk,
  worthwhile,
  batch,
  inFlight: 2 * mostThreads,
  here: lookIntoSmall,
  looked: lookAtListed,
  begin: (atOnce) =>
    Effect.map(
      Effect.acquireRelease(
        Effect.sync(() => {
          const threads = makeThreads(script, Math.min(atOnce, mostThreads))
          threads.start()
          return threads
        }),
        ({ end }) => Effect.promise(end)
      ),
      ({ ask, start, waitsForDisk }): ReadFolders => (asks, manifestLimit) =>
        Effect.callback<Iterable<FolderSight> | undefined>((resume) => {
          const takeBack = ask(asks, manifestLimit, (answer) => {
            if (answer !== undefined && answer.millis > asks.length * slowMillis && waitsForDisk(asks.length)) start()
            resume(Effect.succeed(answer && unpackSights(answer, asks.length)))
          })
          return Effect.sync(takeBack)
        })
    )
})
