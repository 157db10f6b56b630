/** New registry entries: which id they get, and which uuid. */
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"

import { type Blocker, blocker } from "../Blocker.ts"
import { AssetId, type AssetUuid } from "../Identity.ts"
import type { AssetRoot } from "../Path.ts"
import type { RegistryEntry } from "../Registry.ts"
import type { Snapshot } from "../Snapshot.ts"
import type { Planning } from "./Rule.ts"

const isId = Schema.is(AssetId)

/** An entry for a root with the next free id; without a uuid of its own, with the one made up for this command. */
export const newEntry = (
  { observed, part, snapshot }: Planning,
  root: AssetRoot,
  ownUuid?: AssetUuid,
  included = true
): Result.Result<RegistryEntry, ReadonlyArray<Blocker>> => {
  const id = snapshot.registry.nextId
  const uuid = ownUuid ?? unused(snapshot, observed.newUuids[part])
  if (uuid === undefined) {
    return Result.fail([blocker("identity/not-new", `No unused uuid was offered for "${root}"`, { root })])
  }
  return isId(id)
    ? Result.succeed({ id, uuid, root, included, extra: "" })
    : Result.fail([
      blocker("registry/ids-exhausted", `No id is left for "${root}": the next one would be ${id}`, { root })
    ])
}

/** A uuid that nothing in the project has yet, as one made up a moment ago should be. */
const unused = ({ carriers, registry }: Snapshot, uuid: AssetUuid | undefined): AssetUuid | undefined =>
  uuid === undefined || carriers.get(uuid) !== undefined || registry.byUuid.get(uuid) !== undefined ||
    registry.doubtful.some((entry) => entry.uuid === uuid)
    ? undefined
    : uuid
