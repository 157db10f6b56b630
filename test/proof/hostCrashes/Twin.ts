/** A project in which commands are carried out one after the other, each to its plain files: what others are held against. */
import { Effect, Layer, Result } from "effect"
import type { Command } from "../../../src/domain/Command.ts"
import type { Outcome } from "../../../src/domain/Outcome.ts"
import { ProjectRuntime } from "../../../src/services/ProjectRuntime.ts"
import { collectingSink } from "../../../src/testing/CollectingSink.ts"
import { memoryProject } from "../../../src/testing/MemoryProject.ts"
import type { ProjectTree } from "../../../src/testing/ProjectTree.ts"
import { chooseGroup } from "../../support/Commands.ts"
import { diskOf } from "../crashes/CrashRecording.ts"
import { shownIn, storedOn } from "./HostState.ts"

/** What a project is after some commands. */
export interface HostState {
  readonly generation: number
  readonly shown: string
  readonly stored: string
}

/** Commands that are given to a project at once, and the state after each of them. */
export interface TwinGroup {
  readonly commands: ReadonlyArray<Command>
  /** What came of each; nothing if it was refused. */
  readonly outcomes: ReadonlyArray<Outcome | undefined>
  readonly states: ReadonlyArray<HostState>
}

/** Chooses groups of commands, carries them out one by one, and remembers the state after each. */
export const runTwin = (tree: ProjectTree, groups: number, random: () => number) =>
  Effect.gen(function*() {
    const disk = diskOf(tree)
    const body = Effect.gen(function*() {
      const runtime = yield* ProjectRuntime
      const look = Effect.gen(function*() {
        yield* Effect.orDie(runtime.flush)
        const { snapshot } = yield* runtime.snapshot
        const state: HostState = { generation: snapshot.generation, shown: shownIn(snapshot), stored: storedOn(disk) }
        return state
      })
      const start = yield* look
      const all: Array<TwinGroup> = []
      for (let step = 0; step < groups; step++) {
        const { snapshot } = yield* runtime.snapshot
        const commands = chooseGroup(snapshot, random, step)
        const outcomes: Array<Outcome | undefined> = []
        const states: Array<HostState> = []
        for (const command of commands) {
          outcomes.push(Result.getOrUndefined(yield* Effect.result(runtime.execute(command))))
          states.push(yield* look)
        }
        all.push({ commands, outcomes, states })
      }
      return { start, groups: all }
    })
    return yield* Effect.provide(body, Layer.provide(memoryProject({ disk: disk.disk }), collectingSink), {
      local: true
    })
  })
