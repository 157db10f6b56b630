/** What a host says of itself before it is killed, and what follows from that. */
import { Schema } from "effect"
import { AssetSummary } from "../../../src/domain/Asset.ts"
import { Command } from "../../../src/domain/Command.ts"
import { RecoveryReport } from "../../../src/domain/Event.ts"
import { OperationId } from "../../../src/domain/Identity.ts"
import { type Changes, Outcome } from "../../../src/domain/Outcome.ts"
import { compareText } from "../../../src/domain/Path.ts"
import type { MortalProcess } from "./MortalProcess.ts"

const Line = Schema.Union([
  Schema.TaggedStruct("ready", {}),
  Schema.TaggedStruct("open", { assets: Schema.Array(AssetSummary) }),
  Schema.TaggedStruct("state", { assets: Schema.Array(AssetSummary) }),
  Schema.TaggedStruct("begin", {
    group: Schema.Array(Schema.Struct({ id: OperationId, command: Command })),
    states: Schema.Array(Schema.Array(AssetSummary))
  }),
  Schema.TaggedStruct("event", {
    id: OperationId,
    kind: Schema.Literals(["action_applied", "action_failed"]),
    recovery: Schema.optionalKey(RecoveryReport)
  }),
  Schema.TaggedStruct("done", Outcome.fields)
])
const decodeLine = Schema.decodeUnknownSync(Line)
const lineOf = (text: string): typeof Line.Type => {
  const space = text.indexOf(" ")
  return decodeLine({ ...Object(JSON.parse(text.slice(space + 1))), _tag: text.slice(0, space) })
}

/** A text that is equal for projects that are equal but for what is made up. */
export const digest = (assets: ReadonlyArray<AssetSummary>): string =>
  JSON.stringify(
    assets
      .toSorted((a, b) => compareText(a.root, b.root))
      .map((
        { assetId, diverged, includedInBuild, name, registration, root }
      ) => [root, registration, name, assetId, includedInBuild, diverged])
  )

/** What is known of the operations of all hosts. */
export interface Known {
  readonly commands: Map<OperationId, Command>
  readonly outcomes: Map<OperationId, Changes>
}

/** What a host said, from one state to the next. */
export const follow = (
  host: MortalProcess,
  possible: ReadonlyArray<string>,
  known: Known,
  complain: (problem: string) => void
) => {
  let states = possible
  // What the rest of the commands that were begun will make of it.
  let ahead: Array<{ readonly id: OperationId; readonly state: string }> = []
  const ended = new Set<OperationId>()
  const acknowledge = (id: OperationId) => {
    const at = ahead.findIndex((one) => one.id === id)
    if (at < 0) return
    states = [ahead[at]?.state ?? ""]
    ahead = ahead.slice(at + 1)
  }
  let acknowledged = 0
  for (const text of host.said) {
    if (text.startsWith("failed")) {
      complain(text)
      continue
    }
    const line = lineOf(text)
    switch (line._tag) {
      case "ready":
        break
      case "open":
      case "state":
        if (!states.includes(digest(line.assets))) {
          complain(`${line._tag}: ${digest(line.assets)} is none of ${states.join(" or ")}`)
        }
        if (ahead.length > 0) complain("there is more to come")
        states = [digest(line.assets)]
        break
      case "begin":
        for (const { command, id } of line.group) known.commands.set(id, command)
        ahead = line.group.map(({ id }, part) => ({ id, state: digest(line.states[part] ?? []) }))
        break
      case "event":
        if (ended.has(line.id)) complain(`${line.id} ended twice`)
        ended.add(line.id)
        if (line.kind === "action_failed") complain(`${line.id} failed`)
        // Nobody is told of what a crash can take back.
        acknowledge(line.id)
        break
      case "done":
        if (!ended.has(line.operationId)) complain(`${line.operationId} is done before its end was told`)
        known.outcomes.set(line.operationId, line.changes)
        acknowledged++
        acknowledge(line.operationId)
    }
  }
  return { acknowledged, inFlight: ahead, possible: [...states, ...ahead.map(({ state }) => state)] }
}
