/** All commands, each with its rule. */
import type { Command, SingleCommand } from "../Command.ts"
import type { AssetRoot } from "../Path.ts"
import type { DoubtfulEntry } from "../Registry.ts"
import type { Look } from "../Seen.ts"
import type { Snapshot } from "../Snapshot.ts"
import { applyBankComposition } from "./ApplyBankComposition.ts"
import { create } from "./Create.ts"
import { remove } from "./Delete.ts"
import { register } from "./Register.ts"
import { relocate } from "./Relocate.ts"
import type { Planned, Planning, Rule } from "./Rule.ts"
import { setBuildParticipation } from "./SetBuildParticipation.ts"
import { unregister } from "./Unregister.ts"
import { updateContract } from "./UpdateContract.ts"

type Kinds = { readonly [C in SingleCommand as C["_tag"]]: C }

const rules: { readonly [K in keyof Kinds]: Rule<Kinds[K]> } = {
  create,
  register,
  unregister,
  setBuildParticipation,
  updateContract,
  relocate,
  delete: remove,
  applyBankComposition
}

const ruleOf = <K extends keyof Kinds>(command: Kinds[K] & { readonly _tag: K }): Rule<Kinds[K]> => rules[command._tag]

/** Plans one command by its rule. */
export const planSingle = (planning: Planning, command: SingleCommand): Planned =>
  ruleOf(command).plan(planning, command)

const lists: ReadonlyArray<Look["list"]> = ["no", "yes", "adopt"]

/** What has to be looked at on disk before a command can be planned, each place once. */
export const looksOf = (snapshot: Snapshot, command: Command): ReadonlyArray<Look> => {
  const commands = command._tag === "batch"
    ? command.commands.flatMap((single) => [single, ...otherReadings(snapshot, single)])
    : [command]
  const looks = new Map<string, Look>()
  for (const look of commands.flatMap((single) => ruleOf(single).looks(snapshot, single))) {
    const known = looks.get(look.root)
    const more = known === undefined || lists.indexOf(look.list) > lists.indexOf(known.list)
    if (more) looks.set(look.root, look)
  }
  return [...looks.values()]
}

/** So many other assets are looked at that a name in a batch may come to stand for. */
const maxReadings = 16

/** A command of a batch, on each asset that its id or uuid may name after the commands before it. */
const otherReadings = (snapshot: Snapshot, command: SingleCommand): ReadonlyArray<SingleCommand> => {
  if (!("asset" in command)) return []
  const { asset } = command
  const named = "uuid" in asset
    ? [...snapshot.carriers.get(asset.uuid) ?? [], ...doubtfulWith(snapshot, (entry) => entry.uuid === asset.uuid)]
    : "id" in asset
    ? doubtfulWith(snapshot, (entry) => entry.id === asset.id)
    : []
  return named.slice(0, maxReadings).map((root) => ({ ...command, asset: { root } }))
}

const doubtfulWith = (
  { registry }: Snapshot,
  has: (entry: DoubtfulEntry) => boolean
): ReadonlyArray<AssetRoot> =>
  registry.doubtful.flatMap((entry) => entry.root !== undefined && has(entry) ? [entry.root] : [])
