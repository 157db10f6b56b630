/** The plain model, taken through the operations in their order: each has to end as it does in the model. */
import { isDeepStrictEqual } from "node:util"
import type { AssetRef } from "../../../src/domain/Identity.ts"
import { find, knownRoots, type Model, modelRun } from "../../model/Model.ts"
import { effectOf } from "./Effects.ts"
import { type Ask, type History, type Say, showAsk, type Shown } from "./History.ts"
import type { Turn } from "./Lane.ts"
import { changesOf } from "./Listing.ts"
import { madeUuid } from "./Names.ts"
import { shownOf } from "./Recorder.ts"

/** An operation in its place: on which generation it was judged, and which one it left. */
export interface Placed extends Turn {
  readonly before: number
  readonly after: number
}

/** What the model says of every generation; the first one is at 1. */
export type States = ReadonlyArray<Model | undefined>

type CommandAsk = Extract<Ask, { readonly _tag: "command" }>

const isThere = (model: Model, ref: AssetRef): boolean => find(model, ref) !== undefined

/** True if a command names an asset that the model does not have. */
const namesNothing = (model: Model, { command }: CommandAsk): boolean => {
  if (command._tag === "register") return !knownRoots(model).includes(command.root.normalize("NFC"))
  return "asset" in command && !isThere(model, command.asset)
}

const uuidsOf = ({ approved, command }: CommandAsk, index: number): ReadonlyArray<string> => {
  if (approved !== undefined) return approved.newUuids
  const count = command._tag === "batch" ? command.commands.length : 1
  return Array.from({ length: count }, (_, part) => madeUuid(index, part))
}

/** Says what a command does on the state that a preview was made on, with what that made up. */
const approvedEffect = (
  states: States,
  { approved, command }: CommandAsk,
  grain: Parameters<typeof effectOf>[3]
): string | undefined => {
  const base = approved === undefined ? undefined : states[approved.generation]
  return approved === undefined || base === undefined
    ? undefined
    : effectOf(base, command, modelRun(base, command, approved.newUuids), grain)
}

/** True if a command does something else now than when it was approved, or says something else of it. */
const isStale = (states: States, model: Model, ask: CommandAsk, now: Shown): boolean =>
  ask.approved?.words !== now.words ||
  approvedEffect(states, ask, "contents") !==
    effectOf(model, ask.command, modelRun(model, ask.command, ask.approved.newUuids), "contents")

/** What is wrong with a command that was refused on a state of the model, if anything is. */
const refusalProblem = (
  states: States,
  model: Model,
  generation: number,
  ask: CommandAsk,
  error: string,
  now: Shown | undefined
): string | undefined => {
  const isPossible = modelRun(model, ask.command, uuidsOf(ask, 0)) !== undefined
  switch (error) {
    case "ProjectReadOnly":
      return model.readOnly ? undefined : "read-only, and it is not"
    case "PreviewStale":
      if (ask.approved === undefined) return "stale, and nothing was approved"
      if (now?.generation !== generation) {
        return `stale, with a preview of generation ${now?.generation}, not ${generation}`
      }
      if (ask.approved.generation === generation) return "stale, and nothing has changed since the preview"
      return isStale(states, model, ask, now) ? undefined : "stale, and it would do the same"
    case "AssetNotFound":
      if (isPossible) return "refused although possible"
      return namesNothing(model, ask) ? undefined : "not found, and it is there"
    case "CommandBlocked":
      if (isPossible) return "refused although possible"
      if (model.readOnly) return "blocked, and not as read-only"
      return ask.command._tag !== "register" && namesNothing(model, ask)
        ? "blocked, and its asset is not there"
        : undefined
    default:
      return "refused, though the disk is healthy and nobody else was there"
  }
}

/** Takes the model through the operations; says where one ended otherwise. */
export const replay = (
  { start }: Pick<History, "start">,
  turns: ReadonlyArray<Turn>,
  say: Say
): { readonly placed: ReadonlyArray<Placed>; readonly states: States } => {
  const states: Array<Model | undefined> = [undefined, start]
  const placed: Array<Placed> = []
  let generation = 1
  let model = start
  for (const turn of turns) {
    const { ask, end: { event }, index } = turn
    const before = generation
    const what = `${showAsk(ask)}, in turn ${index} on generation ${before}`
    if (event.kind === "action_failed") {
      const error = event.details.error
      const now = error._tag === "PreviewStale" ? shownOf(error.preview) : undefined
      const problem = ask._tag === "command"
        ? refusalProblem(states, model, generation, ask, error._tag, now)
        : error._tag === "AssetNotFound" && ask.asset !== undefined && !isThere(model, ask.asset)
        ? undefined
        : `a refresh was refused with ${error._tag}`
      if (problem !== undefined) say(`${problem}: ${what}, ${error._tag}: ${error.message}`)
      placed.push({ ...turn, before, after: generation })
      continue
    }
    const { outcome } = event.details
    const after = ask._tag === "refresh" ? model : modelRun(model, ask.command, uuidsOf(ask, index))
    if (after === undefined) {
      say(`succeeded, and the model refuses it: ${what}`)
      placed.push({ ...turn, before, after: generation })
      continue
    }
    if (ask._tag === "command" && ask.approved !== undefined) {
      const effect = effectOf(model, ask.command, after, "places")
      const approved = approvedEffect(states, ask, "places")
      if (approved !== effect) say(`did something else than was approved: ${what}, ${effect}, approved was ${approved}`)
    }
    const isChanged = !isDeepStrictEqual(after, model)
    const expected = isChanged ? generation + 1 : generation
    if (outcome.generation !== expected) {
      say(
        `ended with generation ${outcome.generation}, ${isChanged ? "the next" : "nothing changed, so it"} is ` +
          `${expected}: ${what}`
      )
    }
    const changes = changesOf(model, after)
    for (const key of ["added", "removed"] as const) {
      if (!isDeepStrictEqual([...outcome.changes[key]], changes[key])) {
        say(`told of ${key} ${outcome.changes[key].join(", ")}, the model has ${changes[key].join(", ")}: ${what}`)
      }
    }
    const untold = changes.updated.filter((root) => !outcome.changes.updated.some((other) => other === root))
    if (untold.length > 0) say(`changed ${untold.join(", ")} without telling: ${what}`)
    if (isChanged) states[++generation] = after
    model = after
    placed.push({ ...turn, before, after: generation })
  }
  return { placed, states }
}
