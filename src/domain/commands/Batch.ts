/** BATCH: several commands as one plan, each planned on the state that the one before leaves; all or none. */
import * as Result from "effect/Result"

import type { Facts } from "../Asset.ts"
import { blocker } from "../Blocker.ts"
import { type Batch, showCommand } from "../Command.ts"
import type { FileStep } from "../FileStep.ts"
import { layOver } from "../Overlay.ts"
import type { AssetRoot } from "../Path.ts"
import type { RegistryChange } from "../Registry.ts"
import { revise } from "../Revise.ts"
import type { Steps } from "../Steps.ts"
import { type Warning, warning } from "../Warning.ts"
import { planSingle } from "./AllCommands.ts"
import { netEffects } from "./NetEffects.ts"
import { type Planned, type Planning, possible, projectBlockers } from "./Rule.ts"

/** Plans a batch, with a pause after each of its commands. */
export function* planBatch(planning: Planning, { commands }: Batch): Steps<Planned> {
  const { batchLimit } = planning.snapshot.settings
  const standing = projectBlockers(planning.snapshot)
  if (standing.length > 0) return Result.fail(standing)
  if (commands.length > batchLimit) {
    return Result.fail([
      blocker("batch/too-large", `The batch has ${commands.length} commands, more than the ${batchLimit} allowed`)
    ])
  }
  if (commands.length === 0) return possible({ warnings: [warning("command/no-change", "The batch is empty")] })
  const warnings: Array<Warning> = []
  const registry: Array<RegistryChange> = []
  const files: Array<FileStep> = []
  const facts = new Map<AssetRoot, Facts | undefined>()
  let { observed, snapshot } = planning
  for (const [part, command] of commands.entries()) {
    const planned = planSingle({ snapshot, observed, part }, command)
    const named = <A extends { readonly message: string }>(said: A): A => ({
      ...said,
      message: `Command ${part + 1} of ${commands.length} (${showCommand(command)}): ${said.message}`,
      part
    })
    if (Result.isFailure(planned)) return Result.fail(planned.failure.map(named))
    const effects = planned.success
    for (const said of effects.warnings) warnings.push(named(said))
    for (const change of effects.registry) registry.push(change)
    for (const step of effects.files) files.push(step)
    for (const [root, after] of effects.facts) facts.set(root, after)
    snapshot = Object.assign({}, snapshot, revise(snapshot, effects).state)
    observed = layOver(observed, effects.files)
    yield
  }
  const net = netEffects(planning, { registry, files, facts })
  if (net.registry.length + net.files.length > 0) return possible({ ...net, warnings })
  return possible({ warnings: [...warnings, warning("command/no-change", "The batch as a whole changes nothing")] })
}
