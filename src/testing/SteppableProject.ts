/** A project whose long work goes on step by step, as a test says: to look at what is shown meanwhile. */
import * as Effect from "effect/Effect"
import * as Latch from "effect/Latch"
import type * as Layer from "effect/Layer"

import type { OpeningError } from "../domain/OpeningErrors.ts"
import type { PackerEventSink } from "../services/PackerEventSink.ts"
import type { ProjectRuntime } from "../services/ProjectRuntime.ts"
import type { ProjectSnapshot } from "../services/ProjectSnapshot.ts"
import { aroundDisk, type DiskCall } from "./DiskCall.ts"
import { memoryProject, type MemoryProjectOptions } from "./MemoryProject.ts"

/** A project whose long work goes on step by step. */
export interface SteppableProject {
  readonly layer: Layer.Layer<ProjectRuntime | ProjectSnapshot, OpeningError, PackerEventSink>
  /** From now on work is held before each step: a refresh before each folder, a command before each file it stages. */
  readonly hold: Effect.Effect<void>
  /** Waits until work is held, and lets it go on to where it is held next. */
  readonly step: Effect.Effect<void>
  /** Waits until work is held. */
  readonly held: Effect.Effect<void>
  /** Lets everything go on, until it is held again. */
  readonly release: Effect.Effect<void>
}

const isStep = ({ call, mode }: DiskCall): boolean => call === "list" || (call === "open" && mode === "create")

/**
 * The runtime of a project in memory whose long work goes on step by step.
 *
 * Progress is told at most every 50 ms of the clock: under a `TestClock`, move it between two steps.
 */
export const steppableProject = ({ disk, ...options }: MemoryProjectOptions): SteppableProject => {
  let holding = false
  let waiting: Array<Latch.Latch> = []
  let arrived = Latch.makeUnsafe()

  const gate = Effect.suspend(() => {
    if (!holding) return Effect.void
    const latch = Latch.makeUnsafe()
    waiting.push(latch)
    arrived.openUnsafe()
    return latch.await
  })

  const held = Effect.suspend(() => arrived.await)
  const letOne = Effect.sync(() => {
    const [first, ...others] = waiting
    waiting = others
    if (others.length === 0) arrived = Latch.makeUnsafe()
    first?.openUnsafe()
  })

  return {
    layer: memoryProject({
      ...options,
      disk: aroundDisk(disk, (call, run) => isStep(call) ? Effect.andThen(gate, run) : run)
    }),
    hold: Effect.sync(() => {
      holding = true
    }),
    held,
    step: Effect.andThen(held, letOne),
    release: Effect.sync(() => {
      holding = false
      const latches = waiting
      waiting = []
      arrived = Latch.makeUnsafe()
      for (const latch of latches) latch.openUnsafe()
    })
  }
}
