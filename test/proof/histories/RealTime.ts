/**
 * Whether the order of operations and reads agrees with real time: what had ended before something else began comes before
 * it.
 *
 * All moments of a history are gone through once. Whatever has ended, or was told, raises the generation, and the place in
 * the order of operations, that everything which begins later has to be at. A read has a generation; an operation has a
 * place, the generation that it was judged on, and the one that it left. Operations and reads of one generation change
 * nothing between them, so any order of them will do: if every pair is in order, all of them are.
 */
import { type Call, type History, type Say, showAsk, showCall } from "./History.ts"
import { checkNotThere, readOf } from "./Reads.ts"
import type { Placed, States } from "./Replay.ts"

/** The least that whatever begins now has to be at, and who said so. */
interface Floor {
  readonly at: number
  readonly who: string
}

/** The least that a read of one client has to be at: by anybody, by what it did itself, and by what it read itself. */
interface Least {
  readonly any: Floor
  readonly ownWrite: Floor
  readonly ownRead: Floor
}

type Moment = readonly [at: number, happen: () => void]

const showTurn = ({ ask, index }: Placed): string => `${showAsk(ask)} (turn ${index})`

/** Says what is wrong with the order in real time. */
export const checkRealTime = (
  { calls, seen, told }: History,
  placed: ReadonlyArray<Placed>,
  states: States,
  say: Say
): void => {
  const none: Floor = { at: 0, who: "nobody" }
  const ownWrites = new Map<string, Floor>()
  const ownReads = new Map<string, Floor>()
  const moments: Array<Moment> = []
  let generation = none
  let place: Floor = { ...none, at: -1 }
  let acceptance: Floor = { ...none, at: -1 }
  const raise = (floor: Floor, by: Floor): Floor => by.at > floor.at ? by : floor

  const raiseOwn = (own: Map<string, Floor>, client: string, by: Floor) =>
    void own.set(client, raise(own.get(client) ?? none, by))

  const ends = (turn: Placed, who: string): void => {
    generation = raise(generation, { at: turn.after, who })
    place = raise(place, { at: turn.index, who })
  }

  const begins = (turn: Placed): void => {
    const name = showTurn(turn)
    if (turn.index <= place.at) say(`reordered against real time: ${name} began after ${place.who} had ended`)
    if (turn.index <= acceptance.at) say(`reordered against acceptance: ${name} was asked for after ${acceptance.who}`)
    if (turn.before < generation.at) {
      say(
        turn.after > turn.before
          ? `${name} made generation ${turn.after}, which ${generation.who} knew before it began`
          : `${name} was judged on generation ${turn.before}, older than ${generation.at} of ${generation.who} before it began`
      )
    }
  }

  const reads = (call: Call, least: Least, read: number): void => {
    const by = [least.ownWrite, least.ownRead, least.any].find(({ at }) => read < at)
    if (by === undefined) return
    const what = by === least.ownWrite
      ? "did not read its own write"
      : by === least.ownRead
      ? "went back behind its own read"
      : "a stale read"
    say(`${what}: generation ${read}, and ${by.at} was known by ${by.who}: ${showCall(call)}`)
  }

  for (const turn of placed) {
    moments.push([Math.min(...turn.calls.map(({ from }) => from)), () => begins(turn)])
    moments.push([turn.end.from, () => ends(turn, `the event of ${showTurn(turn)}`)])
    for (const call of turn.calls) {
      const { accepted, client, until } = call
      if (until !== undefined) {
        moments.push([until, () => {
          ends(turn, showCall(call))
          raiseOwn(ownWrites, client, { at: turn.after, who: showCall(call) })
        }])
      }
      if (accepted === undefined) continue
      const who = `${showCall(call)} was accepted`
      moments.push([accepted, () => {
        acceptance = raise(acceptance, { at: turn.index, who })
      }])
    }
  }
  for (const call of calls) {
    const { answer, client, from, until } = call
    const read = readOf(answer)
    const isNothing = answer?._tag === "notThere"
    if (until === undefined || (read === undefined && !isNothing)) continue
    let least: Least = { any: none, ownWrite: none, ownRead: none }
    moments.push([from, () => {
      least = {
        any: generation,
        ownWrite: ownWrites.get(client) ?? none,
        ownRead: ownReads.get(client) ?? none
      }
    }])
    moments.push([until, () => {
      if (read === undefined) {
        // The newest generation that anybody had asked for by then.
        const newest = placed.findLast(({ calls: all }) => all.some((one) => one.from < until))?.after ?? 1
        return checkNotThere(call, states, { from: Math.max(1, least.any.at), to: newest }, say)
      }
      reads(call, least, read)
      const by = { at: read, who: showCall(call) }
      generation = raise(generation, by)
      raiseOwn(ownReads, client, by)
    }])
  }
  for (const { event, from } of told) {
    const { details } = event
    if (!("generation" in details)) continue
    const by = { at: details.generation, who: `event ${event.position}` }
    moments.push([from, () => {
      generation = raise(generation, by)
    }])
  }
  for (const { at, change } of seen) {
    const by = { at: change.generation, who: "a reader of the changes" }
    moments.push([at, () => {
      generation = raise(generation, by)
    }])
  }
  for (const [, happen] of moments.toSorted(([a], [b]) => a - b)) happen()
}
