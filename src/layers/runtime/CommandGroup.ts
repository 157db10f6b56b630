/** Which commands become durable together, and in what they must not get into each other's way. */
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"

import { nameOf } from "../../domain/Asset.ts"
import type { Command } from "../../domain/Command.ts"
import { looksOf } from "../../domain/commands/AllCommands.ts"
import type { PackerError } from "../../domain/Errors.ts"
import type { AssetName } from "../../domain/Identity.ts"
import { makePathSet } from "../../domain/PathSet.ts"
import type { Plan } from "../../domain/Plan.ts"
import type { Snapshot } from "../../domain/Snapshot.ts"
import { makeBreather } from "../Breather.ts"
import type { Accepted, CommandRow, CommandWay } from "./CommandRow.ts"
import { type Member, movesFolders, prepare, rootsOf } from "./CommandStep.ts"
import type { LaneTools } from "./LaneTools.ts"
import type { Operation } from "./Operations.ts"
import type { Around } from "./Planning.ts"
import { tellBegun } from "./Progress.ts"
import { endSpan, inSpanOf, spanFor } from "./RunOperation.ts"

/** The most commands of one group. */
const most = 64

/** The assets that a command is about, as far as they are known. */
const concerned = (snapshot: Snapshot, command: Command): ReadonlyArray<AssetName> =>
  Array.from(new Set(looksOf(snapshot, command).map(({ root }) => root)), (root) => {
    const asset = snapshot.assets.get(root)
    return asset === undefined ? { root } : nameOf(asset)
  })

/** Ends a command that failed. */
export const failWith = (lane: LaneTools, { command, operation }: Accepted, error: PackerError): void =>
  lane.operations.end(operation, Result.fail(error), { assets: concerned(lane.current(), command) })

/** The places that a plan writes to or makes: whoever looks there has to wait until they are as they will be. */
export const placesOf = (plan: Plan): ReadonlyArray<string> => [
  ...rootsOf(plan),
  ...plan.files.flatMap((step) => step._tag === "create-directory" ? [step.to] : [])
]

const bytesOf = ({ files }: Plan): number =>
  files.reduce((sum, step) => step._tag === "write-file" ? sum + step.bytes.length : sum, 0)

/**
 * Takes along what waits, as many as may become durable together: each is planned on the state that the one before it
 * leaves, and staged. The row is asked again and again, so that what is accepted meanwhile is taken along too.
 */
export const gather = Effect.fnUntraced(function*(
  { groupBytes, lane }: CommandWay,
  row: CommandRow,
  taken: Array<Operation>
) {
  const breather = yield* makeBreather
  const group: Array<Member> = []
  const touched = makePathSet()
  const around: Around = { seen: undefined }
  let bytes = 0
  let state = lane.current()
  while (group.length < most) {
    const accepted = row.take()
    if (accepted === undefined) break
    const { command, operation } = accepted
    if (!lane.operations.isOpen(operation)) continue
    const isTouched = !touched.isEmpty() && looksOf(state, command).some(({ root }) => touched.meets(root))
    // A batch tells that it begins: not before those have ended that were accepted earlier.
    if (isTouched || (command._tag === "batch" && group.length > 0)) {
      row.putBack([accepted])
      break
    }
    taken.push(operation)
    // Who asks after a look may have seen what came after it: only those that waited already share one.
    if (around.seen !== undefined && operation.startedAt >= around.seen.at) around.seen = undefined
    operation.startedAt = lane.now()
    if (command._tag === "batch") tellBegun(lane, operation, command.commands.length, "commands")
    const span = yield* spanFor(lane, accepted)
    const newUuids = accepted.approved?.newUuids ?? (yield* lane.planning.newUuids(command))
    const work = prepare(lane, accepted, state, newUuids, around, touched.isEmpty())
    const prepared = yield* inSpanOf(lane, { accepted, span }, work)
    if (prepared === "later" || prepared === undefined) endSpan(lane, { span })
    if (prepared === "later") {
      taken.pop()
      row.putBack([accepted])
      break
    }
    if (prepared === undefined) continue
    group.push({ ...prepared, accepted, span })
    state = prepared.after
    if (prepared.step._tag !== "Staged") continue
    const { plan } = prepared.step
    placesOf(plan).forEach(touched.add)
    bytes += bytesOf(plan)
    // Where it is not known what it leaves, nothing can be planned on it.
    if (prepared.step.foreseen === undefined || movesFolders(plan) || bytes >= groupBytes) break
    yield* breather.pause
  }
  return group
})
