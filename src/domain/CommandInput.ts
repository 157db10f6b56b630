/** Commands from hosts without types. */
import * as Predicate from "effect/Predicate"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"

import { Command } from "./Command.ts"
import { maxMetadataDepth } from "./commands/Contract.ts"
import { InvalidCommand } from "./Errors.ts"
import { AssetRef, AssetUuid } from "./Identity.ts"
import { isDeeperThan } from "./JsonValue.ts"
import type { RefreshRequest } from "./OperationLedger.ts"
import type { Preview } from "./Preview.ts"
import { resultFn } from "./ResultFn.ts"
import { shapeOf, type ShapeProblem, showPath } from "./Shape.ts"

/** Deeper values are refused before they are looked into: no command needs them, and a circle has no end. */
const maxDepth = maxMetadataDepth + 8

/** The form of each kind of command: what is wrong with one is not told in terms of all the others. */
const forms = new Map<unknown, (input: unknown) => Result.Result<Command, ReadonlyArray<ShapeProblem>>>(
  Command.members.map((member) => [member.fields._tag.schema.literal, shapeOf<Command>(member, "refuse")])
)

const tagOf = (input: unknown): unknown => Predicate.hasProperty(input, "_tag") ? input._tag : undefined

const decode = (input: unknown): Result.Result<Command, ReadonlyArray<ShapeProblem>> => {
  const form = forms.get(tagOf(input))
  if (form === undefined) {
    return Result.fail([{ path: ["_tag"], message: `it is none of ${[...forms.keys()].join(", ")}` }])
  }
  return Result.flatMap(partsOf(input), () => Result.mapError(form(input), oneForAsset))
}

/** A reference has three forms; what is wrong with it is told once, not in terms of each. */
const oneForAsset = (problems: ReadonlyArray<ShapeProblem>): ReadonlyArray<ShapeProblem> => {
  const others = problems.filter(({ path }) => path[0] !== "asset")
  return others.length === problems.length
    ? problems
    : [{ path: ["asset"], message: "an asset is named by one of id, uuid and root" }, ...others]
}

/** Looks at each command of a batch by itself. */
const partsOf = (input: unknown): Result.Result<void, ReadonlyArray<ShapeProblem>> => {
  const commands: unknown = tagOf(input) === "batch" && Predicate.hasProperty(input, "commands") ? input.commands : []
  if (!Array.isArray(commands)) return Result.void
  const problems = commands.flatMap((part: unknown, index) => {
    const decoded = tagOf(part) === "batch"
      ? Result.fail([{ path: ["_tag"], message: "a batch cannot hold a batch" }])
      : decode(part)
    return Result.isSuccess(decoded)
      ? []
      : decoded.failure.map(({ message, path }) => ({ path: ["commands", index, ...path], message }))
  })
  return problems.length > 0 ? Result.fail(problems) : Result.void
}

/** Takes a command from a host that has no types, or lists everything that is wrong with it. */
export const decodeCommand = (input: unknown): Result.Result<Command, InvalidCommand> =>
  Result.mapError(
    isDeeperThan(input, maxDepth)
      ? Result.fail([{ path: [], message: `it is nested deeper than ${maxDepth} levels` }])
      : decode(input),
    (problems) =>
      new InvalidCommand({
        issues: problems.map(({ message, path }) => ({ path: showPath(path), message }))
      })
  )

const isRef = Schema.is(AssetRef)
const isChoice = Schema.is(Schema.Literals(["fail", "keep-file"]))

const wrong = (path: string, message: string) => Result.fail(new InvalidCommand({ issues: [{ path, message }] }))

const notNamed = wrong("$.asset", "an asset is named by one of id, uuid and root")

/** Takes options from a host that has no types: an object, or nothing. */
const optionsOf = (input: unknown): Result.Result<Readonly<Record<string, unknown>>, InvalidCommand> =>
  input === undefined || input === null
    ? Result.succeed({})
    : isOptions(input)
    ? Result.succeed(input)
    : wrong("$", "the options are no object")

const isOptions = Schema.is(Schema.Record(Schema.String, Schema.Unknown))

const idOf = ({ operationId }: Readonly<Record<string, unknown>>): Result.Result<string | undefined, InvalidCommand> =>
  operationId === undefined || typeof operationId === "string"
    ? Result.succeed(operationId)
    : wrong("$.operationId", "it is no text")

/** Takes what is to be refreshed from a host that has no types. */
export const decodeRefresh: (input: unknown) => Result.Result<Refreshing, InvalidCommand> = resultFn(
  function*(input: unknown) {
    const options = yield* optionsOf(input)
    return { request: yield* refreshOf(options), operationId: yield* idOf(options) }
  }
)

/**
 * Takes which asset is to be refreshed, and how, from a host that has no types. Without one it would be a refresh of
 * everything, which nobody asked for.
 */
export const decodeAssetRefresh: (
  asset: unknown,
  input: unknown
) => Result.Result<{ readonly asset: AssetRef; readonly operationId?: string }, InvalidCommand> = resultFn(
  function*(asset: unknown, input: unknown) {
    const operationId = yield* Result.flatMap(optionsOf(input), idOf)
    if (!isRef(asset)) return yield* notNamed
    return { asset, ...(operationId === undefined ? {} : { operationId }) }
  }
)

/** What is to be refreshed, under which id. */
export interface Refreshing {
  readonly request: RefreshRequest
  readonly operationId: string | undefined
}

const refreshOf = (
  { asset, onConflict }: Readonly<Record<string, unknown>>
): Result.Result<RefreshRequest, InvalidCommand> => {
  if (asset !== undefined && !isRef(asset)) return notNamed
  if (onConflict !== undefined && !isChoice(onConflict)) return wrong("$.onConflict", "it is fail or keep-file")
  return Result.succeed({
    _tag: asset === undefined ? "refresh" : "refreshAsset",
    ...(asset === undefined ? {} : { asset }),
    ...(onConflict === undefined ? {} : { onConflict })
  })
}

const isApproved = Schema.is(Schema.Struct({ digest: Schema.String, newUuids: Schema.Array(AssetUuid) }))

/** Takes how a command is to be run from a host that has no types. */
export const decodeOptions: (input: unknown) => Result.Result<Running, InvalidCommand> = resultFn(
  function*(input: unknown) {
    const options = yield* optionsOf(input)
    const { expecting } = options
    const approved = expecting === undefined ? undefined : yield* approvedOf(expecting)
    return { approved, operationId: yield* idOf(options) }
  }
)

/** How a command is to be run. */
export interface Running {
  /** What a command needs of the preview that is handed back. */
  readonly approved: Pick<Preview, "digest" | "newUuids"> | undefined
  readonly operationId: string | undefined
}

const approvedOf = (input: unknown): Result.Result<Pick<Preview, "digest" | "newUuids">, InvalidCommand> =>
  isApproved(input)
    ? Result.succeed(input)
    : wrong("$.expecting", "it is no preview")
