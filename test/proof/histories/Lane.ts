/**
 * The order in which operations were carried out, as their terminal events tell it, and whether what was told of each
 * operation to its callers, to the sink and to a reader of the changes is one and the same.
 */
import { isDeepStrictEqual } from "node:util"
import { isTerminal, type PackerEvent } from "../../../src/domain/Event.ts"
import { illegalities } from "../../support/Legal.ts"
import { type Call, type History, type Say, showCall, type Told } from "./History.ts"

/** A call for something that is carried out. */
export type OperationCall = Call & { readonly ask: Extract<Call["ask"], { readonly _tag: "command" | "refresh" }> }

/** An operation, with all calls for it. */
interface Operation {
  readonly id: string
  readonly ask: OperationCall["ask"]
  readonly calls: ReadonlyArray<OperationCall>
}

/** An operation that was carried out, or refused in its turn. */
export interface Turn extends Operation {
  /** Its place in the order. */
  readonly index: number
  readonly end: Told & { readonly event: Terminal }
}

type Terminal = Extract<PackerEvent, { readonly kind: "action_applied" | "action_failed" }>

const isEnd = (told: Told): told is Turn["end"] => isTerminal(told.event)

const isOperation = (call: Call): call is OperationCall => call.ask._tag === "command" || call.ask._tag === "refresh"

/** True of a call that was not accepted, because its id was used for something else. */
const isConflict = ({ answer }: Call): boolean =>
  answer?._tag === "refused" && answer.error._tag === "OperationIdConflict"

/** What calls ask for, whoever approved of it. */
const requestOf = ({ ask }: OperationCall): unknown => ask._tag === "command" ? ask.command : [ask._tag, ask.asset]

/** The operations that were asked for, by id; those that were not accepted are left out. */
const operationsOf = ({ calls }: History, say: Say): ReadonlyMap<string, Operation> => {
  const operations = new Map<string, Operation>()
  for (const [id, all] of Map.groupBy(calls.filter(isOperation), ({ ask }) => ask.id)) {
    const accepted = all.filter((call) => !isConflict(call))
    // Those that were told of it first: what nobody was told of may not have come that far.
    const [first, ...others] = accepted.toSorted((a, b) =>
      Number(a.until === undefined) - Number(b.until === undefined)
    )
    for (const call of all.filter(isConflict)) {
      const other = accepted.some((one) => !isDeepStrictEqual(requestOf(one), requestOf(call)))
      if (!other) say(`the id was refused, and nobody used it for something else: ${showCall(call)}`)
    }
    if (first === undefined) continue
    const isSame = (call: OperationCall) => isDeepStrictEqual(requestOf(call), requestOf(first))
    const another = others.find((call) => call.answer !== undefined && !isSame(call))
    if (another !== undefined) say(`one id for two commands: ${showCall(first)} and ${showCall(another)}`)
    operations.set(id, { id, ask: first.ask, calls: accepted.filter(isSame) })
  }
  return operations
}

/** Holds what a caller was told against what the sink was told. */
const checkAnswer = ({ end, id }: Pick<Turn, "end" | "id">, call: OperationCall, say: Say): void => {
  const { answer, until } = call
  if (answer === undefined || until === undefined) return
  const { event } = end
  const told = event.kind === "action_applied" ? event.details.outcome : event.details.error
  const got = answer._tag === "applied" ? answer.outcome : answer._tag === "refused" ? answer.error : answer
  // Errors are compared as they are written down: their stacks are their own.
  if (JSON.stringify(told) !== JSON.stringify(got)) {
    say(
      `the caller was told something else than the sink: ${showCall(call)} got ${JSON.stringify(got)}, ` +
        `the sink ${JSON.stringify(told)}`
    )
  }
  if (until < end.until) say(`the caller was told before the sink had had the end of ${id}: ${showCall(call)}`)
}

