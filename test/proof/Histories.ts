/**
 * Histories of concurrent clients, each checked against the plain model: there is one order of all that was done and read,
 * it agrees with real time, and everybody was told what is true in it.
 */
import { Arbitrary, Effect, Result } from "effect"
import { commandOf, CommandSpec, ProjectSpec, treeOf } from "../model/Generators.ts"
import { check } from "./histories/Check.ts"
import { runHistory } from "./histories/Run.ts"
import type { Piece } from "./Part.ts"

/** How many histories one piece has. */
const inOnePiece = 40
/** How many generated commands there are for the clients of one piece. */
const commandsInOnePiece = 120

/** How many histories there are for one of a project that is read-only. */
const readOnlyEach = 20

const projects = Arbitrary.schema(ProjectSpec)
const commands = Arbitrary.schema(CommandSpec)

/** Runs some histories, and checks each. */
export const histories: Piece = (seed) =>
  Effect.gen(function*() {
    // What there is to generate from never runs out.
    const specs = yield* Effect.orDie(Arbitrary.sampleEffect(projects, { count: inOnePiece, seed: `projects ${seed}` }))
    const given = yield* Effect.orDie(
      Arbitrary.sampleEffect(commands, { count: commandsInOnePiece, seed: `commands ${seed}` })
    )
    const all = given.map(commandOf)
    const counts: Record<string, number> = { histories: 0 }
    const count = (name: string, by: number): void => {
      counts[name] = (counts[name] ?? 0) + by
    }
    const violations: Array<string> = []
    for (const [index, generated] of specs.entries()) {
      // Where the registry cannot be read, every command is refused: one such project now and then is enough.
      const registry = index % readOnlyEach === 0
        ? "broken"
        : generated.registry === "broken"
        ? "valid"
        : generated.registry
      const tree = treeOf({ ...generated, registry })
      const name = `history ${index} of piece ${seed}`
      const beginning = { seed: seed * inOnePiece + index, tree, commands: all }
      const ran = yield* Effect.result(runHistory(beginning))
      count("histories", 1)
      if (Result.isFailure(ran)) {
        violations.push(`${name}: ${ran.failure}`)
        continue
      }
      const { groups, history } = ran.success
      const { counts: found, problems } = check(history)
      for (const [key, by] of Object.entries(found)) count(key, by)
      count("historyGroups", groups)
      violations.push(...problems.map((problem) => `${name}: ${problem}`))
      // Whoever shares the process gets a turn.
      yield* Effect.yieldNow
    }
    return { counts, violations }
  })
