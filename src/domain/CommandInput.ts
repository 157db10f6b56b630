/** Commands from hosts without types. */
import * as Result from "effect/Result"

import { Command } from "./Command.ts"
import { maxMetadataDepth } from "./commands/Contract.ts"
import { InvalidCommand } from "./Errors.ts"
import { isDeeperThan } from "./JsonText.ts"
import { shapeOf, showPath } from "./Shape.ts"

const shape = shapeOf(Command)

/** Deeper values are refused before they are looked into: no command needs them, and a circle has no end. */
const maxDepth = maxMetadataDepth + 8

/** Takes a command from a host that has no types, or lists everything that is wrong with it. */
export const decodeCommand = (input: unknown): Result.Result<Command, InvalidCommand> =>
  isDeeperThan(input, maxDepth)
    ? Result.fail(
      new InvalidCommand({ issues: [{ path: "$", message: `it is nested deeper than ${maxDepth} levels` }] })
    )
    : Result.mapError(shape(input), (problems) =>
      new InvalidCommand({
        issues: problems.map((problem) => ({ path: showPath(problem.path), message: problem.message }))
      }))
