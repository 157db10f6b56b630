/** A thread that looks into folders for `NodeFolderReader.ts`, one after the other. It only reads. */
import * as os from "node:os"
import { parentPort } from "node:worker_threads"

import type { FolderSight } from "../services/FolderSight.ts"
import { type PackedSights, packSights } from "./FolderPacking.ts"
import { lookInto } from "./NodeReading.ts"

/** Folders that a thread is asked for. */
export interface ThreadAsk {
  readonly number: number
  /** Their absolute paths, with a NUL between two: a hundred texts cost more to send than one. */
  readonly paths: string
  readonly filesCount: ReadonlyArray<boolean>
  readonly manifestLimit: number
}

/** What a thread found of the folders that it was asked for under a number. */
export interface ThreadAnswer extends PackedSights {
  readonly number: number
  /** How many milliseconds that took, whether it computed or waited for the disk. */
  readonly millis: number
}

// Whoever the process serves comes before those who read for it. On Linux a thread has a priority of its own; elsewhere
// this would be that of the whole process.
if (process.platform === "linux") os.setPriority(Math.min(os.constants.priority.PRIORITY_LOW, os.getPriority() + 5))

parentPort?.on("message", ({ filesCount, manifestLimit, number, paths }: ThreadAsk) => {
  const start = performance.now()
  const sights = paths.split("\0").map((path, index): FolderSight =>
    lookInto({ path, filesCount: filesCount[index] ?? false }, manifestLimit)
  )
  const packed = packSights(sights)
  const answer: ThreadAnswer = { number, millis: performance.now() - start, ...packed }
  parentPort?.postMessage(answer, [packed.numbers.buffer, packed.bytes.buffer])
})
