/** Writes down what clients ask for and are told, by a clock that counts these moments and nothing else. */
import { Effect, Result } from "effect"
import type { AssetSummary } from "../../../src/domain/Asset.ts"
import type { PackerError } from "../../../src/domain/Errors.ts"
import type { Outcome } from "../../../src/domain/Outcome.ts"
import type { Preview } from "../../../src/domain/Preview.ts"
import type { AssetList } from "../../../src/domain/Queries.ts"
import type { SinkReentry } from "../../../src/domain/StreamErrors.ts"
import type { NotAccepted } from "../../../src/services/WriteLane.ts"
import type { Answer, Ask, Call, Row, Seen, Shown, Told } from "./History.ts"

/** A call that is being written down. */
export type OpenCall = { -readonly [Key in keyof Call]: Call[Key] }

/** Writes down a history. */
export interface Recorder {
  readonly calls: ReadonlyArray<Call>
  readonly told: Array<Told>
  readonly seen: Array<Seen>
  /** The next moment. */
  readonly tick: () => number
  /** Begins a call. */
  readonly begin: (client: string, ask: Ask) => OpenCall
  /** Ends a call. */
  readonly end: (call: OpenCall, answer: Answer) => void
  /** Makes a call that is answered at once, or at least by whoever made it. */
  readonly ask: <A>(client: string, ask: Ask, run: Effect.Effect<A>, answerOf: (value: A) => Answer) => Effect.Effect<A>
}

/** A recorder of a history that begins. */
export const makeRecorder = (): Recorder => {
  const calls: Array<OpenCall> = []
  let moment = 0
  const tick = () => ++moment
  const begin: Recorder["begin"] = (client, ask) => {
    const call: OpenCall = { client, ask, from: tick() }
    calls.push(call)
    return call
  }
  const end: Recorder["end"] = (call, answer) => {
    call.answer = answer
    call.until = tick()
  }
  return {
    calls,
    told: [],
    seen: [],
    tick,
    begin,
    end,
    ask: (client, ask, run, answerOf) =>
      Effect.suspend(() => {
        const call = begin(client, ask)
        return Effect.tap(run, (value) => Effect.sync(() => end(call, answerOf(value))))
      })
  }
}

/** A row of a list, without what a plain model knows nothing of. */
export const rowOf = (summary: AssetSummary): Row => {
  const { diagnostics: _, ...row } = summary
  return row
}

/** A preview, as far as a plain model knows it. */
export const shownOf = ({ baseGeneration, blockers, command, newUuids, outcome, warnings }: Preview): Shown => ({
  generation: baseGeneration,
  command,
  isBlocked: blockers.length > 0,
  words: [...blockers, ...warnings].map(({ message }) => message).join(" "),
  outcome: outcome.map(({ root, summary }) => ({ root, ...(summary === undefined ? {} : { row: rowOf(summary) }) })),
  newUuids
})

/** What a list says. */
export const listOf = ({ assets, generation, position }: AssetList): Answer => ({
  _tag: "list",
  generation,
  position,
  rows: assets.map(rowOf)
})

/** What came of an operation, as its caller was told. */
export const endedOf = (result: Result.Result<Outcome, PackerError | SinkReentry | NotAccepted>): Answer => {
  if (Result.isSuccess(result)) return { _tag: "applied", outcome: result.success }
  const error = result.failure
  return { _tag: "refused", error, ...(error._tag === "PreviewStale" ? { now: shownOf(error.preview) } : {}) }
}
