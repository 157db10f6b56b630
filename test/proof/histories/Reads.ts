/** Every read shows what the model says of its generation; one that found nothing, of a generation that it could have met. */
import { isDeepStrictEqual } from "node:util"
import { Command } from "../../../src/domain/Command.ts"
import type { AssetRef } from "../../../src/domain/Identity.ts"
import { find, type Model, modelRun } from "../../model/Model.ts"
import { type Answer, type Call, type History, type Say, showCall, type Shown } from "./History.ts"
import { changesOf, diskProblem, isRowOf, listProblem, pageProblem, rowAt } from "./Listing.ts"
import type { Names } from "./Names.ts"
import type { States } from "./Replay.ts"

/** The generation that an answer is of, if it says so. */
export const readOf = (answer: Answer | undefined): number | undefined => {
  switch (answer?._tag) {
    case "list":
    case "details":
    case "actions":
      return answer.generation
    case "shown":
      return answer.shown.generation
    // The preview that comes with the refusal of an older one.
    case "refused":
      return answer.now?.generation
    default:
      return undefined
  }
}

const shownProblem = (
  names: Names,
  model: Model,
  { command, isBlocked, newUuids, outcome }: Shown
): string | undefined => {
  const after = modelRun(model, command, newUuids)
  if (isBlocked !== (after === undefined)) {
    return isBlocked
      ? "blocked although possible"
      : "possible, the model refuses it"
  }
  if (after === undefined) return undefined
  const { added, removed, updated } = changesOf(model, after)
  const shown = new Set(outcome.map(({ root }) => root))
  const missing = [...added, ...removed, ...updated].filter((root) => !shown.has(root))
  if (missing.length > 0) return `it does not show ${missing.join(", ")}`
  const wrong = outcome.find(({ root, row }) =>
    row === undefined ? !removed.includes(root) : removed.includes(root) || !isRowOf(names, after, row)
  )
  if (wrong === undefined) return undefined
  return `it shows ${JSON.stringify(wrong)}, the model has ${JSON.stringify(rowAt(after, wrong.root))}`
}

/** The commands that an action stands for, with whatever arguments may make them possible. */
const commandsOf = (action: string, root: string): ReadonlyArray<Command> => {
  const asset = { root }
  switch (action) {
    case "register":
      return [Command.register({ root }), Command.register({ root, identity: "new" })]
    case "unregister":
      return [Command.unregister({ asset })]
    case "delete":
      return [Command.delete({ asset })]
    case "include":
    case "exclude":
      return [Command.setBuildParticipation({ asset, included: action === "include" })]
    case "updateContract":
      return [Command.updateContract({ asset, preload: true })]
    case "applyBankComposition":
      return [Command.applyBankComposition({ asset, files: [] })]
    default:
      return []
  }
}

const actionsProblem = (
  model: Model,
  root: string,
  { disabled, enabled }: Extract<Answer, { readonly _tag: "actions" }>
): string | undefined => {
  const isPossible = (action: string): boolean | undefined => {
    const commands = commandsOf(action, root)
    return commands.length === 0
      ? undefined
      : commands.some((command) => modelRun(model, command, ["one"]) !== undefined)
  }
  const wrong = [
    ...enabled.filter((action) => isPossible(action) === false).map((action) =>
      `${action} is enabled, and not possible`
    ),
    ...disabled.filter((action) => isPossible(action) === true).map((action) => `${action} is disabled, and possible`)
  ]
  return wrong[0]
}

const rootOf = (model: Model, ref: AssetRef): string | undefined => find(model, ref)

const problemOf = (names: Names, model: Model, { answer, ask }: Call): string | undefined => {
  switch (answer?._tag) {
    case "list":
      return listProblem(names, model, answer.rows)
    case "shown":
      return shownProblem(names, model, answer.shown)
    case "refused":
      return answer.now === undefined ? undefined : shownProblem(names, model, answer.now)
    case "details":
    case "actions": {
      if (ask._tag !== "details" && ask._tag !== "actions") return "it was not asked for"
      const root = rootOf(model, ask.asset)
      if (root === undefined) return "the model does not have it"
      return answer._tag === "details"
        ? pageProblem(names, model, root, answer.page)
        : actionsProblem(model, root, answer)
    }
    default:
      return undefined
  }
}

/** Holds what every read says of its generation against the model. */
export const checkReads = ({ calls, told }: History, states: States, names: Names, say: Say): void => {
  for (const call of calls) {
    const generation = readOf(call.answer)
    if (generation === undefined) continue
    const model = states[generation]
    if (model === undefined) {
      say(`a read of generation ${generation}, which nobody made: ${showCall(call)}`)
      continue
    }
    const problem = problemOf(names, model, call)
    if (problem !== undefined) say(`a wrong read of generation ${generation}: ${problem}: ${showCall(call)}`)
    checkPosition(call, told, generation, say)
  }
}

/** Every event up to the position of a read is contained in it, and the sink has had it. */
const checkPosition = (call: Call, told: History["told"], generation: number, say: Say): void => {
  const { answer, from, until = Infinity } = call
  if (answer === undefined || !("position" in answer)) return
  const { position } = answer
  const had = told.findLast((one) => one.until <= until)?.event.position ?? 0
  // The last one that the sink took may not be counted yet.
  const least = (told.findLast((one) => one.until <= from)?.event.position ?? 0) - 1
  if (position > had) say(`position ${position} was read, and the sink has had ${had}: ${showCall(call)}`)
  if (position < least) {
    say(`position ${position} was read, and the sink had had ${least + 1} before: ${showCall(call)}`)
  }
  const newer = told.find(({ event }) =>
    event.position <= position && "generation" in event.details && event.details.generation > generation
  )
  if (newer !== undefined) {
    say(
      `position ${position} was read with generation ${generation}, and event ${newer.event.position} tells of a ` +
        `newer one: ${showCall(call)}`
    )
  }
}

/** Holds that a read which found nothing could have met a generation in which there is nothing. */
export const checkNotThere = (
  call: Call,
  states: States,
  { from, to }: { readonly from: number; readonly to: number },
  say: Say
): void => {
  const { answer, ask } = call
  if (answer?._tag !== "notThere" || (ask._tag !== "details" && ask._tag !== "actions")) return
  const met = states.slice(from, to + 1)
  if (met.some((model) => model !== undefined && rootOf(model, ask.asset) === undefined)) return
  say(`not found, and it was there in every generation from ${from} to ${to}: ${showCall(call)}`)
}

/** Holds the end of a history against the last state of the model. */
export const checkEnd = ({ end }: History, states: States, names: Names, say: Say): void => {
  const model = states.at(-1)
  if (model === undefined) return
  const problems = {
    "the last list": listProblem(names, model, end.rows),
    "the list of a new opening": listProblem(names, model, end.reopened),
    "the plain files": diskProblem(names, model, end.disk)
  }
  for (const [what, problem] of Object.entries(problems)) if (problem !== undefined) say(`${what}: ${problem}`)
  if (!isDeepStrictEqual(end.rows, end.reopened)) say("a new opening lists something else")
}
