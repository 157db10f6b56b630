/** What commands make of a project where there is room: what is found where there is none is compared with that. */
import { Effect, Result } from "effect"
import { type Command, showCommand } from "../../../src/domain/Command.ts"
import { ProjectFolder } from "../../../src/services/ProjectFolder.ts"
import { shapeFiles } from "./CommitShapes.ts"
import { putProject, whileOpen } from "./FullProject.ts"
import { type Difference, difference, type PlainState, plainState } from "./PlainFiles.ts"

/** What the project is before all commands, and what each of them makes of it, where there is room. */
export interface Reference {
  readonly before: PlainState
  readonly differences: ReadonlyMap<Command, Difference>
}

/** All that is in the project at first. */
export const knownTexts = Object.values(shapeFiles).join("\n")

const everything = (root: string, listed: PlainState): PlainState =>
  new Map([...plainState(ProjectFolder.at(root).assets, knownTexts), ...listed])

const dieOnFailure = <A>(result: Result.Result<A, string>): A => {
  if (Result.isFailure(result)) throw new Error(`where there is room: ${result.failure}`)
  return result.success
}

/** What was found out already: the state before, under no name, and after each command by itself. */
export type KnownStates = Map<string, PlainState>

const stateAfter = Effect.fnUntraced(function*(root: string, states: KnownStates, commands: ReadonlyArray<Command>) {
  const name = JSON.stringify(commands)
  const found = states.get(name)
  if (found !== undefined) return found
  putProject(root)
  const opened = yield* whileOpen({ root, checkpointsSoon: true }, ({ listed, run }) =>
    Effect.gen(function*() {
      const failed = (yield* run(commands)).find(({ result }) => Result.isFailure(result))
      if (failed !== undefined) throw new Error(`where there is room: ${String(failed.result)}`)
      return yield* listed
    }))
  const state = everything(root, dieOnFailure(opened))
  states.set(name, state)
  return state
})

/** Tries each command by itself, where there is room. No two of them may be about the same thing. */
export const makeReference = Effect.fnUntraced(function*(
  root: string,
  states: KnownStates,
  commands: ReadonlyArray<Command>
) {
  const before = yield* stateAfter(root, states, [])
  const differences = new Map<Command, Difference>()
  const keys = new Set<string>()
  for (const command of commands) {
    const found = difference(before, yield* stateAfter(root, states, [command]))
    if (found.size === 0) throw new Error(`${showCommand(command)} changes nothing`)
    for (const key of found.keys()) {
      if (keys.has(key)) throw new Error(`two commands change ${key}`)
      keys.add(key)
    }
    differences.set(command, found)
  }
  return { before, differences } satisfies Reference
})
