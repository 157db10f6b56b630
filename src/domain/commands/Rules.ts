/** All commands, each with its rule. */
import type { Command, SingleCommand } from "../Command.ts"
import type { Look } from "../Seen.ts"
import type { Snapshot } from "../Snapshot.ts"
import { applyBankComposition } from "./ApplyBankComposition.ts"
import { create } from "./Create.ts"
import { remove } from "./Delete.ts"
import { register } from "./Register.ts"
import { relocate } from "./Relocate.ts"
import type { Planned, Planning } from "./Rule.ts"
import { setBuildParticipation } from "./SetBuildParticipation.ts"
import { unregister } from "./Unregister.ts"
import { updateContract } from "./UpdateContract.ts"

/** Plans one command by its rule. */
export const planSingle = (planning: Planning, command: SingleCommand): Planned => {
  switch (command._tag) {
    case "create":
      return create.plan(planning, command)
    case "register":
      return register.plan(planning, command)
    case "unregister":
      return unregister.plan(planning, command)
    case "setBuildParticipation":
      return setBuildParticipation.plan(planning, command)
    case "updateContract":
      return updateContract.plan(planning, command)
    case "relocate":
      return relocate.plan(planning, command)
    case "delete":
      return remove.plan(planning, command)
    case "applyBankComposition":
      return applyBankComposition.plan(planning, command)
  }
}

const looksOfSingle = (snapshot: Snapshot, command: SingleCommand): ReadonlyArray<Look> => {
  switch (command._tag) {
    case "create":
      return create.looks(snapshot, command)
    case "register":
      return register.looks(snapshot, command)
    case "unregister":
      return unregister.looks(snapshot, command)
    case "setBuildParticipation":
      return setBuildParticipation.looks(snapshot, command)
    case "updateContract":
      return updateContract.looks(snapshot, command)
    case "relocate":
      return relocate.looks(snapshot, command)
    case "delete":
      return remove.looks(snapshot, command)
    case "applyBankComposition":
      return applyBankComposition.looks(snapshot, command)
  }
}

const lists: ReadonlyArray<Look["list"]> = ["no", "yes", "adopt"]

/** What has to be looked at on disk before a command can be planned, each place once. */
export const looksOf = (snapshot: Snapshot, command: Command): ReadonlyArray<Look> => {
  const commands = command._tag === "batch" ? command.commands : [command]
  const looks = new Map<string, Look>()
  for (const look of commands.flatMap((single) => looksOfSingle(snapshot, single))) {
    const known = looks.get(look.root)
    const more = known === undefined || lists.indexOf(look.list) > lists.indexOf(known.list)
    if (more) looks.set(look.root, look)
  }
  return [...looks.values()]
}
