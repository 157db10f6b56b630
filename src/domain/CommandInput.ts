/** Commands from hosts without types. */
import * as Result from "effect/Result"

import { Command } from "./Command.ts"
import { InvalidCommand } from "./Errors.ts"
import { shapeOf, showPath } from "./Shape.ts"

const shape = shapeOf(Command)

/** Takes a command from a host that has no types, or lists everything that is wrong with it. */
export const decodeCommand = (input: unknown): Result.Result<Command, InvalidCommand> =>
  Result.mapError(shape(input), (problems) =>
    new InvalidCommand({
      issues: problems.map((problem) => ({ path: showPath(problem.path), message: problem.message }))
    }))