/** Holds the other events of an operation against its end. */
const checkEvents = (end: Turn["end"], told: ReadonlyArray<Told>, say: Say): void => {
  const { event } = end
  const roots = { added: new Array<string>(), updated: new Array<string>(), removed: new Array<string>() }
  const outcome = event.kind === "action_applied" ? event.details.outcome : undefined
  for (const { event: other } of told) {
    if (other.operation_id !== event.operation_id || other.kind !== "asset_changed") continue
    for (const key of ["added", "updated", "removed"] as const) roots[key].push(...other.details[key])
    if (other.details.generation !== outcome?.generation) {
      say(`${other.operation_id} told of generation ${other.details.generation}, and ended with ${outcome?.generation}`)
    }
  }
  const expected = outcome?.changes ?? { added: [], updated: [], removed: [] }
  if (!isDeepStrictEqual(roots, { ...expected })) {
    say(`${event.operation_id} told of changes ${JSON.stringify(roots)}, and ended with ${JSON.stringify(expected)}`)
  }
}

/** Holds what a reader of the changes was told against what the sink was told. */
const checkSeen = ({ seen }: History, turns: ReadonlyArray<Turn>, say: Say): void => {
  const made = new Map(turns.flatMap(({ end: { event } }) => {
    if (event.kind !== "action_applied") return []
    const { changes, generation, operationId } = event.details.outcome
    const isChange = changes.added.length + changes.updated.length + changes.removed.length > 0
    return isChange ? [[Number(generation), { operationId, ...changes }] as const] : []
  }))
  // A reader may begin late: then its first generation is the one of that moment.
  const first = seen[0]?.change.generation ?? 1
  for (const [index, { change }] of seen.entries()) {
    const { added, generation, operationId, removed, updated } = change
    if (generation !== first + index) return say(`the changes give generation ${generation} after ${first + index - 1}`)
    if (index === 0) continue
    if (!isDeepStrictEqual({ operationId, added, updated, removed }, made.get(generation))) {
      say(
        `the changes say of generation ${generation} ${JSON.stringify(change)}, the events ${
          JSON.stringify(made.get(generation))
        }`
      )
    }
  }
  const last = first + seen.length - 1
  if (last !== made.size + 1) say(`the changes end with generation ${last}, the events with ${made.size + 1}`)
}

/** The order of operations; what was cancelled has none. */
export interface Lane {
  readonly turns: ReadonlyArray<Turn>
  readonly cancelled: ReadonlyArray<Operation>
  /** Those of which nothing was ever told. */
  readonly absent: ReadonlyArray<Operation>
}

/** The order of operations, with all that was told of each held against the rest. */
export const laneOf = (history: History, say: Say): Lane => {
  const { calls, told } = history
  const operations = operationsOf(history, say)
  for (const problem of illegalities(told.map(({ event }) => event))) say(problem)
  const turns: Array<Turn> = []
  const cancelled: Array<Operation> = []
  const ended = new Set<string>()
  for (const end of told.filter(isEnd)) {
    const id = end.event.operation_id
    const operation = operations.get(id)
    if (operation === undefined) {
      if (end.event.details.action !== "open") say(`nobody asked for ${end.event.details.action} ${id}`)
      continue
    }
    ended.add(id)
    for (const call of operation.calls) checkAnswer({ id, end }, call, say)
    checkEvents(end, told, say)
    const isCancelled = end.event.kind === "action_failed" && end.event.details.error._tag === "Cancelled"
    const cancels = calls.filter(({ ask }) => ask._tag === "cancel" && ask.id === id)
    const isAgreed = cancels.some(({ answer }) => answer?._tag === "cancel" && answer.isCancelled)
    const isPossible = isAgreed || cancels.some(({ answer }) => answer === undefined)
    if (isCancelled && !isPossible) say(`${id} ended as cancelled, and nobody cancelled it`)
    if (!isCancelled && isAgreed) say(`${id} was carried out though it was cancelled`)
    if (isCancelled) cancelled.push(operation)
    else turns.push({ ...operation, index: turns.length, end })
  }
  const absent = Array.from(operations.values()).filter(({ id }) => !ended.has(id))
  for (const { calls: all, id } of absent) {
    const known = all.find(({ accepted, answer }) => accepted !== undefined || answer !== undefined)
    if (known !== undefined) say(`its caller knows of ${id}, and the sink was never told its end: ${showCall(known)}`)
    if (told.some(({ event }) => event.operation_id === id)) say(`${id} was begun, and the sink was never told its end`)
  }
  checkSeen(history, turns, say)
  return { turns, cancelled, absent }
}
