/** What a command would do, exactly, or why it cannot be applied. Previews and commits come from the same plan. */
import * as Result from "effect/Result"

import type { Blocker } from "./Blocker.ts"
import type { Command } from "./Command.ts"
import { looksOf, planSingle } from "./commands/AllCommands.ts"
import { planBatch } from "./commands/Batch.ts"
import type { Effects } from "./commands/Rule.ts"
import { notice } from "./Notice.ts"
import { revise, type Revision } from "./Revise.ts"
import type { Observed } from "./Seen.ts"
import type { Snapshot } from "./Snapshot.ts"
import { runSteps, type Steps } from "./Steps.ts"

/** What a command would do, exactly, or why it cannot be applied. */
export interface Plan extends Effects {
  readonly command: Command
  /** The snapshot it was planned on, with what was noticed. */
  readonly on: Snapshot
  /** What the looks told by the way; it becomes visible before the plan is applied, and also if it cannot be. */
  readonly noticed: Revision | undefined
  /** If there are any, the plan does nothing. */
  readonly blockers: ReadonlyArray<Blocker>
  /** The identities that were offered for new assets, one for each command. */
  readonly newUuids: Observed["newUuids"]
}

/** Plans a command on a snapshot, with what was looked at for it. Pure: it changes nothing, and never throws. */
export const plan = (snapshot: Snapshot, command: Command, observed: Observed): Plan =>
  runSteps(planSteps(snapshot, command, observed))

/** The same in steps, for batches of many commands. */
export function* planSteps(snapshot: Snapshot, command: Command, observed: Observed): Steps<Plan> {
  const noticed = notice(snapshot, looksOf(snapshot, command), observed)
  const on = noticed === undefined ? snapshot : { ...snapshot, ...revise(snapshot, noticed).state }
  const planning = { snapshot: on, observed, part: 0 }
  const planned = command._tag === "batch" ? yield* planBatch(planning, command) : planSingle(planning, command)
  const none: Effects = { warnings: [], registry: [], files: [], facts: new Map() }
  const effects = Result.getOrElse(planned, () => none)
  const blockers = Result.isFailure(planned) ? planned.failure : []
  return { ...effects, command, on, noticed, blockers, newUuids: observed.newUuids }
}

/** True if a plan can be applied and there is nothing to do. */
export const changesNothing = (made: Plan): boolean =>
  made.blockers.length === 0 && made.registry.length === 0 && made.files.length === 0
